"""The same inference by owlrl, a general OWL 2 RL reasoner: an option, and the rules' oracle.

owlrl gets the data and the allowed axioms, nothing else, and of what it concludes only what
the allow-list can give is kept. It holds everything in rdflib graphs and is for small graphs.
"""

from __future__ import annotations

from collections.abc import Iterable

from pss_kg.inference.axioms import Axioms, declared
from pss_kg.inference.closure import concerned
from pss_kg.inference.rules import rules


def closure(triples: Iterable[str], axioms: Axioms | None = None) -> set[str]:
    """What owlrl concludes by the allowed axioms; lines as in `pss_kg.inference.closure`."""
    import owlrl
    from rdflib import Graph, URIRef

    known = declared() if axioms is None else axioms
    compiled = rules(known)
    heads = compiled.heads
    terms = compiled.bodies | heads
    base = {line for line in triples if concerned(line, terms)}
    graph = Graph()
    schema = known.triples()
    for line in base:
        graph.add(tuple(URIRef(term[1:-1]) for term in line[:-2].split(" ")))  # type: ignore[arg-type]
    for axiom in schema:
        graph.add(tuple(URIRef(term) for term in axiom))  # type: ignore[arg-type]
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    concluded = {
        f"<{s}> <{p}> <{o}> ."
        for s, p, o in graph
        if isinstance(s, URIRef) and isinstance(p, URIRef) and isinstance(o, URIRef)
    }
    given = {f"<{s}> <{p}> <{o}> ." for s, p, o in schema}
    return {line for line in concluded - base - given if concerned(line, heads)}
