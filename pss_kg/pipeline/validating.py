"""`validate` of a published graph, as a build does it: part by part, with the notes of the build.

Where that can't be done the whole of main is loaded at once; the findings are the same.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from pss_kg.pipeline import made, whole
from pss_kg.pipeline.run import Progress, Run
from pss_kg.stages import checking, notes, reports
from pss_kg.stages.pool import Pool, default_jobs
from pss_kg.stages.quads import MAIN
from pss_kg.validation import Outcome, Shapes, merged, validate
from pss_kg.workspace import Workspace


def validate_workspace(
    workspace: Workspace,
    shapes: Sequence[str] = (),
    engine: str = "auto",
    *,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Validate main by our shapes, or by the files and folders named. Nothing is written.

    By our shapes, by the fast engine and from 20,000 triples on it is done part by part in `jobs`
    processes, if what the last build noted is there: our shapes reach no further than the notes.

    Raises GraphError for shapes or a graph that can't be read, PssKgError where a worker process
    was ended from outside.
    """
    found = None
    if not shapes and engine != "pyshacl":
        found = _in_parts(Run(progress), workspace, jobs or default_jobs())
    # Not `or`: an outcome without findings counts as false.
    return reports.validate_anew(workspace, shapes, engine) if found is None else found


def _in_parts(run: Run, workspace: Workspace, jobs: int) -> Outcome | None:
    """The outcome by the notes; None where the graph is small or the notes are not those of the graph."""
    files = workspace.manifest().files
    # The same bound as that of a build. A smaller graph costs less than worker processes do.
    if checking.engine_for(files) == "pyshacl":
        return None
    before = _seal(workspace)
    if before is None:
        return None
    workspace.check(file for file in files if file.graph == MAIN)
    try:
        with Pool(jobs) as pool:
            owned = whole.check_all(run, pool, checking.check_tasks(workspace, files))
    except (OSError, sqlite3.Error):
        return None  # a build began meanwhile, or the notes are damaged
    if _seal(workspace) != before:
        return None  # a build began meanwhile: parts of two graphs may have been seen
    # What is said of a run (what was left out, what was slow) depends on the shapes alone.
    said = validate("", Shapes.load(), "fast")
    return msgspec.structs.replace(said, findings=merged(one.finding for one in owned))


class _Seal(NamedTuple):
    """That work/ is whole and of the published graph. Every build breaks it and makes another."""

    digest: str
    written: int
    inode: int


def _seal(workspace: Workspace) -> _Seal | None:
    """The seal; None where work/ is not whole, or of another graph than that published."""
    if not notes.gathered(workspace).is_file():
        return None
    try:
        found = os.stat(made.place(workspace))
    except FileNotFoundError:
        return None
    digest = made.digest(workspace)
    if digest is None or digest != workspace.manifest().built().digest():
        return None
    return _Seal(digest, found.st_mtime_ns, found.st_ino)
