"""A whole build: what becomes of records, what is published, and that it is always the same."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pubmed_files as pubmed
import pytest

from pss_kg import pipeline
from pss_kg.errors import UnknownFormat, UnreadableInput, WorkspaceError
from pss_kg.stages.summary import BECAME, Summary
from pss_kg.workspace import PROVENANCE, Workspace

BASE = "https://w3id.org/pss-kg/"
RETRACTED = '<PublicationType UI="D016441">Retracted Publication</PublicationType></PublicationTypeList>'


def build(root: Path, *inputs: Path | str, jobs: int = 1) -> Summary:
    return pipeline.build([str(i) for i in inputs], root, jobs=jobs, store=False)


def graph_bytes(root: Path) -> dict[tuple[str, str], bytes]:
    """(graph, shard) -> content, of all graphs but provenance."""
    workspace = Workspace.open(root)
    return {
        (f.graph, f.shard): (workspace.graph / f.file).read_bytes()
        for f in workspace.manifest().files
        if f.graph != PROVENANCE
    }


def quads(root: Path) -> list[str]:
    return [line for content in graph_bytes(root).values() for line in content.decode().splitlines()]


def of(root: Path, graph: str) -> list[str]:
    end = f" <{BASE}graph/{graph}> ."
    return [q.removesuffix(end) for q in quads(root) if q.endswith(end)]


def has(root: Path, *parts: str, graph: str = "main") -> bool:
    return any(all(part in triple for part in parts) for triple in of(root, graph))


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.txt"
    path.write_text(pubmed.page(), encoding="utf-8")
    return path


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """Two articles; the second cites the first twice, once by DOI, and itself, and one more."""
    cited = [
        ("First. 2020.", pubmed.pmid(1)),
        ("First again.", pubmed.doi("10.5555/FIRST")),
        ("Oneself.", pubmed.pmid(2)),
        ("Unknown.", pubmed.doi("10.5555/unknown")),
        ("No identifier.", ()),
    ]
    return pubmed.write(
        tmp_path / "a.xml.gz",
        pubmed.article(1, "First", doi="10.5555/first"),
        pubmed.article(2, "Second", references=cited),
    )


def test_a_page_is_one_record_and_its_mentions(tmp_path: Path, page: Path) -> None:
    summary = build(tmp_path / "kg", page)
    assert summary.counts == {"described": 1, "mentioned": 2, "citations": 2, "typed_citations": 0}
    assert summary.ledger == {"pmid-1": {"claimed article-page": 12, "found": 1}}
    assert summary.exit_code == 0


def test_each_citation_stands_once_and_none_of_oneself(tmp_path: Path, articles: Path) -> None:
    summary = build(tmp_path / "kg", articles)
    assert summary.counts["citations"] == 2
    cites = [t for t in of(tmp_path / "kg", "main") if "/cito/cites> <" in t and "Characterization" not in t]
    assert sorted(t.split(" ")[2] for t in cites) == [
        f"<{BASE}publication/doi-10.5555%2Funknown>",
        f"<{BASE}publication/pmid-1>",
    ]


def test_a_page_and_a_record_of_one_article_become_one_publication(
    tmp_path: Path, page: Path, articles: Path
) -> None:
    summary = build(tmp_path / "kg", page, articles)
    assert summary.sources["pubmed"]["described"] == 2
    assert summary.sources["article-page"] == {
        **dict.fromkeys(("read", "merged"), 1),
        **dict.fromkeys(BECAME, 0),
        "merged": 1,
    }
    kg = tmp_path / "kg"
    assert has(kg, "pmid-1>", "dc/terms/title", '"First"')
    assert has(kg, "pmid-1>", "dc/terms/issued", '"2019-05-02"', graph="source/article-page")
    assert not has(kg, "pmid-1>", '"2019-05-02"')


def test_what_became_of_records_adds_up(tmp_path: Path) -> None:
    pubmed.write(
        tmp_path / "p20n0001.xml",
        pubmed.article(1, revised="2020-01-01"),
        pubmed.article(2),
        pubmed.article(3),
    )
    pubmed.write(
        tmp_path / "p20n0002.xml",
        pubmed.article(1, "Revised", revised="2021-01-01"),
        pubmed.article(4, version=1),
        pubmed.article(4, version=2),
        pubmed.article(5, title=""),
        deleted=[3],
    )
    summary = build(tmp_path / "kg", tmp_path / "p20n0001.xml", tmp_path / "p20n0002.xml")
    counts = summary.sources["pubmed"]
    assert counts == {
        "read": 7, "described": 3, "merged": 1, "superseded": 1, "deleted": 1, "quarantined": 1,
    }  # fmt: skip
    assert summary.exit_code == 4


def test_a_record_that_breaks_a_shape_goes_to_quarantine_and_stays_as_a_mention_if_cited(
    tmp_path: Path,
) -> None:
    path = pubmed.write(
        tmp_path / "a.xml",
        pubmed.article(1, title="", references=[("Only here.", pubmed.pmid(77))]),
        pubmed.article(2, references=[("The one without a title", pubmed.pmid(1))]),
    )
    summary = build(tmp_path / "kg", path)
    assert summary.sources["pubmed"]["quarantined"] == 1
    assert summary.findings["violation"] >= 1
    assert "pubmed 1" in summary.quarantined[0]
    assert summary.counts == {"described": 1, "mentioned": 1, "citations": 1, "typed_citations": 0}
    assert not has(tmp_path / "kg", "pmid-77"), "what only the quarantined record said has left main"
    assert has(tmp_path / "kg", "pmid-1> ", "hasPubMedId")


def test_the_same_input_again_changes_nothing_and_says_so(tmp_path: Path, articles: Path) -> None:
    build(tmp_path / "kg", articles)
    before = {p: p.stat().st_mtime_ns for p in (tmp_path / "kg" / "graph").rglob("*") if p.is_file()}
    summary = build(tmp_path / "kg", articles)
    assert summary.unchanged
    assert "Nothing changed" in summary.text()
    assert {p: p.stat().st_mtime_ns for p in (tmp_path / "kg" / "graph").rglob("*") if p.is_file()} == before


def test_the_same_content_under_two_names_is_read_once(tmp_path: Path, articles: Path) -> None:
    copy = tmp_path / "copy.xml.gz"
    copy.write_bytes(articles.read_bytes())
    summary = build(tmp_path / "kg", articles, copy)
    assert summary.sources["pubmed"]["read"] == 2
    assert "same content" in summary.notes[0]


def test_order_of_inputs_processes_and_runs_plays_no_part(tmp_path: Path, page: Path, articles: Path) -> None:
    many = [pubmed.article(n, f"Study {n}", references=[("x", pubmed.pmid(n + 1))]) for n in range(100, 140)]
    more = pubmed.write(tmp_path / "p21n0002.xml", *many)
    build(tmp_path / "one", page, articles, more, jobs=1)
    build(tmp_path / "two", more, articles, page, jobs=2)
    build(tmp_path / "three", articles)
    build(tmp_path / "three", more)
    build(tmp_path / "three", page)
    assert graph_bytes(tmp_path / "one") == graph_bytes(tmp_path / "two") == graph_bytes(tmp_path / "three")


def test_no_quad_stands_twice(tmp_path: Path, page: Path, articles: Path) -> None:
    both = pubmed.write(
        tmp_path / "b.xml",
        pubmed.article(11, doi="10.5555/shared", relations=[("RetractionIn", 12)]),
        pubmed.article(12, doi="10.5555/shared", relations=[("RetractionOf", 11)]),
    )
    build(tmp_path / "kg", page, articles, both)
    twice = [q for q, n in Counter(quads(tmp_path / "kg")).items() if n > 1]
    assert twice == []


def test_an_inverse_relation_is_turned_round(tmp_path: Path) -> None:
    path = pubmed.write(tmp_path / "a.xml", pubmed.article(1, relations=[("RetractionIn", 2)]))
    summary = build(tmp_path / "kg", path)
    assert has(tmp_path / "kg", "pmid-2> ", "/cito/retracts> ", "pmid-1>")
    assert summary.counts["typed_citations"] == 1


def test_another_key_of_a_publication_is_an_alias(tmp_path: Path, articles: Path) -> None:
    build(tmp_path / "kg", articles)
    assert has(tmp_path / "kg", "doi-10.5555%2Ffirst> ", "isReplacedBy> ", "pmid-1>", graph="identity")


def test_a_reference_with_a_pmid_of_another_article_than_its_doi_goes_by_the_pmid(tmp_path: Path) -> None:
    both = (("pubmed", "77"), ("doi", "10.5555/first"))
    path = pubmed.write(
        tmp_path / "a.xml",
        pubmed.article(1, doi="10.5555/first"),
        pubmed.article(2, references=[("Which?", both)]),
    )
    build(tmp_path / "kg", path)
    assert has(tmp_path / "kg", "pmid-2> ", "/cito/cites> ", "pmid-77>")
    assert not has(tmp_path / "kg", "doi-10.5555%2Ffirst> ", "pmid-77>", graph="identity")


def test_the_manifest_tells_what_stands_in_the_files(tmp_path: Path, articles: Path) -> None:
    build(tmp_path / "kg", articles)
    workspace = Workspace.open(tmp_path / "kg")
    manifest = workspace.manifest()
    for file in manifest.files:
        content = (workspace.graph / file.file).read_bytes()
        assert (len(content), content.count(b"\n")) == (file.bytes, file.quads)
    types = [t for t in of(tmp_path / "kg", "main") if "22-rdf-syntax-ns#type> " in t]
    assert Counter(t.split(" ")[2][1:-1] for t in types) == manifest.classes


def test_times_stand_in_provenance_only(tmp_path: Path, articles: Path) -> None:
    build(tmp_path / "kg", articles)
    assert not any("startedAtTime" in q for q in quads(tmp_path / "kg"))
    files = [f for f in Workspace.open(tmp_path / "kg").manifest().files if f.graph == PROVENANCE]
    assert len(files) == 1


def test_a_folder_is_read_whole_and_what_is_no_input_is_listed(tmp_path: Path, articles: Path) -> None:
    (tmp_path / "in").mkdir()
    articles.rename(tmp_path / "in" / "a.xml.gz")
    (tmp_path / "in" / "notes.pdf").write_bytes(b"%PDF-1.4 made up")
    summary = build(tmp_path / "kg", tmp_path / "in")
    assert summary.exit_code == 4
    assert "notes.pdf" in summary.unread[0][0]
    assert "PDF" in summary.unread[0][1]


def test_a_glob_works_quoted(tmp_path: Path, articles: Path) -> None:
    assert build(tmp_path / "kg", f"{tmp_path}/*.xml.gz").inputs == 1


@pytest.mark.parametrize("name", ["missing.xml", "no/*.xml"])
def test_a_name_that_leads_nowhere_is_refused_before_anything_is_read(
    tmp_path: Path, articles: Path, name: str
) -> None:
    with pytest.raises(UnreadableInput, match=r"Check the path\."):
        build(tmp_path / "kg", articles, name)
    assert not (tmp_path / "kg").exists()


def test_a_folder_with_other_things_is_no_workspace(tmp_path: Path, articles: Path) -> None:
    with pytest.raises(WorkspaceError, match="not empty"):
        build(tmp_path, articles)


def test_a_newer_workspace_is_refused(tmp_path: Path, articles: Path) -> None:
    build(tmp_path / "kg", articles)
    (tmp_path / "kg" / "workspace.json").write_text('{"format": 99}')
    with pytest.raises(WorkspaceError, match="newer pss-kg"):
        build(tmp_path / "kg", articles)


def test_an_index_that_was_lost_is_made_anew_from_the_records(
    tmp_path: Path, page: Path, articles: Path
) -> None:
    build(tmp_path / "kg", articles)
    build(tmp_path / "whole", articles, page)
    (tmp_path / "kg" / "index.sqlite").unlink()
    build(tmp_path / "kg", page)
    assert graph_bytes(tmp_path / "kg") == graph_bytes(tmp_path / "whole")


def test_only_unreadable_files_leave_no_workspace(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(b"\x89PNG\r\n\x1a\n made up")
    with pytest.raises(UnknownFormat, match="PNG"):
        build(tmp_path / "kg", tmp_path / "a.xml")
    assert not (tmp_path / "kg").exists()


def test_a_page_s_journal_is_the_one_that_has_its_abbreviation(tmp_path: Path) -> None:
    line = "Journal Ann. Invent. Care. 2019; 7(6):10-2."
    page = pubmed.page(2).replace("Date 2019 May 2", f"Date 2019 May 2\n{line}")
    (tmp_path / "page.txt").write_text(page, encoding="utf-8")
    build(tmp_path / "kg", pubmed.write(tmp_path / "a.xml", pubmed.article(1)), tmp_path / "page.txt")
    journals = {q.split(" ")[0] for q in of(tmp_path / "kg", "main") if q.endswith("fabio/Journal>")}
    assert journals == {f"<{BASE}journal/issnl-1234-5679>"}


def test_a_notice_in_another_record_does_away_with_the_bare_status(tmp_path: Path) -> None:
    retracted = pubmed.article(1).replace("</PublicationTypeList>", RETRACTED)
    build(tmp_path / "alone", pubmed.write(tmp_path / "a.xml", retracted))
    assert any("holdsStatusInTime" in q for q in quads(tmp_path / "alone"))
    notice = pubmed.article(2, relations=[("RetractionOf", 1)])
    build(tmp_path / "both", tmp_path / "a.xml", pubmed.write(tmp_path / "b.xml", notice))
    assert not any("holdsStatusInTime" in q for q in quads(tmp_path / "both"))
