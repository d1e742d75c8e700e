"""Queries are found, described, bound and run; what a user types never becomes query text."""
# ruff: noqa: E501  data reads best in lines of its own

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from published import HEAD
from pyoxigraph import RdfFormat, Store

from pss_kg import querying
from pss_kg.errors import BadParameter, UnknownQuery, UsageError
from pss_kg.querying import results, sparql

SMALL = """
GRAPH <graph/main> {
    <publication/pmid-1> dcterms:title "One"@en ; fabio:hasPubMedId "1" ; c4o:hasContent "a,\\"b\\"" .
    <publication/pmid-2> dcterms:title "Two" .
}
GRAPH <graph/source/pubmed> { <publication/pmid-1> dcterms:title "Uno" . }
GRAPH <graph/identity> { <publication/pmcid-PMC77> dcterms:isReplacedBy <publication/pmid-1> . }
"""
TITLES = "PREFIX dcterms: <http://purl.org/dc/terms/>\nSELECT ?s ?t WHERE { ?s dcterms:title ?t } ORDER BY ?t"


@pytest.fixture
def store() -> Store:
    opened = Store()
    opened.load(HEAD + SMALL, format=RdfFormat.TRIG)
    return opened


def own(text: str, name: str = "-") -> querying.Query:
    return querying.load(name, text)


def with_parameter(kind: str, more: str = "") -> querying.Query:
    return own(
        f"#+ parameters:\n#+   x: {{type: {kind}{more}}}\nSELECT ?x WHERE {{ VALUES ?x {{ UNDEF }} FILTER(BOUND(?x)) }}"
    )


# -- finding and describing


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    with pytest.raises(UnknownQuery, match="most-cited") as caught:
        querying.load("most-sited")
    assert caught.value.exit_code == 2


def test_a_file_is_a_query(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "mine.rq"
    path.write_text(TITLES)
    assert len(querying.run(store, querying.load(str(path))).rows) == 2


def test_a_file_that_is_not_there_or_not_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="can't be read"):
        querying.load(str(tmp_path / "none.rq"))
    (tmp_path / "x.rq").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="UTF-8"):
        querying.load(str(tmp_path / "x.rq"))


@pytest.mark.parametrize(
    "header", ["#+ [", "#+ parameters: {x: {type: number}}", "#+ parameters: [x]", "#+ 5"]
)
def test_a_broken_header_is_told(header: str) -> None:
    with pytest.raises(UsageError, match="header"):
        own(f"{header}\nASK {{}}")


def test_a_description_says_question_parameters_and_columns() -> None:
    said = querying.describe("most-cited")
    assert "Which publications are cited most often?" in said
    assert "limit  (integer, default 10)" in said
    assert "citations  Distinct publications" in said


# -- parameters


def test_an_unknown_parameter_is_told_with_those_there_are(store: Store) -> None:
    with pytest.raises(BadParameter, match="limit"):
        querying.run(store, querying.load("most-cited"), {"number": "3"})
    with pytest.raises(BadParameter, match="declared"):
        querying.run(store, own(TITLES), {"limit": "3"})


def test_a_missing_required_parameter_is_told(store: Store) -> None:
    with pytest.raises(BadParameter, match="publication"):
        querying.run(store, querying.load("citing-articles"))


def test_a_declared_parameter_without_a_place_is_told(store: Store) -> None:
    query = own("#+ parameters: {x: {type: string}}\nASK {}")
    with pytest.raises(BadParameter, match=r"VALUES \?x"):
        querying.run(store, query, {"x": "1"})


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("integer", "ten"), ("integer", "-1"), ("integer", "1; DROP ALL"), ("integer", "١"), ("integer", ""),
        ("year", "20"), ("year", "2020-01"), ("language", "e n"), ("boolean", "yes"),
        ("iri", "no iri"), ("iri", "http://a/> <b"), ("publication", "peer support"),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_type_is_told_with_name_type_and_example(
    store: Store, kind: str, value: str
) -> None:
    with pytest.raises(BadParameter) as caught:
        querying.run(store, with_parameter(kind), {"x": value})
    assert "'x'" in str(caught.value)
    assert kind in str(caught.value)
    assert "-p x=" in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "value", "bound"),
    [
        ("integer", "007", "7"), ("year", "2020", "2020"), ("language", "EN-GB", "en-gb"), ("boolean", "TRUE", "true"),
        ("iri", "<http://a/b>", "http://a/b"), ("string", " a 'b' \"c\" } # ", " a 'b' \"c\" } # "),
        ("publication", "PMC77", "https://w3id.org/pss-kg/publication/pmid-1"),
        ("publication", "404", "https://w3id.org/pss-kg/publication/pmid-404"),
    ],
)  # fmt: skip
def test_a_value_is_bound_as_a_term(store: Store, kind: str, value: str, bound: str) -> None:
    result = querying.run(store, with_parameter(kind), {"x": value})
    assert [row[0].value for row in result.rows] == [bound]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_any_text_is_bound_as_that_text_in_both_engines(value: str) -> None:
    text = querying.bind(with_parameter("string"), {"x": value})
    assert [row["x"].value for row in Store().query(text)] == [value]  # type: ignore[union-attr]
    assert [str(row[0]) for row in rdflib.Graph().query(text)] == [value]  # type: ignore[index]


