"""One PubmedBookArticle element -> one record: a whole book, or a chapter and its book.

Format: NLM, PubMed DTD 250101, BookDocument. A document with an ArticleTitle is a chapter (or a
section of one); without, it is the book itself.
"""

from __future__ import annotations

from typing import Any

from lxml.etree import _Element
from msgspec.structs import replace

from pss_kg.identifiers import normalise_isbn
from pss_kg.records import Book, Contributor, Date, Heading, Publication, Series, Type
from pss_kg.sources.pubmed_article import (
    Handler,
    finish,
    take_article_ids,
    take_authors,
    take_investigators,
    take_language,
    take_pmid,
    take_references,
    take_revised,
    take_status,
    take_title,
    take_vernacular,
    told,
    walk,
)
from pss_kg.sources.pubmed_content import read_abstract, read_grants, read_keywords
from pss_kg.sources.pubmed_draft import Draft, article_id
from pss_kg.sources.pubmed_journal import part_date, read_history, read_pagination
from pss_kg.sources.pubmed_names import read_people
from pss_kg.sources.pubmed_text import flat, loose

BOOK_CODE = "ncbibook"
"""Scheme of a book's name on NCBI Bookshelf (`<BookTitle book="…">`), one for each edition."""

_PART_TITLES = ("ArticleTitle", "VernacularTitle")


def read_book(element: _Element) -> Publication | str:
    """The record of a PubmedBookArticle, or the reason why there is none."""
    draft = Draft()
    chapter = False
    for part in element:
        if part.tag == "BookDocument":
            chapter = any(child.tag in _PART_TITLES and flat(child) for child in part)
            walk(part, draft, _DOCUMENT)
        elif part.tag == "PubmedBookData":
            walk(part, draft, _DATA)
    fields = draft.fields
    pmid = fields.pop("pmid", "")
    if not pmid:
        return "a book article without a PMID"
    book: dict[str, Any] = fields.pop("book", {})
    contributed = fields.pop("contributed", None)
    fields["types"] = (Type("Chapter" if chapter else "Book"), *fields.get("types", ()))
    if "alternative_titles" in fields:
        fields["alternative_titles"] = tuple(fields["alternative_titles"])
    if chapter:
        _as_chapter(draft, book, contributed)
    else:
        _as_book(draft, book, contributed)
    return finish(pmid, draft)


def _as_chapter(draft: Draft, book: dict[str, Any], contributed: Date | None) -> None:
    fields = draft.fields
    date = _span(book)
    # A chapter of a living book is as old as its own contribution, not as the book.
    if contributed:
        fields["issued"] = contributed
    elif date:
        fields["issue_date"] = date
    if values := _values(book):
        contributors = tuple(book.get("contributors", ()))
        fields["book"] = Book(date=date, contributors=contributors, **values)


def _as_book(draft: Draft, book: dict[str, Any], contributed: Date | None) -> None:
    fields = draft.fields
    values = _values(book)
    for scheme, value in values.pop("identifiers", ()):
        draft.identify(scheme, value)
    if date := _span(book):
        fields["issue_date"] = date
    if contributed:
        draft.note(
            "ContributionDate", contributed.value or contributed.text, "a whole book; its own date is used"
        )
    others = (*values.pop("alternative_titles", ()), *fields.get("alternative_titles", ()))
    if others:
        fields["alternative_titles"] = tuple(dict.fromkeys(others))
    if people := book.get("contributors"):
        fields["contributors"] = _each_once([*people, *fields.get("contributors", ())])
    fields.update(values)


def _values(book: dict[str, Any]) -> dict[str, Any]:
    """The fields of the book that a Book and a Publication call by the same name."""
    names = ("title", "identifiers", "publisher", "place", "edition", "volume", "alternative_titles")
    values = {name: book[name] for name in names if book.get(name)}
    for name in ("identifiers", "alternative_titles"):
        if name in values:
            values[name] = tuple(dict.fromkeys(values[name]))
    if series := book.get("series"):
        values["series"] = series
    return values


def _each_once(people: list[Contributor]) -> list[Contributor]:
    return list(dict.fromkeys(people))


def _span(book: dict[str, Any]) -> Date | None:
    """The book's date; the years of one that went on appearing are its text: `1993-2012`, `1993-`."""
    date: Date | None = book.get("date")
    begin: Date | None = book.get("begin")
    end: Date | None = book.get("end")
    if begin is None and end is None:
        return date
    text = f"{begin.value if begin else ''}-{end.value if end else ''}"
    if begin and begin.text:
        text = f"{begin.text}-{end.value if end else ''}"
    return replace(date, text=text) if date else Date(begin.value if begin else "", text)


# Book ------------------------------------------------------------------------------------------


def _book(element: _Element, draft: Draft) -> None:
    draft.fields["book"] = {}
    walk(element, draft, _BOOK)


def _publisher(element: _Element, draft: Draft) -> None:
    for child in element:
        if child.tag == "PublisherName":
            draft.fields["book"]["publisher"] = flat(child)
        elif child.tag == "PublisherLocation":
            draft.fields["book"]["place"] = flat(child)


def _book_title(element: _Element, draft: Draft) -> None:
    book = draft.fields["book"]
    book["title"] = flat(element)
    if code := (element.get("book") or "").strip():
        book.setdefault("identifiers", []).append((BOOK_CODE, code))


