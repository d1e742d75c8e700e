"""The sub-class axioms that shapes need: those on a way up to a class that a shape names."""

from __future__ import annotations

from functools import lru_cache

import pyoxigraph as ox

from pss_kg.resources import folder
from pss_kg.validation.files import triples
from pss_kg.validation.shapes import Shapes
from pss_kg.vocabulary import RDFS


@lru_cache(maxsize=1)
def _declared() -> tuple[tuple[str, str], ...]:
    """(class, its super-class) of every axiom between named classes under ontology/."""
    pairs = {
        (triple.subject.value, triple.object.value)
        for path in sorted(folder("ontology").rglob("*.ttl"))
        for triple in triples(path)
        if triple.predicate.value == f"{RDFS}subClassOf"
        and isinstance(triple.subject, ox.NamedNode)
        and isinstance(triple.object, ox.NamedNode)
    }
    return tuple(sorted(pairs))


@lru_cache(maxsize=8)
def _below(classes: frozenset[str]) -> str:
    children: dict[str, list[str]] = {}
    for child, parent in _declared():
        if child != parent:
            children.setdefault(parent, []).append(child)
    wanted, pending = set(classes), list(classes)
    while pending:
        for child in children.get(pending.pop(), ()):
            if child not in wanted:
                wanted.add(child)
                pending.append(child)
    return "".join(
        f"<{child}> <{RDFS}subClassOf> <{parent}> .\n"
        for child, parent in _declared()
        if child != parent and parent in wanted
    )


def subclass_axioms(shapes: Shapes | None = None) -> str:
    """N-Triples of rdfs:subClassOf, sorted, without super-classes that no shape asks for.

    SHACL instances (SHACL, section 1.1) are found by walking up rdfs:subClassOf in the data
    graph, so only axioms below a class named by sh:class or sh:targetClass can matter.
    """
    return _below(_own_classes() if shapes is None else frozenset(shapes.classes()))


@lru_cache(maxsize=1)
def _own_classes() -> frozenset[str]:
    """The classes that our own shapes name; reading them takes longer than validating a shard."""
    return frozenset(Shapes.load().classes())
