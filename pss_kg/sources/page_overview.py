"""The overview of an article page: date, identifiers, citations, journal. Pure."""

from __future__ import annotations

import re
from typing import Any

from pss_kg.identifiers import NORMALISERS
from pss_kg.records import CitationClaim, Journal, Note
from pss_kg.sources.dates import read_date
from pss_kg.sources.page_lines import is_absent
from pss_kg.sources.pages import read_pages

_FIELD = re.compile(
    r"(Date|Published|Publication date|PMID|PMCID|PMC|DOI|Citations?|Cited by"
    r"|Journal|Publisher|Volume|Issue|Pages)\b"
    r"\s*:?\s*(.*)\Z",
    re.IGNORECASE,
)


def is_field(line: str) -> bool:
    """Whether a line begins with a label of the overview."""
    return bool(_FIELD.match(line))


def identify(ids: list[tuple[str, str]], scheme: str, text: str, notes: list[Note]) -> None:
    """Add an identifier of the page's own article to `ids`; of two of a scheme the first stays."""
    if not text.strip():
        return
    value = NORMALISERS[scheme](text)
    if not value:
        notes.append(Note(scheme.upper(), text, f"not an identifier of the type {scheme}"))
    elif (scheme, value) not in ids:
        if any(known == scheme for known, _ in ids):
            notes.append(Note(scheme.upper(), text, "a second one; the first on the page is kept"))
        else:
            ids.append((scheme, value))


def read_overview(
    lines: list[str], fields: dict[str, Any], ids: list[tuple[str, str]], notes: list[Note]
) -> None:
    """`Date 2020 May 2`, `PMID 1`, `Citations 127`: label and value on one line or on two."""
    filled = _unwrapped([line for line in lines if line])
    position = 0
    while position < len(filled):
        line = filled[position]
        position += 1
        match = _FIELD.match(line)
        if not match:
            if place := _journal_line(line):
                fields.update(place)
            elif not is_absent(line):
                notes.append(Note("Overview", line, "a line that is not read"))
            continue
        label, value = match[1].lower(), match[2].strip()
        if not value and position < len(filled) and not _FIELD.match(filled[position]):
            value = filled[position]
            position += 1
        if not value or is_absent(value):
            continue
        if label in ("pmid", "doi"):
            identify(ids, label, value, notes)
        elif label in ("pmc", "pmcid"):
            identify(ids, "pmcid", value, notes)
        elif label in ("citation", "citations", "cited by"):
            digits = value.replace(",", "").replace(" ", "")
            if digits.isascii() and digits.isdecimal() and len(digits) < 10:
                fields["claim"] = CitationClaim(int(digits))
            else:
                notes.append(Note("Citations", value, "not a number"))
        elif label in ("date", "published", "publication date"):
            fields["issued"] = read_date(value)
        elif label == "journal":
            fields.update(_journal_line(value) or {"journal": Journal(title=value.rstrip("."))})
        elif label == "pages":
            fields["pages"] = value
            pages = read_pages(value)
            fields.update(start_page=pages.start, end_page=pages.end, article_number=pages.article_number)
        else:
            fields[label] = value


def _unwrapped(lines: list[str]) -> list[str]:
    """Lines with the journal's joined again where it was wrapped, `J Made-up. 2020;` / `7(6):e1.`"""
    joined: list[str] = []
    for line in lines:
        if joined and not _FIELD.match(line) and not _journal_line(line):
            match = _FIELD.match(joined[-1])
            before = match[2] if match and match[1].lower() == "journal" else "" if match else joined[-1]
            if before and _journal_line(f"{before} {line}"):
                joined[-1] = f"{joined[-1]} {line}"
                continue
        joined.append(line)
    return joined


_JOURNAL_LINE = re.compile(
    r"(?P<journal>[^;]+?)\.? (?P<year>(?:1[5-9]|20)[0-9]{2})[^;]{0,20}; ?(?P<volume>[^():]*)"
    r"(?:\((?P<issue>[^()]*)\))?(?::(?P<pages>[^:]*))?\Z"
)


def _journal_line(line: str) -> dict[str, Any] | None:
    """`JMIR Ment Health. 2020; 7(6):e15572.` as fields, None if it is no such line."""
    match = _JOURNAL_LINE.match(line.rstrip(". "))
    if not match:
        return None
    pages = read_pages(match["pages"] or "")
    return {
        "journal": Journal(abbreviation=match["journal"].strip()),
        "volume": (match["volume"] or "").strip(),
        "issue": (match["issue"] or "").strip(),
        "pages": (match["pages"] or "").strip(),
        "start_page": pages.start,
        "end_page": pages.end,
        "article_number": pages.article_number,
    }
