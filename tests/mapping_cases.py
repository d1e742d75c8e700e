"""The cases of the mapping: pairs of entry.json and expected.nq, with made-up text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from pss_kg.iris import Iris
from pss_kg.mapping.entry import Entry, Mapped
from pss_kg.mapping.publication import map_entry

FOLDER = Path(__file__).parent / "cases" / "mapping"


def names() -> list[str]:
    return sorted(path.name for path in FOLDER.iterdir() if path.is_dir())


def entry(name: str) -> Entry:
    return msgspec.json.decode((FOLDER / name / "entry.json").read_bytes(), type=Entry)


def mapped(name: str) -> Mapped:
    return map_entry(entry(name), Iris())


def lines(result: Mapped) -> Iterator[str]:
    """N-Quads of the graphs in the mapping's order, then the shared statements, once each."""
    iris = Iris()
    for graph, triples in result.graphs.items():
        for triple in triples:
            yield f"{triple} <{iris.graph(graph)}> .\n"
    for row in dict.fromkeys(result.shared):
        mark = "single" if row.single else "all"
        term = f"<{iris.graph(row.graph)}>"
        yield f"{row.subject} {row.predicate} {row.object} {term} . # shared, {mark}, {row.source}\n"
