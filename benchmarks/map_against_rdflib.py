"""The map stage against rdflib: the same quads through `Dataset` and its N-Quads serialiser.

    python benchmarks/map_against_rdflib.py INPUT [--records 2000]

Ours is the whole map stage: read the buckets, sort, map, write, digest. rdflib gets the same
quads as plain Python values, makes terms, adds them to a Dataset and serialises it. Both in one
run, on one core; the figure is the ratio of quads a second.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import pyoxigraph
import rdflib

from pss_kg import __version__
from pss_kg.identity.index import Index
from pss_kg.stages import inputs, reading, record_file, reduction, shards, shuffle
from pss_kg.workspace import Workspace


def ours(root: Path, path: str, limit: int) -> tuple[float, Path]:
    """Seconds of the map stage over the first `limit` records, and the folder of its files."""
    workspace = Workspace.create(root)
    task = reading.task_for(root, inputs.expand([path])[0].path)
    intake = reading.read_input(task)
    frames = intake.report.frames[: max(1, limit // record_file.FRAME)]
    with Index(workspace.index) as index:
        index.add_input(task.id, task.number, intake.rows, intake.report.deletions)
        index.settle()
    workspace.work.mkdir()
    shuffle.route(shuffle.RouteTask(root, task.id, frames, 0, "all"))
    count = shuffle.shard_count(shuffle.count_keys(workspace))
    begun = time.perf_counter()
    for shard in range(count):
        shards.map_shard(shards.MapTask(root, workspace.base, shard, count))
    for shard in range(count):
        reduction.reduce_shard(reduction.ReduceTask(root, workspace.base, shard))
    return time.perf_counter() - begun, workspace.work / "graph"


def plain(folder: Path) -> list[tuple[str, str, tuple[str, str, str, str], str]]:
    """The quads as plain values: what a mapping in rdflib would start from."""
    rows = []
    for path in sorted(folder.rglob("*.nq")):
        for quad in pyoxigraph.parse(path=str(path), format=pyoxigraph.RdfFormat.N_QUADS):
            value = quad.object
            if isinstance(value, pyoxigraph.Literal):
                term = (
                    "literal",
                    value.value,
                    value.language or "",
                    "" if value.language else value.datatype.value,
                )
            else:
                term = ("iri", value.value, "", "")
            rows.append((quad.subject.value, quad.predicate.value, term, quad.graph_name.value))
    return rows


def theirs(rows: list[tuple[str, str, tuple[str, str, str, str], str]], out: Path) -> float:
    """Seconds that rdflib takes for the same quads."""
    begun = time.perf_counter()
    dataset = rdflib.Dataset()
    for subject, predicate, (kind, value, language, datatype), graph in rows:
        if kind == "iri":
            term: rdflib.term.Node = rdflib.URIRef(value)
        elif language:
            term = rdflib.Literal(value, lang=language)
        else:
            term = rdflib.Literal(value, datatype=rdflib.URIRef(datatype))
        dataset.add((rdflib.URIRef(subject), rdflib.URIRef(predicate), term, rdflib.URIRef(graph)))
    dataset.serialize(out, format="nquads")
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("input")
    parser.add_argument("--records", type=int, default=2000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        seconds, graph = ours(Path(folder) / "kg", given.input, given.records)
        rows = plain(graph)
        other = theirs(rows, Path(folder) / "out.nq")
    print(f"pss-kg {__version__}: {len(rows):,} quads in {seconds:.2f} s, {len(rows) / seconds:,.0f}/s")
    print(f"rdflib {rdflib.__version__}: {len(rows):,} quads in {other:.2f} s, {len(rows) / other:,.0f}/s")
    print(f"ratio {other / seconds:.1f}")


if __name__ == "__main__":
    main()