def _collection(element: _Element, draft: Draft) -> None:
    title, code = flat(element), (element.get("book") or "").strip()
    if title or code:
        draft.fields["book"]["series"] = Series(title, ((BOOK_CODE, code),) if code else ())


def _isbn(element: _Element, draft: Draft) -> None:
    text = (element.text or "").strip()
    if isbn := normalise_isbn(text):
        draft.fields["book"].setdefault("identifiers", []).append(("isbn", isbn))
    elif text:
        draft.note("Isbn", text, "not an ISBN: its form or check digit does not fit")


def _location_id(element: _Element, draft: Draft) -> None:
    kind, text = element.get("EIdType") or "", element.text or ""
    if element.get("ValidYN") == "N":
        draft.note(f"ELocationID {kind}", text, "marked as not valid; left out")
    elif pair := article_id(kind, text, "ELocationID", draft):
        draft.fields["book"].setdefault("identifiers", []).append(pair)


def _report(element: _Element, draft: Draft) -> None:
    if text := flat(element):
        draft.fields["book"].setdefault("identifiers", []).append(("report", text))


def _book_people(element: _Element, draft: Draft) -> None:
    role = "editor" if element.get("Type") == "editors" else "author"
    if element.tag == "InvestigatorList":
        role = "investigator"
    draft.fields["book"].setdefault("contributors", []).extend(read_people(element, role, draft))


def _volume_title(element: _Element, draft: Draft) -> None:
    if text := flat(element):
        draft.fields["book"].setdefault("alternative_titles", []).append(text)


def _text(name: str) -> Handler:
    def take(element: _Element, draft: Draft) -> None:
        draft.fields["book"][name] = flat(element)

    return take


def _date(name: str) -> Handler:
    def take(element: _Element, draft: Draft) -> None:
        if date := part_date(element):
            draft.fields["book"][name] = date

    return take


# BookDocument ----------------------------------------------------------------------------------


def _contributed(element: _Element, draft: Draft) -> None:
    draft.fields["contributed"] = part_date(element)


def _type(element: _Element, draft: Draft) -> None:
    kind = Type(flat(element), element.get("UI") or "")
    draft.fields["types"] = (*draft.fields.get("types", ()), kind)


def _label(element: _Element, draft: Draft) -> None:
    text = flat(element)
    if "sequence" in draft.fields:
        draft.note("LocationLabel", text, "a second label of its place in the book")
    elif text:
        draft.fields["sequence"] = text


def _sections(element: _Element, draft: Draft) -> None:
    draft.fields["contents"] = tuple(_headings(element, 0))


def _headings(element: _Element, level: int) -> list[Heading]:
    """Sections in order, an inner one a level deeper."""
    headings: list[Heading] = []
    for section in element:
        if section.tag != "Section":
            continue
        title = label = ""
        for child in section:
            if child.tag == "SectionTitle":
                title = flat(child)
            elif child.tag == "LocationLabel":
                kind = child.get("Type") or ""
                label = flat(child) if kind in ("", "chapter") else f"{kind.capitalize()} {flat(child)}"
        if title or label:
            headings.append(Heading(title, label, level))
        headings += _headings(section, level + 1)
    return headings


def _items(element: _Element, draft: Draft) -> None:
    """An ItemList. Synonyms of a chapter's title are titles; nothing else has a field."""
    items = [text for text in map(flat, element) if text]
    if (element.get("ListType") or "").lower().startswith("synonym"):
        draft.fields.setdefault("alternative_titles", []).extend(items)
    elif items:
        draft.note(
            f"ItemList {element.get('ListType') or ''}".strip(),
            loose(element),
            "no field of the record takes it",
        )


_BOOK: dict[str, Handler] = {
    "Publisher": _publisher,
    "BookTitle": _book_title,
    "PubDate": _date("date"),
    "BeginningDate": _date("begin"),
    "EndingDate": _date("end"),
    "AuthorList": _book_people,
    "InvestigatorList": _book_people,
    "Volume": _text("volume"),
    "VolumeTitle": _volume_title,
    "Edition": _text("edition"),
    "CollectionTitle": _collection,
    "Isbn": _isbn,
    "ELocationID": _location_id,
    "Medium": told,
    "ReportNumber": _report,
}
_DOCUMENT: dict[str, Handler] = {
    "PMID": take_pmid,
    "ArticleIdList": take_article_ids,
    "Book": _book,
    "LocationLabel": _label,
    "ArticleTitle": take_title,
    "VernacularTitle": take_vernacular,
    "Pagination": read_pagination,
    "Language": take_language,
    "AuthorList": take_authors,
    "InvestigatorList": take_investigators,
    "PublicationType": _type,
    "Abstract": read_abstract,
    "Sections": _sections,
    "KeywordList": read_keywords,
    "ContributionDate": _contributed,
    "DateRevised": take_revised,
    "GrantList": read_grants,
    "ItemList": _items,
    "ReferenceList": take_references,
}
_DATA: dict[str, Handler] = {
    "History": read_history,
    "PublicationStatus": take_status,
    "ArticleIdList": take_article_ids,
    "ObjectList": told,
}
