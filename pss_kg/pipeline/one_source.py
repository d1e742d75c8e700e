"""One source's records alone and whole, as if no others were in the workspace.

The same stages as a build's, in a temporary workspace: only this source's records are routed, so
main holds what they say and nothing of others. Identity is that of the whole workspace, so every
publication keeps its IRI; records in quarantine stay out.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pss_kg.errors import GraphError, UsageError
from pss_kg.identity.index import Index
from pss_kg.pipeline.keeping import need_records
from pss_kg.pipeline.whole import SMALL, route_tasks
from pss_kg.stages import reading, reduction, reports, shards, shuffle
from pss_kg.stages.pool import Pool, default_jobs
from pss_kg.stages.quads import staged
from pss_kg.workspace import REBUILD, Manifest, ShardFile, Workspace, storage_errors


@contextlib.contextmanager
def mapped(workspace: Workspace, source: str) -> Iterator[Workspace]:
    """A temporary workspace whose graph is made of this source's records; it is removed in the end.

    Raises UsageError for a source that no record is of, GraphError where the graph is not of the
    records that are there, WorkspaceError if there is no room for it.
    """
    need_records(workspace)
    manifest = workspace.manifest()
    read = [r for r in reading.load_reports(workspace) if r.id in manifest.inputs]
    own = [report for report in read if report.source == source]
    if not own:
        there = sorted({report.source for report in read})
        raise UsageError(
            f"no record of the source {source!r} is in the workspace.",
            where="--source",
            todo=f"The sources are {', '.join(there)}." if there else "Build the graph first.",
        )
    with tempfile.TemporaryDirectory(prefix="pss-kg-") as name:
        with storage_errors(Path(name)):
            alone = _make(workspace, manifest, own, Path(name) / "kg")
        yield alone


def _make(workspace: Workspace, manifest: Manifest, own: list[reading.InputReport], root: Path) -> Workspace:
    alone = Workspace.create(root, workspace.base)
    alone.records.rmdir()
    alone.records.symlink_to(workspace.records.resolve())
    alone.index.symlink_to(workspace.index.resolve())
    with Index(alone.index, read_only=True) as index:
        if index.inputs() != set(manifest.inputs):
            raise GraphError(
                "the graph is not of the records that were read.", where=str(workspace.root), todo=REBUILD
            )
        excluded = frozenset((fault.source, fault.id) for fault in reports.held(workspace)[0])
        view = shards.View(excluded=excluded, ambiguous=index.ambiguous())
    count, files = _map(alone, own, view)
    for file in files:
        target = alone.graph / file.file
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(staged(alone, file.graph, file.shard), target)
    alone.clear_work()
    ordered = sorted(files, key=lambda f: (f.graph, f.shard.startswith("shared"), f.shard))
    alone.publish(Manifest(base=manifest.base, shards=count, files=tuple(ordered)))
    return alone


def _map(alone: Workspace, read: list[reading.InputReport], view: shards.View) -> tuple[int, list[ShardFile]]:
    """Shuffle, map and reduce; gives the number of shards and the files in work/graph/."""
    small = sum(report.records for report in read) < SMALL
    base = alone.base
    alone.work.mkdir()
    with Pool(default_jobs()) as pool:
        for _ in pool.all(shuffle.route, list(route_tasks(alone.root, read)), alone=small):
            pass
        count = shuffle.shard_count(shuffle.count_keys(alone))
        files = []
        map_tasks = [shards.MapTask(alone.root, base, n, count, view) for n in range(count)]
        for part in pool.all(shards.map_shard, map_tasks, alone=small):
            files += part.files
        reduce_tasks = [reduction.ReduceTask(alone.root, base, n) for n in range(count)]
        for part in pool.all(reduction.reduce_shard, reduce_tasks, alone=small):
            files += part.files
    return count, files
