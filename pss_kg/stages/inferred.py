"""graph/inferred: made from what is published, and published beside it.

The manifest says what it was inferred from (`inferred_from`), so that a stale one is known.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec

from pss_kg.errors import BadParameter, GraphError
from pss_kg.inference import concerned, oracle, rules
from pss_kg.iris import Iris
from pss_kg.manifest import INFERRED
from pss_kg.stages import inferring
from pss_kg.stages.inferring import SOURCES, FileTask, ShardTask
from pss_kg.stages.pool import Pool, default_jobs
from pss_kg.stages.routed_lines import Router, shards
from pss_kg.workspace import PROVENANCE, Manifest, ShardFile, Workspace, storage_errors

ENGINES = ("rules", "owlrl")

_SMALL = 100_000
"""Quads below which worker processes cost more than they save."""

Progress = Callable[[str, int, int], None]


class Inferred(NamedTuple):
    """What inference did: `unchanged` where graph/inferred was up to date."""

    unchanged: bool
    read: int
    triples: int
    seconds: float


def infer(
    root: Path, *, engine: str = "rules", jobs: int | None = None, progress: Progress | None = None
) -> Inferred:
    """Bring graph/inferred of the workspace at `root` up to date. The store is not touched.

    Both engines give the same triples; owlrl holds the whole graph in memory and is slow.

    Raises BadParameter for an unknown engine, GraphError where nothing is published,
    WorkspaceBusy if another process writes there, WorkspaceError if it can't be written.
    """
    if engine not in ENGINES:
        raise BadParameter(f"{engine!r} is no engine.", where="--engine", todo=f"Use {' or '.join(ENGINES)}.")
    begun = time.perf_counter()
    workspace = Workspace.open(root)
    with workspace.lock(), storage_errors(root):
        manifest = workspace.manifest()
        sources = [file for file in manifest.files if file.graph in SOURCES]
        if not sources:
            raise GraphError(
                "no graph is published here.", where=str(root), todo="Build one with `pss-kg build INPUT…`."
            )
        read, mark = sum(file.quads for file in sources), inferred_from(manifest)
        if manifest.inferred_from == mark:
            return Inferred(True, read, manifest.graphs().get(INFERRED, 0), time.perf_counter() - begun)
        workspace.check(sources)
        here = inferring.folder(workspace)
        shutil.rmtree(here, ignore_errors=True)
        here.mkdir(parents=True)
        try:
            if engine == "owlrl":
                files = _by_owlrl(workspace, manifest, sources)
            else:
                with Pool(jobs or default_jobs()) as pool:
                    files = _by_rules(workspace, pool, manifest, sources, progress)
            _publish(workspace, manifest, files, mark)
        finally:
            shutil.rmtree(here, ignore_errors=True)
    return Inferred(False, read, sum(file.quads for file in files), time.perf_counter() - begun)


def inferred_from(manifest: Manifest) -> str:
    """A digest of everything that graph/inferred hangs on: the graphs that are read, and the rules."""
    whole = hashlib.sha256(repr(rules()).encode())
    for file in manifest.files:
        if file.graph in SOURCES:
            whole.update(f"{file.graph} {file.shard} {file.sha256}\n".encode())
    return whole.hexdigest()


def _by_rules(
    workspace: Workspace,
    pool: Pool,
    manifest: Manifest,
    sources: list[ShardFile],
    progress: Progress | None,
) -> list[ShardFile]:
    root, base, count = workspace.root, manifest.base, manifest.shards
    alone = sum(file.quads for file in sources) < _SMALL
    files = [
        FileTask(root, base, count, f.graph, workspace.graph / f.file, f"{f.graph}-{f.shard}")
        for f in sources
    ]
    for done, _ in enumerate(pool.all(inferring.infer_file, files, alone=alone), 1):
        if progress:
            progress("infer", done, len(files))
    inferring.gather_links(workspace, Iris(base), count)
    here = inferring.folder(workspace)
    tasks = [ShardTask(root, base, count, name) for name in sorted(shards(here / "direct"))]
    for _ in pool.all(inferring.follow_chains, tasks, alone=alone):
        pass
    named = shards(here / "direct") | shards(here / "chained")
    tasks = [ShardTask(root, base, count, name) for name in sorted(named)]
    return [file for file in pool.all(inferring.write_shard, tasks, alone=alone) if file]


def _by_owlrl(workspace: Workspace, manifest: Manifest, sources: list[ShardFile]) -> list[ShardFile]:
    iris, compiled = Iris(manifest.base), rules()
    terms = compiled.bodies | compiled.heads
    lines = {
        line
        for file in sources
        for line in inferring.triples(workspace.graph / file.file, iris, file.graph)
        if concerned(line, terms)
    }
    router = Router(iris, manifest.shards)
    by_shard: dict[str, list[str]] = {}
    for line in oracle.closure(lines):
        by_shard.setdefault(router.shard(line), []).append(line)
    tasks = {name: ShardTask(workspace.root, manifest.base, manifest.shards, name) for name in by_shard}
    written = [inferring.write_file(tasks[name], some) for name, some in sorted(by_shard.items())]
    return [file for file in written if file]


def _publish(workspace: Workspace, manifest: Manifest, files: list[ShardFile], mark: str) -> None:
    """Put the files in place and swap the manifest; every other graph stays as it is."""
    for file in files:
        target = workspace.graph / file.file
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(inferring.staged(workspace, file.shard), target)
    kept = [file for file in manifest.files if file.graph not in (INFERRED, PROVENANCE)]
    times = [file for file in manifest.files if file.graph == PROVENANCE]
    graphs = sorted((*kept, *files), key=lambda f: (f.graph, f.shard.startswith("shared"), f.shard))
    workspace.publish(msgspec.structs.replace(manifest, files=(*graphs, *times), inferred_from=mark))
