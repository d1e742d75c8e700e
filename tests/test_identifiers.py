"""Identifiers have one canonical form, and what is none is told as none."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pss_kg.identifiers import (
    NORMALISERS,
    normalise_doi,
    normalise_issn,
    normalise_openalex,
    normalise_orcid,
    normalise_pmcid,
    normalise_pmid,
    normalise_ror,
    oci,
    parse_identifier,
)

SICI = "10.1002/(sici)1097-0177(199701)208:1<62::aid-aja6>3.0.co;2-#"


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("10.2196/15572", "10.2196/15572"),
        ("10.1590/0102-311XEN016324", "10.1590/0102-311xen016324"),
        (" https://doi.org/10.2196/15572 ", "10.2196/15572"),
        ("http://dx.doi.org/10.2196/15572", "10.2196/15572"),
        ("doi:10.2196/15572.", "10.2196/15572"),
        ("DOI: https://doi.org/10.2196/15572", "10.2196/15572"),
        ("info:doi/10.2196/15572", "10.2196/15572"),
        ("https://doi.org/10.2196/15572?utm_source=x#top", "10.2196/15572"),
        ("10.1007%252Fs00586-011-2029-6", "10.1007/s00586-011-2029-6"),
        ("10.1002/(SICI)1097-0177(199701)208:1%3C62::AID-AJA6%3E3.0.CO;2-#", SICI),
        ("(10.5555/a(1)b)", "10.5555/a(1)b"),
        ("10.5555/echo.14664]", "10.5555/echo.14664"),
        ("10.5555/ abc.2010", "10.5555/abc.2010"),
        ("10.5555/can j made.06-124", "10.5555/canjmade.06-124"),
        ("10.5555/abc.2010 [Epub]", "10.5555/abc.2010"),
        ("10.5555/", ""),
        ("10.5/abc", ""),
        ("S0000-1", ""),
        ("", ""),
    ],
)
def test_a_doi_is_lower_case_and_bare(text: str, doi: str) -> None:
    assert normalise_doi(text) == doi


@pytest.mark.parametrize(
    ("text", "pmid"),
    [
        ("32357127", "32357127"),
        (" PMID: 0032357127 ", "32357127"),
        ("0", ""),
        ("12345678901", ""),
        ("1a", ""),
        ("", ""),
    ],
)
def test_a_pmid_is_digits_without_leading_zeros(text: str, pmid: str) -> None:
    assert normalise_pmid(text) == pmid


@pytest.mark.parametrize(
    ("text", "pmcid"),
    [
        ("PMC7312261", "PMC7312261"),
        ("7312261", "PMC7312261"),
        ("pmc 7312261", "PMC7312261"),
        ("PMC6134338.4", "PMC6134338"),
        ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC7312261/", "PMC7312261"),
        ("https://pmc.ncbi.nlm.nih.gov/articles/PMC7312261/", "PMC7312261"),
        ("NIHMS1", ""),
    ],
)
def test_a_pmcid_has_its_prefix_and_no_version(text: str, pmcid: str) -> None:
    assert normalise_pmcid(text) == pmcid


@pytest.mark.parametrize(
    "text",
    [
        "https://orcid.org/0000-0002-1825-0097",
        "http://orcid.org/0000-0002-1825-0097",
        "0000-0002-1825-0097",
        "0000000218250097",
        "ORCID: 0000-0002-1825-0097",
    ],
)
def test_an_orcid_in_any_spelling(text: str) -> None:
    assert normalise_orcid(text) == "0000-0002-1825-0097"


def test_an_orcid_may_end_in_x_and_must_check() -> None:
    assert normalise_orcid("0000-0002-1694-233x") == "0000-0002-1694-233X"
    assert normalise_orcid("0000-0002-1825-0098") == ""
    assert normalise_orcid("0000-0002-1825-009") == ""


def test_ror_issn_and_openalex() -> None:
    assert normalise_ror("https://ror.org/05dxps055") == "05dxps055"
    assert normalise_ror("05dxps056") == ""
    assert normalise_issn("20493630") == "2049-3630"
    assert normalise_issn("2434-561x") == "2434-561X"
    assert normalise_issn("2049-3631") == ""
    assert normalise_openalex("https://openalex.org/w2741809807") == "W2741809807"
    assert normalise_openalex("2741809807") == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("32357127", ("pmid", "32357127")),
        ("pmid:32357127", ("pmid", "32357127")),
        ("pmid-32357127", ("pmid", "32357127")),
        ("https://pubmed.ncbi.nlm.nih.gov/32357127/", ("pmid", "32357127")),
        ("https://europepmc.org/article/MED/32357127", ("pmid", "32357127")),
        ("10.2196/15572", ("doi", "10.2196/15572")),
        ("doi:10.2196/15572", ("doi", "10.2196/15572")),
        ("doi-10.2196%2F15572", ("doi", "10.2196/15572")),
        ("https://doi.org/10.2196/15572", ("doi", "10.2196/15572")),
        ("pmc7312261", ("pmcid", "PMC7312261")),
        ("https://pmc.ncbi.nlm.nih.gov/articles/PMC7312261/", ("pmcid", "PMC7312261")),
        ("openalex:W2741809807", ("openalex", "W2741809807")),
        ("https://openalex.org/W2741809807", ("openalex", "W2741809807")),
        ("https://pubmed.ncbi.nlm.nih.gov/32357127/?from_term=peer#abstract", ("pmid", "32357127")),
        ("arxiv:2101.01234", ("doi", "10.48550/arxiv.2101.01234")),
        ("arXiv:2101.01234v2", ("doi", "10.48550/arxiv.2101.01234")),
        ("arXiv:hep-th/9901001v2", ("doi", "10.48550/arxiv.hep-th/9901001")),
        ("arXiv:math.GT/0309136", ("doi", "10.48550/arxiv.math/0309136")),
        ("https://arxiv.org/abs/2101.01234v3", ("doi", "10.48550/arxiv.2101.01234")),
        ("arxiv.org/pdf/2101.01234v3.pdf", ("doi", "10.48550/arxiv.2101.01234")),
        ("arxiv:2101", None),
        ("doi:nonsense", None),
        ("a title", None),
        ("", None),
    ],
)
def test_what_a_person_types(text: str, expected: tuple[str, str] | None) -> None:
    assert parse_identifier(text) == expected


def test_an_oci_names_a_citation_between_two_dois() -> None:
    expected = "oci:0200303080936152528341637020002043701040700070508-02002010906360105050702"
    assert oci("10.3389/fpsyg.2024.1470758", "10.2196/15572") == expected
    assert oci("10.2196/15572", "10.5555/ü") == ""
    assert oci("10.2196/15572", "") == ""


@pytest.mark.shared
def test_the_oci_codes_are_those_of_opencitations(shared_data: Path) -> None:
    from pss_kg.identifiers import _OCI_CODES

    with open(shared_data / "opencitations/index/lookup_full.csv", encoding="utf-8", newline="") as table:
        rows = {row[0]: row[1] for row in csv.reader(table) if len(row) == 2}
    assert {character: rows[character] for character in _OCI_CODES} == _OCI_CODES


LIKELY = st.one_of(
    st.text(),
    st.from_regex(
        r"\s?(https?://(dx\.)?doi\.org/|doi: ?)?10\.[0-9]{4}(/|%2F|%252F)[\x20-\x7e]{1,20}", fullmatch=True
    ),
    st.from_regex(r"(https?://orcid\.org/)?[0-9]{4}-?[0-9]{4}-?[0-9]{4}-?[0-9]{3}[0-9X]", fullmatch=True),
    st.from_regex(r"(PMC|PMID:? ?)?[0-9]{1,12}(\.[0-9])?", fullmatch=True),
    st.from_regex(r"[0-9]{4}-?[0-9]{3}[0-9Xx]|0[a-z0-9]{6}[0-9]{2}|W[0-9]{1,12}", fullmatch=True),
)


@pytest.mark.parametrize("scheme", sorted(NORMALISERS))
@given(text=LIKELY)
def test_a_canonical_form_is_its_own_canonical_form(scheme: str, text: str) -> None:
    normalise = NORMALISERS[scheme]
    once = normalise(text)
    assert not once or normalise(once) == once


@given(LIKELY)
def test_what_is_typed_is_parsed_to_something_canonical_or_nothing(text: str) -> None:
    parsed = parse_identifier(text)
    assert parsed is None or parse_identifier(f"{parsed[0]}:{parsed[1]}") == parsed


@given(st.integers(0, 10**15 - 1))
def test_one_check_digit_in_eleven_fits(number: int) -> None:
    digits = f"{number:015d}"
    assert sum(bool(normalise_orcid(digits + check)) for check in "0123456789X") == 1
