"""One work of Crossref's REST API (JSON) -> Publication.

Format: https://api.crossref.org/swagger-ui/index.html, and the dumps of the same form, whose
older records hold texts where newer ones hold lists.
"""

from __future__ import annotations

from typing import Any

from pss_kg.identifiers import normalise_doi
from pss_kg.records import (
    Abstract,
    Book,
    CitationClaim,
    Identifiers,
    Journal,
    Publication,
    Series,
    Type,
    Unusable,
)
from pss_kg.sources.crossref_content import (
    accession_numbers,
    contributors,
    dates,
    grants,
    licence,
    references,
    relations,
)
from pss_kg.sources.json_values import Draft, names, object_of, objects, text, texts, titles, whole_number
from pss_kg.sources.markup import plain, sections
from pss_kg.sources.pages import Pages, read_pages

SOURCE = "crossref"

_IN_A_BOOK = frozenset(
    {"book-chapter", "book-part", "book-section", "book-track", "reference-entry", "proceedings-article"}
)
_BOOKS = frozenset(
    {"book", "monograph", "edited-book", "reference-book", "book-set", "book-series", "proceedings", "report"}
)
_NO_PAGES = frozenset({"no-no", "n/a", "n/a-n/a", "na", "na-na", "-", "0-0", "no"})

_READ = names(
    """
    DOI PMID PMCID title subtitle short-title original-title type subtype language issued
    published published-print published-online posted accepted created journal-issue
    container-title short-container-title container-title-short ISSN issn-type ISBN isbn-type
    volume issue page article-number edition-number publisher publisher-location author editor
    chair translator abstract subject funder clinical-trial-number license reference
    reference-count references-count update-to updated-by relation is-referenced-by-count
    assertion deposited indexed event
    """
)
# about Crossref's own work, the way to a full text, or said by another field
_PASSED_OVER = names(
    """
    _id URL resource link member prefix score source content-domain update-policy alternative-id
    archive id message-type aliases funding-data free-to-read published-other content-created
    content-updated approved accessed short_url doi-asserted-by version number categories
    project part-number special-numbering component-number group-title reviewed degree
    institution standards-body review proceedings-subject status
    """
)
_KNOWN = _READ | _PASSED_OVER
_TOLD = (
    "group-title",
    "degree",
    "institution",
    "standards-body",
    "review",
    "free-to-read",
    "version",
    "status",
)


def read_work(work: dict[str, Any]) -> Publication | Unusable:
    """The record of a work; Unusable without a DOI."""
    doi = normalise_doi(text(work.get("DOI")))
    all_titles = titles(work.get("title"))
    title = all_titles[0] if all_titles else ""
    if not doi:
        return Unusable(SOURCE, "the record has no DOI", id=text(work.get("DOI")), title=title, field="DOI")
    draft = Draft()
    draft.identify("doi", doi)
    draft.identify("pmid", work.get("PMID"), "PMID")
    draft.identify("pmcid", work.get("PMCID"), "PMCID")
    for subtitle in titles(work.get("subtitle")):
        if subtitle.lower() not in title.lower():
            title = f"{title.rstrip(':')}: {subtitle}" if title else subtitle
    kind = text(work.get("type"))
    issue = text(work.get("issue")) or text(object_of(work.get("journal-issue")).get("issue"))
    printed, pages = _pages(work, draft)
    place = _container(work, kind, draft)
    for field in _TOLD:
        if work.get(field):
            draft.note(field, work[field], "no field for it")
    if subjects := texts(work.get("subject")):
        draft.note("subject", subjects, "categories of the journal, not of the article; left out")
    if event := work.get("event"):
        draft.note("event", event, "no field for it")
    draft.unread(work, _KNOWN)
    abstracts = [section for item in texts_raw(work.get("abstract")) for section in sections(item)]
    originals = titles(work.get("original-title"))
    days = dates(work, draft)
    references(work, draft)
    related = relations(work, draft)
    count = whole_number(work.get("is-referenced-by-count"))
    people = contributors(work, draft)
    funded = grants(work, draft)
    banks = accession_numbers(work, draft)
    return Publication(
        source=SOURCE,
        id=doi,
        identifiers=tuple(draft.identifiers),
        title=title,
        vernacular_title=originals[0] if originals and originals[0] != title else "",
        alternative_titles=tuple(
            each
            for each in dict.fromkeys(all_titles[1:] + titles(work.get("short-title")) + originals[1:])
            if each.lower() not in title.lower()
        ),
        languages=tuple(texts(work.get("language"))),
        types=tuple(Type(name) for name in dict.fromkeys((kind, _subtype(work))) if name),
        journal=place.journal,
        volume=text(work.get("volume")),
        issue=issue,
        pages=printed,
        start_page=pages.start,
        end_page=pages.end,
        article_number=text(work.get("article-number")) or pages.article_number,
        edition=text(work.get("edition-number")),
        publisher="" if place.journal else plain(text(work.get("publisher"))),
        place=text(work.get("publisher-location")),
        book=place.book,
        series=place.series,
        contributors=people,
        abstract=Abstract(sections=tuple(abstracts)) if abstracts else None,
        grants=funded,
        databanks=banks,
        licence=licence(work, draft),
        references=tuple(draft.references),
        relations=related,
        claim=None if count is None else CitationClaim(count),
        notes=tuple(draft.notes),
        **days,
    )


