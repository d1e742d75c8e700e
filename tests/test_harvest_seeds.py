"""Promises about identifiers that come in: typed, pasted, and in files."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pss_kg.errors import BadParameter, UnreadableInput, UsageError
from pss_kg.harvest.seeds import lines_of, parse, parse_all, read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("32357127", ("pmid", "32357127")),
        ("pmid:32357127", ("pmid", "32357127")),
        ("PMID: 32357127", ("pmid", "32357127")),
        ("PubMed ID: 32357127", ("pmid", "32357127")),
        ("10.5555/made-up.1", ("doi", "10.5555/made-up.1")),
        ("doi:10.5555/Made-Up.1", ("doi", "10.5555/made-up.1")),
        ("https://doi.org/10.5555/made-up.1", ("doi", "10.5555/made-up.1")),
        ("<https://doi.org/10.5555/made-up.1>.", ("doi", "10.5555/made-up.1")),
        ("PMC7312261", ("pmcid", "PMC7312261")),
        ("PMCID: 7312261", ("pmcid", "PMC7312261")),
        ("https://pmc.ncbi.nlm.nih.gov/articles/PMC7312261/", ("pmcid", "PMC7312261")),
        ("https://europepmc.org/article/MED/32357127", ("pmid", "32357127")),
        ("https://pubmed.ncbi.nlm.nih.gov/32357127/?from_term=x", ("pmid", "32357127")),
        ("openalex:W2741809807", ("openalex", "W2741809807")),
        ("https://openalex.org/W2741809807", ("openalex", "W2741809807")),
        ("arxiv:2101.01234", ("doi", "10.48550/arxiv.2101.01234")),
        ("arXiv: 2101.01234v3", ("doi", "10.48550/arxiv.2101.01234")),
        ("arXiv:hep-th/9901001v2", ("doi", "10.48550/arxiv.hep-th/9901001")),
        ("https://arxiv.org/abs/2101.01234", ("doi", "10.48550/arxiv.2101.01234")),
        ("'32357127'", ("pmid", "32357127")),
    ],
)
def test_one_identifier_in_each_of_its_forms(text: str, expected: tuple[str, str]) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize("text", ["", "peer support", "10.5555", "PMID:", "1 2"])
def test_what_is_not_one_identifier_is_an_error_of_usage(text: str) -> None:
    with pytest.raises(UsageError):
        parse(text)


def test_a_text_as_people_paste_it() -> None:
    lines = [
        "\ufeff# my library",
        '"32357127", "10.5555/made-up.1"; PMC7312261\r',
        "",
        "PMID: 11, 12, 13  # three",
        "10.5555/made-up.1,10.5555/made-up.2;10.5555/made-up.3",
        "10.5555/1520-0493(1999)127<2911:XYZ>2.0.CO;2, 55555555",
        "https://pubmed.ncbi.nlm.nih.gov/14/\t15",
        "32357127",
    ]
    assert parse_all(lines, "ids.txt") == [
        ("pmid", "32357127"),
        ("doi", "10.5555/made-up.1"),
        ("pmcid", "PMC7312261"),
        ("pmid", "11"),
        ("pmid", "12"),
        ("pmid", "13"),
        ("doi", "10.5555/made-up.2"),
        ("doi", "10.5555/made-up.3"),
        ("doi", "10.5555/1520-0493(1999)127<2911:xyz>2.0.co;2"),
        ("pmid", "55555555"),
        ("pmid", "14"),
        ("pmid", "15"),
    ]


def test_digits_below_a_heading_are_what_it_says() -> None:
    assert parse_all(["PMCID", "7312261", "doi:10.5555/x.1"], "f") == [
        ("pmcid", "PMC7312261"),
        ("doi", "10.5555/x.1"),
    ]


def test_one_error_names_every_word_that_is_no_identifier() -> None:
    with pytest.raises(BadParameter) as caught:
        parse_all(["32357127 nonsense", "", "10.5555/x.1; 10.5555/", "PMID:", "also\x1b[1m"], "ids.txt")
    message = str(caught.value)
    assert message.startswith("ids.txt: ")
    assert "line 1: nonsense" in message
    assert "line 3: 10.5555/" in message
    assert "line 5: also\\x1b[1m" in message
    assert "arxiv:2101.01234" in message


def test_of_many_wrong_words_some_are_named_and_all_are_counted() -> None:
    with pytest.raises(BadParameter, match=r"These 50 .*; and 30 more\."):
        parse_all(["nonsense"] * 50, "ids.txt")


@pytest.mark.parametrize("lines", [[], ["", "# nothing"], ["pmid"]])
def test_no_identifier_at_all_is_an_error(lines: list[str]) -> None:
    with pytest.raises(BadParameter, match="no identifier"):
        parse_all(lines, "ids.txt")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_file_in_the_encodings_of_editors(tmp_path: Path, encoding: str, end: str) -> None:
    path = tmp_path / "ids.txt"
    path.write_bytes(end.join(["# Büro", "11", "12"]).encode(encoding))
    assert read(path) == [("pmid", "11"), ("pmid", "12")]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match=r"missing\.txt"):
        read(tmp_path / "missing.txt")


SEEDS = st.one_of(
    st.integers(1, 10**9).map(lambda n: ("pmid", str(n))),
    st.integers(1, 10**9).map(lambda n: ("pmcid", f"PMC{n}")),
    st.from_regex(r"10\.[0-9]{4}/[a-z][a-z0-9.()-]{0,12}[a-z0-9]", fullmatch=True).map(lambda d: ("doi", d)),
    st.integers(100, 10**9).map(lambda n: ("openalex", f"W{n}")),
)


@given(st.lists(SEEDS, min_size=1), st.sampled_from([", ", ",", ";", " ", "\t", "\n", " | ", '", "']))
def test_what_is_written_down_is_read_again(seeds: list[tuple[str, str]], separator: str) -> None:
    text = separator.join(f"{scheme}:{value}" for scheme, value in seeds)
    assert parse_all(text.split("\n"), "text") == list(dict.fromkeys(seeds))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_words(data: bytes) -> None:
    message, found = "", []
    try:
        found = parse_all(lines_of(data), "text")
    except BadParameter as refused:
        message = str(refused)
    assert message.isprintable()
    assert bool(message) != bool(found)
