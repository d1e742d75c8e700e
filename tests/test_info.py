"""What `info` tells of a workspace."""

from __future__ import annotations

from pathlib import Path

from pss_kg import info
from pss_kg.ledger import as_csv, coverage
from pss_kg.manifest import Covered
from pss_kg.workspace import Manifest, Workspace


def test_coverage_takes_the_highest_claim_and_lists_the_largest_gap_first() -> None:
    ledger = {
        "pmid-1": {"claimed a": 3, "found": 3},
        "pmid-2": {"claimed a": 10, "claimed b": 20, "found": 4},
        "pmid-3": {"found": 9},
    }
    known = coverage(Manifest(ledger=ledger))
    assert (known["claimed"], known["found"], known["missing"]) == (23, 7, 16)
    assert [row["publication"] for row in known["publications"]] == ["pmid-2", "pmid-1"]
    assert known["publications"][0]["claims"] == {"a": 10, "b": 20}


def test_more_found_than_claimed_is_no_negative_gap() -> None:
    known = coverage(Manifest(ledger={"pmid-1": {"claimed a": 1, "found": 5}}))
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


SEED = Manifest(
    ledger={"pmid-1": {"claimed article-page": 127, "claimed europepmc": 131, "found": 129}},
    coverage=(
        Covered("pmid-1", "europepmc", "citing", 131, 129, 6, 0),
        Covered("pmid-1", "pubmed", "citing", None, 90, 0, 2),
        Covered("pmid-1", "all", "citing", 131, 129, 6, 2),
        Covered("pmid-1", "pubmed", "references", None, 40, 3, 0),
        Covered("pmid-1", "all", "references", None, 40, 3, 0),
    ),
)


def test_the_gap_of_a_seed_is_told_in_a_sentence() -> None:
    (seed,) = coverage(SEED)["seeds"]
    assert seed["sentence"] == (
        "pmid-1 cited: 127 claimed by article-page, 131 by europepmc; 129 harvested, "
        "6 of them without a PMID or DOI, 2 failed; 129 in the graph. "
        "cites: 40 harvested, 3 of them without a PMID or DOI."
    )


def test_the_ledger_as_csv_has_a_row_for_each_source_and_direction() -> None:
    assert as_csv(SEED).splitlines() == [
        "seed,source,direction,claimed,harvested,without_pmid_or_doi,failed",
        "pmid-1,all,citing,131,129,6,2",
        "pmid-1,all,references,,40,3,0",
        "pmid-1,article-page,citing,127,,,",
        "pmid-1,europepmc,citing,131,129,6,0",
        "pmid-1,pubmed,citing,,90,0,2",
        "pmid-1,pubmed,references,,40,3,0",
    ]
