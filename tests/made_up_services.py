"""Services in memory that know a made-up network: for tests of the walk."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from pss_kg.errors import ServiceError
from pss_kg.http.asking import Access, Ask, Reply, Request
from pss_kg.records import CitationClaim, Identifiers, Publication, Read, Reference
from pss_kg.sources.service import Identifier, Query, listed


@dataclass
class Network:
    """Publications 0, 1, 2 … with a PMID, a DOI and an OpenAlex id each, and who cites whom."""

    cites: dict[int, list[int]] = field(default_factory=dict)
    size: int = 0

    def __post_init__(self) -> None:
        self.cited_by: dict[int, list[int]] = {}
        for citing in sorted(self.cites):
            for cited in self.cites[citing]:
                self.cited_by.setdefault(cited, []).append(citing)
        self.numbers = {
            identifier: number for number in range(self.size) for identifier in self.identifiers(number)
        }

    def identifiers(self, number: int) -> Identifiers:
        return (
            ("pmid", str(90000000 + number)),
            ("doi", f"10.5555/made-up.{number}"),
            ("openalex", f"W{9000000 + number}"),
        )

    def within(self, seeds: Sequence[int], depth: int, citing: bool, references: bool) -> dict[int, int]:
        """Number -> steps from the nearest seed; the walk is held against this."""
        steps = dict.fromkeys(seeds, 0)
        edge = list(seeds)
        for step in range(1, depth + 1):
            following = []
            for number in edge:
                near = [
                    *(self.cited_by.get(number, ()) if citing else ()),
                    *(self.cites.get(number, ()) if references else ()),
                ]
                for other in near:
                    if other not in steps:
                        steps[other] = step
                        following.append(other)
            edge = following
        return steps


def nobody(request: Request, read: Callable[[Reply], object], *, fresh: bool = False) -> object:
    """An `Ask` that is never used: these services hold their answers."""
    raise AssertionError("nothing is asked over the network here")


@dataclass
class MadeUp:
    """A service over a `Network`. What each setting does:

    schemes: what it can be asked by, and what its records hold
    mentions: the schemes by which its lists name others
    whole: `citing` gives records of the citing articles in place of a list
    inside: its records hold their references
    knows: what it knows of; None = all
    pause: seconds at most before an answer
    fails: what it fails to answer about, by identifier; `down`: it fails always
    """

    network: Network
    name: str = "pubmed"
    schemes: tuple[str, ...] = ("pmid",)
    holds: tuple[str, ...] = ("pmid", "doi")
    mentions: tuple[str, ...] = ("pmid",)
    describes: int = 5
    cites: int = 0
    refers: int = 0
    whole: bool = False
    inside: bool = False
    searches: bool = False
    knows: Callable[[int], bool] = lambda number: True
    claims: int | None = None
    pause: float = 0.0
    concurrency: int = 2
    fails: frozenset[Identifier] = frozenset()
    down: bool = False
    nameless: int = 0

    def __post_init__(self) -> None:
        self.title = self.name.title()
        self.accesses = (Access(self.name, self.title, "http://127.0.0.1", 10, self.concurrency),)
        self.asked: list[tuple[str, Identifier]] = []
        self.calls: list[tuple[str, tuple[Identifier, ...]]] = []
        self.at_once = self.most_at_once = 0
        self._lock = threading.Lock()
        self._random = random.Random()

    def record(self, number: int) -> Publication:
        references = tuple(self.mention(cited) for cited in self.network.cites.get(number, ()))
        return Publication(
            source=self.name,
            id=str(number),
            identifiers=tuple(i for i in self.network.identifiers(number) if i[0] in self.holds),
            title=f"Made-up article {number}",
            references=references if self.inside else (),
            claim=None if self.claims is None else CitationClaim(self.claims),
        )

    def mention(self, number: int) -> Reference:
        return Reference(
            identifiers=tuple(i for i in self.network.identifiers(number) if i[0] in self.mentions)
        )

    def describe(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
        for number in self._known("record", wanted):
            yield self.record(number)

    def citing(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
        sent = set()
        for number in self._known("citing", wanted):
            cited_by = [n for n in self.network.cited_by.get(number, ()) if self.knows(n)]
            if self.whole:
                yield from (self.record(n) for n in cited_by if n not in sent)
                sent.update(cited_by)
                continue
            texts = [Reference(text=f"Anonymous, {n}") for n in range(self.nameless)]
            yield listed(
                self.name,
                f"{number}/citations",
                self.record(number).identifiers,
                cited_by=[*map(self.mention, cited_by), *texts],
            )

    def references(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
        for number in self._known("references", wanted):
            cited = list(map(self.mention, self.network.cites.get(number, ())))
            yield listed(self.name, f"{number}/references", self.record(number).identifiers, references=cited)

    def search(self, query: Query, ask: Ask) -> Iterator[Read]:
        self._known("search", ())
        numbers = [int(text) for text in query.text.split()]
        yield from map(self.record, numbers[: query.limit or None])

    def _known(self, what: str, wanted: Sequence[Identifier]) -> list[int]:
        with self._lock:
            self.calls.append((what, tuple(wanted)))
            self.asked += [(what, identifier) for identifier in wanted]
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        if self.pause:
            time.sleep(self._random.random() * self.pause)
        with self._lock:
            self.at_once -= 1
        if self.down or self.fails & set(wanted):
            raise ServiceError(
                "The service answered 500.",
                where=f"{self.title}: {self.name}/{what}",
                todo="Try again later.",
            )
        assert all(scheme in self.schemes for scheme, _ in wanted)
        numbers = [self.network.numbers[i] for i in wanted if i in self.network.numbers]
        return [number for number in numbers if self.knows(number)]
