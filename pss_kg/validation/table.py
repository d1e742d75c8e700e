"""The findings as CSV, one line a result, for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from pss_kg.validation.findings import Finding, literal_text, merged
from pss_kg.validation.grouping import allowed
from pss_kg.validation.naming import Naming, detail, named
from pss_kg.validation.words import value_of

COLUMNS = (
    "severity",
    "message",
    "article",
    "title",
    "journal",
    "year",
    "part",
    "value",
    "field",
    "remedy",
    "rule",
    "iri",
)

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def report_csv(findings: Iterable[Finding], name: Naming) -> str:
    """All findings, gravest first, each once, under a line of column names (RFC 4180, but "\\n").

    article: "PMID 1"; a thing that is no article by its short IRI
    part:    which part of the article is at fault: "author 2"; empty for the whole
    value:   the literal at fault, whole, or the label of the other article
    rule:    the last part of the shape's IRI
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for finding in merged(findings):
        thing = named(finding.focus, name)
        row = (
            finding.severity,
            finding.message,
            thing.label,
            thing.title,
            thing.journal,
            thing.year,
            detail(finding.focus),
            literal_text(value) if (value := finding.value).startswith('"') else value_of(finding, name),
            finding.source_field,
            finding.remedy,
            finding.shape.replace("#", "/").rpartition("/")[2],
            finding.focus,
        )
        writer.writerow([_cell(text) for text in row])
    return out.getvalue()


def _cell(text: str) -> str:
    """The text on one line. A spreadsheet must not take it for a formula (OWASP, CSV injection)."""
    plain = " ".join(allowed(text).split())
    return f"'{plain}" if plain.startswith(_FORMULA) else plain
