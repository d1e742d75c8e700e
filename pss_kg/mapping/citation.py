"""Citations: cito:cites, typed relations, a cito:Citation each, and who said it."""

from __future__ import annotations

from functools import lru_cache

from pss_kg.iris import Iris
from pss_kg.mapping.entry import Entry
from pss_kg.mapping.frame import A, Frame
from pss_kg.mapping.relations import CITES, direct, property_iri
from pss_kg.vocabulary import CITO, PROV

DERIVED_FROM = f" <{PROV}wasDerivedFrom> "
_CITES = f" <{CITO}cites> "
_A_CITATION = f"{A}<{CITO}Citation>"
_CITING = f" <{CITO}hasCitingEntity> "
_CITED = f" <{CITO}hasCitedEntity> "
_CHARACTER = f" <{CITO}hasCitationCharacterization> "
_AS_CITES = f"{_CHARACTER}<{CITO}cites>"

Sayers = dict[str, None]
"""The records, as terms, that say a thing; a dict because order must not depend on hashes."""


@lru_cache(maxsize=4096)
def record_term(iris: Iris, source: str, identifier: str) -> str:
    """`<record/<source>/<id>>`."""
    return f"<{iris.record(source, identifier)}>"


def gather(entry: Entry, iris: Iris) -> tuple[dict[str, Sayers], dict[tuple[str, str], Sayers]]:
    """Everything this publication cites, and its typed relations, from all that say so.

    Returns {cited key: records} for cito:cites and {(cited key, property): records} for the
    rest. A publication never cites itself.
    """
    own = entry.key
    cites: dict[str, Sayers] = {}
    typed: dict[tuple[str, str], Sayers] = {}

    def add(cited: str, name: str, sayer: str) -> None:
        if cited and cited != own:
            if name == CITES:
                cites.setdefault(cited, {})[sayer] = None
            else:
                typed.setdefault((cited, name), {})[sayer] = None

    for resolved in entry.records:
        record = resolved.record
        sayer = record_term(iris, record.source, record.id)
        if len(entry.records) == 1:
            cites = {key: {sayer: None} for key in resolved.references if key and key != own}
        else:
            for key in resolved.references:
                add(key, CITES, sayer)
        for relation, key in zip(record.relations, resolved.relations, strict=False):
            for name in direct(relation.type):
                add(key, name, sayer)
    for said in entry.assertions:
        add(said.cited, said.property, record_term(iris, said.source, said.record))
    return cites, typed


def describe(frame: Frame, entry: Entry, attribution: list[str]) -> None:
    """The edges and citations that start at this publication, each once.

    A typed relation has a citation of its own and does not make a cito:cites. What the table
    of relations gives a dcterms: property is a plain statement.
    """
    out, s, iris = frame.out, frame.s, frame.iris
    cites, typed = gather(entry, iris)
    append, attribute = out.append, attribution.append
    stem = f"<{iris.citation(frame.key, '')}"
    publications = iris.publication_base
    for cited, sayers in cites.items():
        target = f"<{publications}{cited}>"
        node = f"{stem}{cited}>"
        out += (
            f"{s}{_CITES}{target}",
            f"{node}{_A_CITATION}",
            f"{node}{_CITING}{s}",
            f"{node}{_CITED}{target}",
            f"{node}{_AS_CITES}",
        )
        for sayer in sayers:
            attribute(f"{node}{DERIVED_FROM}{sayer}")
    for (cited, name), sayers in typed.items():
        target = f"<{publications}{cited}>"
        predicate = property_iri(name)
        append(f"{s} <{predicate}> {target}")
        prefix, _, local = name.partition(":")
        if prefix != "cito":
            continue
        node = f"<{iris.typed_citation(frame.key, cited, local)}>"
        append(f"{node}{_A_CITATION}")
        append(f"{node}{_CITING}{s}")
        append(f"{node}{_CITED}{target}")
        append(f"{node}{_CHARACTER}<{predicate}>")
        for sayer in sayers:
            attribute(f"{node}{DERIVED_FROM}{sayer}")
