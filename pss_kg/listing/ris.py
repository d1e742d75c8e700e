"""Items as RIS, after the specification of Research Information Systems (2001, 2011): UTF-8, CRLF.

A value stands on one line, so line ends within a text become blanks. Tags that readers agree on
are taken: DO, PMID as AN with DB PubMed, PMCID as C2 (both as EndNote and PubMed's own RIS have it).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pss_kg.listing.item import Item, Name, doi_page, kinds


def write(items: Iterable[Item]) -> Iterator[str]:
    """One text an item, `ER` and an empty line at its end."""
    for item in items:
        lines = [f"{tag}  - {' '.join(value.split())}" for tag, value in _fields(item) if value.strip()]
        yield "\r\n".join([*lines, "ER  - ", "", ""])


def _fields(item: Item) -> Iterator[tuple[str, str]]:
    yield "TY", kinds(item)[0]
    yield "ID", item.key
    yield "TI", item.name
    for name in item.authors:
        yield "AU", _name(name)
    for name in item.editors:
        yield "ED" if kinds(item)[0] != "CHAP" else "A2", _name(name)
    yield "PY", item.year
    yield "DA", _date(item.issued)
    yield "T2", item.container
    yield "JO", item.abbreviation if item.abbreviation != item.container else ""
    yield "VL", item.volume
    yield "IS", item.issue
    yield from _pages(item)
    for issn in item.issns:
        yield "SN", issn
    yield "PB", item.publisher
    yield "LA", item.language
    yield "DO", item.doi
    if item.pmid:
        yield "AN", item.pmid
        yield "DB", "PubMed"
    yield "C2", item.pmcid
    if item.doi:
        yield "UR", doi_page(item.doi)
    if item.pmid:
        yield "UR", f"https://pubmed.ncbi.nlm.nih.gov/{item.pmid}/"
    yield "AB", item.abstract
    for word in dict.fromkeys((*item.keywords, *item.subjects)):
        yield "KW", word
    yield "N1", item.note


def _name(name: Name) -> str:
    """`Family, Given, Suffix`. A group's comma would cut it in two parts, but it is kept: nothing is lost."""
    return name.inverted()


def _date(issued: str) -> str:
    """`YYYY/MM/DD/`: slashes for what is not known, as the specification has it."""
    parts = issued.split("-") if issued else []
    return "/".join([*parts, *[""] * (4 - len(parts))]) if parts else ""


def _pages(item: Item) -> Iterator[tuple[str, str]]:
    """SP and EP; a range that is more than two numbers stands in SP as printed."""
    plain = item.pages.count("-") <= 1 and not any(c in item.pages for c in ",;:")
    if item.first_page and plain:
        yield "SP", item.first_page
        yield "EP", item.last_page
    else:
        yield "SP", item.page_range
    if item.article_number and item.article_number != item.page_range:
        yield "C7", item.article_number
