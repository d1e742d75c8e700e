"""Each thing said goes to the shard of the publication it is said of."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pss_kg.identity.index import Index, Row
from pss_kg.identity.journals import KnownJournals
from pss_kg.records import Identifiers, Publication, Reference, Relation
from pss_kg.stages.rows import Alias, Asserted, Described, Mentioned, Outline, Resolver, rows_of
from pss_kg.stages.shuffle import (
    BUCKETS,
    Buckets,
    read_buckets,
    read_in_order,
    shard_count,
    shard_of,
)
from pss_kg.workspace import Workspace

PMID = (("pmid", "1"),)


@pytest.fixture
def resolver(tmp_path: Path) -> Resolver:
    """Knows pmid 1 with DOI 10.5555/one, and DOI 10.5555/two without a PMID."""
    known: list[Identifiers] = [(("pmid", "1"), ("doi", "10.5555/one")), (("doi", "10.5555/two"),)]
    rows = [Row(n, "s", str(n), 1, "", b"", f"hash-{n}", ids) for n, ids in enumerate(known)]
    index = Index(tmp_path / "index.sqlite")
    index.add_input("a", -1, rows, [])
    index.settle()
    return Resolver(index)


@pytest.mark.parametrize(
    ("identifiers", "key"),
    [
        ((("doi", "10.5555/one"),), "pmid-1"),
        ((("pmid", "9"),), "pmid-9"),
        ((("pmid", "9"), ("doi", "10.5555/one")), "pmid-9"),
        ((("pmid", "9"), ("doi", "10.5555/two")), "doi-10.5555%2Ftwo"),
        ((("doi", "10.5555/new"), ("pmcid", "PMC3")), "doi-10.5555%2Fnew"),
        ((("pii", "S1"),), ""),
        ((), ""),
    ],
    ids=[
        "a known DOI leads to the publication",
        "an unknown PMID is a publication of its own",
        "the PMID wins over a DOI of another article",
        "an unknown PMID yields to a known DOI without a PMID",
        "of two unknown identifiers the better names it",
        "an identifier of no key scheme names nothing",
        "no identifier names nothing",
    ],
)
def test_references_are_resolved_pmid_first(resolver: Resolver, identifiers: Identifiers, key: str) -> None:
    assert resolver.keys([identifiers])[0] == [key]


def test_a_citing_article_of_a_page_asserts_the_citation_on_its_own_side(resolver: Resolver) -> None:
    citing = Reference(identifiers=(("pmid", "5"), ("doi", "10.5555/five")), title="Citing")
    record = Publication("article-page", "1", identifiers=PMID, cited_by=(citing,))
    rows = list(rows_of(record, "pmid-1", resolver, KnownJournals([])))
    assert [type(row) for row in rows] == [Described, Mentioned, Alias, Asserted]
    assert [row.key for row in rows] == ["pmid-1", "pmid-5", "doi-10.5555%2Ffive", "pmid-5"]


def test_an_inverse_relation_goes_to_the_other_publication(resolver: Resolver) -> None:
    record = Publication(
        "pubmed", "1", identifiers=PMID, relations=(Relation("RetractionIn", (("pmid", "5"),)),)
    )
    asserted = [r for r in rows_of(record, "pmid-1", resolver, KnownJournals([])) if isinstance(r, Asserted)]
    assert [(r.key, r.assertion.property, r.assertion.cited) for r in asserted] == [
        ("pmid-5", "cito:retracts", "pmid-1")
    ]


def test_nothing_is_said_of_oneself_as_of_another(resolver: Resolver) -> None:
    record = Publication("pubmed", "1", identifiers=PMID, references=(Reference(identifiers=PMID),))
    assert [type(r) for r in rows_of(record, "pmid-1", resolver, KnownJournals([]))] == [Described]


@pytest.mark.parametrize(
    ("publications", "shards"), [(0, 16), (64_000, 16), (64_001, 32), (300_000, 128), (9_000_000, 256)]
)
def test_the_number_of_shards_follows_from_the_number_of_publications(publications: int, shards: int) -> None:
    assert shard_count(publications) == shards


@given(st.text(), st.sampled_from([16, 64, 256]))
def test_every_key_has_a_shard(key: str, shards: int) -> None:
    assert 0 <= shard_of(key, shards) < shards


def test_a_record_goes_into_its_row_as_it_was_written(tmp_path: Path, resolver: Resolver) -> None:
    cited = Reference("As printed. 2020.", (("pmid", "5"), ("doi", "10.5555/new")), title="A title")
    record = Publication("s", "1", identifiers=PMID, references=(cited,), title="Ø \u2028 made up")
    line = msgspec.json.encode(record)
    workspace = Workspace.create(tmp_path / "kg")
    for part, said in (("a", record), ("b", msgspec.json.decode(line, type=Outline))):
        with Buckets(workspace, 0, part) as buckets:
            for row in rows_of(said, "pmid-1", resolver, KnownJournals([]), line if part == "b" else b""):
                buckets.add(row)
    rows = list(read_buckets(workspace, range(BUCKETS)))
    assert len(rows) == 6
    assert all(rows.count(row) == 2 for row in rows)
    assert [row.resolved.record for row in rows if isinstance(row, Described)] == [record, record]


def test_rows_come_by_key_with_all_of_a_key_together(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "kg")
    for part in ("a", "b"):
        with Buckets(workspace, 0, part) as buckets:
            for n in range(50):
                buckets.add(Alias(f"doi-{n}", f"pmid-{part}", "s", str(n)))
    stretches = list(read_in_order(workspace, range(BUCKETS), size=400))
    assert len(stretches) > 5
    keys = [row.key for rows in stretches for row in rows]
    assert keys == sorted(keys)
    assert len(keys) == 100
    assert all(not {r.key for r in a} & {r.key for r in b} for a, b in pairwise(stretches))
    assert sorted(keys) == sorted(row.key for row in read_buckets(workspace, range(BUCKETS)))


def test_dead_rows_are_not_read_in_order_either(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "kg")
    for generation in (0, 1):
        with Buckets(workspace, generation, "a") as buckets:
            buckets.add(Alias("doi-1", f"pmid-{generation}", "s", "1"))
    rows = [row for rows in read_in_order(workspace, range(BUCKETS), {("s", "1"): 1}) for row in rows]
    assert [row.target for row in rows if isinstance(row, Alias)] == ["pmid-1"]
