"""The graph made anew from all records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pss_kg.identity.index import Index
from pss_kg.pipeline import made
from pss_kg.pipeline.made import Made
from pss_kg.pipeline.run import Run
from pss_kg.stages import checking, notes, reduction, shards, shuffle
from pss_kg.stages.checking import CheckTask, Owned
from pss_kg.stages.faults import Fault, faults
from pss_kg.stages.pool import Pool
from pss_kg.stages.quads import ShardPart
from pss_kg.stages.reading import InputReport
from pss_kg.workspace import Workspace

_ROUTE_FRAMES = 8
"""Frames of one input that one shuffle task routes: about 4,000 records."""

_ROUTE_RECORDS = 2_000
"""Records from which on a shuffle task takes no other input."""

_ROUTE_INPUTS = 500
"""Inputs that one shuffle task takes, however small they are."""

SMALL = 2_000
"""Records below which worker processes cost more than they save."""


def make(run: Run, workspace: Workspace, pool: Pool, read: list[InputReport]) -> Made:
    """Shuffle, map, reduce, validate, over everything that was read."""
    made.forget(workspace)  # first of all: a run that is killed here leaves half of work/
    workspace.clear_work()
    workspace.work.mkdir(parents=True)
    root, base = workspace.root, workspace.base
    small = sum(report.records for report in read) < SMALL
    with Index(workspace.index, read_only=True) as index:
        view = shards.View(ambiguous=index.ambiguous(), claimed=frozenset(index.claims()))
    with run.stage("shuffle"):
        tasks = list(route_tasks(root, read))
        for done, _ in enumerate(pool.all(shuffle.route, tasks, alone=small), 1):
            run.progress("shuffle", done, len(tasks))
        count = shuffle.shard_count(shuffle.count_keys(workspace))
    mapped: dict[int, ShardPart] = {}
    held: list[Fault] = []
    first: list[Owned] | None = None
    todo = list(range(count))
    while True:
        with run.stage("map"):
            map_tasks = [shards.MapTask(root, base, n, count, view) for n in todo]
            results = pool.all(shards.map_shard, map_tasks, alone=small)
            for done, (number, part) in enumerate(zip(todo, results, strict=True), 1):
                mapped[number] = part
                run.progress("map", done, len(todo))
            reduce_tasks = [reduction.ReduceTask(root, base, n) for n in range(count)]
            shared = list(pool.all(reduction.reduce_shard, reduce_tasks, alone=small))
        with run.stage("validate"):
            parts = [part for _, part in sorted(mapped.items())] + shared
            files = [file for part in parts for file in part.files]
            notes.gather(workspace)
            findings = check_all(run, pool, checking.check_tasks(workspace, files))
            first = findings if first is None else first
            found = faults(workspace, findings, view)
        if not found:
            break
        held += found
        view = view._replace(excluded=view.excluded | {(fault.source, fault.id) for fault in found})
        todo = sorted({shuffle.shard_of(key, count) for fault in found for key in fault.keys})
    named = {f"{number:02x}": part.counts for number, part in sorted(mapped.items())}
    named |= {f"shared-{number:02x}": part.counts for number, part in enumerate(shared)}
    return Made(count, files, named, first, held, view)


def check_all(run: Run, pool: Pool, tasks: list[CheckTask]) -> list[Owned]:
    """The findings of all tasks, in the order of the tasks."""
    findings: list[Owned] = []
    for done, some in enumerate(pool.all(checking.check, tasks), 1):
        findings += some
        run.progress("validate", done, len(tasks))
    return findings


def route_tasks(root: Path, read: list[InputReport]) -> Iterator[shuffle.RouteTask]:
    """The records of these inputs, cut into tasks; small inputs share one."""
    held: list[shuffle.Stretch] = []
    number = records = 0
    for report in read:
        first = 0
        for start in range(0, len(report.frames), _ROUTE_FRAMES):
            frames = report.frames[start : start + _ROUTE_FRAMES]
            held.append(shuffle.Stretch(report.id, frames, first))
            first += (count := sum(frame[2] for frame in frames))
            records += count
            if records >= _ROUTE_RECORDS or len(held) == _ROUTE_INPUTS:
                yield shuffle.RouteTask(root, tuple(held), f"{number:06}")
                held, number, records = [], number + 1, 0
    if held:
        yield shuffle.RouteTask(root, tuple(held), f"{number:06}")
