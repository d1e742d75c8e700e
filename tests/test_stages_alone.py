"""Promises about `map` and `store`: one stage alone, from what the stage before left."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pubmed_files as pubmed
import pytest
from click.testing import CliRunner

from pss_kg import pipeline, store
from pss_kg.cli import main
from pss_kg.errors import WorkspaceBusy, WorkspaceError
from pss_kg.workspace import PROVENANCE, Workspace


@pytest.fixture
def kg(tmp_path: Path) -> Path:
    """A workspace whose input is gone."""
    path = pubmed.write(
        tmp_path / "a.xml", pubmed.article(1, references=[("x", pubmed.pmid(2))]), pubmed.article(2)
    )
    pipeline.build([str(path)], tmp_path / "kg", store=False, jobs=1)
    path.unlink()
    return tmp_path / "kg"


def graph(root: Path) -> list[tuple[str, str, str]]:
    return [
        (f.graph, f.shard, f.sha256) for f in Workspace.open(root).manifest().files if f.graph != PROVENANCE
    ]


def test_map_makes_the_same_graph_from_records_alone(kg: Path) -> None:
    before = graph(kg)
    shutil.rmtree(kg / "graph")
    (kg / "graph").mkdir()
    (kg / "index.sqlite").unlink()
    summary = pipeline.remap(kg, store=False, jobs=1)
    assert not summary.unchanged
    assert graph(kg) == before
    assert summary.counts["described"] == 2


def test_map_maps_what_another_version_mapped(kg: Path) -> None:
    workspace = Workspace.open(kg)
    workspace.publish(msgspec.structs.replace(workspace.manifest(), software="0.0.1"))
    assert not pipeline.remap(kg, store=False, jobs=1).unchanged
    assert pipeline.remap(kg, store=False, jobs=1).unchanged


def test_map_says_when_there_is_nothing_to_map_and_can_be_told_to(kg: Path) -> None:
    arguments = ["map", "--kg", str(kg), "--no-store", "--jobs", "1"]
    result = CliRunner().invoke(main, arguments)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "nothing to map" in result.stderr
    again = CliRunner().invoke(main, [*arguments, "--again"])
    assert again.exit_code == 0
    assert "Records read" in again.stderr


def test_map_needs_records_and_the_lock(kg: Path, tmp_path: Path) -> None:
    Workspace.create(tmp_path / "empty")
    with pytest.raises(WorkspaceError, match="pss-kg build"):
        pipeline.remap(tmp_path / "empty")
    with Workspace.open(kg).lock(), pytest.raises(WorkspaceBusy):
        pipeline.remap(kg)


def test_store_loads_what_is_published_and_says_how_much(kg: Path) -> None:
    quads = sum(n for graph, n in Workspace.open(kg).manifest().graphs().items() if graph != PROVENANCE)
    first = CliRunner().invoke(main, ["store", "--kg", str(kg)])
    assert (first.exit_code, first.stdout) == (0, "")
    assert f"the store now holds the graph's {quads:,} quads; that took " in first.stderr
    assert store.is_current(Workspace.open(kg))
    second = CliRunner().invoke(main, ["store", "--kg", str(kg)])
    assert "nothing to load" in second.stderr


@pytest.mark.slow
def test_store_can_be_told_to_load_again(kg: Path) -> None:
    for _ in range(2):
        result = CliRunner().invoke(main, ["store", "--kg", str(kg), "--again"])
        assert "the store now holds " in result.stderr
