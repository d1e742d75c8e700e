"""`build`: harvest, read, make the graph (whole, or only what is touched), publish, load the store."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from pss_kg import __version__, provenance
from pss_kg.errors import WorkspaceError
from pss_kg.identity.index import Index
from pss_kg.iris import Iris
from pss_kg.manifest import HARVEST, INFERRED, ShardFile
from pss_kg.pipeline import increment, intake, keeping, made, whole
from pss_kg.pipeline.made import Made
from pss_kg.pipeline.run import Progress, Run
from pss_kg.stages import checking, harvested, reading, reports, summary
from pss_kg.stages.pool import Pool, default_jobs
from pss_kg.stages.quads import GraphWriter, staged
from pss_kg.stages.reading import InputReport
from pss_kg.stages.summary import Summary
from pss_kg.validation import merged
from pss_kg.workspace import PROVENANCE, Manifest, Workspace, encode_pretty, storage_errors, write_atomically

if TYPE_CHECKING:
    from pss_kg.pipeline.harvesting import Asked


def build(
    given: Sequence[str],
    root: Path,
    *,
    asked: Asked | None = None,
    jobs: int | None = None,
    graph: bool = True,
    store: bool = True,
    records: bool = True,
    progress: Progress | None = None,
) -> Summary:
    """Read files, folders and globs into the workspace at `root` and publish its graph.

    `asked` is harvested before. Without `graph` nothing is done but the harvest. Without `records`
    they are removed at the end, and nothing can be added to the workspace any more.

    Raises UnreadableInput or UnknownFormat if nothing that was named can be read,
    WorkspaceBusy if another process writes there, WorkspaceError if it can't be written;
    what `harvesting.harvest` raises.
    """
    run, result = Run(progress), Summary()
    tasks = intake.tasks_for(root, given, result)
    if asked is not None:
        from pss_kg.pipeline import harvesting  # only then; it takes time to import

        harvesting.services_of(asked.plan)  # a wrong name is said before a folder is made
    workspace = Workspace.create(root)
    with workspace.lock(), storage_errors(root), Pool(jobs or default_jobs()) as pool:
        keeping.open_to_additions(workspace)
        came: list[reading.Intake] = []
        if asked is not None:
            with run.stage("harvest"):
                outcome = harvesting.harvest(run, workspace, asked)
            came = outcome.intakes
            harvesting.tell(outcome, result)
        if not graph:
            result.graph = False
            result.seconds = {**run.seconds, "total": run.elapsed()}
            return result
        with run.stage("read"):
            taken = intake.read(run, workspace, pool, tasks, result, came)
        run.seconds["read"] -= run.seconds.get("identity", 0.0)
        read = reading.load_reports(workspace)
        result.inputs, result.new_inputs = len(read), len(taken.new)
        named = {task.id for task in tasks}
        result.damaged = [report.damage for report in read if report.damage and report.id in named]
        before = workspace.sound_manifest().built()
        if _is_current(before, read):
            result.unchanged = not taken.new
            if before.harvests != _harvests(workspace):
                result.unchanged = False
                with run.stage("publish"):
                    _tell_harvests(workspace)
        else:
            ready = increment.make(run, workspace, pool, read, taken, before)
            ready = ready or whole.make(run, workspace, pool, read)
            _publish(run, workspace, result, ready, read, taken.new)
        dropped = not records and keeping.may_drop(result)
        _finish(run, workspace, result, store)
        if dropped:
            keeping.drop_records(workspace, store=store)
        return result


def _is_current(manifest: Manifest, read: list[InputReport]) -> bool:
    inputs = tuple(report.id for report in read)
    return bool(manifest.files) and manifest.inputs == inputs and manifest.software == __version__


def _harvests(workspace: Workspace) -> tuple[str, ...]:
    return tuple(account.digest() for account in harvested.load(workspace))


def _tell_harvests(workspace: Workspace) -> None:
    """Publish graph/harvest anew; the rest of the graph stays as it is."""
    manifest = workspace.sound_manifest()
    with Index(workspace.index, read_only=True) as index:
        written = harvested.write(workspace, index, harvested.load(workspace))
    _put(workspace, [written.file] if written.file else [])
    files = tuple(file for file in manifest.files if file.graph != HARVEST)
    if written.file:
        place = next((n for n, file in enumerate(files) if file.graph in (INFERRED, PROVENANCE)), len(files))
        files = (*files[:place], written.file, *files[place:])
    manifest = msgspec.structs.replace(
        manifest, files=files, harvests=_harvests(workspace), coverage=written.coverage
    )
    workspace.publish(manifest)


def _put(workspace: Workspace, files: Iterable[ShardFile]) -> None:
    """Move files of work/graph/ to their places in graph/, where they are not there already."""
    for file in files:
        source, target = staged(workspace, file.graph, file.shard), workspace.graph / file.file
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(source, target)


def _publish(
    run: Run,
    workspace: Workspace,
    result: Summary,
    ready: Made,
    read: list[InputReport],
    new: list[InputReport],
) -> None:
    """Make what stands ready the state of the graph, with the reports on it."""
    with run.stage("publish"):
        manifest = _manifest(workspace, ready, read)
        with Index(workspace.index, read_only=True) as index:
            refusals = list(index.refusals())
            told = harvested.write(workspace, index, harvested.load(workspace))
        findings = merged(owned.finding for owned in ready.findings)
        engine = checking.engine_for(ready.files)
        reports.write(workspace, manifest, findings, engine, ready.held, refusals)

        run_id = uuid.uuid4().hex
        iris = Iris(workspace.base)
        writer = GraphWriter(workspace, iris, PROVENANCE, run_id)
        used = [(r.id, Path(r.path).name, r.sha256, r.retrieved) for r in new]
        now = datetime.now(UTC)
        writer.add("", list(provenance.run_triples(iris, run_id, run.started, now, used)))
        before = workspace.sound_manifest().files
        if any(file.graph == INFERRED for file in before):
            result.notes.append(
                "What was inferred from the graph before is dropped: `pss-kg infer` does it again."
            )
        earlier = [file for file in before if file.graph == PROVENANCE]
        this_run = writer.close()
        of_harvests = [told.file] if told.file else []
        files = (*manifest.files, *of_harvests, *earlier, this_run)
        _put(workspace, files)
        manifest = msgspec.structs.replace(
            manifest, files=files, harvests=_harvests(workspace), coverage=told.coverage
        )
        workspace.publish(manifest)
        increment.settle(workspace)
        made.save(workspace, ready, manifest.built().digest())


def _manifest(workspace: Workspace, ready: Made, read: list[InputReport]) -> Manifest:
    counts = made.total(ready.parts)
    unusable: dict[str, int] = {}
    for report in read:
        unusable[report.source] = unusable.get(report.source, 0) + report.unusable
    with Index(workspace.index, read_only=True) as index:
        states, claims = index.states(ready.view.excluded), index.claims()
    return Manifest(
        base=workspace.base,
        software=__version__,
        shards=ready.shards,
        inputs=tuple(report.id for report in read),
        files=tuple(sorted(ready.files, key=lambda f: (f.graph, f.shard.startswith("shared"), f.shard))),
        classes=dict(sorted(counts.classes.items())),
        counts={
            "described": counts.described,
            "mentioned": counts.mentioned,
            "citations": counts.citations,
            "typed_citations": counts.typed_citations,
        },
        sources=summary.source_counts(states, unusable),
        ledger=summary.ledger(claims, counts.found),
    )


def _finish(run: Run, workspace: Workspace, result: Summary, store: bool) -> None:
    """Load the store if it is wanted, and fill the summary from what is published."""
    if store:
        from pss_kg import store as store_module

        with run.stage("store"):
            store_module.ensure(workspace)
    published = summary.from_manifest(workspace.manifest())
    for name in ("sources", "counts", "ledger", "seeds", "graphs", "digest"):
        setattr(result, name, getattr(published, name))
    if stored := reports.stored(workspace):
        result.findings = stored.counts
    result.quarantined = reports.held_in_words(workspace)
    result.seconds = {**run.seconds, "total": run.elapsed()}
    write_atomically(workspace.reports / "build.json", encode_pretty(result))


def remap(
    root: Path,
    *,
    jobs: int | None = None,
    store: bool = True,
    again: bool = False,
    progress: Progress | None = None,
) -> Summary:
    """Map and publish anew from records/ and the index; no input is read.

    Nothing is done where the graph is of these records and this version, unless `again`.
    Errors as `build`, and WorkspaceError where nothing was ever read, or the records were not kept.
    """
    run, result = Run(progress), Summary()
    workspace = Workspace.open(root)
    with workspace.lock(), storage_errors(root), Pool(jobs or default_jobs()) as pool:
        keeping.open_to_additions(workspace)
        intake.read(run, workspace, pool, [], result)  # makes an index anew that is not there
        read = reading.load_reports(workspace)
        if not read:
            raise WorkspaceError(
                "nothing was read into this workspace yet.",
                where=str(root),
                todo="Run `pss-kg build INPUT…`.",
            )
        result.inputs = len(read)
        if not again and _is_current(workspace.sound_manifest(), read):
            result.unchanged = True
        else:
            _publish(run, workspace, result, whole.make(run, workspace, pool, read), read, [])
        _finish(run, workspace, result, store)
        return result
