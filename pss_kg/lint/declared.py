"""The terms that ontology/ declares: axioms/, pss.ttl and external-terms.ttl."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

import pyoxigraph as ox
from rapidfuzz import fuzz, process

from pss_kg.errors import GraphError
from pss_kg.resources import folder
from pss_kg.vocabulary import DCTERMS, OWL, RDF, RDFS

Kind = Literal["class", "property", "individual"]
KINDS: tuple[Kind, ...] = ("class", "property", "individual")

_TYPE = f"{RDF}type"
_CLASS_TYPES = frozenset({f"{OWL}Class", f"{RDFS}Class", f"{RDFS}Datatype", f"{OWL}DeprecatedClass"})
_MEMBER = re.compile(re.escape(RDF) + r"_[1-9][0-9]*\Z")

# Similarity of local names, 0 to 100. Within a namespace a rough match helps; elsewhere only a
# near-identical name is worth telling.
_SAME_NAMESPACE, _ANY_NAMESPACE = 65.0, 88.0


def split(iri: str) -> tuple[str, str]:
    """Namespace and local name: cut behind the last # or /."""
    cut = max(iri.rfind("#"), iri.rfind("/")) + 1
    return iri[:cut], iri[cut:]


def _statements(path: Path) -> list[tuple[str, str, str]]:
    try:
        return [
            (t.subject.value, t.predicate.value, t.object.value)
            for t in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)
            if isinstance(t.subject, ox.NamedNode) and isinstance(t.object, ox.NamedNode | ox.Literal)
        ]
    except (OSError, SyntaxError) as error:
        raise GraphError(
            f"the ontology can't be read: {error}", where=path.name, todo="Install pss-kg again."
        ) from error


@dataclass(frozen=True)
class Declared:
    """The declared terms, as IRIs. A term that is two things stands in both sets.

    traps: names often written wrong -> (the right name, why), from ontology/traps.ttl
    """

    classes: frozenset[str]
    properties: frozenset[str]
    individuals: frozenset[str]
    traps: dict[str, tuple[str, str]] = field(default_factory=dict, hash=False)

    @classmethod
    def load(cls, ontology: Path | None = None) -> Declared:
        """Read the folder ontology/, in some 20 ms. Raises GraphError for a missing or broken file."""
        root = ontology or folder("ontology")
        found: dict[Kind, set[str]] = {kind: set() for kind in KINDS}
        for path in (*sorted((root / "axioms").glob("*.ttl")), root / "pss.ttl", root / "external-terms.ttl"):
            for subject, predicate, obj in _statements(path):
                if predicate != _TYPE or obj == f"{OWL}Ontology":
                    continue
                if obj in _CLASS_TYPES:
                    found["class"].add(subject)
                elif obj == f"{RDF}Property" or (obj.startswith(OWL) and obj.endswith("Property")):
                    found["property"].add(subject)
                else:
                    found["individual"].add(subject)
        right: dict[str, str] = {}
        why: dict[str, str] = {}
        for subject, predicate, obj in _statements(root / "traps.ttl"):
            (right if predicate == f"{DCTERMS}isReplacedBy" else why)[subject] = obj
        traps = {wrong: (right[wrong], why.get(wrong, "")) for wrong in sorted(right)}
        return cls(
            classes=frozenset(found["class"]),
            properties=frozenset(found["property"]),
            individuals=frozenset(found["individual"]),
            traps=traps,
        )

    def of_kind(self, kind: Kind) -> frozenset[str]:
        """The declared terms of one kind."""
        return {"class": self.classes, "property": self.properties, "individual": self.individuals}[kind]

    def has(self, term: str, kind: Kind) -> bool:
        """Whether the term may be used so. As a plain object any declared term may stand."""
        if kind == "individual":
            return any(term in self.of_kind(k) for k in KINDS)
        return term in self.of_kind(kind) or (kind == "property" and bool(_MEMBER.match(term)))

    def nearest(self, term: str, kind: Kind) -> str | None:
        """The declared term that was probably meant: that of a known trap, else the one with the
        most similar local name, its own namespace first. None where nothing is similar."""
        if term in self.traps:
            return self.traps[term][0]
        namespace, name = split(term)
        if not name:
            return None
        pool = self._sorted[kind]
        own = [t for t in pool if split(t)[0] == namespace]
        for terms, cutoff in ((own, _SAME_NAMESPACE), (pool, _ANY_NAMESPACE)):
            names = [split(t)[1].casefold() for t in terms]
            best = process.extractOne(name.casefold(), names, scorer=fuzz.ratio, score_cutoff=cutoff)
            if best is not None:
                return terms[best[2]]
        return None

    @cached_property
    def _sorted(self) -> dict[Kind, list[str]]:
        """Each kind in order, so that of two equally similar terms it is always the same one."""
        return {
            "class": sorted(self.classes),
            "property": sorted(self.properties),
            "individual": sorted(self.individuals | self.classes | self.properties),
        }
