"""A saved page, text or HTML: decoded, cut into lines, the lines into pages and sections."""

from __future__ import annotations

from typing import IO, NamedTuple

from pss_kg.errors import DamagedInput
from pss_kg.records import Note
from pss_kg.sources.base import Input
from pss_kg.sources.page_html import declared_charset, is_closed, is_html, lines_of, parts_of
from pss_kg.sources.page_lines import begins_page, clean, heading_of

PAGE_LIMIT = 50_000_000
"""Bytes; a page saved as text has some thousands."""

_HEAD = 1 << 16


class Page(NamedTuple):
    """sections: name -> its lines, blank ones kept as ""; "top" is what stands before the first.
    last:     the section that the page ends in, "" where the page is known to be whole
    ended:    whether the last line was ended by a line break
    damage:   why reading ended early, None if it did not
    line:     where in the file the page begins
    """

    sections: dict[str, list[str]]
    last: str
    ended: bool
    notes: list[Note]
    damage: DamagedInput | None
    line: int = 1


def read_page(stream: IO[bytes], given: Input) -> list[Page]:
    """The page, section by section; the pages, where several were saved in one file.

    Text and HTML give the same. Raises DamagedInput for NUL bytes, for a page beyond 50 MB, and
    where nothing precedes damage.
    """
    notes: list[Note] = []
    raw, damage = _bytes(stream, given)
    html = is_html(raw[:_HEAD])
    text = _decoded(raw, given, notes, declared_charset(raw) if html else "")
    if "\x00" in text:
        number = text.count("\n", 0, text.index("\x00")) + 1
        raise DamagedInput(
            "the page holds NUL bytes, so it is no text.",
            where=f"{given.name}:{number}",
            todo="Save the page again.",
        )
    if html:
        pages: list[Page] = []
        for part in parts_of(text):
            whole = is_closed(part) and damage is None
            pages += _pages(lines_of(part), notes, damage, ended=whole, whole=whole)
        return pages
    lines = [clean(line) for line in text.splitlines()]
    return _pages(lines, notes, damage, ended=text.endswith(("\n", "\r")), whole=False)


def _pages(
    lines: list[str], notes: list[Note], damage: DamagedInput | None, *, ended: bool, whole: bool
) -> list[Page]:
    """Lines by page and section. `whole`: nothing can be missing at the end."""
    pages: list[Page] = []
    sections: dict[str, list[str]] = {"top": []}
    name = "top"
    first = 1
    for number, line in enumerate(lines, 1):
        if len(sections) > 1 and begins_page(line):
            # What precedes another page is whole.
            pages.append(Page(sections, "", True, list(notes), None, first))
            sections, name, first = {"top": []}, "top", number
        found = heading_of(line)
        if found and _is_text(line, name, lines, number):
            found = ""
        if found == "overview" and "overview" in sections:
            rest = lines[number - 1 :]
            pages.append(Page(sections, "", True, list(notes), None, first))
            return [*pages, Page({"top": [], "unknown": rest}, "", True, list(notes), damage, number)]
        if found:
            name = found
            sections.setdefault(name, [])
        else:
            sections[name].append(line)
    pages.append(Page(sections, "" if whole else name, ended, list(notes), damage, first))
    return pages


def _is_text(line: str, section: str, lines: list[str], number: int) -> bool:
    """Whether a line that reads like a heading is none: the end of a wrapped sentence, or the
    label of a count (`Cited by`, and `12` below it)."""
    before = lines[number - 2] if number > 1 else ""
    if line[:1].islower() and before and not heading_of(before):
        return True
    if section != "overview" or heading_of(line) != "cited by":
        return False
    after = next((other for other in lines[number:] if other), "")
    return after.replace(",", "").replace(" ", "").isdecimal()


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


def _decoded(raw: bytes, given: Input, notes: list[Note], declared: str) -> str:
    """By the byte order mark, else as declared, else as UTF-8, else as Windows-1252."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    if declared and declared != "utf-8" and not raw.startswith(b"\xef\xbb\xbf"):
        return raw.decode(declared, "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.end == len(raw) and len(raw) - error.start < 4:  # cut inside a character
            return raw[: error.start].decode("utf-8-sig")
        notes.append(Note("page", given.name, "not UTF-8; read as Windows-1252"))
        return raw.decode("cp1252", "replace")
