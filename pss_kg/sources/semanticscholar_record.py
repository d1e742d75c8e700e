"""A paper of Semantic Scholar's Graph API, as decoded JSON -> a record. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pss_kg.identifiers import (
    arxiv_doi,
    normalise_doi,
    normalise_issn,
    normalise_orcid,
    normalise_pmcid,
    normalise_pmid,
)
from pss_kg.records import (
    Abstract,
    AbstractSection,
    Book,
    CitationClaim,
    Contributor,
    Date,
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

SOURCE = "semanticscholar"
SHOWN = 500

Paper = Mapping[str, Any]

# The service's name of an identifier -> scheme, normal form. PubMed Central comes without PMC.
_EXTERNAL: tuple[tuple[str, str, Callable[[str], str]], ...] = (
    ("DOI", "doi", normalise_doi),
    ("PubMed", "pmid", normalise_pmid),
    (
        "PubMedCentral",
        "pmcid",
        lambda text: normalise_pmcid(f"PMC{text.strip().upper().removeprefix('PMC')}"),
    ),
    ("ArXiv", "arxiv", str.strip),
    ("CorpusId", "corpusid", str.strip),
    ("MAG", "mag", str.strip),
    ("ACL", "acl", str.strip),
    ("DBLP", "dblp", str.strip),
)
_NAMING = frozenset({"doi", "pmid", "pmcid"})
_KNOWN = {name for name, _, _ in _EXTERNAL}
_IN_BOOKS = frozenset({"Conference", "BookSection"})


def text_of(value: Any) -> str:
    """A text on one line; "" for null and for what is no text. Pages come padded with line ends."""
    if isinstance(value, str):
        return " ".join(value.split())
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def identifiers_of(paper: Paper, notes: list[Note] | None = None) -> Identifiers:
    """Its own id first (`s2`), then those of others in a fixed order, normalised, each once."""
    external = paper.get("externalIds")
    external = dict(external) if isinstance(external, dict) else {}
    if "CorpusId" not in external and paper.get("corpusId") is not None:
        external["CorpusId"] = paper["corpusId"]
    found: dict[tuple[str, str], None] = {}
    if own := text_of(paper.get("paperId")):
        found[("s2", own)] = None
    for name, scheme, normalise in _EXTERNAL:
        given = external.get(name)
        for value in given if isinstance(given, list) else (given,):
            text = text_of(value)
            if normal := normalise(text) if text else "":
                found[(scheme, normal)] = None
            elif text and notes is not None:
                notes.append(Note(f"externalIds.{name}", text[:SHOWN], "not an identifier of this kind"))
    for name, value in external.items():
        if name not in _KNOWN and (text := text_of(value)):
            found[(name.lower(), text)] = None
    if not any(scheme in _NAMING for scheme, _ in found):
        # arXiv registers a DOI for each of its ids; without it nothing would name the paper.
        doi = arxiv_doi(f"arXiv:{text_of(external.get('ArXiv'))}")
        if doi:
            found[("doi", doi)] = None
    return tuple(found)


def record_of(paper: Paper, where: str = "") -> Read:
    """The record of one paper; Unusable for one that has no id."""
    notes: list[Note] = []
    own = text_of(paper.get("paperId"))
    corpus = text_of(paper.get("corpusId"))
    title = text_of(paper.get("title"))
    if not own and not corpus:
        reason = "the paper has neither a paperId nor a corpusId"
        return Unusable(SOURCE, reason, "", title, where, "paperId", repr(dict(paper))[:2000])
    identifiers = identifiers_of(paper, notes)
    kinds = [text_of(kind) for kind in _list(paper, "publicationTypes")]
    journal, book, volume, pages = _venue(paper, kinds)
    read = read_pages(pages)
    abstract = paper.get("abstract")
    access = paper.get("openAccessPdf")
    access = access if isinstance(access, dict) else {}
    return Publication(
        source=SOURCE,
        id=own or f"CorpusId:{corpus}",
        identifiers=identifiers,
        title=title,
        types=tuple(Type(kind) for kind in kinds if kind),
        issued=_issued(paper, notes),
        journal=journal,
        book=book,
        volume=volume,
        pages=pages,
        start_page=read.start,
        end_page=read.end,
        article_number=read.article_number,
        contributors=_people(_list(paper, "authors"), notes),
        abstract=Abstract((AbstractSection(abstract.strip()),))
        if isinstance(abstract, str) and abstract.strip()
        else None,
        licence=text_of(access.get("license")),
        access=text_of(access.get("status")),
        references=tuple(_entries(_list(paper, "references"), "citedPaper")),
        cited_by=tuple(_entries(_list(paper, "citations"), "citingPaper")),
        claim=_claim(paper.get("citationCount")),
        notes=tuple(notes),
    )


def mention_of(row: Paper, side: str) -> Reference:
    """One entry of a list: `side` is the name of the other paper in it, citingPaper or citedPaper.

    A paper that the service does not hold has `paperId` null; its title is then the text.
    """
    paper = row.get(side)
    paper = paper if isinstance(paper, dict) else row
    identifiers = identifiers_of(paper)
    title = text_of(paper.get("title"))
    journal = paper.get("journal")
    name = text_of(journal.get("name")) if isinstance(journal, dict) else ""
    return Reference(
        text="" if identifiers else title,
        identifiers=identifiers,
        title=title,
        authors=", ".join(
            filter(None, (text_of(a.get("name")) for a in _list(paper, "authors") if isinstance(a, dict)))
        ),
        journal=name or text_of(paper.get("venue")),
        year=text_of(paper.get("year")),
        intents=tuple(dict.fromkeys(filter(None, map(text_of, _list(row, "intents"))))),
        contexts=tuple(dict.fromkeys(c for c in _list(row, "contexts") if isinstance(c, str) and c.strip())),
        influential=row.get("isInfluential") is True,
    )


def _entries(rows: list[Any], side: str) -> Iterator[Reference]:
    return (mention_of(row, side) for row in rows if isinstance(row, dict))


def _list(thing: Paper, name: str) -> list[Any]:
    value = thing.get(name)
    return value if isinstance(value, list) else []


def _issued(paper: Paper, notes: list[Note]) -> Date | None:
    """The whole date where there is one, else the year. They are not always of one year."""
    year = text_of(paper.get("year"))
    whole = read_date(text_of(paper.get("publicationDate")))
    if whole and whole.value:
        if year and not whole.value.startswith(year):
            notes.append(Note("year", year, f"publicationDate says {whole.value}"))
        return whole
    return read_date(year)


def _claim(count: Any) -> CitationClaim | None:
    return (
        CitationClaim(count)
        if isinstance(count, int) and not isinstance(count, bool) and count >= 0
        else None
    )


def _venue(paper: Paper, kinds: list[str]) -> tuple[Journal | None, Book | None, str, str]:
    """Journal or the book it stands in, volume, pages."""
    journal = paper.get("journal")
    journal = journal if isinstance(journal, dict) else {}
    venue = paper.get("publicationVenue")
    venue = venue if isinstance(venue, dict) else {}
    volume, pages = text_of(journal.get("volume")), text_of(journal.get("pages")).replace(" - ", "-")
    own = text_of(venue.get("id"))
    identifiers = (("s2-venue", own),) if own else ()
    named = text_of(venue.get("name")) or text_of(journal.get("name")) or text_of(paper.get("venue"))
    if not named:
        return None, None, volume, pages
    if venue.get("type") == "conference" or (not venue and not _IN_BOOKS.isdisjoint(kinds)):
        return None, Book(title=named, identifiers=identifiers), volume, pages
    issns: dict[str, None] = {}
    for text in [venue.get("issn"), *_list(venue, "alternate_issns")]:
        if issn := normalise_issn(text_of(text)):
            issns[issn] = None
    first, *others = [*issns] or [""]
    rest = tuple(("issn", issn) for issn in others)
    return Journal(title=named, issn=first, identifiers=identifiers + rest), None, volume, pages


def _people(authors: list[Any], notes: list[Note]) -> tuple[Contributor, ...]:
    """Authors by their whole names, as the service gives them. One without a name keeps its place."""
    people = []
    for author in authors:
        if not isinstance(author, dict):
            continue
        name = text_of(author.get("name"))
        own = text_of(author.get("authorId"))
        external = author.get("externalIds")
        given = external.get("ORCID") if isinstance(external, dict) else None
        orcid = normalise_orcid(text_of(given[0] if isinstance(given, list) and given else given))
        if not name:
            notes.append(Note("authors", own, "no name"))
        people.append(Contributor(name=name, orcid=orcid, identifiers=(("s2", own),) if own else ()))
    return tuple(people)
