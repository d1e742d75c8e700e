"""The main job on real records. Skipped where the folder of real records is not there."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pyoxigraph
import pytest
import rdflib

from pss_kg import export, lint, pipeline
from pss_kg.stages.summary import BECAME, Summary
from pss_kg.workspace import PROVENANCE, Workspace

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def main_job(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Summary]:
    """The article page with two folders of PubMed records."""
    root = tmp_path_factory.mktemp("main") / "kg"
    inputs = ["article_page_pmid32357127.txt", "pubmed/derived", "pubmed/metapub"]
    return root, pipeline.build([str(shared_data / i) for i in inputs], root, store=False)


def repeated(root: Path) -> list[str]:
    """Quads that stand more than once, over all graphs but provenance. One shard name at a time:
    equal quads have one subject and so one shard."""
    workspace = Workspace.open(root)
    files = [f for f in workspace.manifest().files if f.graph != PROVENANCE]
    twice = []
    for shard in sorted({f.shard for f in files}):
        counts: Counter[bytes] = Counter()
        for file in files:
            if file.shard == shard:
                counts.update((workspace.graph / file.file).read_bytes().splitlines())
        twice += [quad.decode() for quad, n in counts.items() if n > 1]
    return twice


def test_the_page_gives_one_record_ten_mentions_and_ten_citations(shared_data: Path, tmp_path: Path) -> None:
    summary = pipeline.build(
        [str(shared_data / "article_page_pmid32357127.txt")], tmp_path / "kg", store=False
    )
    assert summary.counts == {"described": 1, "mentioned": 10, "citations": 10, "typed_citations": 0}
    assert summary.ledger == {"pmid-32357127": {"claimed article-page": 127, "found": 5}}


def test_every_record_is_accounted_for(main_job: tuple[Path, Summary], shared_data: Path) -> None:
    _, summary = main_job
    counts = summary.sources["pubmed"]
    assert counts["read"] == sum(counts[state] for state in BECAME)
    with open(shared_data / "MANIFEST.tsv", encoding="utf-8") as manifest:
        rows = list(csv.DictReader(manifest, delimiter="\t"))
    listed = sum(
        int(row["records_or_triples"])
        for row in rows
        if row["path"].startswith(("pubmed/derived/", "pubmed/metapub/"))
        and "deletecitation" not in row["path"]
    )
    # One listed file holds a set without an article.
    assert listed - 1 <= counts["read"] <= listed
    assert summary.exit_code in (0, 4)


def test_no_quad_stands_twice_in_it(main_job: tuple[Path, Summary]) -> None:
    assert repeated(main_job[0]) == []


def test_every_term_in_it_is_declared(main_job: tuple[Path, Summary]) -> None:
    workspace = Workspace.open(main_job[0])
    usage: lint.Usage = {}
    for file in workspace.manifest().files:
        with open(workspace.graph / file.file, "rb") as lines:
            lint.merge(usage, lint.count_lines(lines, file.file))
    assert lint.undeclared(usage) == []


@pytest.mark.slow
@pytest.mark.parametrize(("form", "name"), [("turtle", "kg.ttl"), ("n-quads", "kg.nq")])
def test_rdflib_and_pyoxigraph_read_an_export_back_as_the_same_graph(
    main_job: tuple[Path, Summary], tmp_path: Path, form: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / name
    written = export.export_file(Workspace.open(main_job[0]), path, form)
    ours = {
        (_term(q.subject), _term(q.predicate), _term(q.object), getattr(q.graph_name, "value", ""))
        for q in pyoxigraph.parse(path=str(path))
    }
    assert len(ours) == written.statements
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    dataset = rdflib.Dataset()
    dataset.parse(path, format="turtle" if form == "turtle" else "nquads")
    default = dataset.default_graph.identifier
    theirs = {
        (_term(s), _term(p), _term(o), "" if g in (None, default) else str(g))
        for s, p, o, g in dataset.quads()
    }
    assert theirs == ours


def _term(term: object) -> tuple[str, ...]:
    if isinstance(term, pyoxigraph.Literal):
        return term.value, term.language or "", "" if term.language else term.datatype.value
    if isinstance(term, rdflib.Literal):
        plain = f"{rdflib.XSD}string"
        return str(term), term.language or "", "" if term.language else str(term.datatype or plain)
    return (str(getattr(term, "value", term)),)


@pytest.mark.slow
def test_adding_a_folder_gives_what_building_with_it_gives(
    main_job: tuple[Path, Summary], shared_data: Path, tmp_path: Path
) -> None:
    steps = ["pubmed/derived", "article_page_pmid32357127.txt", "pubmed/metapub"]
    for step in steps:
        summary = pipeline.build([str(shared_data / step)], tmp_path / "kg", store=False)
    assert summary.digest == main_job[1].digest
    assert summary.counts == main_job[1].counts
    classes = [Workspace.open(root).manifest().classes for root in (tmp_path / "kg", main_job[0])]
    assert classes[0] == classes[1]


@pytest.mark.slow
def test_no_quad_stands_twice_over_all_pubmed_records(shared_data: Path, tmp_path: Path) -> None:
    summary = pipeline.build([str(shared_data / "pubmed")], tmp_path / "kg", store=False)
    assert repeated(tmp_path / "kg") == []
    for counts in summary.sources.values():
        assert counts["read"] == sum(counts[state] for state in BECAME)
    assert [line for line in summary.quarantined if "book article" in line] == []
