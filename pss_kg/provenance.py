"""PROV: which run read which input, when, with which version. The only graph that holds times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from pss_kg import __version__
from pss_kg.iris import Iris, encode
from pss_kg.terms import literal
from pss_kg.vocabulary import DCTERMS, PROV, RDF, XSD

_TYPE = f"<{RDF}type>"


def run_triples(
    iris: Iris, run_id: str, started: datetime, ended: datetime, inputs: Iterable[tuple[str, str, str, str]]
) -> Iterator[str]:
    """One run as a prov:Activity that used its new inputs: (id, file name, SHA-256 in hex, when a
    service gave it, "" for a file)."""
    run = f"<{iris.base}run/{encode(run_id)}>"
    agent = f"<{iris.base}software/pss-kg/{encode(__version__)}>"
    yield f"{run} {_TYPE} <{PROV}Activity>"
    yield f"{run} <{PROV}startedAtTime> {literal(started.isoformat(), datatype=XSD + 'dateTime')}"
    yield f"{run} <{PROV}endedAtTime> {literal(ended.isoformat(), datatype=XSD + 'dateTime')}"
    yield f"{run} <{PROV}wasAssociatedWith> {agent}"
    yield f"{agent} {_TYPE} <{PROV}SoftwareAgent>"
    yield f"{agent} <{DCTERMS}title> {literal(f'pss-kg {__version__}')}"
    for input_id, name, digest, retrieved in inputs:
        entity = f"<{iris.base}input/{encode(input_id)}>"
        yield f"{run} <{PROV}used> {entity}"
        yield f"{entity} {_TYPE} <{PROV}Entity>"
        yield f"{entity} <{DCTERMS}title> {literal(name)}"
        yield f"{entity} <{DCTERMS}identifier> {literal(f'sha256:{digest}')}"
        if retrieved:
            yield f"{entity} <{PROV}generatedAtTime> {literal(retrieved, datatype=XSD + 'dateTime')}"
