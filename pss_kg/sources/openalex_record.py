"""One work of OpenAlex -> Publication.

Format: https://developers.openalex.org/api-reference/works. Fields that OpenAlex renamed
(`grants` to `awards` and `funders`, `type_crossref` to `raw_type`) are read under both names.
"""

from __future__ import annotations

from typing import Any

from pss_kg.identifiers import normalise_openalex
from pss_kg.records import (
    Abstract,
    AbstractSection,
    Book,
    CitationClaim,
    Date,
    Journal,
    Publication,
    Reference,
    Series,
    Type,
    Unusable,
)
from pss_kg.sources.dates import read_date
from pss_kg.sources.json_values import Draft, names, object_of, objects, text, texts, whole_number
from pss_kg.sources.markup import plain
from pss_kg.sources.openalex_content import grants, mesh, people, topics
from pss_kg.sources.pages import Pages, expand, read_pages

SOURCE = "openalex"

_READ = names(
    """
    id ids doi title display_name publication_date publication_year type type_crossref language
    primary_location best_oa_location biblio authorships authors_count is_authors_truncated
    abstract_inverted_index abstract mesh topics keywords grants awards funders open_access
    is_retracted referenced_works cited_by_count updated_date
    """
)
# computed by OpenAlex from the rest, or about its own work
_PASSED_OVER = names(
    """
    related_works locations locations_count primary_topic concepts counts_by_year
    cited_by_api_url ngrams_url corresponding_author_ids corresponding_institution_ids
    countries_distinct_count institutions_distinct_count institution_assertions institutions
    fwci citation_normalized_percentile cited_by_percentile_year created_date indexed_in
    is_paratext is_xpac has_fulltext has_content has_abstract fulltext_origin fulltext
    content_urls content_url apc_list apc_paid datasets versions sustainable_development_goals
    relevance_score is_oa referenced_works_count alternate_host_venues host_venue
    institution_awards citation page score best_open_version updated
    """
)
_KNOWN = _READ | _PASSED_OVER
_MORE_TELLING = frozenset({"proceedings-article", "posted-content", "book-chapter", "report", "dissertation"})


def read_work(work: dict[str, Any]) -> Publication | Unusable:
    """The record of a work; Unusable without an OpenAlex id."""
    ids = object_of(work.get("ids"))
    title = plain(text(work.get("title")) or text(work.get("display_name")))
    own = normalise_openalex(text(work.get("id")) or text(ids.get("openalex")))
    if not own.startswith("W"):
        return Unusable(
            SOURCE,
            "the record has no OpenAlex id of a work",
            id=text(work.get("id")),
            title=title,
            field="id",
        )
    draft = Draft()
    draft.identify("openalex", own)
    draft.identify("doi", work.get("doi") or ids.get("doi"), "doi")
    draft.identify("pmid", ids.get("pmid"), "ids.pmid")
    draft.identify("pmcid", ids.get("pmcid"), "ids.pmcid")
    draft.unread(work, _KNOWN)
    location = object_of(work.get("primary_location"))
    kind = _kind(work, location)
    journal, book, series = _container(location, kind, draft)
    printed, pages = _pages(object_of(work.get("biblio")))
    biblio = object_of(work.get("biblio"))
    abstract = _abstract(work)
    count = whole_number(work.get("cited_by_count"))
    people_of = people(work, draft)
    return Publication(
        source=SOURCE,
        id=own,
        identifiers=tuple(draft.identifiers),
        title=title,
        languages=tuple(texts(work.get("language"))),
        types=(Type(kind),) if kind else (),
        issued=_date(work, draft),
        revised=text(work.get("updated_date"))[:10],
        journal=journal,
        volume=text(biblio.get("volume")),
        issue=text(biblio.get("issue")),
        pages=printed,
        start_page=pages.start,
        end_page=pages.end,
        article_number=pages.article_number,
        publisher=_publisher(location, journal, book),
        book=book,
        series=series,
        contributors=people_of,
        authors_complete=not authors_cut(work),
        abstract=Abstract(sections=(AbstractSection(abstract),)) if abstract else None,
        subjects=(*mesh(work), *topics(work)),
        keywords=tuple(
            dict.fromkeys(
                word
                for item in objects(work.get("keywords"))
                if (word := plain(text(item.get("display_name")) or text(item.get("keyword"))))
            )
        ),
        grants=grants(work, draft),
        licence=_licence(work, location),
        access=text(object_of(work.get("open_access")).get("oa_status")),
        retracted=work.get("is_retracted") is True,
        references=_references(work, draft),
        claim=None if count is None else CitationClaim(count),
        notes=tuple(draft.notes),
    )


