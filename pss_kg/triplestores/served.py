"""What products that speak SPARQL have in common: the wire, the address, and who is asked.

A product derives from `Served`, says its own facts as class attributes, and connects. What it does
not say is the most cautious: no transactions, small chunks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from pss_kg.errors import UsageError
from pss_kg.triplestores.connection import SparqlConnection
from pss_kg.triplestores.product import Difference, Endpoint, Scheme, StoreError
from pss_kg.triplestores.wire import Wire

C = TypeVar("C", bound=SparqlConnection)
NOWHERE = "urn:x-pss-kg:none"
"""A graph that is nowhere. To count it asks whether this is a SPARQL server, and lets us in."""


class Served:
    """The facts and steps that most products share; see `product.Product` for the attributes.

    services: last parts of addresses that are services of `service_of`, and not its `--url`
    headers:  words of its header `Server`, in lower case; () = it is not looked at
    """

    name: str
    title: str
    scheme: Scheme = "basic"
    transactions = False
    replaces = False
    fills = False
    chunk = 1 << 20
    smallest = 1 << 14
    largest = 16 << 20
    rewrites = False
    differences: Sequence[Difference] = ()
    services: Sequence[str] = ()
    service_of = "the server"
    headers: Sequence[str] = ()

    def portable(self, lines: bytes) -> bytes:
        """See `product.Product`: the lines as they are."""
        return lines

    def wire(self, endpoint: Endpoint) -> Wire:
        """Raises UsageError for an address that can't be right."""
        return Wire(endpoint, self.title, self.scheme, f"PSS_KG_{self.name.upper()}")

    def base(self, endpoint: Endpoint) -> str:
        """`--url` without a slash at its end. Raises UsageError where it names a service."""
        base = endpoint.url.rstrip("/")
        rest, _, last = base.rpartition("/")
        if last in self.services:
            raise UsageError(
                f"--url names a service of {self.service_of}.",
                where=base,
                todo=f"Give {self.service_of} itself: {rest}",
            )
        return base

    def greeted(self, connection: C, where: str) -> C:
        """The connection, after the server has counted and is the one that is meant.

        Raises StoreError where nothing answers, access is denied, or another product is there.
        """
        connection.count(NOWHERE)
        self.recognise(connection.wire, where)
        return connection

    def recognise(self, wire: Wire, where: str) -> None:
        """Raises StoreError if the header `Server` was there and names another product."""
        if not self.is_meant(wire.server.lower()):
            raise StoreError(
                f"this is no {self.title}, it says that it is {wire.clean(wire.server)}.",
                where=where,
                todo="Name the product that runs there with --to, or use --to sparql.",
            )

    def is_meant(self, server: str) -> bool:
        """Whether this header `Server`, in lower case, can be that of the product; "" can."""
        return not server or not self.headers or any(word in server for word in self.headers)
