"""The store follows the graph by the difference, and is always what loading everything would give."""

from __future__ import annotations

import hashlib
import itertools
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from pss_kg import store
from pss_kg.errors import GraphError
from pss_kg.manifest import Manifest, ShardFile
from pss_kg.store import comparing, following, loading
from pss_kg.vocabulary import BASE
from pss_kg.workspace import Workspace

Graph = dict[tuple[str, str], list[str]]
"""(graph, shard) -> "s p o", each once and in order."""


def publish(root: Path, graph: Graph) -> Workspace:
    """Make this the graph of the workspace, as a build does."""
    workspace = Workspace.create(root)
    files = []
    for (name, shard), triples in sorted(graph.items()):
        if triples:
            content = "".join(f"{t} <{BASE}graph/{name}> .\n" for t in triples).encode()
            digest = hashlib.sha256(content).hexdigest()
            path = workspace.graph / name / f"{shard}.{digest[:12]}.nq"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            file = path.relative_to(workspace.graph).as_posix()
            files.append(ShardFile(name, shard, file, len(triples), len(content), digest))
    workspace.publish(Manifest(files=tuple(files)))
    return workspace


def triple(shard: int, number: int) -> str:
    forms = (
        f'"text {number}"',
        f'"{number}"^^<http://www.w3.org/2001/XMLSchema#integer>',
        f"<http://a/{number}>",
    )
    return f"<http://a/s{shard}-{number:05}> <http://a/p> {forms[number % 3]}"


def made(quads: int = 60) -> Graph:
    graph = {("main", f"{n:02x}"): [triple(n, k) for k in range(quads)] for n in range(4)}
    return graph | {("identity", "00"): [triple(9, k) for k in range(quads)]}


def changed(graph: Graph, name: tuple[str, str] = ("main", "01")) -> Graph:
    """One triple less, one more, one in the place of another."""
    lines = list(graph[name])
    del lines[3]
    lines[7] = lines[7].replace("/p>", "/q>")
    new = (f'<http://a/{name[0]}{name[1]}-new{n}> <http://a/p> "new"' for n in itertools.count())
    return graph | {name: [*lines[:20], next(t for t in new if t not in lines), *lines[20:]]}


def quads(workspace: Workspace) -> set[str]:
    return {str(quad) for quad in store.ensure(workspace)}


def from_scratch(tmp_path: Path, graph: Graph) -> set[str]:
    return quads(publish(tmp_path / f"scratch{len(list(tmp_path.iterdir()))}", graph))


