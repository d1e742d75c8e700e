"""Promises about the citation network: it holds what the counts say, in files that others read."""

from __future__ import annotations

import csv
from pathlib import Path

import networkx
import pytest
from click.testing import CliRunner, Result
from published import publish_trig

from pss_kg.cli import main
from pss_kg.workspace import Workspace


def run(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["network", "citations", *arguments, "--kg", str(root)])


def rows(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def tabbed(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_bytes().decode().split("\r\n")[:-1]]


def test_nodes_and_edges_reconcile_with_info(example_kg: Path, tmp_path: Path) -> None:
    assert run(example_kg, "-o", str(tmp_path)).exit_code == 0
    nodes, edges = rows(tmp_path / "nodes.csv"), rows(tmp_path / "edges.csv")
    counts = Workspace.open(example_kg).manifest().counts
    assert sum(node["described"] == "true" for node in nodes) == counts["described"] == 8
    assert sum(node["described"] == "false" for node in nodes) == counts["mentioned"] == 10
    assert sum(edge["type"] == "cites" for edge in edges) == counts["citations"] == 17
    assert sum(edge["type"] != "cites" for edge in edges) == counts["typed_citations"] == 3
    for node in nodes:
        incoming = [e for e in edges if e["target"] == node["id"] and e["type"] == "cites"]
        assert int(node["citations"]) == len(incoming)


def test_graphml_is_read_by_networkx(example_kg: Path, tmp_path: Path) -> None:
    path = tmp_path / "net.graphml"
    assert run(example_kg, "--format", "graphml", "-o", str(path)).exit_code == 0
    graph = networkx.read_graphml(path)
    assert graph.is_directed()
    assert (graph.number_of_nodes(), graph.number_of_edges()) == (18, 20)
    node = graph.nodes["pmid-99000001"]
    assert node["label"] == "Carberry 2018"
    assert (node["year"], node["citations"], node["described"]) == (2018, 3, True)
    assert path.read_bytes() == run(example_kg, "--format", "graphml").stdout_bytes


def test_vosviewer_has_whole_numbers_and_each_pair_once(example_kg: Path, tmp_path: Path) -> None:
    assert run(example_kg, "--format", "vosviewer", "-o", str(tmp_path)).exit_code == 0
    head, *items = tabbed(tmp_path / "map.txt")
    assert head[:2] == ["id", "label"]
    assert [int(item[0]) for item in items] == list(range(1, 19))
    assert all(len(item) == len(head) for item in items)
    links = tabbed(tmp_path / "network.txt")
    pairs = [frozenset(link[:2]) for link in links]
    assert len(pairs) == len(set(pairs))
    assert sum(int(link[2]) for link in links) == 20


def test_a_neighbourhood_holds_what_is_near(example_kg: Path, tmp_path: Path) -> None:
    assert run(example_kg, "--around", "32357127", "--depth", "0", "-o", str(tmp_path / "0")).exit_code == 0
    assert [node["id"] for node in rows(tmp_path / "0" / "nodes.csv")] == ["pmid-32357127"]
    run(example_kg, "--around", "32357127", "-o", str(tmp_path / "1"))
    assert len(rows(tmp_path / "1" / "nodes.csv")) == 11
    assert run(example_kg, "--around", "404").exit_code == 2  # csv needs a folder
    assert run(example_kg, "--around", "404", "--format", "graphml").exit_code == 1


def test_only_described_ones_on_demand(example_kg: Path, tmp_path: Path) -> None:
    run(example_kg, "--described", "-o", str(tmp_path))
    nodes, edges = rows(tmp_path / "nodes.csv"), rows(tmp_path / "edges.csv")
    assert len(nodes) == 8
    known = {node["id"] for node in nodes}
    assert all({edge["source"], edge["target"]} <= known for edge in edges)


def test_two_that_cite_each_other_are_one_link_and_odd_texts_pass(tmp_path: Path) -> None:
    root = tmp_path / "kg"
    publish_trig(
        root,
        """<graph/main> {
          <publication/pmid-1> a fabio:Expression ; dcterms:title "Tab\\there \\u0001 & <b>" ;
            cito:cites <publication/pmid-2> ; cito:corrects <publication/pmid-2> .
          <publication/pmid-2> a fabio:Expression ; cito:cites <publication/pmid-1> .
        }""",
    )
    run(root, "--format", "vosviewer", "-o", str(tmp_path / "v"))
    assert tabbed(tmp_path / "v" / "network.txt") == [["1", "2", "3"]]
    assert len(tabbed(tmp_path / "v" / "map.txt")[1]) == 5
    path = tmp_path / "n.graphml"
    run(root, "--format", "graphml", "-o", str(path))
    graph = networkx.read_graphml(path)
    assert graph.nodes["pmid-1"]["title"] == "Tab\there   & <b>"
    assert sorted(data["type"] for *_, data in graph.edges(data=True)) == ["cites", "cites", "corrects"]


def test_two_files_need_a_folder(example_kg: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    for form in ("csv", "vosviewer"):
        assert run(example_kg, "--format", form).exit_code == 2
        assert run(example_kg, "--format", form, "-o", str(file)).exit_code == 2
    assert file.read_text() == "mine"


@pytest.mark.parametrize("form", ["csv", "vosviewer"])
def test_a_folder_that_can_not_be_made_is_3(example_kg: Path, tmp_path: Path, form: str) -> None:
    (tmp_path / "file").write_text("")
    assert run(example_kg, "--format", form, "-o", str(tmp_path / "file" / "below")).exit_code == 3
