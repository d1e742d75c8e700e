"""Entries of an article page's two lists: citing articles, and references. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

from pss_kg.identifiers import NORMALISERS
from pss_kg.records import Note, Reference
from pss_kg.sources.page_lines import paragraphs

_ID = re.compile(r"\b(PMID|PMCID|PMC|DOI)\s*:\s*", re.IGNORECASE)
_ID_TAIL = re.compile(r"(?:^|\s)(?:PMID|PMCID|PMC|DOI)\s*:\s*\S", re.IGNORECASE)
_VIEW = re.compile(r"\s*\bView\s*\Z")
_JOURNAL = re.compile(
    r"(?P<head>.*?[^\s.?!])[.?!]? (?P<year>(?:1[5-9]|20)[0-9]{2})(?P<date>[^;:.]{0,20}); ?(?P<rest>.*)\Z"
)
_YEAR = re.compile(r"(?:\.|,) ((?:1[5-9]|20)[0-9]{2})\b")
_PLACE = re.compile(r"(?P<volume>[^():]*)(?:\((?P<issue>[^()]*)\))?(?:\s*:(?P<pages>.*))?\Z")
_SUFFIX = r"(?: (?:Jr|Sr|2nd|3rd|4th|II|III|IV)\b\.?)?"
_AUTHOR = re.compile(rf"\S.*? [A-Z]{{1,3}}{_SUFFIX}\Z")
_LAST_AUTHOR = re.compile(rf"(\S.*? [A-Z]{{1,3}}{_SUFFIX}|et al\.?) (?=\S)")
_NUMBER = re.compile(r"\[?([0-9]{1,4})[.\]](?:\s+(.*))?\Z")
_LAST_SENTENCE = re.compile(r"(.*[.?!]) (?=\S)(.*)\Z")
_SCHEME = {"pmid": "pmid", "pmcid": "pmcid", "pmc": "pmcid", "doi": "doi"}


class Entries(NamedTuple):
    """The whole entries, and the text of one that the page breaks off in ("" if none)."""

    whole: list[Reference]
    cut: str


class _Place(NamedTuple):
    head: str
    year: str
    volume: str
    issue: str
    pages: str


def identifiers_in(text: str, field: str, notes: list[Note]) -> list[tuple[str, str]]:
    """The identifiers that a line names, `PMID: 1 PMC: 2. DOI: 10.1/x.`, normalised."""
    pairs: list[tuple[str, str]] = []
    parts = _ID.split(text)
    for label, value in zip(parts[1::2], parts[2::2], strict=False):
        scheme = _SCHEME[label.lower()]
        printed = _VIEW.sub("", value).strip()
        word = printed.split(" ", 1)[0] if scheme != "doi" else printed
        if normal := NORMALISERS[scheme](word.rstrip(".,;")):
            if (scheme, normal) not in pairs:
                pairs.append((scheme, normal))
        elif printed.rstrip("."):
            notes.append(Note(field, f"{label}: {printed}", f"not an identifier of the type {scheme}"))
    return pairs


def _place(text: str) -> _Place | None:
    """`Journal. 2010; 100(8):1380-7.` taken apart."""
    match = _JOURNAL.match(text)
    if not match:
        return None
    place = _PLACE.match(match["rest"].strip().rstrip(".").strip())
    if not place:
        return _Place(match["head"], match["year"], "", "", "")
    return _Place(
        match["head"],
        match["year"],
        (place["volume"] or "").strip(),
        (place["issue"] or "").strip(),
        (place["pages"] or "").strip(),
    )


def _without_stop(title: str) -> str:
    return title[:-1].rstrip() if title.endswith(".") and not title.endswith("..") else title


def _authors_and_journal(text: str) -> tuple[str, str]:
    """`Xu R, Wang A Front Psychol` -> authors and journal; ("", "") where they can't be told apart."""
    done = 0
    for segment in text.split(", "):
        if _AUTHOR.match(segment) and " " in segment:
            done += len(segment) + 2
            continue
        match = _LAST_AUTHOR.match(segment)
        if not match:
            break
        end = done + match.end()
        return text[:end].strip(), text[end:].strip()
    return "", ""


def read_citing(lines: list[str], *, last: bool, ended: bool, notes: list[Note]) -> Entries:
    """Citing articles: title, then authors with journal, then identifiers, in paragraphs.

    An entry without identifiers ends at its journal line. Where the page ends here (`last`), an
    entry is whole only if its identifiers end in a full stop and a line break.
    """
    groups: list[list[str]] = []
    state = "new"
    for paragraph in _split_at_identifiers(lines):
        kind = _kind(paragraph)
        if state == "new" or (state == "journal" and kind == "title"):
            groups.append([])
        groups[-1].append(paragraph)
        state = "new" if kind == "ids" else "journal" if kind == "journal" else "title"
    cut = ""
    if groups and last and (state != "new" or not (ended and groups[-1][-1].endswith("."))):
        cut = " ".join(groups.pop())
    return Entries([_citing(group, notes) for group in groups], cut)


