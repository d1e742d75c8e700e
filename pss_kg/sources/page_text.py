"""The text of a saved page: decoded, cleaned, cut into lines and sections. Pure, but for reading."""

from __future__ import annotations

import re
from typing import IO, NamedTuple

from pss_kg.errors import DamagedInput
from pss_kg.records import Note
from pss_kg.sources.base import Input

PAGE_LIMIT = 50_000_000
"""Bytes; a page saved as text has some thousands."""

_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060\ufeff\u00ad]")
_MARKUP = re.compile(r"^[#*>\s]+|[*:\s]+$")

HEADINGS = {
    "overview": "overview",
    "article overview": "overview",
    "details": "overview",
    "author": "authors",
    "authors": "authors",
    "affiliation": "affiliations",
    "affiliations": "affiliations",
    "author affiliations": "affiliations",
    "abstract": "abstract",
    "summary": "abstract",
    "keywords": "keywords",
    "key words": "keywords",
    "citing articles": "cited by",
    "cited by": "cited by",
    "cited by articles": "cited by",
    "citing papers": "cited by",
    "references": "references",
    "reference list": "references",
    "bibliography": "references",
    "literature cited": "references",
    "similar articles": "other",
    "related articles": "other",
    "recommended articles": "other",
}
"""A line that is nothing but one of these begins a section."""


class Page(NamedTuple):
    """sections: name -> its lines, blank ones kept as ""; "top" is what stands before the first.
    last:     the section that the page ends in
    damage:   why reading ended early, None if it did not
    ended:    whether the last line was ended by a line break
    """

    sections: dict[str, list[str]]
    last: str
    ended: bool
    notes: list[Note]
    damage: DamagedInput | None


def heading_of(line: str) -> str:
    """The section that a line begins, "" if it begins none."""
    return HEADINGS.get(_MARKUP.sub("", line).lower(), "") if len(line) < 40 else ""


def read_page(stream: IO[bytes], given: Input) -> Page:
    """The page, section by section.

    Raises DamagedInput for NUL bytes, for a page beyond 50 MB, and where nothing precedes damage.
    """
    notes: list[Note] = []
    raw, damage = _bytes(stream, given)
    text = _decoded(raw, given, notes)
    if "\x00" in text:
        number = text.count("\n", 0, text.index("\x00")) + 1
        raise DamagedInput(
            "the page holds NUL bytes, so it is no text.",
            where=f"{given.name}:{number}",
            todo="Save the page again.",
        )
    sections: dict[str, list[str]] = {"top": []}
    name = "top"
    for line in text.splitlines():
        line = clean(line)
        if found := heading_of(line):
            name = found
            sections.setdefault(name, [])
        else:
            sections[name].append(line)
    return Page(sections, name, text.endswith(("\n", "\r")), notes, damage)


def _bytes(stream: IO[bytes], given: Input) -> tuple[bytes, DamagedInput | None]:
    pieces: list[bytes] = []
    size = 0
    try:
        while piece := stream.read(1 << 16):
            pieces.append(piece)
            size += len(piece)
            if size > PAGE_LIMIT:
                raise DamagedInput(
                    f"the page has more than {PAGE_LIMIT} bytes.", where=given.name, todo="Check the file."
                )
    except DamagedInput as error:
        if not pieces or size > PAGE_LIMIT:
            raise
        return b"".join(pieces), error
    except OSError as error:
        raise DamagedInput(
            f"the file can't be read to its end ({error.strerror or error}).",
            where=given.name,
            todo="Check the disk.",
        ) from error
    return b"".join(pieces), None


def _decoded(raw: bytes, given: Input, notes: list[Note]) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.end == len(raw) and len(raw) - error.start < 4:  # cut inside a character
            return raw[: error.start].decode("utf-8-sig")
        notes.append(Note("page", given.name, "not UTF-8; read as Windows-1252"))
        return raw.decode("cp1252", "replace")


def clean(line: str) -> str:
    """One line without invisible characters, every run of blanks one blank."""
    return " ".join(_INVISIBLE.sub("", line).split())


def paragraphs(lines: list[str]) -> list[list[str]]:
    """Runs of lines between blank ones."""
    found: list[list[str]] = []
    open_ = False
    for line in lines:
        if not line:
            open_ = False
        elif open_:
            found[-1].append(line)
        else:
            found.append([line])
            open_ = True
    return found
