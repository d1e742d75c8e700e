"""How long more records than were measured would take, and by which formula.

    seconds(N) = seconds(n2) * (N / n2) ** b,    b = log(seconds(n2) / seconds(n1)) / log(n2 / n1)

for each stage, from the two largest sizes measured, n1 and n2; b is its slope. A slope below 1
counts as 1: a fixed cost that weighs less and less is not taken to go on falling.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple


class Stage(NamedTuple):
    """One stage extrapolated: its measured slope, the records last measured, seconds there and then."""

    name: str
    slope: float
    records: int
    measured: float
    seconds: float


def extrapolated(measured: Mapping[str, Mapping[int, float]], records: int) -> list[Stage]:
    """`measured`: stage -> records -> seconds. A stage measured at one size only has slope 1."""
    found = []
    for name, by_records in measured.items():
        sizes = sorted(n for n, seconds in by_records.items() if n and seconds > 0)
        if not sizes:
            continue
        last, slope = sizes[-1], 1.0
        if len(sizes) > 1:
            before = sizes[-2]
            slope = math.log(by_records[last] / by_records[before]) / math.log(last / before)
        seconds = by_records[last] * (records / last) ** max(slope, 1.0)
        found.append(Stage(name, slope, last, by_records[last], seconds))
    return found


def hours(seconds: float) -> str:
    """`1 h 23 min`; `4 min` and `12 s` below."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"
