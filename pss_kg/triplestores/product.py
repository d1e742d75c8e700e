"""What a triplestore is to `load`: the protocol of a product, and the errors it raises.

A product says what its server can do; a connection does it. `pss_kg.triplestores.connection` has
both for whatever speaks SPARQL 1.1, and most products change only a few lines of it. What is sent
is N-Triples of one named graph: IRIs and literals, no blank nodes, so a graph is a set of lines
and to send a line twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

import msgspec

from pss_kg.errors import ServiceError

if TYPE_CHECKING:
    from pss_kg.triplestores.graphs import Body, GraphFiles

Scheme = Literal["basic", "digest", "bearer"]
Triple = tuple[str, str, str]
"""Subject, predicate, object as N-Triples terms, as pyoxigraph prints them."""


class Endpoint(msgspec.Struct, frozen=True):
    """Where the server is and how it is asked. Addresses have no user info in them.

    url:    what `--url` said; each product derives the others from it
    query_url, update_url, gsp_url: where said outright, "" = as the product derives them
    user, password, token: "" = none; `scheme` None = as the product usually has it
    netrc:  whether ~/.netrc may be asked for user and password
    timeout: seconds that the server may be silent; 0 = by the size of what is sent
    """

    url: str
    query_url: str = ""
    update_url: str = ""
    gsp_url: str = ""
    user: str = ""
    password: str = ""
    token: str = ""
    scheme: Scheme | None = None
    netrc: bool = False
    timeout: float = 0.0

    def __repr__(self) -> str:
        """Without secrets: a repr may land in a log."""
        return f"Endpoint({self.url!r})"


class Difference(NamedTuple):
    """Something that a product is known to change: `name` for people, as in
    "xsd:duration is given back in months".

    `matches(sent, there)` tells whether `there` is what it makes of the object `sent`; both are
    N-Triples terms. Where what it makes can't be told, it may compare the datatypes alone.
    """

    name: str
    matches: Callable[[str, str], bool]


class Product(Protocol):
    """A kind of triplestore. Making one connects to nothing.

    name, title:   as in `--to NAME`, and for people
    scheme:        of authentication, where the user names none
    transactions:  one request is done wholly or not at all, `Connection.move` included
    replaces:      `Connection.replace` takes a whole graph of any size, and readers see the old
                   graph or the new one; False: graphs go by chunks into a graph beside, which is
                   then moved (with transactions), or into the emptied graph itself (without)
    fills:         `Connection.fill` takes a whole graph of any size in one request
    chunk, smallest, largest: bytes of N-Triples a request: at first, at least, at most
    rewrites:      `portable` changes some lines (asked twice: once for the length of a whole graph)
    differences:   what it is known to change
    """

    name: str
    title: str
    scheme: Scheme
    transactions: bool
    replaces: bool
    fills: bool
    chunk: int
    smallest: int
    largest: int
    rewrites: bool
    differences: Sequence[Difference]

    def connect(self, endpoint: Endpoint) -> Connection:
        """A connection to the server. Nothing is changed there.

        Raises UsageError for an address that can't be right, StoreError where nothing answers,
        the credentials are not taken, or another product is there.
        """
        ...

    def portable(self, lines: bytes) -> bytes:
        """The N-Triples lines in the form that is written to this product; most give them as they are.

        The very same object where nothing is changed. A line stays one line.
        """
        ...


class Connection(Protocol):
    """A server that answered. Graphs are IRIs without brackets. All raise StoreError."""

    def version(self) -> str:
        """What the server says of itself, "" where it says nothing."""
        ...

    def count(self, graph: str) -> int:
        """The triples in a named graph; 0 where there is none. Counted by the server, now."""
        ...

    def replace(self, graph: str, body: Body) -> None:
        """Make the graph what `body` says, in one step. Only called where the product `replaces`.

        Raises TooLarge where the server can't take it in one piece; the graph is then unchanged.
        """
        ...

    def fill(self, graph: str, body: Body) -> None:
        """Add all of `body` to a graph that is empty or holds a part of it, as fast as can be.

        Need not be one step: nothing stood there before. Only called where the product `fills`.
        Raises TooLarge where the server can't take it in one piece.
        """
        ...

    def append(self, graph: str, lines: bytes) -> None:
        """Add whole N-Triples lines to the graph.

        Raises TooLarge where a smaller piece may be taken.
        """
        ...

    def move(self, source: str, target: str) -> None:
        """Make `target` what `source` is, and remove `source`, in one transaction.

        Only called where the product has transactions.
        """
        ...

    def delete(self, graph: str) -> None:
        """Remove the graph. One that is not there is no error."""
        ...

    def describe(self, graph: str, subjects: Sequence[str]) -> Iterable[Triple]:
        """Every triple of the graph with one of these subjects (IRIs), in any order."""
        ...

    def close(self) -> None:
        """Let the connection go. Raises nothing."""
        ...


class Bulk(Protocol):
    """A product's own way to load files: `--bulk DIR` writes them with what they need."""

    name: str
    title: str

    def write(self, graphs: Sequence[GraphFiles], folder: Path) -> Iterator[str]:
        """Write the files and the product's configuration into the empty `folder`.

        Yields the lines that tell the reader what to run, the commands among them.
        """
        ...


class StoreError(ServiceError):
    """A triplestore that can't be asked, refuses, or does not hold what was sent. `where` is its
    address; no password or token stands in it."""


class Unreachable(StoreError):
    """Nothing answers, or the connection broke; the same request may work later."""


class Busy(Unreachable):
    """The server says that it can't now (429, 502, 503, 504)."""


class TooLarge(StoreError):
    """The server can't take so much at once (413, a time-out, memory); less may work."""


class Denied(StoreError):
    """The credentials are missing or not taken (401, 403), or the server is read-only."""


class NotThere(StoreError):
    """There is no such path on the server (404, 405): another product, or a mistyped address."""
