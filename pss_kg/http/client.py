"""The client: an `Ask` over HTTP that keeps every reply, and replays what it has.

A request is answered from raw/ where it can be; else it is sent, within the limits of its host,
again after faults that may pass, and its reply is kept as soon as the source takes it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from threading import Event, Lock
from types import TracebackType
from typing import Literal

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    stop_after_delay,
    stop_any,
)
from tenacity.nap import sleep_using_event
from tenacity.stop import stop_base
from tenacity.wait import wait_exponential_jitter

from pss_kg.errors import ServiceError
from pss_kg.http.archive import Archive, identity
from pss_kg.http.asking import Access, Answer, BadReply, Reply, Request, Stopped
from pss_kg.http.faults import KEPT, Fault, failure, judge
from pss_kg.http.limits import Gate
from pss_kg.http.secrets import NoSecrets
from pss_kg.http.sending import Sender
from pss_kg.http.settings import Manners, Settings, plain
from pss_kg.http.warc import media_type
from pss_kg.http.watch import Watch

Mode = Literal["normal", "offline", "refresh"]

OnReply = Callable[[str, bool, float], None]
"""(name of the access, whether it was replayed, seconds waited for our turn)."""

OnWait = Callable[[str, float], None]
"""(name of the access, seconds) before a rest of a second or more that a service asks for."""

AWAY = 3
"""Tries to reach a host that never answered in this run."""

HOPELESS = 3
"""After so many requests in a row that nothing helped, the next ones to that host get one try each."""


class _Flight:
    """A request that is being sent by one thread while others wait for its reply."""

    def __init__(self) -> None:
        self.landed = Event()
        self.kept = False


class _Host:
    """What is known of one access in this run."""

    def __init__(self, sender: Sender) -> None:
        self.sender = sender
        self.answered = False
        self.failed = 0  # requests in a row that could not be had
        self.closed_until: datetime | None = None
        self.closed: Fault | None = None


class _Enough(stop_base):
    """Stops where nobody is there and nobody ever was, and for faults that few tries tell for good."""

    def __init__(self, host: _Host) -> None:
        self._host = host

    def __call__(self, retry_state: RetryCallState) -> bool:
        fault = retry_state.outcome.exception() if retry_state.outcome else None
        if not isinstance(fault, Fault):
            return False
        most = AWAY if fault.away and not self._host.answered else fault.most
        return bool(most) and retry_state.attempt_number >= most


class Client:
    """Answers requests of sources. A context manager; safe to be called from several threads.

    accesses: name -> access; archive: where replies are kept, open
    mode:     "normal" asks what raw/ has not; "offline" asks nothing; "refresh" asks everything
              once again, conditionally where raw/ has an ETag or a date
    stop:     when it is set, every wait ends at once and callers get Stopped
    """

    def __init__(
        self,
        accesses: Mapping[str, Access] | Iterable[Access],
        settings: Settings,
        archive: Archive,
        *,
        mode: Mode = "normal",
        stop: Event | None = None,
        on_reply: OnReply | None = None,
        on_wait: OnWait | None = None,
        manners: Manners | None = None,
    ) -> None:
        self._archive = archive
        self._mode = mode
        self._stop = stop or Event()
        self._on_reply = on_reply
        self._manners = manners or Manners()
        self._watch = Watch(self._stop)
        self._lock = Lock()
        self._flights: dict[str, _Flight] = {}
        self._received: set[str] = set()  # what was asked in this run
        each = accesses.values() if isinstance(accesses, Mapping) else accesses
        self._hosts = {a.name: _Host(self._sender(a, settings, on_wait)) for a in each}
        self._filter = NoSecrets(host.sender.secrets for host in self._hosts.values())
        self._logger = logging.getLogger("urllib3.connectionpool")
        self._logger.addFilter(self._filter)

    def _sender(self, access: Access, settings: Settings, on_wait: OnWait | None) -> Sender:
        rate, places = limits(access, settings)
        told = None if on_wait is None else lambda seconds: on_wait(access.name, seconds)
        gate = Gate(rate, places, self._stop, told)
        return Sender(access, settings, self._manners, gate, self._watch, self._stop)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; the archive stays open."""
        self._logger.removeFilter(self._filter)
        self._watch.close()
        for host in self._hosts.values():
            host.sender.close()

    def __call__(self, request: Request, read: Callable[[Reply], Answer], *, fresh: bool = False) -> Answer:
        """See `Ask`."""
        host = self._hosts.get(request.access)
        if host is None:
            raise ValueError(f"the client was made without the access {request.access!r}")
        if self._stop.is_set():
            raise Stopped
        if self._mode == "offline":
            return self._offline(host, request, read)
        digest = identity(request)
        if self._may_replay(digest, fresh):
            replayed = self._replay(request, read)
            if replayed is not None:
                return replayed[0]
        while True:
            with self._lock:
                flight = self._flights.get(digest)
                mine = flight is None
                if flight is None:
                    flight = self._flights[digest] = _Flight()
            if not mine:
                flight.landed.wait()
                if flight.kept:
                    replayed = self._replay(request, read)
                    if replayed is not None:
                        return replayed[0]
                continue
            try:
                # Another thread may have had it between our look and our flight.
                if self._may_replay(digest, fresh):
                    replayed = self._replay(request, read)
                    if replayed is not None:
                        return replayed[0]
                answer = self._persist(host, request, read)
                self._received.add(digest)
                flight.kept = True
                return answer
            finally:
                with self._lock:
                    del self._flights[digest]
                flight.landed.set()

    def _may_replay(self, digest: str, fresh: bool) -> bool:
        return not fresh and (self._mode == "normal" or digest in self._received)

    def _replay(self, request: Request, read: Callable[[Reply], Answer]) -> tuple[Answer] | None:
        reply = self._archive.find(request)
        if reply is None:
            return None
        try:
            answer = read(reply)
        except BadReply:  # an older version of the source took it; so ask again
            return None
        self._tell(request, True, 0.0)
        return (answer,)

    def _offline(self, host: _Host, request: Request, read: Callable[[Reply], Answer]) -> Answer:
        where = f"{host.sender.access.title}, {host.sender.public_url(request)}"
        reply = self._archive.find(request)
        if reply is None:
            raise ServiceError("is not in raw/.", where=where, todo="Run without --offline.")
        try:
            answer = read(reply)
        except BadReply as error:
            raise ServiceError(
                f"the reply in raw/ can't be used: {error.what}.", where=where, todo="Run without --offline."
            ) from error
        self._tell(request, True, 0.0)
        return answer

    def _persist(self, host: _Host, request: Request, read: Callable[[Reply], Answer]) -> Answer:
        """Try until there is an answer, or no hope. Raises ServiceError, Stopped."""
        manners = self._manners
        url = host.sender.public_url(request)
        if host.closed and host.closed_until and datetime.now(UTC) < host.closed_until:
            raise failure(host.sender.access, url, host.closed, 1)
        tries = manners.tries if host.failed < HOPELESS else 1
        retrying = Retrying(
            stop=stop_any(stop_after_attempt(tries), stop_after_delay(manners.total_wait), _Enough(host)),
            wait=wait_exponential_jitter(
                multiplier=manners.first_wait, max=manners.longest_wait, jitter=manners.first_wait
            ),
            retry=retry_if_exception(lambda error: isinstance(error, Fault) and error.again),
            sleep=sleep_using_event(self._stop),
            before_sleep=lambda state: self._rest(host, state),
            reraise=True,
        )
        try:
            answer: Answer = retrying(self._once, host, request, read)
        except Fault as fault:
            if fault.again:
                host.failed += 1
            done = retrying.statistics.get("attempt_number", 1)
            raise failure(host.sender.access, url, fault, int(done)) from None
        host.failed = 0
        return answer

    def _rest(self, host: _Host, state: RetryCallState) -> None:
        """A service that asks to be left alone is left alone by all threads."""
        fault = state.outcome.exception() if state.outcome else None
        if isinstance(fault, Fault) and fault.busy and fault.rest is None and state.next_action:
            host.sender.gate.pause(state.next_action.sleep)

    def _once(self, host: _Host, request: Request, read: Callable[[Reply], Answer]) -> Answer:
        """One try. Raises Fault, Stopped."""
        sender = host.sender
        url = sender.public_url(request)
        kept, validators = self._validators(request, url)
        received, waited = sender.send(request, validators)
        host.answered = True
        now = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        if received.status == 304 and kept is not None:
            answer = self._read(kept, read)
            self._tell(request, False, waited)
            return answer
        try:
            judge(sender.access, request, received)
        except Fault as fault:
            if fault.rest is not None:
                self._rest_asked(host, fault)
            raise
        kind = media_type(received.header("content-type"))
        reply = Reply(request, received.status, received.body, now, url, kind)
        answer = self._read(reply, read)
        self._archive.keep(request, reply, received.headers)
        self._tell(request, False, waited)
        return answer

    def _read(self, reply: Reply, read: Callable[[Reply], Answer]) -> Answer:
        try:
            return read(reply)
        except BadReply as error:
            text = self._hosts[reply.request.access].sender.secrets.text(error.what)
            raise Fault(text, again=error.again) from None

    def _validators(self, request: Request, url: str) -> tuple[Reply | None, dict[str, str]]:
        """The reply that a conditional request refers to, and its headers; none where raw/ has nothing,
        or has it from another host, whose ETags mean nothing here."""
        etag, modified = self._archive.validators(request)
        if not etag and not modified:
            return None, {}
        kept = self._archive.find(request)
        if kept is None or kept.url != url:
            return None, {}
        headers = {"If-None-Match": etag, "If-Modified-Since": modified}
        return kept, {name: value for name, value in headers.items() if value}

    def _rest_asked(self, host: _Host, fault: Fault) -> None:
        """All threads rest as long as `Retry-After` says, or give up where that is too long."""
        rest = fault.rest or 0.0
        if rest <= self._manners.longest_retry_after:
            host.sender.gate.pause(rest)
            return
        until = datetime.now(UTC) + timedelta(seconds=min(rest, 10 * 365 * 86400))
        host.closed_until = until
        fault.again = False
        fault.todo = (
            f"It asks to be left alone until {until:%Y-%m-%d %H:%M} UTC. {KEPT} "
            "Run the same command again after that."
        )
        host.closed = fault

    def _tell(self, request: Request, replayed: bool, waited: float) -> None:
        if self._on_reply:
            self._on_reply(request.access, replayed, waited)


def limits(access: Access, settings: Settings) -> tuple[float, int]:
    """(requests a second, requests at once): as documented for one with this key or address.

    A rate of the user's can lower it. Where the user gave the access another URL, it stands
    instead, and 0 means no limit: a mirror of one's own has its own limits.
    """
    name = plain(access.name)
    rate, places = access.rate, access.concurrency
    if settings.mailto:
        rate, places = access.rate_with_contact or rate, access.concurrency_with_contact or places
    if settings.keys.get(name) and access.key:
        rate = access.rate_with_key or rate
    if rate <= 0:
        raise ValueError(f"the access {access.name!r} states no rate")
    wanted = settings.rates.get(name)
    if wanted is not None:
        if name in settings.urls:
            rate = wanted
        elif wanted > 0:
            rate = min(rate, wanted)
    return rate, max(1, places)
