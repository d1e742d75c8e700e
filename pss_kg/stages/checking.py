"""Validation of main by shard.

The data graph of a shard is the shard, the types and dates of everything it points to, those who
share a DOI with it, and the sub-class axioms. A small graph is validated whole by the reference
engine; both ways give the same findings, because our shapes reach no further.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from pss_kg.iris import Iris
from pss_kg.stages.notes import Notes
from pss_kg.stages.quads import MAIN, staged
from pss_kg.validation import Engine, Finding, Shapes, subclass_axioms, validate
from pss_kg.vocabulary import DATACITE
from pss_kg.workspace import ShardFile, Workspace

SMALL = 20_000
"""Triples of main below which the reference engine validates it whole."""

_AT_ONCE = 100_000
"""Triples to validate together where shards are smaller: each run has a price of its own."""

_OWN_PARTS = ("role", "citation", "reference", "reference-list", "work", "status", "citation-count")
"""Things that stand in the shard of their publication, so nobody needs to be told of them."""

_HAS_IDENTIFIER = f"<{DATACITE}hasIdentifier>"


class Owned(msgspec.Struct, frozen=True, array_like=True):
    """A finding and whose it is: a publication's key, or the IRI of a thing that is shared."""

    owner: str
    finding: Finding


class CheckTask(NamedTuple):
    """Files of main to validate together: one shard, or all of a small graph."""

    root: Path
    base: str
    files: tuple[Path, ...]
    engine: Engine
    notes: Path | None = None
    """A file of notes that go before those in work/notes.sqlite."""
    changed: frozenset[str] = frozenset()
    """Publications (terms) that were made anew: of them only `notes` tells."""


def check_tasks(workspace: Workspace, files: Iterable[ShardFile]) -> list[CheckTask]:
    """How to validate these files of main: all at once if they are small, else each alone.

    A file that the last build published already is read from graph/, another from work/graph/.
    """
    main = [f for f in files if f.graph == MAIN]
    paths = [_path(workspace, f) for f in main]
    engine = engine_for(main)
    if engine == "pyshacl":
        return [CheckTask(workspace.root, workspace.base, tuple(paths), engine)] if main else []
    together: list[list[Path]] = []
    quads = 0
    for file, path in zip(main, paths, strict=True):
        if not together or quads + file.quads > _AT_ONCE:
            together.append([])
            quads = 0
        together[-1].append(path)
        quads += file.quads
    return [CheckTask(workspace.root, workspace.base, tuple(some), engine) for some in together]


def _path(workspace: Workspace, file: ShardFile) -> Path:
    # Not the other way round: a published file of this name may be there and be damaged.
    anew = staged(workspace, file.graph, file.shard)
    return anew if anew.is_file() else workspace.graph / file.file


def engine_for(files: Iterable[ShardFile]) -> Engine:
    """The reference engine for a small graph, the fast one for a large."""
    return "pyshacl" if sum(f.quads for f in files if f.graph == MAIN) < SMALL else "fast"


def check(task: CheckTask) -> list[Owned]:
    """The findings on these files, sorted."""
    iris = Iris(task.base)
    suffix = f" <{iris.graph(MAIN)}> .\n"
    text = "".join(path.read_text(encoding="utf-8") for path in task.files).replace(suffix, " .\n")
    extra = subclass_axioms()
    parts = "|".join(_OWN_PARTS)
    pattern = rf" (<(?!{re.escape(iris.base)}(?:{parts})/)[^<> ]*>) \.\n"
    pointed = set(re.findall(pattern, text))
    notes = Notes(Workspace(task.root), task.notes, task.changed)
    extra += "".join(notes.of(pointed | notes.sharing(text)))
    notes.close()
    # "auto" is pyshacl for Core here; SPARQL rules run set at a time with either engine.
    engine = "auto" if task.engine == "pyshacl" else task.engine
    findings = validate(text, _shapes(), engine, extra=extra).findings
    return list(_owned(findings, text, iris))


def _owned(findings: list[Finding], text: str, iris: Iris) -> Iterable[Owned]:
    of_identifiers: dict[str, str] = {}
    if any(f.focus.startswith(f"{iris.base}identifier/") for f in findings):
        pattern = rf"^<(\S+)> {re.escape(_HAS_IDENTIFIER)} <(\S+)> \.$"
        of_identifiers = {node: subject for subject, node in re.findall(pattern, text, re.MULTILINE)}
    for finding in findings:
        owner = iris.publication_key_of(of_identifiers.get(finding.focus, finding.focus))
        yield Owned(owner or finding.focus, finding)


@cache
def _shapes() -> Shapes:
    """Our shapes, compiled once in each worker."""
    return Shapes.load()
