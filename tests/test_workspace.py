"""The folder: atomic writing, the lock, and what is said where it can't be used."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import pytest

from pss_kg.errors import GraphError, WorkspaceBusy, WorkspaceError
from pss_kg.workspace import Manifest, ShardFile, Workspace, storage_errors, write_atomically


def shard(name: str, graph: str = "main", digest: str = "d") -> ShardFile:
    return ShardFile(graph, "00", name, 1, 2, digest)


def test_there_is_no_graph_in_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match=r"pss-kg build"):
        Workspace.open(tmp_path)


def test_publishing_removes_files_that_the_manifest_does_not_name(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "kg")
    (workspace.graph / "main").mkdir()
    for name in ("main/00.old.nq", "main/00.new.nq"):
        (workspace.graph / name).write_text("xy")
    workspace.publish(Manifest(files=(shard("main/00.new.nq"),)))
    assert workspace.shard_paths("main") == [workspace.graph / "main/00.new.nq"]
    assert not (workspace.graph / "main/00.old.nq").exists()


def test_provenance_is_left_out_of_the_digest() -> None:
    one = Manifest(files=(shard("a"), shard("p", "provenance", "1")))
    two = Manifest(files=(shard("a"), shard("p", "provenance", "2")))
    assert one.digest() == two.digest() != Manifest(files=(shard("a", digest="e"),)).digest()


def test_a_damaged_manifest_is_named(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "kg")
    (workspace.graph / "manifest.json").write_text("{")
    with pytest.raises(GraphError, match=r"manifest\.json"):
        workspace.manifest()


def test_the_lock_is_free_again_afterwards(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "kg")
    with workspace.lock():
        other = Workspace(tmp_path / "kg")
        with pytest.raises(WorkspaceBusy), other.lock():
            pass
    with workspace.lock():
        pass


def test_a_failed_write_leaves_the_old_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.json"
    write_atomically(path, b"old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"new")
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "x"), "disk is full"),
        (OSError(errno.EROFS, "x"), "permission denied"),
        (OSError(errno.ENOTDIR, "x"), "a file stands"),
        (sqlite3.OperationalError("database or disk is full"), "disk is full"),
        (sqlite3.DatabaseError("file is not a database"), "index is damaged"),
    ],
)
def test_what_the_system_refuses_is_said_in_words(tmp_path: Path, error: Exception, words: str) -> None:
    with pytest.raises(WorkspaceError, match=words), storage_errors(tmp_path):
        raise error
