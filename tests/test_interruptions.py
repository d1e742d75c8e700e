"""Killed, locked out, or out of room: the next run finds the old state or the new one."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pubmed_files as pubmed
import pytest

from pss_kg import pipeline
from pss_kg.errors import WorkspaceBusy, WorkspaceError
from pss_kg.workspace import PROVENANCE, Workspace

BUILD = "import sys; from pss_kg.cli import main; main()"


def command(root: Path, *inputs: Path, jobs: int = 1) -> list[str]:
    named = [str(i) for i in inputs]
    return [
        sys.executable,
        "-c",
        BUILD,
        "build",
        "--no-store",
        "--jobs",
        str(jobs),
        "--kg",
        str(root),
        *named,
    ]


def graph_bytes(root: Path) -> dict[tuple[str, str], bytes]:
    workspace = Workspace.open(root)
    files = workspace.manifest().files
    return {
        (f.graph, f.shard): (workspace.graph / f.file).read_bytes() for f in files if f.graph != PROVENANCE
    }


def some(path: Path, first: int, number: int) -> Path:
    return pubmed.write(
        path,
        *(
            pubmed.article(n, f"Study {n}", references=[("x", pubmed.pmid(n + 7))])
            for n in range(first, first + number)
        ),
    )


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return some(tmp_path / "old.xml", 1, 20)


@pytest.fixture
def new(tmp_path: Path) -> Path:
    return some(tmp_path / "new.xml", 15, 300)


def test_a_build_killed_at_any_moment_leaves_the_old_graph_or_the_new_one(
    tmp_path: Path, old: Path, new: Path
) -> None:
    pipeline.build([str(old)], tmp_path / "before", store=False)
    pipeline.build([str(old), str(new)], tmp_path / "after", store=False)
    before, after = graph_bytes(tmp_path / "before"), graph_bytes(tmp_path / "after")
    root = tmp_path / "kg"
    pipeline.build([str(old)], root, store=False)
    begun = time.monotonic()
    subprocess.run(command(tmp_path / "timed", old, new), check=True, capture_output=True)
    whole = time.monotonic() - begun
    noise = random.Random(7)
    for attempt in range(6):
        process = subprocess.Popen(command(root, new, jobs=1 + attempt % 2), stderr=subprocess.DEVNULL)
        time.sleep(noise.uniform(0.2, 1.0) * whole)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert graph_bytes(root) in (before, after)
    subprocess.run(command(root, new), check=True, capture_output=True)
    assert graph_bytes(root) == after


def test_a_second_build_at_once_is_refused_and_the_first_goes_on(tmp_path: Path, old: Path) -> None:
    workspace = Workspace.create(tmp_path / "kg")
    with workspace.lock(), pytest.raises(WorkspaceBusy, match="another pss-kg"):
        pipeline.build([str(old)], tmp_path / "kg", store=False)
    done = subprocess.run(command(tmp_path / "kg", old), capture_output=True, text=True, check=False)
    assert done.returncode == 0


def test_it_exits_with_3_and_says_what_to_do(tmp_path: Path, old: Path) -> None:
    with Workspace.create(tmp_path / "kg").lock():
        done = subprocess.run(command(tmp_path / "kg", old), capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "another folder with --kg" in done.stderr
    assert "Traceback" not in done.stderr


def limited(limit: int) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))


def test_no_room_for_a_file_is_said_in_words_and_the_old_graph_stays(
    tmp_path: Path, old: Path, new: Path
) -> None:
    pipeline.build([str(old)], tmp_path / "kg", store=False)
    before = graph_bytes(tmp_path / "kg")
    for limit in (300, 2_000, 20_000, 60_000):
        done = subprocess.run(
            command(tmp_path / "kg", new),
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=lambda limit=limit: limited(limit),  # type: ignore[misc]
        )
        assert done.returncode == 3, done.stderr
        assert "disk is full" in done.stderr
        assert "Traceback" not in done.stderr
        assert graph_bytes(tmp_path / "kg") == before
    assert pipeline.build([str(new)], tmp_path / "kg", store=False).exit_code == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_said_in_words(tmp_path: Path, old: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o500)
    with pytest.raises(WorkspaceError, match="permission denied"):
        pipeline.build([str(old)], folder / "kg", store=False)


def test_a_place_where_nobody_may_write_is_said_in_words(old: Path) -> None:
    with pytest.raises(WorkspaceError):
        pipeline.build([str(old)], Path("/proc/self/kg"), store=False)
