"""One result of Europe PMC, lite or core -> one record.

Format: Europe PMC Articles RESTful API 6.9, `resultType=lite|core`, JSON. Fields that are not
read say how Europe PMC serves the article, or repeat another field; docs/sources.md lists them.
"""

from __future__ import annotations

from typing import Any

from msgspec import convert

from pss_kg.identifiers import normalise_isbn, normalise_issn
from pss_kg.records import Book, CitationClaim, Date, Journal, Note, Publication, Series, Type
from pss_kg.sources.dates import date_of_parts, read_date
from pss_kg.sources.europepmc_content import abstract, chemicals, grants, headings, relations, told
from pss_kg.sources.europepmc_people import people
from pss_kg.sources.europepmc_text import plain
from pss_kg.sources.europepmc_values import SHOWN, Item, identifiers, inside, own_id, text
from pss_kg.sources.pages import read_pages
from pss_kg.sources.pubmed_article import unbracketed

SOURCE = "europepmc"

_RETRACTED = "retracted publication"
_NO_TITLE = frozenset({"not available", "in process citation"})
_PUBLIC_DOMAIN = "https://creativecommons.org/publicdomain/zero/1.0/"

_READ = frozenset(
    """
    id source pmid pmcid doi title authorString authorList investigatorList authorIdList affiliation
    journalInfo journalTitle journalAbbreviation journalVolume journalIssn volume issue pubYear
    pageInfo abstractText language publicationStatus pubModel pubType pubTypeList keywordList
    meshHeadingList chemicalList grantsList commentCorrectionList bookOrReportDetails bookid license
    isOpenAccess citedByCount manuscriptId electronicPublicationDate firstPublicationDate
    dateOfRevision
    """.split()  # noqa: SIM905
)
"""Fields of a result that are read."""

_PASSED_OVER = frozenset(
    """
    citationType luceneScore fullTextIdList fullTextUrlList subsetList dbCrossReferenceList
    tmAccessionTypeList dataLinksTagsList dateOfCreation dateOfCompletion firstIndexDate
    fullTextReceivedDate versionNumber versionList inEPMC inPMC authMan epmcAuthMan nihAuthMan
    embargoDate localJournalId hasBook hasData hasDbCrossReferences hasEvaluations hasLabsLinks
    hasPDF hasReferences hasSuppl hasTMAccessionNumbers hasTextMinedTerms
    """.split()  # noqa: SIM905
)
"""Fields about the service, or that repeat another one."""


def read_result(item: Item) -> Publication | str:
    """The record of a result, or the reason why there is none."""
    source, value = text(item.get("source")).upper(), text(item.get("id"))
    own = own_id(source, value)
    if not own:
        return "a result without its source and id"
    notes: list[Note] = []
    ids = [*identifiers(item, notes)]
    fields: dict[str, Any] = {}
    _title(item, fields, notes, source)
    _journal(item, fields, notes)
    _dates(item, fields, source)
    _book(item, fields, notes, ids)
    _rights(item, fields)
    contributors, whole = people(item, notes)
    if manuscript := text(item.get("manuscriptId")):
        ids.append(("mid", manuscript))
    for key in sorted(item.keys() - _READ - _PASSED_OVER):
        if item[key] not in (None, "", [], {}):
            notes.append(Note(key, told(item[key])[:SHOWN], "no field of the record takes it"))
    if language := text(item.get("language")):
        fields["languages"] = (language,)
    return Publication(
        SOURCE,
        own[1],
        identifiers=tuple(dict.fromkeys(ids)),
        contributors=contributors,
        authors_complete=whole,
        abstract=abstract(item),
        subjects=headings(item),
        keywords=tuple(dict.fromkeys(_texts(item.get("keywordList"), "keyword"))),
        chemicals=chemicals(item),
        grants=grants(item, notes),
        publication_status=text(item.get("publicationStatus")),
        relations=relations(item, notes),
        notes=tuple(notes),
        **fields,
    )


def _texts(value: Any, name: str) -> list[str]:
    return [found for each in inside(value, name) if (found := plain(text(each)))]


def _title(item: Item, fields: dict[str, Any], notes: list[Note], source: str) -> None:
    title = plain(text(item.get("title")))
    if title.startswith("[") and source == "MED":
        inner = unbracketed(title)
        if inner.rstrip(".").lower() in _NO_TITLE:
            title = ""
        elif inner != title:
            title = inner
            fields["title_language"] = "en"
    if title:
        fields["title"] = title
    else:
        notes.append(Note("title", "", "the article has no title"))


