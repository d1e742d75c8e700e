"""A made-up citation network, and what is true of it.

Publication 0 is the seed. Around it lie hubs (distance 1), the outer ones (distance 2), and a few
beyond (distance 3), half of which cite outer ones and half of which outer ones cite. Publication
1 is a hub that 42 in 100 of all cite. A few works have no identifier at all; they are texts in
reference lists.

No service knows all. Which knows what is a rule, a pure function of the seed number:

- A service can know a publication if that has an identifier of its kind (`Network.knows`). One
  in 25 it does not have all the same, unless it is the one that must.
- Each citation has a home, a service that surely says it when asked who cites the cited one
  and what the citing one cites. Every other service that could say it does so for 9 in 10.
- A citation between two outer ones, or beyond, is only in reference lists inside records (pubmed,
  crossref, openalex, datacite), so that it is said whoever asks for what.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from . import made_up
from .made_up import number

SERVICES = ("pubmed", "crossref", "europepmc", "openalex", "datacite", "semanticscholar", "opencitations")
CITERS = ("pubmed", "europepmc", "openalex", "opencitations", "semanticscholar")
"""Services that can be asked who cites. (DataCite can too, for its own.)"""
EMBEDDED = ("pubmed", "crossref", "openalex", "datacite")
"""Services whose records hold their references."""

Edge = tuple[int, int]
"""(citing, cited), as numbers of publications."""


@dataclass(frozen=True)
class Work:
    """One made-up publication; "" = it has none of that identifier."""

    n: int
    layer: int
    title: str
    date: str
    pmid: str = ""
    doi: str = ""
    pmcid: str = ""
    openalex: str = ""
    preprint: str = ""  # its id in Europe PMC, where that has it as a preprint
    journal: int = 0
    authors: tuple[tuple[str, str, str], ...] = ()

    @property
    def year(self) -> int:
        return int(self.date[:4])

    @property
    def data(self) -> bool:
        """Whether DataCite registered its DOI."""
        return self.doi.startswith("10.55555/")

    @property
    def sha(self) -> str:
        """Its paperId in Semantic Scholar."""
        return f"{number('s2', self.n):012x}{self.n:028x}"

    @property
    def omid(self) -> str:
        return f"br/0699{self.n + 1}"

    @property
    def abstract(self) -> str:
        return made_up.abstract(self.n)

    @property
    def pages(self) -> str:
        start = 1 + self.n % 700
        return f"{start}-{start + 9}"


@dataclass
class Network:
    """The network of a seed number. `size` counts publications that have an identifier."""

    seed: int = 1
    size: int = 3200
    weights: tuple[int, ...] = (40, 12, 14, 14, 8, 12)
    """How often which identifiers: all, PMID, DOI, OpenAlex, DOI of DataCite, PMID and DOI."""
    works: list[Work] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    """Each citation once, self-citations among them, in no order of meaning."""
    texts: dict[int, list[str]] = field(default_factory=dict)
    """Citing publication -> references without any identifier."""

    def __post_init__(self) -> None:
        draw = random.Random(self.seed)
        self.hubs = max(6, self.size // 53)
        beyond = max(6, self.size // 40) // 2 * 2
        outer = self.size - 1 - self.hubs - beyond
        layers = [0] + [1] * self.hubs + [2] * outer + [3] * beyond
        heavy = int(self.size * 0.42)
        for n, layer in enumerate(layers):
            self.works.append(self._work(draw, n, layer, full=n < 2 or self.hubs < n <= self.hubs + heavy))
        self._known = {s: [self._knows(s, work) for work in self.works] for s in SERVICES}
        self._cite(draw, outer, beyond, heavy)
        for n in range(0, self.size, 40):
            self.texts[n] = [f"Nobody N. An unprinted leaflet, number {n}. Elsewhere; {1990 + n % 30}."]

    def _work(self, draw: random.Random, n: int, layer: int, *, full: bool) -> Work:
        kind = 0 if full else draw.choices(range(6), self.weights)[0]
        if layer == 3:
            kind = 1 + n % 2  # one identifier each: who only mentions it names it as all others do
        elif layer == 1 and n % 5:
            kind = 0
        doi = f"10.5555/net.{n:05d}"
        if n % 151 == 77:
            doi = f"10.5555/0099-1234(200{n % 10})12:{n}<1:net>3.0.co;2-x"
        elif n % 50 == 3:
            doi = f"10.5555/net/{n:05d}/a"
        has_pmid, has_doi = kind in (0, 1, 5), kind in (0, 2, 4, 5)
        return Work(
            n,
            layer,
            made_up.title(n),
            f"{2000 + draw.randrange(25)}-{draw.randrange(1, 13):02d}-{draw.randrange(1, 29):02d}",
            pmid=str(91_000_000 + 7 * n) if has_pmid else "",
            doi=(f"10.55555/data.{n:05d}" if kind == 4 else doi) if has_doi else "",
            pmcid=f"PMC{91_000_00 + n}" if kind == 0 and n % 3 else "",
            openalex=f"W77{n:08d}" if kind in (0, 3, 4) or (kind == 2 and layer < 3 and n % 2) else "",
            preprint=f"PPR{910_000 + n}" if kind == 2 and layer < 3 and n % 3 == 0 else "",
            journal=number(self.seed, "journal", n) % made_up.JOURNALS,
            authors=tuple(made_up.people(self.seed, n)),
        )

    def _knows(self, service: str, work: Work) -> bool:
        must = work.layer < 2
        if service == "pubmed":
            return bool(work.pmid)
        if service == "datacite":
            return work.data
        if service == "crossref":
            able, must = bool(work.doi) and not work.data, must or not work.pmid
        elif service == "europepmc":
            able = bool(work.pmid or work.preprint)
        elif service == "openalex":
            able, must = bool(work.openalex), must or not (work.pmid or work.doi)
        elif service == "opencitations":
            able, must = bool(work.pmid or work.doi), must or not work.pmid
        else:
            able = bool(work.pmid or work.doi)
        return able and (must or number(self.seed, service, work.n) % 25 > 0)

    def _cite(self, draw: random.Random, outer: int, beyond: int, heavy: int) -> None:
        """Citations: every hub with the seed, every outer one with a hub, and some more."""
        made: dict[Edge, None] = {}
        hubs = range(1, self.hubs + 1)
        outers = range(self.hubs + 1, self.hubs + 1 + outer)
        far = range(self.size - beyond, self.size)

        def add(citing: int, cited: int) -> bool:
            if (citing, cited) in made or not self.home((citing, cited)):
                return False
            made[citing, cited] = None
            return True

        def either(a: int, b: int) -> bool:
            return add(a, b) if draw.random() < 0.5 else add(b, a)

        for hub in hubs:
            assert either(hub, 0) or hub == 1
        add(1, 0)
        add(0, 1)  # a cycle of two
        for n in outers:
            if n <= self.hubs + heavy:
                assert add(n, 1)
            else:
                while not either(n, draw.choice(hubs[1:])):
                    pass
            if draw.random() < 0.3:
                either(n, draw.choice(hubs[1:]))
            if draw.random() < 0.6:
                add(n, draw.choice(outers))
        for a, b, c in zip(outers[::90], outers[1::90], outers[2::90], strict=False):
            _ = add(a, b), add(b, c), add(c, a)  # cycles of three
        for place, n in enumerate(far):
            for _ in range(200):
                other = draw.choice(outers)
                if add(n, other) if place % 2 else add(other, n):
                    break
        for hub in (2, 3, self.hubs + 5):
            add(hub, hub)  # cites itself
        self.edges = sorted(made)

    # What a service knows -------------------------------------------------------------------------

    def knows(self, service: str, n: int) -> bool:
        """Whether the service has a record of publication n."""
        return self._known[service][n]

    def can_list(self, service: str, edge: Edge) -> bool:
        """Whether the service could name the cited one in the citing one's references."""
        citing, cited = edge
        if not self._known[service][citing]:
            return False
        if service in ("crossref", "datacite"):
            return bool(self.works[cited].doi)
        if service == "pubmed":
            return bool(self.works[cited].pmid or self.works[cited].doi)
        return self._known[service][cited]

    def can_cite(self, service: str, edge: Edge) -> bool:
        """Whether the service could name the citing one when asked who cites the cited one."""
        return service in CITERS and self._known[service][edge[0]] and self._known[service][edge[1]]

    def home(self, edge: Edge) -> str:
        """The service that surely says this citation; "" = none can, so there is no such citation."""
        inner = min(self.works[edge[0]].layer, self.works[edge[1]].layer) < 2
        if inner:
            able = [s for s in CITERS if s != "europepmc" and self.can_cite(s, edge)]
        elif self.works[edge[1]].layer == 3:  # by the one kind of identifier that all would use
            able = [s for s in ("pubmed", "crossref") if self.can_list(s, edge)]
        else:
            able = [s for s in EMBEDDED if s != "datacite" and self.can_list(s, edge)]
        return able[number(self.seed, "home", *edge) % len(able)] if able else ""

    def _says(self, service: str, edge: Edge) -> bool:
        inner = min(self.works[edge[0]].layer, self.works[edge[1]].layer) < 2
        if not inner and service not in EMBEDDED:
            return False
        return self.home(edge) == service or number(self.seed, service, *edge) % 10 < 9

    def lists(self, service: str, edge: Edge) -> bool:
        """Whether the service says it among the citing one's references."""
        return self.can_list(service, edge) and self._says(service, edge)

    def says_who_cites(self, service: str, edge: Edge) -> bool:
        """Whether the service says it when asked who cites the cited one."""
        return self.can_cite(service, edge) and self._says(service, edge)

    @cached_property
    def references(self) -> dict[str, dict[int, list[int]]]:
        """service -> citing -> cited, in the order of their numbers; one is named twice by hub 2."""
        return {s: self._neighbours((e for e in self.edges if self.lists(s, e)), 0) for s in SERVICES}

    @cached_property
    def citing(self) -> dict[str, dict[int, list[int]]]:
        """service -> cited -> citing."""
        return {s: self._neighbours((e for e in self.edges if self.says_who_cites(s, e)), 1) for s in CITERS}

    def _neighbours(self, edges: Iterable[Edge], end: int) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for edge in edges:
            found.setdefault(edge[end], []).append(edge[1 - end])
        return found
