"""Apache Jena Fuseki: a dataset has Query at /query and Update at /update.

Everything goes by SPARQL Update, in requests that Fuseki has read to their end before it changes
anything. A graph that it parses while it arrives (Graph Store Protocol, INSERT DATA) and that
breaks off in the middle damages TDB2: the transaction is undone, but terms that are written after
that can't be read (`NodeTableTRDF/Read`; GH-3877 of apache/jena, seen with 5.6.0).
"""

from __future__ import annotations

from collections.abc import Sequence

from pss_kg.errors import UsageError
from pss_kg.triplestores.connection import SparqlConnection
from pss_kg.triplestores.differences import same_boolean, same_number, same_tag, same_time
from pss_kg.triplestores.product import Difference, Endpoint
from pss_kg.triplestores.served import Served

STEP = 500_000
"""Triples that are moved at once: Fuseki keeps the rows of a pattern in memory before it inserts them."""


class Fuseki(Served):
    """Fuseki 4 and later on TDB2. Each request is a transaction, and is read whole or not at all."""

    name = "fuseki"
    title = "Apache Jena Fuseki"
    transactions = True
    chunk = 8 << 20
    smallest = 1 << 16
    differences: Sequence[Difference] = (
        Difference("language tags are written as BCP 47 has them, en-GB", same_tag),
        Difference("zeros at the end of a dateTime's seconds are left out", same_time),
        Difference("numbers are kept by value", same_number),
        Difference("booleans are kept by value", same_boolean),
    )
    services = ("query", "sparql", "update", "data", "get")
    service_of = "the dataset"
    headers = ("fuseki", "jetty")

    def connect(self, endpoint: Endpoint) -> FusekiConnection:
        if endpoint.gsp_url:
            raise UsageError(
                "Fuseki is written to by SPARQL Update alone.", where="--gsp-url", todo="Leave it out."
            )
        base = self.base(endpoint)
        query, update = endpoint.query_url or f"{base}/query", endpoint.update_url or f"{base}/update"
        return self.greeted(FusekiConnection(self.wire(endpoint), query, update), base)


class FusekiConnection(SparqlConnection):
    """SPARQL Update in forms that do nothing if the request breaks off."""

    def append(self, graph: str, lines: bytes) -> None:
        # Not INSERT DATA, which Jena carries out while it parses. Of this it must have seen the end.
        self.update(b"INSERT { GRAPH <" + graph.encode() + b"> {\n" + lines + b"} } WHERE {}")

    def move(self, source: str, target: str) -> None:
        # Not MOVE, COPY or ADD: with 5.6.0 on TDB2 they lose triples, of 100,000 some dozens, of 30
        # the half. The order of the rows is that of an index on the source, which does not change.
        steps = [
            f"INSERT {{ GRAPH <{target}> {{ ?s ?p ?o }} }} WHERE {{ {{ SELECT ?s ?p ?o "
            f"WHERE {{ GRAPH <{source}> {{ ?s ?p ?o }} }} OFFSET {start} LIMIT {STEP} }} }}"
            for start in range(0, self.count(source), STEP)
        ]
        whole = [f"DROP SILENT GRAPH <{target}>", *steps, f"DROP SILENT GRAPH <{source}>"]
        self.update(" ;\n".join(whole).encode(), size=1 << 30)