def _journal(item: Item, fields: dict[str, Any], notes: list[Note]) -> None:
    """Journal, volume, issue and pages. Lite has one field for both ISSNs, the printed one first,
    and for MEDLINE's journals the abbreviation in place of the title."""
    info = item.get("journalInfo")
    info = info if isinstance(info, dict) else {}
    journal = info.get("journal")
    journal = journal if isinstance(journal, dict) else {}
    name = plain(text(item.get("journalTitle")) or text(item.get("journalAbbreviation")))
    medline = text(item.get("source")).upper() == "MED"
    printed = [part.strip() for part in text(item.get("journalIssn")).split(";") if part.strip()]
    issn = _issn("issn", text(journal.get("issn")) or "".join(printed[:1]), notes)
    eissn = _issn("essn", text(journal.get("essn")) or "".join(printed[1:2]), notes)
    values = {
        "title": plain(text(journal.get("title"))) or ("" if medline else name),
        "abbreviation": plain(text(journal.get("isoabbreviation"))),
        "nlm_abbreviation": plain(text(journal.get("medlineAbbreviation"))) or (name if medline else ""),
        "issn": "" if issn == eissn else issn,
        "eissn": eissn,
        "nlm_id": text(journal.get("nlmid")),
    }
    if any(values.values()):
        fields["journal"] = convert(values, Journal)
    for field, given in (
        ("volume", info.get("volume") or item.get("journalVolume") or item.get("volume")),
        ("issue", info.get("issue") or item.get("issue")),
        ("pages", item.get("pageInfo")),
    ):
        if found := plain(text(given)):
            fields[field] = found
    if pages := fields.get("pages"):
        place = read_pages(pages, text(item.get("pubModel")).startswith("Electronic"))
        fields.update(start_page=place.start, end_page=place.end, article_number=place.article_number)


def _issn(field: str, given: str, notes: list[Note]) -> str:
    issn = normalise_issn(given)
    if given and not issn:
        notes.append(Note(field, given[:SHOWN], "not an ISSN: its form or check digit does not fit"))
    return issn


def _dates(item: Item, fields: dict[str, Any], source: str) -> None:
    """The printed date of the issue, not `printPublicationDate`, which makes a first of January or
    of the month of a year or month alone. A preprint has the day on which it was posted."""
    info = item.get("journalInfo")
    info = info if isinstance(info, dict) else {}
    issue = read_date(text(info.get("dateOfPublication"))) or date_of_parts(
        text(info.get("yearOfPublication")), text(info.get("monthOfPublication"))
    )
    if issue:
        fields["issue_date"] = issue
    electronic = read_date(text(item.get("electronicPublicationDate")))
    if electronic:
        fields["electronic_date"] = electronic
    year = date_of_parts(text(item.get("pubYear")))
    if source == "PPR" or not (year or issue or electronic):
        year = _first_published(item) or year
    if year and not issue:
        fields["issued"] = year
    revised = read_date(text(item.get("dateOfRevision")))
    if revised and len(revised.value) == 10:
        fields["revised"] = revised.value


def _first_published(item: Item) -> Date | None:
    """`firstPublicationDate`, as far as it is not filled up with a first of the month or January."""
    given = text(item.get("firstPublicationDate"))
    return read_date(given.removesuffix("-01").removesuffix("-01"))


def _book(item: Item, fields: dict[str, Any], notes: list[Note], ids: list[tuple[str, str]]) -> None:
    """Types, and the book or the preprint server. What stands in a book is a chapter of it."""
    names = _texts(item.get("pubTypeList"), "pubType") or [
        part for part in (p.strip() for p in text(item.get("pubType")).split(";")) if part
    ]
    details = item.get("bookOrReportDetails")
    details = details if isinstance(details, dict) else {}
    if accession := text(item.get("bookid")):
        ids.append(("bookaccession", accession))
    publisher, edition = plain(text(details.get("publisher"))), plain(text(details.get("edition")))
    whole = plain(text(details.get("comprisingTitle")))
    isbns = []
    for field in ("isbn13", "isbn10", "isbn"):
        given = text(details.get(field))
        if isbn := normalise_isbn(given):
            isbns.append(("isbn", isbn))
        elif given:
            notes.append(Note(field, given[:SHOWN], "not an ISBN: its form or check digit does not fit"))
    series = plain(text(details.get("seriesName")))
    if whole and whole != fields.get("title"):
        names = ["Chapter", *(name for name in names if name.lower() not in ("book", "chapter"))]
        # A living book began long before its chapter; the year is the book's.
        fields["book"] = Book(
            title=whole,
            identifiers=tuple(dict.fromkeys(isbns)),
            date=date_of_parts(text(details.get("yearOfPublication"))),
            publisher=publisher,
            edition=edition,
            series=Series(series) if series else None,
        )
        if first := _first_published(item):
            fields["issued"] = first
    else:
        ids += [pair for pair in dict.fromkeys(isbns) if pair not in ids]
        for field, found in (("publisher", publisher), ("edition", edition)):
            if found:
                fields[field] = found
        if series:
            fields["series"] = Series(series)
    fields["types"] = tuple(Type(name) for name in dict.fromkeys(names))
    if any(name.lower() == _RETRACTED for name in names):
        fields["retracted"] = True


def _rights(item: Item, fields: dict[str, Any]) -> None:
    """`cc by` names no version, so no licence's IRI; CC0 has one version only."""
    if licence := text(item.get("license")):
        fields["licence"] = _PUBLIC_DOMAIN if licence.lower() in ("cc0", "cc 0", "cc-0") else licence
    if text(item.get("isOpenAccess")).upper() == "Y":
        fields["access"] = "open access"
    count = text(item.get("citedByCount"))
    if count.isdecimal():
        fields["claim"] = CitationClaim(int(count))
