"""Any RDF file as N-Triples text: named graphs merged, blank nodes numbered by appearance."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

from pss_kg.errors import GraphError, UnreadableInput

_FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".turtle": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".json": ox.RdfFormat.JSON_LD,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".owl": ox.RdfFormat.RDF_XML,
    ".xml": ox.RdfFormat.RDF_XML,
}
SUFFIXES = tuple(_FORMATS)

_CHUNK = 1 << 20


def rdf_format(name: str) -> ox.RdfFormat:
    """The format that a file's name tells; a final `.gz` is ignored.

    Raises GraphError for a name that tells none.
    """
    suffix = Path(name.removesuffix(".gz")).suffix.lower()
    if suffix not in _FORMATS:
        raise GraphError(
            f"the name {Path(name).name!r} does not tell an RDF format.",
            where=name,
            todo=f"Name it with one of {', '.join(SUFFIXES)}.",
        )
    return _FORMATS[suffix]


def _content(path: Path) -> bytes:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UnreadableInput(
            f"can't be read: {error.strerror or error}.", where=str(path), todo="Check its name."
        ) from error
    if raw[:2] != b"\x1f\x8b":
        return raw
    try:
        return gzip.decompress(raw)
    except (OSError, EOFError, zlib.error) as error:
        raise GraphError(
            f"the gzip file is damaged: {error}.", where=str(path), todo="Fetch or write it again."
        ) from error


class Blanks:
    """Blank nodes under new labels b1, b2 … in the order they are first seen.

    Parsers give nodes without a label a random one; a report must not depend on that. One
    object serves several files, so that their blank nodes stay apart.
    """

    def __init__(self) -> None:
        self._count = 0

    def rename(self, triples: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
        """The triples of one file, renamed."""
        seen: dict[str, ox.BlankNode] = {}
        for triple in triples:
            subject, obj = triple.subject, triple.object
            if isinstance(subject, ox.BlankNode) or isinstance(obj, ox.BlankNode):
                if isinstance(subject, ox.BlankNode):
                    subject = self._node(seen, subject)
                if isinstance(obj, ox.BlankNode):
                    obj = self._node(seen, obj)
                triple = ox.Triple(subject, triple.predicate, obj)
            yield triple

    def _node(self, seen: dict[str, ox.BlankNode], node: ox.BlankNode) -> ox.BlankNode:
        if node.value not in seen:
            self._count += 1
            seen[node.value] = ox.BlankNode(f"b{self._count}")
        return seen[node.value]


def parsed(data: bytes, form: ox.RdfFormat, where: str) -> Iterator[ox.Triple]:
    """The triples of a document; named graphs are merged. No import is followed.

    Raises GraphError, with the line, where the document is not well-formed.
    """
    try:
        for quad in ox.parse(input=data, format=form, base_iri="http://example.org/"):
            yield quad.triple
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise GraphError(
            f"is not well-formed RDF: {getattr(error, 'msg', None) or error}.",
            where=f"{where}:{line}" if line else where,
            todo="Mend it or write it again.",
        ) from error


def triples(path: Path, blanks: Blanks | None = None) -> Iterator[ox.Triple]:
    """The triples of an RDF file (`.gz` too), format by name, named graphs merged.

    Raises UnreadableInput where the file can't be opened, GraphError where it can't be parsed.
    """
    form = rdf_format(path.name)
    return (blanks or Blanks()).rename(parsed(_content(path), form, str(path)))


def plain_ntriples(path: Path) -> bytes | None:
    """The content of an N-Triples file that needs no change: nothing to rename, no other format; else None.

    It is not parsed. Raises UnreadableInput or GraphError where it can't be opened.
    """
    if rdf_format(path.name) != ox.RdfFormat.N_TRIPLES:
        return None
    content = _content(path)
    return None if b"_:" in content or b"\r" in content else content


def ntriples(path: Path) -> str:
    """An RDF file as N-Triples text, each triple once, in the file's order. Errors as `triples`."""
    return "".join(f"{line} .\n" for line in dict.fromkeys(map(str, triples(path))))
