"""The first stages: what was named -> records and the index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pss_kg.errors import InputError, PssKgError, UnknownFormat, WorkspaceError
from pss_kg.identity.index import Index
from pss_kg.identity.settling import Changes
from pss_kg.pipeline.run import Run
from pss_kg.stages import inputs, reading
from pss_kg.stages.pool import Pool
from pss_kg.stages.reading import InputReport
from pss_kg.stages.summary import Summary
from pss_kg.workspace import Workspace

_WORTH_PROCESSES = 2_000_000
"""Bytes of input below which worker processes cost more than they save."""


@dataclass
class Taken:
    """What reading changed. `changes` is None where nothing was decided anew."""

    new: list[InputReport] = field(default_factory=list)
    changes: Changes | None = None
    last_journal: int = 0
    """Number of the last journal that the index knew before."""


def tasks_for(root: Path, given: Sequence[str], summary: Summary) -> list[reading.Task]:
    """The files among what was named that a source knows, each content once.

    Raises UnreadableInput for a name that leads nowhere, and the first error if no file is left.
    """
    tasks: dict[str, reading.Task] = {}
    errors: list[InputError] = []
    for path, _ in inputs.expand(given):
        try:
            reading.recognise(path)
            task = reading.task_for(root, path)
        except InputError as error:
            errors.append(error)
            continue
        same = tasks.setdefault(task.id, task)
        if same is not task:
            summary.notes.append(f"{path}: the same content as {same.path}; read once.")
    if errors and not tasks:
        raise _together(errors)
    _note(summary, errors)
    return sorted(tasks.values(), key=lambda task: task.id)


def read(
    run: Run,
    workspace: Workspace,
    pool: Pool,
    tasks: list[reading.Task],
    summary: Summary,
    harvested: Sequence[reading.Intake] = (),
) -> Taken:
    """Read what is new, index what is not indexed yet, and decide identities anew.

    `harvested` are inputs that stand in records/ already.

    Raises WorkspaceError where the index knows more than raw/, InputError where nothing that was
    named could be read.
    """
    known = {report.id: report for report in reading.load_reports(workspace)}
    fresh = [task for task in tasks if task.id not in known]
    alone = sum(task.path.stat().st_size for task in fresh) < _WORTH_PROCESSES
    taken = Taken()
    errors: list[InputError] = []
    with Index(workspace.index) as index:
        indexed = index.inputs()
        if gone := indexed - known.keys():
            raise WorkspaceError(
                f"the index knows {len(gone):,} input(s) that raw/ does not.",
                where=str(workspace.root),
                todo="Restore raw/, or delete index.sqlite and build with all your inputs again.",
            )
        taken.last_journal = index.last_journal()
        for intake in harvested:
            if intake.report.id not in indexed:
                indexed.add(intake.report.id)
                taken.new.append(intake.report)
                _add(index, intake)
        missing = [report for report in known.values() if report.id not in indexed]
        for done, (_, result) in enumerate(pool.run(reading.read_input, fresh, alone=alone), 1):
            if isinstance(result, InputError):
                errors.append(result)
            elif isinstance(result, PssKgError):
                raise result
            else:
                taken.new.append(result.report)
                _add(index, result)
            run.progress("read", done, len(fresh))
        if errors and len(errors) == len(tasks):
            raise _together(errors)
        for report in missing:
            _add(index, reading.intake_of(workspace, report))
        if taken.new or missing:
            with run.stage("identity"):
                taken.changes = index.settle()
    _note(summary, errors)
    return taken


def _add(index: Index, intake: reading.Intake) -> None:
    report = intake.report
    index.add_input(report.id, report.number, intake.rows, report.deletions, report.retrieved)


def _note(summary: Summary, errors: list[InputError]) -> None:
    summary.unread += [(error.where, f"{error.what} {error.todo}".strip()) for error in errors]


def _together(errors: list[InputError]) -> PssKgError:
    """One error for all files of which none could be read."""
    if len(errors) == 1:
        return errors[0]
    listed = "\n  ".join(str(error) for error in errors[:10])
    more = f"\n  and {len(errors) - 10} more" if len(errors) > 10 else ""
    return UnknownFormat(f"none of the {len(errors)} files could be read:\n  {listed}{more}")
