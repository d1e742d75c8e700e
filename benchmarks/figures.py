"""What is measured, figure by figure. Each takes the context and leaves measurements behind."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from benchmarks import relational
from benchmarks.inputs import Inputs
from benchmarks.keeping import Measured, Results
from benchmarks.measuring import DidNotRun, apart, module, run, told


class Context(NamedTuple):
    """What the figures are made of, and how."""

    inputs: Inputs
    results: Results
    work: Path
    sizes: tuple[int, ...] = (1, 4, 16)
    runs: tuple[int, ...] = (5, 3, 1)
    """How often each size is measured; the last holds for those that follow."""
    store_up_to: int = 16
    """The largest size that is loaded into a store."""
    jobs: int = 2
    cut: int = 2_000
    """Records given to the peers that can't take all."""
    peers: str = sys.executable
    """A Python in which the peers are installed that can't stand beside pss-kg."""

    def times(self, size: int) -> int:
        """How often a size is measured."""
        return self.runs[min(self.sizes.index(size) if size in self.sizes else 0, len(self.runs) - 1)]


def build(files: list[Path], root: Path, jobs: int, *, store: bool) -> Measured:
    """A build in a process of its own, into a fresh workspace."""
    shutil.rmtree(root, ignore_errors=True)
    words = [*files, "--kg", root, "--jobs", jobs, "--json"]
    return told(module("stages", *words, *([] if store else ["--no-store"])))


@contextmanager
def workspace(given: Context, name: str, files: list[Path], *, store: bool = False) -> Iterator[Path]:
    """A built workspace, kept in the folder of work between figures of one run."""
    root = given.work / f"kg-{name}-{given.inputs.digest}"
    mark = root.with_suffix(".whole")
    if not mark.exists():
        build(files, root, given.jobs, store=store)
        mark.touch()
    yield root


def stages(given: Context) -> None:
    """Each stage of a build in one process; inference and export; the floor."""
    files = given.inputs.files
    root = given.work / f"kg-1x-{given.inputs.digest}"
    mark = root.with_suffix(".whole")
    for number in range(1, given.times(1) + 1):

        def whole() -> Measured:
            mark.unlink(missing_ok=True)
            done = build(files, root, 1, store=True)
            mark.touch()
            return done

        given.results.measured(f"stages-run{number}", whole)
    for name, words in (
        ("export", ["export", "--format", "n-quads", "-o", given.work / "export.nq", "--kg"]),
        ("infer", ["infer", "--no-store", "--jobs", "1", "--kg"]),
    ):

        def command(words: Sequence[object] = words) -> Measured:
            with workspace(given, "1x", files) as kg:
                done = run([sys.executable, "-m", "pss_kg", *map(str, words), str(kg)])
                return {key: done[key] for key in ("cpu", "wall", "peak")}

        given.results.measured(f"stages-{name}", command)
    (given.work / "export.nq").unlink(missing_ok=True)

    def floor() -> Measured:
        with workspace(given, "1x", files) as kg:
            return peer(given, "floor", [*files, kg / "graph"])

    for number in range(1, given.times(1) + 1):
        given.results.measured(f"floor-run{number}", floor)


def scaling(given: Context) -> None:
    """Whole builds of one, four, sixteen times the records, all with the same number of processes."""
    for size in given.sizes:
        for number in range(1, given.times(size) + 1):

            def whole(size: int = size) -> Measured:
                root = given.work / "kg-scaling"
                try:
                    files = given.inputs.multiple(size)
                    return build(files, root, given.jobs, store=size <= given.store_up_to)
                finally:
                    shutil.rmtree(root, ignore_errors=True)

            name = f"scaling-{size:03}x-run{number}"
            before = given.results.get(name)
            if size <= given.store_up_to and before and "store" not in before.get("stages", ["store"]):
                given.results.forget(name)  # measured without the store, which is wanted now
            given.results.measured(name, whole)


