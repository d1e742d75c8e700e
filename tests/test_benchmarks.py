"""Promises about `python -m benchmarks`, on made-up records and without peers."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from pubmed_files import article, write

pytest.importorskip("benchmarks", reason="the benchmarks are not part of what is installed")

from benchmarks import charts, multiply, relational, reporting
from benchmarks.__main__ import main, parser
from benchmarks.aggregating import of_builds, summarised
from benchmarks.drawing import Line, lines
from benchmarks.extrapolation import extrapolated, hours
from benchmarks.inputs import Inputs
from benchmarks.keeping import Results
from benchmarks.measuring import DidNotRun, run
from benchmarks.peers import PEERS

CHECKOUT = Path(__file__).resolve().parent.parent


def build(records: int, seconds: float, jobs: int = 1) -> dict[str, object]:
    """A made-up measurement of a build."""
    took = {"cpu": seconds, "wall": seconds / jobs, "main_peak": 80, "worker_peak": 0}
    names = ("read", "identity", "shuffle", "map", "publish", "validate", "store")
    sums = {"records": records, "quads": records * 250, "bytes": records * 50_000, "jobs": jobs}
    return {**sums, "stages": {name: dict(took) for name in names}}


@pytest.fixture
def results(tmp_path: Path) -> Results:
    made = Results(tmp_path, "made-up")
    for number, seconds in enumerate((1.0, 9.0, 2.0), 1):
        made.measured(f"stages-run{number}", lambda s=seconds: build(1_000, s))
    for size in (1, 4, 16):
        made.measured(f"scaling-{size:03}x-run1", lambda n=size: build(1_000 * n, 2.0 * n, 2))
    made.measured("jobs-1-run1", lambda: build(1_000, 2.0))
    made.measured("jobs-2-run1", lambda: build(1_000, 2.0, 2))
    made.measured("cut-ours-run1", lambda: build(100, 0.5))
    took = {"cpu": 5.0, "wall": 5.0, "peak": 100.0, "count": 25_000, "unit": "quads", "version": "1.2"}
    for name in ("rdflib", "pyoxigraph", "morph-kgc", "maplib", "pubmed_parser"):
        made.measured(f"peer-cut-{name}", lambda: took)
    made.measured("floor-run1", lambda: took)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    given = tmp_path / "given"
    given.mkdir()
    one = article(101, doi="10.1/a", references=[("Two", (("pubmed", "102"),))])
    write(given / "one.xml.gz", one, article(102), article(103))
    return given


def test_a_run_on_a_few_records_leaves_tables_drawings_and_results(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    asked = ["--input", str(folder), "--out", str(out), "--only", "scaling"]
    assert main([*asked, "--sizes", "1", "2", "--runs", "1", "--jobs", "1", "--store-up-to", "0"]) == 0
    told = json.loads((out / "results.json").read_text("utf-8"))
    assert [told["figures"]["scaling"][size]["records"] for size in ("1", "2")] == [3, 6]
    assert told["machine"]["cores"] > 0
    assert "| read and parse |" in (out / "tables.md").read_text("utf-8")
    assert ElementTree.parse(out / "scaling.svg").getroot().tag.endswith("svg")
    assert not (out / "work").exists()


def test_a_copy_has_other_identifiers_and_cites_among_its_own(folder: Path, tmp_path: Path) -> None:
    first, second = multiply.copies([folder / "one.xml.gz"], 2, tmp_path / "copies")
    assert multiply.unpacked(first) == multiply.unpacked(folder / "one.xml.gz")
    copied = multiply.unpacked(second).decode()
    assert '<PMID Version="1">40000101</PMID>' in copied
    assert ">40000102<" in copied
    assert "10.1/a.1" in copied


def test_no_more_copies_are_made_than_there_are_pmids_for(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="24 at most"):
        multiply.copies([tmp_path / "one.xml"], 25, tmp_path)
    largest = 39_999_999 + (multiply.MOST - 1) * multiply.STEP
    assert len(str(largest)) == 9


def test_a_cut_and_parts_hold_the_records_in_order(folder: Path, tmp_path: Path) -> None:
    inputs = Inputs(folder, tmp_path / "work")
    assert re.findall(rb'"1">(\d+)</PMID>', multiply.unpacked(inputs.cut(2))) == [b"101", b"102"]
    parts = [multiply.unpacked(path).count(b"<PubmedArticle>") for path in inputs.parts(2)]
    assert parts == [2, 1]


def test_a_folder_without_records_is_told(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="--input"):
        Inputs(tmp_path, tmp_path)


def test_what_was_measured_is_not_measured_again(tmp_path: Path) -> None:
    first = Results(tmp_path, "x").measured("a", lambda: {"cpu": 1.0})
    assert Results(tmp_path, "x").measured("a", lambda: {"cpu": 2.0}) == first
    assert Results(tmp_path, "x", again=True).measured("a", lambda: {"cpu": 2.0}) == {"cpu": 2.0}


def test_what_did_not_run_is_said_and_tried_again(tmp_path: Path) -> None:
    def fails() -> dict[str, object]:
        raise DidNotRun("No module named 'peer'")

    results = Results(tmp_path, "x")
    assert results.measured("peer-a", fails) == {"failed": "No module named 'peer'"}
    table = reporting.peers_table(summarised(results))
    assert ["", "", "a", "did not run", "", "No module named 'peer'"] in table.rows
    assert results.measured("peer-a", lambda: {"cpu": 1.0}) == {"cpu": 1.0}


def test_a_command_that_fails_or_takes_too_long_did_not_run() -> None:
    with pytest.raises(DidNotRun, match="gone"):
        run(["sh", "-c", "echo gone >&2; exit 3"])
    with pytest.raises(DidNotRun, match="more than"):
        run(["sleep", "20"], limit=0.1)


def test_a_command_is_measured_with_its_children() -> None:
    busy = "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done"
    done = run(["sh", "-c", f"sh -c '{busy}'; true"])
    assert done["cpu"] > 0.01
    assert done["peak"] > 0


def test_figures_are_medians(results: Results) -> None:
    done = of_builds(results.named("stages-run"))
    assert done is not None
    assert (done["stages"]["map"]["cpu"], done["graph"]["cpu"], done["runs"]) == (2.0, 10.0, 3)


def test_goals_tell_what_is_met(results: Results) -> None:
    rows = {goal: (told, met) for goal, told, met in reporting.goals_table(summarised(results)).rows}
    assert rows["--jobs 2 over four files, 1.6 times, gz to graph"] == ("2.00", "yes")
    assert rows["16 times the input, at most 18 times the CPU, gz to graph"] == ("16.0", "yes")
    assert rows["gz to graph, 0.45 M quads a CPU second"] == ("0.03 M", "no")


def test_a_peer_is_told_by_how_many_times_it_takes(results: Results) -> None:
    told = {ratio.peer: ratio.ratio for ratio in reporting.ratios(summarised(results))}
    assert told["rdflib 1.2"] == 10.0  # 5 s against 0.5 s
    assert told["maplib 1.2"] == 10.0  # 5,000 against 50,000 a second
    assert told["pubmed_parser and rdflib"] == 4.0  # 10 s against five stages of 0.5 s


def test_an_extrapolation_follows_the_slope_but_never_below_linear() -> None:
    measured = {"steep": {1: 1.0, 10: 100.0}, "flat": {1: 1.0, 10: 5.0}, "once": {10: 7.0}}
    steep, flat, once = extrapolated(measured, 100)
    assert (round(steep.slope, 6), round(steep.seconds)) == (2.0, 10_000)
    assert flat.slope < 1
    assert (flat.seconds, once.seconds) == (50.0, 70.0)
    assert [hours(s) for s in (12, 240, 4_980)] == ["12 s", "4 min", "1 h 23 min"]


def test_the_same_figures_give_the_same_drawings(results: Results) -> None:
    assert charts.drawings(summarised(results)) == charts.drawings(summarised(results))


def test_a_drawing_stands_alone_and_can_be_read_without_seeing_it(results: Results) -> None:
    drawn = charts.drawings(summarised(results))
    assert set(drawn) == {"scaling", "memory", "peers"}
    for svg in drawn.values():
        root = ElementTree.fromstring(svg)
        names = {child.tag.rpartition("}")[2]: child.text or "" for child in root}
        assert names["title"]
        assert len(names["desc"]) > 40
        assert "http" not in svg.replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert "prefers-color-scheme: dark" in svg
    assert "CPU seconds" in drawn["scaling"]
    assert "linear" in drawn["scaling"]


def test_a_chart_of_nothing_says_so() -> None:
    assert "nothing was measured" in lines("A", "B", "x", "y", [Line("a", [])], logarithmic=True)


def test_a_marked_table_of_a_page_is_filled_and_the_rest_left() -> None:
    page = "before\n<!-- figures: a -->\nold\n<!-- end of figures -->\nafter\n"
    once = reporting.filled(page, "a", "| new |\n")
    assert once == "before\n<!-- figures: a -->\n\n| new |\n\n<!-- end of figures -->\nafter\n"
    assert reporting.filled(once, "a", "| new |\n") == once
    assert reporting.filled(page, "b", "x") == page


def test_the_documentation_has_a_place_for_every_table(results: Results) -> None:
    page = (CHECKOUT / "docs" / "performance.md").read_text("utf-8")
    names = {table.name for table in reporting.tables(summarised(results), 1_000_000)}
    assert names <= set(re.findall(r"<!-- figures: (\w+) -->", page))


def test_one_mapping_is_told_in_two_languages(tmp_path: Path) -> None:
    rml = relational.rml(tmp_path)
    for name, (_, _, properties) in relational.THINGS.items():
        assert f"<#{name}>" in rml
        assert f"t:{name} [" in relational.TEMPLATES
        assert properties
    said = sum(len(properties) for _, _, properties in relational.THINGS.values())
    assert rml.count("rr:predicateObjectMap") == relational.TEMPLATES.count("ottr:Triple(") == said


def test_every_figure_has_a_name_on_the_command_line() -> None:
    given = parser().parse_args(["--only", "stages", "peers"])
    assert given.only == ["stages", "peers"]
    assert {"floor", "rdflib", "pyoxigraph", "pubmed_parser", "morph-kgc", "maplib"} <= set(PEERS)
