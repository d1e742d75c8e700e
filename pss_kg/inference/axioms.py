"""The allow-list: the axioms that inference may use, and no other.

    sub-class                      every declared one between named classes, but under owl:Thing
    sub-property                   both properties in CiTO
    inverse                        both properties in CiTO, in FRBR or in BiRO
    transitive                     frbr:partOf alone
    symmetric                      properties of CiTO

Functional and inverse-functional properties, cardinality, owl:sameAs, domain, range,
equivalence and top properties are never used: over the declared axioms they make every
organisation a person, join publications that share a node for a DOI, and give every article a
second date and a second title. docs/inference.md gives the reasons one by one.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import pyoxigraph as ox

from pss_kg.errors import GraphError
from pss_kg.resources import folder
from pss_kg.vocabulary import BIRO, CITO, FRBR, OWL, RDF, RDFS

TYPE = f"{RDF}type"
SUB_CLASS = f"{RDFS}subClassOf"
SUB_PROPERTY = f"{RDFS}subPropertyOf"
INVERSE = f"{OWL}inverseOf"
SYMMETRIC = f"{OWL}SymmetricProperty"
TRANSITIVE = f"{OWL}TransitiveProperty"

PART_OF = f"{FRBR}partOf"
_INVERSES_OF = (CITO, FRBR, BIRO)
_TOP = f"{OWL}Thing"

Axiom = tuple[str, str, str]
"""(subject, predicate, object), IRIs without brackets."""


class Axioms(NamedTuple):
    """Allowed axioms by kind, sorted, each once."""

    sub_classes: tuple[tuple[str, str], ...]
    """(class, super-class)"""
    sub_properties: tuple[tuple[str, str], ...]
    inverses: tuple[tuple[str, str], ...]
    transitive: tuple[str, ...]
    symmetric: tuple[str, ...]

    def triples(self) -> list[Axiom]:
        """The axioms as triples, for a reasoner that reads them from its data."""
        return [
            *((a, SUB_CLASS, b) for a, b in self.sub_classes),
            *((a, SUB_PROPERTY, b) for a, b in self.sub_properties),
            *((a, INVERSE, b) for a, b in self.inverses),
            *((a, TYPE, TRANSITIVE) for a in self.transitive),
            *((a, TYPE, SYMMETRIC) for a in self.symmetric),
        ]


def allowed(triples: Iterable[Axiom]) -> Axioms:
    """Those of the declared axioms that the allow-list names."""
    found: dict[str, set[tuple[str, str]]] = {SUB_CLASS: set(), SUB_PROPERTY: set(), INVERSE: set()}
    transitive: set[str] = set()
    symmetric: set[str] = set()
    for subject, predicate, value in triples:
        if predicate == SUB_CLASS and subject != value and value != _TOP:
            found[SUB_CLASS].add((subject, value))
        elif predicate == SUB_PROPERTY and subject != value and _both_in(subject, value, (CITO,)):
            found[SUB_PROPERTY].add((subject, value))
        elif predicate == INVERSE and _both_in(subject, value, _INVERSES_OF):
            found[INVERSE].add((min(subject, value), max(subject, value)))
        elif predicate == TYPE and value == TRANSITIVE and subject == PART_OF:
            transitive.add(subject)
        elif predicate == TYPE and value == SYMMETRIC and subject.startswith(CITO):
            symmetric.add(subject)
    return Axioms(
        sub_classes=tuple(sorted(found[SUB_CLASS])),
        sub_properties=tuple(sorted(found[SUB_PROPERTY])),
        inverses=tuple(sorted(found[INVERSE])),
        transitive=tuple(sorted(transitive)),
        symmetric=tuple(sorted(symmetric)),
    )


def _both_in(first: str, second: str, namespaces: tuple[str, ...]) -> bool:
    return any(first.startswith(name) and second.startswith(name) for name in namespaces)


@lru_cache(maxsize=1)
def declared() -> Axioms:
    """The allowed axioms of ontology/: of the vocabularies, and of our own terms.

    Raises GraphError where a file of ontology/ is damaged.
    """
    root = folder("ontology")
    found: list[Axiom] = []
    for path in [*sorted((root / "axioms").glob("*.ttl")), root / "pss.ttl"]:
        try:
            for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE):
                if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
                    found.append((quad.subject.value, quad.predicate.value, quad.object.value))
        except SyntaxError as error:
            raise GraphError(
                f"is not Turtle ({error}).", where=str(path), todo="Install it again."
            ) from error
    return allowed(found)
