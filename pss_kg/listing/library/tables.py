"""Tables and plain lists: CSV, TSV, one identifier a line."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

from pss_kg.identifiers import parse_identifier
from pss_kg.listing.library import entry
from pss_kg.listing.library.entry import Entry

_WORDS = re.compile(r"[^a-z0-9]+")
_DELIMITERS = ",;\t|"
_TITLES = ("title", "articletitle", "documenttitle", "primarytitle", "publicationtitle", "ti", "t1")
_YEARS = ("year", "publicationyear", "pubyear", "py", "date", "publicationdate", "pubdate", "coverdate")
_PMIDS = ("pmid", "pubmedid", "pubmed", "pmids", "medlineid", "pm")
_ACCESSIONS = ("accessionnumber", "accession", "an")
_DATABASES = ("nameofdatabase", "databaseprovider", "database", "db", "dp")
_PMCIDS = ("pmcid", "pmc", "pmcids")
_LIMIT = 10_000_000
"""Characters of a cell; an abstract never has as many."""


def header(line: str) -> tuple[str, list[str]] | None:
    """The delimiter and the column names of a table's first line; None if it looks like no header."""
    best: tuple[str, list[str]] = ("", [])
    for delimiter in _DELIMITERS:
        names = next(csv.reader([line], delimiter=delimiter), [])
        if len(names) > len(best[1]):
            best = delimiter, names
    delimiter, names = best
    if any(parse_identifier(name) for name in names):
        return None
    known = any(_plain(name) in (*_TITLES, *_PMIDS, *_PMCIDS) or "doi" in _plain(name) for name in names)
    return (delimiter, names) if known else None


def table(lines: list[str], delimiter: str) -> Iterator[Entry]:
    """A row an entry. DOIs are found in any column, PMIDs in one whose name says so."""
    before = csv.field_size_limit(_LIMIT)
    try:
        rows = csv.reader(lines, delimiter=delimiter)
        names = [_plain(name) for name in next(rows)]
        number = 0
        for row in rows:
            if any(cell.strip() for cell in row):
                number += 1
                yield _row(number, names, row)
    finally:
        csv.field_size_limit(before)


def _row(number: int, names: list[str], row: list[str]) -> Entry:
    found: list[tuple[str, str]] = []
    title = year = ""
    database = " ".join(cell for name, cell in zip(names, row, strict=False) if name in _DATABASES)
    for name, cell in zip(names, row, strict=False):
        cell = cell.strip()
        if not cell:
            continue
        if name in _PMIDS:
            found += entry.pmid(cell.removesuffix(".0"))  # a spreadsheet that took it for a measurement
        elif name in _PMCIDS:
            found += entry.pmcid(cell)
        elif name in _ACCESSIONS:
            found += entry.accession(cell, database)
        elif "doi" in name:
            found += entry.doi(cell)
        elif name in _TITLES:
            title = title or cell
        elif name in _YEARS:
            year = year or cell
        else:
            found += entry.anywhere(cell) if len(cell) < 300 else ()
    return entry.make(number, title, year, found)


def identifiers(lines: list[str]) -> tuple[list[Entry], int]:
    """Identifiers, one or several a line, and how many words are none. `#` starts a comment."""
    found: list[Entry] = []
    unread = 0
    for line in lines:
        line = line.split("#", 1)[0].strip() if line.lstrip().startswith("#") else line.strip()
        whole = parse_identifier(line) if line else None
        for word in [line] if whole else re.split(r"[\s,;]+", line):
            parsed = parse_identifier(word.strip("\"'")) if word else None
            if parsed:
                found.append(entry.make(len(found) + 1, "", "", [parsed]))
            elif word:
                unread += 1
    return found, unread


def _plain(name: str) -> str:
    return _WORDS.sub("", name.lower().lstrip("\ufeff"))
