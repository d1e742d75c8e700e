"""Values of Europe PMC's JSON, whatever type they come in: `pubYear` is a string in a search and
a number in a list of citations, a list of one may be the one. Pure."""

from __future__ import annotations

from typing import Any

from pss_kg.identifiers import normalise_doi, normalise_pmcid, normalise_pmid
from pss_kg.records import Identifiers, Note, Reference
from pss_kg.sources.europepmc_text import plain

Item = dict[str, Any]
SHOWN = 500


def text(value: Any) -> str:
    """A string or number as text; "" for anything else."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or value is None:
        return ""
    return str(value) if isinstance(value, (int, float)) else ""


def inside(value: Any, name: str) -> list[Any]:
    """The list in `{"result": […]}`, also where it has one member without a list, or no wrapper."""
    if isinstance(value, dict):
        value = value.get(name)
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def objects(value: Any, name: str) -> list[Item]:
    """The same, objects only."""
    return [item for item in inside(value, name) if isinstance(item, dict)]


def own_id(source: str, value: str) -> tuple[str, str] | None:
    """("europepmc", "MED/32357127") of a source's code and an id in it; None if one is missing."""
    return ("europepmc", f"{source}/{value}") if source and value and "/" not in source else None


def identifiers(item: Item, notes: list[Note] | None = None) -> Identifiers:
    """The identifiers of a result or entry, each once: Europe PMC's own, PMID, PMC id, DOI.

    An id is a PMID in the source MED only: `PPR1`, `IND2` and `AGR3` are others'.
    """
    found: list[tuple[str, str]] = []
    source, value = text(item.get("source")).upper(), text(item.get("id"))
    pairs = [
        ("pmid", "pmid", text(item.get("pmid"))),
        ("pmid", "id", value if source == "MED" else ""),
        ("pmcid", "pmcid", text(item.get("pmcid"))),
        ("pmcid", "id", value if source == "PMC" else ""),
        ("doi", "doi", text(item.get("doi"))),
    ]
    for scheme, field, given in pairs:
        if not given:
            continue
        normal = _NORMALISERS[scheme](given)
        if not normal and notes is not None:
            notes.append(Note(field, given[:SHOWN], f"not a {scheme.upper()}"))
        if normal and scheme not in dict(found):
            found.append((scheme, normal))
        elif normal and (scheme, normal) not in found and notes is not None:
            notes.append(Note(field, given[:SHOWN], f"another {scheme.upper()} than {dict(found)[scheme]}"))
    if pair := own_id(source, value):
        found.append(pair)
    return tuple(found)


_NORMALISERS = {"pmid": normalise_pmid, "pmcid": normalise_pmcid, "doi": normalise_doi}


def entry(item: Item) -> Reference:
    """An entry of a list of citations or references. One without identifiers keeps what it says."""
    return Reference(
        text=plain(text(item.get("unstructuredInformation"))),
        identifiers=identifiers(item),
        title=plain(text(item.get("title"))),
        authors=plain(text(item.get("authorString"))),
        journal=plain(text(item.get("journalAbbreviation")) or text(item.get("publicationTitle"))),
        year=text(item.get("pubYear")),
        volume=text(item.get("volume")),
        issue=text(item.get("issue")),
        pages=text(item.get("pageInfo")),
        label=text(item.get("citedOrder")),
    )
