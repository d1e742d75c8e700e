"""`build --keep`: what stays, and that nothing which is left out on purpose is taken for damage."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pubmed_files as pubmed
import pytest
from click.testing import CliRunner, Result

from pss_kg import pipeline
from pss_kg.cli import main
from pss_kg.pipeline import keeping
from pss_kg.workspace import PROVENANCE, Workspace


def run(name: str, root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, [name, *arguments, "--kg", str(root)])


def build(root: Path, *arguments: str | Path) -> Result:
    return run("build", root, "--jobs", "1", *map(str, arguments))


def refuses(result: Result, *words: str) -> None:
    assert result.exit_code == 3, result.output
    for word in ("records were not kept", "another folder", *words):
        assert word in result.stderr, result.stderr


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return pubmed.write(
        tmp_path / "a.xml", pubmed.article(1, references=[("x", pubmed.pmid(2))]), pubmed.article(2)
    )


@pytest.fixture
def kg(tmp_path: Path, file: Path) -> Path:
    """A workspace without records."""
    result = build(tmp_path / "kg", file, "--keep", "graph,store")
    assert result.exit_code == 0
    assert "nothing can be added" in result.stderr
    return tmp_path / "kg"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace without records that several tests read."""
    folder = tmp_path_factory.mktemp("small")
    path = pubmed.write(folder / "a.xml", pubmed.article(1, references=[("x", pubmed.pmid(2))]))
    assert build(folder / "kg", path, "--keep", "graph,store").exit_code == 0
    return folder / "kg"


def graph(root: Path) -> list[tuple[str, str, str]]:
    files = Workspace.open(root).manifest().files
    return [(f.graph, f.shard, f.sha256) for f in files if f.graph != PROVENANCE]


def test_everything_is_kept_where_nothing_is_said(tmp_path: Path, file: Path) -> None:
    assert build(tmp_path / "kg", file).exit_code == 0
    assert {path.name for path in (tmp_path / "kg").iterdir()} >= {
        "records",
        "graph",
        "store",
        "index.sqlite",
    }
    assert "kept" not in json.loads((tmp_path / "kg" / "workspace.json").read_text())
    assert build(tmp_path / "kg", file).exit_code == 0


def test_without_records_what_they_need_is_gone_and_the_graph_is_the_same(
    tmp_path: Path, kg: Path, file: Path
) -> None:
    assert not {"records", "work", "index.sqlite"} & {path.name for path in kg.iterdir()}
    assert json.loads((kg / "workspace.json").read_text())["kept"] == ["graph", "store"]
    build(tmp_path / "whole", file, "--no-store")
    assert graph(kg) == graph(tmp_path / "whole")


@pytest.mark.parametrize(
    "command",
    [
        ["query", "most-cited"],
        ["show", "1"],
        ["list"],
        ["info"],
        ["lint"],
        ["validate"],
        ["validate", "--engine", "pyshacl"],
        ["export"],
        ["export", "--publication", "1", "--format", "turtle"],
        ["store"],
        ["infer"],
        ["quarantine"],
        ["network", "citations", "--format", "graphml"],
    ],
)
def test_without_records_all_that_reads_works(small: Path, command: list[str]) -> None:
    result = run(command[0], small, *command[1:])
    assert result.exit_code == 0, result.output


def test_without_records_nothing_can_be_added_and_the_graph_stays(
    kg: Path, file: Path, tmp_path: Path
) -> None:
    before = graph(kg)
    more = pubmed.write(tmp_path / "b.xml", pubmed.article(3))
    refuses(build(kg, more), "graph,store")
    refuses(build(kg, file))
    refuses(run("map", kg))
    refuses(run("map", kg, "--again"))
    refuses(run("harvest", kg, "5", "--offline"))
    refuses(run("harvest", kg, "5", "--offline", "--no-graph"))
    refuses(run("quarantine", kg, "retry"))
    refuses(run("export", kg, "--source", "pubmed"))
    assert graph(kg) == before
    assert not {"records", "work", "index.sqlite"} & {path.name for path in kg.iterdir()}


def test_info_says_that_nothing_can_be_added(kg: Path) -> None:
    assert "nothing can be added" in run("info", kg).stdout
    assert json.loads(run("info", kg, "--format", "json").stdout)["kept"] == ["graph", "store"]


def test_records_can_go_later(tmp_path: Path, file: Path) -> None:
    assert build(tmp_path / "kg", file, "--no-store").exit_code == 0
    assert build(tmp_path / "kg", file, "--keep", "graph").exit_code == 0
    refuses(build(tmp_path / "kg", file), "--keep graph)")


def test_without_store_is_as_no_store(tmp_path: Path, file: Path) -> None:
    assert build(tmp_path / "one", file, "--keep", "records,graph").exit_code == 0
    assert build(tmp_path / "other", file, "--no-store").exit_code == 0
    for name in ("one", "other"):
        assert not (tmp_path / name / "store").exists()
        assert build(tmp_path / name, file).exit_code == 0
        assert (tmp_path / name / "store").exists()


def test_records_and_inference_go_together(tmp_path: Path, file: Path) -> None:
    assert build(tmp_path / "kg", file, "--keep", "graph,store", "--infer").exit_code == 0
    assert "inferred" in Workspace.open(tmp_path / "kg").manifest().graphs()
    assert not (tmp_path / "kg" / "records").exists()


@pytest.mark.parametrize(
    ("keep", "word"),
    [("store", "graph has to stay"), ("records", "--no-graph"), ("", "graph"), ("graph,all", "all can't be")],
)
def test_what_makes_no_sense_is_refused_with_the_reason(
    tmp_path: Path, file: Path, keep: str, word: str
) -> None:
    result = build(tmp_path / "kg", file, "--keep", keep)
    assert result.exit_code == 2
    assert word in result.stderr
    assert not (tmp_path / "kg").exists()


def test_records_stay_where_an_input_was_not_read_whole(tmp_path: Path, file: Path) -> None:
    bad = tmp_path / "bad.xml"
    bad.write_text(file.read_text()[:-200])
    result = build(tmp_path / "kg", file, bad, "--keep", "graph")
    assert result.exit_code == 4
    assert "records are kept all the same" in result.stderr
    assert build(tmp_path / "kg", file).exit_code == 0


def test_a_removal_that_was_killed_is_ended_by_the_next_build(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    root = tmp_path / "kg"
    with monkeypatch.context() as patch:
        patch.setattr(keeping, "_remove", killed)
        with pytest.raises(KeyboardInterrupt):
            pipeline.build([str(file)], root, jobs=1, store=False, records=False)
    os.unlink(root / "index.sqlite")
    assert run("validate", root).exit_code == 0
    refuses(build(root, file))
    assert not {"records", "work"} & {path.name for path in root.iterdir()}
