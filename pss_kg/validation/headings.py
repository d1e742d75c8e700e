"""Findings under the sentence that they share, for reports in words.

A message may name what it is about: `sh:message "no title on {$this}"` (SHACL, section 5.2.2)
gives another sentence for each focus node. Those stand under one heading all the same, with an
ellipsis for what differs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from pss_kg.validation.findings import Finding, Severity, literal_text

ELLIPSIS = "…"

_VARYING = re.compile(
    r"<[^<>\s]+>|(?:https?|urn|mailto|file|tag|doi):[^\s<>]+|\"[^\"]*\"|'[^']*'|“[^”]*”|‘[^’]*’|\d+(?:[.,:-]\d+)*"
)
"""What is likely to come from a variable: an IRI, something in quotes, a number."""

_FEW = 10
"""Sentences of one constraint that may stand beside each other and be read."""

_SPACED = re.compile(r"…(?:\s*…)+")


class Heading(NamedTuple):
    """What all findings under it have in common."""

    severity: Severity
    message: str
    source_field: str
    remedy: str


Under = list[tuple[Finding, str]]
"""Findings, each with what its own message says beyond the heading, the focus and the value; mostly ""."""


def by_heading(findings: Iterable[Finding]) -> dict[Heading, Under]:
    """The findings by what they say, in the order of each heading's first one.

    Findings with the same message stand together, and so do those of one constraint whose
    messages differ in the focus or the value only. Messages of one constraint that differ in
    another IRI, a quotation or a number do so where they would make more than a few headings.
    """
    same: dict[Heading, Under] = {}
    for finding in findings:
        key = Heading(finding.severity, finding.message, finding.source_field, finding.remedy)
        same.setdefault(key, []).append((finding, ""))
    plain = _joined(same, _plain, more_than=1)
    return _joined(plain, _skeleton, more_than=_FEW)


def _joined(
    groups: dict[Heading, Under], reading: Callable[[Finding], str], more_than: int
) -> dict[Heading, Under]:
    """The groups of one constraint whose messages read alike, as one, where there are more than so many."""
    alike: dict[tuple[object, ...], list[Heading]] = {}
    for key, members in groups.items():
        first = members[0][0]
        constraint = first.shape, first.component, first.path
        one = all((f.shape, f.component, f.path) == constraint for f, _ in members)
        likeness = (constraint, key._replace(message=reading(first))) if one else (key,)
        alike.setdefault(likeness, []).append(key)
    result: dict[Heading, Under] = {}
    for keys in alike.values():
        if len(keys) <= more_than:
            result.update((key, groups[key]) for key in keys)
            continue
        heading = keys[0]._replace(message=reading(groups[keys[0]][0][0]))
        members = sorted(member for key in keys for member in groups[key])
        said = [(finding, _plain(finding)) for finding, _ in members]
        result[heading] = [(finding, "" if own == heading.message else own) for finding, own in said]
    return result


def _plain(finding: Finding) -> str:
    """The message without the focus and the value, which every report names anyway."""
    message = finding.message
    value = finding.value
    for term in (finding.focus, literal_text(value) if value.startswith('"') else value.strip("<>")):
        if len(term) > 1:
            message = message.replace(f"<{term}>", ELLIPSIS).replace(term, ELLIPSIS)
    return message


def _skeleton(finding: Finding) -> str:
    return _SPACED.sub(ELLIPSIS, _VARYING.sub(ELLIPSIS, _plain(finding)))
