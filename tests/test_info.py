"""What `info` tells of a workspace."""

from __future__ import annotations

from pathlib import Path

from pss_kg import info
from pss_kg.workspace import Manifest, Workspace


def test_coverage_takes_the_highest_claim_and_lists_the_largest_gap_first() -> None:
    ledger = {
        "pmid-1": {"claimed a": 3, "found": 3},
        "pmid-2": {"claimed a": 10, "claimed b": 20, "found": 4},
        "pmid-3": {"found": 9},
    }
    known = info.coverage(Manifest(ledger=ledger))
    assert (known["claimed"], known["found"], known["missing"]) == (23, 7, 16)
    assert [row["publication"] for row in known["publications"]] == ["pmid-2", "pmid-1"]
    assert known["publications"][0]["claims"] == {"a": 10, "b": 20}


def test_more_found_than_claimed_is_no_negative_gap() -> None:
    known = info.coverage(Manifest(ledger={"pmid-1": {"claimed a": 1, "found": 5}}))
    assert known["missing"] == 0


def test_an_empty_workspace_can_be_described(tmp_path: Path) -> None:
    text = info.as_text(info.describe(Workspace.create(tmp_path / "kg")))
    assert "no source claims a citation count" in text


def test_the_counts_of_the_examples(example_kg: Path) -> None:
    known = info.describe(Workspace.open(example_kg))
    assert known["counts"] == {"citations": 17, "described": 8, "mentioned": 10, "typed_citations": 3}
    assert known["quads"] == sum(known["graphs"].values())
    assert known["classes"]["cito:Citation"] == 20
    assert known["sources"]["article-page"]["read"] == 1


def test_versions_name_the_libraries_and_the_ontologies() -> None:
    known = info.versions()
    assert known["libraries"]["rdflib"][0].isdigit()
    assert known["ontologies"]["axioms/cito.ttl"]
    assert known["ontologies"]["pss.ttl"]
