"""An article's page, saved as text or HTML: overview, abstract, citing articles, references."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Any

from pss_kg.records import (
    Abstract,
    AbstractSection,
    Note,
    Publication,
    Read,
    Unusable,
)
from pss_kg.sources.base import Input
from pss_kg.sources.formats import decoded, root_of
from pss_kg.sources.page_entries import Entries, read_citing, read_references
from pss_kg.sources.page_html import is_html, lines_of
from pss_kg.sources.page_lines import clean, crumb, heading_of, is_absent, is_crumb, paragraphs
from pss_kg.sources.page_overview import identify, is_field, read_overview
from pss_kg.sources.page_people import read_people
from pss_kg.sources.page_text import Page, read_page

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
_LABEL_ALONE = re.compile(rf"(?:{_LABELS})\s*:?\Z", re.IGNORECASE)
_OTHER_LABEL = re.compile(r"((?:[A-Z][A-Za-z/&'-]*)(?: (?:[A-Za-z/&'-]+)){0,4}):\s+(.*)\Z", re.DOTALL)
_EXCERPT = 2000


class ArticlePage:
    """The source `article-page`."""

    name = "article-page"
    title = "article pages saved as text or HTML"

    def detect(self, head: bytes, name: str) -> bool:
        """Whether this is text or HTML with the headings of such a page.

        Pages of other sites have an abstract and references too; of HTML it must be the overview
        or the trail.
        """
        html = is_html(head)
        if head.startswith((b"%PDF", b"\x89PNG", b"PK\x03\x04", b"{", b"[")) or (root_of(head) and not html):
            return False
        text = decoded(head).replace("\x00", "")
        lines = lines_of(text) if html else [clean(line) for line in text.splitlines()]
        found = {heading_of(line) for line in lines} - {"", "other"}
        crumbs = any(is_crumb(line) for line in [line for line in lines if line][:5])
        labelled = any(is_field(line) for line in lines[:40])
        return (
            ("overview" in found and (crumbs or labelled))
            or (crumbs and len(found) > 0)
            or (len(found) > 2 and not html)
        )

    def read(self, stream: IO[bytes], given: Input) -> Iterator[Read]:
        """The one record of the page; one each, where several pages were saved in one file.

        A page cut in the middle gives its whole entries, with a note. Raises DamagedInput for
        NUL bytes, and behind the record where the stream itself is damaged.
        """
        pages = read_page(stream, given)
        for number, page in enumerate(pages, 1):
            record = _record(page, given)
            if page.damage and isinstance(record, Unusable) and number == 1:
                raise page.damage
            yield record
            if page.damage:
                raise page.damage


def _record(page: Page, given: Input) -> Publication | Unusable:
    notes = page.notes
    fields: dict[str, Any] = {}
    ids: list[tuple[str, str]] = []
    title: list[str] = []
    for line in page.sections["top"]:
        if (pmid := crumb(line)) is not None:
            identify(ids, "pmid", pmid, notes)
        elif line:
            title.append(line)
    overview = page.sections.get("overview", [])
    if page.last == "overview" and not page.ended and overview:
        # Half a number is another number.
        notes.append(Note("Overview", overview.pop(), "the page ends in the middle of this line; left out"))
    read_overview(overview, fields, ids, notes)
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
    if "unknown" in page.sections:
        reason = "a second page whose beginning can't be told; save each page in a file of its own"
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
            where=f"{given.name}:{page.line}",
            field=long[1] if long[0] > given.max_field else "PMID" if text else "title",
            excerpt=every[:_EXCERPT],
        )
    contributors, complete = read_people(page.sections, notes)
    keywords = [part.strip() for part in re.split("[;,\n]", _list(page.sections.get("keywords", [])))]
    own = dict(sorted(ids, key=lambda pair: ("pmid", "doi", "pmcid").index(pair[0])))
    return Publication(
        "article-page",
        own.get("pmid") or own.get("doi") or own["pmcid"],
        identifiers=tuple(sorted(ids, key=lambda pair: ("pmid", "doi", "pmcid").index(pair[0]))),
        title=text,
        contributors=tuple(contributors),
        authors_complete=complete,
        abstract=_abstract(page, notes),
        keywords=tuple(dict.fromkeys(k for k in keywords if k and not is_absent(k))),
        references=tuple(references.whole),
        cited_by=tuple(cited_by.whole),
        notes=tuple(notes),
        **fields,
    )


def _list(lines: list[str]) -> str:
    """A list on several lines: one on each, or, where they have separators, one that is wrapped."""
    filled = [line for line in lines if line]
    return (" " if any(re.search("[;,]", line) for line in filled) else "\n").join(filled)


def _tell_cut(field: str, entries: Entries, notes: list[Note]) -> None:
    if entries.cut:
        notes.append(Note(field, entries.cut, "the page ends in the middle of this entry; left out"))


def _abstract(page: Page, notes: list[Note]) -> Abstract | None:
    sections: list[AbstractSection] = []
    alone = ""
    for paragraph in paragraphs(page.sections.get("abstract", [])):
        for text in _by_label(paragraph):
            if is_absent(text):
                continue
            if _LABEL_ALONE.match(text):
                alone = text.rstrip(": ")
                continue
            if alone:
                sections.append(AbstractSection(text, alone))
                alone = ""
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
        if texts and not _KNOWN_LABEL.match(line) and not _LABEL_ALONE.match(texts[-1]):
            texts[-1] = f"{texts[-1]} {line}"
        else:
            texts.append(line)
    return texts
