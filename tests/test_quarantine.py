"""Promises about `quarantine`: everything that is not published is listed, explained and retried."""

from __future__ import annotations

import json
from pathlib import Path

import pubmed_files as pubmed
import pytest
from click.testing import CliRunner, Result

from pss_kg import pipeline, quarantine
from pss_kg.cli import main
from pss_kg.errors import NotFound
from pss_kg.workspace import PROVENANCE, Workspace

NO_NUMBER = (
    "<PubmedArticle><MedlineCitation><Article><ArticleTitle>No number.</ArticleTitle></Article>"
    "</MedlineCitation></PubmedArticle>"
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """One good record, one that breaks a shape, one that can't be used."""
    return pubmed.write(
        tmp_path / "some.xml", pubmed.article(1), pubmed.article(2, title="", doi="10.5555/two"), NO_NUMBER
    )


@pytest.fixture
def kg(tmp_path: Path, source: Path) -> Path:
    other = pubmed.write(tmp_path / "other.xml", pubmed.article(9))
    summary = pipeline.build([str(source), str(other)], tmp_path / "kg", store=False, jobs=1)
    assert summary.sources["pubmed"]["quarantined"] == 2
    return tmp_path / "kg"


def run(kg: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["quarantine", *arguments, "--kg", str(kg)])


def retry(kg: Path) -> quarantine.Retried:
    return quarantine.retry(kg, store=False, jobs=1)


def graph(root: Path) -> list[tuple[str, str, str]]:
    files = Workspace.open(root).manifest().files
    return [(f.graph, f.shard, f.sha256) for f in files if f.graph != PROVENANCE]


# -- list and explain ---------------------------------------------------------------------


def test_everything_that_is_held_is_listed_with_a_name_and_a_reason(kg: Path) -> None:
    whole, unusable = sorted(quarantine.listed(Workspace.open(kg)), key=lambda held: not held.usable)
    assert (whole.name, whole.publication) == ("pubmed/2", "pmid-2")
    assert "title" in whole.reason
    assert unusable.name.startswith("pubmed/")
    assert unusable.reason
    assert unusable.where.startswith("some.xml:")


def test_the_list_is_the_default_and_holding_something_is_no_failure(kg: Path) -> None:
    result = run(kg)
    assert result.exit_code == 0
    assert result.stdout == run(kg, "list").stdout
    assert len(result.stdout.splitlines()) == 2
    assert "2 records in quarantine" in result.stderr


@pytest.mark.parametrize("wanted", ["pubmed/2", "pubmed 2", "2", "pmid-2", "PMID: 2"])
def test_a_record_is_found_by_any_of_its_names(kg: Path, wanted: str) -> None:
    assert [held.name for held in quarantine.find(Workspace.open(kg), wanted)] == ["pubmed/2"]


def test_a_violation_is_explained_with_field_remedy_origin_and_what_was_read(kg: Path, source: Path) -> None:
    result = run(kg, "explain", "pubmed/2")
    assert result.exit_code == 0
    for part in ("VIOLATION", "Field: ", "To mend it: ", f"Read from {source}", '"10.5555/two"'):
        assert part in result.stdout


def test_an_unusable_record_is_explained_with_what_was_received(kg: Path) -> None:
    name = next(held.name for held in quarantine.listed(Workspace.open(kg)) if not held.usable)
    result = run(kg, "explain", name)
    assert result.exit_code == 0
    assert "Read from some.xml:" in result.stdout
    assert "No number." in result.stdout


def test_an_unknown_name_is_a_clean_no_and_a_missing_one_wrong_usage(kg: Path) -> None:
    with pytest.raises(NotFound):
        quarantine.find(Workspace.open(kg), "pubmed/1")
    assert run(kg, "explain", "pubmed/1").exit_code == 1
    assert run(kg, "explain").exit_code == 2
    assert run(kg, "list", "pubmed/2").exit_code == 2


def test_json_is_the_same_for_programs(kg: Path) -> None:
    records = json.loads(run(kg, "list", "--format", "json").stdout)
    assert {record["name"] for record in records} > {"pubmed/2"}
    (found,) = json.loads(run(kg, "explain", "2", "--format", "json").stdout)
    assert found["findings"][0]["severity"] == "violation"


# -- retry --------------------------------------------------------------------------------


def test_a_mended_file_takes_the_place_of_the_broken_one(kg: Path, source: Path, tmp_path: Path) -> None:
    pubmed.write(source, pubmed.article(1), pubmed.article(2, "Mended"), pubmed.article(3))
    done = retry(kg)
    assert (done.before, done.after) == (2, 0)
    assert done.read == (str(source),)
    assert quarantine.listed(Workspace.open(kg)) == []
    fresh = tmp_path / "fresh"
    pipeline.build([str(source), str(tmp_path / "other.xml")], fresh, store=False, jobs=1)
    assert graph(kg) == graph(fresh)
    again = pipeline.build([str(source)], kg, store=False, jobs=1)
    assert again.unchanged


def test_the_same_file_is_read_anew_as_after_an_upgrade(kg: Path, source: Path) -> None:
    before = graph(kg)
    # What an older version could not use, this one can: the quarantine of the file shrinks.
    (path,) = (p for p in (kg / "quarantine").glob("*.jsonl") if p.name != "violations.jsonl")
    path.write_bytes(path.read_bytes() * 2)
    done = retry(kg)
    assert (done.before, done.after) == (3, 2)
    assert graph(kg) == before


def test_a_file_that_is_gone_keeps_what_it_said(kg: Path, source: Path) -> None:
    before = graph(kg)
    source.unlink()
    done = retry(kg)
    assert (done.before, done.after) == (2, 2)
    assert [path for path, _ in done.left] == [str(source)]
    assert graph(kg) == before
    result = run(kg, "retry", "--no-store", "--jobs", "1")
    assert result.exit_code == 4
    assert "gone" in result.stderr
    assert "2 records in quarantine before, 2 now" in result.stderr


def test_a_file_that_is_broken_now_keeps_what_it_said(kg: Path, source: Path) -> None:
    before = graph(kg)
    source.write_bytes(b"\x00\x01\x02")
    assert [path for path, _ in retry(kg).left] == [str(source)]
    assert graph(kg) == before


def test_records_with_violations_are_judged_anew(kg: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pss_kg.pipeline.whole.faults", lambda *given: [])
    assert retry(kg).after == 1, "the shapes find nothing to hold back any more"


def test_a_retry_that_was_killed_after_reading_is_finished_by_the_next_command(
    kg: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*given: object, **named: object) -> None:
        raise KeyboardInterrupt

    pubmed.write(source, pubmed.article(1), pubmed.article(2, "Mended"), pubmed.article(3))
    monkeypatch.setattr(quarantine, "remap", killed)
    with pytest.raises(KeyboardInterrupt):
        retry(kg)
    summary = pipeline.remap(kg, store=False, jobs=1)
    assert not summary.unchanged
    assert summary.sources["pubmed"] == {
        "read": 4, "described": 4, "merged": 0, "superseded": 0, "deleted": 0, "quarantined": 0,
    }  # fmt: skip


def test_with_nothing_in_quarantine_nothing_is_done(tmp_path: Path) -> None:
    path = pubmed.write(tmp_path / "a.xml", pubmed.article(1))
    pipeline.build([str(path)], tmp_path / "kg", store=False, jobs=1)
    before = (tmp_path / "kg" / "graph" / "manifest.json").read_bytes()
    result = run(tmp_path / "kg", "retry")
    assert result.exit_code == 0
    assert "nothing to retry" in result.stderr
    assert (tmp_path / "kg" / "graph" / "manifest.json").read_bytes() == before
