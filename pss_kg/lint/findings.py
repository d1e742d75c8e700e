"""What is used and not declared, and how to say it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pss_kg.lint.declared import KINDS, Declared, Kind
from pss_kg.lint.usage import Usage
from pss_kg.vocabulary import compact

_AS: dict[Kind, str] = {"class": "a class", "property": "a property", "individual": "an object"}
_DECLARED_AS: dict[Kind, str] = {"class": "a class", "property": "a property", "individual": "an individual"}


@dataclass(frozen=True)
class Undeclared:
    """A term that is used and not declared for that use.

    count:       how often it is used so
    example:     the first subject it was seen on, as N-Triples; in a query, "line 7"
    nearest:     what was probably meant
    declared_as: what it is declared as, where only the use is wrong
    why:         what is known of this mistake
    """

    term: str
    kind: Kind
    count: int
    example: str
    nearest: str | None = None
    declared_as: Kind | None = None
    why: str = ""


def undeclared(usage: Usage, declared: Declared | None = None) -> list[Undeclared]:
    """What of the usage is not declared: by kind (class, individual, property), then by term."""
    known = declared or Declared.load()
    found: list[Undeclared] = []
    for kind, term in sorted(usage):
        if known.has(term, kind):
            continue
        count, example = usage[kind, term]
        other = next((k for k in KINDS if term in known.of_kind(k)), None)
        nearest = None if other else known.nearest(term, kind)
        _, why = known.traps.get(term, ("", ""))
        found.append(Undeclared(term, kind, count, example, nearest, other, why))
    return found


def format_text(findings: Iterable[Undeclared]) -> str:
    """One paragraph a finding, the most frequent first; "" where there is none."""
    ordered = sorted(findings, key=lambda f: (-f.count, f.term, f.kind))
    return "".join(f"{_sentence(finding)}\n" for finding in ordered)


def _sentence(finding: Undeclared) -> str:
    times = {1: "once", 2: "twice"}.get(finding.count, f"{finding.count:,} times")
    text = f"{compact(finding.term)} is used {times} as {_AS[finding.kind]}"
    if finding.declared_as:
        text += f", but it is declared as {_DECLARED_AS[finding.declared_as]}."
    else:
        text += " and no ontology declares it."
        if finding.nearest:
            text += f" Nearest: {compact(finding.nearest)}."
        if finding.why:
            text += f" {finding.why}"
    return f"{text} First seen: {finding.example}." if finding.example else text
