"""Promises about `diff`: which publications came, went and changed, and in what."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pubmed_files as pubmed
import pytest
from click.testing import CliRunner
from published import publish_trig

from pss_kg import pipeline
from pss_kg.cli import main
from pss_kg.differences import Change, describe, differences
from pss_kg.errors import GraphError, UsageError
from pss_kg.workspace import Workspace

Build = Callable[..., Path]


@pytest.fixture
def kg(tmp_path: Path) -> Build:
    def build(name: str, *articles: str) -> Path:
        path = pubmed.write(tmp_path / f"{name}.xml", *articles)
        pipeline.build([str(path)], tmp_path / name, store=False, jobs=1)
        return tmp_path / name

    return build


def between(first: Path, second: Path, *graphs: str) -> list[Change]:
    return list(differences(Workspace.open(first), Workspace.open(second), graphs))


def said(first: Path, second: Path, *graphs: str) -> list[str]:
    return [describe(change) for change in between(first, second, *graphs)]


def test_equal_graphs_differ_in_nothing(kg: Build) -> None:
    one, two = (kg(name, pubmed.article(1), pubmed.article(2)) for name in ("one", "two"))
    assert between(one, two) == []


def test_publications_come_and_go(kg: Build) -> None:
    one = kg("one", pubmed.article(1), pubmed.article(2, "The old one"))
    two = kg("two", pubmed.article(1), pubmed.article(3, "The new one"))
    assert sorted(line for line in said(one, two) if "PMID" in line) == [
        "added    PMID 3  The new one",
        "removed  PMID 2  The old one",
    ]


def test_what_changed_is_said_in_words(kg: Build) -> None:
    cited = [("One.", pubmed.pmid(11)), ("Two.", pubmed.pmid(12)), ("Three.", pubmed.pmid(13))]
    one = kg("one", pubmed.article(1, "A study", references=cited[:1]))
    two = kg("two", pubmed.article(1, 'A "better" study', references=cited[1:]))
    line = next(line for line in said(one, two) if line.startswith("changed  PMID 1 "))
    assert line.startswith('changed  PMID 1  A "better" study: ')
    parts = line.partition(": ")[2].split("; ")
    assert {"title", "cites +2 −1", "reference list", "citations"} <= set(parts)
    assert not {"abstract", "authors", "date"} & set(parts)


def test_a_publication_that_loses_its_record_is_changed_not_removed(kg: Build) -> None:
    citing = pubmed.article(2, references=[("One.", pubmed.pmid(1))])
    one, two = kg("one", pubmed.article(1), citing), kg("two", citing)
    kinds = {change.key: change.kind for change in between(one, two) if change.what == "publication"}
    assert kinds == {"pmid-1": "changed"}


def test_shared_things_are_compared_too(kg: Build) -> None:
    article = pubmed.article(1)
    one = kg("one", article)
    two = kg("two", article.replace("Annals of Invented Care", "Annals of Imagined Care"))
    shared = [change for change in between(one, two, "main") if change.what == "shared"]
    assert [describe(change) for change in shared] == [
        "changed  journal/issnl-1234-5679  Annals of Imagined Care: title"
    ]


def test_an_alias_is_no_publication(tmp_path: Path) -> None:
    line = "<publication/doi-10.5555%2Fa> dcterms:isReplacedBy <publication/pmid-1> ."
    main_line = "GRAPH <graph/main> { <publication/pmid-1> prism:doi '10.5555/a' }"
    one, two = tmp_path / "one", tmp_path / "two"
    publish_trig(one, main_line)
    publish_trig(two, f"{main_line} GRAPH <graph/identity> {{ {line} }}")
    assert said(one, two) == ["added    alias DOI 10.5555/a of PMID 1"]
    assert said(two, one) == ["removed  alias DOI 10.5555/a of PMID 1"]


def test_the_number_of_shards_makes_no_difference(kg: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    articles = [
        pubmed.article(n, f"Study {n}", doi=f"10.5555/{n}", references=[("x", pubmed.pmid(n + 50))])
        for n in range(1, 40)
    ]
    one = kg("one", *articles)
    monkeypatch.setattr("pss_kg.stages.shuffle.shard_count", lambda publications: 64)
    two, three = kg("two", *articles), kg("three", *articles[1:])
    assert Workspace.open(one).manifest().shards == 16
    assert Workspace.open(two).manifest().shards == 64
    assert between(one, two) == []
    assert said(one, three) == said(two, three)
    assert {c.key for c in between(one, three) if c.kind == "removed" and c.what == "publication"} == {
        "pmid-1",
        "pmid-51",
    }


def test_the_other_way_round_it_is_the_opposite(kg: Build) -> None:
    one = kg("one", pubmed.article(1), pubmed.article(2, "Old"))
    two = kg("two", pubmed.article(2, "New"), pubmed.article(3))
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    there = [(c.key, c.what, c.kind, c.added, c.removed) for c in between(one, two)]
    back = [(c.key, c.what, turned[c.kind], c.removed, c.added) for c in between(two, one)]
    assert there == back


def test_equal_shards_are_not_read(kg: Build) -> None:
    one = kg("one", pubmed.article(1), pubmed.article(2))
    two = one.with_name("copy")
    shutil.copytree(one, two)
    for path in (two / "graph").rglob("*.nq"):
        path.write_bytes(b"x" * path.stat().st_size)
    assert between(one, two) == []


def test_one_graph_can_be_asked_for_and_must_exist(kg: Build) -> None:
    one, two = kg("one", pubmed.article(1)), kg("two", pubmed.article(1), pubmed.article(2))
    assert {g for c in between(one, two, "attribution") for g in (*c.added, *c.removed)} == {"attribution"}
    with pytest.raises(UsageError, match="attribution"):
        between(one, two, "mian")


def test_damage_and_other_bases_are_refused(kg: Build) -> None:
    one, two = kg("one", pubmed.article(1)), kg("two", pubmed.article(2))
    workspace = Workspace.open(two)
    manifest = workspace.manifest()
    workspace.publish(msgspec.structs.replace(manifest, base="https://example.org/"))
    with pytest.raises(UsageError, match="bases"):
        between(one, two)
    workspace.publish(manifest)
    path = workspace.shard_paths("main")[0]
    path.write_bytes(b"y" * path.stat().st_size)
    with pytest.raises(GraphError, match="no quad"):
        between(one, two)


def test_the_exit_code_tells_equal_from_different(kg: Build) -> None:
    one, two = kg("one", pubmed.article(1)), kg("two", pubmed.article(1), pubmed.article(2))
    same = CliRunner().invoke(main, ["diff", str(one), str(one)])
    assert (same.exit_code, same.stdout) == (0, "The graphs are equal.\n")
    other = CliRunner().invoke(main, ["diff", str(one), str(two)])
    assert other.exit_code == 1
    assert "Publications: 1 added." in other.stdout
    assert CliRunner().invoke(main, ["diff", str(one), str(one / "none")]).exit_code == 3


def test_json_holds_every_statement(kg: Build) -> None:
    one, two = kg("one", pubmed.article(1, "Old")), kg("two", pubmed.article(1, "New"))
    for second, code in ((one, 0), (two, 1)):
        result = CliRunner().invoke(main, ["diff", str(one), str(second), "--format", "json"])
        assert result.exit_code == code
        assert json.loads(result.stdout)["equal"] is (code == 0)
    document = json.loads(result.stdout)
    assert document["counts"]["publication"] == {"changed": 1}
    (change,) = (c for c in document["changes"] if c["key"] == "pmid-1")
    assert [t[2] for t in change["added"]["main"] if t[1].endswith("/title>")] == ['"New"@en']
