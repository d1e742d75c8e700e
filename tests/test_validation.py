"""Validation: two engines with one answer, honest about what they leave out."""

from __future__ import annotations

import gzip
from pathlib import Path

import made_up_articles as made_up
import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from pss_kg.errors import BadParameter, GraphError, UnreadableInput
from pss_kg.validation import (
    Finding,
    Shapes,
    counts,
    exceeds,
    merged,
    ntriples,
    subclass_axioms,
    validate,
    validate_file,
)

PREFIXES = (
    "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> . "
    "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . "
    "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . "
    "@prefix pss: <https://w3id.org/pss-kg/ontology/> .\n"
)
EX = "http://example.org/"
ENGINES = ["pyshacl", "fast"]
A_CLASS = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


def write(folder: Path, text: str, name: str = "shapes.ttl") -> Path:
    path = folder / name
    path.write_text(PREFIXES + text, "utf-8")
    return path


@pytest.fixture
def titled(tmp_path: Path) -> Shapes:
    """Every thing with ex:by needs one ex:title."""
    return Shapes.load(
        [
            write(
                tmp_path,
                """
        ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:by ; pss:remedy "Add it." ;
            sh:property [ sh:path ex:title ; sh:minCount 1 ; sh:severity sh:Warning ;
                          sh:message "Kein Titel."@de, "No title."@en ] .
    """,
            )
        ]
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_a_finding_says_what_where_and_how_to_mend_it(titled: Shapes, engine: str) -> None:
    outcome = validate(f'<{EX}a> <{EX}by> "x" .\n', titled, engine)
    assert outcome.findings == [
        Finding(
            severity="warning",
            focus=f"{EX}a",
            path=f"{EX}title",
            message="No title.",
            shape=f"{EX}S",  # the blank shape goes by the one around it
            component="http://www.w3.org/ns/shacl#MinCountConstraintComponent",
            remedy="Add it.",
        )
    ]
    assert (outcome.engine, outcome.not_run, outcome.left_out) == (engine, 0, ())


@pytest.mark.parametrize("engine", ENGINES)
def test_data_may_come_as_bytes_and_without_a_last_line_end(titled: Shapes, engine: str) -> None:
    data = f'<{EX}a> <{EX}by> "x" .'.encode()
    assert len(validate(data, titled, engine, f"<{EX}b> {A_CLASS} <{EX}C> .\n")) == 1


@pytest.mark.parametrize("engine", ENGINES)
def test_blank_nodes_and_literals_are_named_as_in_the_data(tmp_path: Path, engine: str) -> None:
    shapes = Shapes.load(
        [
            write(
                tmp_path,
                """
        ex:S sh:targetSubjectsOf ex:p ; sh:property ex:P ; sh:closed true .
        ex:P sh:path ex:p ; sh:nodeKind sh:IRI .
    """,
            )
        ]
    )
    data = (
        f'_:z <{EX}p> _:a .\n_:a <{EX}p> "01"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
        f'_:a <{EX}p> "x\\ny"@en .\n<{EX}i> <{EX}q> _:z .\n_:z <{EX}q> <{EX}i> .\n'
    )
    found = validate(data, shapes, engine).findings
    assert [(f.focus, f.path, f.value) for f in found] == [
        ("_:a", f"{EX}p", '"01"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        ("_:a", f"{EX}p", '"x\\ny"@en'),
        ("_:z", f"{EX}p", "_:a"),
        ("_:z", f"{EX}q", f"<{EX}i>"),
    ]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("[ sh:inversePath ex:p ]", "^<http://example.org/p>"),
        ("( ex:p ex:q )", "(<http://example.org/p>/<http://example.org/q>)"),
        ("[ sh:alternativePath ( ex:p ex:q ) ]", "(<http://example.org/p>|<http://example.org/q>)"),
        ("[ sh:zeroOrOnePath ex:p ]", "(<http://example.org/p>)?"),
    ],
)
def test_paths_read_as_in_sparql(tmp_path: Path, engine: str, path: str, text: str) -> None:
    shapes = Shapes.load(
        [write(tmp_path, f"ex:S sh:targetNode ex:a ; sh:property [ sh:path {path} ; sh:minCount 9 ] .")]
    )
    assert [f.path for f in validate(f"<{EX}a> <{EX}r> <{EX}b> .\n", shapes, engine)] == [text]


