"""Update files of PubMed, one after the other: newer versions replace and deletions remove, in the
graph and in the store, and both are what a build from scratch makes."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pubmed_files as pubmed
import pytest

from pss_kg import pipeline, store
from pss_kg.stages import checking
from pss_kg.stages.inferred import infer
from pss_kg.store import following, loading
from pss_kg.vocabulary import BASE
from pss_kg.workspace import PROVENANCE, Workspace


def build(root: Path, *files: Path, store: bool = True) -> Workspace:
    assert pipeline.build([str(file) for file in files], root, jobs=1, store=store).exit_code == 0
    return Workspace.open(root)


def quads(workspace: Workspace) -> list[str]:
    return sorted(str(quad) for quad in store.ensure(workspace))


def the_same(one: Workspace, other: Workspace) -> None:
    """Equal graphs and equal stores, of as many quads in each graph as the manifest says."""
    assert one.manifest().digest() == other.manifest().digest()
    assert quads(one) == quads(other)
    counted = Counter(str(q.graph_name.value).removeprefix(f"{BASE}graph/") for q in store.ensure(one))
    assert counted == {name: n for name, n in one.manifest().graphs().items() if name != PROVENANCE}


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Validate with the fast engine, however small the graph."""
    monkeypatch.setattr(checking, "SMALL", 0)


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The workspaces whose whole graph was loaded. Any difference may be followed, however large."""
    done: list[Path] = []
    load = loading.load

    def noted(workspace: Workspace, *arguments: object) -> None:
        done.append(workspace.root)
        load(workspace, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(loading, "load", noted)
    monkeypatch.setattr(following, "MOST_CHANGED", 9.9)
    return done


def study(
    number: int, title: str = "", *, revised: str = "2021-01-02", version: int = 1, gap: int = 3
) -> str:
    return pubmed.article(
        number,
        title or f"Study {number}",
        doi=f"10.5555/{number}",
        revised=revised,
        version=version,
        references=[("by PMID", pubmed.pmid(number + gap)), ("by DOI", pubmed.doi(f"10.5555/{number + 7}"))],
    )


def test_update_files_replace_and_delete_in_graph_and_store(tmp_path: Path, loaded: list[Path]) -> None:
    steps = [
        pubmed.write(tmp_path / "p20n0001.xml.gz", *(study(n) for n in range(1, 13))),
        pubmed.write(tmp_path / "p20n0002.xml.gz", study(5, "Study 5, revised", revised="2022-02-02", gap=9)),
        pubmed.write(tmp_path / "p20n0003.xml.gz", study(40), deleted=[6, 7]),
        pubmed.write(tmp_path / "p20n0004.xml.gz", study(8, "Study 8, second version", version=2)),
        pubmed.write(tmp_path / "p20n0005.xml.gz", study(5, "Study 5 as it was", revised="2020-02-02")),
        pubmed.write(tmp_path / "p20n0006.xml.gz", study(6, "Study 6 again", revised="2023-02-02")),
        pubmed.write(tmp_path / "p20n0007.xml.gz", deleted=[40, 999]),
    ]
    for number, step in enumerate(steps, 1):
        workspace = build(tmp_path / "kg", step)
        if number in (3, len(steps)):
            the_same(workspace, build(tmp_path / f"scratch{number}", *steps[:number]))
    assert loaded.count(tmp_path / "kg") == 1
    text = "".join(quads(workspace))
    for title in ("Study 5, revised", "Study 6 again", "Study 8, second version", "Study 9"):
        assert f'"{title}"' in text
    for title in ("Study 5", "Study 5 as it was", "Study 6", "Study 7", "Study 40"):
        assert f'"{title}"' not in text
    sources = workspace.manifest().sources["pubmed"]
    assert sources["deleted"] == 3  # 6 as it was, 7 and 40
    assert sources["superseded"] >= 2


def test_a_deletion_spares_what_a_later_file_says_in_whatever_order_they_come(
    tmp_path: Path, loaded: list[Path]
) -> None:
    first = pubmed.write(tmp_path / "p20n0001.xml", *(study(n) for n in range(1, 13)))
    gone = pubmed.write(tmp_path / "p20n0002.xml", study(50), deleted=[3])
    later = pubmed.write(tmp_path / "p20n0003.xml", study(3, "Study 3, back", revised="2022-02-02"))
    one, other = tmp_path / "one", tmp_path / "other"
    for file in (first, later, gone):
        build(one, file)
    for file in (gone, later, first):
        build(other, file)
    the_same(Workspace.open(one), Workspace.open(other))
    assert '"Study 3, back"' in "".join(quads(Workspace.open(one)))


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 10))])
def test_any_updates_end_in_the_store_of_a_build_from_scratch(
    tmp_path: Path, loaded: list[Path], seed: int
) -> None:
    noise = random.Random(seed)
    steps = [pubmed.write(tmp_path / "p20n0001.xml", *(study(n) for n in range(1, 13)))]
    for number in range(2, 7):
        some = [
            study(n, f"Study {n} by file {number}", revised=f"202{noise.randrange(4)}-01-01", gap=number)
            for n in noise.sample(range(1, 20), 3)
        ]
        gone = noise.sample(range(1, 20), noise.randrange(3))
        steps.append(pubmed.write(tmp_path / f"p20n{number:04}.xml", *some, deleted=gone))
    for step in steps:
        workspace = build(tmp_path / "kg", step, store=noise.random() < 0.7)
        if noise.random() < 0.3:
            infer(workspace.root, jobs=1)
            store.ensure(workspace)
    inferred = "inferred" in workspace.manifest().graphs()
    scratch = build(tmp_path / "scratch", *steps, store=False)
    if inferred:
        infer(scratch.root, jobs=1)
    the_same(workspace, scratch)
    assert loaded.count(workspace.root) <= 1
