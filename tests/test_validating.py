"""`validate` of a workspace: part by part with the notes of the build, and the same as over the whole."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pubmed_files as pubmed
import pytest
from click.testing import CliRunner, Result
from test_increment import build, incremental

from pss_kg.cli import main
from pss_kg.pipeline import made, validating, whole
from pss_kg.pipeline.validating import validate_workspace
from pss_kg.stages import checking, notes, reports
from pss_kg.stages.checking import CheckTask, Owned
from pss_kg.validation import Outcome, counts
from pss_kg.workspace import Workspace

__all__ = ["incremental"]

SHAPE = "https://w3id.org/pss-kg/shape/"


@pytest.fixture(autouse=True)
def in_small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each shard a part, however small the graph."""
    monkeypatch.setattr(checking, "SMALL", 0)
    monkeypatch.setattr(checking, "_AT_ONCE", 1)


@pytest.fixture
def anew(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The engines with which the whole of main was validated at once."""
    taken: list[str] = []
    validate_anew = reports.validate_anew

    def noted(workspace: Workspace, shapes: tuple[str, ...] = (), engine: str = "auto") -> Outcome:
        taken.append(engine)
        return validate_anew(workspace, shapes, engine)

    monkeypatch.setattr(reports, "validate_anew", noted)
    return taken


def articles() -> list[str]:
    """Articles that break rules: alone, and by what they cite, retract or share a DOI with."""
    return [
        pubmed.article(500, ""),
        pubmed.citing(501, 502, 503, 509),
        pubmed.citing(502, year="2015"),
        pubmed.citing(503, year="2009"),
        pubmed.article(504, "A notice", year="2001", relations=[("RetractionOf", 505)]),
        pubmed.article(505, "Retracted", year="2002"),
        pubmed.citing(506, doi="10.5555/twice"),
        pubmed.citing(507, doi="10.5555/twice"),
        pubmed.article(508, "", year="2012", relations=[("RetractionIn", 504)]),
        pubmed.article(509, "No abstract", year="2018", abstract=""),
        *(
            pubmed.citing(n, n + 1, n + 2, year=str(2000 + n % 5), doi=f"10.5555/{n // 2}")
            for n in range(520, 560)
        ),
    ]


@pytest.fixture
def kg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A graph in which violations stay: nothing goes to quarantine."""
    with monkeypatch.context() as patched:
        patched.setattr(whole, "faults", lambda *_: [])
        build(tmp_path / "kg", pubmed.write(tmp_path / "a.xml", *articles()))
    return Workspace.open(tmp_path / "kg")


def run(workspace: Workspace, *more: str) -> Result:
    return CliRunner().invoke(main, ["validate", "--kg", str(workspace.root), *more])


def content(root: Path) -> dict[str, str]:
    """A digest of every file of the workspace."""
    files = (path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


# -- the same findings --------------------------------------------------------------------


@pytest.mark.parametrize("jobs", [1, 2])
def test_in_parts_it_finds_what_it_finds_in_the_whole(kg: Workspace, anew: list[str], jobs: int) -> None:
    shards = {file.shard for file in kg.manifest().files if file.graph == "main"}
    assert len(shards) > 10
    found = validate_workspace(kg, engine="fast", jobs=jobs)
    assert anew == []
    assert found == reports.validate_anew(kg, engine="fast")
    assert counts(found)["violation"] >= 2
    rules = {finding.shape.removeprefix(SHAPE) for finding in found}
    assert {"CitedLater", "RetractedLater", "DOITwice"} <= rules
    pairs = {
        (f.focus.rpartition("-")[2], f.value.strip("<>").rpartition("-")[2])
        for f in found
        if f.shape == f"{SHAPE}CitedLater"
    }
    assert {("501", "502"), ("501", "509")} <= pairs


@pytest.mark.parametrize("form", ["text", "csv", "json", "turtle", "junit", "html"])
def test_every_report_and_the_exit_code_are_the_same(
    kg: Workspace, anew: list[str], form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = run(kg, "--engine", "fast", "--jobs", "1", "--format", form)
    assert anew == []
    monkeypatch.setattr(validating, "_in_parts", lambda *_: None)
    at_once = run(kg, "--engine", "fast", "--format", form)
    assert anew == ["fast"]
    assert (parts.exit_code, parts.stdout, parts.stderr) == (1, at_once.stdout, at_once.stderr)
    assert at_once.exit_code == 1


def test_after_quarantine_and_increments_too(
    tmp_path: Path, incremental: list[bool], anew: list[str]
) -> None:
    steps = [
        pubmed.write(tmp_path / "p20n0001.xml", *articles()),
        pubmed.write(tmp_path / "p20n0002.xml", pubmed.citing(503, year="2016", revised="2022-01-01")),
        pubmed.write(tmp_path / "p20n0003.xml", pubmed.citing(601, 602, doi="10.5555/twice"), deleted=[502]),
    ]
    seen = []
    for step in steps:
        build(tmp_path / "kg", step)
        workspace = Workspace.open(tmp_path / "kg")
        seen.append(validate_workspace(workspace, engine="fast", jobs=1))
        assert anew == []
        assert seen[-1] == reports.validate_anew(workspace, engine="fast")
        anew.clear()
    assert incremental == [False, True, True]
    assert len({len(found) for found in seen}) > 1


def test_a_graph_without_findings_is_validated_once(
    kg: Workspace, anew: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def check(task: CheckTask) -> list[Owned]:
        return []

    monkeypatch.setattr(checking, "check", check)
    assert validate_workspace(kg, jobs=1).conforms
    assert anew == []


# -- when the notes can't be used ---------------------------------------------------------


def of_another_graph(workspace: Workspace) -> None:
    state = made.load(workspace)
    assert state is not None
    other = msgspec.structs.replace(state, digest="0" * 64)
    made.place(workspace).write_bytes(msgspec.msgpack.encode(other))


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda w: notes.gathered(w).unlink(), id="no notes"),
        pytest.param(lambda w: notes.gathered(w).write_bytes(b""), id="empty notes"),
        pytest.param(lambda w: notes.gathered(w).write_bytes(b"made up" * 999), id="damaged notes"),
        pytest.param(made.forget, id="a build that did not end"),
        pytest.param(lambda w: made.place(w).write_bytes(b"made up"), id="damaged state"),
        pytest.param(of_another_graph, id="notes of another graph"),
        pytest.param(lambda w: w.clear_work(), id="no work"),
    ],
)
def test_without_notes_of_this_graph_the_whole_is_validated(
    kg: Workspace, anew: list[str], spoil: Callable[[Workspace], None]
) -> None:
    right = run(kg, "--engine", "fast", "--jobs", "1", "--format", "json")
    spoil(kg)
    found = run(kg, "--engine", "fast", "--jobs", "1", "--format", "json")
    assert anew == ["fast"]
    assert (found.exit_code, found.stdout, found.stderr) == (right.exit_code, right.stdout, "")


def test_a_build_that_begins_meanwhile_is_noticed(
    kg: Workspace, anew: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    right = reports.validate_anew(kg, engine="fast")
    anew.clear()
    check = checking.check

    def meanwhile(task: CheckTask) -> list[Owned]:
        state = made.place(kg).read_bytes()
        made.forget(kg)
        made.place(kg).write_bytes(state)
        return check(task)[:1]

    monkeypatch.setattr(checking, "check", meanwhile)
    assert validate_workspace(kg, engine="fast", jobs=1) == right
    assert anew == ["fast"]


def test_other_shapes_pyshacl_and_small_graphs_are_validated_whole(
    kg: Workspace, anew: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        "<http://example.org/S> a sh:NodeShape ; sh:targetClass <http://example.org/C> .\n"
    )
    assert validate_workspace(kg, [str(shapes)], "fast").conforms
    monkeypatch.setattr(checking, "SMALL", 20_000)
    assert validate_workspace(kg, engine="fast").findings == validate_workspace(kg, engine="auto").findings
    assert anew == ["fast", "fast", "auto"]


def test_pyshacl_sees_the_whole(kg: Workspace, anew: list[str]) -> None:
    assert validate_workspace(kg, engine="pyshacl").findings == validate_workspace(kg, jobs=1).findings
    assert anew == ["pyshacl"]


# -- interruptions ------------------------------------------------------------------------


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_is_ended_says_nothing_and_leaves_nothing(kg: Workspace, how: signal.Signals) -> None:
    """Ended while it validates a part: half a report can't be taken for a whole one."""
    before = content(kg.root)
    marker = kg.root.parent / "begun"
    script = (
        "import pathlib, sys, time\n"
        "from pss_kg.stages import checking\n"
        "from pss_kg.cli import main\n"
        "checking.SMALL, checking._AT_ONCE, real = 0, 1, checking.check\n"
        "def check(task):\n"
        "    found = real(task)\n"
        f"    pathlib.Path({str(marker)!r}).touch()\n"
        "    time.sleep(60)\n"
        "    return found\n"
        "checking.check = check\n"
        f"main(['validate', '--kg', {str(kg.root)!r}, '--engine', 'fast', '--jobs', '1'])\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as ended:
        until = time.monotonic() + 30
        while not marker.exists() and time.monotonic() < until:
            time.sleep(0.02)
        os.kill(ended.pid, how)
        said, _ = ended.communicate(timeout=30)
    assert ended.returncode not in (0, 1)
    assert said == b""
    assert content(kg.root) == before


def test_what_is_killed_while_work_is_cleared_is_not_taken_for_whole(
    kg: Workspace, anew: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The state goes first, whatever else a killed run leaves of work/."""

    def killed(self: Workspace) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Workspace, "clear_work", killed)
        more = pubmed.write(tmp_path / "b.xml", *(pubmed.citing(n) for n in range(700, 780)))
        with pytest.raises(KeyboardInterrupt):
            build(kg.root, more)
    assert made.load(kg) is None
    assert validate_workspace(kg, engine="fast", jobs=1).findings
    assert anew == ["fast"]
