"""The walk: what is asked of whom, level by level, until nothing is left to ask.

Always the lowest level with something to ask comes first: its records, with as many rounds as new
identifiers make, then its lists. So a publication that turns out to be nearer than was thought is
asked about as if that had been known from the start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from pss_kg.errors import ServiceError
from pss_kg.harvest.account import account
from pss_kg.harvest.coverage import Failure, Harvest
from pss_kg.harvest.network import ASKED_CITED, ASKED_CITING, DESCRIBED
from pss_kg.harvest.plan import Plan
from pss_kg.harvest.progress import Counting, Progress
from pss_kg.harvest.taking import Batch, Keep, Taking, Wanted
from pss_kg.harvest.workers import Workers
from pss_kg.http.asking import Ask
from pss_kg.records import Read
from pss_kg.sources.service import Service

_MARKS: dict[Wanted, int] = {"record": DESCRIBED, "citing": ASKED_CITING, "references": ASKED_CITED}
_SEARCHED = frozenset({"pubmed", "europepmc"})
"""Whose search syntax a query is in. Others rank by single words, so all they "find" is without end:
they are searched only where the plan names them."""

_SPLITS = 2
"""How often a batch is halved while none of its parts is answered."""

_SILENT, _IN_A_ROW = 3, 10
"""Batches that fail one after the other until a service is given up: one that has never answered,
and one that has."""


class _Family:
    """The parts of one batch; whether one of them was answered."""

    answered = False


class _Part(NamedTuple):
    """A batch, or a half of one that failed: of a family, and how often it was halved."""

    batch: Batch
    family: _Family | None
    generation: int

    @property
    def splits(self) -> bool:
        """Whether halves may fare better: one bad identifier must not lose the others."""
        alive = self.generation < _SPLITS or (self.family is not None and self.family.answered)
        return alive and len(self.batch.identifiers) > 1

    def halves(self) -> tuple[_Part, _Part]:
        family = self.family or _Family()
        identifiers = self.batch.identifiers
        middle = len(identifiers) // 2
        return (
            _Part(self.batch._replace(identifiers=identifiers[:middle]), family, self.generation + 1),
            _Part(self.batch._replace(identifiers=identifiers[middle:]), family, self.generation + 1),
        )


def walk(
    plan: Plan,
    services: Sequence[Service],
    ask: Ask,
    keep: Keep,
    *,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Harvest:
    """Harvest what the plan says.

    services: in the source order; those that `plan.sources` does not name are passed over
    keep:     takes each record with the name of its source, in this thread, in an order that
              depends on the replies alone; no record comes twice
    progress: is told, in this thread, how far each service is
    stop:     is asked several times a second; True ends the walk with KeyboardInterrupt

    A service that fails is no error: the harvest says for what. Any other error ends the walk, so
    does `Stopped` of the `Ask`.
    """
    chosen = [s for s in services if not plan.sources or s.name in plan.sources]
    walking = _Walk(plan, chosen, ask, keep, Counting(chosen, progress), stop)
    try:
        return walking.run()
    finally:
        walking.workers.end()


class _Walk:
    def __init__(
        self,
        plan: Plan,
        services: Sequence[Service],
        ask: Ask,
        keep: Keep,
        counting: Counting,
        stop: Callable[[], bool] | None,
    ) -> None:
        self.plan = plan
        self.services = services
        self.ask = ask
        self.taking = Taking(plan, services, keep)
        self.network = self.taking.network
        self.workers = Workers([service.accesses[0].concurrency for service in services], self._ask_for, stop)
        self.counting = counting
        self.failures: list[Failure] = []
        self.given_up: dict[int, ServiceError] = {}
        self._in_a_row = [0] * len(services)
        self._has_answered = [False] * len(services)

    def run(self) -> Harvest:
        for place, seed in enumerate(self.plan.seeds):
            self.taking.begin(place, seed)
        self._search()
        while (level := min((n for n, nodes in self.network.pending.items() if nodes), default=-1)) >= 0:
            nodes = self._at(level)
            if self._run(self._due(nodes, "record"), level):
                continue
            if sum([self.network.take_hints(node) for node in nodes]):
                continue
            if level < self.network.depth and self._run(
                [
                    *(self._due(nodes, "citing") if self.plan.citing else ()),
                    *(self._due(nodes, "references") if self.plan.references else ()),
                ],
                level,
            ):
                continue
            self.network.pending[level].clear()
        return account(self.plan, self.services, self.taking, self.failures)

    def _search(self) -> None:
        searched = [n for n, service in enumerate(self.services) if service.searches]
        if not self.plan.sources:
            searched = [n for n in searched if self.services[n].name in _SEARCHED] or searched
        batches = [
            Batch(
                number,
                "search",
                query=query._replace(limit=query.limit or self.plan.limit),
                origin=len(self.plan.seeds) + place,
            )
            for place, query in enumerate(self.plan.queries)
            for number in searched
        ]
        self._run(batches, 0)

    def _at(self, level: int) -> list[int]:
        """The nodes of a level about which there may be something to ask, in order; as many as the
        limit allows."""
        network = self.network
        found = {network.nodes.find(number) for number in network.pending[level]}
        nodes = sorted((n for n in found if network.level(n) == level), key=network.nodes.name)
        return [node for node in nodes if self.taking.admit(node)]

    def _due(self, nodes: Sequence[int], wanted: Wanted) -> list[Batch]:
        """What every service is to be asked about these nodes, in its batches.

        By one scheme a round, its best one first: an answer may say that two nodes are one, before
        the service is asked about the same publication by another identifier.
        """
        batches = []
        network, mark = self.network, _MARKS[wanted]
        for number, service in enumerate(self.services):
            size = {"record": service.describes, "citing": service.cites}.get(wanted, service.refers)
            if not size:
                continue
            for scheme in service.schemes:
                due = []
                for node in nodes:
                    if not network.has(mark, node, number) and (
                        value := network.nodes.of_scheme(node, scheme)
                    ):
                        network.set(mark, node, number)
                        due.append((scheme, value))
                if due:
                    batches += [
                        Batch(number, wanted, tuple(due[n : n + size])) for n in range(0, len(due), size)
                    ]
                    break
        return batches

    def _run(self, batches: Iterable[Batch], level: int) -> bool:
        """Ask, and take what comes; halves of what failed too. Whether there was anything to ask."""
        todo = [_Part(batch, None, 0) for batch in batches]
        asked = bool(todo)
        while todo:
            for part in todo:
                self.counting.begin(part.batch)
            self.counting.tell(level)
            follow: list[_Part] = []
            for place, records in self.workers.answers([part.batch for part in todo]):
                part = todo[place]
                service = part.batch.service
                error = self.given_up.get(service) or self._take(part.batch, records)
                if error is None:
                    if part.family:
                        part.family.answered = True
                    self._in_a_row[service] = 0
                    self._has_answered[service] = True
                    self.counting.end(part.batch, level)
                    continue
                if service in self.given_up or not part.splits:
                    self._fail(part.batch, error, level)
                else:
                    follow += part.halves()
                    self.counting.put_off(part.batch)
                if part.generation == 0:
                    self._count(service, error)
            todo = follow
        return asked

    def _ask_for(self, batch: Batch) -> Iterator[Read]:
        """What the service is asked for a batch; called in a thread of the service."""
        if batch.service in self.given_up:
            raise self.given_up[batch.service]
        service = self.services[batch.service]
        if batch.query is not None:
            return service.search(batch.query, self.ask)
        if batch.wanted == "record":
            return service.describe(batch.identifiers, self.ask)
        if batch.wanted == "citing":
            return service.citing(batch.identifiers, self.ask)
        return service.references(batch.identifiers, self.ask)

    def _take(self, batch: Batch, records: Iterator[Read]) -> ServiceError | None:
        try:
            for record in records:
                self.taking.take(record, batch)
                self.counting.record(batch.service)
        except ServiceError as error:
            return error
        return None

    def _fail(self, batch: Batch, error: ServiceError, level: int) -> None:
        name = self.services[batch.service].name
        self.failures.append(
            Failure(name, batch.wanted, error.what, error.where, error.todo, batch.identifiers)
        )
        self.counting.end(batch, level, failed=True)

    def _count(self, service: int, error: ServiceError) -> None:
        """Give a service up that only fails: the rest of what it would be asked is recorded as failed."""
        self._in_a_row[service] += 1
        most = _IN_A_ROW if self._has_answered[service] else _SILENT
        if self._in_a_row[service] >= most and service not in self.given_up:
            self.given_up[service] = error
            self.counting.give_up(service, error)
