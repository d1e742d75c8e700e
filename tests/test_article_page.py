"""An article page saved as text gives one record with everything that stands on it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from sources_support import PAGE, only, read_all, read_text

from pss_kg.errors import DamagedInput
from pss_kg.records import Abstract, CitationClaim, Date, Publication, Unusable
from pss_kg.sources.article_page import ArticlePage

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_overview_is_read() -> None:
    page = only(read_all(PAGE))
    assert (page.source, page.id) == ("article-page", "90000001")
    assert page.title == "Walking Together in Made-up Towns: a Review"
    assert page.identifiers == (("pmid", "90000001"), ("doi", "10.5555/made.up.1"))
    assert page.issued == Date("2020-05-02")
    assert page.claim == CitationClaim(1027)
    assert page.notes == ()


def test_authors_not_listed_yet_are_absent() -> None:
    page = only(read_all(PAGE))
    assert page.contributors == ()
    assert not page.authors_complete


def test_abstract_sections_keep_their_labels_as_printed() -> None:
    page = only(read_all(PAGE))
    assert page.abstract is not None
    assert [section.label for section in page.abstract.sections] == ["Background", "Objective", "Conclusions"]
    assert page.abstract.sections[0].text == "Nobody knows why people walk. It is said that they do."


def test_citing_articles_are_taken_apart() -> None:
    first, second = only(read_all(PAGE)).cited_by
    assert first.identifiers == (("pmid", "90000011"), ("pmcid", "PMC9000011"), ("doi", "10.5555/citing.one"))
    assert first.title == "Steps counted by nobody: an imagined cohort"
    assert (first.authors, first.journal) == ("Roe J, von Doe A, Li X", "Ann Made-up")
    assert (first.year, first.volume, first.issue, first.pages) == ("2021", "15", "", "147")
    assert first.text.startswith("Steps counted by nobody")
    assert first.text.endswith("DOI: 10.5555/citing.one.")
    assert (second.authors, second.journal, second.year, second.volume) == (
        "Poe E",
        "JAMA Made-up",
        "2022",
        "",
    )


def test_references_stand_in_order_with_their_numbers() -> None:
    references = only(read_all(PAGE)).references
    assert [reference.label for reference in references] == ["1", "2", "3"]
    assert references[0].identifiers == (("pmcid", "PMC9000021"), ("doi", "10.5555/ref.1"))
    assert references[0].authors == "Roe J, Palermo A"
    assert references[0].title == "A first thing: with a subtitle"
    assert (references[0].volume, references[0].issue, references[0].pages) == ("100", "8", "1380-7")
    assert references[1].title == "What is a second thing?"
    assert references[2].identifiers == ()
    assert (references[2].authors, references[2].journal) == ("Loe B", "Old J")
    assert not any("View" in reference.text for reference in references)


@pytest.mark.parametrize(
    "variant",
    [
        TEXT.replace("\n", "\r\n"),
        "\ufeff" + TEXT,
        TEXT.replace(" ", "\u00a0"),
        TEXT.replace("\n", "  \n \t"),
        TEXT.replace("Overview", "## Overview:")
        .replace("Citing Articles", "Cited by")
        .replace("Abstract", "ABSTRACT"),
        TEXT.replace("Nobody knows why ", "Nobody knows\nwhy "),
        TEXT.replace("Walking Together in ", "Walking Together in\n"),
        TEXT.replace("an imagined cohort.\n\n", "an imagined cohort.\n").replace("15:147.\n\n", "15:147.\n"),
        TEXT.replace("1.\nRoe", "1. Roe").replace("2.\nDoe", "2. Doe"),
        TEXT.replace("Date 2020 May 2", "Date\n2020 May 2"),
        TEXT.replace("» Articles » PMID: 90000001", "Home / Articles"),
        TEXT.encode("utf-16"),
        gzip.compress(TEXT.encode()),
    ],
)
def test_the_same_record_whatever_the_spelling_of_the_page(variant: str | bytes, tmp_path: Path) -> None:
    assert only(read_text(tmp_path, variant)) == only(read_all(PAGE))


def test_listed_authors_are_linked_to_their_affiliations(tmp_path: Path) -> None:
    listed = TEXT.replace(
        "Affiliations\nSoon will be listed here.",
        "Roe J 1, Doe AB 1,2, Jane van Poe\nAffiliations\n1 Institute of Walking.\n2 Office of Steps.",
    )
    page = only(read_text(tmp_path, listed))
    assert [(c.name, c.family) for c in page.contributors] == [
        ("J Roe", "Roe"),
        ("AB Doe", "Doe"),
        ("Jane van Poe", "Poe"),
    ]
    assert [[a.text for a in c.affiliations] for c in page.contributors] == [
        ["Institute of Walking."],
        ["Institute of Walking.", "Office of Steps."],
        [],
    ]
    assert page.authors_complete


def test_a_journal_line_is_taken_where_shown(tmp_path: Path) -> None:
    page = only(
        read_text(tmp_path, TEXT.replace("Overview\n", "Overview\nJournal J Made-up. 2020; 7(6):e15572.\n"))
    )
    assert page.journal is not None
    assert page.journal.abbreviation == "J Made-up"
    assert (page.volume, page.issue, page.article_number) == ("7", "6", "e15572")


def test_sections_may_be_missing(tmp_path: Path) -> None:
    page = only(read_text(tmp_path, TEXT[: TEXT.index("Authors\n")]))
    assert page.abstract is None
    assert page.references == page.cited_by == ()
    assert page.authors_complete
    page = only(read_text(tmp_path, TEXT[: TEXT.index("References\n")]))
    assert len(page.cited_by) == 2


def test_a_page_with_a_doi_only_is_known_by_it(tmp_path: Path) -> None:
    text = TEXT.replace("PMID 90000001\n", "").replace("PMID: 90000001", "", 1)
    page = only(read_text(tmp_path, text))
    assert page.id == "10.5555/made.up.1"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (TEXT.replace("Walking Together in Made-up Towns: a Review", ""), "no title"),
        (
            TEXT.replace("90000001", "").replace("DOI https://doi.org/10.5555/MADE.UP.1", ""),
            "neither PMID nor DOI",
        ),
    ],
)
def test_a_page_without_title_or_identifier_is_unusable(text: str, reason: str, tmp_path: Path) -> None:
    records, error = read_text(tmp_path, text)
    assert error is None
    assert isinstance(records[0], Unusable)
    assert reason in records[0].reason
    assert records[0].excerpt


def test_a_page_cut_in_a_reference_keeps_the_whole_ones_and_tells(tmp_path: Path) -> None:
    page = only(read_text(tmp_path, TEXT[: TEXT.index("ef.2. View")]))
    assert [reference.label for reference in page.references] == ["1"]
    assert [note.problem for note in page.notes] == ["the page ends in the middle of this entry; left out"]


def test_a_page_cut_in_a_citing_article_keeps_the_whole_ones_and_tells(tmp_path: Path) -> None:
    page = only(read_text(tmp_path, TEXT[: TEXT.index("citing.two.") + 6]))
    assert len(page.cited_by) == 1
    assert page.notes[0].field == "Citing Articles"


@pytest.mark.parametrize("cut", range(250, len(TEXT), 41))
def test_a_cut_page_never_has_an_identifier_that_the_whole_one_has_not(cut: int, tmp_path: Path) -> None:
    whole = only(read_all(PAGE))
    known = {pair for entry in (*whole.cited_by, *whole.references) for pair in entry.identifiers}
    page = only(read_text(tmp_path, TEXT[:cut]))
    assert {pair for entry in (*page.cited_by, *page.references) for pair in entry.identifiers} <= known


def test_a_page_cut_in_a_number_does_not_take_half_of_it(tmp_path: Path) -> None:
    page = only(read_text(tmp_path, TEXT[: TEXT.index("027\n")]))
    assert page.claim is None
    assert page.notes[0].value == "Citations 1,"


def test_another_encoding_is_read_and_told(tmp_path: Path) -> None:
    page = only(read_text(tmp_path, TEXT.replace("Nobody knows", "Café owners know").encode("cp1252")))
    assert isinstance(page.abstract, Abstract)
    assert page.abstract.sections[0].text.startswith("Café")
    assert "Windows-1252" in page.notes[0].problem


def test_nul_bytes_are_refused_with_their_line(tmp_path: Path) -> None:
    records, error = read_text(tmp_path, TEXT.replace("90000011", "9000\x000011"))
    assert records == []
    assert isinstance(error, DamagedInput)
    assert "NUL" in error.what
    assert error.where == "input:27"


def test_a_truncated_gzip_gives_the_record_and_the_damage(tmp_path: Path) -> None:
    records, error = read_text(tmp_path, gzip.compress(TEXT.encode())[:-30])
    assert isinstance(records[0], Publication)
    assert isinstance(error, DamagedInput)


def test_a_line_over_the_limit_is_unusable(tmp_path: Path) -> None:
    records, _ = read_text(tmp_path, TEXT.replace("It works.", "It works. " * 100), max_field=500)
    assert isinstance(records[0], Unusable)
    assert records[0].field == "abstract"


def test_other_texts_are_not_taken_for_pages() -> None:
    source = ArticlePage()
    for head in (
        b"",
        b"Dear reader,\n\nAbstract art is fun.\n",
        b"<html>\nAbstract\nReferences\nOverview\n",
        b"\x00" * 50,
    ):
        assert not source.detect(head, "page.txt")


@pytest.mark.shared
def test_the_real_page(shared_data: Path) -> None:
    page = only(read_all(shared_data / "article_page_pmid32357127.txt"))
    assert page.id == "32357127"
    assert page.title == "Peer Support in Mental Health: Literature Review"
    assert page.issued == Date("2020-05-02")
    assert page.claim == CitationClaim(127)
    assert page.abstract is not None
    labels = [section.label for section in page.abstract.sections]
    assert labels == ["Background", "Objective", "Methods", "Results", "Conclusions"]
    assert len(page.cited_by) == len(page.references) == 5
    assert [reference.label for reference in page.references] == ["1", "2", "3", "4", "5"]
    assert all(dict(entry.identifiers)["doi"] for entry in (*page.cited_by, *page.references))
    assert all(dict(entry.identifiers)["pmid"] for entry in page.cited_by)
    assert page.cited_by[1].journal == "JAMA Psychiatry"
    assert page.notes == ()


@pytest.mark.parametrize(
    ("printed", "year", "volume", "issue", "pages"),
    [
        ("2025; .", "2025", "", "", ""),
        ("2025; 34():e1.", "2025", "34", "", "e1"),
        ("2020 Jun 9; 7(6).", "2020", "7", "6", ""),
        ("2025; 22(1).", "2025", "22", "1", ""),
        ("2019 Mar-Apr; 40(11 Suppl 2):S1-S9.", "2019", "40", "11 Suppl 2", "S1-S9"),
    ],
)
def test_odd_volumes_and_pages_are_taken_as_printed(
    printed: str, year: str, volume: str, issue: str, pages: str, tmp_path: Path
) -> None:
    page = only(read_text(tmp_path, TEXT.replace("2022; .", printed).replace("1999; 1:1-2.", printed)))
    for entry in (page.cited_by[1], page.references[2]):
        assert (entry.year, entry.volume, entry.issue, entry.pages) == (year, volume, issue, pages)


def test_an_entry_without_its_journal_line_keeps_title_and_identifiers(tmp_path: Path) -> None:
    page = only(read_text(tmp_path, TEXT.replace("Poe E JAMA Made-up. 2022; .\n\n", "")))
    assert page.cited_by[1].title == "Is walking real?"
    assert dict(page.cited_by[1].identifiers)["pmid"] == "90000012"


def test_many_references_are_counted_on(tmp_path: Path) -> None:
    more = "".join(f"{n}.\nLoe B. Thing {n}. Old J. {1960 + n}; {n}:1-2. View\n\n" for n in range(4, 121))
    page = only(read_text(tmp_path, TEXT + more))
    assert [reference.label for reference in page.references] == [str(n) for n in range(1, 121)]


def test_wrapped_authors_affiliations_and_keywords_are_joined_again(tmp_path: Path) -> None:
    listed = TEXT.replace(
        "Affiliations\nSoon will be listed here.",
        "Roe J 1, Doe\nAB 1,2, Poe\nE\nAffiliations\n1 Institute of\nWalking.\n2 Office.\n"
        "Keywords\nfeet; long\nroads",
    )
    page = only(read_text(tmp_path, listed))
    assert [c.family for c in page.contributors] == ["Roe", "Doe", "Poe"]
    assert page.contributors[0].affiliations[0].text == "Institute of Walking."
    assert page.keywords == ("feet", "long roads")


@pytest.mark.parametrize("line", ["Cited by 1,027", "Cited by\n1,027", "CITATIONS: 1,027", "Citations 1 027"])
def test_a_claim_is_read_in_each_spelling(line: str, tmp_path: Path) -> None:
    assert only(read_text(tmp_path, TEXT.replace("Citations 1,027", line))) == only(read_all(PAGE))
