"""The worked example of docs/counting.md, built and asked."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pubmed_files as pubmed
import pytest

from pss_kg import pipeline, querying, store
from pss_kg.stages.summary import Summary
from pss_kg.workspace import Workspace

DOCS = Path(__file__).parent.parent / "docs" / "counting.md"
SECOND = "<Author><LastName>Sample</LastName><ForeName>Bo</ForeName><Initials>B</Initials></Author>"
PAGE = """» Articles » PMID: 1

A made-up study

Overview
PMID 1
Citations 9
Citing Articles

A made-up study

Example A Ann Invent Care. 2020; 7(6):1-9.

PMID: 2.

Another citing study.

Poe E J Invent Care. 2024; 1.

PMID: 901.
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Summary]:
    folder = tmp_path_factory.mktemp("counting")

    def cites(*numbers: int) -> list[tuple[str, pubmed.Ids]]:
        return [(f"A reference to {number}.", pubmed.pmid(number)) for number in numbers]

    both = pubmed.article(1, year="2019").replace("</AuthorList>", f"{SECOND}</AuthorList>")
    alone = pubmed.article(3, references=cites(1, 2, 900))
    start, end = alone.index("<Author "), alone.index("</AuthorList>")
    pubmed.write(
        folder / "records.xml",
        both,
        pubmed.article(2, references=cites(1, 1, 2)),
        alone[:start] + SECOND + alone[end:],
        pubmed.article(4, year="2021", relations=[("CommentOn", 1)]),
    )
    (folder / "page.txt").write_text(PAGE, encoding="utf-8")
    summary = pipeline.build([str(folder / "records.xml"), str(folder / "page.txt")], folder / "kg")
    return folder / "kg", summary


def ask(built: tuple[Path, Summary], name: str, *columns: str) -> list[tuple[str, ...]]:
    workspace = Workspace.open(built[0])
    answer = querying.run(store.ensure(workspace), querying.load(name), {})
    rows = csv.DictReader(io.StringIO(querying.to_csv(answer)))
    return [tuple(row[column].rsplit("/", 1)[-1] for column in columns) for row in rows]


def test_records_and_publications(built: tuple[Path, Summary]) -> None:
    summary = built[1]
    totals = [
        sum(counts[name] for counts in summary.sources.values()) for name in ("read", "described", "merged")
    ]
    assert totals == [5, 4, 1]
    assert summary.counts == {"described": 4, "mentioned": 2, "citations": 5, "typed_citations": 1}
    assert summary.ledger == {"pmid-1": {"claimed article-page": 9, "found": 3}}


def test_citations(built: tuple[Path, Summary]) -> None:
    cited = ask(built, "most-cited", "publication", "citations")
    assert cited == [("pmid-1", "3"), ("pmid-2", "1"), ("pmid-900", "1")]
    claims = ask(built, "claimed-against-found", "publication", "claimed", "found", "missing")
    assert claims == [("pmid-1", "9", "3", "6")]


def test_years(built: tuple[Path, Summary]) -> None:
    years = ask(built, "publications-by-year", "year", "publications")
    assert years == [("2019", "1"), ("2020", "2"), ("2021", "1")]


def test_authors(built: tuple[Path, Summary]) -> None:
    authors = ask(built, "most-productive-authors", "author", "publications")
    assert authors == [("Ada Example", "3"), ("Bo Sample", "2")]


def test_journals(built: tuple[Path, Summary]) -> None:
    assert ask(built, "top-journals", "title", "publications") == [("Annals of Invented Care", "4")]


def test_the_document_names_every_query_that_it_speaks_of() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for name in ("most-cited", "claimed-against-found", "publications-by-year", "most-productive-authors"):
        assert name in querying.library()
        assert f"`{name}`" in text
    for line in (
        "5 read, 4 described, 1 merged",
        "Citations: 5.",
        "Claimed 9, found 3, missing 6",
        "A. Example has 3 publications, B. Sample 2",
    ):
        assert line in text
