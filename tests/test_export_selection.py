"""Parts of the graph: graphs by name, publications, one source, a query's triples, canonical order."""

# ruff: noqa: E501  data reads best in lines of its own

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from published import publish, publish_trig
from pyoxigraph import CanonicalizationAlgorithm, Dataset, Quad, RdfFormat, parse

from pss_kg import export
from pss_kg.cli import main
from pss_kg.errors import GraphError, UsageError
from pss_kg.export import Selection, canonical
from pss_kg.pipeline import build, one_source
from pss_kg.vocabulary import BASE, DCTERMS
from pss_kg.workspace import Workspace

ALL = export.Selection()
EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
MAIN = f"{BASE}graph/main"

TWO = """
<graph/main> {
  <publication/pmid-1> a fabio:JournalArticle ; datacite:hasIdentifier <identifier/pmid/1> ; fabio:hasPubMedId "1" ;
    frbr:partOf <journal/x> ; cito:cites <publication/pmid-2> .
  <identifier/pmid/1> a datacite:Identifier .
  <role/pmid-1/author/1> a pro:RoleInTime .
  <citation/pmid-1/pmid-2> a cito:Citation .
  <publication/pmid-2> a fabio:Letter ; fabio:hasPubMedId "2" .
  <publication/pmid-22> a fabio:Letter ; cito:cites <publication/pmid-2> .
}
<graph/source/other> { <publication/pmid-1> dcterms:title "One" . <publication/pmid-2> dcterms:title "Two" . }
<graph/attribution> { <citation/pmid-1/pmid-2> prov:wasDerivedFrom <record/other/1> . }
<graph/identity> {
  <publication/doi-10.5555%2Fa> dcterms:isReplacedBy <publication/pmid-1> .
  <publication/doi-10.5555%2Fb> dcterms:isReplacedBy <publication/pmid-2> .
}
<graph/provenance> { <run/1> dcterms:date "now" }
"""


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return publish_trig(tmp_path_factory.mktemp("two") / "kg", TWO)


def written(workspace: Workspace, form: str, selection: Selection = ALL, **more: Any) -> str:
    out = io.BytesIO()
    export.export(workspace, form, out, selection, **more)
    return out.getvalue().decode()


