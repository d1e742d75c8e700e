"""Each stage of a build: seconds, processor time, peak memory; and what the graph weighs.

    python -m benchmarks.stages INPUT… [--jobs N] [--no-store] [--kg FOLDER] [--json]

Processor time is user and system of this process and its workers. Peak memory is that of the
largest process (`VmHWM`, reset before each stage; Linux): `main` is this one, `worker` the
largest of the others. With --jobs 1, the default here, one process does everything.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from pss_kg import pipeline
from pss_kg.workspace import Workspace

GRAPH = ("read", "identity", "shuffle", "map", "publish")
"""The stages that make up *gz to graph*."""

_TICKS = os.sysconf("SC_CLK_TCK")


class Watch:
    """A progress callback that notes what each stage took, this process and its workers together."""

    def __init__(self) -> None:
        self.cpu: defaultdict[str, float] = defaultdict(float)
        self.wall: defaultdict[str, float] = defaultdict(float)
        self.peaks: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
        self._stage = "start"
        self._cpu, self._wall = processor_seconds(), time.perf_counter()

    def __call__(self, stage: str, done: int, total: int) -> None:
        if (done, total) == (0, 0):
            self.note()
            for pid in ["self", *workers()]:
                _forget_peak(pid)
            self._stage = stage

    def note(self) -> None:
        """The stage that ran until now has ended."""
        cpu, wall = processor_seconds(), time.perf_counter()
        self.cpu[self._stage] += cpu - self._cpu
        self.wall[self._stage] += wall - self._wall
        self._cpu, self._wall = cpu, wall
        peaks = self.peaks[self._stage]
        peaks[0] = max(peaks[0], _peak("self"))
        peaks[1] = max([peaks[1], *(_peak(pid) for pid in workers())])


def workers() -> list[str]:
    """The process ids of this process's children."""
    try:
        return [
            pid
            for thread in Path("/proc/self/task").iterdir()
            for pid in (thread / "children").read_text().split()
        ]
    except OSError:
        return []


def processor_seconds() -> float:
    """User and system seconds so far: this process, children that ended, children that live."""
    times = os.times()
    ticks = 0
    for pid in workers():
        try:
            ticks += sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]))
        except OSError:
            continue  # it ended just now
    return times.user + times.system + times.children_user + times.children_system + ticks / _TICKS


def _peak(pid: str) -> int:
    """Peak memory in MB; 0 for a process that has ended."""
    try:
        return int(Path(f"/proc/{pid}/status").read_text().split("VmHWM:")[1].split()[0]) // 1024
    except (OSError, IndexError):
        return 0


def _forget_peak(pid: str) -> None:
    try:
        Path(f"/proc/{pid}/clear_refs").write_text("5")
    except OSError:
        return  # not Linux, or the process has ended


def build(inputs: list[str], root: Path, *, jobs: int, store: bool) -> dict[str, Any]:
    """Build, and give what it took, stage by stage, and what came of it."""
    watch = Watch()
    summary = pipeline.build(inputs, root, jobs=jobs, store=store, progress=watch)
    watch.note()
    files = Workspace.open(root).manifest().files
    names = [name for name in summary.seconds if name != "total"]
    return {
        "records": sum(counts["read"] for counts in summary.sources.values()),
        "quads": sum(file.quads for file in files),
        "main_quads": sum(file.quads for file in files if file.graph == "main"),
        "bytes": sum(file.bytes for file in files),
        "publications": summary.counts.get("described", 0),
        "jobs": jobs,
        "stages": {
            name: {
                "cpu": watch.cpu[name],
                "wall": watch.wall[name],
                "main_peak": watch.peaks[name][0],
                "worker_peak": watch.peaks[name][1],
            }
            for name in names
        },
    }


def graph_seconds(done: dict[str, Any], kind: str = "cpu") -> float:
    """Seconds of *gz to graph*."""
    return float(sum(done["stages"][name][kind] for name in GRAPH if name in done["stages"]))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("inputs", nargs="+")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--no-store", action="store_true")
    parser.add_argument("--kg", type=Path, help="where to build; default: a folder that goes away")
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = given.kg or Path(folder) / "kg"
        done = build(given.inputs, root, jobs=given.jobs, store=not given.no_store)
    if given.json:
        print(json.dumps(done))
        return
    print(f"{'stage':<10} {'CPU s':>8} {'seconds':>8} {'MB main':>8} {'MB worker':>9}")
    for name, took in done["stages"].items():
        print(
            f"{name:<10} {took['cpu']:>8.2f} {took['wall']:>8.2f} {took['main_peak']:>8} "
            f"{took['worker_peak'] or '':>9}"
        )
    cpu = graph_seconds(done)
    print(f"records {done['records']:,}; quads {done['quads']:,}; bytes {done['bytes']:,}")
    print(f"gz to graph {cpu:.1f} s of processor time, {done['quads'] / cpu:,.0f} quads a second")


if __name__ == "__main__":
    main()
