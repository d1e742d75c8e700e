"""The tables: from what was measured to rows, as text for a terminal and Markdown for docs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from benchmarks.aggregating import ORDER
from benchmarks.extrapolation import extrapolated, hours

Summary = dict[str, Any]

NAMES = {"read": "read and parse", "map": "map and reduce", "export": "export (N-Quads)", "infer": "infer"}


class Table(NamedTuple):
    """A table under a name; the first column is words, the others are numbers."""

    name: str
    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""


class Ratio(NamedTuple):
    """One peer against ours: CPU seconds for the same work, or units a CPU second."""

    what: str
    ours: str
    peer: str
    theirs: str
    ratio: float
    peak: float


def ratios(found: Summary) -> list[Ratio]:
    """Every comparison that can be made from what was measured."""
    whole, cut, peers, rows = found["stages"], found["cut"], found["peers"], []

    def add(what: str, name: str, ours: float, seconds: float | None = None) -> None:
        peer = peers.get(name)
        if peer and "failed" not in peer and ours > 0:
            theirs = peer["cpu"] if seconds is None else seconds
            words = f"{_plain(name)} {peer['version']}"
            rows.append(Ratio(what, _s(ours), words, _s(theirs), theirs / ours, peer["peak"]))

    if whole:
        add(f"parse, {whole['records']:,} records", "pubmed_parser", whole["stages"]["read"]["cpu"])
    if cut:
        mapped = cut["stages"]["map"]["cpu"]
        what = f"map, {cut['records']:,} records to {cut['quads']:,} quads"
        add(what, "cut-rdflib", mapped)
        add(what, "cut-pyoxigraph", mapped)
        rate = cut["quads"] / mapped
        for name in ("cut-morph-kgc", "cut-maplib"):
            peer = peers.get(name)
            if peer and "failed" not in peer:
                theirs = peer["count"] / peer["cpu"]
                ours, said = f"{rate / 1e6:.2f} M/s", f"{theirs / 1e6:.2f} M/s"
                words = f"{_plain(name)} {peer['version']}"
                told = f"map, triples a second ({peer['count']:,} of tables)"
                rows.append(Ratio(told, ours, words, said, rate / theirs, peer["peak"]))
        parsing, making = peers.get("cut-pubmed_parser"), peers.get("cut-rdflib")
        if parsing and making and "failed" not in parsing and "failed" not in making:
            seconds, ours_cpu = parsing["cpu"] + making["cpu"], cut["graph"]["cpu"]
            peak, words = max(parsing["peak"], making["peak"]), "pubmed_parser and rdflib"
            what = f"gz to graph, {cut['records']:,} records"
            rows.append(Ratio(what, _s(ours_cpu), words, _s(seconds), seconds / ours_cpu, peak))
    if whole and "store" in whole["stages"]:
        what = f"store, {whole['quads']:,} quads"
        add(what, "pyoxigraph-load", whole["stages"]["store"]["cpu"])
    if whole and (least := found["floor"]):
        cpu = whole["graph"]["cpu"]
        words = "the floor (gunzip, libxml2, write)"
        what = f"gz to graph, {whole['records']:,} records"
        rows.append(Ratio(what, _s(cpu), words, _s(least["cpu"]), least["cpu"] / cpu, least["peak"]))
    return rows


def peers_table(found: Summary) -> Table:
    """Ours against each peer; a peer that did not run stands with the reason."""
    rows = [[r.what, r.ours, r.peer, r.theirs, _x(r.ratio), f"{r.peak:,.0f} MB"] for r in ratios(found)]
    for name, peer in found["peers"].items():
        if "failed" in peer:
            rows.append(["", "", _plain(name), "did not run", "", peer["failed"]])
    head = ["what", "ours", "peer", "peer's", "ratio", "peer's memory"]
    note = "Seconds are CPU seconds; a ratio above 1 says that ours is faster."
    return Table("peers", "Against peers", head, rows, note)


def stages_table(found: Summary) -> Table:
    """Each stage at the size of the input, as a share of the floor."""
    whole, least, rows = found["stages"], found["floor"], []
    if whole:
        base = least["cpu"] if least else 0.0

        def share(cpu: float) -> str:
            return f"{cpu / base:.2f}" if base else ""

        for name in ORDER:
            if name in whole["stages"]:
                took = whole["stages"][name]
                peak = f"{took['main_peak']:,} MB"
                rows.append(
                    [NAMES.get(name, name), _s(took["cpu"]), _s(took["wall"]), share(took["cpu"]), peak]
                )
        graph = whole["graph"]
        rows.append(["gz to graph", _s(graph["cpu"]), _s(graph["wall"]), share(graph["cpu"]), ""])
        for name in ("infer", "export"):
            if took := found[name]:
                peak = f"{took['peak']:,.0f} MB"
                rows.append([NAMES[name], _s(took["cpu"]), _s(took["wall"]), share(took["cpu"]), peak])
        if least:
            row = ["the floor", _s(base), _s(least["wall"]), "1.00", f"{least['peak']:,.0f} MB"]
            rows.append(row)
    note = ""
    if whole:
        note = (
            f"{whole['records']:,} records, {whole['quads']:,} quads, {whole['bytes'] / 1e6:,.0f} MB of "
            f"N-Quads, one process; median of {whole['runs']}. Export and infer are whole commands."
        )
    return Table("stages", "The stages", ["stage", "CPU", "wall", "of the floor", "peak memory"], rows, note)


def scaling_table(found: Summary) -> Table:
    """Each stage at each size, and what the last costs against the first."""
    sizes = found["scaling"]
    rows: list[list[str]] = []
    if not sizes:
        return Table("scaling", "Sizes", ["stage"], rows)
    done = list(sizes.values())
    least, most = next(iter(sizes)), list(sizes)[-1]

    def add(name: str, value: Callable[[Summary], float | None], form: Callable[[float], str]) -> None:
        values = [value(d) for d in done]
        told = ["not run" if v is None else form(v) for v in values]
        first, last = values[0], values[-1]
        rows.append([name, *told, f"{last / first:.1f}" if first and last else ""])

    def whole(number: float) -> str:
        return f"{number:,.0f}"

    def megabytes(number: float) -> str:
        return f"{number:,.0f} MB" if number else ""

    add("records", lambda d: float(d["records"]), whole)
    add("quads", lambda d: float(d["quads"]), whole)
    for name in ORDER:
        if any(name in d["stages"] for d in done):
            add(NAMES.get(name, name), lambda d, n=name: d["stages"].get(n, {}).get("cpu"), _s)  # type: ignore[misc]
    add("gz to graph", lambda d: float(d["graph"]["cpu"]), _s)
    add("all but store", lambda d: float(d["no_store"]["cpu"]), _s)
    add("quads a CPU second, gz to graph", lambda d: d["quads"] / d["graph"]["cpu"], whole)
    add("wall time, all but store", lambda d: float(d["no_store"]["wall"]), _s)
    add("workers that parse and map", lambda d: _worker_peak(d), megabytes)
    add("the main process, store apart", lambda d: _main_peak(d), megabytes)
    runs = ", ".join(str(d["runs"]) for d in done)
    note = f"CPU seconds of all processes, --jobs {done[0]['jobs']}; medians of {runs} runs."
    head = ["stage", *(f"{size}×" for size in sizes), f"{most}× / {least}×"]
    return Table("scaling", "Sizes", head, rows, note)


def _worker_peak(done: Summary) -> float:
    """MB of the largest process that parses or maps: with one process, that one."""
    stages = [done["stages"][name] for name in ("read", "shuffle", "map")]
    # Few records are read and mapped in the main process, however many are allowed.
    return float(max(took["worker_peak"] or took["main_peak"] for took in stages))


def _main_peak(done: Summary) -> float:
    return float(max(took["main_peak"] for name, took in done["stages"].items() if name != "store"))


def jobs_table(found: Summary) -> Table:
    """Four files by one process and by several."""
    rows, one = [], found["jobs"].get(1)
    for count, done in found["jobs"].items():
        row = [f"--jobs {count}"]
        for group in ("graph", "no_store"):
            row += [_s(done[group]["wall"]), _x(one[group]["wall"] / done[group]["wall"]) if one else ""]
        rows.append([*row, _s(done["no_store"]["cpu"])])
    head = ["", "gz to graph", "times", "with validation", "times", "CPU"]
    return Table("jobs", "Several processes, four files", head, rows, "Wall time, but for the last column.")


def goals_table(found: Summary) -> Table:
    """What was aimed at, and what was measured."""
    rows: list[list[str]] = []

    def add(goal: str, measured: str, met: bool) -> None:
        rows.append([goal, measured, "yes" if met else "no"])

    if whole := found["stages"]:
        rate = whole["quads"] / whole["graph"]["cpu"] / 1e6
        add("gz to graph, 0.45 M quads a CPU second", f"{rate:.2f} M", rate >= 0.45)
        rate = whole["quads"] / whole["stages"]["map"]["cpu"] / 1e6
        add("the map stage alone, 1.5 M quads a CPU second", f"{rate:.2f} M", rate >= 1.5)
    sets = found["jobs"]
    if {1, 2} <= set(sets):
        times = sets[1]["graph"]["wall"] / sets[2]["graph"]["wall"]
        add("--jobs 2 over four files, 1.6 times, gz to graph", f"{times:.2f}", times >= 1.6)
    sizes = found["scaling"]
    if sizes:
        peak = max(_worker_peak(done) for done in sizes.values())
        add("workers that parse and map, below 150 MB at every size", f"{peak:.0f} MB", peak < 150)
    if {1, 16} <= set(sizes):
        for group, name in (("graph", "gz to graph"), ("no_store", "all but store")):
            times = sizes[16][group]["cpu"] / sizes[1][group]["cpu"]
            add(f"16 times the input, at most 18 times the CPU, {name}", f"{times:.1f}", times <= 18)
    return Table("goals", "Goals", ["goal", "measured", "met"], rows)


def extrapolation_table(found: Summary, records: int) -> Table:
    """What so many records would take, stage by stage, in wall time with the jobs measured."""
    by_stage: dict[str, dict[int, float]] = {}
    jobs = 1
    for done in found["scaling"].values():
        jobs = done["jobs"]
        for name, took in done["stages"].items():
            by_stage.setdefault(name, {})[done["records"]] = took["wall"]
    told = extrapolated({name: by_stage[name] for name in ORDER if name in by_stage}, records)
    rows = [
        [
            NAMES.get(s.name, s.name),
            f"{s.measured:.1f} s at {s.records:,}",
            f"{s.slope:.2f}",
            hours(s.seconds),
        ]
        for s in told
    ]
    note = ""
    if told:
        rows.append(["all", "", "", hours(sum(s.seconds for s in told))])
        last = list(found["scaling"].values())[-1]
        quads = last["quads"] / last["records"] * records
        note = (
            f"{records:,} records, about {quads / 1e6:,.0f} M quads, wall time with --jobs {jobs}. "
            "seconds(N) = seconds(n) · (N / n)^max(slope, 1), n the most records measured, slope that "
            "between the two largest sizes on logarithmic scales."
        )
    head = ["stage", "measured", "slope", f"{records:,} records"]
    return Table("extrapolation", "Extrapolated", head, rows, note)


def validation_table(found: Summary) -> Table:
    """The fast engine as `validation.py` measures it."""
    measured = found["validation"]
    rows = []
    if measured and "failed" not in measured:
        for name, took in measured["engines"].items():
            row = [f"`{name}`", _s(took["cpu"]), _s(took["wall"]), f"{took['peak']:,.0f} MB"]
            rows.append([*row, f"{took['results']:,.0f}"])
        head = [f"{measured['triples']:,} triples", "CPU", "wall", "memory", "results"]
        return Table("validation", "Validation", head, rows)
    return Table("validation", "Validation", ["engine"], rows)


def tables(found: Summary, records: int) -> list[Table]:
    """All tables that have rows."""
    made = [goals_table(found), peers_table(found), stages_table(found), jobs_table(found)]
    made += [scaling_table(found), extrapolation_table(found, records), validation_table(found)]
    return [table for table in made if table.rows]


def text(table: Table) -> str:
    """A table for a terminal."""
    lines = [list(table.head), *map(list, table.rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(table.head))]
    told = [
        "  ".join(
            cell.ljust(w) if n == 0 else cell.rjust(w) for n, (cell, w) in enumerate(_zip(line, widths))
        )
        for line in lines
    ]
    return "\n".join([table.title, *(line.rstrip() for line in told), *filter(None, [table.note])]) + "\n"


def markdown(table: Table) -> str:
    """A table for docs, its note below."""
    rule = ["---", *["---:"] * (len(table.head) - 1)]
    told = ["| " + " | ".join(line) + " |" for line in (table.head, rule, *table.rows)]
    return "\n".join([*told, *(["", table.note] if table.note else [])]) + "\n"


def filled(page: str, name: str, content: str) -> str:
    """The page with what stands between the markers of a name replaced; as it is without them."""
    begin, end = f"<!-- figures: {name} -->", "<!-- end of figures -->"
    found = re.compile(f"({re.escape(begin)}\n).*?({re.escape(end)})", re.DOTALL)
    return found.sub(lambda match: f"{match[1]}\n{content}\n{match[2]}", page)


def _zip(line: Sequence[str], widths: Sequence[int]) -> list[tuple[str, int]]:
    return list(zip(line, widths, strict=True))


def _plain(name: str) -> str:
    return {"pyoxigraph-load": "pyoxigraph's bulk loader"}.get(name, name.removeprefix("cut-"))


def _s(seconds: float) -> str:
    return f"{seconds:,.1f} s" if seconds < 100 else f"{seconds:,.0f} s"


def _x(ratio: float) -> str:
    return f"{ratio:,.0f}" if ratio >= 20 else f"{ratio:.1f}" if ratio >= 2 else f"{ratio:.2f}"
