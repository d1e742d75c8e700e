"""Page ranges as sources print them -> first page, last page or article number. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple


class Pages(NamedTuple):
    """Where an article stands in its issue; "" = not said."""

    start: str = ""
    end: str = ""
    article_number: str = ""


_RANGE = re.compile(r"([^\s,;–-]+)\s*[–-]\s*([^\s,;–-]+)(?:\s+[A-Za-z.]+)?\Z")
_SINGLE = re.compile(r"[^\s,;–-]+\Z")
_LEADING = re.compile(
    r"(?:suppl?(?:ement)?|spec(?:ial)?|pt|part)\b[^:]*?(?::\s*|\s(?=[0-9]+\s*[–-]))", re.IGNORECASE
)
_NUMBER = re.compile(
    r"(?:e[0-9]+(?:\.[0-9]+)?|CD[0-9]{6}|[0-9]{6,}|[A-Za-z]{2,}[0-9]{3,}|[0-9]+[A-Za-z]+[0-9]+)\Z",
    re.IGNORECASE,
)
_PARTS = re.compile(r"([^0-9]*)([0-9]*)(.*)\Z", re.DOTALL)


@lru_cache(maxsize=8192)
def read_pages(text: str, electronic: bool = False) -> Pages:
    """The pages of a printed range.

    `187-94` is 187 to 194, `E5-14` E5 to E14, `1595-603.e9` 1595 to 1603.e9; of several ranges
    (`3-4, 11`) the first page and the last. A single `e15572` or `CD012625` is an article
    number, and so is any single one of a journal without print (`electronic`). What has no such
    form (`9-9-9`) gives nothing; the printed text remains with the record.
    """
    text = text.strip().rstrip(".;,")
    if match := _LEADING.match(text):
        text = text[match.end() :].strip()
    pieces = [piece.strip() for piece in re.split(r"[,;]", text) if piece.strip()]
    if not pieces:
        return Pages()
    first, last = _piece(pieces[0]), _piece(pieces[-1])
    if first is None or last is None:
        return Pages()
    if len(pieces) == 1 and not first[1]:
        single = first[0]
        if electronic or _NUMBER.match(single):
            return Pages(article_number=single)
        return Pages(start=single)
    return Pages(start=first[0], end=last[1] or last[0])


def _piece(text: str) -> tuple[str, str] | None:
    if match := _RANGE.match(text):
        return match[1], expand(match[1], match[2])
    return (text, "") if _SINGLE.match(text) else None


def expand(start: str, end: str) -> str:
    """The last page in full: `94` behind `187` is 194, `14` behind `E5` is E14."""
    prefix, digits, _ = _split(start)
    own, last, rest = _split(end)
    if not digits or not last or (own and own != prefix):
        return end
    if len(last) < len(digits):
        full = digits[: len(digits) - len(last)] + last
        if int(full) < int(digits):
            return end
        last = full
    return f"{prefix}{last}{rest}"


def _split(page: str) -> tuple[str, str, str]:
    match = _PARTS.match(page)
    return (match[1], match[2], match[3]) if match else ("", "", "")
