"""Printed dates are read at their own precision, and never beyond it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pss_kg.records import Date
from pss_kg.sources.dates import date_of_parts, full_date, month_number, read_date


@pytest.mark.parametrize(
    ("text", "value", "kept"),
    [
        ("2020 May 2", "2020-05-02", ""),
        ("2 May 2020", "2020-05-02", ""),
        ("May 2, 2020", "2020-05-02", ""),
        ("2020-05-02", "2020-05-02", ""),
        ("2021 Sept", "2021-09", ""),
        ("1979", "1979", ""),
        ("1979 Nov-1980 May", "1979", "1979 Nov-1980 May"),
        ("1977 Aug 27-Sep 3", "1977", "1977 Aug 27-Sep 3"),
        ("2021 3rd Quarter", "2021", "2021 3rd Quarter"),
        ("1979-80", "1979", "1979-80"),
        ("2021 Feb 31", "2021-02", "2021 Feb 31"),
        ("Winter", "", "Winter"),
    ],
)
def test_a_printed_date(text: str, value: str, kept: str) -> None:
    assert read_date(text) == Date(value, kept)


def test_parts() -> None:
    assert date_of_parts("2021", "08", "5") == Date("2021-08-05")
    assert date_of_parts("2004", season="Winter") == Date("2004", "2004 Winter")
    assert date_of_parts("", "", "") is None
    assert month_number("Feb") == month_number("08").replace("8", "2") == "02"
    assert full_date("2020", "2", "30") == ""


@given(st.dates())
def test_a_real_day_is_read_back(day) -> None:  # type: ignore[no-untyped-def]
    if day.year >= 1000 and day.year < 3000:
        assert read_date(day.isoformat()) == Date(day.isoformat())
        assert full_date(str(day.year), str(day.month), str(day.day)) == day.isoformat()


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    date = read_date(text)
    assert date is None or date.value or date.text
