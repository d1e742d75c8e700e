"""The SPARQL constraints of a shapes graph, and from which targets each is reached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from pss_kg.errors import GraphError
from pss_kg.validation.querytext import QueryText
from pss_kg.validation.setquery import check, named_predicates, obstacle, written
from pss_kg.vocabulary import OWL, RDF, RDFS, SH

_ALWAYS = ("this", "shapesGraph", "currentShape")
_TARGETS = ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")
_LISTS = ("and", "or", "xone")
_SINGLE = ("node", "not", "qualifiedValueShape")

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


class Index:
    """A shapes graph by subject."""

    def __init__(self, triples: list[ox.Triple]) -> None:
        self.by_subject: dict[str, dict[str, list[Term]]] = {}
        for triple in triples:
            objects = self.by_subject.setdefault(key(triple.subject), {})
            objects.setdefault(triple.predicate.value, []).append(triple.object)

    def all(self, subject: str, predicate: str) -> list[Term]:
        return self.by_subject.get(subject, {}).get(predicate, [])

    def text(self, subject: str, predicate: str) -> str:
        return next((o.value for o in self.all(subject, predicate) if isinstance(o, ox.Literal)), "")

    def true(self, subject: str, predicate: str) -> bool:
        return any(
            isinstance(o, ox.Literal) and o.value in ("true", "1") for o in self.all(subject, predicate)
        )

    def members(self, head: Term) -> Iterator[Term]:
        seen: set[str] = set()
        while (at := key(head)) not in seen and at != f"{RDF}nil":
            seen.add(at)
            yield from self.all(at, f"{RDF}first")
            head = next(iter(self.all(at, f"{RDF}rest")), ox.NamedNode(f"{RDF}nil"))

    def below(self, kind: str) -> set[str]:
        """A class and the classes that the graph says are below it."""
        found = {kind}
        grows = True
        while grows:
            more = {
                subject
                for subject in self.by_subject
                if subject not in found
                and any(key(o) in found for o in self.all(subject, f"{RDFS}subClassOf"))
            }
            found |= more
            grows = bool(more)
        return found

    def of_class(self, kind: str) -> list[str]:
        kinds = self.below(kind)
        return [s for s in self.by_subject if any(key(o) in kinds for o in self.all(s, f"{RDF}type"))]


def key(node: object) -> str:
    """A node's IRI, or `_:label`; "" for a literal."""
    if isinstance(node, ox.BlankNode):
        return str(node)
    return node.value if isinstance(node, ox.NamedNode) else ""


@dataclass
class Rule:
    """One SPARQL constraint of one shape.

    constants: the values of its parameters, by the name of the variable
    obstacle: why it can't run for all focus nodes at once; "" where it can
    """

    shape: str
    path: str
    component: str
    severity: str
    query: QueryText
    prefixes: dict[str, str]
    messages: list[str]
    constants: dict[str, Term] = field(default_factory=dict)
    obstacle: str = ""

    @property
    def prebound(self) -> set[str]:
        ask = {"value"} if self.query.select.form == "ASK" else set()
        return {*_ALWAYS, *self.constants} | ask

    def query_for_all(self, pattern: str, select: str = "") -> str:
        """The query for all focus nodes at once; see `setquery.written`."""
        return written(self.query, self.prebound, pattern, self.path, select)

    def predicates(self) -> frozenset[str] | None:
        """The IRIs that the query names, any of which may be a predicate; None where any may be."""
        return named_predicates(self.query, self.prefixes, self.path)


@dataclass
class Component:
    """A SPARQL-based constraint component: parameters (path, variable, optional) and validators."""

    iri: str
    parameters: list[tuple[str, str, bool]]
    validator: str = ""
    node_validator: str = ""
    property_validator: str = ""


@dataclass
class Reached:
    """A shape as it is reached from a root by sh:property: the paths on the way, as SPARQL."""

    root: str
    paths: tuple[str, ...]


def components(index: Index) -> list[Component]:
    """All components with a SPARQL validator that the shapes graph declares."""
    found: list[Component] = []
    for iri in index.of_class(f"{SH}ConstraintComponent"):
        parameters = [
            (path, path.rstrip("/#").replace("#", "/").rsplit("/", 1)[-1].rsplit(":", 1)[-1], optional)
            for parameter in index.all(iri, f"{SH}parameter")
            for path in map(key, index.all(key(parameter), f"{SH}path"))
            for optional in (index.true(key(parameter), f"{SH}optional"),)
        ]
        component = Component(iri, sorted(parameters))
        for name, kind in (
            ("validator", "ask"),
            ("nodeValidator", "select"),
            ("propertyValidator", "select"),
        ):
            for node in index.all(iri, SH + name):
                if index.text(key(node), SH + kind):
                    setattr(component, name.replace("V", "_v"), key(node))
        if parameters and (component.validator or component.node_validator or component.property_validator):
            found.append(component)
    return found


