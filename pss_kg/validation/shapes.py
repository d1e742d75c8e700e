"""The shapes graph: read, checked, and made ready for either engine."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from pss_kg.errors import GraphError
from pss_kg.resources import folder
from pss_kg.validation.files import SUFFIXES, Blanks, triples
from pss_kg.vocabulary import PSS, RDF, SH

if TYPE_CHECKING:
    import rdflib
    import shacl

_SKOLEM = "urn:pss-kg:shape:"

_TO_SHAPE = (f"{SH}property", f"{SH}node", f"{SH}not", f"{SH}qualifiedValueShape")
_TO_SHAPES = (f"{SH}and", f"{SH}or", f"{SH}xone")
_TARGETS = tuple(
    SH + t for t in ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf", "target")
)
_SHAPE_CLASSES = (f"{SH}NodeShape", f"{SH}PropertyShape")

# Beyond SHACL Core. pyshacl runs sh:sparql and custom components; the others no engine here runs.
_SPARQL = f"{SH}sparql"
_COMPONENT = f"{SH}ConstraintComponent"
_NEVER = (f"{SH}js", f"{SH}expression", f"{SH}target")

Node = ox.NamedNode | ox.BlankNode


class Shapes:
    """A shapes graph. Blank shapes have IRIs inside, so that a result can be traced to them.

    files: where it was read from
    beyond_core: number of SPARQL constraints and custom constraint components
    never_run:   number of parts that no engine here runs: JavaScript, expressions, computed targets
    """

    def __init__(self, given: Iterable[ox.Triple], files: tuple[Path, ...] = ()) -> None:
        self.files = files
        self.triples = _with_named_shapes(list(dict.fromkeys(given)))
        self._by_subject: dict[str, list[ox.Triple]] = {}
        self._owners: dict[str, str] = {}
        for triple in self.triples:
            self._by_subject.setdefault(_text(triple.subject), []).append(triple)
        for triple in self.triples:
            if triple.predicate.value in _TO_SHAPE:
                self._owners.setdefault(_text(triple.object), _text(triple.subject))
            elif triple.predicate.value in _TO_SHAPES:
                for member in self._members(triple.object):
                    self._owners.setdefault(member, _text(triple.subject))
        self.beyond_core = sum(_is_sparql(triple) for triple in self.triples)
        self.never_run = sum(triple.predicate.value in _NEVER for triple in self.triples)

    @classmethod
    def load(cls, paths: Iterable[str | Path] | None = None, *, check: bool | None = None) -> Shapes:
        """The shapes of files and folders (their RDF files, sorted); by default our own.

        check: hold the graph against the SHACL of SHACL; by default only where paths are given

        Raises UnreadableInput or GraphError, with the file, where it can't be read, is malformed
        or holds no shape at all.
        """
        files = _files([folder("shapes")] if paths is None else [Path(path) for path in paths])
        blanks = Blanks()
        given: list[ox.Triple] = []
        for path in files:
            of_file = list(triples(path, blanks))
            if check if check is not None else paths is not None:
                _check(of_file, path)
            given += of_file
        shapes = cls(given, tuple(files))
        if not shapes.names():
            raise GraphError(
                "holds no SHACL shape.",
                where=", ".join(str(path) for path in files) or "shapes",
                todo="Name a file with sh:NodeShape or sh:PropertyShape.",
            )
        return shapes

    def names(self) -> set[str]:
        """The IRIs of all shapes, those made up for blank ones too."""
        explicit = {
            _text(triple.subject)
            for triple in self.triples
            if (triple.predicate.value == f"{RDF}type" and _text(triple.object) in _SHAPE_CLASSES)
            or triple.predicate.value in _TARGETS
        }
        return explicit | set(self._owners)

    def owner(self, shape: str) -> str:
        """The shape, or the nearest shape around it that the author named; "" where none is."""
        seen: set[str] = set()
        while shape.startswith(_SKOLEM) and shape not in seen:
            seen.add(shape)
            shape = self._owners.get(shape, "")
        return "" if shape.startswith(_SKOLEM) else shape

    def said(self, shape: str, predicate: str) -> str:
        """The text that the shape, or the nearest shape around it, has for the predicate.

        Of several texts one without language or in English comes first, then the smallest.
        """
        seen: set[str] = set()
        while shape and shape not in seen:
            if text := self.own(shape, predicate):
                return text
            seen.add(shape)
            shape = self._owners.get(shape, "")
        return ""

    def own(self, shape: str, predicate: str) -> str:
        """As `said`, of this shape alone."""
        texts = [
            ((triple.object.language or "en").split("-")[0] != "en", triple.object.value)
            for triple in self._by_subject.get(shape, ())
            if triple.predicate.value == predicate and isinstance(triple.object, ox.Literal)
        ]
        return min(texts)[1] if texts else ""

    def source_field(self, shape: str) -> str:
        return self.said(shape, f"{PSS}sourceField")

    def remedy(self, shape: str) -> str:
        return self.said(shape, f"{PSS}remedy")

    def path(self, shape: str) -> str:
        """The shape's sh:path: an IRI, or a path as SPARQL writes it; "" for a node shape."""
        for triple in self._by_subject.get(shape, ()):
            if triple.predicate.value == f"{SH}path":
                text = self._path(triple.object)
                return text[1:-1] if isinstance(triple.object, ox.NamedNode) else text
        return ""

    def _path(self, node: object) -> str:
        if isinstance(node, ox.NamedNode):
            return f"<{node.value}>"
        for triple in self._by_subject.get(_text(node), ()):
            kind = triple.predicate.value.removeprefix(SH)
            if kind == "inversePath":
                return f"^{self._path(triple.object)}"
            if kind == "alternativePath":
                return f"({'|'.join(self._path(part) for part in self._list(triple.object))})"
            if kind in _REPEATED:
                return f"({self._path(triple.object)}){_REPEATED[kind]}"
        return f"({'/'.join(self._path(part) for part in self._list(node))})"

    def _members(self, head: object) -> list[str]:
        return [_text(node) for node in self._list(head)]

    def _list(self, head: object) -> list[object]:
        """The members of an RDF list; stops where the list is broken or runs in a circle."""
        result: list[object] = []
        seen: set[str] = set()
        while _text(head) not in seen and _text(head) != f"{RDF}nil":
            seen.add(_text(head))
            parts = {t.predicate.value: t.object for t in self._by_subject.get(_text(head), ())}
            if f"{RDF}first" not in parts:
                break
            result.append(parts[f"{RDF}first"])
            head = parts.get(f"{RDF}rest", ox.NamedNode(f"{RDF}nil"))
        return result

    def core(self) -> list[ox.Triple]:
        """The graph without the parts that are not SHACL Core."""
        return [t for t in self.triples if not (_is_sparql(t) or t.predicate.value in _NEVER)]

    def classes(self) -> set[str]:
        """The classes that the shapes name: targets, values of sh:class, and class-shapes."""
        predicates = (f"{SH}class", f"{SH}targetClass")
        named = {_text(t.object) for t in self.triples if t.predicate.value in predicates}
        types = {_text(t.subject) for t in self.triples if _text(t.object).endswith("#Class")}
        return named | (types & self.names())

    @cached_property
    def compiled(self) -> shacl.Shapes:
        """The Core part, compiled by the fast engine. Raises GraphError where it refuses it."""
        from pss_kg.validation.fast import compiled

        return compiled(self.core(), ", ".join(str(path) for path in self.files))

    @cached_property
    def graph(self) -> rdflib.Graph:
        """The whole graph for pyshacl."""
        from pss_kg.validation.reference import graph

        # pyshacl takes "1"^^xsd:boolean for true; SHACL (4.4.2) wants the literal true itself.
        return graph(
            t
            for t in self.triples
            if t.predicate.value != f"{SH}uniqueLang" or getattr(t.object, "value", "") == "true"
        )


