"""Formats of one field a line: RIS, PubMed's NBIB, Web of Science's field-tagged text, EndNote's Refer.

An own reader: rispy raises at the first entry without an end, which would lose the library; here
an entry ends where the next one starts, whatever is missing between.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pss_kg.listing.library import entry
from pss_kg.listing.library.entry import Entry

Fields = dict[str, list[str]]
"""tag -> values in their order."""

_RIS = re.compile(r"([A-Z][A-Z0-9])[ \t]{0,3}-(?:[ \t](.*))?\Z", re.DOTALL)
_NBIB = re.compile(r"([A-Z]{2,4}) *-(?: (.*))?\Z", re.DOTALL)
_WOS = re.compile(r"([A-Z][A-Z0-9])(?: (.*))?\Z", re.DOTALL)
_REFER = re.compile(r"(%[0-9A-Z!@#$^&*()~+?\[><=|])(?: (.*))?\Z", re.DOTALL)


def ris(lines: Iterable[str]) -> Iterator[Entry]:
    """RIS: an entry from `TY` to `ER` or the next `TY`."""
    for number, fields in enumerate(_entries(lines, _RIS, "TY", "ER"), 1):
        database = " ".join(_all(fields, "DB", "DP"))
        found = [
            *_each(entry.doi, fields, "DO", "DI"),
            *_each(entry.pmid, fields, "PM"),
            *(pair for text in _all(fields, "AN") for pair in entry.accession(text, database)),
            *(pair for text in _all(fields, "C2") for pair in _custom_2(text, database)),
            *_each(entry.anywhere, fields, "UR", "L1", "L2", "L3", "L4", "LK", "M3", "N1", "ID"),
        ]
        title = _first(fields, "TI", "T1", "CT", "BT", "ST")
        yield entry.make(number, title, _first(fields, "PY", "Y1", "YR", "DA"), found)


def nbib(lines: Iterable[str]) -> Iterator[Entry]:
    """PubMed's own format: an entry from `PMID-` to the next one."""
    for number, fields in enumerate(_entries(lines, _NBIB, "PMID", ""), 1):
        located = [text for text in _all(fields, "LID", "AID") if text.rstrip().endswith("[doi]")]
        found = [
            *_each(entry.pmid, fields, "PMID"),
            *(pair for text in located for pair in entry.doi(text.rstrip().removesuffix("[doi]"))),
            *_each(entry.pmcid, fields, "PMC"),
        ]
        yield entry.make(number, _first(fields, "TI", "BTI"), _first(fields, "DP", "DEP"), found)


def wos(lines: Iterable[str]) -> Iterator[Entry]:
    """Web of Science: an entry from `PT` to `ER`."""
    for number, fields in enumerate(_entries(lines, _WOS, "PT", "ER"), 1):
        found = [*_each(entry.doi, fields, "DI"), *_each(entry.pmid, fields, "PM")]
        yield entry.make(number, _first(fields, "TI"), _first(fields, "PY", "EA"), found)


def refer(lines: Iterable[str]) -> Iterator[Entry]:
    """EndNote's Refer (.enw): an entry from `%0` to the next one."""
    for number, fields in enumerate(_entries(lines, _REFER, "%0", ""), 1):
        database = " ".join(_all(fields, "%~", "%W"))
        found = [
            *_each(entry.doi, fields, "%R"),
            *(pair for text in _all(fields, "%M") for pair in entry.accession(text, database)),
            *_each(entry.anywhere, fields, "%U", "%2", "%Z"),
        ]
        yield entry.make(number, _first(fields, "%T"), _first(fields, "%D", "%8"), found)


def _custom_2(text: str, database: str) -> Iterator[tuple[str, str]]:
    """C2 is the PMC id in PubMed's and EndNote's RIS, the PMID in that of Scopus."""
    if "scopus" in database.lower():
        yield from entry.pmid(text)
    else:
        yield from entry.anywhere(text)


def _entries(lines: Iterable[str], tag: re.Pattern[str], first: str, last: str) -> Iterator[Fields]:
    """The entries. A line without a tag goes on with the field before it."""
    fields: Fields | None = None
    values: list[str] | None = None
    for line in lines:
        line = line.rstrip()
        match = tag.match(line)
        if match is None:
            if values and line.strip():
                values[-1] += f" {line.strip()}"
            continue
        name, value = match[1], (match[2] or "").strip()
        if name == first:
            if fields is not None:
                yield fields
            fields = {}
        elif name == last and last:
            if fields is not None:
                yield fields
            fields = values = None
            continue
        if fields is not None:
            values = fields.setdefault(name, [])
            values.append(value)
    if fields is not None:
        yield fields


def _all(fields: Fields, *tags: str) -> Iterator[str]:
    for tag in tags:
        yield from fields.get(tag, ())


def _each(read: entry.Finder, fields: Fields, *tags: str) -> Iterator[tuple[str, str]]:
    for text in _all(fields, *tags):
        yield from read(text)


def _first(fields: Fields, *tags: str) -> str:
    return next((text for text in _all(fields, *tags) if text), "")
