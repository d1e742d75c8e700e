"""What was asked of the servers, and what can be said about it."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

PERSONAL = ("api_key", "email", "mailto", "tool")
"""Parameters that say who asks; two requests that differ only there are the same request."""


PLACES = ("cursor", "cursorMark", "page", "offset", "retstart", "page[number]", "page[cursor]")
"""Parameters that say which page of a list."""


@dataclass
class Entry:
    """One request. time, sent: seconds of time.time(); sent 0 = no whole reply went out."""

    service: str
    method: str
    path: str
    params: list[tuple[str, str]]
    body: bytes
    headers: dict[str, str]
    host: str = "main"
    time: float = field(default_factory=time.time)
    status: int = 0
    fault: str = ""
    sent: float = 0.0
    at_once: int = 1
    strange: str = ""

    @property
    def request(self) -> str:
        """The request without who asks."""
        params = sorted(p for p in self.params if p[0] not in PERSONAL)
        body = (
            self.body
            if not self.headers.get("content-type", "").startswith("application/x-www-form")
            else b""
        )
        return f"{self.service} {self.method} {self.path} {params} {body!r}"

    @property
    def list_asked(self) -> str:
        """The list that it asks for a page of."""
        params = sorted(p for p in self.params if p[0] not in (*PERSONAL, *PLACES))
        return f"{self.service} {self.method} {self.path} {params}"

    @property
    def good(self) -> bool:
        """Whether it got what it asked for (a drip is slow, and right)."""
        return bool(self.sent) and self.fault in ("", "drip") and self.status != 429 and self.status < 500


class Log:
    """All requests, in the order in which they came."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._lock = threading.Lock()

    def add(self, entry: Entry) -> None:
        with self._lock:
            self.entries.append(entry)

    def of(self, service: str) -> list[Entry]:
        return [e for e in self.entries if e.service == service]

    def repeated(self) -> list[str]:
        """Requests that got a good reply more than once."""
        counts = Counter(e.request for e in self.entries if e.good)
        return [request for request, count in counts.items() if count > 1]

    def asked_again(self, kills: list[float] = [], within: float = 1.0) -> list[str]:  # noqa: B006
        """Requests asked again after a good reply, unless the asker was killed right after that reply.

        A list that "changed" between two pages is fetched anew, and a repeated cursor may be: the
        pages of such a list do not count.
        """
        excused = {e.list_asked for e in self.entries if e.fault in ("changed", "repeats")}
        finished: dict[str, float] = {}
        again = []
        for entry in self.entries:
            before = finished.get(entry.request)
            if before and entry.list_asked not in excused:
                lost = any(before - within <= kill <= before + within for kill in kills)
                if not lost:
                    again.append(entry.request)
            if entry.good:
                finished[entry.request] = entry.sent
        return again

    def busiest(self, service: str, window: float) -> int:
        """The most requests that came within any `window` seconds."""
        times = sorted(e.time for e in self.of(service) if e.host == "main")
        most = first = 0
        for last, moment in enumerate(times):
            while moment - times[first] >= window:
                first += 1
            most = max(most, last - first + 1)
        return most

    def at_once(self, service: str) -> int:
        """The most requests under way together."""
        return max((e.at_once for e in self.of(service)), default=0)

    def astray(self, keys: Mapping[str, str]) -> list[str]:
        """Where a service's key went to anybody else: another service, or another host."""
        found = []
        for entry in self.entries:
            whole = f"{entry.path} {entry.params} {entry.body!r} {entry.headers}"
            for service, key in keys.items():
                if key in whole and (entry.service != service or entry.host != "main"):
                    found.append(f"the key of {service} went to {entry.service} on the {entry.host} host")
        return found

    def strange(self) -> list[str]:
        """What the real services would not take, or take otherwise."""
        return [f"{e.service}: {e.strange}" for e in self.entries if e.strange]

    def refused(self) -> list[Entry]:
        """Requests at which the service said that the request is wrong (and no fault did)."""
        return [
            e for e in self.entries if 400 <= e.status < 500 and e.status not in (404, 429) and not e.fault
        ]
