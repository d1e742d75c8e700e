"""`dump`: whole, described, checked, and the same bytes each time."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from isal import igzip

from pss_kg.cli import main
from pss_kg.dump import dump
from pss_kg.errors import GraphError, UsageError, WorkspaceError
from pss_kg.vocabulary import BASE, DCAT, VOID
from pss_kg.workspace import Workspace

SPDX = "http://spdx.org/rdf/terms#"


@pytest.fixture(scope="module")
def dumped(example_kg: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dump") / "out"
    dump(Workspace.open(example_kg), folder, trig=True)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


def loaded(folder: Path, ending: str) -> ox.Store:
    store = ox.Store()
    for path in folder.rglob(f"*{ending}"):
        form = ox.RdfFormat.N_QUADS if ending == ".nq.gz" else ox.RdfFormat.TRIG
        store.load(igzip.open(path).read(), format=form)
    return store


def test_the_files_hold_the_graph_and_all_counts_agree(dumped: Path, example_kg: Path) -> None:
    graphs = {n: q for n, q in Workspace.open(example_kg).manifest().graphs().items() if n != "provenance"}
    manifest = json.loads((dumped / "manifest.json").read_bytes())
    assert {graph["name"]: graph["quads"] for graph in manifest["graphs"]} == graphs
    assert manifest["quads"] == sum(graphs.values())
    store = loaded(dumped, ".nq.gz")
    for name, quads in graphs.items():
        assert (
            len(list(store.quads_for_pattern(None, None, None, ox.NamedNode(f"{BASE}graph/{name}")))) == quads
        )
    assert set(loaded(dumped, ".trig.gz")) == set(store)


def test_void_says_the_same_and_uses_declared_terms_only(dumped: Path) -> None:
    store = ox.Store()
    store.load(path=dumped / "void.ttl", format=ox.RdfFormat.TURTLE)
    manifest = json.loads((dumped / "manifest.json").read_bytes())
    said = {
        q.subject.value: int(q.object.value)
        for q in store.quads_for_pattern(None, ox.NamedNode(f"{VOID}triples"), None)
    }
    assert said == {f"{BASE}dataset": manifest["quads"]} | {g["iri"]: g["quads"] for g in manifest["graphs"]}
    assert not any(isinstance(q.subject, ox.BlankNode) or isinstance(q.object, ox.BlankNode) for q in store)
    sizes = store.quads_for_pattern(None, ox.NamedNode(f"{DCAT}byteSize"), None)
    files = [file for graph in manifest["graphs"] for file in graph["files"]]
    assert sorted(int(q.object.value) for q in sizes) == sorted(file["bytes"] for file in files)
    sums = {q.object.value for q in store.quads_for_pattern(None, ox.NamedNode(f"{SPDX}checksumValue"), None)}
    assert sums == {file["sha256"] for file in files}
    done = CliRunner().invoke(main, ["lint", str(dumped / "void.ttl")])
    assert done.exit_code == 0, done.output


def test_sha256sum_accepts_the_checksums(dumped: Path) -> None:
    if not shutil.which("sha256sum"):
        pytest.skip("sha256sum is not installed")
    done = subprocess.run(
        ["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=dumped, capture_output=True, check=False
    )
    assert done.returncode == 0
    listed = {line.split("  ")[1] for line in (dumped / "SHA256SUMS").read_text().splitlines()}
    assert listed == set(contents(dumped)) - {"SHA256SUMS"}


def test_the_same_graph_gives_the_same_bytes(dumped: Path, example_kg: Path, tmp_path: Path) -> None:
    dump(Workspace.open(example_kg), tmp_path / "again", trig=True)
    assert contents(tmp_path / "again") == contents(dumped)


def test_an_older_dump_is_replaced_and_nothing_is_left_beside(example_kg: Path, tmp_path: Path) -> None:
    dump(Workspace.open(example_kg), tmp_path / "out", trig=True)
    dump(Workspace.open(example_kg), tmp_path / "out", graphs=("main",))
    assert set(contents(tmp_path / "out")) == {"main.nq.gz", "manifest.json", "SHA256SUMS", "void.ttl"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_with_something_else_is_left_alone(example_kg: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(WorkspaceError, match="no dump"):
        dump(Workspace.open(example_kg), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_damaged_graph_leaves_no_dump_and_the_old_one_as_it_was(example_kg: Path, tmp_path: Path) -> None:
    shutil.copytree(example_kg, tmp_path / "kg")
    kg = Workspace.open(tmp_path / "kg")
    dump(kg, tmp_path / "out")
    before = contents(tmp_path / "out")
    path = kg.shard_paths("main")[0]
    path.write_bytes(path.read_bytes().replace(b"\n", b" ", 1))
    with pytest.raises(GraphError, match="damaged"):
        dump(kg, tmp_path / "out")
    assert contents(tmp_path / "out") == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["kg", "out"]


def test_the_address_of_publication_stands_in_the_description(example_kg: Path, tmp_path: Path) -> None:
    dump(Workspace.open(example_kg), tmp_path / "out", graphs=("main",), url="https://example.org/files")
    assert b"<https://example.org/files/main.nq.gz>" in (tmp_path / "out" / "void.ttl").read_bytes()


def test_an_unknown_graph_is_told(example_kg: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        dump(Workspace.open(example_kg), tmp_path / "out", graphs=("mian",))


def test_the_command_says_what_it_wrote(example_kg: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["dump", str(tmp_path / "out"), "--kg", str(example_kg), "--json"])
    assert done.exit_code == 0, done.output
    assert "quads of 3 graphs written" in done.stderr
    assert (
        hashlib.sha256((tmp_path / "out" / "manifest.json").read_bytes()).digest()
        == hashlib.sha256(done.stdout.encode()).digest()
    )
