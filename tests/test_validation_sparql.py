"""SPARQL constraints: run once for all focus nodes, found as by pyshacl, refused where SHACL says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pss_kg.errors import GraphError
from pss_kg.validation import Finding, Outcome, Shapes, validate
from pss_kg.validation.querytext import QueryText
from pss_kg.validation.setquery import obstacle, written

EX = "http://example.org/"
XSD = "http://www.w3.org/2001/XMLSchema#"
PREFIXES = (
    "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> . "
    "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
    'ex:names sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .\n'
)
PREBOUND = {"this", "currentShape", "shapesGraph"}


def shapes(folder: Path, text: str) -> Shapes:
    path = folder / "shapes.ttl"
    path.write_text(PREFIXES + text, "utf-8")
    return Shapes.load([path], check=False)


def node_shape(where: str, select: str = "$this ?value", more: str = "") -> str:
    return (
        f"ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:p ; {more} sh:sparql [ sh:prefixes ex:names ; "
        f'sh:message "No." ; sh:select """SELECT {select} WHERE {{ {where} }}""" ] .'
    )


def full(data: str) -> str:
    """Turtle with ex: and xsd: as N-Triples."""
    text = f"@prefix ex: <{EX}> . @prefix xsd: <{XSD}> . {data}"
    return "".join(f"{quad.triple} .\n" for quad in ox.parse(input=text, format=ox.RdfFormat.TURTLE))


def key(outcome: Outcome) -> list[tuple[str, ...]]:
    """What must agree between engines."""
    return sorted((f.severity, f.focus, f.path, f.component, f.value, f.shape) for f in outcome)


def both(data: str, used: Shapes) -> list[Finding]:
    fast = validate(data, used, "fast")
    assert key(fast) == key(validate(data, used, "pyshacl"))
    return fast.findings


DATA = full(
    "ex:a ex:p ex:b ; ex:n 1 . ex:b ex:p ex:c , ex:a ; ex:n 2 . ex:c ex:p 'x'@en , '01'^^xsd:integer ; "
    "ex:n 3 . ex:d ex:q ex:a ; ex:p ex:d ."
)

QUERIES = {
    "pattern": "$this ex:p ?value",
    "filter": "$this ex:n ?value FILTER (?value > 1)",
    "filter without pattern": "FILTER ($this = ex:b)",
    "union": "{ FILTER ($this = ex:a) } UNION { $this ex:n ?value }",
    "union of binds": "{ BIND ($this AS ?value) } UNION { ?value ex:p $this }",
    "optional": "$this ex:p ?o . OPTIONAL { ?o ex:n ?value FILTER (?value > 1) }",
    "exists": "$this ex:p ?value FILTER EXISTS { ?value ex:p ?other }",
    "not exists": "$this ex:p ?value . FILTER NOT EXISTS { ?value ex:n ?m } . $this ex:n ?k",
    "not exists twice": "$this ex:p ?value FILTER NOT EXISTS { ?value ex:n ?m } "
    "FILTER NOT EXISTS { ?value ex:q ?m }",
    "not exists inside": "$this ex:p ?value "
    "FILTER NOT EXISTS { ?value ex:p ?x FILTER NOT EXISTS { ?x ex:n ?m } }",
    "not exists of this": "$this ex:p ?value FILTER NOT EXISTS { ?x ex:q $this }",
    "not exists in a branch": "{ $this ex:p ?value FILTER NOT EXISTS { ?value ex:n ?m } } "
    "UNION { ?value ex:q $this }",
    "not exists with own filter": "$this ex:p ?value FILTER NOT EXISTS { ?value ex:n ?m FILTER (?m > 1) }",
    "sub-select": "{ SELECT $this (COUNT(?o) AS ?many) WHERE { $this ex:p ?o } GROUP BY $this } "
    "FILTER (?many > 1)",
    "path": "$this ex:p/ex:p ?value",
    "any path": "$this ?path ?value FILTER (isLiteral(?value))",
    # These go to pyshacl.
    "outer variable": "$this ex:n ?n ; ex:p ?value FILTER NOT EXISTS { ?value ex:n ?m FILTER (?m > ?n) }",
    "in an expression": "$this ex:p ?value FILTER (?value = ex:a || NOT EXISTS { ?value ex:n ?m })",
    "optional outside": "$this ex:p ?x OPTIONAL { ?x ex:n ?value } FILTER NOT EXISTS { ?y ex:q ?value }",
}
SLOW = {"outer variable", "in an expression", "optional outside"}


@pytest.mark.parametrize("name", QUERIES)
def test_a_constraint_finds_what_pyshacl_finds(tmp_path: Path, name: str) -> None:
    used = shapes(tmp_path, node_shape(QUERIES[name], "$this ?value" + " ?path" * (name == "any path")))
    assert bool(used.sparql.apart) == (name in SLOW)
    assert both(DATA, used)


def test_words_and_braces_in_strings_and_comments_are_no_structure(tmp_path: Path) -> None:
    where = "$this ex:p ?value FILTER (STR(?value) != '} MINUS { VALUES') # SERVICE {\n"
    assert validate(DATA, shapes(tmp_path, node_shape(where)), "fast").findings


def test_a_shape_that_pyshacl_has_to_run_is_said(tmp_path: Path) -> None:
    other = "ex:T a sh:NodeShape ; sh:targetSubjectsOf ex:q ; sh:property [ sh:path ex:q ; sh:maxCount 0 ] ."
    used = shapes(tmp_path, node_shape(QUERIES["outer variable"]) + other)
    outcome = validate(DATA, used, "fast")
    assert outcome.slowly == (
        f"The shape <{EX}S> was run by pyshacl, which is slow: "
        "an EXISTS looks at a variable of what stands around it.",
    )
    assert {f.shape for f in outcome} == {f"{EX}S", f"{EX}T"}


def test_a_query_is_run_once_for_all_focus_nodes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pss_kg.validation import setwise

    asked: list[str] = []

    class Store:
        real = ox.Store

        def __init__(self) -> None:
            self._store = self.real()

        def query(self, query: str, **options: Any) -> object:
            asked.append(query)
            return self._store.query(query, **options)

        def __getattr__(self, name: str) -> object:
            return getattr(self._store, name)

    monkeypatch.setattr(setwise.ox, "Store", Store)
    data = full("".join(f"ex:a{n} ex:p ex:b{n} . " for n in range(50)))
    assert len(validate(data, shapes(tmp_path, node_shape("$this ex:p ?value")), "fast")) == 50
    assert len(asked) == 2  # the targets, the constraint


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("$this ex:p ?x MINUS { $this ex:q ?x }", "MINUS"),
        ("VALUES ?x { true }", "VALUES"),
        ("SERVICE <http://example.org/> { ?a ?b ?c }", "SERVICE"),
        ("BIND (true AS $this)", r"\$this another value"),
        ("$this ex:p ?x { SELECT ?x WHERE { ?x ex:p ?y } }", r"does not return \$this"),
        ("$this ex:p ?x { SELECT * WHERE { FILTER ($this = ?x) } }", r"does not return \$this"),
        ("$this ex:p ?x FILTER NOT EXISTS { ?x ex:q ?y MINUS { ?y ex:q ?z } }", "MINUS"),
    ],
)
@pytest.mark.parametrize("engine", ["pyshacl", "fast", "auto"])
def test_what_pre_binding_rules_out_is_refused(tmp_path: Path, where: str, said: str, engine: str) -> None:
    with pytest.raises(GraphError, match=rf"{EX}S.*{said}"):
        validate(DATA, shapes(tmp_path, node_shape(where)), engine)


@pytest.mark.parametrize("text", ["SELECT $this WHERE { $this ex:p", "DESCRIBE ?x", "SELECT $this { ) } "])
def test_a_query_that_can_not_be_read_is_an_error_that_names_the_shape(tmp_path: Path, text: str) -> None:
    used = f'ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:p ; sh:sparql [ sh:select "{text}" ] .'
    with pytest.raises(GraphError, match=f"{EX}S"):
        validate(DATA, shapes(tmp_path, used), "fast")


def rewritten(where: str) -> str:
    return " ".join(written(QueryText(where, "here"), PREBOUND, "[] <urn:t> $this .", "").split())


def test_not_exists_becomes_minus_at_the_end_of_its_group() -> None:
    assert rewritten("SELECT $this { $this <p> ?x . FILTER NOT EXISTS { ?x <q> ?y } . $this <r> ?z }") == (
        "SELECT $this { [] <urn:t> $this . $this <p> ?x . FILTER(true) . $this <r> ?z MINUS { ?x <q> ?y } }"
    )


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ("$this <p> ?x FILTER NOT EXISTS { ?a <q> ?b }", "shares no variable"),
        ("$this <p> ?x FILTER NOT EXISTS { ?x <q> ?b OPTIONAL { ?b <r> $this } }", "looks at a variable"),
        ("$this <p> ?x FILTER NOT EXISTS { ?x <q> ?b FILTER (?b = $this) }", "looks at a variable"),
        ("$this <p> ?x OPTIONAL { ?x <r> ?y } FILTER NOT EXISTS { ?y <q> ?b }", "looks at a variable"),
        ("$this <p> ?x FILTER (!EXISTS { ?x <q> ?b } && true)", ""),
        ("$this <p> ?x FILTER (NOT EXISTS { ?x <q> ?b } && true)", "inside an expression"),
        ("$this <p> ?x FILTER EXISTS { ?x <q> ?b }", ""),
    ],
)
def test_minus_is_only_for_what_is_bound_on_both_sides(where: str, why: str) -> None:
    said = obstacle(QueryText(f"SELECT $this {{ {where} }}", "here"), PREBOUND)
    assert why in said
    assert bool(said) == bool(why)


def test_path_prefixes_severity_and_templates(tmp_path: Path) -> None:
    used = shapes(
        tmp_path,
        """ex:S a sh:NodeShape ; sh:targetNode ex:a, "a literal" ; sh:property ex:P .
        ex:P a sh:PropertyShape ; sh:path ex:p ; sh:severity sh:Info ; sh:property ex:Q ;
            sh:sparql [ sh:prefixes ex:more ; sh:message "{$this} has {?value}, not {?other}." ;
                sh:select "SELECT $this ?value WHERE { $this $PATH ?value . FILTER (?value = more:b) }" ],
            [ sh:deactivated true ; sh:select "SELECT $this WHERE { $this ?a ?b }" ] .
        ex:Q a sh:PropertyShape ; sh:path [ sh:inversePath ex:p ] ;
            sh:sparql [ sh:select "SELECT $this ?value WHERE { $this $PATH ?value }" ] .
        ex:more <http://www.w3.org/2002/07/owl#imports> ex:names ;
            sh:declare [ sh:prefix "more" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .""",
    )
    found = validate(DATA, used, "fast").findings
    assert [(f.severity, f.focus, f.path, f.value, f.message) for f in found] == [
        ("violation", f"{EX}b", f"^<{EX}p>", f"<{EX}a>", "This is not as the shape wants it."),
        ("info", f"{EX}a", f"{EX}p", f"<{EX}b>", f"{EX}a has {EX}b, not {{?other}}."),
    ]


def test_values_stand_in_the_report_as_in_the_data(tmp_path: Path) -> None:
    data = full(
        "ex:a ex:p '01'^^xsd:integer , '1'^^xsd:integer , '5'^^xsd:nonNegativeInteger , 'x'@EN , 'tab\\t' . "
        "ex:a ex:p _:z . _:z ex:p '1.50'^^xsd:decimal . ex:b ex:p '1'^^xsd:integer ."
    )
    assert len(both(data, shapes(tmp_path, node_shape("$this ex:p ?value")))) == 8


@pytest.mark.parametrize("how", ["sh:node ex:T", "sh:not ex:T", "sh:or ( ex:T ex:U )"])
def test_a_constraint_inside_another_shape_goes_to_pyshacl(tmp_path: Path, how: str) -> None:
    used = shapes(
        tmp_path,
        f"""ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:p ; {how} . 
        ex:U a sh:NodeShape ; sh:nodeKind sh:Literal .
        ex:T a sh:NodeShape ; sh:sparql [ sh:prefixes ex:names ;
            sh:select "SELECT $this WHERE {{ $this ex:n 1 }}" ] .""",
    )
    assert list(used.sparql.apart) == [f"{EX}S"]
    assert both(DATA, used)


COMPONENT = """
    ex:Most a sh:ConstraintComponent ; sh:labelTemplate "At most {$most}" ;
        sh:parameter [ sh:path ex:most ], [ sh:path ex:least ; sh:optional true ] ;
        sh:validator [ a sh:SPARQLAskValidator ; sh:prefixes ex:names ;
            sh:ask "ASK { FILTER ($value <= $most && (!bound($least) || $value >= $least)) }" ] .
    ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:n ; sh:property ex:P .
    ex:P a sh:PropertyShape ; sh:path ex:n ; ex:most 2 ; ex:least 2 .
    ex:Q a sh:PropertyShape ; sh:path ex:n ; ex:least 9 ; sh:targetSubjectsOf ex:n .
"""


@pytest.mark.parametrize("engine", ["fast", "auto"])
def test_components_with_ask_and_optional_parameters(tmp_path: Path, engine: str) -> None:
    found = validate(DATA, shapes(tmp_path, COMPONENT), engine).findings
    assert [(f.focus, f.path, f.value, f.component, f.message) for f in found] == [
        (f"{EX}{name}", f"{EX}n", f'"{n}"^^<{XSD}integer>', f"{EX}Most", "At most 2")
        for name, n in (("a", 1), ("c", 3))
    ]


def test_a_component_with_select_for_nodes_and_for_properties(tmp_path: Path) -> None:
    used = shapes(
        tmp_path,
        '''ex:Lang a sh:ConstraintComponent ; sh:parameter [ sh:path ex:lang ] ;
            sh:propertyValidator [ a sh:SPARQLSelectValidator ; sh:message "Not {$lang}." ;
                sh:select """SELECT DISTINCT $this ?value
                    WHERE { $this $PATH ?value FILTER (lang(?value) != $lang) }""" ] ;
            sh:nodeValidator [ a sh:SPARQLSelectValidator ; sh:message "Not at all {$lang}." ;
                sh:prefixes ex:names ;
                sh:select "SELECT $this WHERE { $this ex:p ?v FILTER (lang(?v) = $lang) }" ] .
        ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:n ; ex:lang "en" ;
            sh:property [ sh:path ex:p ; ex:lang "de" ] .''',
    )
    found = both(DATA, used)
    assert {(f.focus, f.message) for f in found} == {
        (f"{EX}c", "Not at all en."),
        (f"{EX}c", "Not de."),
    }


def test_a_date_is_not_less_than_a_text_though_rdflib_says_so(tmp_path: Path) -> None:
    """A false positive of pyshacl: SPARQL gives no order to a date and a string (17.3.1)."""
    used = shapes(tmp_path, node_shape("$this ex:p ?value ; ex:q ?other FILTER (?value < ?other)"))
    data = full("ex:a ex:p '2020-01-01'^^xsd:date ; ex:q 'lately' .")
    assert validate(data, used, "fast").findings == []
    assert [f.focus for f in validate(data, used, "pyshacl")] == [f"{EX}a"]


nodes = st.sampled_from(["ex:a", "ex:b", "ex:c", "ex:d"])
objects = nodes | st.sampled_from(["1", "2", "'x'", "'x'@en", "'2020'^^xsd:gYear"])
graphs = st.sets(
    st.tuples(nodes, st.sampled_from(["ex:p", "ex:q", "ex:n", "a"]), objects), min_size=1, max_size=14
)
PARTS = [
    "$this ex:p ?value",
    "?value ex:q $this",
    "?value ex:n ?m",
    "OPTIONAL { ?value ex:p ?o }",
    "OPTIONAL { $this ex:q ?o FILTER (?o != ex:a) }",
    "FILTER NOT EXISTS { ?value ex:p ?x }",
    "FILTER NOT EXISTS { $this ex:q ?x . ?x ex:n ?y }",
    "FILTER NOT EXISTS { ?value ex:n ?x FILTER (?x > 1) }",
    "FILTER NOT EXISTS { ?value ex:p ?x FILTER NOT EXISTS { ?x ex:q ?y } }",
    "FILTER NOT EXISTS { ?m ex:q ?x }",
    "FILTER EXISTS { ?value ex:q ?x }",
    "FILTER ($this != ex:b)",
    "FILTER isIRI(?value)",
    "{ ?value ex:p ex:a } UNION { FILTER ($this = ex:c) }",
    "{ $this ex:p ?value } UNION { $this ex:q ?value }",
    "BIND (STR($this) AS ?text)",
]


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(graph=graphs, parts=st.lists(st.sampled_from(PARTS), min_size=1, max_size=4, unique=True))
def test_any_constraint_over_any_graph_agrees_with_pyshacl(
    tmp_path_factory: pytest.TempPathFactory, graph: set[tuple[str, str, str]], parts: list[str]
) -> None:
    used = shapes(tmp_path_factory.mktemp("shapes"), node_shape(" . ".join(sorted(parts))))
    both(full(" ".join(f"{' '.join(triple)} ." for triple in sorted(graph))), used)
