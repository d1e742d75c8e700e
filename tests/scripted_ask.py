"""Asking made-up services: replies by a function, and what was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from pss_kg.errors import ServiceError
from pss_kg.http.asking import BadReply, Reply, Request
from pss_kg.records import Read
from pss_kg.sources.replaying import made

Answer = TypeVar("Answer")


class Scripted:
    """Gives the replies of each (request, time asked); `asked` are the requests, and whether afresh."""

    def __init__(self, answer: Callable[[Request, int], Any]) -> None:
        self.answer = answer
        self.asked: list[tuple[Request, bool]] = []

    def __call__(self, request: Request, read: Callable[[Reply], Answer], *, fresh: bool = False) -> Answer:
        self.asked.append((request, fresh))
        time = sum(1 for other, _ in self.asked if other == request)
        try:
            return read(made(request, self.answer(request, time)))
        except BadReply as error:
            raise ServiceError(error.what, where=request.path) from error


def ids(records: Iterable[Read]) -> list[str]:
    return [record.id for record in records]
