"""OpenLink Virtuoso 7: Query at /sparql, and with digest authentication Update at /sparql-auth and
Graph Store at /sparql-graph-crud-auth.

No request is a transaction: one that is broken off leaves what it had done. A body far above 16 MB
is read so slowly, or never, that the connection hangs; and an INSERT DATA of more than about
10,000 terms ends in "memory exhausted". So graphs go by the Graph Store, in chunks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pss_kg.errors import UsageError
from pss_kg.triplestores.connection import SparqlConnection
from pss_kg.triplestores.differences import same_boolean, same_number
from pss_kg.triplestores.product import Difference, Endpoint, Scheme, StoreError
from pss_kg.triplestores.wire import Wire
from pss_kg.vocabulary import XSD

LONGEST_IRI = 1879
"""Bytes of an IRI that Virtuoso keeps; of longer ones the end becomes a checksum. Measured on 7.2.5."""

_DURATION = re.compile(
    rb'"\^\^<%s(?:duration|dayTimeDuration|yearMonthDuration)> \.$' % XSD.encode(), re.MULTILINE
)
_PATHS = ("sparql", "sparql-auth", "sparql-graph-crud-auth", "sparql-graph-crud")


class Virtuoso:
    """Virtuoso 7 Open Source. No transactions: a replaced graph is emptied and filled by chunks."""

    name = "virtuoso"
    title = "Virtuoso"
    scheme: Scheme = "digest"
    transactions = False
    replaces = False
    fills = False
    chunk = 4 << 20
    smallest = 1 << 14
    largest = 16 << 20
    rewrites = True
    differences: Sequence[Difference] = (
        Difference("IRIs over 1,879 bytes end in a checksum", lambda a, b: _is_cut(a, b)),
        Difference("numbers are kept by value, an integer beyond 64 bits as decimal", same_number),
        Difference("booleans are 1 and 0 in query results", same_boolean),
    )

    def connect(self, endpoint: Endpoint) -> VirtuosoConnection:
        base = endpoint.url.rstrip("/")
        if base.rpartition("/")[2] in _PATHS:
            raise UsageError(
                "--url names one of Virtuoso's services.",
                where=base,
                todo=f"Give the server itself: {base.rpartition('/')[0]}",
            )
        wire = Wire(endpoint, self.title, self.scheme, "PSS_KG_VIRTUOSO")
        connection = VirtuosoConnection(
            wire,
            endpoint.query_url or f"{base}/sparql",
            endpoint.update_url or f"{base}/sparql-auth",
            endpoint.gsp_url or f"{base}/sparql-graph-crud-auth",
        )
        connection.count("urn:x-pss-kg:none")
        if wire.server and "virtuoso" not in wire.server.lower():
            raise StoreError(
                f"this is no Virtuoso, it says that it is {wire.clean(wire.server)}.",
                where=base,
                todo="Name the product that runs there with --to, or use --to sparql.",
            )
        # The challenge of the digest comes now, with an empty request. Virtuoso does not read the
        # body of a request that it answers with 401, and a large one would hang.
        wire.ask("GET", connection.update_url, params={"query": "ASK {}"})
        return connection

    def portable(self, lines: bytes) -> bytes:
        """Durations as plain strings of the same text: Virtuoso would keep "P2Y3M" as 27, and of
        "P1Y2M3D" the months alone."""
        return _DURATION.sub(b'" .', lines) if b"uration> .\n" in lines else lines


class VirtuosoConnection(SparqlConnection):
    """As the Graph Store Protocol has it."""

    def delete(self, graph: str) -> None:
        # DROP GRAPH does the same and took half a minute where this takes a second.
        self.wire.ask("DELETE", self.gsp_url, params={"graph": graph}, size=1 << 30, fine=(404,))


def _is_cut(sent: str, there: str) -> bool:
    # What follows the cut is a checksum of the whole, so two long IRIs stay two.
    kept = LONGEST_IRI - 32
    return (
        sent[:1] == there[:1] == "<"
        and len(sent.encode()) - 2 > LONGEST_IRI
        and sent.encode()[: kept + 1] == there.encode()[: kept + 1]
    )
