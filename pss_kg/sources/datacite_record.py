"""One DOI of DataCite (JSON) -> Publication.

Format: DataCite Metadata Schema 4.6 in the JSON of the REST API, alone or as the `attributes`
of a JSON:API object; older spellings (`publication-year`, `rights_list`) are read as well.
"""

from __future__ import annotations

from typing import Any

from pss_kg.identifiers import normalise_doi
from pss_kg.records import Abstract, CitationClaim, Journal, Publication, Type, Unusable
from pss_kg.sources.datacite_content import (
    UNAVAILABLE,
    contributors,
    dates,
    descriptions,
    grants,
    licence,
    organisation_name,
    related,
)
from pss_kg.sources.json_values import Draft, names, object_of, objects, text, texts, whole_number
from pss_kg.sources.markup import plain
from pss_kg.sources.pages import Pages, expand, read_pages

SOURCE = "datacite"

_READ = names(
    """
    id doi identifiers alternateIdentifiers titles title creators creator contributors publisher
    publicationYear dates types subjects rightsList fundingReferences relatedIdentifiers
    relatedItems citationCount container language descriptions updated version
    resourceTypeGeneral resourceType datePublished
    """
)
# DataCite's own work, and counts and lists that others of its fields give
_PASSED_OVER = names(
    """
    prefix suffix url contentUrl metadataVersion schemaVersion source isActive state reason
    created registered published xml viewCount viewsOverTime downloadCount downloadsOverTime
    citationsOverTime partCount partOfCount versionCount versionOfCount referenceCount agency
    providerId clientId provider sizes formats geoLocations landingPage type minted
    resourceTypeId dataCenterId mediaType resourceId
    """
)
_KNOWN = _READ | _PASSED_OVER


def read_doi(given: dict[str, Any]) -> Publication | Unusable:
    """The record of a DOI; Unusable without one."""
    attributes = given.get("attributes")
    record = _current({**given, **attributes} if isinstance(attributes, dict) else given)
    for key in ("attributes", "relationships", "included"):
        record.pop(key, None)
    draft = Draft()
    title, others = _titles(record, draft)
    doi = normalise_doi(text(record.get("doi"))) or normalise_doi(text(record.get("id")))
    if not doi:
        return Unusable(SOURCE, "the record has no DOI", id=text(record.get("id")), title=title, field="doi")
    draft.identify("doi", doi)
    _identifiers(record, draft)
    draft.unread(record, _KNOWN)
    if version := text(record.get("version")):
        draft.note("version", version, "no field for it")
    abstract, other_abstracts = descriptions(record, draft)
    references, cited_by, relations = related(record, draft, doi)
    count = whole_number(record.get("citationCount"))
    container = object_of(record.get("container"))
    journal = _journal(container, record, draft)
    printed, pages = _pages(container)
    publisher = organisation_name(record.get("publisher"))
    if publisher.lower() in UNAVAILABLE:
        draft.note("publisher", publisher, "says that there is none")
        publisher = ""
    return Publication(
        source=SOURCE,
        id=doi,
        identifiers=tuple(draft.identifiers),
        title=title,
        alternative_titles=others,
        languages=tuple(texts(record.get("language"))),
        types=_types(record),
        journal=journal,
        volume=text(container.get("volume")),
        issue=text(container.get("issue")),
        pages=printed,
        start_page=pages.start,
        end_page=pages.end,
        article_number=pages.article_number,
        publisher=publisher,
        contributors=contributors(record, draft),
        abstract=Abstract(sections=abstract) if abstract else None,
        other_abstracts=other_abstracts,
        keywords=_keywords(record),
        grants=grants(record, draft),
        licence=licence(record, draft),
        references=references,
        cited_by=cited_by,
        relations=relations,
        claim=None if count is None else CitationClaim(count),
        **dates(record, draft),
        notes=tuple(draft.notes),
    )


