"""Asks that stop, and asks whose replies are spoilt, for the contract of services."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar
from unittest import mock

import msgspec

from pss_kg.errors import ServiceError
from pss_kg.http.asking import BadReply, Reply, Request
from pss_kg.sources.replaying import ReplayAsk

Answer = TypeVar("Answer")

Spoil = Callable[[Reply], bytes | None]
"""A reply -> the body in its place, None where there is none that could be told."""

_PAGE = b"<!DOCTYPE html>\n<html><head><title>One moment</title></head><body>Made up</body></html>"


class Stop(BaseException):
    """Ends a run at its first request. No Exception, so that a service does not catch it."""


class Noting:
    """Keeps the first request, and ends the run."""

    def __init__(self) -> None:
        self.request: Request | None = None

    def __call__(self, request: Request, read: Callable[[Reply], Answer], *, fresh: bool = False) -> Answer:
        self.request = request
        raise Stop


class Spoiling:
    """Answers as ReplayAsk does, but spoils the body of one reply, which is then refused for good."""

    def __init__(self, ask: ReplayAsk, number: int, spoil: Spoil) -> None:
        self._ask = ask
        self._number = number
        self._spoil = spoil
        self._asked = 0
        self.spoilt: bytes | None = None
        self.request: Request | None = None

    def __call__(self, request: Request, read: Callable[[Reply], Answer], *, fresh: bool = False) -> Answer:
        self._asked += 1
        if self._asked != self._number:
            return self._ask(request, read, fresh=fresh)
        reply = self._ask(request, _as_it_is, fresh=fresh)
        body = None if reply.absent else self._spoil(reply)
        if body is None or body == reply.body:
            return read(reply)
        self.spoilt, self.request = body, request
        try:
            return read(msgspec.structs.replace(reply, body=body))
        except BadReply as error:
            raise ServiceError(error.what, where=request.path, todo="Ask again later.") from error


def _as_it_is(reply: Reply) -> Reply:
    return reply


def always(body: bytes, accepted: Sequence[str]) -> Spoil:
    """The same body, in the place of replies of the kinds in `accepted`."""
    return lambda reply: body if reply.request.accept in accepted else None


SPOILT: dict[str, Spoil] = {
    "an empty body": always(b"", ("json", "xml")),
    "blanks": always(b" \n", ("json", "xml")),
    "a web page": always(_PAGE, ("json", "xml", "text")),
    "half of it": lambda reply: (
        reply.body[: len(reply.body) // 2] if reply.request.accept != "text" else None
    ),
    "all but its end": lambda reply: reply.body.rstrip()[:-1] if reply.request.accept != "text" else None,
    "an error in JSON": always(b'{"error": "made up: too many requests"}', ("json",)),
    "null": always(b"null", ("json",)),
    "an empty object": always(b"{}", ("json",)),
    "an error in XML": always(b"<error>made up: too many requests</error>", ("xml",)),
}
"""What a reply may be in the place of what was asked for; None where it can't be told."""


@contextmanager
def no_network() -> Iterator[None]:
    """Raises AssertionError where something opens a connection."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the service opened a connection of its own; it may ask only through `ask`")

    with (
        mock.patch.object(socket.socket, "connect", refuse),
        mock.patch.object(socket.socket, "connect_ex", refuse),
        mock.patch.object(socket, "getaddrinfo", refuse),
    ):
        yield
