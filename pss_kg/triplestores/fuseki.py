"""Apache Jena Fuseki: a dataset has Query at /query, Update at /update, Graph Store at /data."""

from __future__ import annotations

from collections.abc import Sequence

from pss_kg.errors import UsageError
from pss_kg.triplestores.connection import SparqlConnection
from pss_kg.triplestores.differences import same_boolean, same_number, same_tag, same_time
from pss_kg.triplestores.product import Difference, Endpoint, Scheme, StoreError
from pss_kg.triplestores.wire import Wire

_NAMES = ("query", "sparql", "update", "data", "get")


class Fuseki:
    """Fuseki 4 and later on TDB2. Each request is a transaction, a PUT of a whole graph too."""

    name = "fuseki"
    title = "Apache Jena Fuseki"
    scheme: Scheme = "basic"
    transactions = True
    replaces = True
    fills = True
    chunk = 8 << 20
    smallest = 1 << 16
    largest = 64 << 20
    rewrites = False
    differences: Sequence[Difference] = (
        Difference("language tags are written as BCP 47 has them, en-GB", same_tag),
        Difference("zeros at the end of a dateTime's seconds are left out", same_time),
        Difference("numbers are kept by value", same_number),
        Difference("booleans are kept by value", same_boolean),
    )

    def connect(self, endpoint: Endpoint) -> SparqlConnection:
        base = endpoint.url.rstrip("/")
        if base.rpartition("/")[2] in _NAMES:
            raise UsageError(
                "--url names a service of the dataset.",
                where=base,
                todo=f"Give the dataset itself: {base.rpartition('/')[0]}",
            )
        wire = Wire(endpoint, self.title, self.scheme, "PSS_KG_FUSEKI")
        connection = SparqlConnection(
            wire,
            endpoint.query_url or f"{base}/query",
            endpoint.update_url or f"{base}/update",
            endpoint.gsp_url or f"{base}/data",
        )
        connection.count("urn:x-pss-kg:none")
        if wire.server and "fuseki" not in wire.server.lower() and "jetty" not in wire.server.lower():
            raise StoreError(
                f"this is no Fuseki, it says that it is {wire.clean(wire.server)}.",
                where=base,
                todo="Name the product that runs there with --to, or use --to sparql.",
            )
        return connection

    def portable(self, lines: bytes) -> bytes:
        return lines
