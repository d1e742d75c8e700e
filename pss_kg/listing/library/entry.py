"""One entry of a library, and how identifiers are found in its fields. Pure.

A number alone is a PMID only where the field or the database beside it says so: accession
numbers of other databases have eight digits too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

import msgspec

from pss_kg.identifiers import normalise_doi, normalise_pmcid, normalise_pmid

_DOI_LIKE = re.compile(
    r"\s*<?(?:https?://(?:[a-z0-9-]+\.)*doi\.org/|(?:info:|urn:)?doi\s*[:=/ ]|10\.[0-9]{4})", re.I
)
_PUBMED_PAGE = re.compile(
    r"(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/(?:m/)?pubmed|europepmc\.org/\w+/med)/", re.I
)
_PMC_PAGE = re.compile(
    r"(?:ncbi\.nlm\.nih\.gov/pmc/articles|pmc\.ncbi\.nlm\.nih\.gov/articles|europepmc\.org/articles?)/", re.I
)
_SAID = re.compile(r"\b(PMID|PMCID|DOI)\s*[:=]\s*(\S+)", re.I)
_OF_ANOTHER = re.compile(
    r"\b(?:comment|errat|correct|retract|republish|repl(?:y|ies)|updat|cit(?:es|ed)|origin|concern)", re.I
)
_PMC = re.compile(r"\s*PMC[0-9]+(?:\.[0-9]+)?\s*\Z", re.I)
_YEAR = re.compile(r"(?<![0-9])(1[5-9][0-9]{2}|20[0-9]{2})(?![0-9])")
_PUBMED = re.compile(r"pubmed|medline|\bnlm\b|national library of medicine", re.I)


Finder = Callable[[str], Iterator[tuple[str, str]]]
"""A field's text -> the (scheme, value) pairs in it."""


class Entry(msgspec.Struct, frozen=True):
    """`identifiers` are (scheme, normalised value), each once; `number` counts from 1 in the file."""

    number: int
    title: str = ""
    year: str = ""
    identifiers: tuple[tuple[str, str], ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing in it can be compared."""
        return not self.title and not self.identifiers


def make(number: int, title: str, year: str, found: Iterable[tuple[str, str]]) -> Entry:
    """An entry; the first year in `year` counts, blanks of the title are closed up."""
    match = _YEAR.search(year)
    return Entry(number, " ".join(title.split()), match[1] if match else "", tuple(dict.fromkeys(found)))


def doi(text: str) -> Iterator[tuple[str, str]]:
    """The DOI of a field that is meant for DOIs."""
    if value := normalise_doi(text):
        yield "doi", value


def pmid(text: str) -> Iterator[tuple[str, str]]:
    """The PMID of a field that is meant for PMIDs."""
    if value := normalise_pmid(text):
        yield "pmid", value


def pmcid(text: str) -> Iterator[tuple[str, str]]:
    """The PMC id of a field that is meant for them."""
    if value := normalise_pmcid(text):
        yield "pmcid", value


def anywhere(text: str) -> Iterator[tuple[str, str]]:
    """What the text says itself to be an identifier: a DOI, a page of PubMed or PMC, `PMID: 1`, `PMC1`."""
    if _DOI_LIKE.match(text):
        yield from doi(text)
    elif _PMC_PAGE.search(text) or _PMC.match(text):
        yield from pmcid(text.split("?", 1)[0])
    elif _PUBMED_PAGE.search(text):
        yield from pmid(text.split("?", 1)[0])
    else:
        yield from said(text)


def said(text: str) -> Iterator[tuple[str, str]]:
    """The `PMID: …`, `PMCID: …`, `DOI: …` within a note, as EBSCO and Zotero write them.

    Not where the note speaks of another publication before it ("Comment on: … PMID: 1"), nor where
    it has two: an entry that is taken for another one would be missing from what is not in the library.
    """
    found: dict[str, list[str]] = {}
    for match in _SAID.finditer(text):
        if _OF_ANOTHER.search(text, 0, match.start()):
            break
        found.setdefault(match[1].upper(), []).append(match[2].rstrip(".,;]})"))
    for scheme, read in (("PMID", pmid), ("PMCID", pmcid), ("DOI", doi)):
        values = set(found.get(scheme, ()))
        if len(values) == 1:
            yield from read(values.pop())


def accession(text: str, database: str) -> Iterator[tuple[str, str]]:
    """An accession number: a PMID where the database is PubMed or MEDLINE, or where it says so itself."""
    if _PUBMED.search(database):
        yield from pmid(text)
    yield from anywhere(text)
