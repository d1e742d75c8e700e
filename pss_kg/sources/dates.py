"""Dates as sources print them -> `records.Date` at its own precision. Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from functools import lru_cache

from pss_kg.records import Date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NUMBER = {name: f"{n:02d}" for n, name in enumerate(_MONTHS, start=1)}
_MONTH_NUMBER.update({str(n): f"{n:02d}" for n in range(1, 13)})
_MONTH_NUMBER.update({f"{n:02d}": f"{n:02d}" for n in range(1, 10)})
_LONG_MONTH = re.compile(
    r"(jan)(?:uary)?|(feb)(?:ruary)?|(mar)(?:ch)?|(apr)(?:il)?|(may)|(june?)|(july?)|(aug)(?:ust)?"
    r"|(sept?)(?:ember)?|(oct)(?:ober)?|(nov)(?:ember)?|(dec)(?:ember)?",
    re.IGNORECASE,
)
_YEAR = re.compile(r"[12][0-9]{3}\Z", re.ASCII)
_ANY_YEAR = re.compile(r"(?<![0-9])([12][0-9]{3})(?![0-9])", re.ASCII)
_YEAR_FIRST = re.compile(
    r"([12][0-9]{3})(?:[ /.-]+([0-9]{1,2}|[A-Za-z]+)\.?(?:[ /.-]+([0-9]{1,2}))?)?\Z", re.ASCII
)
_DAY_FIRST = re.compile(r"(?:([0-9]{1,2})\.? )?([A-Za-z]+)\.?,? ([12][0-9]{3})\Z", re.ASCII)
_MONTH_FIRST = re.compile(r"([A-Za-z]+)\.? ([0-9]{1,2}),? ([12][0-9]{3})\Z", re.ASCII)


def month_number(text: str) -> str:
    """`02` for `2`, `02`, `Feb`, `Feb.` or `February`; "" for anything else."""
    text = text.strip().rstrip(".").lower()
    if number := _MONTH_NUMBER.get(text):
        return number
    return _MONTH_NUMBER[text[:3]] if _LONG_MONTH.fullmatch(text) else ""


@lru_cache(maxsize=4096)
def date_of_parts(year: str, month: str = "", day: str = "", season: str = "") -> Date | None:
    """The date of separate parts; None without any part.

    A part that can't be (month 13, 31 February) lowers the precision; what was printed then
    stands in `text`, as a season does.
    """
    year, month, day, season = year.strip(), month.strip(), day.strip(), season.strip()
    printed = " ".join(part for part in (year, month, day, season) if part)
    if not printed:
        return None
    if not _YEAR.match(year):
        return Date(text=printed)
    if not month:
        return Date(value=year, text=printed if day or season else "")
    number = month_number(month)
    if not number:
        return Date(value=year, text=printed)
    if not day:
        return Date(value=f"{year}-{number}", text=printed if season else "")
    if not (day.isascii() and day.isdigit()) or not 1 <= int(day) <= monthrange(int(year), int(number))[1]:
        return Date(value=f"{year}-{number}", text=printed)
    return Date(value=f"{year}-{number}-{int(day):02d}", text=printed if season else "")


@lru_cache(maxsize=4096)
def read_date(text: str) -> Date | None:
    """The date of a printed one: `2020 May 2`, `2 May 2020`, `May 2, 2020`, `2020-05-02`, `1979`.

    A range or quarter (`1979 Nov-1980 May`, `2021 3rd Quarter`) gives its first year and the
    text; None for a blank text.
    """
    text = " ".join(text.split())
    if not text:
        return None
    plain = text.rstrip(".;,")
    if match := _YEAR_FIRST.match(plain):
        year, month, day = match[1], match[2] or "", match[3] or ""
        # `1979-80` is a range of years, not a month.
        if not month or month_number(month):
            return date_of_parts(year, month, day)
    elif match := _DAY_FIRST.match(plain):
        if month_number(match[2]):
            return date_of_parts(match[3], match[2], match[1] or "")
    elif (match := _MONTH_FIRST.match(plain)) and month_number(match[1]):
        return date_of_parts(match[3], match[1], match[2])
    found = _ANY_YEAR.search(text)
    return Date(value=found[1] if found else "", text=text)


def full_date(year: str, month: str, day: str) -> str:
    """`2020-05-02`, or "" where the parts do not give a whole date."""
    date = date_of_parts(year, month, day)
    return date.value if date and len(date.value) == 10 else ""
