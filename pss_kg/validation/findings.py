"""What a validation finds, ordered and counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from pss_kg.errors import BadParameter

Severity = Literal["violation", "warning", "info"]
Engine = Literal["pyshacl", "fast"]

SEVERITIES: tuple[Severity, ...] = ("violation", "warning", "info")
"""Gravest first."""

_RANK = {severity: n for n, severity in enumerate(SEVERITIES)}


class Finding(msgspec.Struct, frozen=True):
    """One validation result (SHACL, section 3.6.2), with what its shape says about mending it.

    Findings compare by `sort_key`: severity (gravest first), focus, path, component, value, shape.
    """

    severity: Severity
    focus: str  # IRI, "_:b1", or a literal as in N-Triples
    path: str = ""  # IRI, or a path as SPARQL writes it; "" where the whole node is at fault
    value: str = ""  # N-Triples term, "" where the result has none
    message: str = ""
    shape: str = ""  # IRI of the shape, or of the nearest named shape around it
    component: str = ""  # IRI of the constraint component
    source_field: str = ""
    remedy: str = ""

    @property
    def sort_key(self) -> tuple[int, str, str, str, str, str, str]:
        return (
            _RANK[self.severity],
            self.focus,
            self.path,
            self.component,
            self.value,
            self.shape,
            self.message,
        )

    def __lt__(self, other: Finding) -> bool:
        return self.sort_key < other.sort_key


class Outcome(msgspec.Struct, frozen=True):
    """The findings of one run, sorted, and what the run could not do.

    engine:  which engine ran SHACL Core
    not_run: number of constraints and targets that the run left out (JavaScript, computed targets)
    left_out: what they are, one sentence each; empty where everything ran
    slowly:  shapes that pyshacl ran because they can't be run set at a time, one sentence each
    """

    findings: list[Finding]
    engine: Engine
    not_run: int = 0
    left_out: tuple[str, ...] = ()
    slowly: tuple[str, ...] = ()

    @property
    def conforms(self) -> bool:
        """False for any finding, even an info: SHACL, section 3.6.1.1."""
        return not self.findings

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """The findings of several runs (one a shard) as one list, sorted, each once."""
    return sorted(set(findings))


def counts(findings: Iterable[Finding]) -> dict[str, int]:
    """Number of findings by severity, gravest first; all three keys are always there."""
    result: dict[str, int] = dict.fromkeys(SEVERITIES, 0)
    for finding in findings:
        result[finding.severity] += 1
    return result


def exceeds(findings: Iterable[Finding], fail_on: str = "violation") -> bool:
    """Whether any finding is as grave as `fail_on` or graver.

    Raises BadParameter for a severity that does not exist.
    """
    if fail_on not in SEVERITIES:
        raise BadParameter(
            f"{fail_on!r} is no severity.", where="--fail-on", todo=f"Use {', '.join(SEVERITIES)}."
        )
    limit = SEVERITIES.index(fail_on)
    return any(_RANK[finding.severity] <= limit for finding in findings)


def literal_text(term: str) -> str:
    """The text of a literal as N-Triples writes it."""
    return term[1 : term.rindex('"')].encode("ascii", "backslashreplace").decode("unicode_escape")
