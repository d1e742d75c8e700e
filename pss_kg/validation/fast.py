"""The fast way to validate: Core by a Core engine, SPARQL constraints set at a time, one list of results.

What can't run set at a time goes to pyshacl, that shape alone, and is said.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from pss_kg.validation import fastcore, setwise
from pss_kg.validation.results import Raw
from pss_kg.validation.shapes import Shapes


class CoreEngine(Protocol):
    """What another Core engine must offer to take the place of the one here.

    Given are a data graph as N-Triples and our shapes, of which it runs `shapes.core()`, which holds
    SHACL Core only. It gives back all results in any order, focus and value as in N-Triples, blank
    nodes under the labels of the data. It raises GraphError where it can't use data or shapes.
    """

    def __call__(self, data: bytes, shapes: Shapes, where: str) -> list[Raw]: ...


def by_shacl(data: bytes, shapes: Shapes, where: str) -> list[Raw]:
    """SHACL Core by the `shacl` package."""
    return fastcore.run(data, shapes.compiled, where)


def by_pyshacl(data: bytes, shapes: Shapes, where: str) -> list[Raw]:
    """SHACL Core by pyshacl."""
    from pss_kg.validation import reference

    return reference.run(data, shapes.core_graph, where)


class Ran(NamedTuple):
    """All results, and one sentence for each shape that pyshacl had to run."""

    results: list[Raw]
    said: tuple[str, ...]


def run(data: bytes, shapes: Shapes, where: str, core: CoreEngine = by_shacl) -> Ran:
    """All results of a data graph (N-Triples): Core, SPARQL constraints and custom components.

    Raises GraphError where data or shapes can't be used.
    """
    results = core(data, shapes, where) if shapes.has_core else []
    results += run_sparql(data, shapes, where)
    apart = shapes.sparql.apart
    if apart:
        from pss_kg.validation import reference

        results += reference.run(data, shapes.apart_graph, where)
    said = tuple(
        f"The shape <{shape}> was run by pyshacl, which is slow: {why}."
        for shape, why in sorted(apart.items())
    )
    return Ran(results, said)


def run_sparql(data: bytes, shapes: Shapes, where: str) -> list[Raw]:
    """The results of the SPARQL constraints that run set at a time, and of nothing else."""
    part = shapes.sparql
    if not part.rules:
        return []
    store = setwise.DataStore(data, part.predicates, where)
    if part.asks_for_shapes:
        store.add_shapes(shapes.triples)
    return [raw for rule, ways in part.rules for raw in setwise.run(rule, store, part.graph, ways)]
