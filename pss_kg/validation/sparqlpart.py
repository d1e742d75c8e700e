"""What of a shapes graph runs set at a time on Oxigraph, and what has to go to pyshacl."""

from __future__ import annotations

import re
from typing import NamedTuple

import pyoxigraph as ox

from pss_kg.validation.rules import Index, Reached, Rule, key, reached, roots, rules
from pss_kg.vocabulary import RDF, RDFS, SH


class SparqlPart(NamedTuple):
    """The SPARQL constraints and custom components of a shapes graph.

    rules: each with the ways that lead to its shape
    apart: root shapes that pyshacl must run whole, and why
    predicates: the only ones that rules and targets look at; None where any may matter
    """

    graph: Index
    rules: list[tuple[Rule, list[Reached]]]
    apart: dict[str, str]
    predicates: frozenset[str] | None
    asks_for_shapes: bool


def sparql_part(triples: list[ox.Triple], shapes: set[str], paths: dict[str, str]) -> SparqlPart:
    """Sort the SPARQL constraints of a shapes graph by how they run.

    shapes: the IRIs of all shapes; paths: of each property shape its path, as SPARQL writes it

    Raises GraphError for a constraint that pre-binding rules out or that can't be read.
    """
    index = Index(triples)
    found = rules(index, paths)
    if not found:
        return SparqlPart(index, [], {}, frozenset(), False)
    by_shape: dict[str, list[Rule]] = {}
    for rule in found:
        by_shape.setdefault(rule.shape, []).append(rule)
    apart: dict[str, str] = {}
    ways: dict[str, list[Reached]] = {}
    for root in roots(index, shapes):
        direct, inside = reached(index, root, paths)
        obstacles = [
            rule.obstacle for shape, _ in direct for rule in by_shape.get(shape, ()) if rule.obstacle
        ]
        if inside & by_shape.keys():
            apart[root] = "a SPARQL constraint stands inside sh:node, sh:not, sh:and, sh:or or the like"
        elif obstacles:
            apart[root] = obstacles[0]
        else:
            for shape, way in direct:
                ways.setdefault(shape, []).append(way)
    run = [(rule, ways[rule.shape]) for rule in found if rule.shape in ways]
    asks = any("shapesGraph" in rule.query.select.where.mentioned for rule, _ in run)
    return SparqlPart(index, run, apart, None if asks else _predicates(index, run), asks)


def _predicates(index: Index, run: list[tuple[Rule, list[Reached]]]) -> frozenset[str] | None:
    found = {f"{RDF}type", f"{RDFS}subClassOf"}
    for rule, ways in run:
        named = rule.predicates()
        paths = [rule.path, *(path for way in ways for path in way.paths)]
        if named is None or any("*" in path or "?" in path for path in paths):
            return None
        found |= named
        for path in paths:
            found.update(re.findall(r"<([^<>]*)>", path))
        for way in ways:
            for target in ("targetSubjectsOf", "targetObjectsOf"):
                found.update(key(o) for o in index.all(way.root, SH + target))
    return frozenset(found)
