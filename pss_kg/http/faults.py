"""What can go wrong with one try, whether another can help, and what a reader can do about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from pss_kg.errors import ServiceError
from pss_kg.http.asking import Access, Request
from pss_kg.http.settings import variable

AGAIN = (408, 425, 429)  # besides 5xx: statuses by which a server says "later", not "no"
BUSY = (429, 503)
KEPT = "What was received is kept."


class Received(NamedTuple):
    """One whole reply of a server.

    url: what answered, without secrets; headers: as received, names and values
    """

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    url: str

    def header(self, name: str) -> str:
        """The first header of that name (in lower case), "" = there is none."""
        return next((value for known, value in self.headers if known.lower() == name), "")


class Fault(Exception):
    """One try that failed.

    what:  a clause that follows the name of the service: "can't be reached (connection refused)"
    todo:  what the reader can do; again: whether another try can help
    busy:  the service asks to be left alone; `rest` for so many seconds, None = it doesn't say
    away:  there was nobody to ask; where nobody ever answered, a few tries tell it
    most:  tries at most for a fault of this kind, 0 = as many as for any
    """

    def __init__(
        self,
        what: str,
        todo: str = "",
        *,
        again: bool = True,
        busy: bool = False,
        rest: float | None = None,
        away: bool = False,
        most: int = 0,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.todo = todo
        self.again = again
        self.busy = busy
        self.rest = rest
        self.away = away
        self.most = most


def failure(access: Access, url: str, fault: Fault, tries: int) -> ServiceError:
    """The error for people. `url` and the fault's texts hold no secrets."""
    often = f" in {tries} tries" if tries > 1 else ""
    return ServiceError(
        f"{fault.what}{often}.",
        where=f"{access.title}, {url}",
        todo=fault.todo or f"{KEPT} Run the same command again later.",
    )


def judge(access: Access, request: Request, received: Received) -> None:
    """Raises Fault for a status that is no answer to the request."""
    status = received.status
    if 200 <= status < 300 or status in request.absent:
        return
    said = f"HTTP {status} {received.reason}".strip()
    if status in BUSY:
        rest = rest_asked(received)
        what = "too many requests, it says" if status == 429 else "it is overloaded or closed for maintenance"
        raise Fault(f"{what} ({said})", _busy_todo(access), busy=True, rest=rest)
    if status >= 500 or status in AGAIN:
        raise Fault(f"the service has a fault of its own ({said})", rest=rest_asked(received))
    snippet = _snippet(received.body)
    what = f"the service refuses ({said})" + (f': "{snippet}"' if snippet else "")
    raise Fault(what, _refused_todo(access, status), again=False)


def _busy_todo(access: Access) -> str:
    todo = f"{KEPT} Wait some minutes and run the same command again."
    if access.key and access.rate_with_key > access.rate:
        todo += f" With a key in {variable(access.name, 'KEY')} the service allows more."
    return todo


def _refused_todo(access: Access, status: int) -> str:
    if status in (401, 402, 403):
        if access.key:
            return (
                f"Put your key into {variable(access.name, 'KEY')}, or check the one that is there. "
                "Without a fault in the key, the service may have shut out this address."
            )
        return "The service may have shut out this address; PSS_KG_MAILTO tells it whom to write to."
    if status in (404, 410):
        return (
            f"Check the identifier, and {variable(access.name, 'URL')} if it is set; else the service "
            "has moved: see whether there is a newer pss-kg."
        )
    if status in (413, 414):
        return "The request is too long for this service; report it as a fault of pss-kg."
    if status == 407:
        return "The proxy wants a password; check HTTPS_PROXY."
    documented = access.documented or "its documentation"
    return f"The request is wrong for this service. See {documented}, and report it."


def _snippet(body: bytes) -> str:
    """The beginning of what a service says about an error; "" where it is a web page."""
    text = body[:2000].decode("utf-8", "replace").strip()
    if text.startswith("<") and not text.startswith("<?xml"):
        return ""
    text = re.sub(r"<[^>]*>", " ", text)
    text = re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in text)).strip()
    return text if len(text) <= 200 else text[:199] + "…"


def rest_asked(received: Received, now: datetime | None = None) -> float | None:
    """Seconds of rest that a `Retry-After` asks for, given as seconds or a date (RFC 9110, 10.2.3)."""
    said = received.header("retry-after").strip()
    if not said:
        return None
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", said):
        return float(said)
    try:
        until = parsedate_to_datetime(said)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - (now or datetime.now(UTC))).total_seconds())


def stated_limits(headers: Iterable[tuple[str, str]]) -> tuple[float | None, int | None]:
    """(requests a second, requests at once) as Crossref states them in each reply, None = unsaid.

    `x-rate-limit-limit: 50`, `x-rate-limit-interval: 1s`, `x-concurrency-limit: 5`. The common
    `x-ratelimit-limit` counts by day at some services and is left alone.
    """
    said: Mapping[str, str] = {name.lower(): value.strip() for name, value in headers}
    limit = re.fullmatch(r"[0-9]{1,9}", said.get("x-rate-limit-limit", ""))
    interval = re.fullmatch(r"([0-9]{1,9})s?", said.get("x-rate-limit-interval", ""))
    places = re.fullmatch(r"[0-9]{1,9}", said.get("x-concurrency-limit", ""))
    rate = int(limit[0]) / int(interval[1]) if limit and interval and int(interval[1]) else None
    return rate or None, int(places[0]) if places else None
