"""How far a walk is: for each service what was asked, what is done and to go, and how fast."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import msgspec

from pss_kg.errors import ServiceError
from pss_kg.harvest.taking import Batch
from pss_kg.sources.service import Service


class Progress(msgspec.Struct, frozen=True):
    """How far one service is. Counts are of identifiers (a search counts as one).

    asked:    to be asked about, as far as is known yet; done + to_go
    done:     answered, the failed ones among them
    to_go:    asked and not done; what answers lead to comes on top
    records:  received
    rate:     done a second, since the service was first asked
    left:     seconds for what is to go, None as long as there is no rate
    given_up: why the service is asked no more, "" if it is
    """

    source: str
    title: str
    level: int
    wanted: str
    asked: int
    done: int
    to_go: int
    failed: int
    records: int
    rate: float
    left: float | None
    given_up: str = ""


class Counting:
    """Counts of a walk, told to a callback."""

    def __init__(self, services: Sequence[Service], tell: Callable[[Progress], None] | None) -> None:
        count = len(services)
        self._services = services
        self._tell = tell
        self._asked, self._done = [0] * count, [0] * count
        self._failed, self._records = [0] * count, [0] * count
        self._since: list[float] = [0.0] * count
        self._wanted = [""] * count
        self._given_up = [""] * count

    def begin(self, batch: Batch) -> None:
        """A batch is to be asked."""
        self._asked[batch.service] += _size(batch)
        self._wanted[batch.service] = batch.wanted
        self._since[batch.service] = self._since[batch.service] or time.monotonic()

    def put_off(self, batch: Batch) -> None:
        """A batch failed and will be asked again in parts."""
        self._asked[batch.service] -= _size(batch)

    def end(self, batch: Batch, level: int, *, failed: bool = False) -> None:
        """A batch is answered, or failed for good."""
        service, size = batch.service, _size(batch)
        self._wanted[service] = batch.wanted
        self._done[service] += size
        self._failed[service] += size if failed else 0
        self._say(service, level)

    def record(self, service: int) -> None:
        """A record was received."""
        self._records[service] += 1

    def give_up(self, service: int, error: ServiceError) -> None:
        """The service is asked no more."""
        self._given_up[service] = str(error)

    def tell(self, level: int) -> None:
        """Tell of every service that something is to be asked of."""
        for service in range(len(self._services)):
            if self._asked[service] > self._done[service]:
                self._say(service, level)

    def _say(self, service: int, level: int) -> None:
        if self._tell is None:
            return
        done, to_go = self._done[service], self._asked[service] - self._done[service]
        passed = time.monotonic() - self._since[service]
        rate = done / passed if done and passed > 0 else 0.0
        self._tell(
            Progress(
                source=self._services[service].name,
                title=self._services[service].title,
                level=level,
                wanted=self._wanted[service],
                asked=self._asked[service],
                done=done,
                to_go=to_go,
                failed=self._failed[service],
                records=self._records[service],
                rate=rate,
                left=to_go / rate if rate else None,
                given_up=self._given_up[service],
            )
        )


def _size(batch: Batch) -> int:
    return len(batch.identifiers) or 1
