"""Records that were read and are not published: which, why, and another try.

There are two kinds. A record with a violation is whole, but breaks a shape. An unusable one
could not be made a record at all; it never reached the index.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from pss_kg.errors import InputError, NotFound
from pss_kg.identifiers import parse_identifier
from pss_kg.identity.index import Index
from pss_kg.iris import publication_key
from pss_kg.pipeline import keeping, made, remap
from pss_kg.pipeline.run import Progress
from pss_kg.records import Publication, Unusable
from pss_kg.stages import reading, record_file, reports
from pss_kg.stages.faults import Fault
from pss_kg.stages.summary import Summary
from pss_kg.validation import Finding
from pss_kg.workspace import Workspace, storage_errors

_EXCERPT = 2_000
"""Characters of a record that are shown."""


class Held(msgspec.Struct, frozen=True):
    """One record in quarantine.

    name:     `pubmed/99000003`; of a record whose id could not be read, a digest stands for it
    where:    file and line, where the source gave them
    findings: what the shapes found; empty for a record that could not be used
    """

    name: str
    source: str
    id: str
    title: str
    reason: str
    publication: str = ""
    where: str = ""
    field: str = ""
    excerpt: str = ""
    findings: tuple[Finding, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether it is a whole record that breaks a shape."""
        return bool(self.findings)


def listed(workspace: Workspace) -> list[Held]:
    """Everything in quarantine, by name.

    Raises WorkspaceError where a file of quarantine/ is damaged.
    """
    faults, unusable = reports.held(workspace)
    return sorted([*map(_of_fault, faults), *map(_of_unusable, unusable)], key=lambda held: held.name)


def _of_fault(fault: Fault) -> Held:
    return Held(
        name=f"{fault.source}/{fault.id}",
        source=fault.source,
        id=fault.id,
        title=fault.title,
        reason=fault.findings[0].message,
        publication=fault.publication,
        field=fault.findings[0].source_field,
        findings=fault.findings,
    )


def _of_unusable(record: Unusable) -> Held:
    digest = hashlib.sha256(msgspec.json.encode(record)).hexdigest()[:8]
    return Held(
        name=f"{record.source}/{record.id or digest}",
        source=record.source,
        id=record.id,
        title=record.title,
        reason=record.reason,
        where=record.where,
        field=record.field,
        excerpt=record.excerpt,
    )


def find(workspace: Workspace, wanted: str) -> list[Held]:
    """Those in quarantine that `wanted` names: a name, a source's id, a publication's key, PMID, DOI.

    Raises NotFound where it names none.
    """
    parsed = parse_identifier(wanted)
    key = publication_key((parsed,)) if parsed else ""
    names = {wanted, wanted.replace(" ", "/", 1), key, parsed[1] if parsed else wanted} - {""}
    found = [held for held in listed(workspace) if names & {held.name, held.id, held.publication}]
    if not found:
        raise NotFound(
            "no record of that name is in quarantine.",
            where=wanted,
            todo="`pss-kg quarantine` lists those that are.",
        )
    return found


class Origin(NamedTuple):
    """Where a record was read from: the file, and the beginning of the record as it was read."""

    path: str
    excerpt: str


def origins(workspace: Workspace, held: Held) -> Iterator[Origin]:
    """The inputs that hold this record. Of an unusable one the quarantine itself knows more."""
    if not held.usable or not workspace.index.is_file():
        return
    by_id = {report.id: report for report in reading.load_reports(workspace)}
    with Index(workspace.index, read_only=True) as index:
        places = index.positions(held.source, held.id)
    for place in places:
        if report := by_id.get(place.input):
            record = _record_at(workspace, report, place.position)
            text = msgspec.json.format(msgspec.json.encode(record), indent=2).decode() if record else ""
            yield Origin(report.path, text[:_EXCERPT] + ("\n…" if len(text) > _EXCERPT else ""))


def _record_at(workspace: Workspace, report: reading.InputReport, position: int) -> Publication | None:
    for offset, size, records in report.frames:
        if position < records:
            frame = record_file.read_frame(record_file.record_path(workspace, report.id), offset, size)
            return next((record for n, record in enumerate(frame) if n == position), None)
        position -= records
    return None


class Retried(NamedTuple):
    """What another try did.

    before, after: records in quarantine
    read:   files that were read again
    left:   (file, why it could not be read again); what it said before stands
    """

    before: int
    after: int
    read: tuple[str, ...] = ()
    left: tuple[tuple[str, str], ...] = ()
    summary: Summary | None = None


def retry(
    root: Path, *, jobs: int | None = None, store: bool = True, progress: Progress | None = None
) -> Retried:
    """Read the files of unusable records again, and judge every other record anew.

    A file whose content has changed takes the place of what was read from it before. One that
    is gone, or can't be read, stays as it is.

    Errors as `pss_kg.pipeline.build`.
    """
    workspace = Workspace.open(root)
    with workspace.lock(), storage_errors(root):
        keeping.open_to_additions(workspace)
        before = len(listed(workspace))
        if not before:
            return Retried(0, 0)
        again, left = _readable(workspace)
        if again:
            # Whatever comes between, the next build or map sees that the graph is not of these records.
            made.forget(workspace)
            workspace.publish(msgspec.structs.replace(workspace.manifest(), software=""))
            for path in (workspace.index, *workspace.root.glob(f"{workspace.index.name}-*")):
                path.unlink(missing_ok=True)
            left += [(old.path, why) for old, task in again if (why := _read_again(workspace, old, task))]
    summary = remap(root, jobs=jobs, store=store, again=True, progress=progress)
    failed = {path for path, _ in left}
    read = tuple(old.path for old, _ in again if old.path not in failed)
    return Retried(before, len(listed(workspace)), read, tuple(left), summary)


def _readable(
    workspace: Workspace,
) -> tuple[list[tuple[reading.InputReport, reading.Task]], list[tuple[str, str]]]:
    """The inputs with unusable records that can be read again, and (file, reason) of the others."""
    again: list[tuple[reading.InputReport, reading.Task]] = []
    left: list[tuple[str, str]] = []
    for report in reading.load_reports(workspace):
        if not report.unusable:
            continue
        path = Path(report.path)
        try:
            if not path.is_file():
                # What was named by a relative path is looked for from here.
                away = "" if path.is_absolute() else ", or run this where it was built"
                raise InputError("the file is gone.", todo=f"Put it back and try again{away}.")
            reading.recognise(path)
            again.append((report, reading.task_for(workspace.root, path)))
        except InputError as error:
            left.append((report.path, f"{error.what} {error.todo}".strip()))
    return again, left


def _read_again(workspace: Workspace, old: reading.InputReport, task: reading.Task) -> str:
    """Read one file in the place of what it said before; the reason where that fails."""
    try:
        intake = reading.read_input(task)
    except InputError as error:
        return f"{error.what} {error.todo}".strip()
    if not intake.report.unusable:
        (workspace.quarantine / f"{task.id}.jsonl").unlink(missing_ok=True)
    if task.id != old.id:
        # The entry in raw/ first: without it the rest counts for nothing.
        (workspace.raw / f"{old.id}.json").unlink(missing_ok=True)
        record_file.record_path(workspace, old.id).unlink(missing_ok=True)
        (workspace.quarantine / f"{old.id}.jsonl").unlink(missing_ok=True)
    return ""
