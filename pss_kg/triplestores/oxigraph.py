"""Oxigraph server: `oxigraph serve`. Query at /query, Update at /update, Graph Store at /store."""

from __future__ import annotations

from collections.abc import Sequence

from pss_kg.errors import UsageError
from pss_kg.triplestores.connection import SparqlConnection
from pss_kg.triplestores.differences import BY_VALUE
from pss_kg.triplestores.graphs import Body
from pss_kg.triplestores.product import Difference, Endpoint, Scheme, StoreError
from pss_kg.triplestores.wire import Wire


class Oxigraph:
    """Oxigraph server 0.4 and later. Each request is a transaction, a PUT of a whole graph too."""

    name = "oxigraph"
    title = "Oxigraph server"
    scheme: Scheme = "basic"  # it has no users of its own; a proxy before it may
    transactions = True
    replaces = True
    fills = True
    chunk = 8 << 20
    smallest = 1 << 16
    largest = 32 << 20
    rewrites = False
    differences: Sequence[Difference] = (BY_VALUE,)

    def connect(self, endpoint: Endpoint) -> OxigraphConnection:
        base = endpoint.url.rstrip("/")
        wire = Wire(endpoint, self.title, self.scheme, "PSS_KG_OXIGRAPH")
        if endpoint.query_url or endpoint.update_url or endpoint.gsp_url:
            raise UsageError(
                "Oxigraph's addresses follow from --url.", todo="Leave --query-url and the like out."
            )
        connection = OxigraphConnection(wire, f"{base}/query", f"{base}/update", f"{base}/store")
        wire.ask(
            "POST", connection.query_url, data={"query": "ASK {}"}, headers={"Accept": "text/csv, */*;q=0.1"}
        )
        if "oxigraph" not in wire.server.lower() and _names_another(wire.server):
            raise StoreError(
                f"this is no Oxigraph server, it says that it is {wire.clean(wire.server)}.",
                where=base,
                todo="Name the product that runs there with --to, or use --to sparql.",
            )
        return connection

    def portable(self, lines: bytes) -> bytes:
        return lines


def _names_another(server: str) -> bool:
    return any(word in server.lower() for word in ("fuseki", "virtuoso", "qlever", "rdf4j", "blazegraph"))


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
