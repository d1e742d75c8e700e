"""What the vocabulary lint promises."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pss_kg.errors import GraphError, UnknownFormat, UnreadableInput
from pss_kg.lint import (
    Declared,
    Undeclared,
    count_file,
    count_lines,
    format_text,
    lint_file,
    lint_lines,
    lint_query,
    merge,
    undeclared,
)
from pss_kg.lint.usage import count_quads
from pss_kg.resources import folder
from pss_kg.terms import iri, line, quoted
from pss_kg.vocabulary import CITO, DATACITE, DCTERMS, FABIO, OWL, PREFIXES, PRISM, PRO, RDF, RDFS, SCHEMA

P1 = "<https://w3id.org/pss-kg/publication/pmid-1>"
P2 = "<https://w3id.org/pss-kg/publication/pmid-2>"
GRAPH = "<https://w3id.org/pss-kg/graph/main>"
TYPE = f"<{RDF}type>"

GOOD = [
    line(P1, TYPE, f"<{FABIO}JournalArticle>", GRAPH),
    line(P1, f"<{DCTERMS}title>", '"Made up <http://purl.org/spar/fabio/hasDOI> title"@en', GRAPH),
    line(P1, f"<{CITO}cites>", P2, GRAPH),
    line("_:b", f"<{PRO}withRole>", f"<{PRO}author>", GRAPH),
    line(P1, f"<{RDF}_1>", P2, GRAPH),
]


@pytest.fixture(scope="module")
def declared() -> Declared:
    return Declared.load()


def only(findings: list[Undeclared]) -> Undeclared:
    assert len(findings) == 1, findings
    return findings[0]


class TestLines:
    def test_declared_terms_are_no_findings(self, declared: Declared) -> None:
        assert lint_lines(GOOD, declared) == []
        assert lint_lines([text.encode() for text in GOOD], declared) == []

    def test_no_lines_are_no_findings(self, declared: Declared) -> None:
        assert lint_lines(list[str](), declared) == []

    def test_an_undeclared_property_is_found_counted_and_shown(self, declared: Declared) -> None:
        bad = [line(s, f"<{FABIO}hasDOI>", '"10.1234/x"') for s in (P2, P1)]
        assert only(lint_lines([*GOOD, *bad], declared)) == Undeclared(
            f"{FABIO}hasDOI", "property", 2, P2, f"{PRISM}doi", None, "FaBiO takes the DOI from PRISM."
        )

    def test_an_undeclared_class_is_found(self, declared: Declared) -> None:
        found = only(lint_lines([line(P1, TYPE, f"<{FABIO}MetaAnalysis>")], declared))
        assert (found.kind, found.nearest) == ("class", f"{FABIO}SystematicReview")

    def test_a_class_of_a_vocabulary_that_we_lack_is_found(self, declared: Declared) -> None:
        found = only(lint_lines([line(P1, TYPE, "<http://example.org/Zzyzx>")], declared))
        assert (found.kind, found.nearest) == ("class", None)

    @pytest.mark.parametrize("term", [f"{PRO}autor", f"{DATACITE}doy", f"{CITO}citez"])
    def test_an_undeclared_individual_is_found_in_our_namespaces(self, declared: Declared, term: str) -> None:
        found = only(lint_lines([line(P1, f"<{DCTERMS}relation>", f"<{term}>")], declared))
        assert (found.kind, found.term, found.count) == ("individual", term, 1)
        assert found.nearest in {f"{PRO}author", f"{DATACITE}doi", f"{CITO}cites"}

    def test_a_property_may_stand_as_an_object(self, declared: Declared) -> None:
        said = line(P1, f"<{CITO}hasCitationCharacterization>", f"<{CITO}cites>")
        assert lint_lines([said], declared) == []

    def test_things_elsewhere_are_not_terms(self, declared: Declared) -> None:
        said = line(P1, f"<{DCTERMS}subject>", "<http://id.nlm.nih.gov/mesh/D000001>")
        assert lint_lines([said, line(P1, f"<{DCTERMS}source>", "<http://purl.org/spar/>")], declared) == []

    def test_an_ontology_may_be_pointed_at(self, declared: Declared) -> None:
        said = line(P1, f"<{RDFS}isDefinedBy>", f"<{FABIO}2023-05-09>")
        assert lint_lines([said, line(P1, f"<{DCTERMS}source>", f"<{FABIO}>")], declared) == []

    def test_a_class_used_as_a_property_is_told_so(self, declared: Declared) -> None:
        found = only(lint_lines([line(P1, f"<{FABIO}JournalArticle>", P2)], declared))
        assert (found.declared_as, found.nearest) == ("class", None)

    def test_a_property_used_as_a_class_is_told_so(self, declared: Declared) -> None:
        assert only(lint_lines([line(P1, TYPE, f"<{CITO}cites>")], declared)).declared_as == "property"

    def test_a_file_does_not_declare_for_itself(self, declared: Declared) -> None:
        wrong = f"<{FABIO}hasDOI>"
        lines = [line(wrong, TYPE, f"<{OWL}DatatypeProperty>"), line(P1, wrong, '"10.1234/x"')]
        assert only(lint_lines(lines, declared)).term == f"{FABIO}hasDOI"

    def test_blank_lines_comments_and_other_layouts_are_read(self, declared: Declared) -> None:
        lines = ["\n", "# a comment of some length\n", f'{P1}\t<{FABIO}hasDOI>\t"a b <c> d" .\n', *GOOD]
        lines.append(f'{P1}<{FABIO}hasDOI>"x"@en.\n')
        assert only(lint_lines(lines, declared)).count == 2

    def test_a_line_that_is_no_statement_is_an_error_with_file_and_line(self) -> None:
        with pytest.raises(GraphError, match=r"^main\.nq, line 6: ") as caught:
            count_lines([*GOOD, "this is no statement at all\n"], "main.nq")
        assert caught.value.exit_code == 3

    def test_parts_may_be_counted_apart(self) -> None:
        whole = count_lines(GOOD * 3)
        parts: dict[object, object] = {}
        for _ in range(3):
            merge(parts, count_lines(GOOD))  # type: ignore[arg-type]
        assert parts == whole


NAMES = st.text("abcXYZ019", min_size=1, max_size=5)
SPACES = st.sampled_from([*sorted(PREFIXES.values()), "http://example.org/", "http://purl.org/x/"])
IRIS = st.builds(lambda space, name: iri(space + name), SPACES, NAMES)
OBJECTS = st.one_of(IRIS, st.builds(quoted, st.text(max_size=20)), st.just(TYPE))
STATEMENTS = st.lists(st.tuples(IRIS, st.one_of(IRIS, st.just(TYPE)), OBJECTS), max_size=12)


@given(STATEMENTS)
def test_lines_and_parser_count_the_same(statements: list[tuple[str, str, str]]) -> None:
    lines = [line(s, p, o, GRAPH) for s, p, o in statements]
    quads = ox.parse("".join(lines), format=ox.RdfFormat.N_QUADS)
    assert count_lines(lines) == count_quads(quads)


class TestFiles:
    turtle = f'@prefix fabio: <{FABIO}> .\n<#a> a fabio:JournalArticle ;\n  fabio:hasDOI "10.1234/x" .\n'
    triple = f'<http://example.org/a> <{FABIO}hasDOI> "10.1234/x" .\n'
    json_ld = f'[{{"@id": "http://example.org/a", "{FABIO}hasDOI": [{{"@value": "10.1234/x"}}]}}]'
    xml = (
        f'<rdf:RDF xmlns:rdf="{RDF}" xmlns:f="{FABIO}"><rdf:Description rdf:about="http://example.org/a">'
        "<f:hasDOI>10.1234/x</f:hasDOI></rdf:Description></rdf:RDF>"
    )

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("a.ttl", turtle),
            ("a.trig", turtle),
            ("a.nt", triple),
            ("a.nq", triple),
            ("a.jsonld", json_ld),
            ("a.rdf", xml),
            ("a.owl", xml),
        ],
    )
    def test_every_format_is_read_packed_or_not(
        self, tmp_path: Path, declared: Declared, name: str, text: str
    ) -> None:
        plain, packed = tmp_path / name, tmp_path / f"{name}.gz"
        plain.write_text(text, encoding="utf-8")
        packed.write_bytes(gzip.compress(text.encode()))
        for path in (plain, packed):
            assert only(lint_file(path, declared)).nearest == f"{PRISM}doi"

    def test_a_damaged_file_is_an_error_with_its_name_and_line(self, tmp_path: Path) -> None:
        path = tmp_path / "a.ttl"
        path.write_text(self.turtle + "<b> <c>\n", encoding="utf-8")
        with pytest.raises(GraphError, match=r"^a\.ttl, line [45]: "):
            count_file(path)

    @pytest.mark.parametrize(
        "damage", [b"no gzip at all", gzip.compress(b"<a> <b> <c> .\n" * 9, mtime=0)[:-9]]
    )
    def test_damaged_gzip_is_an_error(self, tmp_path: Path, damage: bytes) -> None:
        path = tmp_path / "a.nt.gz"
        path.write_bytes(damage)
        with pytest.raises(GraphError, match=r"^a\.nt\.gz"):
            count_file(path)

    def test_a_context_on_the_web_is_not_fetched(self, tmp_path: Path) -> None:
        path = tmp_path / "a.jsonld"
        path.write_text(
            '{"@context": "https://example.org/c", "@id": "http://example.org/a"}', encoding="utf-8"
        )
        with pytest.raises(GraphError, match="nothing is fetched"):
            count_file(path)

    def test_text_in_another_encoding_is_an_error(self, tmp_path: Path) -> None:
        path = tmp_path / "a.nt"
        path.write_bytes(b'<http://example.org/a> <http://example.org/b> "\xe9" .\n')
        with pytest.raises(GraphError, match=r"^a\.nt"):
            count_file(path)

    def test_a_name_that_tells_no_format_is_an_error(self, tmp_path: Path) -> None:
        path = tmp_path / "a.pdf"
        path.write_bytes(b"")
        with pytest.raises(UnknownFormat, match=r"a\.pdf"):
            count_file(path)

    def test_a_missing_file_is_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(UnreadableInput, match=r"nowhere\.ttl"):
            count_file(tmp_path / "nowhere.ttl")


class TestQueries:
    def test_declared_terms_are_no_findings(self, declared: Declared) -> None:
        text = """
        PREFIX cito: <http://purl.org/spar/cito/>
        SELECT ?a (COUNT(DISTINCT ?b) AS ?n) WHERE {
          ?b cito:hasCitedEntity/^cito:hasCitedEntity ?a ; a cito:Citation .
          FILTER (?p = cito:cites) FILTER NOT EXISTS { ?a cito:isRetractedBy+ ?c }
          OPTIONAL { GRAPH <https://w3id.org/pss-kg/graph/main> { ?a ^cito:cites|!cito:cites ?d } }
          VALUES ?p { cito:cites }
        } GROUP BY ?a ORDER BY DESC(?n) LIMIT 10
        """
        assert lint_query(text, declared) == []

    @pytest.mark.parametrize(
        "pattern",
        [
            "?a fabio:hasDOI ?b",
            "?a ?p ?b FILTER (?p = fabio:hasDOI)",
            "?a cito:cites/fabio:hasDOI ?b",
            "?a !(cito:cites|^fabio:hasDOI) ?b",
            "?a (fabio:hasDOI)* ?b",
            "VALUES ?p { fabio:hasDOI } ?a ?p ?b",
            "?a a fabio:Work OPTIONAL { ?a fabio:hasDOI ?b }",
            "?a a fabio:Work FILTER NOT EXISTS { ?a fabio:hasDOI ?b }",
            "?a a fabio:Work MINUS { ?a fabio:hasDOI ?b }",
            "{ SELECT ?a { ?a <http://purl.org/spar/fabio/hasDOI> ?b } }",
            "BIND (fabio:hasDOI AS ?p)",
            "GRAPH ?g { { ?a cito:cites ?b } UNION { ?a fabio:hasDOI ?b } }",
        ],
    )
    def test_an_undeclared_term_is_found_wherever_it_stands(self, declared: Declared, pattern: str) -> None:
        found = only(lint_query(f"SELECT *\nWHERE {{ {pattern} }}", declared))
        assert (found.term, found.example, found.nearest) == (f"{FABIO}hasDOI", "line 2", f"{PRISM}doi")

    def test_the_role_is_told(self, declared: Declared) -> None:
        assert only(lint_query("ASK { ?a a fabio:MetaAnalysis }", declared)).kind == "class"
        assert only(lint_query("ASK { ?a fabio:hasDOI 'x' }", declared)).kind == "property"
        assert only(lint_query("ASK { ?a pro:withRole pro:autor }", declared)).kind == "individual"

    def test_what_a_query_constructs_counts_too(self, declared: Declared) -> None:
        text = "CONSTRUCT { ?a fabio:hasDOI ?b } WHERE { ?a prism:doi ?b }"
        assert only(lint_query(text, declared)).term == f"{FABIO}hasDOI"

    def test_texts_and_comments_are_not_terms(self, declared: Declared) -> None:
        text = """# fabio:hasDOI
        SELECT * { ?a dcterms:title 'fabio:hasDOI', "<http://purl.org/spar/fabio/hasDOI>" }"""
        assert lint_query(text, declared) == []

    def test_prefixes_of_the_query_itself_count(self, declared: Declared) -> None:
        text = f"PREFIX x: <{FABIO}>\n\nSELECT * {{ ?a x:hasDOI ?b }}"
        assert only(lint_query(text, declared)).example == "line 3"

    def test_other_peoples_namespaces_are_left_alone(self, declared: Declared) -> None:
        assert lint_query("SELECT * { ?a <http://www.wikidata.org/prop/direct/P356> ?b }", declared) == []

    @pytest.mark.parametrize("text", ["SELECT nothing", "", "SELECT * { ?a nowhere:b ?c }"])
    def test_text_that_is_no_query_is_an_error(self, text: str) -> None:
        with pytest.raises(GraphError, match=r"^q\.rq"):
            lint_query(text, name="q.rq")


class TestWords:
    def test_a_finding_is_a_plain_sentence(self, declared: Declared) -> None:
        lines = [line(P1, f"<{FABIO}hasDOI>", '"10.1234/x"')] * 12
        assert format_text(lint_lines(lines, declared)) == (
            "fabio:hasDOI is used 12 times as a property and no ontology declares it. Nearest: prism:doi. "
            f"FaBiO takes the DOI from PRISM. First seen: {P1}.\n"
        )

    def test_a_wrong_use_is_a_plain_sentence(self, declared: Declared) -> None:
        assert format_text(lint_lines([line(P1, f"<{FABIO}Journal>", P2)], declared)) == (
            f"fabio:Journal is used once as a property, but it is declared as a class. First seen: {P1}.\n"
        )

    def test_the_most_frequent_comes_first(self, declared: Declared) -> None:
        lines = [line(P1, f"<{PRISM}number>", '"6"'), *[line(P1, f"<{FABIO}hasDOI>", '"x"')] * 2]
        assert (
            format_text(lint_lines(lines, declared)).splitlines()[0].startswith("fabio:hasDOI is used twice")
        )

    def test_no_finding_is_no_text(self) -> None:
        assert format_text([]) == ""


class TestNearest:
    @pytest.mark.parametrize(
        ("wrong", "right"),
        [
            (f"{FABIO}hasPubmedID", f"{FABIO}hasPubMedId"),
            ("http://prismstandard.org/namespaces/basic/2.1/startingPage", f"{PRISM}startingPage"),
            ("http://schema.org/position", f"{SCHEMA}position"),
            (f"{CITO}hasCitationCharacterisation", f"{CITO}hasCitationCharacterization"),
            ("http://purl.org/dc/elements/1.1/title", f"{DCTERMS}title"),
        ],
    )
    def test_it_is_the_term_that_was_meant(self, declared: Declared, wrong: str, right: str) -> None:
        assert declared.nearest(wrong, "property") == right

    def test_nothing_similar_is_none(self, declared: Declared) -> None:
        assert declared.nearest("http://example.org/qqqqqq", "property") is None
        assert declared.nearest("http://example.org/", "property") is None


class TestDeclared:
    def test_only_the_folder_counts(self, tmp_path: Path) -> None:
        (tmp_path / "axioms").mkdir()
        (tmp_path / "axioms" / "x.ttl").write_text(f"<http://x/A> a <{OWL}Class> .", encoding="utf-8")
        for name in ("pss.ttl", "external-terms.ttl", "traps.ttl"):
            (tmp_path / name).write_text("", encoding="utf-8")
        found = Declared.load(tmp_path)
        assert found.classes == frozenset({"http://x/A"})
        assert not found.properties | found.individuals
        assert undeclared({("class", f"{FABIO}Work"): (1, P1)}, found) != []

    def test_a_broken_ontology_is_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(GraphError, match=r"^pss\.ttl: "):
            Declared.load(tmp_path)


def data_files(room: str, pattern: str) -> list[Path]:
    """The files that are our own: not the axioms, not the list of wrong names."""
    files = (path for path in folder(room).rglob(pattern) if path.parent.name != "axioms")
    return sorted(path for path in files if path.name != "traps.ttl")


@pytest.mark.parametrize(
    "path", data_files("ontology", "*.ttl") + data_files("shapes", "*.ttl"), ids=lambda p: p.name
)
def test_our_own_rdf_is_clean(declared: Declared, path: Path) -> None:
    assert format_text(lint_file(path, declared)) == ""


@pytest.mark.parametrize("path", data_files("queries", "*.rq"), ids=lambda p: p.stem)
def test_our_own_queries_are_clean(declared: Declared, path: Path) -> None:
    assert format_text(lint_query(path.read_text(encoding="utf-8"), declared, path.name)) == ""
