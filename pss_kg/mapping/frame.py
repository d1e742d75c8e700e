"""What every mapping function is given: where to write, and about what."""

from __future__ import annotations

from pss_kg.iris import Iris
from pss_kg.mapping.entry import Shared
from pss_kg.vocabulary import RDF, RDFS, XSD

A = f" <{RDF}type> "
LABEL = f" <{RDFS}label> "
RDF_TYPE = f"<{RDF}type>"
RDFS_LABEL = f"<{RDFS}label>"
INTEGER = f"^^<{XSD}integer>"


class Frame:
    """One publication in one graph.

    key:    the publication's key
    place:  the key that stands in the IRIs of its parts: the key itself in main,
            `<key>/<source>` in a source graph
    s:      the publication's IRI as a term
    out:    its triples, "s p o" without a full stop
    shared: statements on things that other publications share
    source: the source of the values that are being mapped
    graph:  "main" or "source/<source>"
    """

    __slots__ = ("graph", "iris", "key", "main", "out", "place", "s", "shared", "source")

    def __init__(
        self, iris: Iris, key: str, shared: list[Shared], source: str, place: str = "", graph: str = "main"
    ) -> None:
        self.iris = iris
        self.key = key
        self.place = place or key
        self.s = f"<{iris.publication(key)}>"
        self.out: list[str] = []
        self.shared = shared
        self.source = source
        self.graph = graph
        self.main = graph == "main"

    def share(self, subject: str, predicate: str, obj: str, single: bool = False) -> None:
        """State something of a shared thing. All three are ready terms."""
        self.shared.append(Shared(subject, predicate, obj, single, self.source, self.graph))

    def stem(self, numbered: str) -> str:
        """A numbered IRI (made with 0) without its number, as the beginning of a term.

        Lists are the bulk of a graph; cutting the stem once saves a call an element.
        """
        return f"<{numbered[:-1]}"
