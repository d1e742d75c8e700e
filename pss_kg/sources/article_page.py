"""An article's page, saved as text: overview, abstract, citing articles, references."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Any

from pss_kg.identifiers import NORMALISERS
from pss_kg.records import (
    Abstract,
    AbstractSection,
    Affiliation,
    CitationClaim,
    Contributor,
    Journal,
    Note,
    Publication,
    Read,
    Unusable,
)
from pss_kg.sources.base import Input
from pss_kg.sources.dates import read_date
from pss_kg.sources.formats import decoded, root_of
from pss_kg.sources.page_entries import Entries, read_citing, read_references
from pss_kg.sources.page_text import Page, clean, heading_of, paragraphs, read_page
from pss_kg.sources.pages import read_pages

_ABSENT = "soon will be listed here"
_BREADCRUMB = re.compile(
    r"[\s/>»›|•:-]*(?:(?:Home|Search|Articles?)\b[\s/>»›|•:-]*)+(?:PMID\s*:?\s*([0-9]+))?\Z"
    r"|PMID\s*:?\s*([0-9]+)\Z"
)
_FIELD = re.compile(
    r"(Date|Published|Publication date|PMID|PMCID|PMC|DOI|Citations?|Cited by"
    r"|Journal|Publisher|Volume|Issue|Pages)\b"
    r"\s*:?\s*(.*)\Z",
    re.IGNORECASE,
)
_LABELS = (
    "background|introduction|context|importance|rationale|objectives?|aims?|aims? and objectives?|purpose"
    "|goals?|methods?|materials?(?: and |/| & )methods?|patients and methods"
    "|methodology|design|study design|setting"
    "|participants|interventions?|data sources|main outcome measures?|measurements?|results?|findings?"
    "|main results|conclusions?|conclusions? and relevance|interpretation|discussion|limitations?|funding"
    "|significance|implications|trial registration|registration|discussion and conclusions?"
    "|results and conclusions?"
)
_KNOWN_LABEL = re.compile(rf"((?:{_LABELS}))\s*:\s*(.*)\Z", re.IGNORECASE | re.DOTALL)
_OTHER_LABEL = re.compile(r"((?:[A-Z][A-Za-z/&'-]*)(?: (?:[A-Za-z/&'-]+)){0,4}):\s+(.*)\Z", re.DOTALL)
_PERSON = re.compile(r"(?P<family>\S.*?) (?P<initials>[A-Z]{1,3})(?: (?P<suffix>Jr|Sr|2nd|3rd|II|III))?\Z")
_MARKS = re.compile(r"[\s*†‡§]*((?:[0-9]{1,2}(?:[\s,]+|(?![0-9])))*)[*†‡§]*\Z")
_EXCERPT = 2000


class ArticlePage:
    """The source `article-page`."""

    name = "article-page"
    title = "article page saved as text"

    def detect(self, head: bytes, name: str) -> bool:
        """Whether this is text with the headings of such a page."""
        if head.startswith((b"%PDF", b"\x89PNG", b"PK\x03\x04", b"{", b"[")) or root_of(head):
            return False
        lines = [clean(line) for line in decoded(head).replace("\x00", "").splitlines()]
        found = {heading_of(line) for line in lines} - {"", "other"}
        crumbs = any(_crumb(line) for line in lines[:5])
        labelled = sum(bool(_FIELD.match(line)) for line in lines[:40])
        return (
            ("overview" in found and (crumbs or labelled > 0))
            or (crumbs and len(found) > 0)
            or len(found) > 2
        )

    def read(self, stream: IO[bytes], given: Input) -> Iterator[Read]:
        """The one record of the page.

        A page cut in the middle gives its whole entries, with a note. Raises DamagedInput for
        NUL bytes, and behind the record where the stream itself is damaged.
        """
        page = read_page(stream, given)
        record = _record(page, given)
        if page.damage and isinstance(record, Unusable):
            raise page.damage
        yield record
        if page.damage:
            raise page.damage


def _crumb(line: str) -> re.Match[str] | None:
    return _BREADCRUMB.match(line) if line else None


def _record(page: Page, given: Input) -> Publication | Unusable:
    notes = page.notes
    fields: dict[str, Any] = {}
    ids: list[tuple[str, str]] = []
    title: list[str] = []
    for line in page.sections["top"]:
        if match := _crumb(line):
            _identify(ids, "pmid", match[1] or match[2] or "", notes)
        elif line:
            title.append(line)
    overview = page.sections.get("overview", [])
    if page.last == "overview" and not page.ended and overview:
        # Half a number is another number.
        notes.append(Note("Overview", overview.pop(), "the page ends in the middle of this line; left out"))
    _overview(overview, fields, ids, notes)
    cited_by = read_citing(
        page.sections.get("cited by", []), last=page.last == "cited by", ended=page.ended, notes=notes
    )
    references = read_references(
        page.sections.get("references", []), last=page.last == "references", ended=page.ended, notes=notes
    )
    _tell_cut("Citing Articles", cited_by, notes)
    _tell_cut("References", references, notes)
    text = " ".join(title)
    reason = "" if text else "the page has no title"
    if not ids:
        reason = "the page has neither PMID nor DOI" if text else "the page has neither title nor identifier"
    long = max(
        ((len(line), name) for name, lines in page.sections.items() for line in lines), default=(0, "")
    )
    if long[0] > given.max_field:
        reason = f"a line of {long[1]} has {long[0]} characters; the limit is {given.max_field}"
    if reason:
        every = "\n".join(line for lines in page.sections.values() for line in lines if line)
        return Unusable(
            "article-page",
            reason,
            id=ids[0][1] if ids else "",
            title=text[:_EXCERPT],
            where=f"{given.name}:1",
            field=long[1] if long[0] > given.max_field else "PMID" if text else "title",
            excerpt=every[:_EXCERPT],
        )
    contributors, complete = _people(page, notes)
    keywords = [part.strip() for line in page.sections.get("keywords", []) for part in re.split("[;,]", line)]
    own = dict(sorted(ids, key=lambda pair: ("pmid", "doi", "pmcid").index(pair[0])))
    return Publication(
        "article-page",
        own.get("pmid") or own.get("doi") or own["pmcid"],
        identifiers=tuple(sorted(ids, key=lambda pair: ("pmid", "doi", "pmcid").index(pair[0]))),
        title=text,
        contributors=tuple(contributors),
        authors_complete=complete,
        abstract=_abstract(page, notes),
        keywords=tuple(dict.fromkeys(k for k in keywords if k and k.lower().rstrip(".") != _ABSENT)),
        references=tuple(references.whole),
        cited_by=tuple(cited_by.whole),
        notes=tuple(notes),
        **fields,
    )


def _identify(ids: list[tuple[str, str]], scheme: str, text: str, notes: list[Note]) -> None:
    if not text.strip():
        return
    value = NORMALISERS[scheme](text)
    if not value:
        notes.append(Note(scheme.upper(), text, f"not an identifier of the type {scheme}"))
    elif (scheme, value) not in ids:
        if any(known == scheme for known, _ in ids):
            notes.append(Note(scheme.upper(), text, "a second one; the first on the page is kept"))
        else:
            ids.append((scheme, value))


def _tell_cut(field: str, entries: Entries, notes: list[Note]) -> None:
    if entries.cut:
        notes.append(Note(field, entries.cut, "the page ends in the middle of this entry; left out"))


def _overview(
    lines: list[str], fields: dict[str, Any], ids: list[tuple[str, str]], notes: list[Note]
) -> None:
    """`Date 2020 May 2`, `PMID 1`, `Citations 127`: label and value on one line or on two."""
    filled = [line for line in lines if line]
    position = 0
    while position < len(filled):
        line = filled[position]
        position += 1
        match = _FIELD.match(line)
        if not match:
            if place := _journal_line(line):
                fields.update(place)
            elif line.lower().rstrip(".") != _ABSENT:
                notes.append(Note("Overview", line, "a line that is not read"))
            continue
        label, value = match[1].lower(), match[2].strip()
        if not value and position < len(filled) and not _FIELD.match(filled[position]):
            value = filled[position]
            position += 1
        if not value or value.lower().rstrip(".") == _ABSENT:
            continue
        if label in ("pmid", "doi"):
            _identify(ids, label, value, notes)
        elif label in ("pmc", "pmcid"):
            _identify(ids, "pmcid", value, notes)
        elif label in ("citation", "citations", "cited by"):
            digits = value.replace(",", "").replace(" ", "")
            if digits.isascii() and digits.isdecimal() and len(digits) < 10:
                fields["claim"] = CitationClaim(int(digits))
            else:
                notes.append(Note("Citations", value, "not a number"))
        elif label in ("date", "published", "publication date"):
            fields["issued"] = read_date(value)
        elif label == "journal":
            fields.update(_journal_line(value) or {"journal": Journal(title=value.rstrip("."))})
        elif label == "pages":
            fields["pages"] = value
            pages = read_pages(value)
            fields.update(start_page=pages.start, end_page=pages.end, article_number=pages.article_number)
        else:
            fields[label] = value


_JOURNAL_LINE = re.compile(
    r"(?P<journal>[^;]+?)\.? (?P<year>(?:1[5-9]|20)[0-9]{2})[^;]{0,20}; ?(?P<volume>[^():]*)"
    r"(?:\((?P<issue>[^()]*)\))?(?::(?P<pages>[^:]*))?\Z"
)


def _journal_line(line: str) -> dict[str, Any] | None:
    """`JMIR Ment Health. 2020; 7(6):e15572.` as fields, None if it is no such line."""
    match = _JOURNAL_LINE.match(line.rstrip(". "))
    if not match:
        return None
    pages = read_pages(match["pages"] or "")
    return {
        "journal": Journal(abbreviation=match["journal"].strip()),
        "volume": (match["volume"] or "").strip(),
        "issue": (match["issue"] or "").strip(),
        "pages": (match["pages"] or "").strip(),
        "start_page": pages.start,
        "end_page": pages.end,
        "article_number": pages.article_number,
    }


def _abstract(page: Page, notes: list[Note]) -> Abstract | None:
    sections: list[AbstractSection] = []
    for paragraph in paragraphs(page.sections.get("abstract", [])):
        for text in _by_label(paragraph):
            if text.lower().rstrip(".") == _ABSENT:
                continue
            match = _KNOWN_LABEL.match(text) or _OTHER_LABEL.match(text)
            sections.append(AbstractSection(match[2], match[1]) if match else AbstractSection(text))
    if (
        sections
        and page.last == "abstract"
        and not page.ended
        and sections[-1].text[-1:] not in tuple('.?!)]"”')
    ):
        notes.append(Note("Abstract", sections[-1].text[-200:], "the page ends in the middle of this text"))
    return Abstract(tuple(sections)) if sections else None


def _by_label(lines: list[str]) -> list[str]:
    """A paragraph as one text, or as several where a line begins with a known label."""
    texts: list[str] = []
    for line in lines:
        if texts and not _KNOWN_LABEL.match(line):
            texts[-1] = f"{texts[-1]} {line}"
        else:
            texts.append(line)
    return texts


def _people(page: Page, notes: list[Note]) -> tuple[list[Contributor], bool]:
    """Authors with their affiliations by the numbers behind them; False: the page names none."""
    places: dict[str, str] = {}
    for line in page.sections.get("affiliations", []):
        if line and line.lower().rstrip(".") != _ABSENT:
            number = re.match(r"\[?([0-9]{1,2})[.\])]?\s+(.*)\Z", line)
            places[number[1] if number else f"n{len(places)}"] = number[2] if number else line
    people: list[Contributor] = []
    lines = [
        line for line in page.sections.get("authors", []) if line and line.lower().rstrip(".") != _ABSENT
    ]
    linked = False
    for name in re.split(r"(?<![0-9]),\s*|[;\n]\s*|,\s+(?=[^\W\d])", "\n".join(lines)):
        marks = _MARKS.search(name)
        numbers = re.findall("[0-9]+", marks[1]) if marks else []
        plain = (name[: marks.start()] if marks else name).strip(" .,")
        if not plain:
            continue
        mine = tuple(Affiliation(places[n]) for n in numbers if n in places)
        if not numbers and len(places) == 1:
            mine = tuple(Affiliation(text) for text in places.values())
        linked = linked or bool(mine)
        people.append(_person(plain, mine))
    if places and not linked:
        told = "; ".join(places.values())
        notes.append(Note("Affiliations", told, "the page does not say whose they are"))
    return people, bool(people) or "authors" not in page.sections


def _person(name: str, affiliations: tuple[Affiliation, ...]) -> Contributor:
    if match := _PERSON.match(name):
        family, initials, suffix = match["family"], match["initials"], match["suffix"] or ""
        whole = f"{initials} {family} {suffix}".strip()
        return Contributor(whole, family, "", initials, suffix, affiliations=affiliations)
    given, _, family = name.rpartition(" ")
    if given and len(name.split()) < 5:
        return Contributor(name, family, given, affiliations=affiliations)
    return Contributor(name, affiliations=affiliations)
