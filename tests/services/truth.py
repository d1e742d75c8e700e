"""What a harvest of the network must bring in: no more, no less."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from .network import CITERS, EMBEDDED, SERVICES, Network

PREFERRED = ("pmid", "doi", "pmcid", "openalex")


@dataclass(frozen=True)
class Truth:
    """Publications as numbers and as keys ("pmid-91000000", "doi-10.5555/net.00002").

    distance:  publication -> its distance from the seed, for those within depth
    mentioned: those beyond that the references of harvested records name
    citations: (citing, cited); a publication's citation of itself is none
    """

    distance: dict[int, int]
    mentioned: frozenset[int]
    citations: frozenset[tuple[int, int]]
    keys: dict[int, str]

    @property
    def publications(self) -> set[str]:
        """The keys of all within depth."""
        return {self.keys[n] for n in self.distance}

    @property
    def all_publications(self) -> set[str]:
        """Those, and the ones only mentioned."""
        return self.publications | {self.keys[n] for n in self.mentioned}

    @property
    def inner_pairs(self) -> set[tuple[str, str]]:
        """Citations between two within depth. (Who is only mentioned, each service names by an id of
        its own where the depth is 1; nothing joins them before they are described.)"""
        return {(self.keys[a], self.keys[b]) for a, b in self.citations if {a, b} <= set(self.distance)}

    @property
    def pairs(self) -> set[tuple[str, str]]:
        """Citations as pairs of keys."""
        return {(self.keys[a], self.keys[b]) for a, b in self.citations}


def identifiers(network: Network, n: int, services: Collection[str] = SERVICES) -> dict[str, str]:
    """What these services together say that publication n is called by: scheme -> value."""
    work = network.works[n]
    told = {
        "pubmed": ("pmid", "doi", "pmcid"),
        "europepmc": ("pmid", "doi", "pmcid"),
        "crossref": ("doi",),
        "datacite": ("doi",),
        "openalex": ("openalex", "doi", "pmid", "pmcid"),
        "opencitations": ("doi", "pmid"),
        "semanticscholar": ("doi", "pmid", "pmcid"),
    }
    schemes = {scheme for s in services if network.knows(s, n) for scheme in told[s]}
    if not schemes:  # known only from who mentions it
        schemes = {"pmid"} if work.pmid and "pubmed" in services else {"doi"}
    return {
        scheme: getattr(work, scheme) for scheme in PREFERRED if scheme in schemes and getattr(work, scheme)
    }


def key(network: Network, n: int, services: Collection[str] = SERVICES) -> str:
    """The key that the graph must give it: its first identifier in the order of the profile."""
    scheme, value = next(iter(identifiers(network, n, services).items()))
    return f"{scheme}-{value}"


def truth(
    network: Network,
    depth: int,
    seed: int = 0,
    *,
    services: Collection[str] = SERVICES,
    citing: bool = True,
    references: bool = True,
) -> Truth:
    """What a harvest from `seed` to `depth` over these services brings in.

    Publications nearer than `depth` are asked about, in the given directions; those at `depth`
    are only described, and the references inside their records count.
    """
    listed = {e: [s for s in services if network.lists(s, e)] for e in network.edges}
    cited = {e for e in network.edges if any(network.says_who_cites(s, e) for s in services if s in CITERS)}
    forward: dict[int, list[int]] = {}
    backward: dict[int, list[int]] = {}
    for a, b in network.edges:
        if references and listed[a, b]:
            forward.setdefault(a, []).append(b)
        if citing and (a, b) in cited:
            backward.setdefault(b, []).append(a)
    distance = {seed: 0}
    layer = [seed]
    for step in range(1, depth + 1):
        found = [n for m in layer for n in forward.get(m, []) + backward.get(m, [])]
        layer = [n for n in dict.fromkeys(found) if n not in distance]
        distance.update(dict.fromkeys(layer, step))
    citations = set()
    for edge in network.edges:
        a, b = edge
        if a == b:
            continue
        embedded = distance.get(a, depth + 1) <= depth and any(s in EMBEDDED for s in listed[edge])
        asked_references = references and distance.get(a, depth) < depth and listed[edge]
        asked_citing = citing and distance.get(b, depth) < depth and edge in cited
        if embedded or asked_references or asked_citing:
            citations.add(edge)
    mentioned = frozenset(n for edge in citations for n in edge if n not in distance)
    return Truth(
        distance,
        mentioned,
        frozenset(citations),
        {n: key(network, n, services) for n in {*distance, *mentioned}},
    )
