"""What is asked of a service and what it answers: plain data, without keys.

A source makes `Request`s and hands each, with a function that reads the answer, to an `Ask`.
The `Ask` knows the rest: the base URL, keys, limits, retries, and the replies that stand in
raw/ already. So the same source runs against a service, a mirror, and a replay.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, Protocol, TypeVar

import msgspec

Answer = TypeVar("Answer")

Pairs = tuple[tuple[str, str], ...]
"""(name, value), in the order in which they are sent."""


class Access(msgspec.Struct, frozen=True):
    """How one service is reached, as it documents it.

    name:        as in `PSS_KG_<NAME>_URL` (which replaces `url`) and `PSS_KG_<NAME>_KEY`; lower case
    title:       for people: "Europe PMC"
    url:         the base URL, without a slash at the end
    rate:        requests a second at most, without a key
    concurrency: requests at once at most
    key:         where a key goes: ("param", "api_key"), ("header", "x-api-key") or
                 ("header", "Authorization", "Bearer "), the last part put before the key; () = takes none
    contact:     names of the parameters that take the e-mail address of the one who asks; the
                 User-Agent says it anyway
    documented:  the page that states the limits
    rate_with_contact, concurrency_with_contact: for those who say who they are (0 = the same);
                 the first gives way to `rate_with_key`
    """

    name: str
    title: str
    url: str
    rate: float
    concurrency: int = 1
    rate_with_key: float = 0.0
    key: tuple[str, ...] = ()
    contact: tuple[str, ...] = ()
    tool: str = ""  # name of the parameter that takes the name of the program
    documented: str = ""
    rate_with_contact: float = 0.0
    concurrency_with_contact: int = 0


class Request(msgspec.Struct, frozen=True, omit_defaults=True):
    """One request. Two that are equal are the same request and are never sent twice.

    path:   below the base URL, beginning with a slash, percent-encoded by the source
    params: of the query; keys, e-mail address and tool are added when it is sent
    form:   of a POST with an HTML form; json: the body of a POST as JSON text; else a GET
    absent: statuses by which the service says that it knows no such thing; such a reply is an
            answer, not a failure
    """

    access: str  # Access.name
    path: str
    params: Pairs = ()
    form: Pairs = ()
    json: str = ""
    accept: Literal["json", "xml", "text"] = "json"
    absent: tuple[int, ...] = ()


class Reply(msgspec.Struct, frozen=True):
    """An answer as received, its transfer encodings undone.

    time: when it was received, ISO 8601 in UTC; url: what was asked, without keys
    """

    request: Request
    status: int
    body: bytes
    time: str
    url: str
    media_type: str = ""
    replayed: bool = False

    @property
    def absent(self) -> bool:
        """Whether the service said that it knows no such thing."""
        return self.status in self.request.absent

    def json(self) -> Any:
        """The body as JSON. Raises BadReply for an empty one, HTML, or one that was cut."""
        if not self.body.strip():
            raise BadReply("the reply is empty")
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            if self.body.lstrip()[:1] == b"<":
                raise BadReply("the reply is a web page or XML where JSON was asked for") from error
            raise BadReply(f"the reply is no whole JSON ({error})") from error


class BadReply(Exception):
    """A reply that is not what was asked for. The `Ask` tries again, and then raises ServiceError.

    `again` is False where asking again can't help (the service says that the request is wrong).
    """

    def __init__(self, what: str, *, again: bool = True) -> None:
        super().__init__(what)
        self.what = what
        self.again = again


class Stopped(Exception):
    """Nothing more is asked, because the run is to end. What was received is kept."""


class Ask(Protocol):
    """Gets answers. Safe to be called from several threads."""

    def __call__(self, request: Request, read: Callable[[Reply], Answer], *, fresh: bool = False) -> Answer:
        """What `read` makes of the reply to `request`.

        `read` raises BadReply for a reply that is not what was asked for (an error inside a 200,
        HTML, half a body); then the request is repeated. Only a reply that `read` takes is kept.
        `fresh` passes over what raw/ has: for a list that changed between two of its pages.

        Raises ServiceError (with service, URL without keys, and what to do) when it can't be had,
        Stopped when the run is to end.
        """
        ...
