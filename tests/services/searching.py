"""Search expressions of the services: AND, OR, NOT, brackets, fields before (doi:x) or behind (x[doi]).

A bare word is looked for in titles. Grown for tests: what it does not understand is an error,
never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

Look = Callable[[str, str], "set[int]"]
"""(field, value) -> numbers of publications. Raises BadSearch for an unknown field."""

TOKEN = re.compile(
    r"""\s*(?:
        (?P<open>\() | (?P<close>\))
      | (?P<field>[A-Za-z_][\w.\\/-]*):(?=["(\[{\S])
      | (?P<range>[\[{][^\]}]*\ TO\ [^\]}]*[\]}])
      | "(?P<quoted>(?:[^"\\]|\\.)*)"
      | (?P<word>[^\s()"]+)
    )(?P<suffix>\[[A-Za-z .\-/]+\])?""",
    re.VERBOSE,
)


class BadSearch(ValueError):
    """The expression can't be read."""


def tokens(text: str) -> list[tuple[str, str, str]]:
    """(kind, text, field behind it)."""
    found: list[tuple[str, str, str]] = []
    place = 0
    while text[place:].strip():
        match = TOKEN.match(text, place)
        if not match or not match.lastgroup or match.end() == place:
            raise BadSearch(f"unreadable at: {text[place : place + 40]}")
        kind = next(
            k for k in ("open", "close", "field", "range", "quoted", "word") if match.group(k) is not None
        )
        value, suffix = match.group(kind), match.group("suffix") or ""
        if kind == "word" and not suffix and (behind := re.fullmatch(r"(.+?)(\[[A-Za-z .\-/]+\])", value)):
            value, suffix = behind.group(1), behind.group(2)
        if kind in ("quoted", "word"):
            value = re.sub(r"\\(.)", r"\1", value)
        found.append((kind, value, suffix[1:-1]))
        place = match.end()
    return found


class Search:
    """Reads an expression and gives the publications that it finds."""

    def __init__(self, look: Look, every: Iterable[int]) -> None:
        self._look, self._every = look, set(every)
        self._left: list[tuple[str, str, str]] = []

    def __call__(self, text: str) -> set[int]:
        self._left = tokens(text)
        if not self._left:
            raise BadSearch("nothing to search for")
        found = self._any("")
        if self._left:
            raise BadSearch(f"left over: {self._left[0][1]}")
        return found

    def _next(self) -> str:
        kind, value, suffix = self._left[0] if self._left else ("", "", "")
        if kind == "word" and not suffix and value in ("AND", "OR", "NOT"):
            return value
        return kind

    def _any(self, field: str) -> set[int]:
        found = self._all(field)
        while self._next() == "OR":
            self._left.pop(0)
            found = found | self._all(field)
        return found

    def _all(self, field: str) -> set[int]:
        found = self._one(field)
        while self._next() in ("AND", "NOT", "open", "field", "quoted", "word", "range"):
            kind = self._next()
            if kind == "AND":
                self._left.pop(0)
            if self._next() == "NOT":
                self._left.pop(0)
                found = found - self._one(field)
            else:
                found = found & self._one(field)
        return found

    def _one(self, field: str) -> set[int]:
        if not self._left:
            raise BadSearch("it ends too early")
        kind, value, suffix = self._left.pop(0)
        if kind == "open":
            found = self._any(field)
            if not self._left or self._left.pop(0)[0] != "close":
                raise BadSearch("a bracket is not closed")
            return found
        if kind == "field":
            if not self._left:
                raise BadSearch(f"nothing after {value}:")
            return self._one(value)
        if kind == "close" or value in ("AND", "OR"):
            raise BadSearch(f"{value} stands at the wrong place")
        if value == "NOT":
            return self._every - self._one(field)
        return self._look(suffix or field, value)
