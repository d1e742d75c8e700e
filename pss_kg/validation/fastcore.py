"""The `shacl` package as Core engine. It is given SHACL Core and nothing else."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import shacl

from pss_kg.errors import GraphError
from pss_kg.validation.results import Raw, malformed
from pss_kg.vocabulary import RDF, SH

# The engine renames blank nodes. So each one of the data carries its label as a literal, a shape
# of our own finds every such literal, and its results tell which node is which.
_MARK = "urn:pss-kg:blank-node-label"
_LARGE = 16 << 20
"""Bytes above which the data goes to the engine in a file."""

_MARK_SHAPE = "urn:pss-kg:blank-node-shape"
_MARK_PROPERTY = f"{_MARK_SHAPE}:label"
_MARKING = (
    f"<{_MARK_SHAPE}> <{SH}targetSubjectsOf> <{_MARK}> .\n"
    f"<{_MARK_SHAPE}> <{SH}property> <{_MARK_PROPERTY}> .\n"
    f"<{_MARK_PROPERTY}> <{SH}path> <{_MARK}> .\n"
    f"<{_MARK_PROPERTY}> <{SH}nodeKind> <{SH}IRI> .\n"
)


def compiled(triples: Iterable[ox.Triple], where: str) -> shacl.Shapes:
    """A shapes graph ready to run. Raises GraphError, with the file, where it is malformed."""
    text = "".join(f"{triple} .\n" for triple in _open_to_marks(list(triples)))
    try:
        return shacl.Shapes.from_text(text + _MARKING, "ntriples")
    except ValueError as error:
        raise GraphError(f"{error}.", where=where, todo="Mend the shapes graph.") from error


def _open_to_marks(triples: list[ox.Triple]) -> list[ox.Triple]:
    """Closed shapes ignore the mark: it goes to the head of their sh:ignoredProperties."""
    closed = {t.subject for t in triples if t.predicate.value == f"{SH}closed"}
    if not closed:
        return triples
    ignored = {t.subject: t.object for t in triples if t.predicate.value == f"{SH}ignoredProperties"}
    result = [t for t in triples if t.predicate.value != f"{SH}ignoredProperties"]
    first, rest = ox.NamedNode(f"{RDF}first"), ox.NamedNode(f"{RDF}rest")
    for n, shape in enumerate(sorted(closed, key=str)):
        head = ox.BlankNode(f"marked{n}")
        result += [
            ox.Triple(shape, ox.NamedNode(f"{SH}ignoredProperties"), head),
            ox.Triple(head, first, ox.NamedNode(_MARK)),
            ox.Triple(head, rest, ignored.get(shape, ox.NamedNode(f"{RDF}nil"))),
        ]
    return result


def _marks(data: bytes, where: str) -> str:
    """One triple a blank node of the data, holding its label."""
    if b"_:" not in data:
        return ""
    labels: dict[str, None] = {}
    try:
        for quad in ox.parse(input=data, format=ox.RdfFormat.N_TRIPLES):
            for node in (quad.subject, quad.object):
                if isinstance(node, ox.BlankNode):
                    labels[node.value] = None
    except SyntaxError as error:
        raise malformed(error, where) from error
    return "".join(f'_:{label} <{_MARK}> "{label}" .\n' for label in labels)


def _report(data: bytes, marks: bytes, shapes: shacl.Shapes) -> shacl.Report:
    if len(data) < _LARGE:
        return shapes.validate_text((data + marks).decode("utf-8"), "ntriples")
    # As str a text with one emoji takes four bytes a character.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.nt"
        with open(path, "wb") as file:
            file.write(data)
            file.write(marks)
        return shapes.validate_file(str(path))


def run(data: bytes, shapes: shacl.Shapes, where: str) -> list[Raw]:
    """All results of a data graph (N-Triples), in the engine's order.

    Raises GraphError where the data can't be parsed.
    """
    marks = _marks(data, where)
    try:
        report = _report(data, marks.encode(), shapes)
    except ValueError as error:
        raise malformed(error, where) from error
    results = report.results
    blank: dict[str, str] = {}
    if marks:
        for result in results:
            if result.source_shape and result.source_shape[1:-1] == _MARK_PROPERTY:
                blank[result.focus_node] = f"_:{result.value_plain}"
    return [
        Raw(
            blank.get(result.focus_node, result.focus_node),
            result.path or "",
            blank.get(value, value),
            shape,
            result.component_iri.strip("<>"),
            result.severity_iri.strip("<>"),
            result.message or "",
        )
        for result in results
        for value in (result.value or "",)
        for shape in ((result.source_shape or "").strip("<>"),)
        if shape != _MARK_PROPERTY
    ]
