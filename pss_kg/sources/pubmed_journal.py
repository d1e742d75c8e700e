"""The journal, issue, dates and pages of a PubMed article."""

from __future__ import annotations

from lxml.etree import _Element
from msgspec import convert

from pss_kg.identifiers import normalise_issn
from pss_kg.records import Date, Journal
from pss_kg.sources.dates import date_of_parts, full_date, read_date
from pss_kg.sources.pages import Pages, expand, read_pages
from pss_kg.sources.pubmed_draft import Draft
from pss_kg.sources.pubmed_text import flat, loose


def read_journal(element: _Element, draft: Draft, journal: dict[str, str]) -> None:
    """A Journal element: titles and ISSN into `journal`, the issue into the draft."""
    for child in element:
        tag = child.tag
        if tag == "JournalIssue":
            for part in child:
                if part.tag == "PubDate":
                    if date := part_date(part):
                        draft.fields["issue_date"] = date
                elif part.tag == "Volume":
                    draft.fields["volume"] = flat(part)
                elif part.tag == "Issue":
                    draft.fields["issue"] = flat(part)
        elif tag == "ISSN":
            key = "issn" if child.get("IssnType") == "Print" else "eissn"
            _issn(journal, key, child, draft)
        elif tag == "Title":
            journal["title"] = flat(child)
        elif tag == "ISOAbbreviation":
            journal["abbreviation"] = flat(child)


def read_journal_info(element: _Element, draft: Draft, journal: dict[str, str]) -> None:
    """A MedlineJournalInfo element."""
    for child in element:
        tag = child.tag
        if tag == "MedlineTA":
            journal["nlm_abbreviation"] = flat(child)
        elif tag == "NlmUniqueID" or tag == "NLMUniqueID":
            journal["nlm_id"] = (child.text or "").strip()
        elif tag == "ISSNLinking":
            _issn(journal, "issnl", child, draft)
        elif tag == "Country":
            journal["country"] = flat(child)


def _issn(journal: dict[str, str], key: str, element: _Element, draft: Draft) -> None:
    text = (element.text or "").strip()
    issn = normalise_issn(text)
    if issn:
        journal[key] = issn
    elif text:
        draft.note(str(element.tag), text, "not an ISSN: its form or check digit does not fit")


def make_journal(journal: dict[str, str]) -> Journal | None:
    """The journal of what was gathered; None of nothing."""
    values = {key: value for key, value in journal.items() if value}
    return convert(values, Journal) if values.keys() - {"country"} else None


def part_date(element: _Element) -> Date | None:
    """The date of an element with Year, Month, Day, Season or MedlineDate."""
    year = month = day = season = ""
    for child in element:
        tag = child.tag
        text = child.text or ""
        if tag == "Year":
            year = text
        elif tag == "Month":
            month = text
        elif tag == "Day":
            day = text
        elif tag == "Season":
            season = text
        elif tag == "MedlineDate":
            return read_date(text)
    return date_of_parts(year, month, day, season)


def whole_date(element: _Element) -> str:
    """`2020-05-02` of an element with Year, Month and Day; "" where that is no whole date."""
    year = month = day = ""
    for child in element:
        tag = child.tag
        if tag == "Year":
            year = child.text or ""
        elif tag == "Month":
            month = child.text or ""
        elif tag == "Day":
            day = child.text or ""
    return full_date(year, month, day)


def read_article_date(element: _Element, draft: Draft) -> None:
    """An ArticleDate; the electronic one is the only kind that PubMed knows."""
    date = part_date(element)
    if (
        date
        and "electronic_date" not in draft.fields
        and (element.get("DateType") or "Electronic") == "Electronic"
    ):
        draft.fields["electronic_date"] = date
    elif date:
        draft.note("ArticleDate", date.value or date.text, "another date than the electronic one")


def read_history(element: _Element, draft: Draft) -> None:
    """Received and accepted of a History; PubMed's own dates of entry are not read."""
    for child in element:
        status = child.get("PubStatus")
        if status == "received" or status == "accepted":
            date = whole_date(child)
            if date:
                draft.fields.setdefault(status, date)
            else:
                draft.note(f"PubMedPubDate {status}", loose(child), "not a whole date")


def read_pagination(element: _Element, draft: Draft) -> None:
    """A Pagination: the printed range, first and last page or the article number."""
    start = end = printed = ""
    for child in element:
        tag = child.tag
        if tag == "MedlinePgn":
            printed = flat(child)
        elif tag == "StartPage":
            start = flat(child)
        elif tag == "EndPage":
            end = flat(child)
    electronic = draft.pub_model.startswith("Electronic")
    if printed:
        pages = read_pages(printed, electronic)
    elif end:
        printed = start if start == end else f"{start}-{end}"
        pages = Pages(start, expand(start, end))
    else:
        printed = start
        pages = read_pages(start, electronic)
    fields = draft.fields
    if printed:
        fields["pages"] = printed
    if pages.article_number:
        fields["article_number"] = pages.article_number
    if pages.start:
        fields["start_page"] = pages.start
    if pages.end:
        fields["end_page"] = pages.end
