"""The shapes graph: read, checked, and made ready for either engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from pss_kg.errors import GraphError
from pss_kg.resources import folder
from pss_kg.validation.files import SUFFIXES, Blanks, triples
from pss_kg.validation.skolem import (
    SHAPE_CLASSES,
    SKOLEM,
    TARGETS,
    TO_SHAPE,
    TO_SHAPES,
    text_of,
    with_named_shapes,
)
from pss_kg.validation.sparqlpart import SparqlPart, sparql_part
from pss_kg.vocabulary import PSS, RDF, RDFS, SH

if TYPE_CHECKING:
    import rdflib
    import shacl

# Beyond SHACL Core. pyshacl runs sh:sparql and custom components; the others no engine here runs.
_SPARQL = f"{SH}sparql"
_COMPONENT = f"{SH}ConstraintComponent"
_NEVER = (f"{SH}js", f"{SH}expression", f"{SH}target")

# The Core engine would run components by itself, in its own way.
_NOT_CORE = (
    *_NEVER,
    *(f"{SH}{name}" for name in ("parameter", "validator", "nodeValidator", "propertyValidator")),
)

# Predicates of SHACL that make no constraint of Core.
_NO_CONSTRAINT = {
    *TARGETS,
    *_NEVER,
    *(f"{SH}{name}" for name in ("sparql", "select", "ask", "prefixes", "declare", "prefix", "namespace")),
    *(f"{SH}{name}" for name in ("parameter", "validator", "nodeValidator", "propertyValidator", "optional")),
    *(f"{SH}{name}" for name in ("message", "severity", "deactivated", "labelTemplate", "description")),
    *(f"{SH}{name}" for name in ("path", "name", "order", "group")),
}

Node = ox.NamedNode | ox.BlankNode


class Shapes:
    """A shapes graph. Blank shapes have IRIs inside, so that a result can be traced to them.

    files: where it was read from
    beyond_core: number of SPARQL constraints and of custom constraint components
    never_run:   number of parts that no engine here runs: JavaScript, expressions, computed targets
    """

    def __init__(self, given: Iterable[ox.Triple], files: tuple[Path, ...] = ()) -> None:
        self.files = files
        self.triples = with_named_shapes(list(dict.fromkeys(given)))
        self._by_subject: dict[str, list[ox.Triple]] = {}
        self._owners: dict[str, str] = {}
        for triple in self.triples:
            self._by_subject.setdefault(text_of(triple.subject), []).append(triple)
        for triple in self.triples:
            if triple.predicate.value in TO_SHAPE:
                self._owners.setdefault(text_of(triple.object), text_of(triple.subject))
            elif triple.predicate.value in TO_SHAPES:
                for member in self._members(triple.object):
                    self._owners.setdefault(member, text_of(triple.subject))
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
            text_of(triple.subject)
            for triple in self.triples
            if (triple.predicate.value == f"{RDF}type" and text_of(triple.object) in SHAPE_CLASSES)
            or triple.predicate.value in TARGETS
        }
        return explicit | set(self._owners)

    def owner(self, shape: str) -> str:
        """The shape, or the nearest shape around it that the author named; "" where none is."""
        seen: set[str] = set()
        while shape.startswith(SKOLEM) and shape not in seen:
            seen.add(shape)
            shape = self._owners.get(shape, "")
        return "" if shape.startswith(SKOLEM) else shape

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
        parts = self._list(node)
        if parts:  # a list is a sequence, whatever else it may be
            return f"({'/'.join(self._path(part) for part in parts)})"
        for triple in self._by_subject.get(text_of(node), ()):
            kind = triple.predicate.value.removeprefix(SH)
            if kind == "inversePath":
                return f"^{self._path(triple.object)}"
            if kind == "alternativePath":
                return f"({'|'.join(self._path(part) for part in self._list(triple.object))})"
            if kind in _REPEATED:
                return f"({self._path(triple.object)}){_REPEATED[kind]}"
        return ""

    def _members(self, head: object) -> list[str]:
        return [text_of(node) for node in self._list(head)]

    def _list(self, head: object) -> list[object]:
        """The members of an RDF list; stops where the list is broken or runs in a circle."""
        result: list[object] = []
        seen: set[str] = set()
        while text_of(head) not in seen and text_of(head) != f"{RDF}nil":
            seen.add(text_of(head))
            parts = {t.predicate.value: t.object for t in self._by_subject.get(text_of(head), ())}
            if f"{RDF}first" not in parts:
                break
            result.append(parts[f"{RDF}first"])
            head = parts.get(f"{RDF}rest", ox.NamedNode(f"{RDF}nil"))
        return result

    @cached_property
    def sparql(self) -> SparqlPart:
        """The constraints beyond Core. Raises GraphError for one that SHACL does not allow."""
        names = self.names()
        return sparql_part(
            self.triples, names, {s: f"<{p}>" if p[:1] not in "<^(" else p for s, p in self._paths(names)}
        )

    def _paths(self, names: set[str]) -> Iterable[tuple[str, str]]:
        return ((name, path) for name in names if (path := self.path(name)))

    def core(self) -> list[ox.Triple]:
        """The graph without what is not SHACL Core, and without targets of shapes that pyshacl must run."""
        triples = (
            self.targeting(lambda shape: shape not in self.sparql.apart)
            if self.sparql.apart
            else self.triples
        )
        return [t for t in triples if not (_is_sparql(t) or t.predicate.value in _NOT_CORE)]

    def targeting(self, wanted: Callable[[str], bool]) -> list[ox.Triple]:
        """The graph, targets only on the shapes that are wanted."""
        names = {name for name in self.names() if not wanted(name)}
        return [
            t
            for t in self.triples
            if not (
                text_of(t.subject) in names
                and (
                    t.predicate.value in TARGETS
                    or (t.predicate.value == f"{RDF}type" and text_of(t.object) not in SHAPE_CLASSES)
                )
            )
        ]

    @cached_property
    def has_core(self) -> bool:
        """Whether any shape has a constraint of SHACL Core."""
        return any(
            t.predicate.value.startswith(SH) and t.predicate.value not in _NO_CONSTRAINT for t in self.triples
        )

    def classes(self) -> set[str]:
        """The classes that the shapes name: targets, values of sh:class, and class-shapes."""
        predicates = (f"{SH}class", f"{SH}targetClass")
        named = {text_of(t.object) for t in self.triples if t.predicate.value in predicates}
        types = {text_of(t.subject) for t in self.triples if text_of(t.object).endswith("#Class")}
        return named | (types & self.names())

    @cached_property
    def compiled(self) -> shacl.Shapes:
        """The Core part, compiled by the fast engine. Raises GraphError where it refuses it."""
        from pss_kg.validation.fastcore import compiled

        return compiled(self.core(), ", ".join(str(path) for path in self.files))

    @cached_property
    def graph(self) -> rdflib.Graph:
        """The whole graph for pyshacl."""
        return _for_pyshacl(self.triples)

    @cached_property
    def core_graph(self) -> rdflib.Graph:
        """As `core`, for pyshacl."""
        return _for_pyshacl(self.core())

    @cached_property
    def apart_graph(self) -> rdflib.Graph:
        """The graph for pyshacl, targets only on the shapes that can't be run set at a time."""
        return _for_pyshacl(self.targeting(self.sparql.apart.__contains__))


def _for_pyshacl(given: Iterable[ox.Triple]) -> rdflib.Graph:
    from pss_kg.validation.reference import graph

    # pyshacl takes "1"^^xsd:boolean for true; SHACL (4.4.2) wants the literal true itself.
    return graph(
        t for t in given if t.predicate.value != f"{SH}uniqueLang" or getattr(t.object, "value", "") == "true"
    )


_REPEATED = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}


def _is_sparql(triple: ox.Triple) -> bool:
    return triple.predicate.value == _SPARQL or (
        triple.predicate.value in (f"{RDF}type", f"{RDFS}subClassOf") and text_of(triple.object) == _COMPONENT
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
