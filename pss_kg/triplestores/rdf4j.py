"""Eclipse RDF4J server: a repository answers queries itself, updates at /statements.

Its Graph Store is at /rdf-graphs/service. A request is a transaction of the repository.
Specification: the RDF4J REST API. GraphDB has the same addresses.
"""

from __future__ import annotations

from pss_kg.errors import UsageError
from pss_kg.triplestores.connection import SparqlConnection
from pss_kg.triplestores.product import Endpoint, NotThere
from pss_kg.triplestores.served import Served
from pss_kg.triplestores.wire import Wire

_MARK = "/repositories/"


class Rdf4j(Served):
    """RDF4J server 3 and later. Each request is a transaction, a PUT of a whole graph too."""

    name = "rdf4j"
    title = "Eclipse RDF4J server"
    transactions = True
    replaces = True
    fills = True
    chunk = 8 << 20
    smallest = 1 << 16
    largest = 64 << 20
    # No differences: terms come back as they were sent, zeros and all.

    def connect(self, endpoint: Endpoint) -> Rdf4jConnection:
        base = self.base(endpoint)
        root, mark, name = base.partition(_MARK)
        if not mark or not name or "/" in name:
            raise UsageError(
                "this is not the address of a repository.",
                where=base,
                todo=f"It ends in {_MARK}NAME, as in http://127.0.0.1:8080/rdf4j-server{_MARK}pss-kg.",
            )
        connection = Rdf4jConnection(
            self.wire(endpoint),
            endpoint.query_url or base,
            endpoint.update_url or f"{base}/statements",
            endpoint.gsp_url or f"{base}/rdf-graphs/service",
            protocol=f"{root}/protocol",
        )
        return self.greeted(connection, base)


class Rdf4jConnection(SparqlConnection):
    """The SPARQL protocols, and RDF4J's word on itself."""

    def __init__(self, wire: Wire, query: str, update: str, gsp: str, *, protocol: str) -> None:
        super().__init__(wire, query, update, gsp)
        self.protocol_url = protocol

    def version(self) -> str:
        """The version of its REST protocol, which is all that it tells."""
        try:
            said: str = self.wire.ask("GET", self.protocol_url, repeat=False)
            return f"REST protocol {said.strip()}"
        except NotThere:
            return self.wire.server
