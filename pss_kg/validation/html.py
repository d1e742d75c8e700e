"""The findings as one HTML page that needs nothing from elsewhere: no script, no font, no picture."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from pss_kg.validation.findings import SEVERITIES, Finding, Severity, counts, merged
from pss_kg.validation.grouping import Group, Thing, allowed, grouped, page_of
from pss_kg.validation.naming import Naming
from pss_kg.validation.words import in_words

_HEADINGS: dict[Severity, str] = {"violation": "Violations", "warning": "Warnings", "info": "Infos"}
_OPEN = 20
"""Things that a group shows without being opened."""

_MOST = 1_000
"""Things of a group that the page lists: browsers are slow with many more."""

_STYLE = """
:root { color-scheme: light dark; --violation: #b3261e; --warning: #8a5a00; --info: #1d5fa8; }
@media (prefers-color-scheme: dark) { :root { --violation: #ff8a80; --warning: #ffc46b; --info: #8ec5ff; } }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; }
h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
article { border-left: .3rem solid; padding: .2rem 0 .2rem 1rem; margin: 1.2rem 0; }
.violation { border-color: var(--violation); } .warning { border-color: var(--warning); }
.info { border-color: var(--info); } h2.violation { color: var(--violation); }
h2.warning { color: var(--warning); } h2.info { color: var(--info); }
ul { padding-left: 1.2rem; margin: .4rem 0; } li { overflow-wrap: anywhere; }
.fault, dt { opacity: .8; } dl { margin: .4rem 0; } dt { float: left; margin-right: .5em; } dd { margin: 0; }
"""


def report_html(findings: Iterable[Finding], name: Naming) -> str:
    """A page with the findings by severity and rule, gravest first, with links to PubMed and DOI.

    Everything from the data is escaped. Same findings, same bytes: there is no date on the page.
    """
    found = merged(findings)
    groups = grouped(found, name)
    title = "Validation report"
    verdict = f"{in_words(counts(found))}." if found else "Nothing to report: every check passed."
    body = "".join(
        _severity(severity, [group for group in groups if group.severity == severity])
        for severity in SEVERITIES
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{title}</h1>\n<p>{_text(verdict)}</p>\n{body}</main>\n</body>\n</html>\n"
    )


def _severity(severity: Severity, groups: list[Group]) -> str:
    if not groups:
        return ""
    head = f'<section>\n<h2 class="{severity}">{_HEADINGS[severity]}</h2>\n'
    return head + "".join(map(_group, groups)) + "</section>\n"


def _group(group: Group) -> str:
    number = len(group.things)
    items = [f"<li>{_thing(thing)}</li>\n" for thing in group.things[:_MOST]]
    listed = f"<ul>\n{''.join(items[:_OPEN])}</ul>\n"
    if number > _OPEN:
        rest = "".join(items[_OPEN:])
        if number > _MOST:
            rest += f"<li>… and {number - _MOST:,} more: see --format csv</li>\n"
        listed += f"<details><summary>{number - _OPEN:,} more</summary>\n<ul>\n{rest}</ul></details>\n"
    facts = [("Field:", group.source_field), ("To mend it:", group.remedy)]
    said = "".join(f"<dt>{label}</dt><dd>{_text(text)}</dd>\n" for label, text in facts if text)
    return (
        f'<article class="{group.severity}">\n<h3>{_text(group.message)} ({number:,})</h3>\n'
        f"{listed}{f'<dl>{said}</dl>' if said else ''}</article>\n"
    )


def _thing(thing: Thing) -> str:
    label = _text(thing.named.label)
    if page := page_of(thing.named.label):
        label = f'<a href="{escape(page)}">{label}</a>'
    title = f" {_text(thing.named.title)}" if thing.named.title else ""
    faults = f' <span class="fault">[{_text("; ".join(thing.faults))}]</span>' if thing.faults else ""
    return f"{label}{title}{faults}"


def _text(text: str) -> str:
    return escape(allowed(" ".join(text.split())))
