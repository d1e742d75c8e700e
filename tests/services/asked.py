"""What was asked, what is answered, and how a service refuses: plain data for all services."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

Item = TypeVar("Item")

LONGEST_URL = 4096
"""Path and query in bytes; beyond it every service answers 414."""


@dataclass
class Asked:
    """One request as a service sees it.

    params: of the query and of a POSTed form, in their order; keys is whether a key came with it
    twist:  "changed": the list is one shorter than a moment ago; "repeats": the next cursor is
            the one that was asked with. A service that can do so sets `twisted`.
    """

    method: str
    path: str
    params: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    twist: str = ""
    twisted: bool = False

    def first(self, name: str, default: str = "") -> str:
        return next((value for key, value in self.params if key == name), default)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.params if key == name]

    def names(self) -> list[str]:
        return list(dict.fromkeys(key for key, _ in self.params))


@dataclass
class Answer:
    """A reply before faults and compression."""

    body: bytes
    media: str = "application/json"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class Refused(Exception):
    """The service says no, with its own status and body."""

    def __init__(self, status: int, body: Any, media: str = "application/json") -> None:
        text = body if isinstance(body, str) else json.dumps(body)
        super().__init__(text)
        self.answer = Answer(text.encode(), media, status)


class Strange(Exception):
    """A question that the real service would take and answer otherwise than the asker thinks, or
    that no documentation speaks of. Answered with 400; the log keeps it, and a test fails on it."""


class Service(Protocol):
    """One pretended service."""

    name: str

    @property
    def rate(self) -> float:
        """Requests in any window of `window` seconds, without a key."""
        ...

    @property
    def rate_with_key(self) -> float: ...
    @property
    def window(self) -> float:
        """Seconds."""
        ...

    @property
    def takes_key(self) -> tuple[str, str]:
        """("param", name) or ("header", name); ("", "") = none."""
        ...

    def answer(self, asked: Asked) -> Answer: ...
    def error_inside(self) -> Answer:
        """A 200 that holds an error, as this service words it."""
        ...

    def too_many(self, limit: float) -> Answer:
        """The 429."""
        ...


def as_json(value: Any, media: str = "application/json") -> Answer:
    return Answer(json.dumps(value, ensure_ascii=False).encode(), media)


def whole_number(text: str) -> int | None:
    """A whole number not below 0, or None."""
    return int(text) if text.isascii() and text.isdigit() else None


def window(asked: Asked, items: Sequence[Item], start: int, size: int) -> tuple[list[Item], int]:
    """A page of a list, and how long the list is."""
    if asked.twist == "changed" and start and start < len(items):
        asked.twisted = True
        items = items[1:]
    return list(items[start : start + size]), len(items)


def cursor_for(name: str, start: int) -> str:
    """An opaque cursor with all the characters that must be percent-encoded in a URL."""
    return "~+/" + base64.b64encode(f"{name}|{start}".encode()).decode() + "=="


def cursor_start(name: str, cursor: str, first: str) -> int | None:
    """Where the cursor points; None = no cursor of this list."""
    if cursor == first:
        return 0
    try:
        name_there, _, start = base64.b64decode(cursor[3:-2], validate=True).decode().rpartition("|")
    except ValueError:
        return None
    return int(start) if cursor[:3] == "~+/" and cursor[-2:] == "==" and name_there == name else None


def next_cursor(asked: Asked, name: str, cursor: str, first: str, start: int, more: bool) -> str:
    """The cursor of what comes after `start`."""
    if asked.twist == "repeats" and more and cursor != first:
        asked.twisted = True
        return cursor
    return cursor_for(name, start)
