"""Dates at their own precision.

dcterms:issued is the earlier of electronic and issue date, compared on their common precision
and the finer one where they are equal there. What loses goes to the source's graph.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from pss_kg.mapping.frame import Frame
from pss_kg.records import Date, Publication
from pss_kg.terms import quoted
from pss_kg.vocabulary import DCTERMS, FABIO, PRISM, XSD

ISSUED = f" <{DCTERMS}issued> "
DATE = f" <{DCTERMS}date> "
ACCEPTED = f" <{DCTERMS}dateAccepted> "
SUBMITTED = f" <{DCTERMS}dateSubmitted> "
PUBLICATION_DATE = f" <{PRISM}publicationDate> "
YEAR = f" <{FABIO}hasPublicationYear> "
RECEIVED = f" <{FABIO}hasDateReceived> "

_SHAPE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?\Z", re.ASCII)
_DATATYPES = {4: f"{XSD}gYear", 7: f"{XSD}gYearMonth", 10: f"{XSD}date"}
_FILL = {4: "-01-01", 7: "-01", 10: ""}


@lru_cache(maxsize=65536)
def typed(value: str) -> str:
    """A typed literal at the value's precision; "" for anything that is no real date."""
    if not _SHAPE.match(value):
        return ""
    try:
        date.fromisoformat(value + _FILL[len(value)])
    except ValueError:
        return ""
    return f'"{value}"^^<{_DATATYPES[len(value)]}>'


def _value(given: Date | None) -> str:
    return given.value if given is not None and typed(given.value) else ""


def issued(electronic: str, issue: str) -> str:
    """Of two dates the one that counts; either may be ""."""
    if not electronic or not issue:
        return electronic or issue
    common = min(len(electronic), len(issue))
    if electronic[:common] == issue[:common]:
        return electronic if len(electronic) >= len(issue) else issue
    return min(electronic, issue, key=lambda value: value[:common])


def issued_of(record: Publication) -> str:
    """The date of dcterms:issued; "" where the record has none that can be read."""
    chosen = issued(_value(record.electronic_date), _value(record.issue_date))
    return chosen or _value(record.issued)


def losing(record: Publication) -> str:
    """The electronic date, where it lost to the issue date and stands nowhere in main."""
    electronic = _value(record.electronic_date)
    return electronic if electronic and issued_of(record) != electronic else ""


def describe(frame: Frame, record: Publication) -> None:
    """All dates of the publication."""
    out, s = frame.out, frame.s
    chosen = issued_of(record)
    if chosen:
        out.append(f"{s}{ISSUED}{typed(chosen)}")
    if not frame.main:
        for other in (_value(record.electronic_date), _value(record.issued)):
            if other:
                out.append(f"{s}{ISSUED}{typed(other)}")
    issue = _value(record.issue_date)
    if issue:
        out.append(f"{s}{PUBLICATION_DATE}{typed(issue)}")
    year = (issue or chosen)[:4]
    if year:
        out.append(f"{s}{YEAR}{typed(year)}")
    for given in (record.issue_date, record.electronic_date, record.issued):
        # A value that is no date is kept as text: the typed properties can't take it.
        if given is not None:
            text = given.text.strip() or ("" if typed(given.value) else given.value.strip())
            if text:
                out.append(f"{s}{DATE}{quoted(text)}")
    if record.received:
        term = typed(record.received)
        if len(record.received) == 10 and term:
            out.append(f'{s}{RECEIVED}"{record.received}T00:00:00"^^<{XSD}dateTime>')
        elif term:  # no dateTime can be made of a month or a year
            out.append(f"{s}{SUBMITTED}{term}")
    if record.accepted:
        term = typed(record.accepted)
        if term:
            out.append(f"{s}{ACCEPTED}{term}")
