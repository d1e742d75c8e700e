"""Which reply goes wrong, and how.

Every k-th request of a service gets the next fault of the list, each service beginning at another
one. A request that met a fault gets a good reply when it is asked again, so a retry succeeds.
What happens depends on the order in which requests come, and on nothing else.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

KINDS = (
    "429",  # with Retry-After
    "500",
    "repeats",  # a cursor that repeats once
    "503",
    "hang",  # no reply until the connection is closed
    "cut",  # the connection ends in the middle of the body
    "changed",  # a list that is one shorter when its next page is asked for
    "html",  # a web page where JSON or XML was asked for
    "empty",  # a 200 without a body
    "redirect",  # to another host
    "bomb",  # 1 GiB when decompressed
    "error",  # a 200 with an error inside
    "drip",  # the right reply, slowly
)
TWISTS = ("repeats", "changed")
"""Faults that only some requests can meet: each comes once a service, as soon as one does."""


@dataclass
class FaultPlan:
    """every: 0 = no faults. hang, drip: seconds. retry_after: what the 429 says."""

    every: int = 10
    kinds: Sequence[str] = KINDS
    services: Sequence[str] = ()
    hang: float = 1.5
    drip: float = 0.8
    retry_after: int = 1
    met: dict[str, int] = field(default_factory=dict)
    """How often each fault was met."""

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._count: dict[str, int] = {}
        self._drawn: dict[str, int] = {}
        self._owed: dict[str, list[str]] = {}
        self._excused: set[str] = set()

    def draw(self, service: str, request: str) -> str:
        """The fault for this request, "" for none. For a twist, `settle` says whether it came about."""
        if not self.every or not self.kinds or (self.services and service not in self.services):
            return ""
        with self._lock:
            self._count[service] = count = self._count.get(service, 0) + 1
            if request in self._excused:
                self._excused.discard(request)
                return ""
            owed = self._owed.setdefault(service, [k for k in self.kinds if k in TWISTS])
            others = [k for k in self.kinds if k not in TWISTS]
            if count % self.every or not others:
                return owed[0] if owed else ""
            place = self._drawn.get(service, sum(service.encode()))
            self._drawn[service] = place + 1
            return others[place % len(others)]

    def settle(self, service: str, request: str, kind: str, happened: bool) -> None:
        """Note what became of the fault that was drawn."""
        with self._lock:
            owed = self._owed.setdefault(service, [])
            if kind in owed:
                owed.remove(kind)
                if not happened:
                    owed.append(kind)  # another one may fit the next request
            if happened:
                self.met[kind] = self.met.get(kind, 0) + 1
                self._excused.add(request)
