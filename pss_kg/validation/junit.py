"""The findings as JUnit XML, which CI servers show: one test case a rule, failed or not."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from pss_kg.validation.findings import SEVERITIES, Finding, exceeds
from pss_kg.validation.grouping import Group, Thing, allowed, grouped
from pss_kg.validation.naming import Naming

_SUITE = "pss-kg validate"


def report_junit(
    findings: Iterable[Finding], name: Naming, fail_on: str = "violation", cap: int = 100
) -> str:
    """A testsuite with one testcase for each rule that something broke; without findings, one that passed.

    A rule, not an article, is the test case: a CI server shows a handful of names that stay the
    same from run to run. One of `fail_on` or graver is a failure whose text names the articles,
    `cap` of them at most; a lighter one passes, with the same text as its output. No times.

    Raises BadParameter for a severity that does not exist.
    """
    found = list(findings)
    exceeds((), fail_on)  # the check of the name
    groups = grouped(found, name)
    grave = SEVERITIES[: SEVERITIES.index(fail_on) + 1]
    failures = sum(group.severity in grave for group in groups)
    cases = "".join(_case(group, group.severity in grave, cap) for group in groups)
    if not groups:
        cases = f'  <testcase classname="{_SUITE}" name="every check"/>\n'
    counts = f'tests="{max(1, len(groups))}" failures="{failures}" errors="0" skipped="0"'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<testsuites name="{_SUITE}" {counts}>\n'
        f'<testsuite name="{_SUITE}" {counts}>\n{cases}</testsuite>\n</testsuites>\n'
    )


def _case(group: Group, failed: bool, cap: int) -> str:
    lines = [*map(_line, group.things[:cap])]
    if len(group.things) > cap:
        lines.append(f"… and {len(group.things) - cap:,} more: see --format csv")
    if group.source_field:
        lines.append(f"Field: {group.source_field}")
    if group.remedy:
        lines.append(f"To mend it: {group.remedy}")
    text = escape(allowed("\n".join(lines)))
    summary = f"{group.message} ({len(group.things):,})"
    inner = (
        f'    <failure type="{group.severity}" message={_attribute(summary)}>{text}</failure>\n'
        if failed
        else f"    <system-out>{text}</system-out>\n"
    )
    name = _attribute(group.message)
    return f'  <testcase classname="{_SUITE}.{group.severity}" name={name}>\n{inner}  </testcase>\n'


def _line(thing: Thing) -> str:
    title = f"  {' '.join(thing.named.title.split())}" if thing.named.title else ""
    faults = f"  [{'; '.join(thing.faults)}]" if thing.faults else ""
    return f"{thing.named.label}{title}{faults}"


def _attribute(text: str) -> str:
    return quoteattr(allowed(" ".join(text.split())))
