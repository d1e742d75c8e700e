"""Each stage of a build: seconds, peak memory; and what the graph weighs.

    python benchmarks/stages.py INPUT… [--jobs N] [--no-store]

Peak memory is this process's (`VmHWM`, reset before each stage; Linux), so that --jobs 1, the
default here, tells the memory of one worker.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from pss_kg import pipeline
from pss_kg.workspace import Workspace


class Watch:
    """A progress callback that notes the peak memory of each stage."""

    def __init__(self) -> None:
        self.peaks: dict[str, int] = {}
        self._stage = "start"

    def __call__(self, stage: str, done: int, total: int) -> None:
        if (done, total) == (0, 0):
            self.note()
            Path("/proc/self/clear_refs").write_text("5")
            self._stage = stage

    def note(self) -> None:
        status = Path("/proc/self/status").read_text()
        peak = int(status.split("VmHWM:")[1].split()[0]) // 1024
        self.peaks[self._stage] = max(peak, self.peaks.get(self._stage, 0))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("inputs", nargs="+")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--no-store", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "kg"
        watch = Watch()
        summary = pipeline.build(
            given.inputs, root, jobs=given.jobs, store=not given.no_store, progress=watch
        )
        watch.note()
        manifest = Workspace.open(root).manifest()
        read = sum(counts["read"] for counts in summary.sources.values())
        size = sum(file.bytes for file in manifest.files)
        print(f"{'stage':<10} {'seconds':>8} {'MB peak':>8}")
        for stage, seconds in summary.seconds.items():
            print(f"{stage:<10} {seconds:>8.2f} {watch.peaks.get(stage, 0) or '':>8}")
        graph = sum(summary.seconds.get(s, 0.0) for s in ("read", "identity", "shuffle", "map", "publish"))
        print(f"records {read:,}; gz to graph {graph:.1f} s, {read / graph:,.0f} records/s")
        print(
            f"quads {summary.quads:,}; {summary.quads / read:.1f} a record; {size / read:,.0f} bytes a record"
        )
        for graph_name, quads in summary.graphs.items():
            print(f"  {graph_name:<20} {quads:>12,}")


if __name__ == "__main__":
    main()
