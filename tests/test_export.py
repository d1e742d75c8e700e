"""Every format reads back as the same graph, in two libraries, and is the same bytes each time."""
# ruff: noqa: E501  data reads best in lines of its own

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pytest
import rdflib
import zstandard
from published import publish
from pyoxigraph import CanonicalizationAlgorithm, Dataset, DefaultGraph, Literal, Quad, RdfFormat, parse
from rdflib.compare import isomorphic

from pss_kg import export, terms
from pss_kg.errors import GraphError, UsageError, WorkspaceError
from pss_kg.export import blocks
from pss_kg.vocabulary import BASE, DCTERMS, FABIO, RDF, XSD
from pss_kg.workspace import Workspace

NASTY = [
    'a "quoted" \\ text\n\twith\r lines', "\u0085 \u2028 \x01 \x7f", "emoji 😀 中文 é", "\\u0022 \\", "' <b>&amp;</b> ^^<x>", "",
    '"@en', "ends in \\", "} . ] ,",
]  # fmt: skip
IRIS = [
    f"{BASE}publication/doi-10.2196%2F15572", f"{BASE}journal/x/volume/..", f"{BASE}journal/x/volume/./issue/1.",
    f"{BASE}ontology/Objective", BASE, f"{BASE}publication/", "https://doi.org/10.1002/(sici)1097'-0142;1<1::aid>2#a".replace("<", "%3C").replace(">", "%3E"),
    "http://id.nlm.nih.gov/mesh/D008603Q000150", f"{FABIO}a.b", f"{FABIO}.a", f"{FABIO}-a", f"{FABIO}é", "urn:x:y",
    "https://example.org/a%2Fb?q=(1)&r=~'!*,;=@$", "https://example.org/a/../b", f"{BASE}-x", f"{BASE}a//b",
]  # fmt: skip
FORMATS = {
    "n-triples": (RdfFormat.N_TRIPLES, "nt"),
    "turtle": (RdfFormat.TURTLE, "turtle"),
    "json-ld": (RdfFormat.JSON_LD, "json-ld"),
    "n-quads": (RdfFormat.N_QUADS, "nquads"),
    "trig": (RdfFormat.TRIG, "trig"),
    "rdf-xml": (RdfFormat.RDF_XML, "xml"),
}
OF_MAIN = ("n-triples", "turtle", "json-ld", "rdf-xml")


def lines() -> dict[str, list[str]]:
    main, other = [], []
    for n in range(1, 5):
        subject = f"<{BASE}publication/pmid-{n}>"
        main += [
            f"{subject} <{RDF}type> <{FABIO}JournalArticle>",
            f"{subject} <{DCTERMS}title> {terms.quoted(f'T {n}')}@en-gb",
        ]
        main += [f"{subject} <{DCTERMS}subject> {terms.iri(iri)}" for iri in IRIS]
        main += [f"{subject} <{DCTERMS}description> {terms.literal(text)}" for text in NASTY]
        main += [f"{subject} <http://purl.org/spar/cito/cites> <{BASE}publication/pmid-{n + 1}>"]
        main += [f'{subject} <http://purl.org/spar/cito/cites> "a literal where IRIs are expected"']
    for iri in IRIS:
        main.append(f"{terms.iri(iri)} <{RDF}type> {terms.iri(iri)}")
    for kind, values in {
        "integer": ["5", "-3", "+1", "007", "five"], "boolean": ["true", "false", "1"], "decimal": ["1.0", "1"],
        "date": ["2020-05-02"], "gYear": ["2020"], "dateTime": ["2020-05-02T00:00:00"], "double": ["1.0E3"],
    }.items():  # fmt: skip
        main += [
            f"<{BASE}publication/pmid-4> <{FABIO}has> {terms.literal(v, datatype=XSD + kind)}" for v in values
        ]
    other = [f"<{BASE}publication/pmid-1> <{DCTERMS}title> {terms.literal(text, 'en')}" for text in NASTY]
    return {"main": main, "source/pubmed": other, "provenance": [f'<{BASE}run> <{DCTERMS}date> "now"']}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return publish(tmp_path / "kg", lines(), shards=3)