def _split_at_identifiers(lines: list[str]) -> list[str]:
    """Paragraphs on one line each; lines of other kinds are parted even without a blank one."""
    found: list[str] = []
    for paragraph in paragraphs(lines):
        text = ""
        for line in paragraph:
            starts = bool(re.match(r"(?:PMID|PMCID|PMC|DOI)\s*:", line, re.IGNORECASE))
            ids_before = bool(re.match(r"(?:PMID|PMCID|PMC|DOI)\s*:", text, re.IGNORECASE))
            if text and (
                (starts and not ids_before)
                or (ids_before and not starts and text.endswith("."))
                or (_is_journal(line) and text.endswith((".", "?", "!")))
            ):
                found.append(text)
                text = line
            else:
                text = f"{text} {line}" if text else line
        found.append(text)
    return found


def _is_journal(text: str) -> bool:
    match = _JOURNAL.match(text)
    return bool(match) and _authors_and_journal(match["head"])[0] != "" if match else False


def _kind(text: str) -> str:
    if re.match(r"(?:PMID|PMCID|PMC|DOI)\s*:", text, re.IGNORECASE):
        return "ids"
    return "journal" if _JOURNAL.match(text) else "title"


def _citing(group: list[str], notes: list[Note]) -> Reference:
    title: list[str] = []
    place: _Place | None = None
    ids: list[tuple[str, str]] = []
    for text in group:
        kind = _kind(text)
        if kind == "ids":
            ids += identifiers_in(text, "Citing Articles", notes)
        elif kind == "journal" and place is None:
            place = _place(text)
        else:
            title.append(text)
    authors, journal = _authors_and_journal(place.head) if place else ("", "")
    text = " ".join(group)
    if place and not authors:
        notes.append(Note("Citing Articles", text, "authors and journal can't be told apart"))
    return Reference(
        text=text,
        identifiers=tuple(dict.fromkeys(ids)),
        title=_without_stop(" ".join(title)),
        authors=authors,
        journal=journal,
        year=place.year if place else "",
        volume=place.volume if place else "",
        issue=place.issue if place else "",
        pages=place.pages if place else "",
    )


def read_references(lines: list[str], *, last: bool, ended: bool, notes: list[Note]) -> Entries:
    """The reference list, each entry behind its number (`1.` on a line of its own, or before the text).

    Where the page ends here (`last`), the last entry is whole if it ends like the others: in
    "View" if those do, else in a full stop.
    """
    entries: list[tuple[str, list[str]]] = []
    numbered = any(_NUMBER.match(line) for line in lines)
    if numbered:
        expected = 0
        for line in lines:
            match = _NUMBER.match(line)
            before = entries[-1][1][-1] if entries and entries[-1][1] else ""
            if match and before.endswith((":", ",", ";")):
                match = None  # "PMC:" and "2. View" below it: a line that was wrapped
            number = int(match[1]) if match else 0
            # A number that does not go on from the last is part of the text: "2010." on a line.
            if match and (
                number == expected + 1 or not entries or (not match[2] and expected < number < 1000)
            ):
                expected = number
                entries.append((match[1], [match[2]] if match[2] else []))
            elif line and entries:
                entries[-1][1].append(line)
    else:
        entries = [("", paragraph) for paragraph in paragraphs(lines)]
    texts = [(label, " ".join(parts)) for label, parts in entries]
    cut = ""
    if texts and last:
        final = texts[-1][1]
        others_view = any(_VIEW.search(text) for _, text in texts[:-1])
        whole = bool(_VIEW.search(final)) or (not others_view and final.endswith(".") and ended)
        if not whole:
            label, text = texts.pop()
            cut = f"{label}. {text}".strip() if label else text
    return Entries([_reference(label, text, notes) for label, text in texts if text], cut)


def _reference(label: str, text: str, notes: list[Note]) -> Reference:
    text = _VIEW.sub("", text).strip()
    tail = _ID_TAIL.search(text)
    body = text[: tail.start()].strip() if tail else text
    ids = identifiers_in(text[tail.start() :], "References", notes) if tail else []
    authors = title = journal = ""
    place = _place(body)
    head = place.head if place else body.rstrip(".")
    if " . " in head:
        authors, _, head = head.partition(" . ")
    elif ". " in head:
        first, _, rest = head.partition(". ")
        if all(_AUTHOR.match(name) or name.startswith("et al") for name in first.split(", ")):
            authors, head = first, rest
    if place and (match := _LAST_SENTENCE.match(head)):
        title, journal = match[1], match[2]
    else:
        title = head
    year = place.year if place else ""
    if not place and (match := _YEAR.search(body)):
        year = match[1]
    return Reference(
        text=text,
        identifiers=tuple(ids),
        title=_without_stop(title.strip()),
        authors=authors.strip(),
        journal=journal.strip(),
        year=year,
        volume=place.volume if place else "",
        issue=place.issue if place else "",
        pages=place.pages if place else "",
        label=label,
    )
