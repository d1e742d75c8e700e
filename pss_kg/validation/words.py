"""The report in plain words, for a librarian: which article, what is wrong, how to mend it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from pss_kg.validation.findings import Finding, Severity, counts, literal_text, merged
from pss_kg.validation.headings import Under, by_heading
from pss_kg.validation.naming import Named, Naming, detail, named

_HEADINGS: dict[Severity, str] = {
    "violation": "VIOLATION",
    "warning": "WARNING",
    "info": "INFO",
}
_PLURAL: dict[str, tuple[str, str]] = {
    "violation": ("violation", "violations"),
    "warning": ("warning", "warnings"),
    "info": ("info", "infos"),
}
_LONG = 100
_SHORT = 40
_WHOLE = 300
"""Characters of a shape's own sentences: what is to be done must not be cut off."""

_MANY = 20
"""Articles of a group from which on their years and journals are told."""

_TOP = 3
"""Years, and journals, that are told."""


def describe(findings: Iterable[Finding], name: Naming, cap: int = 5) -> str:
    """The findings in words, gravest first, those that say the same under one heading.

    name: gives the words for a focus node
    cap:  articles shown under a heading; how many more there are, and of which years and journals
          most of all are, is said
    """
    found = merged(findings)
    if not found:
        return "Nothing to report: every check passed.\n"
    parts = [_header(found)]
    for (severity, message, source_field, remedy), members in by_heading(found).items():
        lines = [f"\n{_HEADINGS[severity]}  {_line(message, _WHOLE)}\n", *_things(members, name, cap)]
        if source_field:
            lines.append(f"    Field: {_line(source_field, _WHOLE)}\n")
        if remedy:
            lines.append(f"    To mend it: {_line(remedy, _WHOLE)}\n")
        parts.append("".join(lines))
    if any("    … and " in part for part in parts):
        parts.append("\nEvery result, one a line: --format csv\n")
    return "".join(parts)


def _header(found: list[Finding]) -> str:
    return f"{in_words(counts(found))}.\n"


def in_words(by_severity: Mapping[str, int]) -> str:
    """The numbers by severity, as "2 violations, 1 warning and 0 infos"."""
    said = [
        f"{by_severity.get(name, 0):,} {words[by_severity.get(name, 0) != 1]}"
        for name, words in _PLURAL.items()
    ]
    return f"{', '.join(said[:-1])} and {said[-1]}"


def _things(members: Under, name: Naming, cap: int) -> list[str]:
    """One line an article, the parts and values at fault behind it."""
    by_thing: dict[str, tuple[str, list[str]]] = {}
    left: set[str] = set()
    articles = True
    things: dict[str, Named] = {}
    for finding, own in members:
        thing = named(finding.focus, name)
        things.setdefault(thing.label, thing)
        if thing.label not in by_thing:
            if len(by_thing) >= cap:
                left.add(thing.label)
                articles = articles and thing.label.startswith(("PMID ", "DOI ", "PMC", "OpenAlex "))
                continue
            by_thing[thing.label] = (thing.title, [])
        fault = fault_of(finding, name, own)
        if fault and fault not in by_thing[thing.label][1]:
            by_thing[thing.label][1].append(fault)
    lines: list[str] = []
    for label, (title, faults) in by_thing.items():
        shown = "; ".join(faults[:cap]) + (f"; … and {len(faults) - cap:,} more" if len(faults) > cap else "")
        lines.append(
            f"  - {_line(label)}{f'  {_line(title)}' if title else ''}{f'  [{shown}]' if shown else ''}\n"
        )
    if left:
        noun = "article" if articles else "thing"
        lines.append(f"    … and {len(left):,} more {noun}{'s' if len(left) != 1 else ''}\n")
    if len(things) > max(cap, _MANY):
        lines += _most("year", [thing.year for thing in things.values()])
        lines += _most("journal", [thing.journal for thing in things.values()])
    return lines


def _most(what: str, values: list[str]) -> list[str]:
    """The values that most of the things have: "By year: 2021 800, 2020 100, 4 others 30"."""
    numbers = Counter(value for value in values if value)
    if not numbers:
        return []
    ranked = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    said = [f"{_line(value, _SHORT)} ({number:,})" for value, number in ranked[:_TOP]]
    if rest := ranked[_TOP:]:
        said.append(f"{len(rest):,} other{'s' if len(rest) > 1 else ''} ({sum(n for _, n in rest):,})")
    return [f"    By {what}: {', '.join(said)}\n"]


def fault_of(finding: Finding, name: Naming, own: str = "") -> str:
    """Which part of the article is at fault, and which value: “author 2: “fiérst””; "" for the whole.

    own: what the finding's message says beyond its heading
    """
    part, value = detail(finding.focus), value_of(finding, name)
    if part.endswith(f" of {value}"):
        value = ""  # "citation of PMID 2" names it already
    parts = [part, value, _line(own)]
    return ": ".join(part for part in parts if part)


def value_of(finding: Finding, name: Naming) -> str:
    """The value of a finding in words: a literal quoted, another thing by its label; "" for none."""
    value = finding.value
    if value.startswith('"'):
        return f"“{_line(literal_text(value))}”"
    if value.startswith("<") and value[1:-1] != finding.focus:
        thing = named(value[1:-1], name)
        part = detail(value[1:-1])
        return ", ".join(filter(None, (_line(thing.label), part)))
    return ""


def _line(text: str, longest: int = _LONG) -> str:
    """The text on one line, cut where it is long."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return plain if len(plain) <= longest else f"{plain[: longest - 1]}…"
