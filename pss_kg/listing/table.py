"""Items as CSV, as rows of a table, and as plain identifiers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from pss_kg.listing.item import Item

COLUMNS = ("publication", "doi", "title", "authors", "year", "journal", "cited", "note")
"""Of the table for people. The PMID stands in the publication's key."""

CSV_COLUMNS = (
    "key",
    "pmid",
    "doi",
    "pmcid",
    "title",
    "authors",
    "year",
    "date",
    "journal",
    "issn",
    "volume",
    "issue",
    "pages",
    "types",
    "cited",
    "known",
    "retracted",
    "reference",
)


def row(item: Item) -> tuple[str, ...]:
    """What the table shows: short names, and a word on what to beware of."""
    authors = [name.short() for name in item.authors]
    shown = ", ".join(authors) if len(authors) <= 2 else f"{authors[0]} et al."
    note = [
        word for word, applies in (("RETRACTED", item.retracted), ("mention", not item.described)) if applies
    ]
    return (
        item.key,
        item.doi,
        item.name,
        shown,
        item.year,
        item.abbreviation or item.container,
        str(item.cited),
        ", ".join(note),
    )


def write_csv(items: Iterable[Item]) -> Iterator[str]:
    """RFC 4180 with a header: CRLF, quotes where they are needed. Names are parted by `; `."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for item in items:
        writer.writerow(
            (
                item.key,
                item.pmid,
                item.doi,
                item.pmcid,
                item.title,
                "; ".join(name.inverted() for name in item.authors),
                item.year,
                item.issued,
                item.container,
                " ".join(item.issns),
                item.volume,
                item.issue,
                item.page_range,
                "; ".join(item.classes),
                item.cited,
                "record" if item.described else "citation",
                item.retracted,
                item.printed,
            )
        )
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()


def write_ids(items: Iterable[Item]) -> Iterator[str]:
    """One identifier a line: the PMID, else the DOI, the PMC id, else our key."""
    for item in items:
        yield f"{item.pmid or item.doi or item.pmcid or item.key}\n"
