"""One graph sent: whole where the product takes it, else in chunks that adapt to what the server bears."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from pss_kg.triplestores.graphs import Body, GraphFiles
from pss_kg.triplestores.product import Connection, Product, TooLarge

Told = Callable[[int], None]
"""Is told how many quads of the graph were sent."""

_GROW_AFTER = 8  # chunks that went well
_GROWTH = 1.25


class Sent(msgspec.Struct):
    """How a graph went over: requests with data, how many were refused as too large, the way taken."""

    requests: int = 0
    refused: int = 0
    way: str = ""


class Pace:
    """How many bytes go into the next chunk: half as many after a refusal, slowly more after that."""

    def __init__(self, product: Product) -> None:
        self.size = product.chunk
        self._smallest, self._largest = product.smallest, product.largest
        self._well = 0

    def went_well(self) -> None:
        """A chunk was taken."""
        self._well += 1
        if self._well >= _GROW_AFTER:
            self._well = 0
            self.size = min(self._largest, int(self.size * _GROWTH))

    def too_large(self) -> None:
        """A chunk was refused."""
        self._well = 0
        self.size = max(self._smallest, self.size // 2)


def fill(product: Product, connection: Connection, graph: GraphFiles, told: Told, into: str = "") -> Sent:
    """Bring all of the graph into one that is empty there, or holds a part of it. Raises StoreError.

    into: the graph's IRI there, if it is not its own
    """
    into = into or graph.iri
    sent = Sent()
    if product.fills:
        try:
            sent.way = "whole"
            sent.requests += 1
            connection.fill(into, Body(graph, told, product.portable if product.rewrites else None))
            return sent
        except TooLarge:
            # What of it was taken does no harm: the chunks say it again, and lines are a set.
            sent.refused += 1
    _by_chunks(product, connection, graph, into, sent, told)
    sent.way = "chunks"
    return sent


def replace(product: Product, connection: Connection, graph: GraphFiles, told: Told) -> Sent:
    """Put the graph in place of another. In one step, as readers see it, where the product can.

    Raises StoreError. Without transactions the caller marks the graph before, since it is emptied
    first and an interruption leaves it so.
    """
    sent = Sent()
    if product.replaces:
        try:
            sent.way = "replaced at once"
            sent.requests += 1
            connection.replace(graph.iri, Body(graph, told, product.portable if product.rewrites else None))
            return sent
        except TooLarge:
            sent.refused += 1
    if product.transactions:
        beside = beside_of(graph.iri)
        connection.delete(beside)  # what an interrupted load left
        _by_chunks(product, connection, graph, beside, sent, told)
        try:
            connection.move(beside, graph.iri)
        except TooLarge as error:
            raise TooLarge(
                f"the server can't put {graph.iri} in place in one step. " + error.what,
                where=error.where,
                todo="The old graph is still there. Give the server more memory or time (--timeout), or "
                "remove the graph first (--delete) and load it then; it is missing in between.",
            ) from error
        sent.way = "chunks, then moved"
    else:
        connection.delete(graph.iri)
        _by_chunks(product, connection, graph, graph.iri, sent, told)
        sent.way = "emptied, then chunks"
    return sent


def append(product: Product, connection: Connection, graph: GraphFiles, told: Told) -> Sent:
    """Add the graph to what is there, by chunks. Raises StoreError."""
    sent = Sent(way="chunks")
    _by_chunks(product, connection, graph, graph.iri, sent, told)
    return sent


def beside_of(iri: str) -> str:
    """The graph where a new state is gathered before it is moved."""
    return f"{iri}/loading"


def _by_chunks(
    product: Product, connection: Connection, graph: GraphFiles, into: str, sent: Sent, told: Told
) -> None:
    pace = Pace(product)
    done = 0
    for lines in _chunks(graph, pace):
        _send(product, connection, into, lines, pace, sent)
        done += lines.count(b"\n")
        told(done)


def _chunks(graph: GraphFiles, pace: Pace) -> Iterator[bytes]:
    """Whole lines, about `pace.size` bytes each time, across the borders of files."""
    gathered: list[bytes] = []
    size = 0
    # Small blocks, so that a pace that changed is felt soon.
    for block in graph.blocks(min(1 << 16, pace.size)):
        if size and size + len(block) > pace.size:
            yield b"".join(gathered)
            gathered, size = [], 0
        gathered.append(block)
        size += len(block)
    if gathered:
        yield b"".join(gathered)


def _send(product: Product, connection: Connection, into: str, lines: bytes, pace: Pace, sent: Sent) -> None:
    """Send these lines, in halves where they are too many for the server."""
    sent.requests += 1
    try:
        connection.append(into, product.portable(lines))
        pace.went_well()
        return
    except TooLarge:
        middle = (lines.rfind(b"\n", 0, len(lines) // 2) + 1) or (lines.find(b"\n") + 1)
        if middle in (0, len(lines)):
            raise  # nothing is smaller than a line
        sent.refused += 1
        pace.too_large()
    _send(product, connection, into, lines[:middle], pace, sent)
    _send(product, connection, into, lines[middle:], pace, sent)
