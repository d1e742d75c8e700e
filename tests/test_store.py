"""The store: an index of graph/ that is right or is made again."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest
from published import publish, publish_trig

from pss_kg import store
from pss_kg.errors import GraphError
from pss_kg.iris import Iris
from pss_kg.workspace import Workspace

IRIS = Iris()

SMALL = """
GRAPH <graph/main> {
    <publication/pmid-1> a fabio:JournalArticle ; fabio:hasPubMedId "1" ; prism:doi "10.1000/one" .
    <publication/pmid-2> fabio:hasPubMedId "2" ; prism:doi "10.1000/both" .
    <publication/pmid-3> fabio:hasPubMedId "3" ; prism:doi "10.1000/both" ; cito:cites <publication/pmid-9> .
    <publication/doi-10.1000%2Ffour> a fabio:JournalArticle .
}
GRAPH <graph/identity> {
    <publication/pmcid-PMC77> dcterms:isReplacedBy <publication/pmid-1> .
    <publication/doi-10.1000%2Fone> dcterms:isReplacedBy <publication/pmid-1> .
}
GRAPH <graph/provenance> { <run/1> prov:endedAtTime "2026-01-01" . }
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return publish_trig(tmp_path / "kg", SMALL)


def test_it_holds_all_graphs_but_provenance(workspace: Workspace) -> None:
    opened = store.ensure(workspace)
    names = {graph.value for graph in opened.named_graphs()}
    assert names == {IRIS.graph("main"), IRIS.graph("identity")}
    assert len(opened) == sum(f.quads for f in workspace.manifest().files if f.graph != "provenance")


def test_it_is_loaded_once_and_again_only_when_the_graph_changes(workspace: Workspace) -> None:
    assert not store.is_current(workspace)
    store.ensure(workspace)
    assert store.is_current(workspace)
    first = {path: path.stat().st_mtime_ns for path in workspace.store.iterdir()}
    store.ensure(workspace)
    assert {path: path.stat().st_mtime_ns for path in workspace.store.iterdir()} == first
    publish(workspace.root, {"main": ['<http://a/s> <http://a/p> "new"']})
    assert not store.is_current(workspace)
    assert len(store.ensure(workspace)) == 1
    assert len(list(workspace.store.iterdir())) == 1


def test_a_reader_keeps_its_store_while_a_newer_one_takes_its_place(workspace: Workspace) -> None:
    before = store.ensure(workspace)
    count = len(before)
    publish(workspace.root, {"main": ['<http://a/s> <http://a/p> "new"']})
    store.ensure(workspace)
    assert len(before) == count
    assert len(list(before.quads_for_pattern(None, None, None, None))) == count


def test_several_readers_at_once(workspace: Workspace) -> None:
    assert len(store.ensure(workspace)) == len(store.ensure(workspace)) > 0


def test_what_a_killed_load_left_behind_is_removed(workspace: Workspace) -> None:
    left = workspace.store / ".new-1"
    left.mkdir(parents=True)
    (left / "half").write_bytes(b"x")
    store.ensure(workspace)
    assert not left.exists()


def test_a_damaged_store_is_made_again(workspace: Workspace) -> None:
    store.ensure(workspace)
    folder = next(workspace.store.iterdir())
    for path in folder.iterdir():
        os.truncate(path, 0) if path.is_file() else None
    assert len(store.ensure(workspace)) > 0


def test_fewer_quads_than_the_manifest_says_is_an_error_and_leaves_no_store(workspace: Workspace) -> None:
    manifest = workspace.manifest()
    files = tuple(msgspec.structs.replace(f, quads=f.quads + 1) for f in manifest.files)
    workspace.publish(msgspec.structs.replace(manifest, files=files))
    with pytest.raises(GraphError, match="manifest says"):
        store.ensure(workspace)
    assert not list(workspace.store.iterdir())


def test_a_file_that_is_no_n_quads_is_named(workspace: Workspace) -> None:
    path = workspace.shard_paths("main")[0]
    path.write_bytes(b"not a quad\n")
    with pytest.raises(GraphError) as caught:
        store.ensure(workspace)
    assert caught.value.where == str(path)


def test_a_file_that_is_not_there_is_named(workspace: Workspace) -> None:
    workspace.shard_paths("main")[0].unlink()
    with pytest.raises(GraphError):
        store.ensure(workspace)


def test_an_empty_graph_makes_an_empty_store(tmp_path: Path) -> None:
    assert len(store.ensure(Workspace.create(tmp_path / "kg"))) == 0


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("1", "pmid-1"),
        (" PMID: 1 ", "pmid-1"),
        ("pmid-1", "pmid-1"),
        ("https://pubmed.ncbi.nlm.nih.gov/1/", "pmid-1"),
        ("https://w3id.org/pss-kg/publication/pmid-1", "pmid-1"),
        ("<https://w3id.org/pss-kg/publication/pmid-1>", "pmid-1"),
        ("PMC77", "pmid-1"),  # an alias
        ("doi:10.1000/ONE", "pmid-1"),  # an alias
        ("doi-10.1000%2Fone", "pmid-1"),
        ("https://w3id.org/pss-kg/publication/pmcid-PMC77", "pmid-1"),
        ("10.1000/both", "pmid-2"),  # a flat identifier of two: the smaller key
        ("https://doi.org/10.1000/four", "doi-10.1000%2Ffour"),
        ("9", "pmid-9"),  # known only as cited
    ],
)
def test_a_publication_is_found_by_whatever_names_it(workspace: Workspace, text: str, key: str) -> None:
    assert store.find_publication(store.ensure(workspace), IRIS, text) == IRIS.publication(key)


@pytest.mark.parametrize("text", ["404", "10.1000/none", "peer support", "", "<>", "https://example.org/x"])
def test_what_names_no_publication_finds_none(workspace: Workspace, text: str) -> None:
    assert store.find_publication(store.ensure(workspace), IRIS, text) == ""