def test_a_backslash_before_u_can_not_end_the_string() -> None:
    for value in ("\\u0022", "\\\\u0022 } #", "\\U00000022"):
        text = querying.bind(with_parameter("string"), {"x": value})
        assert [row["x"].value for row in Store().query(text)] == [value]  # type: ignore[union-attr]
        assert [str(row[0]) for row in rdflib.Graph().query(text)] == [value]  # type: ignore[index]


def test_places_in_comments_and_strings_are_none() -> None:
    text = '# VALUES ?x { 1 }\nSELECT ("VALUES ?x { 1 } LIMIT 3" AS ?y) { VALUES ?x { "}" } } LIMIT 5'
    assert sparql.substitute(text, {"x": "2", "limit": "7"}).endswith("{ VALUES ?x { 2 } } LIMIT 7")
    assert [place.parameter for place in sparql.places(text)] == ["x", "limit"]


# -- running


def test_the_default_graph_is_main_and_never_the_union(store: Store) -> None:
    assert [row[1].value for row in querying.run(store, own(TITLES)).rows] == ["One", "Two"]


def test_a_query_may_name_its_own_graphs(store: Store) -> None:
    text = TITLES.replace("WHERE", "FROM <https://w3id.org/pss-kg/graph/source/pubmed> WHERE")
    assert [row[1].value for row in querying.run(store, own(text)).rows] == ["Uno"]
    text = TITLES.replace("WHERE", "FROM <http://127.0.0.1:9/never-fetched> WHERE")
    assert querying.run(store, own(text)).rows == []


@pytest.mark.parametrize(
    "text",
    ["INSERT DATA { <a:a> <a:b> 1 }", "PREFIX a: <b:>\nDELETE WHERE { ?s ?p ?o }", "LOAD <http://127.0.0.1:9/x>", "CLEAR ALL"],
)  # fmt: skip
def test_an_update_is_refused(store: Store, text: str) -> None:
    with pytest.raises(UsageError, match="update"):
        querying.run(store, own(text))


def test_asking_another_server_is_refused(store: Store) -> None:
    with pytest.raises(UsageError, match="SERVICE") as caught:
        querying.run(store, own("SELECT * {\n SERVICE SILENT <http://127.0.0.1:9/> { ?s ?p ?o } }"))
    assert "line 2" in caught.value.where
    querying.run(store, own('SELECT ("SERVICE" AS ?service) { } # SERVICE'))


@pytest.mark.parametrize(
    "text", ["SELECT * WHERE {\n  ?s ?p", "SELECT", "", "SELECT ?x {\n ?s un:known ?o }"]
)
def test_what_is_no_sparql_is_told_with_file_line_and_column(store: Store, text: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.rq"
    path.write_text(text)
    with pytest.raises(UsageError) as caught:
        querying.run(store, querying.load(str(path)))
    assert "bad.rq, line " in caught.value.where
    assert len(str(caught.value)) < 500


# -- writing


def test_csv_is_as_the_specification_says(store: Store) -> None:
    query = own("SELECT ?c ?none { ?s <http://purl.org/spar/c4o/hasContent> ?c }")
    assert results.to_csv(querying.run(store, query)) == 'c,none\r\n"a,""b""",\r\n'


def test_json_is_what_oxigraph_writes(store: Store) -> None:
    from pyoxigraph import NamedNode, QueryResultsFormat

    text = "SELECT ?s ?t ?n { ?s ?p ?t BIND(5 AS ?n) } ORDER BY ?s ?t"
    ours = json.loads(results.to_json(querying.run(store, own(text))))
    answer = store.query(text, default_graph=NamedNode("https://w3id.org/pss-kg/graph/main"))
    assert ours == json.loads(answer.serialize(format=QueryResultsFormat.JSON))  # type: ignore[union-attr]


def test_ask_and_construct(store: Store) -> None:
    asked = querying.run(store, own("ASK { ?s ?p 'Two' }"))
    assert (asked.kind, asked.boolean, results.to_table(asked)) == ("ask", True, "yes\n")
    assert json.loads(results.to_json(asked)) == {"head": {}, "boolean": True}
    made = querying.run(store, own("CONSTRUCT { ?s a <http://a/T> } WHERE { ?s ?p ?o }"))
    assert made.kind == "graph"
    assert len(list(csv.reader(io.StringIO(results.to_csv(made))))) == 3


def test_a_table_shows_keys_and_cuts_only_for_a_terminal(store: Store) -> None:
    result = querying.run(store, own(TITLES))
    assert results.to_table(result).splitlines() == ["s       t", "──────  ───", "pmid-1  One", "pmid-2  Two"]
    long = querying.run(store, own(f"SELECT ('{'x' * 200}' AS ?a) ('中文' AS ?b) {{}}"))
    assert "x" * 200 in results.to_table(long)
    assert all(len(line) <= 60 for line in results.to_table(long, 60).splitlines())


def test_no_rows_is_an_answer(store: Store) -> None:
    result = querying.run(store, own("SELECT ?a ?b { ?a <http://a/none> ?b }"))
    assert results.to_table(result) == "a  b\n─  ─\n"
    assert json.loads(results.to_json(result))["results"]["bindings"] == []