def holds(workspace: Workspace) -> None:
    """The store has as many quads in each graph as the manifest says."""
    opened = store.ensure(workspace)
    found = Counter(str(quad.graph_name.value).removeprefix(f"{BASE}graph/") for quad in opened)
    assert found == {n: q for n, q in workspace.manifest().graphs().items() if n != "provenance"}


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each time that everything is loaded."""
    done: list[int] = []
    load = loading.load

    def noted(*arguments: object) -> None:
        done.append(1)
        load(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(loading, "load", noted)
    return done


# -- following ----------------------------------------------------------------------------


def test_little_change_is_a_difference(tmp_path: Path, loads: list[int]) -> None:
    graph = made()
    store.ensure(publish(tmp_path / "kg", graph))
    workspace = publish(tmp_path / "kg", changed(graph))
    found = quads(workspace)
    assert len(loads) == 1
    assert found == from_scratch(tmp_path, changed(graph))
    holds(workspace)
    assert len(list(workspace.store.iterdir())) == 1


def test_more_than_a_tenth_is_loaded(tmp_path: Path, loads: list[int]) -> None:
    graph = made()
    store.ensure(publish(tmp_path / "kg", graph))
    graph = graph | {("main", "00"): [], ("main", "01"): [triple(5, n) for n in range(60)]}
    assert quads(publish(tmp_path / "kg", graph)) == from_scratch(tmp_path, graph)
    assert len(loads) == 3


def test_a_graph_that_comes_whole_or_goes_is_followed(tmp_path: Path, loads: list[int]) -> None:
    graph = made()
    store.ensure(publish(tmp_path / "kg", graph))
    more = graph | {("inferred", "00"): [triple(20, 1)], ("harvest", "all"): [triple(21, 1), triple(21, 2)]}
    found = quads(publish(tmp_path / "kg", more))
    holds(Workspace.open(tmp_path / "kg"))
    back = quads(publish(tmp_path / "kg", graph))
    assert len(loads) == 1
    assert found == from_scratch(tmp_path, more)
    assert back == from_scratch(tmp_path, graph)
    holds(Workspace.open(tmp_path / "kg"))


def test_several_graphs_between_are_one_difference(tmp_path: Path, loads: list[int]) -> None:
    graph = made()
    store.ensure(publish(tmp_path / "kg", graph))
    for shard in ("00", "01", "02"):
        graph = changed(graph, ("main", shard))
        publish(tmp_path / "kg", graph)
    found = quads(Workspace.open(tmp_path / "kg"))
    assert len(loads) == 1
    assert found == from_scratch(tmp_path, graph)


@pytest.mark.parametrize(
    "seed", [*range(4), *(pytest.param(n, marks=pytest.mark.slow) for n in range(4, 40))]
)
def test_any_series_of_graphs_gives_what_loading_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loads: list[int], seed: int
) -> None:
    monkeypatch.setattr(following, "MOST_CHANGED", 9.9)
    monkeypatch.setattr(following, "_BATCH", 7)
    monkeypatch.setattr(comparing, "_BLOCK", 300)
    noise = random.Random(seed)
    names = [(g, f"{n:02x}") for g in ("main", "source/pubmed", "harvest") for n in range(3)]
    graph: Graph = {}
    for _ in range(5):
        for place, name in enumerate(names):
            if noise.random() < 0.5:
                numbers = noise.sample(range(40), noise.randrange(30))
                graph[name] = [triple(place, number) for number in sorted(numbers)]
        workspace = publish(tmp_path / "kg", graph)
        if noise.random() < 0.7:
            found = quads(workspace)
            holds(workspace)
            assert found == {f"{t} <{BASE}graph/{g}>" for (g, _), lines in graph.items() for t in lines}
    assert len(loads) <= 1


# -- where it can't follow ----------------------------------------------------------------


def lose(workspace: Workspace) -> None:
    next(workspace.replaced.rglob("*.nq")).unlink()


def cut(workspace: Workspace) -> None:
    path = next(workspace.replaced.rglob("*.nq"))
    os.truncate(path, path.stat().st_size - 9)


def falsify(workspace: Workspace) -> None:
    """Other quads than the store was made of, in as many bytes."""
    path = next(workspace.replaced.rglob("*.nq"))
    path.write_bytes(path.read_bytes().replace(b"http://a/s1-00003", b"http://a/s1-99999"))


def forget(workspace: Workspace) -> None:
    next(workspace.store.glob("*/loaded.json")).write_text("{")


def spoil(workspace: Workspace) -> None:
    for path in workspace.store.glob("*/*.sst"):
        os.truncate(path, path.stat().st_size // 2)


def take_a_quad_out(workspace: Workspace) -> None:
    """A store that does not hold what its note says."""
    from pyoxigraph import Store

    folder = next(path.parent for path in workspace.store.glob("*/loaded.json"))
    opened = Store(str(folder))
    opened.remove(next(quad for quad in opened if "s1-00003" in str(quad)))
    opened.flush()


@pytest.mark.parametrize("damage", [lose, cut, falsify, forget, spoil, take_a_quad_out])
def test_what_can_t_be_followed_is_loaded(
    tmp_path: Path, loads: list[int], damage: Callable[[Workspace], None]
) -> None:
    graph = made()
    store.ensure(publish(tmp_path / "kg", graph))
    workspace = publish(tmp_path / "kg", changed(graph))
    damage(workspace)
    assert quads(workspace) == from_scratch(tmp_path, changed(graph))
    assert len(loads) == 3
    assert len(list(workspace.store.iterdir())) == 1


def test_a_graph_that_is_not_as_its_manifest_says_is_no_store(tmp_path: Path) -> None:
    graph = made()
    store.ensure(publish(tmp_path / "kg", graph))
    twice = changed(graph)
    twice["main", "01"].append(twice["main", "01"][0])
    with pytest.raises(GraphError, match="manifest says"):
        store.ensure(publish(tmp_path / "kg", twice))


def test_a_file_system_without_links_gets_copies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loads: list[int]
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    graph = made()
    store.ensure(publish(tmp_path / "kg", graph))
    found = quads(publish(tmp_path / "kg", changed(graph)))
    assert len(loads) == 1
    assert found == from_scratch(tmp_path, changed(graph))


# -- what is kept for it ------------------------------------------------------------------


def test_replaced_files_are_kept_only_until_the_store_has_followed(tmp_path: Path) -> None:
    graph = made()
    workspace = publish(tmp_path / "kg", graph)
    publish(tmp_path / "kg", changed(graph))
    assert not workspace.replaced.exists()  # there is no store yet
    store.ensure(workspace)
    publish(tmp_path / "kg", graph)
    assert len(list(workspace.replaced.rglob("*.nq"))) == 1
    store.ensure(workspace)
    assert not workspace.replaced.exists()


def test_a_reader_of_the_old_store_goes_on(tmp_path: Path) -> None:
    graph = made()
    old = store.ensure(publish(tmp_path / "kg", graph))
    before = {str(quad) for quad in old}
    store.ensure(publish(tmp_path / "kg", changed(graph)))
    assert {str(quad) for quad in old} == before


# -- killed -------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["_compare", "_link", "_remove_and_add", "note"])
def test_stopped_at_any_step_the_next_one_is_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    graph = made()
    workspace = publish(tmp_path / "kg", graph)
    store.ensure(workspace)
    names = {path.name for path in workspace.store.iterdir()}
    publish(tmp_path / "kg", changed(graph))
    room = loading if step == "note" else following
    function = getattr(room, step)

    def stopped(*arguments: object) -> None:
        function(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(room, step, stopped)
        with pytest.raises(KeyboardInterrupt):
            store.ensure(workspace)
    assert {path.name for path in workspace.store.iterdir()} == names | {"replaced"}
    assert quads(workspace) == from_scratch(tmp_path, changed(graph))
    holds(workspace)


@pytest.mark.parametrize("moments", [4, pytest.param(40, marks=pytest.mark.slow)])
def test_killed_at_any_moment_the_next_one_is_right(tmp_path: Path, moments: int) -> None:
    graph = made(3_000)
    workspace = publish(tmp_path / "kg", graph)
    store.ensure(workspace)
    noise = random.Random(moments)
    code = "import sys; from pss_kg.cli import main; main()"
    killed = 0
    for _ in range(moments):
        graph = changed(graph, noise.choice(sorted(graph)))
        publish(tmp_path / "kg", graph)
        process = subprocess.Popen(
            [sys.executable, "-c", code, "store", "--kg", str(workspace.root)], stderr=subprocess.DEVNULL
        )
        time.sleep(noise.uniform(0.1, 0.6) if killed else 0.1)
        process.send_signal(signal.SIGKILL)
        killed += process.wait() < 0
        assert quads(workspace) == {
            f"{t} <{BASE}graph/{g}>" for (g, _), lines in graph.items() for t in lines
        }
        assert not [path for path in workspace.store.iterdir() if path.name.startswith(".new")]
    assert killed


# -- comparing two files ------------------------------------------------------------------


def written(path: Path, lines: list[str]) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


@pytest.mark.parametrize("block", [8, 40, 200, 1 << 20])
def test_the_difference_of_two_files_is_that_of_their_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(comparing, "_BLOCK", block)
    for seed in range(60):
        noise = random.Random(seed)
        whole = [f"line {n} {'é' * noise.randrange(9)}" for n in range(noise.randrange(1, 90))]
        old, new = (
            [w for w in whole if noise.random() > part] for part in (0.1, noise.choice([0, 0.1, 0.9]))
        )
        if noise.random() < 0.3:
            noise.shuffle(new)
        one, other = written(tmp_path / "old", old), written(tmp_path / "new", new)
        parts = list(comparing.differences(one, other))
        gone = sorted(line.decode().rstrip("\n") for part, _ in parts for line in part)
        came = sorted(line.decode().rstrip("\n") for _, part in parts for line in part)
        assert gone == sorted(set(old) - set(new))
        assert came == sorted(set(new) - set(old))


def test_a_file_that_is_not_there_is_all_difference(tmp_path: Path) -> None:
    path = written(tmp_path / "a", ["1", "2"])
    assert list(comparing.differences(None, path)) == [([], [b"1\n", b"2\n"]), ([], [])]
    assert list(comparing.differences(path, None)) == [([b"1\n", b"2\n"], []), ([], [])]


def test_what_is_held_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """One line early, and all later ones are compared in equal blocks again."""
    import tracemalloc

    lines = [f"line number {n:07}" for n in range(400_000)]
    one, other = written(tmp_path / "old", lines), written(tmp_path / "new", [*lines[:5], "new", *lines[5:]])
    tracemalloc.start()
    assert list(comparing.differences(one, other)) == [([], [b"new\n"])]
    assert tracemalloc.get_traced_memory()[1] < 30_000_000  # the file has 8,000,000 bytes; a set of it 100
    tracemalloc.stop()
