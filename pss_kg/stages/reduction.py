"""Things that many publications share, written once: journals, headings, agents, grants.

Mapping notes a statement on a shared thing wherever it meets one. Here the notes of all shards
are merged, one shard of subjects at a time, and each thing gets its one description.
Of a `single` statement (one title, one label) the best source wins, then the most frequent
value, then the smallest; the others go to the graph of their source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from pss_kg.iris import Iris, encode
from pss_kg.mapping.entry import rank
from pss_kg.stages.shards import (
    MAIN,
    GraphWriter,
    MappedShard,
    ShardCounts,
    Statement,
    read_shared,
    write_types,
)
from pss_kg.vocabulary import RDF
from pss_kg.workspace import Workspace

_TYPE = f"<{RDF}type>"


def describe(rows: Iterable[tuple[Statement, int]]) -> dict[str, list[str]]:
    """The triples of one shared thing, by graph. `rows` are all statements on one subject."""
    votes: dict[str, dict[str, dict[str, int]]] = {}  # predicate -> object -> source -> count
    single: set[str] = set()
    others: dict[str, set[tuple[str, str]]] = {}  # source graph -> (predicate, object)
    subject = ""
    for statement, count in rows:
        subject, predicate, value, is_single, source, graph = statement
        if graph != MAIN:
            others.setdefault(graph, set()).add((predicate, value))
            continue
        said = votes.setdefault(predicate, {}).setdefault(value, {})
        said[source] = said.get(source, 0) + count
        if is_single:
            single.add(predicate)
    main: list[str] = []
    for predicate in sorted(votes, key=_type_first):
        objects = votes[predicate]
        kept = sorted(objects)
        if predicate in single:
            kept = [min(objects, key=lambda o: _strength(o, objects[o]))]
            for loser in objects.keys() - set(kept):
                for source in objects[loser]:
                    others.setdefault(f"source/{encode(source)}", set()).add((predicate, loser))
        main += [f"{subject} {predicate} {value}" for value in kept]
    graphs = {MAIN: main}
    stated = set(main)
    for graph in sorted(others):
        ordered = sorted(others[graph], key=lambda pair: (_type_first(pair[0]), pair[1]))
        triples = (f"{subject} {predicate} {value}" for predicate, value in ordered)
        graphs[graph] = [triple for triple in triples if triple not in stated]
    return graphs


def _type_first(predicate: str) -> tuple[bool, str]:
    return predicate != _TYPE, predicate


def _strength(value: str, said: dict[str, int]) -> tuple[tuple[int, str], int, str]:
    best = min(said, key=rank)
    return rank(best), -said[best], value


class ReduceTask(NamedTuple):
    """The shared things of one shard to describe."""

    root: Path
    base: str
    shard: int


def reduce_shard(task: ReduceTask) -> MappedShard:
    """Merge the statements of all mapped shards on the things of one shard."""
    workspace = Workspace(task.root)
    iris = Iris(task.base)
    name = f"shared-{task.shard:02x}"
    writers: dict[str, GraphWriter] = {}
    counts = ShardCounts(classes={}, found={})
    types: list[str] = []
    rows = read_shared(workspace, task.shard)
    for _, statements in groupby(rows, key=lambda row: row[0][0]):
        for graph, triples in describe(statements).items():
            if not triples:
                continue
            if graph not in writers:
                writers[graph] = GraphWriter(workspace.work / "graph", iris, graph, name)
            writers[graph].add(triples)
            if graph == MAIN:
                for kind, triple in _types(triples):
                    counts.classes[kind] = counts.classes.get(kind, 0) + 1
                    types.append(triple)
    write_types(workspace, name, types)
    return MappedShard([writers[graph].close() for graph in sorted(writers)], counts)


def _types(triples: list[str]) -> Iterator[tuple[str, str]]:
    for triple in triples:
        _, predicate, kind = triple.split(" ", 2)
        if predicate == _TYPE:
            yield kind, triple


def staged(workspace: Workspace, graph: str, shard: str) -> Path:
    """The file of a shard before it is published."""
    return workspace.work / "graph" / graph / f"{shard}.nq"
