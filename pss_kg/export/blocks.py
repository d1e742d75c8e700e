"""Reading the files of graph/ subject by subject, in constant memory.

A file of graph/ holds the quads of one graph, one a line, made by pss_kg.terms: no comments,
terms one blank apart, and no blank nodes (a query's answer may hold them). So a line is cut, not
parsed. A block is what belongs to one publication (or a stretch of shared things), grouped by
subject; within a file a subject may come back in a later block, which every RDF syntax allows.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pss_kg.errors import GraphError

Block = dict[str, dict[str, list[str]]]
"""subject -> predicate -> objects; N-Triples terms, each in the order of the file."""

LIMIT = 20_000
"""Triples after which a block ends at the next subject, publication or not."""


def end_of_line(graph_iri: str) -> str:
    """What every line of a file of this graph ends in; "" is no named graph."""
    return f" <{graph_iri}> .\n" if graph_iri else " .\n"


def blocks(path: Path, graph_iri: str, publication_base: str, limit: int | None = None) -> Iterator[Block]:
    """The blocks of one file. `limit` is LIMIT unless given; 0 never cuts a publication's block.

    Raises GraphError, with file and line, for a line that is no quad of this graph.
    """
    limit = LIMIT if limit is None else limit
    end = end_of_line(graph_iri)
    cut = -len(end)
    start = f"<{publication_base}"
    block: Block = {}
    predicates: dict[str, list[str]] = {}
    subject = ""
    publication = ""
    in_block = number = 0
    with open(path, encoding="utf-8", newline="\n") as lines:
        for number, line in enumerate(lines, 1):
            if not line.endswith(end):
                raise _no_quad(path, number, line)
            try:
                this, predicate, value = line[:cut].split(" ", 2)
            except ValueError:
                raise _no_quad(path, number, line) from None
            if this != subject:
                subject = this
                is_publication = this.startswith(start) and "/" not in this[len(start) :]
                if is_publication and this != publication:
                    if publication:
                        yield block
                        block, in_block = {}, 0
                    publication = this
                elif limit and in_block > limit:
                    yield block
                    block, in_block = {}, 0
                found = block.get(this)
                if found is None:
                    found = block[this] = {}
                predicates = found
            in_block += 1
            if predicate in predicates:
                predicates[predicate].append(value)
            else:
                predicates[predicate] = [value]
    if block:
        yield block


def _no_quad(path: Path, number: int, line: str) -> GraphError:
    return GraphError(
        f"this line is no quad of this file's graph: {line[:120].strip()}",
        where=f"{path}, line {number}",
        todo="Run `pss-kg build` again; the graph is made anew from records/.",
    )
