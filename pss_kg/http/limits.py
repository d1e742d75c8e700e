"""How often and how many at once one host is asked: one gate for each access, shared by threads."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterator
from threading import Condition, Event, Lock

from pyrate_limiter import GCRA, Rate, RateItem, StateBucket

from pss_kg.http.asking import Stopped

SPARE = 1.1
"""Requests stand this much further apart than the rate asks. A server counts them when they
arrive, and they may arrive up to 0.1 s nearer to each other than they were sent: then it still
never sees more than the rate in any second. The price is a tenth of the rate."""

POLL = 0.1  # seconds between looks at `stop` while all places are taken


class Gate:
    """Lets requests to one host through: evenly spaced, so many at once, none while it is paused.

    `rate` in requests a second, 0 = any number; `on_wait` is told seconds before a pause of one
    second or more.
    """

    def __init__(
        self, rate: float, concurrency: int, stop: Event, on_wait: Callable[[float], None] | None = None
    ) -> None:
        self._documented = (rate, max(1, concurrency))
        self._stop = stop
        self._on_wait = on_wait
        self._turn = Lock()
        self._places = Condition()
        self._busy = 0
        self._concurrency = max(1, concurrency)
        self._paused_until = 0.0
        self._spaced_until = 0.0
        self._rate = rate
        self._bucket = _bucket(rate)

    @contextlib.contextmanager
    def place(self) -> Iterator[None]:
        """Hold one of the places of those who ask at once. Raises Stopped."""
        with self._places:
            while self._busy >= self._concurrency:
                self._check()
                self._places.wait(POLL)
            self._check()
            self._busy += 1
        try:
            yield
        finally:
            with self._places:
                self._busy -= 1
                self._places.notify()

    def pass_through(self) -> float:
        """Wait for the moment at which one more request may be sent; seconds waited. Raises Stopped.

        One thread at a time waits for its moment; the others wait for that thread.
        """
        began = time.monotonic()
        with self._turn:
            while True:
                self._check()
                pause = self._paused_until - time.monotonic()
                if pause > 0:
                    if pause >= 1 and self._on_wait:
                        self._on_wait(pause)
                    self._stop.wait(pause)
                    continue
                bucket = self._bucket
                if bucket is None:
                    break
                space = self._spaced_until - time.monotonic()
                if space > 0:
                    self._stop.wait(space)
                    continue
                item = RateItem("", time.monotonic_ns() // 1_000_000)
                if bucket.put(item):
                    break
                wait = bucket.waiting(item)
                assert isinstance(wait, int)
                self._stop.wait(max(wait, 1) / 1000)
        return time.monotonic() - began

    def pause(self, seconds: float) -> None:
        """Nobody asks this host for so long; a shorter pause doesn't end a longer one."""
        self._paused_until = max(self._paused_until, time.monotonic() + seconds)

    def went_late(self) -> None:
        """A request goes only now, since its connection had to be made first: spacing counts from here.

        Else requests over connections that stand already would arrive too soon after it.
        """
        if self._rate:
            self._spaced_until = max(self._spaced_until, time.monotonic() + SPARE / self._rate)

    def slow_down(self, rate: float | None, concurrency: int | None) -> None:
        """Take over what the service states in a reply, where it is below what it documents."""
        most, places = self._documented
        if rate and rate > 0 and math.isfinite(rate):
            wanted = min(rate, most) if most else rate
            with self._places:
                if wanted != self._rate:
                    # A new bucket does not know when the last request went: its spacing counts from now.
                    self._rate, self._bucket = wanted, _bucket(wanted)
                    self.went_late()
        if concurrency and concurrency > 0:
            with self._places:
                self._concurrency = min(concurrency, places)
                self._places.notify_all()

    def _check(self) -> None:
        if self._stop.is_set():
            raise Stopped


def _bucket(rate: float) -> StateBucket | None:
    """One request an interval and no burst after a rest: what lies idle is not saved up."""
    return StateBucket([Rate(1, math.ceil(SPARE * 1000 / rate), burst=1)], GCRA()) if rate else None
