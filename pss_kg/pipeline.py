"""The stages of a build, in order. The only module that knows it.

read -> settle identities -> shuffle -> map -> reduce -> validate and quarantine -> publish -> store
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from pss_kg import __version__, provenance
from pss_kg.errors import InputError, PssKgError, UnknownFormat
from pss_kg.identity.index import Index
from pss_kg.iris import Iris
from pss_kg.stages import checking, inputs, reading, reduction, reports, shards, shuffle, summary
from pss_kg.stages.pool import Pool, default_jobs
from pss_kg.stages.summary import Summary
from pss_kg.validation import Finding, merged
from pss_kg.workspace import (
    PROVENANCE,
    Manifest,
    ShardFile,
    Workspace,
    encode_pretty,
    storage_errors,
    write_atomically,
)

Progress = Callable[[str, int, int], None]
"""Called with a stage, what is done and what there is to do (0 = not known)."""

_ROUTE_FRAMES = 8
"""Frames that one shuffle task routes: about 4,000 records."""

_SMALL = 2_000
"""Records below which worker processes cost more than they save."""


def build(
    given: Sequence[str],
    root: Path,
    *,
    jobs: int | None = None,
    store: bool = True,
    progress: Progress | None = None,
) -> Summary:
    """Read files, folders and globs into the workspace at `root` and publish its graph.

    Raises UnreadableInput or UnknownFormat if nothing that was named can be read,
    WorkspaceBusy if another process writes there, WorkspaceError if it can't be written.
    """
    run = _Build(root, progress or (lambda stage, done, total: None), jobs or default_jobs())
    found = inputs.expand(given)
    tasks = run.tasks(found)
    workspace = Workspace.create(root)
    with workspace.lock(), storage_errors(root), Pool(run.jobs) as pool:
        return run.run(workspace, pool, tasks, store)


class _Build:
    """One build: what it was told, what it found, and how long each stage took."""

    def __init__(self, root: Path, progress: Progress, jobs: int) -> None:
        self.root = root
        self.progress = progress
        self.jobs = jobs
        self.summary = Summary()
        self.started = datetime.now(UTC)
        self._begun = time.perf_counter()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        begun = time.perf_counter()
        self.progress(name, 0, 0)
        yield
        self.summary.seconds[name] = self.summary.seconds.get(name, 0.0) + time.perf_counter() - begun

    def tasks(self, found: list[inputs.Found]) -> list[reading.Task]:
        """The files that a source knows, each content once.

        Raises the first error if no file is left.
        """
        tasks: dict[str, reading.Task] = {}
        errors: list[InputError] = []
        for path, _ in found:
            try:
                reading.recognise(path)
                task = reading.task_for(self.root, path)
            except InputError as error:
                errors.append(error)
                continue
            same = tasks.setdefault(task.id, task)
            if same is not task:
                self.summary.notes.append(f"{path}: the same content as {same.path}; read once.")
        if errors and not tasks:
            raise _together(errors)
        self.summary.unread += [(error.where, f"{error.what} {error.todo}".strip()) for error in errors]
        return sorted(tasks.values(), key=lambda task: task.id)

    def run(self, workspace: Workspace, pool: Pool, tasks: list[reading.Task], store: bool) -> Summary:
        with self.stage("read"):
            new = self.read(workspace, pool, tasks)
        self.summary.seconds["read"] -= self.summary.seconds.get("identity", 0.0)
        read = reading.load_reports(workspace)
        result = self.summary
        result.inputs, result.new_inputs = len(read), len(new)
        named = {task.id for task in tasks}
        result.damaged = [r.damage for r in read if r.damage and r.id in named]
        before = workspace.manifest()
        if before.inputs == tuple(r.id for r in read) and before.software == __version__ and before.files:
            result.unchanged = not new
        else:
            self.publish(workspace, self.graph(workspace, pool, read), new)
        self.fill(workspace)
        if store:
            from pss_kg import store as store_module

            with self.stage("store"):
                store_module.ensure(workspace)
        result.seconds["total"] = time.perf_counter() - self._begun
        write_atomically(workspace.reports / "build.json", encode_pretty(result))
        return result

    def read(self, workspace: Workspace, pool: Pool, tasks: list[reading.Task]) -> list[reading.InputReport]:
        """Read what is new, and index what is not indexed yet."""
        known = {report.id: report for report in reading.load_reports(workspace)}
        fresh = [task for task in tasks if task.id not in known]
        new: list[reading.InputReport] = []
        errors: list[InputError] = []
        with Index(workspace.index) as index:
            indexed = index.inputs()
            missing = [report for report in known.values() if report.id not in indexed]
            results = pool.run(reading.read_input, fresh, alone=sum(_size(t.path) for t in fresh) < 2_000_000)
            for done, (_, result) in enumerate(results, 1):
                if isinstance(result, InputError):
                    errors.append(result)
                elif isinstance(result, PssKgError):
                    raise result
                else:
                    new.append(result.report)
                    _add(index, result)
                self.progress("read", done, len(fresh))
            if errors and len(errors) == len(tasks):
                raise _together(errors)
            for report in missing:
                _add(index, reading.intake_of(workspace, report))
            if new or missing:
                with self.stage("identity"):
                    index.settle()
        self.summary.unread += [(error.where, f"{error.what} {error.todo}".strip()) for error in errors]
        return new

    def graph(self, workspace: Workspace, pool: Pool, read: list[reading.InputReport]) -> Manifest:
        """Shuffle, map, reduce, validate; gives the manifest of what stands in work/graph/."""
        workspace.clear_work()
        workspace.work.mkdir(parents=True)
        with Index(workspace.index, read_only=True) as index:
            count = shuffle.shard_count(index.described())
            claims, ambiguous = index.claims(), index.ambiguous()
            refusals = list(index.refusals())
        small = sum(r.records for r in read) < _SMALL
        with self.stage("shuffle"):
            tasks = list(_route_tasks(self.root, read, count))
            for done, _ in enumerate(pool.all(shuffle.route, tasks, alone=small), 1):
                self.progress("shuffle", done, len(tasks))
        mapped: dict[int, shards.MappedShard] = {}
        excluded: frozenset[tuple[str, str]] = frozenset()
        held: list[checking.Fault] = []
        first: list[Finding] | None = None
        todo = list(range(count))
        while True:
            with self.stage("map"):
                base, claimed = workspace.base, frozenset(claims)
                map_tasks = [
                    shards.MapTask(self.root, base, n, count, excluded, ambiguous, claimed) for n in todo
                ]
                for done, (number, result) in enumerate(
                    pool.run(shards.map_shard, map_tasks, alone=small), 1
                ):
                    if isinstance(result, PssKgError):
                        raise result
                    mapped[todo[number]] = result
                    self.progress("map", done, len(todo))
                reduce_tasks = [reduction.ReduceTask(self.root, base, n) for n in range(count)]
                shared = list(pool.all(reduction.reduce_shard, reduce_tasks, alone=small))
            with self.stage("validate"):
                files = [f for _, shard in sorted(mapped.items()) for f in shard.files]
                files += [f for shard in shared for f in shard.files]
                findings = self.validate(workspace, pool, files)
                first = findings if first is None else first
                found = checking.faults(workspace, workspace.base, findings, count, excluded)
            if not found:
                break
            held += found
            excluded |= {(fault.source, fault.id) for fault in found}
            todo = sorted({n for fault in found for n in fault.shards})
        parts = [shard.counts for shard in (*mapped.values(), *shared)]
        with Index(workspace.index, read_only=True) as index:
            states = index.states(excluded)
        unusable: dict[str, int] = {}
        for report in read:
            unusable[report.source] = unusable.get(report.source, 0) + report.unusable
        manifest = Manifest(
            base=workspace.base,
            software=__version__,
            shards=count,
            inputs=tuple(r.id for r in read),
            files=tuple(sorted(files, key=lambda f: (f.graph, f.shard.startswith("shared"), f.shard))),
            classes=_sum([part.classes for part in parts], strip=True),
            counts={
                name: sum(getattr(part, name) for part in parts)
                for name in ("described", "mentioned", "citations", "typed_citations")
            },
            sources=summary.source_counts(states, unusable),
            ledger=summary.ledger(claims, _sum([part.found for part in parts])),
        )
        reports.write(workspace, manifest, first, checking.engine_for(files), held, refusals)
        return manifest

    def validate(self, workspace: Workspace, pool: Pool, files: list[ShardFile]) -> list[Finding]:
        """The findings on what stands in work/graph/, sorted."""
        checking.gather_types(workspace)
        staged = [(f, reduction.staged(workspace, f.graph, f.shard)) for f in files]
        tasks = checking.check_tasks(workspace, workspace.base, staged)
        findings: list[Finding] = []
        for done, some in enumerate(pool.all(checking.check, tasks), 1):
            findings += some
            self.progress("validate", done, len(tasks))
        return merged(findings)

    def publish(self, workspace: Workspace, manifest: Manifest, new: list[reading.InputReport]) -> None:
        with self.stage("publish"):
            iris = Iris(workspace.base)
            run_id = uuid.uuid4().hex
            writer = shards.GraphWriter(workspace.work / "graph", iris, PROVENANCE, run_id)
            used = [(r.id, Path(r.path).name, r.sha256) for r in new]
            writer.add(list(provenance.run_triples(iris, run_id, self.started, datetime.now(UTC), used)))
            earlier = [f for f in workspace.manifest().files if f.graph == PROVENANCE]
            this_run = writer.close()
            for file in (*manifest.files, this_run):
                target = workspace.graph / file.file
                target.parent.mkdir(parents=True, exist_ok=True)
                os.replace(reduction.staged(workspace, file.graph, file.shard), target)
            manifest = msgspec.structs.replace(manifest, files=(*manifest.files, *earlier, this_run))
            workspace.publish(manifest)
            workspace.clear_work()

    def fill(self, workspace: Workspace) -> None:
        """Fill the summary from what is published."""
        result = self.summary
        published = summary.from_manifest(workspace.manifest())
        for name in ("sources", "counts", "ledger", "graphs", "digest"):
            setattr(result, name, getattr(published, name))
        if stored := reports.stored(workspace):
            result.findings = stored.counts
        result.quarantined = reports.held_in_words(workspace)


def _size(path: Path) -> int:
    return path.stat().st_size


def _add(index: Index, intake: reading.Intake) -> None:
    report = intake.report
    index.add_input(report.id, report.number, intake.rows, report.deletions, intake.journals)


def _route_tasks(root: Path, read: list[reading.InputReport], count: int) -> Iterator[shuffle.RouteTask]:
    for report in read:
        first = 0
        for start in range(0, len(report.frames), _ROUTE_FRAMES):
            frames = report.frames[start : start + _ROUTE_FRAMES]
            yield shuffle.RouteTask(root, report.id, frames, first, count, f"{report.id}-{start:06}")
            first += sum(frame[2] for frame in frames)


def _sum(parts: list[dict[str, int]], strip: bool = False) -> dict[str, int]:
    total: dict[str, int] = {}
    for part in parts:
        for name, number in part.items():
            name = name[1:-1] if strip else name
            total[name] = total.get(name, 0) + number
    return dict(sorted(total.items()))


def _together(errors: list[InputError]) -> PssKgError:
    """One error for all files of which none could be read."""
    if len(errors) == 1:
        return errors[0]
    listed = "\n  ".join(str(error) for error in errors[:10])
    more = f"\n  and {len(errors) - 10} more" if len(errors) > 10 else ""
    return UnknownFormat(f"none of the {len(errors)} files could be read:\n  {listed}{more}")
