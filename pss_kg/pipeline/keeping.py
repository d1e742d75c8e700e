"""A workspace without records: smaller, complete for all that reads it, and closed to additions.

`workspace.json` says so (`kept`) before anything is removed, so that what is missing is never taken
for damage, and what a killed run left is removed by the next.
"""

from __future__ import annotations

import shutil

from pss_kg.errors import WorkspaceError
from pss_kg.stages.summary import Summary
from pss_kg.workspace import Workspace

RECORDS = "records"


def need_records(workspace: Workspace) -> None:
    """Raises WorkspaceError where the records of a workspace were not kept."""
    if RECORDS not in workspace.kept:
        raise WorkspaceError(
            f"the records were not kept here (build --keep {','.join(workspace.kept)}), so nothing can be "
            "added, mapped anew or told by source.",
            where=str(workspace.root),
            todo="Build all inputs into another folder (--kg), with `records` in --keep.",
        )


def open_to_additions(workspace: Workspace) -> None:
    """As `need_records`, for who holds the lock: what a killed removal left is removed first."""
    if RECORDS not in workspace.kept:
        _remove(workspace)
    need_records(workspace)


def may_drop(result: Summary) -> bool:
    """Whether records can go; a note in the summary says what is done.

    Not where an input was not read whole, or a service failed: who mends that wants to add it.
    """
    if result.unread or result.damaged or result.failures:
        result.notes.append(
            "The records are kept all the same: not every input was read whole. "
            "Build again when it is mended, with the same --keep."
        )
        return False
    result.notes.append("The records are not kept, as asked: nothing can be added to this workspace.")
    return True


def drop_records(workspace: Workspace, *, store: bool) -> None:
    """Remove records/, the index and work/, for good. The workspace is locked by the caller."""
    workspace.keep(("graph", "store") if store else ("graph",))
    _remove(workspace)


def _remove(workspace: Workspace) -> None:
    for folder in (workspace.records, workspace.work):
        if folder.exists():
            shutil.rmtree(folder)
    for path in workspace.root.glob(f"{workspace.index.name}*"):
        path.unlink()
