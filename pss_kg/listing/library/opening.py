"""A file of a reviewer -> its entries; the format is told by the content."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from pss_kg.errors import UnknownFormat, UnreadableInput
from pss_kg.listing.library import documents, tables, tagged
from pss_kg.listing.library.entry import Entry

_RIS = re.compile(r"^[ \t]*TY[ \t]{1,3}-", re.MULTILINE)
_NBIB = re.compile(r"^PMID *- *[0-9]", re.MULTILINE)
_WOS = re.compile(r"^PT [A-Z]\s*$", re.MULTILINE)
_REFER = re.compile(r"^%0 \S", re.MULTILINE)
_BIBTEX = re.compile(r"^[ \t]*@[A-Za-z]+\s*[{(]", re.MULTILINE)
_LINE_END = re.compile(r"\r\n|\r|\n")
_TODO = "Give RIS, NBIB, BibTeX, CSL-JSON, EndNote XML, CSV, or PMIDs and DOIs, one a line."


class Library(msgspec.Struct, frozen=True):
    """`damaged` counts what could not be read, `empty` entries without identifier and title."""

    name: str
    format: str
    entries: list[Entry]
    damaged: int = 0
    empty: int = 0

    def summary(self) -> str:
        """`RIS with 37 entries; 2 could not be read, 1 has neither identifier nor title.`"""
        said = [
            f"{self.format} with {len(self.entries):,} {'entry' if len(self.entries) == 1 else 'entries'}"
        ]
        lost = [f"{self.damaged:,} could not be read"] if self.damaged else []
        if self.empty:
            lost.append(f"{self.empty:,} with neither identifier nor title")
        return "; ".join([*said, ", ".join(lost)] if lost else said) + "."


def read(path: Path) -> Library:
    """The library in a file. Damaged entries are counted, not raised.

    Raises UnreadableInput for a file that is missing or empty, UnknownFormat, and DamagedInput
    for JSON that breaks off.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableInput(
            f"the file can't be read ({error.strerror}).",
            where=str(path),
            todo="Check the name and its permissions.",
        ) from error
    if not content.strip():
        raise UnreadableInput("the file is empty.", where=str(path), todo=_TODO)
    form, entries, damaged = _entries(content, path)
    whole = [entry for entry in entries if not entry.is_empty]
    return Library(path.name, form, whole, damaged, len(entries) - len(whole))


def _entries(content: bytes, path: Path) -> tuple[str, list[Entry], int]:
    text = decode(content)
    start = text.lstrip()[:1]
    if start == "<":
        if b"<record" not in content:
            raise UnknownFormat("this XML has no EndNote records.", where=str(path), todo=_TODO)
        return "EndNote XML", *documents.endnote_xml(content)
    if start in "[{":
        return "CSL-JSON", *documents.csl_json(text, str(path))
    # Only these end a line: a title may hold other characters that Python takes for line ends.
    lines = _LINE_END.split(text)
    for form, mark, reader in (
        ("RIS", _RIS, tagged.ris),
        ("NBIB", _NBIB, tagged.nbib),
        ("Web of Science text", _WOS, tagged.wos),
        ("Refer", _REFER, tagged.refer),
    ):
        if mark.search(text):
            return form, list(reader(lines)), 0
    if _BIBTEX.search(text):
        return "BibTeX", *documents.bibtex(text)
    first = next(n for n, line in enumerate(lines) if line.strip())
    header = tables.header(lines[first])
    if header:
        rows = [f"{line}\n" for line in lines[first:]]
        return "CSV", list(tables.table(rows, header[0])), 0
    found, unread = tables.identifiers(lines)
    if not found or unread > len(found):
        raise UnknownFormat("this is no library in a format that is known.", where=str(path), todo=_TODO)
    return "list", found, unread


def decode(content: bytes) -> str:
    """Text in UTF-8 or UTF-16 with a byte order mark, in UTF-8 without, else as Windows writes it."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
