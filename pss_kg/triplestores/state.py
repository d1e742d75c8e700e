"""What was loaded, remembered on the server itself, in the graph `<base>graph/load`.

    <base>graph/load  void:subset  <graph>             for each graph that pss-kg sent
    <graph>  dcterms:identifier  "sha256:…"            what was sent, as a whole
    <graph>  void:triples        n                     triples counted there afterwards
    <graph>  dcterms:description "A load … sha256:…"   only while a load is under way

It stands beside the graphs, so a fresh server has none, another workspace's load is seen, and it
goes where the data go. It holds no times. It is a hint which graphs need not be sent; that they
are there is counted each time.
"""

from __future__ import annotations

import re

import msgspec

from pss_kg.iris import Iris
from pss_kg.terms import integer, line, literal
from pss_kg.triplestores.product import Connection
from pss_kg.vocabulary import DCTERMS, VOID

NAME = "load"
"""The graph's name after `<base>graph/`."""

_SUBSET = f"<{VOID}subset>"
_TRIPLES = f"<{VOID}triples>"
_IDENTIFIER = f"<{DCTERMS}identifier>"
_DESCRIPTION = f"<{DCTERMS}description>"
_DIGEST = re.compile(r"(sha256|appended):([0-9a-f]{64})")


class Loaded(msgspec.Struct, frozen=True):
    """What the record says of one graph.

    digest: of what was sent; triples: counted after it
    whole:  the graph is what was sent, and nothing else; False after --append to other triples
    under_way: the digest of a load that did not end, "" = none; `filling` if it began with nothing
    """

    digest: str = ""
    triples: int = 0
    whole: bool = False
    under_way: str = ""
    filling: bool = False


class State:
    """The record on one server; read once, written through."""

    def __init__(self, connection: Connection, iris: Iris) -> None:
        self._connection = connection
        self.iri = iris.graph(NAME)
        self.graphs: dict[str, Loaded] = {}
        subsets = sorted(
            o[1:-1]
            for s, p, o in connection.describe(self.iri, [self.iri])
            if (s, p) == (f"<{self.iri}>", _SUBSET) and o.startswith("<")
        )
        if subsets:
            said: dict[str, list[tuple[str, str]]] = {}
            for s, p, o in connection.describe(self.iri, subsets):
                said.setdefault(s[1:-1], []).append((p, o))
            self.graphs = {graph: _loaded(said.get(graph, [])) for graph in subsets}

    def begin(self, graph: str, digest: str, *, filling: bool) -> None:
        """Mark that the graph is about to change. Only adds, so no interruption loses the record."""
        before = self.graphs.get(graph, Loaded())
        if before.under_way == digest and before.filling == filling:
            return
        self.graphs[graph] = msgspec.structs.replace(before, under_way=digest, filling=filling)
        self._connection.append(self.iri, _lines(self.iri, graph, self.graphs[graph]))

    def end(self, graph: str, loaded: Loaded | None) -> None:
        """Write down what the graph is now; None = it is gone, or nobody knows."""
        if loaded is None:
            if self.graphs.pop(graph, None) is None:
                return
        else:
            self.graphs[graph] = loaded
        # Between the two the record may be lost; then the graphs are sent again, and end equal.
        self._connection.delete(self.iri)
        if self.graphs:
            lines = [_lines(self.iri, iri, known) for iri, known in sorted(self.graphs.items())]
            self._connection.append(self.iri, b"".join(lines))


def _loaded(said: list[tuple[str, str]]) -> Loaded:
    digest, triples, whole, under_way, filling = "", 0, False, "", False
    for predicate, term in sorted(said):
        found = _DIGEST.search(term)
        if predicate == _IDENTIFIER and found:
            whole, digest = found[1] == "sha256", found[2]
        elif predicate == _DESCRIPTION:
            # Two of them: two loads that did not end, one after the other.
            filling = "into nothing" in term and not under_way
            under_way = found[2] if found and not under_way else "unknown"
        elif predicate == _TRIPLES:
            number = re.match(r'"?([0-9]{1,18})', term)
            triples = int(number[1]) if number else 0
    return Loaded(digest, triples, whole, under_way, filling)


def _lines(record: str, graph: str, loaded: Loaded) -> bytes:
    node = f"<{graph}>"
    lines = [line(f"<{record}>", _SUBSET, node)]
    if loaded.digest:
        kind = "sha256" if loaded.whole else "appended"
        lines.append(line(node, _IDENTIFIER, literal(f"{kind}:{loaded.digest}")))
        lines.append(line(node, _TRIPLES, integer(loaded.triples)))
    if loaded.under_way:
        where = "into nothing" if loaded.filling else "in place of what was there"
        text = f"A load of this graph {where} is under way, or was interrupted. sha256:{loaded.under_way}"
        lines.append(line(node, _DESCRIPTION, literal(text)))
    return "".join(lines).encode()
