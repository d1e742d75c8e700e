"""Axioms compiled into SPARQL rules.

A rule is one CONSTRUCT query. Rules with one pattern in the body are closed when they are
compiled: the rule of a class names all its super-classes, the rule of a property everything
that a chain of sub-properties, inverses and symmetry leads to. So one round of them is enough;
only the transitive rules have to go round until nothing is new.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from typing import NamedTuple, TypeVar

from pss_kg.inference.axioms import TYPE, Axioms, declared

Node = TypeVar("Node", bound=Hashable)

NEW = "urn:pss-kg:new"
"""The graph of the triples that the last round added; the default graph holds all."""


class Rules(NamedTuple):
    """Compiled rules. Terms stand in brackets, as in N-Triples.

    classes:    class -> its super-classes, near and far
    properties: property -> {(property, turned round)} that a triple of it leads to
    transitive: properties that are followed from triple to triple
    """

    classes: dict[str, tuple[str, ...]]
    properties: dict[str, tuple[tuple[str, bool], ...]]
    transitive: tuple[str, ...]

    def of_class(self, name: str) -> str:
        """The rule of a class, over the default graph."""
        heads = " . ".join(f"?s a {head}" for head in self.classes[name])
        return f"CONSTRUCT {{ {heads} }} WHERE {{ ?s a {name} }}"

    def of_property(self, name: str) -> str:
        """The rule of a property, over the default graph. A literal is never a subject."""
        heads = " . ".join(
            f"?o {head} ?s" if turned else f"?s {head} ?o" for head, turned in self.properties[name]
        )
        return f"CONSTRUCT {{ {heads} }} WHERE {{ ?s {name} ?o FILTER(isIRI(?o)) }}"

    def of_chain(self, name: str) -> tuple[str, str]:
        """The rules of a transitive property: a new triple before any, and a new one after any."""
        head, new = f"CONSTRUCT {{ ?x {name} ?z }} WHERE", f"GRAPH <{NEW}>"
        return (
            f"{head} {{ {new} {{ ?x {name} ?y }} ?y {name} ?z }}",
            f"{head} {{ {new} {{ ?y {name} ?z }} ?x {name} ?y }}",
        )

    @property
    def bodies(self) -> frozenset[str]:
        """Properties and, for rdf:type, classes: what a triple must have for a rule to read it."""
        return frozenset((*self.classes, *self.properties, *self.transitive))

    @property
    def heads(self) -> frozenset[str]:
        """Properties and classes that a rule can give."""
        classes = {head for heads in self.classes.values() for head in heads}
        return frozenset(
            (*classes, *(h for heads in self.properties.values() for h, _ in heads), *self.transitive)
        )


_TYPED = f"<{TYPE}>"


def deciding(predicate: str, value: str) -> str:
    """What decides which rules a triple concerns: its property, or of a type its class."""
    return value if predicate == _TYPED else predicate


@lru_cache(maxsize=4)
def rules(axioms: Axioms | None = None) -> Rules:
    """The rules of these axioms; by default of the declared and allowed ones."""
    known = declared() if axioms is None else axioms
    steps: dict[tuple[str, bool], set[tuple[str, bool]]] = {}

    def step(start: str, end: str, turned: bool) -> None:
        for way in (False, True):
            steps.setdefault((start, way), set()).add((end, way != turned))

    for below, above in known.sub_properties:
        step(below, above, False)
    for first, second in known.inverses:
        step(first, second, True)
        step(second, first, True)
    for name in known.symmetric:
        step(name, name, True)
    properties = {}
    for name in sorted({start for start, _ in steps}):
        reached = _reached((name, False), steps)
        if reached:
            properties[_term(name)] = tuple((_term(end), turned) for end, turned in sorted(reached))
    above_of: dict[str, set[str]] = {}
    for below, above in known.sub_classes:
        above_of.setdefault(below, set()).add(above)
    classes = {}
    for name in sorted(above_of):
        if supers := _reached(name, above_of):
            classes[_term(name)] = tuple(map(_term, sorted(supers)))
    return Rules(classes, properties, tuple(map(_term, known.transitive)))


def _reached(start: Node, steps: dict[Node, set[Node]]) -> set[Node]:
    """Everything that steps lead to from `start`, without `start` itself."""
    found: set[Node] = set()
    pending: list[Node] = [start]
    while pending:
        for end in steps.get(pending.pop(), ()):
            if end not in found:
                found.add(end)
                pending.append(end)
    return found - {start}


def _term(iri: str) -> str:
    return f"<{iri}>"
