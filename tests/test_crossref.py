"""Crossref JSON: every field of a work arrives in its record, and nothing is dropped in silence."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from sources_support import FOLDER, noted, only, publications, read_all, read_text

from pss_kg.records import (
    AbstractSection,
    CitationClaim,
    Databank,
    Date,
    Grant,
    Publication,
    Relation,
    Type,
    Unusable,
)

SMALL = FOLDER / "crossref_small.json"


@pytest.fixture(scope="module")
def works() -> list[Publication]:
    return publications(SMALL)


def made(folder: Path, **fields: Any) -> Publication:
    """The record of a work with these fields."""
    return only(read_text(folder, json.dumps({"DOI": "10.5555/a", "member": "1", **fields})))


def test_a_doi_in_capitals_is_the_same_doi(works: list[Publication]) -> None:
    assert works[0].id == "10.5555/made.up.one"
    assert works[0].identifiers == (("doi", "10.5555/made.up.one"),)


def test_a_title_loses_markup_and_escapes_and_gains_its_subtitle(works: list[Publication]) -> None:
    assert works[0].title == "Peer support & care in 10⁵ people: a made-up trial"
    assert works[0].alternative_titles == ("A second title",)
    assert works[2].title == "A title as plain text"
    assert works[1].title == ""


def test_dates_stand_by_their_kind_and_years_may_be_texts(works: list[Publication]) -> None:
    first, second, third = works
    assert (first.issue_date, first.electronic_date, first.issued) == (
        Date("2020-06"),
        Date("2020-05-02"),
        None,
    )
    assert (first.received, first.accepted, first.revised) == ("2020-03-12", "2020-04-01", "2021-03-04")
    assert (second.issue_date, second.electronic_date, second.issued) == (None, None, None)
    assert third.issued == Date("2003")


def test_contributors_keep_order_role_orcid_and_affiliation(works: list[Publication]) -> None:
    people = works[0].contributors
    assert [(p.name, p.role, p.kind) for p in people] == [
        ("Ann Example", "author", "person"),
        ("Bob Sample", "author", "person"),
        ("The Made-Up Group", "author", "organization"),
        ("Ed Itor", "editor", "person"),
        ("Trans Lator", "translator", "person"),
    ]
    assert (people[0].orcid, people[0].suffix) == ("0000-0002-1825-0097", "Jr")
    assert people[0].affiliations[0].identifiers == (("ror", "05dxps055"),)
    assert noted(works[0])["ORCID"] == "0000-0002-1825-0098"  # its check digit does not fit


def test_the_journal_has_its_issns_by_kind(works: list[Publication]) -> None:
    journal = works[0].journal
    assert journal is not None
    assert (journal.title, journal.abbreviation) == ("Journal of Invented Care", "J Inv Care")
    assert (journal.issn, journal.eissn, journal.publisher) == ("1234-5679", "2049-3630", "Nowhere & Sons")


def test_pages(works: list[Publication]) -> None:
    assert (works[0].pages, works[0].start_page, works[0].end_page) == ("604.4-609", "604.4", "609")
    assert works[1].pages == ""
    assert noted(works[1])["page"] == "no-no"


def test_a_structured_abstract_becomes_sections(works: list[Publication]) -> None:
    abstract = works[0].abstract
    assert abstract is not None
    assert abstract.sections == (
        AbstractSection("Nobody knows why p < 0.05.", "Background"),
        AbstractSection("H2O helped. So it did.", "Results"),
    )


def test_each_award_is_a_grant(works: list[Publication]) -> None:
    funder = (("doi", "10.13039/100000025"), ("ror", "04xeg9z08"))
    assert works[0].grants == (
        Grant("R01-1", "Invented Institute", identifiers=funder),
        Grant("R01-2", "Invented Institute", identifiers=funder),
        Grant(agency="Fund without awards"),
    )


def test_the_licence_is_that_of_the_version_of_record(works: list[Publication]) -> None:
    assert works[0].licence == "https://creativecommons.org/licenses/by/4.0/"
    assert sum(note.field == "license" for note in works[0].notes) == 2


def test_updates_and_relations_are_in_crossrefs_words(works: list[Publication]) -> None:
    assert works[0].relations == (
        Relation("correction", (("doi", "10.5555/old.1"),), note="Correction 2020-07-01"),
        Relation("updated-by/retraction", (("doi", "10.5555/notice.1"),), note="Retraction"),
        Relation("has-preprint", (("doi", "10.5555/pre.1"),)),
        Relation("is-supplemented-by", text="https://nowhere.example/data"),
    )


def test_references_keep_what_little_they_have(works: list[Publication]) -> None:
    first, second, third, fourth = works[0].references
    assert first.identifiers == (("doi", "10.5555/cited.1"),)
    assert (first.title, first.authors, first.journal, first.year, first.label) == (
        "On care",
        "Doe",
        "J Care",
        "2001",
        "ref1",
    )
    assert second.text == "Roe R. A text & nothing else. 1999."
    assert (third.label, third.text, third.identifiers) == ("ref3", "", ())
    assert fourth.identifiers == ()
    assert noted(works[0])["reference DOI"] == "no doi"
    assert noted(works[1])["reference"] == "9"  # counted, and not listed


def test_the_rest(works: list[Publication]) -> None:
    assert works[0].claim == CitationClaim(127)
    assert works[0].databanks == (Databank("ClinicalTrials.gov", "NCT00000001"),)
    assert works[0].languages == ("en",)
    assert works[1].types == (Type("posted-content"), Type("preprint"))
    assert noted(works[0])["mystery"] == "a new field"
    assert noted(works[0])["subject"] == "Health"


def test_a_chapter_stands_in_a_book_and_the_book_in_a_series(works: list[Publication]) -> None:
    book = works[2].book
    assert works[2].journal is None
    assert book is not None
    assert (book.title, book.publisher, book.place) == ("The Book of Care", "Nowhere Press", "Nowhere")
    assert book.identifiers == (("isbn", "9780306406157"),)
    assert book.series is not None
    assert (book.series.title, book.series.identifiers) == ("Lectures in Nothing", (("issn", "2049-3630"),))


@pytest.mark.parametrize("parts", [None, [], [[]], [[None]], [None]])
def test_a_date_that_says_nothing_is_none(parts: object, tmp_path: Path) -> None:
    record = made(tmp_path, issued={"date-parts": parts})
    assert (record.issued, record.notes) == (None, ())


@pytest.mark.parametrize("form", ["one", "message", "items", "array", "lines", "gzip"])
def test_every_form_gives_the_same_record(form: str, tmp_path: Path) -> None:
    work = {"DOI": "10.5555/a", "member": "1", "title": ["A\nB"]}
    text = {
        "one": json.dumps(work, indent=1),
        "message": json.dumps({"status": "ok", "message-type": "work", "message": work}),
        "items": json.dumps({"items": [work]}),
        "array": json.dumps([work]),
        "lines": json.dumps(work) + "\n",
        "gzip": json.dumps(work),
    }[form].encode()
    record = only(read_text(tmp_path, gzip.compress(text) if form == "gzip" else text))
    assert (record.source, record.id, record.title) == ("crossref", "10.5555/a", "A B")


def test_a_reply_that_failed_says_why(tmp_path: Path) -> None:
    text = '{"status": "failed", "message-type": "validation-failure", "message": [{"message": "no"}]}'
    records, error = read_text(tmp_path, text)
    assert error is None
    assert isinstance(records[0], Unusable)
    assert "failed" in records[0].reason


def test_records_before_the_damage_are_kept(tmp_path: Path) -> None:
    text = '{"items": [{"DOI": "10.5555/a", "member": "1"},\n{"DOI": "10.5555/b", "title": ["cut'
    records, error = read_text(tmp_path, text)
    assert [record.id for record in records if isinstance(record, Publication)] == ["10.5555/a"]
    assert error is not None
    assert error.where.endswith(":2")


def test_half_of_a_surrogate_pair_is_replaced(tmp_path: Path) -> None:
    text = r'{"DOI": "10.5555/a", "member": "1", "title": ["a \ud800 b"]}'
    assert only(read_text(tmp_path, text)).title.encode()


@pytest.mark.shared
def test_all_real_works_are_read(shared_data: Path) -> None:
    folder = shared_data / "crossref"
    expected = {
        "derived/crossref_records.dev.jsonl.gz": 3082,
        "oc_ds_converter/gzip_test/0.json.gz": 3000,
        "oc_ds_converter/40228.json": 11,
        "fatcat/crossref-works.2018-01-21.badsample.json": 14,
        "fatcat/crossref_api_works.json": 3,
        "alexandria3k/3items.json.gz": 3,
        "alexandria3k/crossref-2025.jsonl.gz": 3,
        "lagotto/crossref_import.json": 10,
        "lagotto/crossref_import_nil.json": 0,
        "lagotto/crossref_orcid.json": 10,
        "manubot_csl/crossref-deep-review-csl/raw.json": 1,
    }
    for name, count in expected.items():
        records, error = read_all(folder / name)
        assert error is None, name
        assert len(records) == count, name
        assert all(isinstance(record, Publication) for record in records), name
