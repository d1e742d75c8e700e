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
from pss_kg.stages import notes, shared
from pss_kg.stages.quads import MAIN, TYPE, GraphWriter, ShardCounts, ShardPart
from pss_kg.stages.shared import Statement
from pss_kg.stages.splice import next_to
from pss_kg.workspace import Workspace


def describe(rows: Iterable[tuple[Statement, int]]) -> dict[str, list[str]]:
    """The triples of one shared thing, by graph. `rows` are all statements on one subject, sorted."""
    rows = list(rows)
    if len({row[0][1] for row in rows}) == len(rows) and all(row[0][5] == MAIN for row in rows):
        # One statement a predicate, all of main: nothing to decide. Most things are so.
        plain = sorted([(row[0][1] != TYPE, row[0][1], row[0][2]) for row in rows])
        subject = rows[0][0][0]
        return {MAIN: [f"{subject} {predicate} {value}" for _, predicate, value in plain]}
    votes: dict[str, dict[str, dict[str, int]]] = {}  # predicate -> object -> source -> count
    single: set[str] = set()
    others: dict[str, set[tuple[str, str]]] = {}  # source graph -> (predicate, object)
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
    return predicate != TYPE, predicate


def _strength(value: str, said: dict[str, int]) -> tuple[tuple[int, str], int, str]:
    best = min(said, key=rank)
    return rank(best), -said[best], value


class ReduceTask(NamedTuple):
    """The shared things of one shard to describe."""

    root: Path
    base: str
    shard: int
    is_increment: bool = False
    """Read what splicing left in work/next/ first, and write notes there."""


def reduce_shard(task: ReduceTask) -> ShardPart:
    """Merge the statements of all mapped shards on the things of one shard."""
    workspace = Workspace(task.root)
    iris = Iris(task.base)
    name = f"shared-{task.shard:02x}"
    writers: dict[str, GraphWriter] = {}
    counts = ShardCounts(classes={}, found={})
    types: list[str] = []
    upcoming = next_to(workspace) if task.is_increment else None
    rows = shared.read(workspace, task.shard, upcoming)
    for _, statements in groupby(rows, key=lambda row: row[0][0]):
        for graph, triples in describe(statements).items():
            if not triples:
                continue
            if graph not in writers:
                writers[graph] = GraphWriter(workspace, iris, graph, name)
            writers[graph].add("", triples)
            if graph == MAIN:
                for kind, triple in _types(triples):
                    counts.classes[kind[1:-1]] = counts.classes.get(kind[1:-1], 0) + 1
                    types.append(triple)
    notes.write(upcoming or workspace, name, types)
    return ShardPart([writers[graph].close() for graph in sorted(writers)], counts)


def _types(triples: list[str]) -> Iterator[tuple[str, str]]:
    for triple in triples:
        _, predicate, kind = triple.split(" ", 2)
        if predicate == TYPE:
            yield kind, triple
