"""Promises about the account of a harvest: every gap is counted, and explained."""

from __future__ import annotations

import csv
import io

import msgspec
from made_up_services import MadeUp, Network, nobody

from pss_kg.harvest.coverage import Coverage, Harvest
from pss_kg.harvest.plan import Plan
from pss_kg.harvest.walking import walk
from pss_kg.ledger import CSV_HEAD
from pss_kg.sources.service import Identifier, Service

SEED = ("pmid", "90000000")
STAR = Network({n: [0] for n in range(1, 21)} | {0: [30, 31, 0]}, 40)
"""20 others cite 0; 0 cites two others and itself."""


def run(*services: Service, depth: int = 1, seeds: tuple[Identifier, ...] = (SEED,)) -> Harvest:
    plan = Plan(seeds, citing=True, references=True, depth=depth)
    return walk(plan, services, nobody, lambda *_: None)


def row(harvest: Harvest, source: str, direction: str = "citing") -> Coverage:
    (found,) = [c for c in harvest.coverage if (c.seed, c.source, c.direction) == (0, source, direction)]
    return found


def test_claimed_and_harvested_stand_side_by_side() -> None:
    harvest = run(MadeUp(STAR, cites=1, inside=True, claims=23))
    assert row(harvest, "pubmed") == Coverage(0, "pubmed", "citing", 23, 20, 0, 0)
    assert row(harvest, "all") == Coverage(0, "all", "citing", None, 20, 0, 0)


def test_a_citation_of_itself_is_not_counted() -> None:
    harvest = run(MadeUp(STAR, cites=1, inside=True))
    assert row(harvest, "pubmed", "references").harvested == 2
    assert row(harvest, "pubmed").harvested == 20


def test_the_same_article_from_two_services_counts_once_in_all() -> None:
    harvest = run(
        MadeUp(STAR, "pubmed", cites=1, knows=lambda n: n < 12),
        MadeUp(STAR, "europepmc", cites=1, knows=lambda n: n == 0 or n > 8),
    )
    assert [row(harvest, source).harvested for source in ("pubmed", "europepmc", "all")] == [11, 12, 20]


def test_entries_without_an_identifier_count_as_harvested_without_pmid_or_doi() -> None:
    harvest = run(MadeUp(STAR, cites=1, nameless=3))
    assert row(harvest, "pubmed") == Coverage(0, "pubmed", "citing", None, 23, 3, 0)


def test_what_has_another_identifier_alone_has_neither_pmid_nor_doi() -> None:
    service = MadeUp(
        STAR, "openalex", schemes=("openalex",), holds=("openalex",), mentions=("openalex",), cites=1
    )
    harvest = run(service, seeds=(("openalex", "W9000000"),))
    assert row(harvest, "openalex").without_pmid_or_doi == 20


def test_a_list_that_can_t_be_had_is_a_failure_of_its_seed() -> None:
    harvest = run(MadeUp(STAR, cites=1), MadeUp(STAR, "europepmc", describes=0, cites=1, down=True))
    assert row(harvest, "europepmc") == Coverage(0, "europepmc", "citing", None, 0, 0, 1)
    assert row(harvest, "all").failed == 1
    (failure,) = harvest.failures
    assert (failure.source, failure.wanted, failure.identifiers) == ("europepmc", "citing", (SEED,))


def test_records_that_can_t_be_had_are_failures_in_the_row_of_their_source() -> None:
    bad = frozenset([("pmid", "90000003"), ("pmid", "90000011")])
    harvest = run(MadeUp(STAR, cites=1, fails=bad), MadeUp(STAR, "europepmc", cites=1))
    assert [row(harvest, source).failed for source in ("pubmed", "europepmc", "all")] == [2, 0, 2]
    assert row(harvest, "pubmed").harvested == 20


def test_nobody_cites_it_is_a_row_too() -> None:
    harvest = run(MadeUp(Network({}, 1), cites=1, claims=0))
    assert row(harvest, "pubmed") == Coverage(0, "pubmed", "citing", 0, 0, 0, 0)


def test_a_gap_is_explained_in_a_sentence() -> None:
    bad = frozenset([("pmid", "90000003"), ("pmid", "90000011")])
    harvest = run(
        MadeUp(STAR, cites=1, claims=23, fails=bad),
        MadeUp(STAR, "europepmc", cites=1, claims=27, nameless=6, inside=True),
    )
    assert harvest.explain(0) == (
        "cited: 23 claimed by pubmed, 27 claimed by europepmc; 26 harvested, "
        "6 of them without PMID or DOI, 2 failed\n"
        "cites: 2 harvested"
    )


def test_nothing_asked_is_explained_by_nothing() -> None:
    assert run(MadeUp(STAR), depth=0).explain(0) == ""


def test_claims_that_others_add_are_explained_too() -> None:
    harvest = run(MadeUp(STAR, cites=1))
    page = Coverage(0, "article-page", "citing", 127)
    merged = msgspec.structs.replace(harvest, coverage=(page, *harvest.coverage))
    assert merged.explain(0) == "cited: 127 claimed by article-page; 20 harvested"


def test_the_table_as_csv() -> None:
    harvest = run(MadeUp(STAR, cites=1, claims=23))
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([CSV_HEAD, *harvest.rows()])
    assert text.getvalue() == (
        "seed,source,direction,claimed,harvested,without_pmid_or_doi,failed\n"
        "pmid:90000000,pubmed,citing,23,20,0,0\n"
        "pmid:90000000,all,citing,,20,0,0\n"
    )


def test_a_seed_that_no_service_knows_is_named() -> None:
    harvest = run(MadeUp(STAR), seeds=(SEED, ("pmid", "1")))
    assert harvest.unknown == (("pmid", "1"),)


def test_a_seed_about_which_a_service_failed_is_not_called_unknown() -> None:
    harvest = run(MadeUp(STAR, fails=frozenset([SEED])))
    assert harvest.unknown == ()
    assert harvest.failures


def test_a_harvest_is_read_back_as_it_was_written() -> None:
    harvest = run(MadeUp(STAR, cites=1, claims=23, nameless=1, fails=frozenset([("pmid", "90000003")])))
    assert msgspec.json.decode(msgspec.json.encode(harvest), type=Harvest) == harvest