def expected(workspace: Workspace, form: str) -> list[Quad]:
    graphs = ["main"] if form in OF_MAIN else ["main", "source/pubmed"]
    quads = [
        quad
        for path in workspace.shard_paths(*graphs)
        for quad in parse(path=str(path), format=RdfFormat.N_QUADS)
    ]
    if form == "rdf-xml":  # XML 1.0 forbids control characters
        quads = [q for q in quads if "\x01" not in q.object.value]
    if len(graphs) == 1:
        return [Quad(q.subject, q.predicate, q.object, DefaultGraph()) for q in quads]
    return quads


def written(workspace: Workspace, form: str) -> bytes:
    out = io.BytesIO()
    export.export(workspace, form, out)
    return out.getvalue()


def canonical(quads: list[Quad]) -> set[str]:
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return {str(quad) for quad in dataset}


@pytest.mark.parametrize("form", FORMATS)
def test_oxigraph_reads_the_same_graph_back(workspace: Workspace, form: str) -> None:
    back = list(parse(written(workspace, form), format=FORMATS[form][0]))
    assert canonical(back) == canonical(expected(workspace, form))


@pytest.mark.parametrize("form", FORMATS)
def test_rdflib_reads_the_same_graph_back(workspace: Workspace, form: str) -> None:
    def graph_of(text: bytes, format: str, name: str) -> rdflib.Graph:
        dataset = rdflib.Dataset()
        dataset.parse(data=text, format=format)
        flat = rdflib.Graph()
        for s, p, o, g in dataset.quads():
            if str(g or "").startswith(BASE) == bool(name):
                flat.add((s, p, o))
        return flat

    reference = "".join(f"{quad} .\n" for quad in expected(workspace, form)).encode()
    name = "named" if form in ("n-quads", "trig") else ""
    ours, theirs = (
        graph_of(written(workspace, form), FORMATS[form][1], name),
        graph_of(reference, "nquads", name),
    )
    assert len(ours) == len(theirs) > 0
    assert isomorphic(ours, theirs)


def test_pyld_reads_the_same_graph_back(workspace: Workspace) -> None:
    from pyld import jsonld

    text = jsonld.to_rdf(json.loads(written(workspace, "json-ld")), {"format": "application/n-quads"})
    back = list(parse(text, format=RdfFormat.N_QUADS))
    assert canonical(back) == canonical(expected(workspace, "json-ld"))


def test_lexical_forms_are_kept(workspace: Workspace) -> None:
    for form in ("turtle", "json-ld", "rdf-xml"):
        values = {
            str(quad.object) for quad in parse(written(workspace, form), format=FORMATS[form][0])
            if isinstance(quad.object, Literal) and quad.object.datatype.value == f"{XSD}integer"
        }  # fmt: skip
        assert {value.split('"')[1] for value in values} == {"5", "-3", "+1", "007", "five"}


def test_turtle_reads_well(workspace: Workspace) -> None:
    text = written(workspace, "turtle").decode()
    head, _, body = text.partition("\n\n")
    used = [line.split()[1] for line in head.splitlines()]
    assert used == sorted(used)
    assert all(f"{prefix}" in body for prefix in used)
    assert 'publication:pmid-1 a fabio:JournalArticle ;\n    dcterms:title "T 1"@en-gb ;\n' in body
    assert "publication:doi-10.2196%2F15572" in body
    assert "graph:" not in head
    assert "fabio:has 5,\n        -3,\n" in body


def test_the_same_graph_gives_the_same_bytes(workspace: Workspace, tmp_path: Path) -> None:
    again = publish(tmp_path / "again", lines(), shards=3)
    for form in FORMATS:
        assert written(workspace, form) == written(again, form)
    for ending in ("gz", "zst"):
        for name in ("a", "b"):
            export.export_file(workspace, tmp_path / f"{name}.ttl.{ending}")
        a, b = ((tmp_path / f"{name}.ttl.{ending}").read_bytes() for name in ("a", "b"))
        assert a == b
    assert zstandard.ZstdDecompressor().stream_reader(a).read() == written(workspace, "turtle")


