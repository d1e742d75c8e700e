"""An `Ask` that answers from memory, for the tests of services. No network, no waiting."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import msgspec

from pss_kg.errors import ServiceError
from pss_kg.http.asking import BadReply, Reply, Request

Answer = TypeVar("Answer")

Which = Request | Callable[[Request], bool]
"""The request that is answered, or a test that tells which are."""

Body = bytes | str | int | Mapping[str, object] | Sequence[object]
"""What is answered: bytes or text as they stand; a dict or list as JSON; a number is a status
without a body."""

_MEDIA_TYPES = {"json": "application/json", "xml": "application/xml", "text": "text/plain"}
_GOOD = range(200, 300)


class UnexpectedRequest(AssertionError):
    """A request that no reply stands ready for: the test is incomplete, or the service asks wrongly."""


class ReplayAsk:
    """Answers each request with the replies that stand ready for it, in turn; the last one stays.

    Like the real `Ask` it passes over a reply that `read` refuses and takes the next, and raises
    ServiceError where there is no other. `requests` are all that were asked, in order; `refused`
    the requests whose replies `read` refused, with the reason.
    """

    def __init__(self, replies: Sequence[tuple[Which, Body]]) -> None:
        self._replies = list(replies)
        self._used: dict[Request, int] = {}
        self.requests: list[Request] = []
        self.refused: list[tuple[Request, BadReply]] = []

    def __call__(self, request: Request, read: Callable[[Reply], Answer], *, fresh: bool = False) -> Answer:
        """What `read` makes of the reply.

        Raises ServiceError for an error status, and where `read` refuses every reply;
        UnexpectedRequest where none stands ready.
        """
        self.requests.append(request)
        ready = [body for which, body in self._replies if _fits(which, request)]
        if not ready:
            raise UnexpectedRequest(f"no reply stands ready for {request}")
        first = self._used.get(request, 0)
        reason = ""
        for number in range(min(first, len(ready) - 1), len(ready)):
            self._used[request] = number + 1
            reply = made(request, ready[number])
            if reply.status not in _GOOD and not reply.absent:
                reason = f"it answers with status {reply.status}"
                continue
            try:
                return read(reply)
            except BadReply as error:
                self.refused.append((request, error))
                reason = error.what
                if not error.again:
                    break
        raise ServiceError(f"{reason}.", where=f"{request.access}: {request.path}", todo="Mend the replies.")


def made(request: Request, body: Body) -> Reply:
    """A reply to `request` at a fixed time. The body is of `Body`'s kinds."""
    status = body if isinstance(body, int) else 200
    if isinstance(body, int):
        content = b""
    elif isinstance(body, str):
        content = body.encode()
    else:
        content = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return Reply(
        request,
        status,
        content,
        "2020-01-01T00:00:00Z",
        f"https://{request.access}.example{request.path}",
        _MEDIA_TYPES[request.accept],
    )


def below(path: str) -> Callable[[Request], bool]:
    """A test for requests whose path begins with `path`."""
    return lambda request: request.path.startswith(path)


def _fits(which: Which, request: Request) -> bool:
    return which == request if isinstance(which, Request) else which(request)
