"""Rows of OpenCitations Meta and of its Index -> records. Pure.

The same rows come from the services, as JSON, and in the dumps, as CSV. A cell may hold several
identifiers with blanks between them: `omid:br/0612 doi:10.1234/a pmid:1`. The first version of
the Index gave a bare DOI (`10.1234/a`, also `coci => 10.1234/a`), that of PubMed a bare PMID.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from pss_kg.identifiers import (
    NORMALISERS,
    normalise_doi,
    normalise_isbn,
    normalise_issn,
    normalise_orcid,
    normalise_pmid,
)
from pss_kg.iris import hash_key, publication_key
from pss_kg.records import (
    Book,
    CitationClaim,
    Contributor,
    Identifiers,
    Journal,
    Note,
    Publication,
    Read,
    Reference,
    Type,
    Unusable,
)
from pss_kg.sources.dates import read_date
from pss_kg.sources.pages import read_pages

SOURCE = "opencitations"
SHOWN = 500

Cells = Mapping[str, str]
"""One row: name of the column -> text; a column that is not there is empty."""

_OMID = re.compile(r"(?:br|ra)/06[0-9]+\Z", re.ASCII)
_NORMALISERS: dict[str, Callable[[str], str]] = {
    **NORMALISERS,
    "isbn": normalise_isbn,
    "issn": normalise_issn,
    "orcid": normalise_orcid,
    "omid": lambda text: text.strip() if _OMID.match(text.strip()) else "",
}
_TOKEN = re.compile(r"([a-z_]+):(\S+)\Z", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"(.*?)\s*\[\s*((?:[A-Za-z_]+:[^\s\[\]]+\s*)+)\]\s*\Z", re.DOTALL)
_BETWEEN_NAMES = re.compile(r";\s*(?![^\[\]]*\])")
_IN_BOOKS = frozenset(
    {"book chapter", "book part", "book section", "book track", "reference entry", "proceedings article"}
)


@lru_cache(maxsize=4096)
def read_ids(cell: str) -> tuple[Identifiers, tuple[str, ...]]:
    """The identifiers of a cell, normalised, each once; and the words that are none."""
    found: dict[tuple[str, str], None] = {}
    odd: list[str] = []
    for word in (piece.rstrip(";") for piece in cell.split()):
        match = _TOKEN.match(word)
        if match:
            scheme = match[1].lower().replace("_", "-")
            normalise = _NORMALISERS.get(scheme)
            value = normalise(match[2]) if normalise else match[2]
        elif word.startswith("10.") and "/" in word:
            scheme, value = "doi", normalise_doi(word)
        elif _OMID.match(word):
            scheme, value = "omid", word
        elif word.isascii() and word.isdigit():
            scheme, value = "pmid", normalise_pmid(word)
        elif word == "=>" or word.lower() in ("coci", "doci", "poci", "noci", "croci"):
            continue
        else:
            scheme = value = ""
        if value:
            found[(scheme, value)] = None
        else:
            odd.append(word)
    return tuple(found), tuple(odd)


def citation(row: Cells, where: str = "") -> Read:
    """One row of an Index dump: a list with the one reference that it states.

    Its id is made of the row's OCI, so that no row supersedes another. What the row says of dates and
    self-citation is left to graph/derived, which works it out from both ends.
    """
    citing, cited = _sides(row)
    own, odd = read_ids(citing)
    other, odder = read_ids(cited)
    oci = (row.get("oci") or row.get("id") or "").strip().removeprefix("oci:")
    name = oci or f"{_first(own)}>{_first(other)}"
    if not own or not other:
        side, cell = ("cited", cited) if own else ("citing", citing)
        return _unusable(oci, f"the {side} article has no identifier", side, cell, where)
    if not publication_key(own) or not publication_key(other):
        # An OMID alone joins no article of another source, and stands for no publication here.
        side, cell = ("cited", cited) if publication_key(own) else ("citing", citing)
        return _unusable(name, f"the {side} article has no DOI or PMID beside its OMID", side, cell, where)
    notes = tuple(Note("citing", w[:SHOWN], "no identifier") for w in odd)
    notes += tuple(Note("cited", w[:SHOWN], "no identifier") for w in odder)
    reference = Reference(identifiers=other)
    return Publication(
        source=SOURCE,
        id=f"{name}/references",
        identifiers=own,
        listing=True,
        references=(reference,),
        notes=notes,
    )


def _sides(row: Cells) -> tuple[str, str]:
    citing = row.get("citing") or row.get("citing_id") or ""
    return citing.strip(), (row.get("cited") or row.get("cited_id") or row.get("referenced") or "").strip()


def far_side(row: Cells, side: str) -> Reference:
    """The article at the other end of a row of the service: `side` is "citing" or "cited".

    `creation` is the date of the citing article, so it gives that one's year and no other's.
    """
    cell = (row.get(side) or "").strip()
    found, odd = read_ids(cell)
    year = (row.get("creation") or "")[:4] if side == "citing" else ""
    return Reference(
        identifiers=found, text=cell if odd or not found else "", year=year if year.isdigit() else ""
    )


def metadata(row: Cells, where: str = "") -> Read:
    """One row of Meta: a record. Unusable is one that has neither an identifier nor a title."""
    notes: list[Note] = []
    ids, odd = read_ids(row.get("id", ""))
    notes += [Note("id", word[:SHOWN], "no identifier of its scheme") for word in odd]
    title = " ".join(row.get("title", "").split())
    kind = " ".join(row.get("type", "").split())
    issued = read_date(row.get("pub_date", ""))
    people = _people(row.get("author", ""), "author", notes) + _people(row.get("editor", ""), "editor", notes)
    if not ids and not title:
        cell = "; ".join(filter(None, row.values()))
        return _unusable("", "the row has neither an identifier nor a title", "id", cell, where)
    name = _first(ids) or hash_key(title, issued.value if issued else "", people[0].name if people else "")
    venue, venue_ids = _named(row.get("venue", ""), "venue", notes)
    publisher, publisher_ids = _named(row.get("publisher", ""), "publisher", notes)
    if publisher_ids and not publisher:
        notes.append(Note("publisher", row["publisher"][:SHOWN], "no name"))
    journal = book = None
    if venue or venue_ids:
        schemes = {scheme for scheme, _ in venue_ids}
        if "issn" not in schemes and (kind in _IN_BOOKS or "isbn" in schemes):
            book = Book(title=venue, identifiers=venue_ids, publisher=publisher)
        else:
            journal = _journal(venue, venue_ids, publisher)
    pages = " ".join(row.get("page", "").split())
    first, _, last = pages.partition("-")
    # Meta writes a single page or an article number as a range from itself to itself.
    read = read_pages(first if first == last else pages)
    return Publication(
        source=SOURCE,
        id=name,
        identifiers=ids,
        title=title,
        types=(Type(kind),) if kind else (),
        issued=issued,
        journal=journal,
        volume=row.get("volume", "").strip(),
        issue=row.get("issue", "").strip(),
        pages=pages,
        start_page=read.start,
        end_page=read.end,
        article_number=read.article_number,
        publisher="" if journal or book else publisher,
        book=book,
        contributors=people,
        notes=tuple(notes),
    )


def _journal(title: str, ids: Identifiers, publisher: str) -> Journal:
    issns = [value for scheme, value in ids if scheme == "issn"]
    others = tuple((s, v) for s, v in ids if s != "issn") + tuple(("issn", v) for v in issns[2:])
    # Meta does not say which ISSN is that of print.
    return Journal(
        title=title,
        issn=issns[0] if issns else "",
        eissn=issns[1] if len(issns) > 1 else "",
        publisher=publisher,
        identifiers=others,
    )


def coci(row: Cells, where: str = "") -> Read:
    """One article of the Index's first version (`/metadata`), with both its lists."""
    ids, odd = read_ids(row.get("doi", ""))
    notes = [Note("doi", word[:SHOWN], "no DOI") for word in odd]
    if not ids:
        return _unusable("", "the article has no DOI", "doi", row.get("doi", ""), where)
    count = row.get("citation_count", "").strip()
    journal = " ".join(row.get("source_title", "").split())
    pages = " ".join(row.get("page", "").split())
    read = read_pages(pages)
    return Publication(
        source=SOURCE,
        id=_first(ids),
        identifiers=ids,
        title=" ".join(row.get("title", "").split()),
        issued=read_date(row.get("year", "")),
        journal=Journal(title=journal) if journal else None,
        volume=row.get("volume", "").strip(),
        issue=row.get("issue", "").strip(),
        pages=pages,
        start_page=read.start,
        end_page=read.end,
        article_number=read.article_number,
        contributors=_people(row.get("author", ""), "author", notes),
        references=_dois(row.get("reference", ""), "reference", notes),
        cited_by=_dois(row.get("citation", ""), "citation", notes),
        claim=CitationClaim(int(count)) if count.isascii() and count.isdigit() else None,
        notes=tuple(notes),
    )