def test_a_file_is_written_whole_or_not_at_all(workspace: Workspace, tmp_path: Path) -> None:
    target = tmp_path / "kg.nq.gz"
    assert export.export_file(workspace, target).statements == len(expected(workspace, "n-quads"))
    assert gzip.decompress(target.read_bytes()) == written(workspace, "n-quads")
    path = workspace.shard_paths("main")[-1]
    path.write_bytes(b"<a> <b> <c> .\n" + path.read_bytes()[14:])  # as long as before
    with pytest.raises(GraphError, match="no quad") as caught:
        export.export_file(workspace, tmp_path / "kg.ttl")
    assert "line " in caught.value.where
    assert sorted(p.name for p in tmp_path.iterdir()) == ["kg", "kg.nq.gz"]
    with pytest.raises(WorkspaceError):
        export.export_file(workspace, tmp_path / "none" / "kg.nq")


def test_a_missing_file_of_the_graph_is_told(workspace: Workspace) -> None:
    workspace.shard_paths("main")[0].unlink()
    with pytest.raises(GraphError):
        written(workspace, "n-quads")


@pytest.mark.parametrize(
    ("name", "form"),
    [("kg.nt", "n-triples"), ("KG.TTL", "turtle"), ("kg.nq.gz", "n-quads"), ("kg.trig", "trig"), ("a.jsonld.gz", "json-ld"), ("a.json", "json-ld"), ("a.nq.zst", "n-quads"), ("a.rdf", "rdf-xml"), ("A.NDJSON.ZST", "json-ld-framed")],
)  # fmt: skip
def test_the_name_tells_the_format(name: str, form: str) -> None:
    assert export.format_of(name) == form


@pytest.mark.parametrize("name", ["kg", "kg.xml", "kg.gz", "ttl"])
def test_an_unknown_name_or_format_is_told_with_those_there_are(name: str) -> None:
    with pytest.raises(UsageError, match=r"\.ttl"):
        export.format_of(name)
    with pytest.raises(UsageError, match="turtle"):
        export.check_format(name)


def test_an_empty_graph_is_an_empty_document(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "kg")
    for form, (reader, _) in FORMATS.items():
        assert list(parse(written(workspace, form), format=reader)) == []


def test_blocks_end_at_publications_and_in_long_stretches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "LIMIT", 3)
    shared = [f'<{BASE}journal/{n}> <{DCTERMS}title> "{m}"' for n in range(4) for m in range(2)]
    workspace = publish(tmp_path / "kg", {"main": [*lines()["main"][:60], *shared]})
    found = list(blocks.blocks(workspace.shard_paths("main")[0], f"{BASE}graph/main", f"{BASE}publication/"))
    assert [next(iter(block)) for block in found[:2]] == [f"<{BASE}publication/pmid-{n}>" for n in (1, 2)]
    assert len(found) > 3
    assert sum(len(o) for block in found for p in block.values() for o in p.values()) == 68


@pytest.mark.parametrize("case", ["article", "oddities", "relations", "two-sources"])
def test_what_the_mapping_writes_reads_back(tmp_path: Path, case: str) -> None:
    path = Path(__file__).parent / "cases" / "mapping" / case / "expected.nq"
    if not path.is_file():
        pytest.skip("this case of the mapping is not here")
    by_graph: dict[str, list[str]] = {}
    for line in path.read_text("utf-8").split("\n"):
        triple, _, graph = line.removesuffix(" .").rpartition(" ")
        if triple:
            by_graph.setdefault(graph[1:-1].removeprefix(f"{BASE}graph/"), []).append(triple)
    workspace = publish(tmp_path / "kg", by_graph)
    for form in ("turtle", "json-ld", "rdf-xml"):
        back = list(parse(written(workspace, form), format=FORMATS[form][0]))
        assert canonical(back) == canonical(expected(workspace, form))