def rules(index: Index, paths: dict[str, str]) -> list[Rule]:
    """Every SPARQL constraint, checked. paths: the SPARQL path of each property shape.

    Raises GraphError for a query that can't be read or that pre-binding rules out.
    """
    found: list[Rule] = []
    declared = components(index)
    for shape in sorted(index.by_subject):
        if index.true(shape, f"{SH}deactivated"):
            continue
        for constraint in map(key, index.all(shape, f"{SH}sparql")):
            if not index.true(constraint, f"{SH}deactivated") and constraint:
                component = f"{SH}SPARQLConstraintComponent"
                found.append(_rule(index, paths, shape, constraint, component, "select", {}))
        for each in declared:
            for constants in _parameters(index, shape, each):
                own = each.property_validator if shape in paths else each.node_validator
                node = own or each.validator
                if node:
                    kind = "select" if own else "ask"
                    found.append(_rule(index, paths, shape, node, each.iri, kind, constants))
    return found


def _parameters(index: Index, shape: str, component: Component) -> list[dict[str, Term]]:
    values = {name: index.all(shape, path) for path, name, _ in component.parameters}
    if any(not values[name] for _, name, optional in component.parameters if not optional):
        return []
    if not any(values.values()):
        return []
    if len(values) == 1:
        return [{name: value} for name, several in values.items() for value in several]
    return [{name: several[0] for name, several in values.items() if several}]


def _rule(
    index: Index,
    paths: dict[str, str],
    shape: str,
    node: str,
    component: str,
    kind: str,
    constants: dict[str, Term],
) -> Rule:
    text = index.text(node, SH + kind)
    if not text:
        raise GraphError(f"a SPARQL constraint has no sh:{kind}.", where=f"<{shape}>", todo="Add its query.")
    query = QueryText(text, f"<{shape}>")
    severity = next(map(key, index.all(shape, f"{SH}severity")), f"{SH}Violation")
    said_by = (node, shape) if component.startswith(SH) else (node, shape, component)
    messages = {o.value for s in said_by for o in index.all(s, f"{SH}message") if isinstance(o, ox.Literal)}
    if not messages and (label := index.text(component, f"{SH}labelTemplate")):
        messages = {label}
    rule = Rule(
        shape,
        paths.get(shape, ""),
        component,
        severity,
        query,
        _prefixes(index, node),
        sorted(messages),
        constants,
    )
    check(query, rule.prebound, f"<{shape}>")
    rule.obstacle = obstacle(query, rule.prebound)
    return rule


def _prefixes(index: Index, node: str) -> dict[str, str]:
    """sh:prefixes, with the sh:declare of what they import (SHACL, section 5.2.1)."""
    result = {"rdf": RDF, "rdfs": RDFS, "owl": OWL}
    pending = [key(o) for o in index.all(node, f"{SH}prefixes")]
    seen: set[str] = set()
    while pending:
        at = pending.pop()
        if at in seen:
            continue
        seen.add(at)
        pending += [key(o) for o in index.all(at, f"{OWL}imports")]
        for declared in map(key, index.all(at, f"{SH}declare")):
            if prefix := index.text(declared, f"{SH}namespace"):
                result[index.text(declared, f"{SH}prefix")] = prefix
    return result


def roots(index: Index, shapes: set[str]) -> list[str]:
    """The shapes that have a target of their own and are not deactivated, sorted."""
    classes = set(index.of_class(f"{RDFS}Class")) | set(index.of_class(f"{OWL}Class"))
    return sorted(
        shape
        for shape in shapes
        if not index.true(shape, f"{SH}deactivated")
        and (shape in classes or any(index.all(shape, SH + target) for target in _TARGETS))
    )


def reached(index: Index, root: str, paths: dict[str, str]) -> tuple[list[tuple[str, Reached]], set[str]]:
    """The shapes that a root applies by sh:property alone, and those that it reaches otherwise.

    What a shape reached by sh:node, sh:not, sh:and … finds decides on the result of another shape,
    so it can't be run apart.
    """
    direct: list[tuple[str, Reached]] = []
    inside: set[str] = set()

    def walk(shape: str, way: tuple[str, ...], above: tuple[str, ...], logical: bool) -> None:
        if index.true(shape, f"{SH}deactivated"):
            return
        if shape in above or (logical and shape in inside):
            inside.add(shape)
            return
        if logical:
            inside.add(shape)
        else:
            direct.append((shape, Reached(root, way)))
        below = (*way, paths[shape]) if shape in paths else way
        for child in map(key, index.all(shape, f"{SH}property")):
            walk(child, below, (*above, shape), logical)
        others = [key(o) for name in _SINGLE for o in index.all(shape, SH + name)]
        others += [key(m) for name in _LISTS for o in index.all(shape, SH + name) for m in index.members(o)]
        for child in others:
            walk(child, (), (*above, shape), True)

    walk(root, (), (), False)
    return direct, inside
