"""Every query of the library describes itself, and gives its expected rows in two engines."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse

from pss_kg import querying
from pss_kg.querying import EXAMPLES, Query, results, sparql
from pss_kg.resources import folder

QUERIES = list(querying.library().values())
MAIN = NamedNode("https://w3id.org/pss-kg/graph/main")

each_query = pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)


def case(query: Query, ending: str) -> Path:
    return Path(query.where).with_suffix(ending)


def expected(query: Query) -> list[list[str]]:
    return list(csv.reader(io.StringIO(case(query, ".csv").read_bytes().decode())))


def data(query: Query) -> list[Quad]:
    return list(parse(path=str(case(query, ".trig")), format=RdfFormat.TRIG))


def test_there_are_at_least_twelve_queries_and_no_stray_file() -> None:
    assert len(QUERIES) >= 12
    stems = {Path(query.where).with_suffix("") for query in QUERIES}
    for path in folder("queries").rglob("*.*"):
        if path.suffix in (".rq", ".trig", ".csv"):
            assert path.with_suffix("") in stems


@each_query
def test_the_header_says_what_the_query_is(query: Query) -> None:
    assert query.summary.endswith("?")
    assert query.description
    assert query.tags
    assert query.default_graph == "main"
    assert all(p.description for p in query.parameters)
    assert all(p.type in EXAMPLES for p in query.parameters)
    assert not any(p.required and p.default for p in query.parameters)


@each_query
def test_every_parameter_has_its_place_and_its_default_stands_there(query: Query) -> None:
    places = {
        place.parameter: query.text[place.start : place.end].strip() for place in sparql.places(query.text)
    }
    for p in query.parameters:
        assert p.name in places
        if p.default is not None:
            assert places[p.name] == p.default
        elif not p.required:
            assert places[p.name] == "UNDEF"


@each_query
def test_the_columns_are_those_the_header_describes(query: Query) -> None:
    result = querying.run(Store(), query, query.test)
    assert list(result.columns) == list(query.columns)


@each_query
def test_expected_rows_in_oxigraph(query: Query) -> None:
    store = Store()
    store.extend(data(query))
    result = querying.run(store, query, query.test)
    assert list(csv.reader(io.StringIO(results.to_csv(result)))) == expected(query)


@each_query
def test_expected_rows_in_rdflib(query: Query) -> None:
    dataset = rdflib.Dataset()
    quads = data(query)
    # rdflib has no parameter for the default graph; main is loaded as both.
    quads += [Quad(q.subject, q.predicate, q.object, DefaultGraph()) for q in quads if q.graph_name == MAIN]
    lines = "".join(f"{quad} .\n" for quad in quads)
    dataset.parse(data=lines, format="nquads")
    answer = dataset.query(querying.bind(query, query.test))
    rows = [["" if value is None else str(value) for value in row] for row in answer]  # type: ignore[union-attr]
    if answer.type == "CONSTRUCT":  # a graph has no order; our rows are sorted
        assert sorted(rows) == sorted(expected(query)[1:])
    else:
        assert rows == expected(query)[1:]


@each_query
def test_ties_are_broken_and_patterns_are_fast(query: Query) -> None:
    words = [token.text.upper() for token in sparql.tokens(query.text) if token.kind == "word"]
    assert "ORDER" in words or "CONSTRUCT" in words
    assert "NOT" not in words  # FILTER NOT EXISTS is slow in Oxigraph; MINUS is not
    assert "SERVICE" not in words
    assert "FROM" not in words
    assert "YEAR" not in words  # unbound for xsd:gYear
