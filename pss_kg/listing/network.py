"""The citation network: publications as nodes, citations as edges, read node by node from the store.

A `cites` edge is a citation in the sense of the counts: the citations of a node are its incoming
`cites` edges over the whole graph. Corrections, retractions and the like are edges of their own
type. Nodes stand in the order of their keys, edges in the order of source, type, target.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from pss_kg.listing.reading import Reader
from pss_kg.listing.selection import described, publications, resolve
from pss_kg.vocabulary import CITO


class Node(msgspec.Struct, frozen=True):
    """One publication; `number` counts from 1 in this network, `citations` over the whole graph."""

    number: int
    id: str
    label: str  # `Shalaby 2020`, the key where author or year is not known
    title: str  # or the reference as printed
    pmid: str
    doi: str
    year: str
    described: bool
    citations: int


class Edge(msgspec.Struct, frozen=True):
    """One citation or other relation, by the numbers and keys of its nodes."""

    source: int
    target: int
    source_id: str
    target_id: str
    type: str  # cites, corrects, retracts …: local names of CiTO
    weight: int = 1


class Network:
    """The nodes that were chosen, and every edge between two of them."""

    def __init__(self, reader: Reader, chosen: set[str]) -> None:
        self.reader = reader
        self._publications = sorted(chosen)
        self._numbers = {iri: n for n, iri in enumerate(self._publications, 1)}

    def __len__(self) -> int:
        return len(self._numbers)

    def nodes(self) -> Iterator[Node]:
        """Each chosen publication."""
        for iri, number in self._numbers.items():
            item = self.reader.brief(iri)
            family = next((name.family or name.literal for name in item.authors), "")
            yield Node(
                number=number,
                id=item.key,
                label=f"{family} {item.year}" if family and item.year else item.key,
                title=item.name,
                pmid=item.pmid,
                doi=item.doi,
                year=item.year,
                described=item.described,
                citations=item.cited,
            )

    def edges(self) -> Iterator[Edge]:
        """Each relation of CiTO from one chosen publication to another."""
        base = self.reader.iris.publication_base
        for iri, number in self._numbers.items():
            for name, cited in relations(self.reader, iri):
                target = self._numbers.get(cited)
                if target is not None:
                    yield Edge(number, target, iri.removeprefix(base), cited.removeprefix(base), name)

    def strength(self, source: int, target: int) -> int:
        """How many relations lead from one node to another, by their numbers."""
        return self.reader.relations_between(self._publications[source - 1], self._publications[target - 1])


def choose(reader: Reader, around: str = "", depth: int = 1, only_described: bool = False) -> Network:
    """The network of the whole graph, or of what is at most `depth` citations away from one publication.

    With `only_described` publications known from citations alone are left out, as steps too.
    Raises NotFound for an identifier that the graph does not hold.
    """
    known = described(reader) if only_described else None
    if not around:
        return Network(reader, publications(reader) if known is None else known)
    centre = resolve(reader, around)
    chosen = {centre}
    border = [centre]
    for _ in range(depth):
        reached = {other for iri in border for other in neighbours(reader, iri)} - chosen
        if known is not None:
            reached &= known
        chosen |= reached
        border = sorted(reached)
    return Network(reader, chosen)


def relations(reader: Reader, iri: str) -> list[tuple[str, str]]:
    """(type, cited) of each relation of CiTO that starts at the publication, sorted."""
    return sorted(
        (predicate.removeprefix(CITO), value)
        for predicate, values in reader.said(iri).items()
        if predicate.startswith(CITO)
        for value in values
        if reader.is_publication(value)
    )


def neighbours(reader: Reader, iri: str) -> set[str]:
    """The publications that it cites and that cite it, relations of every type counted."""
    found = {cited for _, cited in relations(reader, iri)}
    found.update(subject for predicate, subject in reader.pointing_at(iri) if predicate.startswith(CITO))
    return reader.publications_among(found)
