"""A connection to whatever speaks SPARQL 1.1: Query, Update and the Graph Store Protocol.

Products derive from `SparqlConnection` and change what their server does otherwise.
Specifications: SPARQL 1.1 Protocol, Update, Graph Store HTTP Protocol.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import requests

from pss_kg.triplestores.product import StoreError, Triple
from pss_kg.triplestores.wire import Wire

if TYPE_CHECKING:
    from pss_kg.triplestores.graphs import Body

N_TRIPLES = "application/n-triples"
ROWS = "text/csv"


class SparqlConnection:
    """A server with these addresses. Without `gsp` everything goes by SPARQL Update.

    media: the media type of N-Triples there; `parameters` go into each Graph Store request.
    """

    def __init__(
        self,
        wire: Wire,
        query: str,
        update: str,
        gsp: str = "",
        *,
        media: str = N_TRIPLES,
        parameters: Mapping[str, str] | None = None,
    ) -> None:
        self.wire = wire
        self.query_url = query
        self.update_url = update
        self.gsp_url = gsp
        self.media = media
        self.parameters = dict(parameters or {})

    def version(self) -> str:
        """What the header `Server` says."""
        return self.wire.server

    def close(self) -> None:
        self.wire.close()

    def count(self, graph: str) -> int:
        text = self.rows(self.counting(graph))
        try:
            return int(text[1][0])
        except (IndexError, ValueError) as error:
            raise StoreError(
                f"the server's answer to a count is none: {self.wire.clean(repr(text[:2]))}.",
                where=self.query_url,
                todo=f"Is this the address of {self.wire.title}? Check --to and --url.",
            ) from error

    def counting(self, graph: str) -> str:
        """The query that counts the triples of a graph."""
        return f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"

    def rows(self, query: str) -> list[list[str]]:
        """The rows of a SELECT, the header first, as plain strings."""
        text: str = self.wire.ask(
            "POST", self.query_url, data={"query": query}, headers={"Accept": ROWS}, size=1 << 27
        )
        return list(csv.reader(text.splitlines()))

    def replace(self, graph: str, body: Body) -> None:
        self._store("PUT", graph, body, len(body))

    def fill(self, graph: str, body: Body) -> None:
        self._store("POST", graph, body, len(body))

    def append(self, graph: str, lines: bytes) -> None:
        if self.gsp_url:
            self._store("POST", graph, lines, len(lines))
        else:
            self.update(b"INSERT DATA { GRAPH <" + graph.encode() + b"> {\n" + lines + b"} }")

    def _store(self, method: str, graph: str, data: Body | bytes, size: int) -> None:
        self.wire.ask(
            method,
            self.gsp_url,
            params={**self.parameters, "graph": graph},
            headers={"Content-Type": self.media},
            data=data,
            size=size,
        )

    def move(self, source: str, target: str) -> None:
        self.update(f"MOVE GRAPH <{source}> TO GRAPH <{target}>".encode(), size=1 << 30)

    def delete(self, graph: str) -> None:
        # SILENT: SPARQL leaves it open whether a graph that is not there is an error.
        self.update(f"DROP SILENT GRAPH <{graph}>".encode(), size=1 << 30)

    def update(self, text: bytes, size: int = 0) -> None:
        """Run a SPARQL Update that may be repeated."""
        self.wire.ask(
            "POST",
            self.update_url,
            data=text,
            headers={"Content-Type": "application/sparql-update; charset=utf-8"},
            size=size,
        )

    def describe(self, graph: str, subjects: Sequence[str]) -> Iterator[Triple]:
        values = " ".join(f"<{subject}>" for subject in subjects)
        query = (
            f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ VALUES ?s {{ {values} }} ?s ?p ?o }} }}"
        )
        text: bytes = self.wire.ask(
            "POST",
            self.query_url,
            data={"query": query},
            headers={"Accept": N_TRIPLES},
            size=1 << 28,
            read=_content,
        )
        try:
            return iter(list(parsed(text, self.query_url)))
        except StoreError as error:
            error.todo = f"Is this the address of {self.wire.title}? Check --to and --url."
            raise


def _content(response: requests.Response) -> bytes:
    return response.content


def parsed(lines: bytes, where: str) -> Iterator[Triple]:
    """N-Triples as terms. Raises StoreError for what is none."""
    from pyoxigraph import RdfFormat, parse

    try:
        for quad in parse(lines, format=RdfFormat.N_TRIPLES, lenient=True):
            yield str(quad.subject), str(quad.predicate), str(quad.object)
    except (SyntaxError, ValueError) as error:
        raise StoreError(f"the server's answer is not N-Triples ({error}).", where=where) from error