def texts_raw(value: Any) -> list[str]:
    """The texts of a field as they stand, line ends and markup included."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, str) and item.strip()]


def _subtype(work: dict[str, Any]) -> str:
    subtype = text(work.get("subtype"))
    return "" if subtype == "other" else subtype


def _pages(work: dict[str, Any], draft: Draft) -> tuple[str, Pages]:
    printed = text(work.get("page"))
    if printed.lower().replace(" ", "") in _NO_PAGES:
        draft.note("page", printed, "says that there are no pages")
        printed = ""
    return printed, read_pages(printed) if printed else Pages()


class _Place:
    """Where a work stands: a journal, a book, a series."""

    def __init__(self) -> None:
        self.journal: Journal | None = None
        self.book: Book | None = None
        self.series: Series | None = None


def _container(work: dict[str, Any], kind: str, draft: Draft) -> _Place:
    """The journal, the book that a chapter is in, or the series that a book is in.

    Of two container titles of a chapter the first is the series, as Crossref deposits them.
    """
    place = _Place()
    names = titles(work.get("container-title"))
    isbns = _isbns(work, draft)
    if kind in _BOOKS:
        for pair in isbns:
            draft.identifiers[pair] = None
        if names or work.get("ISSN"):
            place.series = Series(title=names[0] if names else "", identifiers=_issns(work, draft)[3])
    elif kind in _IN_A_BOOK or isbns:
        series = None
        if len(names) > 1 or (names and work.get("ISSN")):
            issns = _issns(work, draft)[3]
            series = Series(title=names[0] if len(names) > 1 else "", identifiers=issns)
            series = series if series.title or series.identifiers else None
        if names or isbns:
            place.book = Book(
                title=names[-1] if names else "",
                identifiers=tuple(isbns),
                publisher=plain(text(work.get("publisher"))),
                place=text(work.get("publisher-location")),
                series=series,
            )
    elif names or work.get("ISSN") or work.get("issn-type"):
        printed, electronic, others, _ = _issns(work, draft)
        short = titles(work.get("short-container-title")) or titles(work.get("container-title-short"))
        name = names[0] if names else ""
        place.journal = Journal(
            title=name,
            abbreviation=short[0] if short and short[0] != name else "",
            issn=printed,
            eissn=electronic,
            publisher=plain(text(work.get("publisher"))),
            identifiers=tuple(("issn", issn) for issn in others),
        )
        for more in names[1:]:
            draft.note("container-title", more, "another title of the journal")
    return place


def _isbns(work: dict[str, Any], draft: Draft) -> list[tuple[str, str]]:
    given = [text(item.get("value")) for item in objects(work.get("isbn-type"))] + texts(work.get("ISBN"))
    found: dict[tuple[str, str], None] = {}
    for value in dict.fromkeys(each.rpartition("/")[2] for each in given):
        if normal := draft.normal("isbn", value, "ISBN"):
            found["isbn", normal] = None
    return list(found)


def _issns(work: dict[str, Any], draft: Draft) -> tuple[str, str, list[str], Identifiers]:
    """(print, electronic, others, all). An ISSN whose kind is not said is taken as the print one
    only where it stands alone."""
    printed = electronic = ""
    everything: dict[str, None] = {}
    for item in objects(work.get("issn-type")):
        value = draft.normal("issn", item.get("value"), "ISSN")
        if not value:
            continue
        everything[value] = None
        if item.get("type") == "electronic":
            electronic = electronic or value
        elif item.get("type") == "print":
            printed = printed or value
    told = {text(item.get("value")) for item in objects(work.get("issn-type"))}
    for each in texts(work.get("ISSN")):
        if each not in told and (value := draft.normal("issn", each.rpartition("/")[2], "ISSN")):
            everything[value] = None
    others = [value for value in everything if value not in (printed, electronic)]
    if others and not printed and not electronic and len(others) == 1:
        printed = others.pop()
    return printed, electronic, others, tuple(("issn", value) for value in everything)
