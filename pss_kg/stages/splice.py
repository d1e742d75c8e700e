"""A shard with some of its publications mapped anew, the others copied as they stand.

What the publications were before is mapped again from the rows that counted then, so that what
they added to counts and to shared things can be taken back exactly. All notes for the next
increment go to work/next/ first: the ones in use stay as they are until the graph is published.
"""

from __future__ import annotations

import gc
from pathlib import Path
from typing import NamedTuple

from pss_kg.iris import Iris
from pss_kg.stages import notes, shards, shared
from pss_kg.stages.entries import gather
from pss_kg.stages.quads import MAIN, Blocks, GraphWriter, ShardCounts
from pss_kg.stages.shards import Mapper, ShardState, View
from pss_kg.stages.shuffle import buckets_of, read_buckets
from pss_kg.workspace import ShardFile, Workspace


class SpliceTask(NamedTuple):
    """One shard to change. `keys` are the publications and aliases to map anew."""

    root: Path
    base: str
    shard: int
    shards: int
    keys: frozenset[str]
    before: View
    now: View
    generation: int
    """The generation of rows that the increment added."""
    files: tuple[tuple[str, Path], ...]
    """(graph, file) of the shard as it was published."""


class Spliced(NamedTuple):
    """The new files of the shard, its counts, and the shards of shared things that it changed."""

    files: list[ShardFile]
    counts: ShardCounts
    subjects: set[int]


def splice(task: SpliceTask) -> Spliced:
    """Write the shard's new files to work/graph/ and its notes to work/next/."""
    gc.disable()
    try:
        return _splice(task)
    finally:
        gc.enable()


def _splice(task: SpliceTask) -> Spliced:
    workspace, iris = Workspace(task.root), Iris(task.base)
    upcoming = next_to(workspace)
    name = f"{task.shard:02x}"
    state = shards.load(workspace, name)
    old, _ = _mapped(task, iris, task.before, before=True)
    new, triples = _mapped(task, iris, task.now, before=False)

    files: list[ShardFile] = []
    blocks: dict[str, Blocks] = {}
    published = dict(task.files)
    for graph in sorted(published.keys() | {graph for graphs in triples.values() for graph in graphs}):
        writer = GraphWriter(workspace, iris, graph, name)
        _merge(writer, published.get(graph), state.blocks.get(graph, []), task.keys, triples, graph)
        file = writer.close()
        if file.quads:
            files.append(file)
            blocks[graph] = writer.blocks

    counts = state.counts.plus(old.counts, -1).plus(new.counts)
    shards.save(upcoming, name, ShardState(counts, blocks))
    subjects = shared.adjust(workspace, upcoming, name, task.shards, old.shared, new.shared)
    _change_notes(workspace, upcoming, name, old.notes, new.notes)
    changed = upcoming.work / "changed"
    changed.mkdir(parents=True, exist_ok=True)
    lines = [triple for graphs in triples.values() for triple in graphs.get(MAIN, ())]
    (changed / f"{name}.nt").write_text("".join(f"{line} .\n" for line in lines), encoding="utf-8")
    return Spliced(files, counts, subjects)


def next_to(workspace: Workspace) -> Workspace:
    """A workspace whose work/ is work/next/ of this one."""
    other = Workspace(workspace.root)
    other.base, other.work = workspace.base, workspace.work / "next"
    return other


def _mapped(
    task: SpliceTask, iris: Iris, view: View, *, before: bool
) -> tuple[Mapper, dict[str, dict[str, list[str]]]]:
    """The changed publications as they were, or as they are."""
    rows = read_buckets(
        Workspace(task.root),
        buckets_of(task.shard, task.shards),
        view.dead,
        task.keys,
        (lambda generation: generation < task.generation) if before else None,
    )
    mapper = Mapper(iris, view.claimed)
    return mapper, dict(mapper.map(gather(rows, view.excluded, view.ambiguous)))


def _merge(
    writer: GraphWriter,
    path: Path | None,
    blocks: Blocks,
    keys: frozenset[str],
    triples: dict[str, dict[str, list[str]]],
    graph: str,
) -> None:
    """Write the kept blocks of the old file and the new ones, in key order."""
    lines = path.read_bytes().split(b"\n") if path is not None else []
    new = iter([(key, graphs[graph]) for key, graphs in triples.items() if graphs.get(graph)])
    upcoming = next(new, None)
    run_start = at = 0
    run: Blocks = []

    def flush() -> None:
        nonlocal run, run_start
        if run:
            writer.copy(run, lines[run_start:at])
        run, run_start = [], at

    for key, count in blocks:
        while upcoming is not None and upcoming[0] < key:
            flush()
            writer.add(*upcoming)
            upcoming = next(new, None)
        if key in keys:
            flush()
            at += count
            run_start = at
        else:
            run.append((key, count))
            at += count
    flush()
    while upcoming is not None:
        writer.add(*upcoming)
        upcoming = next(new, None)


def _change_notes(
    workspace: Workspace, upcoming: Workspace, name: str, old: list[str], new: list[str]
) -> None:
    gone = {triple.split(" ", 1)[0] for triple in old}
    path = workspace.work / "notes" / f"{name}.nt"
    kept = [
        line.removesuffix(" .")
        for line in path.read_text(encoding="utf-8").split("\n")
        if line and line.split(" ", 1)[0] not in gone
    ]
    notes.write(upcoming, name, kept + new)
