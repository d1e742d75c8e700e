"""Oxigraph server: `oxigraph serve`. Query at /query, Update at /update, Graph Store at /store."""

from __future__ import annotations

from collections.abc import Sequence

from pss_kg.errors import UsageError
from pss_kg.triplestores.connection import SparqlConnection
from pss_kg.triplestores.differences import BY_VALUE
from pss_kg.triplestores.graphs import Body
from pss_kg.triplestores.product import Difference, Endpoint
from pss_kg.triplestores.served import Served

_OTHERS = ("fuseki", "virtuoso", "qlever", "rdf4j", "blazegraph")


class Oxigraph(Served):
    """Oxigraph server 0.4 and later. Each request is a transaction, a PUT of a whole graph too."""

    name = "oxigraph"
    title = "Oxigraph server"
    # It has no users of its own; a proxy before it may, with "basic".
    transactions = True
    replaces = True
    fills = True
    chunk = 8 << 20
    smallest = 1 << 16
    largest = 32 << 20
    differences: Sequence[Difference] = (BY_VALUE,)

    def connect(self, endpoint: Endpoint) -> OxigraphConnection:
        base, wire = self.base(endpoint), self.wire(endpoint)
        if endpoint.query_url or endpoint.update_url or endpoint.gsp_url:
            raise UsageError(
                "Oxigraph's addresses follow from --url.", todo="Leave --query-url and the like out."
            )
        connection = OxigraphConnection(wire, f"{base}/query", f"{base}/update", f"{base}/store")
        wire.ask(
            "POST", connection.query_url, data={"query": "ASK {}"}, headers={"Accept": "text/csv, */*;q=0.1"}
        )
        self.recognise(wire, base)
        return connection

    def is_meant(self, server: str) -> bool:
        # A proxy before it may put its own name there.
        return "oxigraph" in server or not any(word in server for word in _OTHERS)


class OxigraphConnection(SparqlConnection):
    """As the Graph Store Protocol has it, but for a fast way into an empty graph."""

    def fill(self, graph: str, body: Body) -> None:
        # Its bulk loader, which keeps no transaction: three times faster than one, in a quarter of
        # the memory. Nothing stood in the graph, so nothing can be half-replaced.
        self.wire.ask(
            "POST",
            self.gsp_url,
            params={"graph": graph, "no_transaction": ""},
            headers={"Content-Type": self.media},
            data=body,
            size=len(body),
        )