@pytest.mark.parametrize("engine", ENGINES)
def test_things_described_elsewhere_are_seen_and_not_validated(tmp_path: Path, engine: str) -> None:
    shapes = Shapes.load(
        [
            write(
                tmp_path,
                """
        ex:S sh:targetClass ex:Article ; sh:property ex:T, ex:J .
        ex:T sh:path ex:title ; sh:minCount 1 .
        ex:J sh:path ex:in ; sh:class ex:Periodical .
    """,
            )
        ]
    )
    data = f'<{EX}a> {A_CLASS} <{EX}Article> .\n<{EX}a> <{EX}title> "T" .\n<{EX}a> <{EX}in> <{EX}j> .\n'
    types = f"<{EX}j> {A_CLASS} <{EX}Journal> .\n<{EX}b> {A_CLASS} <{EX}Article> .\n"
    axiom = f"<{EX}Journal> <http://www.w3.org/2000/01/rdf-schema#subClassOf> <{EX}Periodical> .\n"
    assert validate(data, shapes, engine, types + axiom).findings == []
    assert [f.value for f in validate(data, shapes, engine, types)] == [f"<{EX}j>"]
    assert [f.focus for f in validate(data + types, shapes, engine, axiom)] == [f"{EX}b"]


SPARQL = """
    ex:S sh:targetSubjectsOf ex:by ; sh:property ex:P ;
        sh:sparql [ sh:message "SPARQL says no." ;
                    sh:select "SELECT $this WHERE { $this <http://example.org/by> ?x }" ] .
    ex:P sh:path ex:title ; sh:minCount 1 .
"""


@pytest.mark.parametrize("engine", [*ENGINES, "auto"])
def test_every_engine_runs_sparql_constraints(tmp_path: Path, engine: str) -> None:
    outcome = validate(f'<{EX}a> <{EX}by> "x" .\n', Shapes.load([write(tmp_path, SPARQL)]), engine)
    assert [f.message for f in outcome] == ["SPARQL says no.", "A value is missing."]
    assert (outcome.not_run, outcome.left_out, outcome.slowly) == (0, (), ())