_REPEATED = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}


def _text(node: object) -> str:
    if isinstance(node, ox.BlankNode):
        return str(node)
    return node.value if isinstance(node, ox.NamedNode) else ""


def _is_sparql(triple: ox.Triple) -> bool:
    return triple.predicate.value == _SPARQL or (
        triple.predicate.value == f"{RDF}type" and _text(triple.object) == _COMPONENT
    )


def _files(paths: list[Path]) -> list[Path]:
    """The paths, a folder replaced by its RDF files in order of their names."""
    result: list[Path] = []
    for path in paths:
        if path.is_dir():
            result += sorted(p for p in path.iterdir() if p.suffix.lower() in SUFFIXES and p.is_file())
        else:
            result.append(path)
    return result


def _with_named_shapes(given: list[ox.Triple]) -> list[ox.Triple]:
    """Blank shapes get IRIs; blank paths and lists stay blank, as SHACL wants them."""
    rest = {t.subject: t.object for t in given if t.predicate.value == f"{RDF}rest"}
    first = {t.subject: t.object for t in given if t.predicate.value == f"{RDF}first"}
    blank: dict[object, ox.NamedNode] = {}

    def name(node: object) -> None:
        if isinstance(node, ox.BlankNode) and node not in blank:
            blank[node] = ox.NamedNode(f"{_SKOLEM}{len(blank) + 1}")

    for triple in given:
        predicate = triple.predicate.value
        if predicate in _TARGETS or (predicate == f"{RDF}type" and _text(triple.object) in _SHAPE_CLASSES):
            name(triple.subject)
        if predicate in _TO_SHAPE:
            name(triple.object)
        elif predicate in _TO_SHAPES:
            head: object = triple.object
            seen: set[object] = set()
            while head in first and head not in seen:
                seen.add(head)
                name(first[head])  # type: ignore[index]
                head = rest.get(head)  # type: ignore[call-overload]
    if not blank:
        return given
    return [
        ox.Triple(blank.get(t.subject, t.subject), t.predicate, blank.get(t.object, t.object)) for t in given
    ]


def _check(given: list[ox.Triple], path: Path) -> None:
    """Hold a shapes file against the SHACL of SHACL. Raises GraphError with what is wrong."""
    from pss_kg.validation.reference import graph, meta_problem

    problem = meta_problem(graph(given))
    if problem:
        raise GraphError(
            f"is not a well-formed shapes graph: {problem}",
            where=str(path),
            todo="Mend the shape; see https://www.w3.org/TR/shacl/#shapes-graph.",
        )
