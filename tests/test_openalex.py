"""OpenAlex JSON: every field of a work arrives in its record, and no day is made up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sources_support import FOLDER, noted, only, publications, read_all, read_text

from pss_kg.records import Affiliation, CitationClaim, Date, Grant, Publication, Reference, Subject, Type

SMALL = FOLDER / "openalex_small.jsonl"


@pytest.fixture(scope="module")
def works() -> list[Publication]:
    return publications(SMALL)


def test_identifiers_lose_their_urls(works: list[Publication]) -> None:
    assert works[0].identifiers == (
        ("openalex", "W1001"),
        ("doi", "10.5555/made.up.one"),
        ("pmid", "90000001"),
        ("pmcid", "PMC6134338"),
    )
    assert works[1].identifiers == (("openalex", "W1002"),)


def test_a_day_that_may_stand_for_none_is_not_told(works: list[Publication]) -> None:
    assert [work.issued for work in works] == [Date("2020-05-02"), Date("2009"), Date("2009-08")]
    assert noted(works[1])["publication_date"] == "2009-01-01"
    assert noted(works[2])["publication_date"] == "2009-08-01"


def test_the_abstract_is_put_together_from_its_index(works: list[Publication]) -> None:
    assert works[0].abstract is not None
    assert works[0].abstract.sections[0].text == "Peer care and care"


def test_authors_and_where_they_worked(works: list[Publication]) -> None:
    ann, bob = works[0].contributors
    assert (ann.name, ann.orcid) == ("A. Example", "0000-0002-1825-0097")
    assert ann.identifiers == (("openalex", "A5001"),)
    assert ann.affiliations == (
        Affiliation("Dept of Care, Nowhere University", (("ror", "05dxps055"), ("openalex", "I701"))),
        Affiliation("Other College", (("openalex", "I702"),)),
    )
    assert (bob.name, bob.identifiers) == ("Bob Sample", ())
    assert works[0].authors_complete
    assert not works[1].authors_complete


def test_the_journal_and_the_place_in_it(works: list[Publication]) -> None:
    work, journal = works[0], works[0].journal
    assert journal is not None
    assert (journal.title, journal.issnl, journal.publisher) == (
        "Journal of Invented Care",
        "1234-5679",
        "Nowhere Press",
    )
    assert journal.identifiers == (("issn", "2049-3630"), ("openalex", "S501"))
    assert (work.volume, work.issue, work.pages, work.end_page) == ("7", "6", "187-94", "194")


def test_a_repository_is_no_journal(works: list[Publication]) -> None:
    assert works[2].journal is None
    assert noted(works[2])["primary_location.source"] == "A repository (repository)"


def test_types_say_what_kind_of_article_it_is(works: list[Publication]) -> None:
    assert [work.types for work in works] == [
        (Type("article"),),
        (Type("proceedings-article"),),
        (Type("preprint"),),
    ]


def test_headings_topics_and_keywords(works: list[Publication]) -> None:
    assert works[0].subjects == (
        Subject("mesh", "D003247", "Care", qualifiers=(("Q000001", "methods", True),)),
        Subject("mesh", "D003906", "Countries", major=True),
        Subject("openalex-topic", "T10001", "Invented topics"),
    )
    assert works[0].keywords == ("Care",)


def test_grants_in_both_spellings(works: list[Publication]) -> None:
    assert works[0].grants == (
        Grant("R01-1", "Invented Institute", identifiers=(("ror", "04xeg9z08"), ("openalex", "F901"))),
        Grant(agency="Other fund", identifiers=(("openalex", "F902"),)),
    )
    assert works[2].grants == (Grant("7", "Old fund", identifiers=(("openalex", "F903"),)),)


def test_the_rest(works: list[Publication]) -> None:
    work = works[0]
    assert work.references == (
        Reference(identifiers=(("openalex", "W1001"),)),  # a work may list itself; the mapping sees to it
        Reference(identifiers=(("openalex", "W2002"),)),
    )
    assert (work.claim, work.retracted, work.access) == (CitationClaim(131), True, "gold")
    assert work.licence == "https://openalex.org/licenses/cc-by"
    assert (work.title, work.revised) == ("Peer support & care", "2026-05-19")
    assert noted(work)["mystery"] == "1"


def test_a_list_reply_and_a_single_work_give_the_same(tmp_path: Path, works: list[Publication]) -> None:
    work = json.loads(SMALL.read_text(encoding="utf-8").splitlines()[0])
    assert only(read_text(tmp_path, json.dumps(work))) == works[0]
    reply = {"meta": {"count": 1, "db_response_time_ms": 1}, "results": [work], "group_by": []}
    assert only(read_text(tmp_path, json.dumps(reply))) == works[0]


@pytest.mark.shared
def test_all_real_works_are_read(shared_data: Path) -> None:
    folder = shared_data / "openalex"
    counts = {"derived/openalex_records.dev.jsonl.gz": 194, "pygetpapers/openalex.json": 20}
    pages = "openalexPro_snaps/008-pro_pipeline_parallel/json_chunk_{}_results_page_1.json"
    counts |= {pages.format(n): count for n, count in ((1, 49), (2, 50), (3, 50), (4, 25))}
    counts |= {
        str(path.relative_to(folder)): 1 for path in (folder / "pygetpapers").glob("*/openalex-result.json")
    }
    for name, count in counts.items():
        records, error = read_all(folder / name)
        assert error is None, name
        assert len(records) == count, name
        assert all(isinstance(record, Publication) for record in records), name