def test_auto_takes_pyshacl_for_the_core_part_of_small_graphs(
    tmp_path: Path, titled: Shapes, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = f'<{EX}a> <{EX}by> "x" .\n'
    sparql = Shapes.load([write(tmp_path, SPARQL, "sparql.ttl")])
    assert validate(data, titled).engine == validate(data, sparql).engine == "pyshacl"
    monkeypatch.setattr("pss_kg.validation.engines.PYSHACL_BELOW", 1)
    assert validate(data, titled).engine == validate(data, sparql).engine == "fast"


@pytest.mark.parametrize("engine", ENGINES)
def test_what_no_engine_runs_is_counted(tmp_path: Path, engine: str) -> None:
    text = """ex:S a sh:NodeShape ; sh:target [ a sh:SPARQLTarget ; sh:select "SELECT ?this WHERE {}" ] ;
        sh:targetSubjectsOf ex:by ; sh:property [ sh:path ex:title ; sh:minCount 1 ] ."""
    outcome = validate(f'<{EX}a> <{EX}by> "x" .\n', Shapes.load([write(tmp_path, text)]), engine)
    assert (len(outcome), outcome.not_run) == (1, 1)
    assert "computed target" in outcome.left_out[0]


def test_an_unknown_engine_is_a_usage_error(titled: Shapes) -> None:
    with pytest.raises(BadParameter, match="pyshacl"):
        validate("", titled, "quick")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("data", ["<a> nonsense", b"\xff\xfe", f'_:b <{EX}p> "open .\n'])
def test_data_that_is_no_ntriples_is_a_graph_error(titled: Shapes, engine: str, data: str | bytes) -> None:
    with pytest.raises(GraphError, match=r"shard 3"):
        validate(data, titled, engine, where="shard 3")


@pytest.mark.parametrize(
    "text",
    [
        'ex:S a sh:NodeShape ; sh:property [ sh:path ex:p ; sh:minCount "many" ] .',
        "ex:S a sh:NodeShape ; sh:property [ sh:minCount 1 ] .",
        "ex:S a sh:NodeShape ; sh:property",
        "ex:a ex:b ex:c .",
    ],
)
def test_malformed_shapes_are_an_error_that_names_the_file(tmp_path: Path, text: str) -> None:
    with pytest.raises(GraphError, match=r"mine\.ttl"):
        Shapes.load([write(tmp_path, text, "mine.ttl")])


def test_shapes_may_be_a_folder_and_their_order_changes_nothing(tmp_path: Path) -> None:
    one = write(tmp_path, "ex:A sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .", "1.ttl")
    two = write(tmp_path, "ex:B sh:targetNode ex:a ; sh:property [ sh:path ex:q ; sh:minCount 1 ] .", "2.ttl")
    (tmp_path / "notes.txt").write_text("not RDF")
    runs = [validate("", Shapes.load(paths)).findings for paths in ([tmp_path], [one, two], [two, one])]
    assert len(runs[0]) == 2
    assert runs[0] == runs[1] == runs[2]


GRAPH = rdflib.Dataset()
GRAPH.graph(rdflib.URIRef(f"{EX}g")).add(
    (rdflib.URIRef(f"{EX}a"), rdflib.URIRef(f"{EX}by"), rdflib.Literal("x"))
)


@pytest.mark.parametrize(
    ("suffix", "form"),
    [
        ("ttl", "turtle"),
        ("nt", "nt"),
        ("nq", "nquads"),
        ("trig", "trig"),
        ("jsonld", "json-ld"),
        ("rdf", "xml"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_any_rdf_file_can_be_validated(
    tmp_path: Path, titled: Shapes, suffix: str, form: str, packed: bool
) -> None:
    source = GRAPH if form in ("nquads", "trig") else GRAPH.graph(rdflib.URIRef(f"{EX}g"))
    content = source.serialize(format=form, encoding="utf-8")
    path = tmp_path / (f"graph.{suffix}.gz" if packed else f"graph.{suffix}")
    path.write_bytes(gzip.compress(content) if packed else content)
    assert [f.focus for f in validate_file(path, titled)] == [f"{EX}a"]


def test_a_file_that_can_not_be_parsed_is_an_error_with_its_line(tmp_path: Path, titled: Shapes) -> None:
    bad = tmp_path / "bad.ttl"
    bad.write_text("<http://example.org/a> a <http://example.org/B> .\nnonsense here .\n")
    with pytest.raises(GraphError, match=r"bad\.ttl:2"):
        validate_file(bad, titled)
    with pytest.raises(UnreadableInput, match=r"absent\.ttl"):
        validate_file(tmp_path / "absent.ttl", titled)
    torn = tmp_path / "torn.nt.gz"
    torn.write_bytes(gzip.compress(b"<a:a> <a:b> <a:c> .\n" * 99)[:30])
    with pytest.raises(GraphError, match="damaged"):
        validate_file(torn, titled)
    with pytest.raises(GraphError, match="RDF format"):
        validate_file(write(tmp_path, "", "page.html"), titled)


def test_blank_nodes_of_a_file_get_the_same_labels_each_time(tmp_path: Path) -> None:
    path = tmp_path / "blank.ttl"
    path.write_text("[] <http://example.org/p> [ <http://example.org/q> 1 ] .")
    assert ntriples(path) == ntriples(path)
    assert "_:b1" in ntriples(path)


def test_findings_are_sorted_gravest_first_and_each_once() -> None:
    a, b, c = Finding("info", f"{EX}a"), Finding("violation", f"{EX}c"), Finding("warning", f"{EX}b")
    assert merged([a, b, a, c]) == [b, c, a]


def test_counts_and_the_limit_to_fail_on() -> None:
    found = [Finding("warning", f"{EX}a"), Finding("info", f"{EX}a")]
    assert counts(found) == {"violation": 0, "warning": 1, "info": 1}
    assert [exceeds(found, limit) for limit in ("violation", "warning", "info")] == [False, True, True]
    assert not exceeds([], "info")
    with pytest.raises(BadParameter):
        exceeds(found, "error")


def test_sub_class_axioms_are_few_and_lead_to_classes_that_shapes_name() -> None:
    axioms = subclass_axioms()
    assert axioms == "".join(sorted(axioms.splitlines(keepends=True)))
    assert axioms.count("\n") < 200
    for quad in ox.parse(input=axioms, format=ox.RdfFormat.N_TRIPLES):
        assert quad.predicate.value.endswith("#subClassOf")


LINES = made_up.graph(articles=1).splitlines(keepends=True)
OBJECTS = sorted(
    {line.split(" ", 2)[2] for line in LINES}
    | {'"x" .\n', '"2020-13"^^<http://www.w3.org/2001/XMLSchema#gYearMonth> .\n', "_:b .\n"}
)


@pytest.fixture(scope="module")
def ours() -> Shapes:
    return Shapes.load()


@settings(max_examples=25, deadline=None)
@given(
    kept=st.sets(st.sampled_from(LINES), max_size=60),
    changed=st.lists(st.tuples(st.sampled_from(LINES), st.sampled_from(OBJECTS)), max_size=8),
)
def test_both_engines_find_the_same_in_any_graph(
    ours: Shapes, kept: set[str], changed: list[tuple[str, str]]
) -> None:
    data = "".join(sorted(kept)) + "".join(" ".join([*line.split(" ", 2)[:2], obj]) for line, obj in changed)
    assert validate(data, ours, "fast").findings == validate(data, ours, "pyshacl").findings