def run(root: Path, *arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(main, ["export", *arguments, "--kg", str(root)], input=given)


def subjects(text: str) -> list[str]:
    return sorted({line.split()[0][1:-1].removeprefix(BASE) for line in text.splitlines()})


# -- graphs -------------------------------------------------------------------------------


def test_named_graphs_alone_are_written(two: Workspace) -> None:
    assert len(written(two, "n-quads", Selection(("source/other",))).splitlines()) == 2
    both = written(two, "n-quads", Selection((f"{BASE}graph/attribution", "graph/source/other")))
    assert len(both.splitlines()) == 3
    # A format of one graph puts them together.
    assert (
        len(list(parse(written(two, "turtle", Selection(("main", "attribution"))), format=RdfFormat.TURTLE)))
        == 13
    )


def test_provenance_is_written_when_it_is_named_and_only_then(two: Workspace) -> None:
    assert "run/1" not in written(two, "trig")
    assert "run:1" in written(two, "trig", Selection(("provenance",)))


def test_an_unknown_graph_is_told_with_those_there_are(two: Workspace) -> None:
    result = run(two.root, "--graph", "atribution")
    assert result.exit_code == 2
    assert "Did you mean attribution?" in result.stderr


# -- publications -------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["1", "pmid-1", "doi:10.5555/a", "https://doi.org/10.5555/A"])
def test_a_publication_is_named_by_any_identifier_or_alias(two: Workspace, name: str) -> None:
    text = run(two.root, "--publication", name, "--format", "n-triples").stdout
    own = ["citation/pmid-1/pmid-2", "identifier/pmid/1", "publication/pmid-1", "role/pmid-1/author/1"]
    assert subjects(text) == own


def test_formats_with_graphs_hold_all_that_is_said_of_it(two: Workspace) -> None:
    graphs = {
        line.split()[-2] for line in written(two, "n-quads", Selection(publications=("pmid-1",))).splitlines()
    }
    names = ("main", "source/other", "attribution", "identity")
    assert graphs == {f"<{BASE}graph/{name}>" for name in names}


def test_several_publications_may_be_named(two: Workspace) -> None:
    text = written(two, "n-triples", Selection(publications=("pmid-22", "pmid-2")))
    assert subjects(text) == ["publication/pmid-2", "publication/pmid-22"]


def test_an_unknown_publication_is_1(two: Workspace) -> None:
    assert run(two.root, "--publication", "77").exit_code == 1


# -- one source ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def both_sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sources that tell of the same article."""
    from pubmed_files import article, write

    folder = tmp_path_factory.mktemp("both")
    write(
        folder / "a.xml", article(32357127, "Another title altogether", references=[("Text", ())]), article(8)
    )
    page = EXAMPLES / "article-page-32357127.txt"
    build([str(folder / "a.xml"), str(page)], folder / "kg", jobs=1, store=False)
    build([str(page)], folder / "alone", jobs=1, store=False)
    return folder


def test_a_source_alone_is_what_its_records_alone_would_have_made(both_sources: Path) -> None:
    alone = Workspace.open(both_sources / "alone")
    with one_source.mapped(Workspace.open(both_sources / "kg"), "article-page") as mapped:
        for form in ("n-quads", "json-ld-framed"):
            assert written(mapped, form) == written(alone, form)
        place = mapped.root
    assert not place.exists()
    whole = written(Workspace.open(both_sources / "kg"), "n-triples")
    assert "Another title altogether" in whole


def test_a_source_can_be_written_in_part(both_sources: Path) -> None:
    result = run(
        both_sources / "kg", "--source", "article-page", "--publication", "32357127", "--format", "n-triples"
    )
    assert "Peer Support in Mental Health: Literature Review" in result.stdout
    assert "Another title" not in result.stdout


def test_an_unknown_source_is_told_with_those_there_are(both_sources: Path) -> None:
    result = run(both_sources / "kg", "--source", "crossref")
    assert result.exit_code == 2
    assert "article-page, pubmed" in result.stderr


# -- a query ------------------------------------------------------------------------------


def test_the_triples_of_a_query_are_written(two: Workspace, tmp_path: Path) -> None:
    result = run(two.root, "--query", "citation-network", "-p", "publication=2")
    assert result.exit_code == 0
    assert "publication:pmid-22 cito:cites publication:pmid-2 ." in result.stdout
    target = tmp_path / "out.rdf"
    assert (
        run(two.root, "--query", "citation-network", "-p", "publication=2", "-o", str(target)).exit_code == 0
    )
    assert len(list(parse(path=str(target), format=RdfFormat.RDF_XML))) == 2


@pytest.mark.parametrize("form", ["turtle", "trig", "n-quads", "json-ld", "rdf-xml", "n-triples"])
def test_blank_nodes_have_the_same_names_each_time(two: Workspace, form: str) -> None:
    query = "CONSTRUCT { ?s <x:p> [ <x:q> ?s, 'é'@fr, 2 ] } { ?s ?p <https://w3id.org/pss-kg/publication/pmid-2> }"
    texts = {run(two.root, "--query", "-", "--format", form, given=query).stdout for _ in range(3)}
    (text,) = texts
    formats = {"turtle": RdfFormat.TURTLE, "trig": RdfFormat.TRIG, "n-quads": RdfFormat.N_QUADS,
               "json-ld": RdfFormat.JSON_LD, "rdf-xml": RdfFormat.RDF_XML, "n-triples": RdfFormat.N_TRIPLES}  # fmt: skip
    back = Dataset(Quad(q.subject, q.predicate, q.object) for q in parse(text, format=formats[form]))
    back.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    lines = run(two.root, "--query", "-", "--canonical", given=query).stdout
    assert sorted(f"{quad} ." for quad in back) == lines.splitlines()


def test_a_query_that_makes_no_triples_is_2(two: Workspace) -> None:
    assert run(two.root, "--query", "most-cited").exit_code == 2
    assert (
        run(two.root, "--query", "-", given="CONSTRUCT { ?s ?p << ?s ?p ?o >> } { ?s ?p ?o }").exit_code == 2
    )


# -- what can not be had together ---------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["--query", "citation-network", "--graph", "main"],
        ["--query", "citation-network", "--publication", "1"],
        ["--query", "citation-network", "--source", "pubmed"],
        ["--query", "citation-network", "-p", "publication=1", "--format", "json-ld-framed"],
        ["-p", "publication=1"],
        ["--canonical", "--format", "turtle"],
        ["--format", "json-ld-framed", "--graph", "attribution"],
    ],
)
def test_options_that_exclude_one_another_are_2_and_say_what_to_do(
    two: Workspace, arguments: list[str]
) -> None:
    result = run(two.root, *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert len(result.stderr.split(". ")) > 1


# -- canonical ----------------------------------------------------------------------------


@pytest.mark.parametrize("chunk", [1, 200, 1 << 20])
def test_canonical_is_rdfc_and_a_sort(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    from test_export import lines

    monkeypatch.setattr(canonical, "CHUNK", chunk)
    monkeypatch.setattr(canonical, "FAN", 3)
    workspace = publish(tmp_path / "kg", lines(), shards=3)
    dataset = Dataset(
        quad
        for path in workspace.shard_paths("main", "source/pubmed")
        for quad in parse(path=str(path), format=RdfFormat.N_QUADS)
    )
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    # One line a quad, sorted by code point, as section 4.4.3 of RDFC-1.0 has it.
    assert written(workspace, "n-quads", canonical=True) == "".join(sorted(f"{quad} .\n" for quad in dataset))
    triples = written(workspace, "n-triples", canonical=True).split("\n")[:-1]
    assert triples == sorted(set(triples))


def test_canonical_writes_each_line_once(tmp_path: Path) -> None:
    workspace = publish(tmp_path / "kg", {"main": [f'<{BASE}x> <{DCTERMS}title> "x"'] * 3})
    out = io.BytesIO()
    assert export.export(workspace, "n-quads", out, canonical=True).statements == 1


# -- RDF/XML ------------------------------------------------------------------------------


def test_what_xml_can_not_hold_is_left_out_counted_and_told(tmp_path: Path) -> None:
    workspace = publish(
        tmp_path / "kg", {"main": [f'<{BASE}x> <{DCTERMS}title> "{c}"' for c in ("a", "\\u0001")]}
    )
    result = run(workspace.root, "-o", str(tmp_path / "kg.rdf"))
    assert result.exit_code == 4
    assert "1 statement written" in result.stderr
    assert (
        f"1 statement was left out: XML can't hold control characters. The first is about <{BASE}x>"
        in result.stderr
    )


@pytest.mark.parametrize(
    "predicate",
    ["https://example.org/1", "https://example.org/", "http://www.w3.org/1999/02/22-rdf-syntax-ns#li"],
)
def test_a_property_without_an_xml_name_is_an_error(tmp_path: Path, predicate: str) -> None:
    workspace = publish(tmp_path / "kg", {"main": [f'<{BASE}x> <{predicate}> "a"']})
    with pytest.raises(GraphError, match="no XML name"):
        written(workspace, "rdf-xml")


def test_rdf_xml_reads_well(two: Workspace) -> None:
    text = written(two, "rdf-xml")
    assert (
        f'<fabio:Letter rdf:about="{BASE}publication/pmid-2">\n  <fabio:hasPubMedId>2</fabio:hasPubMedId>\n</fabio:Letter>\n'
        in text
    )
    assert "xmlns:skos" not in text


def test_a_name_without_prefix_is_cut_at_the_longest_xml_name(tmp_path: Path) -> None:
    names = ["urn:x:1a", "https://example.org/1.b", "https://example.org/é", "https://example.org/q?r=s"]
    workspace = publish(tmp_path / "kg", {"main": [f'<{BASE}x> <{name}> "a"' for name in names]})
    back = parse(written(workspace, "rdf-xml"), format=RdfFormat.RDF_XML)
    assert sorted(quad.predicate.value for quad in back) == sorted(names)


def test_the_command_tells_of_documents_and_formats(two: Workspace, tmp_path: Path) -> None:
    target = tmp_path / "kg.ndjson.zst"
    assert "3 documents written" in run(two.root, "-o", str(target)).stderr
    assert json.loads(written(two, "json-ld-framed").splitlines()[0])["id"] == "kg:publication/pmid-1"
    with pytest.raises(UsageError):
        export.check_format("framed")