def _current(record: dict[str, Any]) -> dict[str, Any]:
    """The record with today's spelling of its fields."""
    found: dict[str, Any] = {}
    for key, value in record.items():
        head, *tail = key.replace("_", "-").split("-")
        name = head + "".join(part[:1].upper() + part[1:] for part in tail)
        if name not in found or found[name] in (None, "", [], {}):
            found[name] = value
    if isinstance(types := found.get("types"), dict):
        found["types"] = _current(types)
    return found


def _titles(record: dict[str, Any], draft: Draft) -> tuple[str, tuple[str, ...]]:
    """(title with subtitles, others). A title without a type is the title; a second is another."""
    title = ""
    subtitles, others = [], []
    given = objects(record.get("titles")) or [{"title": each} for each in texts(record.get("titles"))]
    for item in given or [{"title": record.get("title")}]:
        words, kind = plain(text(item.get("title"))), text(item.get("titleType"))
        if not words:
            continue
        if words.lower() in UNAVAILABLE:
            draft.note("titles", words, "says that there is none")
        elif not kind and not title:
            title = words
        elif kind == "Subtitle":
            subtitles.append(words)
        else:
            others.append(words)
    if not title and others:
        title = others.pop(0)
    for subtitle in subtitles:
        if subtitle.lower() not in title.lower():
            title = f"{title.rstrip(':')}: {subtitle}" if title else subtitle
    return title, tuple(dict.fromkeys(each for each in others if each != title))


def _identifiers(record: dict[str, Any], draft: Draft) -> None:
    """Alternate identifiers of kinds that we know; the DOI itself stands among them too."""
    for item in objects(record.get("identifiers")) + objects(record.get("alternateIdentifiers")):
        kind = text(item.get("identifierType") or item.get("alternateIdentifierType")).lower()
        value = text(item.get("identifier") or item.get("Identifier") or item.get("alternateIdentifier"))
        if not value or kind in ("doi", "url", "uuid", "handle", "oai"):
            if kind == "doi" and (other := normalise_doi(value)) and ("doi", other) not in draft.identifiers:
                draft.note("identifiers", value, "another DOI than the record's own")
            continue
        if kind in ("pmid", "pmcid", "isbn"):
            draft.identify(kind, value, "identifiers")
        else:
            draft.note("identifiers", f"{kind} {value}", "a kind of identifier that is not read")


def _types(record: dict[str, Any]) -> tuple[Type, ...]:
    types = object_of(record.get("types"))
    general = text(types.get("resourceTypeGeneral")) or text(record.get("resourceTypeGeneral"))
    own = text(types.get("resourceType")) or text(record.get("resourceType"))
    names = [general] + ([plain(own)] if own.replace(" ", "").lower() != general.lower() else [])
    return tuple(Type(name) for name in names if name)


def _keywords(record: dict[str, Any]) -> tuple[str, ...]:
    words = [text(item.get("subject")) for item in objects(record.get("subjects"))]
    return tuple(
        dict.fromkeys(found for each in words or texts(record.get("subjects")) if (found := plain(each)))
    )


def _journal(container: dict[str, Any], record: dict[str, Any], draft: Draft) -> Journal | None:
    """The journal or series that DataCite makes of the related identifiers and descriptions."""
    kind, name = text(container.get("type")), plain(text(container.get("title")))
    issn = ""
    if text(container.get("identifierType")).upper() in ("ISSN", "EISSN", "LISSN"):
        issn = draft.normal("issn", container.get("identifier"), "container ISSN")
    if kind in ("Journal", "Series", "") and (name or issn):
        general = text(object_of(record.get("types")).get("resourceTypeGeneral"))
        if kind == "Journal" or issn or general in ("JournalArticle", "Text"):
            return Journal(title=name, issn=issn)
    if name:
        draft.note("container", f"{kind} {name}".strip(), "no journal")
    return None


def _pages(container: dict[str, Any]) -> tuple[str, Pages]:
    first, last = text(container.get("firstPage")), text(container.get("lastPage"))
    if first and last and first != last:
        return f"{first}-{last}", Pages(start=first, end=expand(first, last))
    return first, read_pages(first) if first else Pages()
