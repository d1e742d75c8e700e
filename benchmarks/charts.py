"""Which charts are drawn, from the same summary as the tables."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import unescape

from benchmarks.aggregating import ORDER
from benchmarks.drawing import Line, bars, lines
from benchmarks.reporting import NAMES, ratios


def drawings(found: dict[str, Any]) -> dict[str, str]:
    """Name -> SVG of each chart that there are figures for."""
    made = {}
    if found["scaling"]:
        made["scaling"] = scaling(found)
        made["memory"] = memory(found)
    if ratios(found):
        made["peers"] = peers(found)
    return made


def links(made: dict[str, str]) -> str:
    """The charts as images of a Markdown page, with the charts' own descriptions as text."""
    told = []
    for name, svg in made.items():
        described = unescape(svg.split('<desc id="described">')[1].split("</desc>")[0])
        told.append(f"![{described.replace('[', '(').replace(']', ')')}](figures/{name}.svg)\n")
    return "\n".join(told)


def scaling(found: dict[str, Any]) -> str:
    """CPU of each stage over the number of records, against linear."""
    done = list(found["scaling"].values())
    drawn = [
        Line(NAMES.get(name, name), [(d["records"], d["stages"][name]["cpu"]) for d in with_it])
        for name in ORDER
        if name != "publish" and (with_it := [d for d in done if name in d["stages"]])
    ]
    drawn.append(Line("gz to graph", [(d["records"], d["graph"]["cpu"]) for d in done]))
    base = done[0]["graph"]["cpu"] / done[0]["records"]
    ideal = [(d["records"], d["records"] * base) for d in done]
    first, last = done[0], done[-1]
    described = (
        f"Processor seconds of each stage for {first['records']:,} to {last['records']:,} records, both "
        f"axes logarithmic. Gz to graph takes {first['graph']['cpu']:.1f} s at first and "
        f"{last['graph']['cpu']:.1f} s at last; the dashed line is what it would take if it were linear."
    )
    drawn = [Line("linear", ideal, ideal=True), *drawn]
    return lines("CPU by stage", described, "records", "CPU seconds", drawn, logarithmic=True)


def memory(found: dict[str, Any]) -> str:
    """Peak memory of the main process and of workers over the number of records."""
    done = list(found["scaling"].values())
    stages = [name for name in ("read", "shuffle", "map", "validate", "store")]
    drawn = []
    for name in stages:
        points = []
        for d in done:
            took = d["stages"].get(name)
            if took:
                peak = 0 if name == "store" else took["worker_peak"]
                points.append((d["records"], peak or took["main_peak"]))
        if any(y for _, y in points):
            drawn.append(Line(NAMES.get(name, name), points))
    first, last = done[0], done[-1]
    described = (
        f"Peak memory in MB of the process that does the work of a stage, for {first['records']:,} to "
        f"{last['records']:,} records. "
        + "; ".join(f"{n.name} {n.points[-1][1]:,.0f} MB" for n in drawn)
        + " at last."
    )
    return lines("Memory by stage", described, "records", "MB, largest process", drawn, logarithmic=True)


def peers(found: dict[str, Any]) -> str:
    """How many times as long each peer takes."""
    told = ratios(found)
    drawn = [(f"{r.what.partition(',')[0]}: {_short(r.peer)}", r.ratio, _words(r.ratio)) for r in told]
    described = "How many times the processor time of ours: " + "; ".join(
        f"{name} {words}" for name, _, words in drawn
    )
    return bars("Against peers", described + ".", "times our CPU time (1 = as fast)", drawn)


def _short(peer: str) -> str:
    name, _, _ = peer.partition(" (")
    return name


def _words(ratio: float) -> str:
    return f"{ratio:.0f}×" if ratio >= 20 else f"{ratio:.1f}×" if ratio >= 2 else f"{ratio:.2f}×"
