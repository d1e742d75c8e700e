"""reports/ and quarantine/: written by a build, read by `validate`, `info` and the summary."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from pss_kg.errors import WorkspaceError
from pss_kg.identity.components import Refusal
from pss_kg.records import Unusable
from pss_kg.stages.faults import Fault
from pss_kg.stages.quads import MAIN
from pss_kg.validation import Engine, Finding, Outcome, Shapes, counts, report_turtle, validate
from pss_kg.workspace import Manifest, Workspace, encode_pretty, write_atomically

_VIOLATIONS = "violations.jsonl"

Line = TypeVar("Line", Fault, Unusable)


class StoredReport(msgspec.Struct, frozen=True):
    """reports/validation.json: the findings from before quarantine on the graph of this digest."""

    digest: str
    engine: Engine
    counts: dict[str, int]
    findings: list[Finding]


def write(
    workspace: Workspace,
    manifest: Manifest,
    findings: list[Finding],
    engine: Engine,
    held: Iterable[Fault],
    refusals: Iterable[Refusal],
) -> None:
    """The validation report from before quarantine, what is in quarantine, and identity's ledger."""
    report = StoredReport(manifest.digest(), engine, counts(findings), findings)
    write_atomically(workspace.reports / "validation.json", msgspec.json.encode(report) + b"\n")
    write_atomically(workspace.reports / "validation.ttl", report_turtle(findings).encode())
    write_atomically(
        workspace.reports / "identity.json", encode_pretty([vars(refusal) for refusal in refusals])
    )
    lines = b"".join(msgspec.json.encode(fault) + b"\n" for fault in held)
    write_atomically(workspace.quarantine / _VIOLATIONS, lines)


def stored(workspace: Workspace) -> StoredReport | None:
    """The report of the published graph; None if there is none, or one of another graph."""
    path = workspace.reports / "validation.json"
    if not path.is_file():
        return None
    try:
        report = msgspec.json.decode(path.read_bytes(), type=StoredReport)
    except msgspec.DecodeError:
        return None  # damaged: as good as none, it is made anew
    return report if report.digest == workspace.manifest().built().digest() else None


def held(workspace: Workspace) -> tuple[list[Fault], list[Unusable]]:
    """What is in quarantine: records with violations, and records that could not be used.

    Raises WorkspaceError for a file that is damaged.
    """
    faults = _decoded(workspace.quarantine / _VIOLATIONS, Fault)
    unusable = [
        record
        for path in sorted(workspace.quarantine.glob("*.jsonl"))
        if path.name != _VIOLATIONS
        for record in _decoded(path, Unusable)
    ]
    return faults, unusable


def held_in_words(workspace: Workspace) -> list[str]:
    """One line for each record in quarantine: which, and why."""
    faults, unusable = held(workspace)
    lines = [
        f"{fault.source} {fault.id}: {fault.title or 'no title'}: {fault.findings[0].message}"
        for fault in faults
    ]
    return lines + [
        " ".join(filter(None, (record.where, record.source, record.id))) + f": {record.reason}"
        for record in unusable
    ]


def main_triples(workspace: Workspace) -> str:
    """Main as N-Triples text."""
    from pss_kg.iris import Iris

    suffix = f" <{Iris(workspace.base).graph(MAIN)}> .\n"
    parts = [path.read_text(encoding="utf-8").replace(suffix, " .\n") for path in workspace.shard_paths(MAIN)]
    return "".join(parts)


def validate_anew(workspace: Workspace, shapes: Sequence[str] = (), engine: str = "auto") -> Outcome:
    """Validate the whole of main by our shapes, or by the files and folders named.

    Raises GraphError for shapes that can't be read.
    """
    from pss_kg.validation import subclass_axioms

    chosen = Shapes.load([Path(s) for s in shapes] or None)
    return validate(main_triples(workspace), chosen, engine, extra=subclass_axioms())


def _decoded(path: Path, kind: type[Line]) -> list[Line]:
    lines = path.read_bytes().splitlines() if path.is_file() else []
    try:
        return [msgspec.json.decode(line, type=kind) for line in lines]
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise WorkspaceError(
            f"this file is damaged ({error}).",
            where=str(path),
            todo="Delete it and graph/manifest.json, and run `pss-kg build` again."
            if path.name == _VIOLATIONS
            else f"Delete it, raw/{path.stem}.json and index.sqlite, and build with all your inputs again.",
        ) from error