def _dois(cell: str, field: str, notes: list[Note]) -> tuple[Reference, ...]:
    ids, odd = read_ids(cell)
    notes += [Note(field, word[:SHOWN], "no identifier") for word in odd]
    return tuple(Reference(identifiers=(pair,)) for pair in ids)


def _named(cell: str, field: str, notes: list[Note]) -> tuple[str, Identifiers]:
    """`Name [scheme:value …]` -> the name, and the identifiers."""
    match = _IN_BRACKETS.match(cell)
    if not match:
        return " ".join(cell.split()), ()
    ids, odd = read_ids(match[2])
    notes += [Note(field, word[:SHOWN], "no identifier of its scheme") for word in odd]
    return " ".join(match[1].split()), ids


def _people(cell: str, role: str, notes: list[Note]) -> tuple[Contributor, ...]:
    """`Family, Given [orcid:…]; Group`. A name without a comma is a group's, as Meta writes them.

    One without a name keeps its place.
    """
    if not cell.strip():
        return ()
    people = []
    for part in _BETWEEN_NAMES.split(cell):
        name, ids = _named(part, role, notes)
        if not name and not ids:
            continue
        if not name:
            notes.append(Note(role, part.strip()[:SHOWN], "no name"))
        family, comma, given = (piece.strip() for piece in name.partition(","))
        orcid = next((value for scheme, value in ids if scheme == "orcid"), "")
        people.append(
            Contributor(
                name=f"{given} {family}".strip() if comma else name,
                family=family if comma else "",
                given=given,
                kind="person" if comma or not name else "organization",
                role=role,
                orcid=orcid,
                identifiers=tuple(pair for pair in ids if pair != ("orcid", orcid)),
            )
        )
    return tuple(people)


def _first(ids: Identifiers) -> str:
    """The identifier that names a record: the OMID before others, then the DOI."""
    order = ("omid", "doi", "pmid")
    pairs = sorted(ids, key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order))
    return ":".join(pairs[0]) if pairs else ""


def _unusable(name: str, reason: str, field: str, cell: str, where: str) -> Unusable:
    return Unusable(SOURCE, reason, name, where=where, field=field, excerpt=cell[:2000])