def authors_cut(work: dict[str, Any]) -> bool:
    """Whether a list reply left authors out: it gives the first 100 of a work."""
    return work.get("is_authors_truncated") is True


def _kind(work: dict[str, Any], location: dict[str, Any]) -> str:
    """OpenAlex's type; where that only says "article", Crossref's if it says what kind of one."""
    kind = text(work.get("type"))
    crossref = text(work.get("type_crossref")) or text(location.get("raw_type"))
    return crossref if kind == "article" and crossref in _MORE_TELLING else kind


def _date(work: dict[str, Any], draft: Draft) -> Date | None:
    """The date at the precision that can be trusted.

    OpenAlex writes a whole date always: a month without a day is its first day, a year without
    a month its January 1st. So the first of a month is read as the month and January 1st as the
    year, with a note: a day that nobody said is never told.
    """
    given, year = text(work.get("publication_date")), text(work.get("publication_year"))
    date = read_date(given)
    if date is None or not date.value:
        return read_date(year)
    if year and date.value[:4] != year:
        draft.note("publication_year", year, f"differs from the date {given}")
    if date.value.endswith("-01") and len(date.value) == 10:
        january = date.value[4:] == "-01-01"
        meaning = "the year" if january else "the month"
        draft.note(
            "publication_date", given, f"the first day may stand for one that is not known; read as {meaning}"
        )
        return Date(date.value[:4] if january else date.value[:7])
    return date


def _container(
    location: dict[str, Any], kind: str, draft: Draft
) -> tuple[Journal | None, Book | None, Series | None]:
    """Journal, book or series, by the type of the source; a repository is none of them."""
    source = object_of(location.get("source"))
    if not source:
        return None, None, None
    title, sort = plain(text(source.get("display_name"))), text(source.get("type"))
    issns = [found for each in texts(source.get("issn")) if (found := draft.normal("issn", each, "issn"))]
    linking = draft.normal("issn", source.get("issn_l"), "issn_l")
    identifiers = {("issn", issn): None for issn in issns if issn != linking}
    if own := normalise_openalex(text(source.get("id"))):
        identifiers["openalex", own] = None
    publisher = plain(text(source.get("host_organization_name")))
    if sort == "journal":
        return (
            Journal(title=title, issnl=linking, publisher=publisher, identifiers=tuple(identifiers)),
            None,
            None,
        )
    if sort == "book series":
        series = Series(title=title, identifiers=(("issn", linking),) if linking else ())
        return (
            (None, None, series) if kind == "book" else (None, Book(publisher=publisher, series=series), None)
        )
    if sort == "conference":
        return None, Book(title=title, publisher=publisher), None
    if title:
        draft.note("primary_location.source", f"{title} ({sort})", "neither a journal nor a book")
    return None, None, None


def _publisher(location: dict[str, Any], journal: Journal | None, book: Book | None) -> str:
    source = object_of(location.get("source"))
    if journal or book or text(source.get("type")) == "repository":
        return ""
    return plain(text(source.get("host_organization_name")))


def _pages(biblio: dict[str, Any]) -> tuple[str, Pages]:
    first, last = text(biblio.get("first_page")), text(biblio.get("last_page"))
    if not first or not last or first == last:
        printed = first or last
        return printed, read_pages(printed) if printed else Pages()
    return f"{first}-{last}", Pages(start=first, end=expand(first, last))


def _abstract(work: dict[str, Any]) -> str:
    """The abstract put together from its inverted index: word -> places."""
    index = work.get("abstract_inverted_index")
    if isinstance(index, dict):
        words = sorted(
            (place, word)
            for word, places in index.items()
            if isinstance(places, list)
            for place in places
            if isinstance(place, int)
        )
        return plain(" ".join(word for _, word in words))
    return plain(text(work.get("abstract")))


def _licence(work: dict[str, Any], location: dict[str, Any]) -> str:
    """OpenAlex's own IRI of the licence: it does not say of which version of CC BY."""
    for place in (location, object_of(work.get("best_oa_location"))):
        if own := text(place.get("license_id")):
            return own
        if name := text(place.get("license")):
            return f"https://openalex.org/licenses/{name}"
    return ""


def _references(work: dict[str, Any], draft: Draft) -> tuple[Reference, ...]:
    found = []
    for each in texts(work.get("referenced_works")):
        if own := draft.normal("openalex", each, "referenced_works"):
            found.append(Reference(identifiers=(("openalex", own),)))
    return tuple(found)
