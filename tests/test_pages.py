"""Page ranges are expanded, article numbers told apart, and nothing is guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pss_kg.sources.pages import Pages, read_pages


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("187-94", Pages("187", "194")),
        ("745-755", Pages("745", "755")),
        ("1595-603.e9", Pages("1595", "1603.e9")),
        ("E5-14", Pages("E5", "E14")),
        ("S101-S102", Pages("S101", "S102")),
        ("1161.e1-1161.e2", Pages("1161.e1", "1161.e2")),
        ("3-4, 11", Pages("3", "11")),
        ("3, 11", Pages("3", "11")),
        ("Suppl 2:17-8", Pages("17", "18")),
        ("CCXXXIII-CCXXXIX", Pages("CCXXXIII", "CCXXXIX")),
        ("123-30 passim", Pages("123", "130")),
        ("CD012625", Pages(article_number="CD012625")),
        ("e15572", Pages(article_number="e15572")),
        ("17", Pages("17")),
        ("S18", Pages("S18")),
        ("1-2-3", Pages()),
        ("", Pages()),
    ],
)
def test_a_printed_range(text: str, expected: Pages) -> None:
    assert read_pages(text) == expected


def test_a_single_number_of_a_journal_without_print_is_an_article_number() -> None:
    assert read_pages("1234", electronic=True) == Pages(article_number="1234")


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    read_pages(text)


@given(st.integers(1, 99_999), st.integers(0, 500))
def test_any_abbreviated_range_is_expanded(start: int, more: int) -> None:
    first, last = str(start), str(start + more)
    common = 0
    while len(first) == len(last) and common < len(last) - 1 and first[common] == last[common]:
        common += 1
    assert read_pages(f"{first}-{last[common:]}") == Pages(first, last)
