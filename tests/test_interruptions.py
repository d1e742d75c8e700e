"""Killed, locked out, or out of room: the next run finds the old state or the new one."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

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
    return some(tmp_path / "new.xml", 15, 120)


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("moments", [6, pytest.param(100, marks=pytest.mark.slow)])
def test_a_build_killed_at_any_moment_leaves_the_old_graph_or_the_new_one(
    tmp_path: Path, old: Path, new: Path, moments: int
) -> None:
    pipeline.build([str(old)], tmp_path / "before", store=False)
    pipeline.build([str(old), str(new)], tmp_path / "after", store=False)
    before, after = graph_bytes(tmp_path / "before"), graph_bytes(tmp_path / "after")
    root = tmp_path / "kg"
    pipeline.build([str(old)], root, store=False)
    begun = time.monotonic()
    subprocess.run(command(tmp_path / "timed", old, new), check=True, capture_output=True)
    whole = time.monotonic() - begun
    noise = random.Random(moments)
    ended: list[int] = []
    for attempt in range(moments):
        process = subprocess.Popen(command(root, new, jobs=1 + attempt % 2), stderr=subprocess.DEVNULL)
        time.sleep(noise.uniform(0.2, 1.0) * whole)
        process.send_signal(signal.SIGKILL)
        ended.append(process.wait())
        found = graph_bytes(root)
        assert found in (before, after)
        if found == after:  # from the old state again: a run with nothing to do proves nothing
            subprocess.run(command(root, new), check=True, capture_output=True)
            assert graph_bytes(root) == after
            shutil.rmtree(root)
            pipeline.build([str(old)], root, store=False)
    assert ended.count(-signal.SIGKILL) >= moments // 2
    subprocess.run(command(root, new), check=True, capture_output=True)
    assert graph_bytes(root) == after


@pytest.mark.parametrize("turn", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in range(1, 10))])
def test_of_two_builds_at_once_one_is_refused_and_the_graph_is_right(
    tmp_path: Path, old: Path, new: Path, turn: int
) -> None:
    """Two processes at the same moment, on a workspace that is not there yet."""
    root = tmp_path / "kg"
    both = [
        subprocess.Popen(command(root, old, new), stderr=subprocess.PIPE, text=True, stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    said = [process.communicate(timeout=120)[1] for process in both]
    codes = sorted(process.returncode for process in both)
    assert codes in ([0, 3], [0, 0]), said  # 0, 0 where the second came when the first was done
    if codes == [0, 3]:
        assert any("another pss-kg is writing" in text for text in said), said
    pipeline.build([str(old), str(new)], tmp_path / "alone", store=False)
    assert graph_bytes(root) == graph_bytes(tmp_path / "alone")


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


def run(*arguments: str | Path, **settings: Any) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-c", BUILD, *map(str, arguments)]
    return subprocess.run(line, capture_output=True, text=True, check=False, timeout=120, **settings)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """Gives a function that leaves so many bytes free on a disk of its own, and says where it is."""
    disk = tmp_path / "disk"
    disk.mkdir()

    def mount(*options: str) -> bool:
        line = ["mount", *options, str(disk)]
        return shutil.which("mount") is not None and not subprocess.run(line, capture_output=True).returncode

    if not mount("-t", "tmpfs", "-o", "size=64m", "tmpfs"):
        pytest.skip("a disk can't be mounted here")

    def leave(free: int) -> Path:
        state = os.statvfs(disk)
        assert mount("-o", f"remount,size={(state.f_blocks - state.f_bfree) * state.f_frsize + free}")
        return disk

    yield leave
    subprocess.run(["umount", str(disk)], check=True, capture_output=True)


@pytest.mark.slow
def test_a_full_disk_at_any_stage_leaves_the_old_graph(
    tmp_path: Path, small_disk: Callable[[int], Path], old: Path, new: Path
) -> None:
    """Read, identity, shuffle, map, validate and publish: each runs out of room in one of the steps."""
    root = small_disk(8_000_000) / "kg"
    assert run(*command(root, old)[3:]).returncode == 0
    before = graph_bytes(root)
    full = 0
    for free in range(4_096, 8_000_000, 32_768):
        small_disk(free)
        done = run(*command(root, new)[3:])
        if done.returncode == 0:
            break
        full += 1
        assert done.returncode == 3, done.stderr
        assert "disk is full" in done.stderr
        assert "Traceback" not in done.stderr
        assert graph_bytes(root) == before
        assert not list(root.rglob(".*.tmp"))
    assert full > 5
    pipeline.build([str(old), str(new)], tmp_path / "alone", store=False)
    assert graph_bytes(root) == graph_bytes(tmp_path / "alone")


def test_a_full_disk_under_the_store_or_an_export_is_said_in_words(
    tmp_path: Path, small_disk: Callable[[int], Path], new: Path
) -> None:
    disk = small_disk(8_000_000)
    root = disk / "kg"
    pipeline.build([str(new)], root, store=False)
    before = graph_bytes(root)
    (disk / "old.ttl").write_text("# old\n")
    small_disk(8_192)
    for arguments in (
        ("query", "most-cited"),
        ("show", "15"),
        *(("export", "-o", disk / name) for name in ("old.ttl", "kg.nq", "kg.nt.gz", "kg.jsonld")),
    ):
        done = run(*arguments, "--kg", root)
        assert done.returncode == 3, done.stderr
        assert "the disk is full" in done.stderr
        assert "Traceback" not in done.stderr
    assert graph_bytes(root) == before
    assert (disk / "old.ttl").read_text() == "# old\n"
    assert sorted(path.name for path in disk.iterdir()) == ["kg", "old.ttl"]
    assert not list((root / "store").iterdir())
    small_disk(40_000_000)
    assert run("query", "most-cited", "--kg", root).returncode == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_said_in_words(tmp_path: Path, old: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o500)
    with pytest.raises(WorkspaceError, match="permission denied"):
        pipeline.build([str(old)], folder / "kg", store=False)


def test_a_place_where_nobody_may_write_is_said_in_words(old: Path) -> None:
    with pytest.raises(WorkspaceError):
        pipeline.build([str(old)], Path("/proc/self/kg"), store=False)