def jobs(given: Context) -> None:
    """The records in four files, by one process and by several; no store."""
    for count in sorted({1, given.jobs}):
        for number in range(1, min(given.times(1), 3) + 1):

            def whole(count: int = count) -> Measured:
                root = given.work / "kg-jobs"
                try:
                    return build(given.inputs.parts(4), root, count, store=False)
                finally:
                    shutil.rmtree(root, ignore_errors=True)

            given.results.measured(f"jobs-{count}-run{number}", whole)


def peer(given: Context, name: str, inputs: list[Path]) -> Measured:
    """One peer's work, in this Python or in that of the peers. Raises DidNotRun."""
    out = given.work / f"peer-{name}"
    errors = []
    for python in dict.fromkeys((sys.executable, given.peers)):
        try:
            return told(module("peers", name, *inputs, out, python=python), limit=900)
        except DidNotRun as error:
            errors.append(str(error).replace(python, "python").replace(str(given.work), "work"))
        finally:
            shutil.rmtree(out, ignore_errors=True)
            for left in given.work.glob(f"peer-{name}*"):
                left.unlink(missing_ok=True)
    raise DidNotRun(errors[-1])


def peers(given: Context) -> None:
    """Others at the same work: parsing, making quads, mapping tables, loading."""
    files, cut = given.inputs.files, [given.inputs.cut(given.cut)]

    def ours() -> Measured:
        return build(cut, given.work / "kg-cut", 1, store=False)

    for number in range(1, 4):  # short, so that one run tells little
        given.results.measured(f"cut-ours-run{number}", ours)
    given.results.measured("peer-pubmed_parser", lambda: peer(given, "pubmed_parser", files))
    given.results.measured("peer-cut-pubmed_parser", lambda: peer(given, "pubmed_parser", cut))

    def load() -> Measured:
        with workspace(given, "1x", files) as kg:
            return peer(given, "pyoxigraph-load", [*_graphs(kg)])

    given.results.measured("peer-pyoxigraph-load", load)
    for name in ("rdflib", "pyoxigraph"):

        def quads(name: str = name) -> Measured:
            with workspace(given, f"cut{given.cut}", cut) as kg:
                return peer(given, name, [*_graphs(kg)])

        given.results.measured(f"peer-cut-{name}", quads)
    for name in ("morph-kgc", "maplib"):

        def tables(name: str = name) -> Measured:
            with workspace(given, f"cut{given.cut}", cut) as kg:
                folder = given.work / f"tables{given.cut}"
                apart(relational.write, kg, folder)
                return peer(given, name, [folder])

        given.results.measured(f"peer-cut-{name}", tables)


def _graphs(kg: Path) -> list[Path]:
    """The folders of the graph that ours loads: all but provenance."""
    return sorted(p for p in (kg / "graph").iterdir() if p.is_dir() and p.name != "provenance")


def validation(given: Context) -> None:
    """`validation.py` on a million triples by the fast engine; beside others it is run by itself."""

    def engines() -> Measured:
        with workspace(given, "1x", given.inputs.files) as kg:
            words = [str(kg), "--triples", "1000000", "--only", "fast"]
            done = run([sys.executable, "benchmarks/validation.py", *words])
        head, _, *rows = done["stdout"].strip().splitlines()
        found: Measured = {"triples": int(head.split()[0].replace(",", "")), "engines": {}}
        for row in rows:
            name, *values = row.split()
            if len(values) == 4 and all(v.replace(".", "").isdigit() for v in values):
                keys = ("wall", "cpu", "peak", "results")
                found["engines"][name] = dict(zip(keys, map(float, values), strict=True))
        return found

    given.results.measured("validation", engines)


FIGURES: dict[str, Callable[[Context], None]] = {
    "stages": stages,
    "peers": peers,
    "validation": validation,
    "jobs": jobs,
    "scaling": scaling,
}
"""In the order in which they are made: the longest last."""
