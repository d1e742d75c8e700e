"""Charts as SVG, written by hand: the same figures give the same bytes.

No scripts, no fonts from elsewhere. Colours come from a style that follows the reader's light or
dark scheme; each chart has a title, a description for those who can't see it, labelled axes with
units, and values in words beside what is drawn. Lines differ by their mark as well as by colour.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 720, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 170, 50, 60
_STYLE = """<style>
svg { font: 13px system-ui, sans-serif; background: #fff; }
text { fill: #1b1f24; } .soft { fill: #57606a; }
.title { font-size: 16px; font-weight: 600; }
.axis { stroke: #57606a; } .grid { stroke: #d0d7de; }
.c0 { --c: #0b62c4; } .c1 { --c: #b34700; } .c2 { --c: #1a7f37; } .c3 { --c: #8250df; }
.c4 { --c: #bf3989; } .c5 { --c: #7d6200; } .c6 { --c: #4d5560; } .c7 { --c: #00777d; }
.line { stroke: var(--c); stroke-width: 2; fill: none; } .fill { fill: var(--c); }
.ideal { stroke: #57606a; stroke-width: 1.5; stroke-dasharray: 5 4; fill: none; }
@media (prefers-color-scheme: dark) {
svg { background: #0d1117; } text { fill: #e6edf3; } .soft { fill: #9aa4af; }
.axis, .ideal { stroke: #9aa4af; } .grid { stroke: #30363d; }
.c0 { --c: #6cb0ff; } .c1 { --c: #ff9e58; } .c2 { --c: #56d364; } .c3 { --c: #c8a2ff; }
.c4 { --c: #ff8ac5; } .c5 { --c: #e3c44b; } .c6 { --c: #aab4bf; } .c7 { --c: #4fd3d9; }
}
</style>"""


class Line(NamedTuple):
    """One line of a chart: its name and its points, by x."""

    name: str
    points: Sequence[tuple[float, float]]
    ideal: bool = False
    """Drawn as a dashed line without marks: what would be, not what is."""


def lines(
    title: str, described: str, x_label: str, y_label: str, drawn: Sequence[Line], *, logarithmic: bool
) -> str:
    """A chart of lines; `logarithmic` in both directions, so that what is linear runs at one slope."""
    xs = sorted({x for line in drawn for x, _ in line.points})
    ys = [y for line in drawn for _, y in line.points if y > 0]
    if not xs or not ys:
        return _page(title, described, ["<text x='360' y='200'>nothing was measured</text>"])
    low, high, marks = _span(ys, logarithmic)
    across, down = WIDTH - _LEFT - _RIGHT, HEIGHT - _TOP - _BOTTOM

    def place(value: float, least: float, most: float) -> float:
        if logarithmic:
            value, least, most = math.log10(value), math.log10(least), math.log10(most)
        return (value - least) / (most - least) if most > least else 0.5

    def at_x(value: float) -> float:
        return _LEFT + 12 + place(value, xs[0], xs[-1]) * (across - 24)

    def at_y(value: float) -> float:
        return HEIGHT - _BOTTOM - place(max(value, low), low, high) * down

    body = []
    for mark in marks:
        y = at_y(mark)
        body.append(f'<line class="grid" x1="{_LEFT}" x2="{_LEFT + across}" y1="{y:.1f}" y2="{y:.1f}"/>')
        body.append(
            f'<text class="soft" x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{number(mark)}</text>'
        )
    for x in xs:
        body.append(
            f'<text class="soft" x="{at_x(x):.1f}" y="{HEIGHT - _BOTTOM + 20}" '
            f'text-anchor="middle">{number(x)}</text>'
        )
    body += _axes(across, x_label, y_label)
    names = []
    for place_of, line in enumerate(drawn):
        points = [(at_x(x), at_y(y)) for x, y in line.points if y > 0]
        if not points:
            continue
        told = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        colour = f"c{place_of % 8}"
        if line.ideal:
            body.append(f'<polyline class="ideal" points="{told}"/>')
        else:
            body.append(f'<g class="{colour}"><polyline class="line" points="{told}"/>')
            body += [_mark(place_of, x, y) for x, y in points]
            body.append("</g>")
        names.append((points[-1][1], "soft" if line.ideal else f"fill {colour}", line.name))
    body += _names(names, _LEFT + across + 8)
    return _page(title, described, body)


def bars(title: str, described: str, label: str, drawn: Sequence[tuple[str, float, str]]) -> str:
    """Bars across, one a (name, value, value in words); the scale is logarithmic, from 1 or below."""
    left, top, step = 270, 60, 34
    height = top + step * len(drawn) + 50
    values = [value for _, value, _ in drawn if value > 0] or [1.0]
    low = min(1.0, 10 ** math.floor(math.log10(min(values))))
    high = max(10.0, 10 ** math.ceil(math.log10(max(values))))
    across = WIDTH - left - 90

    def at(value: float) -> float:
        return left + (math.log10(value) - math.log10(low)) / (math.log10(high) - math.log10(low)) * across

    body, bottom = [], top + step * len(drawn)
    for exponent in range(round(math.log10(low)), round(math.log10(high)) + 1):
        x = at(10.0**exponent)
        body.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{top - 6}" y2="{bottom}"/>')
        told = f"{10.0**exponent:g}"
        body.append(f'<text class="soft" x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{told}</text>')
    for number_of, (name, value, words) in enumerate(drawn):
        y = top + number_of * step
        body.append(f'<text x="{left - 10}" y="{y + 16}" text-anchor="end">{escape(name)}</text>')
        start, end = sorted((at(1.0), at(max(value, low))))
        body.append(
            f'<rect class="fill c0" x="{start:.1f}" y="{y}" width="{max(end - start, 1):.1f}" height="22"/>'
        )
        body.append(f'<text x="{end + 6:.1f}" y="{y + 16}">{escape(words)}</text>')
    one = at(1.0)
    body.append(f'<line class="axis" x1="{one:.1f}" x2="{one:.1f}" y1="{top - 6}" y2="{bottom}"/>')
    body.append(
        f'<text class="soft" x="{left + across / 2:.0f}" y="{bottom + 38}" '
        f'text-anchor="middle">{escape(label)}</text>'
    )
    return _page(title, described, body, height)


def number(value: float) -> str:
    """A number as it is read: 15,648 or 0.25."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,g}"


def _span(values: Sequence[float], logarithmic: bool) -> tuple[float, float, list[float]]:
    """Least and most of an axis, and where its marks stand."""
    if logarithmic:
        least, most = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
        most = max(most, least + 1)
        return 10.0**least, 10.0**most, [10.0**e for e in range(least, most + 1)]
    step = 10 ** math.floor(math.log10(max(values)))
    while max(values) / step < 4:
        step /= 2
    count = math.ceil(max(values) / step)
    return 0.0, count * step, [n * step for n in range(count + 1)]


def _axes(across: int, x_label: str, y_label: str) -> list[str]:
    bottom, middle = HEIGHT - _BOTTOM, (_TOP + HEIGHT - _BOTTOM) // 2
    return [
        f'<path class="axis" fill="none" d="M{_LEFT} {_TOP}V{bottom}H{_LEFT + across}"/>',
        f'<text x="{_LEFT + across // 2}" y="{HEIGHT - 16}" text-anchor="middle">{escape(x_label)}</text>',
        f'<text transform="translate(18 {middle}) rotate(-90)" text-anchor="middle">{escape(y_label)}</text>',
    ]


def _mark(place: int, x: float, y: float) -> str:
    shape = place % 4
    if shape == 0:
        return f'<circle class="fill" cx="{x:.1f}" cy="{y:.1f}" r="4"/>'
    if shape == 1:
        return f'<rect class="fill" x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8"/>'
    turned = (0, -5, 5, 4, -5, 4) if shape == 2 else (0, 5, 5, -4, -5, -4)
    points = " ".join(f"{x + turned[n]:.1f},{y + turned[n + 1]:.1f}" for n in (0, 2, 4))
    return f'<polygon class="fill" points="{points}"/>'


def _names(names: Sequence[tuple[float, str, str]], x: float) -> list[str]:
    """The names of lines beside their ends, moved apart so that none covers another."""
    body, below = [], 0.0
    for y, kind, name in sorted(names):
        y = max(y, below)
        below = y + 16
        body.append(f'<text class="{kind}" x="{x:.0f}" y="{y + 4:.1f}">{escape(name)}</text>')
    return body


def _page(title: str, described: str, body: Sequence[str], height: int = HEIGHT) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-labelledby="title described">\n<title id="title">{escape(title)}</title>\n'
        f'<desc id="described">{escape(described)}</desc>\n{_STYLE}\n'
        f'<text class="title" x="16" y="26">{escape(title)}</text>\n'
    )
    return head + "\n".join(body) + "\n</svg>\n"
