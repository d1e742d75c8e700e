"""The contract of a triplestore as a test class, for the tests of pss-kg and of plug-ins.

A subclass gives the product and an endpoint of a running server; a test runner finds the promises
by their names (`test_…`). Nothing here imports one. The graphs it uses begin with `GRAPH` and are
removed afterwards.

    class TestOxigraph(ProductContract):
        product = Oxigraph()

        @pytest.fixture(autouse=True)
        def _server(self, oxigraph_server):
            self.endpoint = Endpoint(url=oxigraph_server)
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pss_kg.triplestores import proof, sending
from pss_kg.triplestores.connection import parsed
from pss_kg.triplestores.graphs import Body, GraphFiles
from pss_kg.triplestores.product import Connection, Endpoint, Product
from pss_kg.vocabulary import XSD

GRAPH = "https://example.org/pss-kg-contract/graph"
_S = "<https://example.org/pss-kg-contract/thing>"
_P = "<https://example.org/pss-kg-contract/says>"

OBJECTS = (
    *("<https://example.org/a%2Fb>", '"plain"', '"with \\"quotes\\", \\\\ and\\nlines\\ttabs"', '""'),
    *('"größer ≥ 5 µg, 漢字, 😀"@de', '"title"@en', '"title"@en-gb', '"NEL \\u0085 LS \\u2028 ctrl \\u0001"'),
    '"a backslash, then u0041: \\\\u0041"',
    *(f'"1979"^^<{XSD}gYear>', f'"1979-11"^^<{XSD}gYearMonth>', f'"2020-05-06"^^<{XSD}date>'),
    *(f'"2020-05-06T00:00:00Z"^^<{XSD}dateTime>', f'"P2Y3M"^^<{XSD}duration>', f'"-P1D"^^<{XSD}duration>'),
    *(f'"007"^^<{XSD}integer>', f'"127"^^<{XSD}nonNegativeInteger>', f'"1.50"^^<{XSD}decimal>'),
    *(f'"true"^^<{XSD}boolean>', f'"http://example.org/x"^^<{XSD}anyURI>', f'"{"long " * 3000}"'),
)
"""Objects of every kind that the graph has, and some that are hard."""


def lines(objects: tuple[str, ...] = OBJECTS, subject: str = _S) -> bytes:
    """One triple for each object, as N-Triples."""
    return "".join(f"{subject} {_P} {term} .\n" for term in objects).encode()


class ProductContract:
    """The promises of a product. A subclass gives `product` and `endpoint`."""

    product: Product
    endpoint: Endpoint

    @contextlib.contextmanager
    def connected(self) -> Iterator[Connection]:
        """A connection whose graphs are empty before and after."""
        connection = self.product.connect(self.endpoint)
        graphs = (GRAPH, f"{GRAPH}/2", sending.beside_of(GRAPH))
        try:
            for graph in graphs:
                connection.delete(graph)
            yield connection
            for graph in graphs:
                connection.delete(graph)
        finally:
            connection.close()

    @contextlib.contextmanager
    def graph(self, triples: bytes) -> Iterator[GraphFiles]:
        """These triples as a graph of a workspace."""
        quads = triples.replace(b" .\n", f" <{GRAPH}> .\n".encode())
        with tempfile.TemporaryDirectory(prefix="pss-kg-") as folder:
            path = Path(folder) / "00.nq"
            path.write_bytes(quads)
            number = quads.count(b"\n")
            yield GraphFiles("made-up", GRAPH, number, "0" * 64, ((path, len(quads), number),))

    def test_it_says_what_it_is(self) -> None:
        product = self.product
        assert product.name == product.name.lower().strip() != ""
        assert product.title.strip() == product.title != ""
        assert 0 < product.smallest <= product.chunk <= product.largest
        assert product.scheme in ("basic", "digest", "bearer")

    def test_a_graph_that_is_not_there_counts_nothing_and_can_be_deleted(self) -> None:
        with self.connected() as connection:
            assert connection.count(GRAPH) == 0
            connection.delete(GRAPH)
            assert list(connection.describe(GRAPH, [_S[1:-1]])) == []

    def test_what_is_added_is_counted_and_to_add_it_again_changes_nothing(self) -> None:
        with self.connected() as connection:
            whole = self.product.portable(lines())
            connection.append(GRAPH, whole)
            number = connection.count(GRAPH)
            assert number == len(OBJECTS)
            connection.append(GRAPH, whole)
            assert connection.count(GRAPH) == number

    def test_every_term_comes_back_as_it_was_sent_or_as_is_known(self) -> None:
        with self.connected() as connection:
            sent = self.product.portable(lines())
            connection.append(GRAPH, sent)
            there = {(p, o) for _, p, o in connection.describe(GRAPH, [_S[1:-1]])}
            expected = {(p, o) for _, p, o in parsed(sent, "contract")}
            assert not list(proof.compare(expected, there, self.product.differences, {}))

    def test_graphs_are_apart(self) -> None:
        with self.connected() as connection:
            connection.append(GRAPH, lines(('"one"',)))
            connection.append(f"{GRAPH}/2", lines(('"two"', '"three"')))
            assert connection.count(GRAPH) == 1
            connection.delete(f"{GRAPH}/2")
            assert (connection.count(GRAPH), connection.count(f"{GRAPH}/2")) == (1, 0)
            assert [o for _, _, o in connection.describe(GRAPH, [_S[1:-1]])] == ['"one"']

    def test_a_graph_is_filled_and_replaced(self) -> None:
        with self.connected() as connection, self.graph(lines()) as graph:
            sent = sending.fill(self.product, connection, graph, lambda _: None)
            assert sent.requests >= 1
            assert connection.count(GRAPH) == len(OBJECTS)
            connection.append(GRAPH, lines(('"too much"',)))
            sending.replace(self.product, connection, graph, lambda _: None)
            assert connection.count(GRAPH) == len(OBJECTS)
            assert connection.count(sending.beside_of(GRAPH)) == 0

    def test_a_graph_is_replaced_in_one_step_where_it_says_so(self) -> None:
        if not self.product.replaces:
            return
        with self.connected() as connection, self.graph(lines(('"new"', '"newer"'))) as graph:
            connection.append(GRAPH, lines(('"old"',)))
            connection.replace(GRAPH, Body(graph))
            assert connection.count(GRAPH) == 2

    def test_a_graph_is_moved_where_it_has_transactions(self) -> None:
        if not self.product.transactions:
            return
        with self.connected() as connection:
            connection.append(GRAPH, lines(('"old"', '"older"')))
            # Some dozens: there is a server that loses half of them.
            new = tuple(f'"new {number}"' for number in range(60))
            connection.append(sending.beside_of(GRAPH), lines(new))
            connection.move(sending.beside_of(GRAPH), GRAPH)
            assert {o for _, _, o in connection.describe(GRAPH, [_S[1:-1]])} == set(new)
            assert (connection.count(GRAPH), connection.count(sending.beside_of(GRAPH))) == (len(new), 0)
