"""Rules that compare two publications: builds report them, and increments as builds from scratch do."""

from __future__ import annotations

import random
from pathlib import Path

import pubmed_files as pubmed
import pytest
from test_increment import build, check, findings, graph, incremental, many

from pss_kg.stages import checking, reports
from pss_kg.validation import Finding
from pss_kg.workspace import Workspace

__all__ = ["incremental"]

SHAPE = "https://w3id.org/pss-kg/shape/"
RULES = ("CitedLater", "RetractedLater", "DOITwice")


@pytest.fixture(autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shard by shard, as large graphs are validated, unless a test asks for both ways."""
    if getattr(request, "param", "by shard") == "by shard":
        monkeypatch.setattr(checking, "SMALL", 0)
        monkeypatch.setattr(checking, "_AT_ONCE", 1)


both_ways = pytest.mark.parametrize("way", ["whole", "by shard"], indirect=True)


def compared(found: list[Finding]) -> set[tuple[str, str, str]]:
    """(rule, PMID, PMID of the other one) of the findings of the rules that compare two publications."""
    return {
        (f.shape.removeprefix(SHAPE), f.focus.rpartition("-")[2], f.value.strip("<>").rpartition("-")[2])
        for f in found
        if f.shape.removeprefix(SHAPE) in RULES
    }


def after(tmp_path: Path, *steps: Path) -> list[set[tuple[str, str, str]]]:
    """What builds from scratch of the first step, the first two … report; increments report the same."""
    check(tmp_path, *steps)
    return [compared(findings(tmp_path / f"scratch{n}")) for n in range(len(steps))]


@both_ways
def test_a_build_reports_them(tmp_path: Path) -> None:
    articles = [
        pubmed.citing(501, 502, 503, year="2010"),
        pubmed.citing(502, year="2015"),
        pubmed.citing(503, year="2009"),
        pubmed.article(504, "A notice", year="2001", relations=[("RetractionOf", 505)]),
        pubmed.article(505, "Retracted", year="2002"),
        pubmed.citing(506, doi="10.5555/twice"),
        pubmed.citing(507, doi="10.5555/twice"),
    ]
    build(tmp_path / "kg", pubmed.write(tmp_path / "a.xml", *articles))
    assert compared(findings(tmp_path / "kg")) == {
        ("CitedLater", "501", "502"),
        ("RetractedLater", "504", "505"),
        ("DOITwice", "506", "507"),
    }


def test_a_record_brings_a_date_to_what_was_only_mentioned(tmp_path: Path, incremental: list[bool]) -> None:
    first = pubmed.write(
        tmp_path / "a.xml", pubmed.citing(501, 502), *(pubmed.citing(n) for n in range(520, 530))
    )
    second = pubmed.write(tmp_path / "b.xml", pubmed.citing(502, year="2015"))
    assert after(tmp_path, first, second) == [set(), {("CitedLater", "501", "502")}]
    assert True in incremental


def test_a_date_changes_and_changes_back(tmp_path: Path, incremental: list[bool]) -> None:
    steps = [
        pubmed.write(tmp_path / "a.xml", pubmed.citing(501, 502), pubmed.citing(502, year="2009")),
        pubmed.write(tmp_path / "b.xml", pubmed.citing(502, year="2015", revised="2022-01-01")),
        pubmed.write(tmp_path / "c.xml", pubmed.citing(502, year="2008", revised="2023-01-01")),
    ]
    assert after(tmp_path, *steps) == [set(), {("CitedLater", "501", "502")}, set()]
    assert incremental.count(True) == 2


def test_the_citation_may_be_told_by_the_cited_side(tmp_path: Path, incremental: list[bool]) -> None:
    told = pubmed.article(504, "Retracted", year="2009", relations=[("RetractionIn", 505)])
    again = pubmed.article(
        504, "Retracted", year="2015", relations=[("RetractionIn", 505)], revised="2022-01-01"
    )
    steps = [
        pubmed.write(tmp_path / "a.xml", told, pubmed.citing(505, year="2010")),
        pubmed.write(tmp_path / "b.xml", again),
    ]
    assert after(tmp_path, *steps) == [set(), {("RetractedLater", "505", "504")}]
    assert True in incremental


def test_a_second_and_a_third_article_with_a_doi_come_and_go(tmp_path: Path, incremental: list[bool]) -> None:
    steps = [
        pubmed.write(tmp_path / "p20n0001.xml", pubmed.citing(601, doi="10.5555/twice")),
        pubmed.write(tmp_path / "p20n0002.xml", pubmed.citing(603, doi="10.5555/twice")),
        pubmed.write(tmp_path / "p20n0003.xml", pubmed.citing(602, doi="10.5555/twice")),
        pubmed.write(tmp_path / "p20n0004.xml", deleted=[603]),
    ]
    pairs = [("601", "603"), ("601", "602"), ("602", "603")]
    assert after(tmp_path, *steps) == [
        set(),
        {("DOITwice", *pairs[0])},
        {("DOITwice", *pair) for pair in pairs},
        {("DOITwice", *pairs[1])},
    ]
    assert incremental.count(True) >= 2


def test_a_deletion_takes_a_date_away(tmp_path: Path, incremental: list[bool]) -> None:
    first = pubmed.write(tmp_path / "p20n0001.xml", pubmed.citing(501, 502), pubmed.citing(502, year="2015"))
    gone = pubmed.write(tmp_path / "p20n0002.xml", deleted=[502])
    assert after(tmp_path, first, gone) == [{("CitedLater", "501", "502")}, set()]
    assert True in incremental


@both_ways
def test_a_held_record_counts_with_its_date_and_doi(tmp_path: Path, incremental: list[bool]) -> None:
    """The report is of before quarantine."""
    bad = pubmed.article(502, title="", year="2015", doi="10.5555/twice")
    steps = [
        pubmed.write(
            tmp_path / "a.xml", bad, pubmed.citing(503), *(pubmed.citing(n) for n in range(520, 530))
        ),
        pubmed.write(tmp_path / "b.xml", pubmed.citing(501, 502, doi="10.5555/twice")),
        pubmed.write(
            tmp_path / "c.xml", pubmed.citing(501, 502, 503, doi="10.5555/twice", revised="2022-01-01")
        ),
        pubmed.write(
            tmp_path / "d.xml", pubmed.article(502, "A title at last", year="2001", revised="2023-01-01")
        ),
    ]
    both = {("CitedLater", "501", "502"), ("DOITwice", "501", "502")}
    assert after(tmp_path, *steps) == [set(), both, both, set()]
    assert incremental.count(True) >= 2


def test_a_revised_record_goes_to_quarantine_with_its_date(tmp_path: Path, incremental: list[bool]) -> None:
    steps = [
        pubmed.write(tmp_path / "a.xml", pubmed.citing(501, 502), pubmed.citing(502, year="2009")),
        pubmed.write(tmp_path / "b.xml", pubmed.article(502, title="", year="2015", revised="2022-01-01")),
        pubmed.write(tmp_path / "c.xml", pubmed.citing(500, 501)),
    ]
    assert after(tmp_path, *steps)[1:] == [{("CitedLater", "501", "502")}] * 2


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 9))])
def test_any_steps_report_what_one_build_reports(tmp_path: Path, incremental: list[bool], seed: int) -> None:
    noise = random.Random(seed)

    def some_article(step: int) -> str:
        number = noise.randrange(1, 20)
        return pubmed.article(
            number,
            noise.choice(["", *[f"Study {number}"] * 4]),
            doi=noise.choice(["", f"10.5555/{noise.randrange(1, 6)}"]),
            year=str(noise.randrange(2000, 2020)),
            revised=f"202{step}-01-01",
            references=[("p", pubmed.pmid(noise.randrange(1, 25))) for _ in range(noise.randrange(5))],
            relations=[(noise.choice(["RetractionIn", "RetractionOf", "Cites"]), noise.randrange(1, 25))],
        )

    steps = []
    for number in range(1, 6):
        articles = [some_article(number) for _ in range(noise.randrange(1, 9))]
        gone = [noise.randrange(1, 20)] if noise.random() < 0.4 else []
        steps.append(pubmed.write(tmp_path / f"p20n{number:04}.xml", *articles, deleted=gone))
    told = after(tmp_path, *steps)
    assert len(set().union(*told)) > 3
    assert incremental.count(True) >= 3


def test_a_run_anew_finds_what_the_build_found(tmp_path: Path) -> None:
    articles = [
        pubmed.citing(n, n + 1, year=str(2000 + n % 7), doi=f"10.5555/{n // 2}") for n in range(1, 400)
    ]
    build(tmp_path / "kg", many(tmp_path / "a.xml", 1000), pubmed.write(tmp_path / "b.xml", *articles))
    workspace = Workspace.open(tmp_path / "kg")
    assert sum(file.quads for file in workspace.manifest().files if file.graph == "main") > 20_000
    report = findings(tmp_path / "kg")
    assert len(compared(report)) > 100
    assert reports.validate_anew(workspace, engine="fast").findings == report
    assert graph(tmp_path / "kg")
