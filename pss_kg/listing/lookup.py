"""Look-ups in graph/main by the store's indexes; no query text is made.

One look-up gives all that is said of a publication. Journals, subjects and agents with ORCID are
shared by many publications, so what is said of them is kept for the next one, up to a limit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from pss_kg.iris import Iris
from pss_kg.store import graph_node
from pss_kg.vocabulary import CITO

if TYPE_CHECKING:
    from pyoxigraph import Store

Said = dict[str, list[str]]
"""predicate -> values, languages and datatypes dropped."""

_KEPT = 50_000
"""Shared things whose description is kept; beyond it all are dropped at once."""


def one(said: Said, predicate: str) -> str:
    """The value; of several the smallest, so that it does not hang on the store's order; "" for none."""
    found = said.get(predicate)
    if not found:
        return ""
    return found[0] if len(found) == 1 else min(found)


class Lookup:
    """Values and IRIs of one store's graph/main as plain strings."""

    def __init__(self, store: Store, iris: Iris) -> None:
        self.store, self.iris = store, iris
        self.main = graph_node(iris, "main")
        self._shared: dict[str, Said] = {}

    def said(self, subject: str) -> Said:
        """All that graph/main says of a subject."""
        from pyoxigraph import NamedNode

        found: Said = {}
        for quad in self.store.quads_for_pattern(NamedNode(subject), None, None, self.main):
            found.setdefault(quad.predicate.value, []).append(quad.object.value)  # type: ignore[union-attr]
        return found

    def shared(self, subject: str) -> Said:
        """The same of a thing that many publications share."""
        known = self._shared.get(subject)
        if known is None:
            if len(self._shared) >= _KEPT:
                self._shared.clear()
            known = self._shared[subject] = self.said(subject)
        return known

    def objects(self, subject: str, predicate: str) -> list[str]:
        """The values of one property, sorted."""
        from pyoxigraph import NamedNode

        found = self.store.quads_for_pattern(NamedNode(subject), NamedNode(predicate), None, self.main)
        return sorted(quad.object.value for quad in found)  # type: ignore[union-attr]

    def subjects(self, predicate: str, value: str) -> Iterator[str]:
        """The subjects of which a property has this IRI as value, in the store's order."""
        from pyoxigraph import NamedNode

        for quad in self.store.quads_for_pattern(None, NamedNode(predicate), NamedNode(value), self.main):
            yield quad.subject.value  # type: ignore[union-attr]

    def pointing_at(self, value: str) -> Iterator[tuple[str, str]]:
        """(predicate, subject) of everything that has this IRI as value."""
        from pyoxigraph import NamedNode

        for quad in self.store.quads_for_pattern(None, None, NamedNode(value), self.main):
            yield quad.predicate.value, quad.subject.value  # type: ignore[union-attr]

    def relations_between(self, subject: str, value: str) -> int:
        """How many properties of CiTO lead from one to the other."""
        from pyoxigraph import NamedNode

        found = self.store.quads_for_pattern(NamedNode(subject), None, NamedNode(value), self.main)
        return sum(quad.predicate.value.startswith(CITO) for quad in found)

    def having(self, predicate: str) -> Iterator[str]:
        """The subjects that have this property, once for each value."""
        from pyoxigraph import NamedNode

        for quad in self.store.quads_for_pattern(None, NamedNode(predicate), None, self.main):
            yield quad.subject.value  # type: ignore[union-attr]

    def fitting(self, predicate: str, fits: Callable[[str], bool]) -> set[str]:
        """The subjects of which a value of this property fits; each value is asked about once."""
        from pyoxigraph import NamedNode

        told: dict[str, bool] = {}
        found = set()
        for quad in self.store.quads_for_pattern(None, NamedNode(predicate), None, self.main):
            value = str(quad.object.value)  # type: ignore[union-attr]
            if value not in told:
                told[value] = fits(value)
            if told[value]:
                found.add(str(quad.subject.value))  # type: ignore[union-attr]
        return found

    def is_publication(self, iri: str) -> bool:
        """Whether the IRI names a publication: not its abstract, a version, its work."""
        base = self.iris.publication_base
        return iri.startswith(base) and "/" not in iri[len(base) :]

    def publications_among(self, found: Iterable[str]) -> set[str]:
        """The publications among IRIs."""
        return set(filter(self.is_publication, found))
