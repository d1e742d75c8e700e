"""The articles of a PubMed file, one by one as bytes, where the file is as plain as PubMed writes it.

To cut the bytes at `<PubmedArticle>` and to parse each article alone costs two thirds of parsing
the file as one stream, and holds one article at a time. It is done only where both give the
same: UTF-8, a bare root element, nothing but blanks between articles; inside them no comment, no
CDATA, no processing instruction, and no fault. At the first thing of another kind the cutting
ends, and the parser for whole files goes on from there. That one is given blanks in place of
the articles that were read, so that every line and column it tells is that of the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from lxml import etree

from pss_kg.errors import DamagedInput

PARSER_OPTIONS: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "remove_comments": True,
    "remove_pis": True,
    "huge_tree": True,  # one field over 10 MB must not end the whole file
}

_START = re.compile(
    rb"""(?:\xef\xbb\xbf)?
    (?:<\?xml\s+version\s*=\s*["']1\.0["'](?:\s+encoding\s*=\s*["'](?:utf-8|UTF-8)["'])?
        (?:\s+standalone\s*=\s*["'](?:yes|no)["'])?\s*\?>)?\s*
    (?:<!DOCTYPE\s+PubmedArticleSet(?:\s+PUBLIC\s+"[^"<>\[&]*"\s+"[^"<>\[&]*")?\s*>)?\s*
    <PubmedArticleSet>\s*(?=<PubmedArticle>)""",
    re.VERBOSE,
)
_OPEN = b"<PubmedArticle>"
_CLOSE = b"</PubmedArticle>"
_BLANK = re.compile(rb"[ \t\r\n]*")
_PIECE = 1 << 18
_BLANKS = 1 << 16


class Article(NamedTuple):
    """One article: its element, the line it starts on, and its size in bytes."""

    element: etree._Element
    line: int
    size: int


class Splitter:
    """Cuts articles off the stream that `read(size)` gives, until it meets what it leaves to others.

    limit: bytes that one article may have
    """

    def __init__(self, read: Callable[[int], bytes], limit: int) -> None:
        self._read = read
        self._limit = limit
        self._parser = etree.XMLParser(**PARSER_OPTIONS)
        self._held = b""
        self._at = 0  # in `_held`: all before it was read
        self._lines = 0  # line breaks of the file before `_at`
        self._column = 0  # characters before `_at` on its line
        self._opening = b""  # what the file has before its first article
        self._failure: Exception | None = None

    def articles(self) -> Iterator[Article]:
        """Every article up to the first thing that is not as plain as it must be."""
        while len(self._held) < _PIECE and self._more():
            pass
        start = _START.match(self._held)
        if start is None:
            return
        self._opening = start[0]
        self._pass(start.end())
        while (piece := self._next()) is not None:
            try:
                element = etree.fromstring(piece, self._parser)
            except etree.XMLSyntaxError:
                return
            yield Article(element, self._lines + 1, len(piece))
            self._pass(self._at + len(piece))
            self._drop()

    @property
    def blanks(self) -> int:
        """How many of the bytes of `rest` stand for what was read, the file's opening included."""
        return len(self._opening) + sum(max(count, 0) for _, count in self._read_so_far())

    def rest(self) -> Iterator[bytes]:
        """What a parser for the whole file is to be given. Raises what reading raised."""
        if self._opening:
            yield self._opening
            for sign, count in self._read_so_far():
                while count > 0:
                    yield sign * min(count, _BLANKS)
                    count -= _BLANKS
        yield self._held[self._at :]
        self._held, self._at = b"", 0
        while self._failure is None and self._more():
            yield self._held
            self._held = b""
        if self._failure is not None:
            raise self._failure

    def _next(self) -> bytes | None:
        """The bytes of the next article; None where something else follows."""
        blank = _BLANK.match(self._held, self._at)
        if blank is None:
            return None
        while blank.end() + len(_OPEN) > len(self._held) and self._more():
            blank = _BLANK.match(self._held, self._at) or blank
        if not self._held.startswith(_OPEN, blank.end()):
            return None
        self._pass(blank.end())
        searched = self._at
        while (end := self._held.find(_CLOSE, searched)) < 0:
            searched = max(self._at, len(self._held) - len(_CLOSE))
            if len(self._held) - self._at > self._limit or not self._more():
                return None
        piece = self._held[self._at : end + len(_CLOSE)]
        return piece if _is_plain(piece) else None

    def _more(self) -> bool:
        try:
            piece = self._read(_PIECE)
        except (DamagedInput, OSError) as error:
            # Kept for the parser that goes on: it comes to it where the bytes do.
            self._failure = error
            return False
        self._held += piece
        return bool(piece)

    def _pass(self, end: int) -> None:
        start = self._at
        if lines := self._held.count(b"\n", start, end):
            self._lines += lines
            self._column = 0
            start = self._held.rfind(b"\n", start, end) + 1
        self._column += len(self._held[start:end].decode("utf-8", "replace"))
        self._at = end

    def _drop(self) -> None:
        if self._at > _PIECE:
            self._held, self._at = self._held[self._at :], 0

    def _read_so_far(self) -> tuple[tuple[bytes, int], tuple[bytes, int]]:
        """The line breaks of what was read since the opening, and the column where it ends."""
        lines, column = self._lines - self._opening.count(b"\n"), self._column
        if not lines:
            column -= len(self._opening[self._opening.rfind(b"\n") + 1 :].decode())
        return (b"\n", lines), (b" ", column)


def _is_plain(piece: bytes) -> bool:
    """No comment, CDATA or processing instruction (a single sign is found faster), no article in it."""
    if (b"!" in piece and b"<!" in piece) or (b"?" in piece and b"<?" in piece):
        return False
    return piece.find(_OPEN, 1) < 0
