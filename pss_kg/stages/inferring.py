"""graph/main (and graph/derived) to graph/inferred, shard by shard.

1. Each file by itself: what the rules with one pattern give. Results go to their subject's shard.
2. Each shard's chains (frbr:partOf): its own links and those of other shards that they lead to.
3. Each shard: what is new, without what is stated, sorted and written.

So memory is bounded by a shard, and the outcome is that of the rules over the whole graph.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from pss_kg.inference import closure, concerned, direct, rules
from pss_kg.iris import Iris
from pss_kg.manifest import INFERRED
from pss_kg.stages import routed_lines
from pss_kg.stages.routed_lines import Router
from pss_kg.workspace import ShardFile, Workspace

SOURCES = ("main", "derived")
"""The graphs that inference reads."""

_STATED, _NEW = "=", "+"
"""The first character of a routed line: in the graph already, or inferred."""


class FileTask(NamedTuple):
    """One file of the graph to infer from."""

    root: Path
    base: str
    shards: int
    graph: str
    path: Path
    name: str
    """A name of its own for what comes of it."""


class ShardTask(NamedTuple):
    """One shard of graph/inferred to complete."""

    root: Path
    base: str
    shards: int
    shard: str


def folder(workspace: Workspace) -> Path:
    """Where the intermediate files of inference stand."""
    return workspace.work / "inferring"


def infer_file(task: FileTask) -> None:
    """Pass 1: the direct conclusions from one file, and its links of transitive properties."""
    compiled = rules()
    wanted, heads = compiled.bodies | compiled.heads, compiled.heads
    links = frozenset(compiled.transitive)
    stated = [line for line in triples(task.path, Iris(task.base), task.graph) if concerned(line, wanted)]
    new = sorted(direct(compiled, stated) - set(stated))
    router = Router(Iris(task.base), task.shards)
    here = folder(Workspace(task.root))
    said = [_STATED + line for line in stated if concerned(line, heads)] + [_NEW + line for line in new]
    routed_lines.write(here / "direct" / f"{task.name}.lines", ((router.shard(s[1:]), s) for s in said))
    chains = [line for line in (*stated, *new) if concerned(line, links)]
    (here / "links").mkdir(parents=True, exist_ok=True)
    _write_lines(here / "links" / f"{task.name}.nt", chains)


def triples(path: Path, iris: Iris, graph: str) -> Iterator[str]:
    """The lines of one file of the graph as N-Triples, without the newline."""
    end = f" <{iris.graph(graph)}> .\n"
    with open(path, encoding="utf-8", newline="\n") as lines:
        for line in lines:
            yield f"{line.removesuffix(end)} ."


def gather_links(workspace: Workspace, iris: Iris, shards: int) -> None:
    """Between passes 1 and 2: the links that other shards' links lead to.

    An issue is part of its volume: every shard with an article of the issue needs that link.
    """
    router = Router(iris, shards)
    here = folder(workspace)
    wanted: set[str] = set()
    for subject, value, _ in _links(here):
        if router.place(subject)[0] != router.place(value)[0]:
            wanted.add(value)
    found: set[str] = set()
    before = -1
    while len(found) != before:
        before = len(found)
        for subject, value, line in _links(here):
            if subject in wanted:
                wanted.add(value)
                found.add(line)
    _write_lines(here / "beyond.nt", sorted(found))


def _links(here: Path) -> Iterator[tuple[str, str, str]]:
    """(subject, object, line) of every link."""
    for path in sorted((here / "links").glob("*.nt")):
        yield from map(_ends, _read_lines(path))


def _ends(line: str) -> tuple[str, str, str]:
    subject, _, value, _ = line.split(" ")
    return subject, value, line


def follow_chains(task: ShardTask) -> None:
    """Pass 2: what the links of one shard lead to, in that shard and beyond."""
    compiled = rules()
    here = folder(Workspace(task.root))
    terms = frozenset(compiled.transitive)
    own = {s[1:] for s in routed_lines.read(here / "direct", task.shard) if concerned(s[1:], terms)}
    if not own:
        return
    beyond: dict[str, list[tuple[str, str]]] = {}
    for subject, value, line in map(_ends, _read_lines(here / "beyond.nt")):
        beyond.setdefault(subject, []).append((value, line))
    reached: set[str] = set()
    pending = [value for _, value, _ in map(_ends, own)]
    while pending:
        for value, line in beyond.get(pending.pop(), ()):
            if line not in reached:
                reached.add(line)
                pending.append(value)
    router = Router(Iris(task.base), task.shards)
    found = sorted(closure(compiled, own | reached))
    routed_lines.write(
        here / "chained" / f"{task.shard}.lines", ((router.shard(line), _NEW + line) for line in found)
    )


def write_shard(task: ShardTask) -> ShardFile | None:
    """Pass 3: one file of graph/inferred, under work/; None where nothing is new."""
    here = folder(Workspace(task.root))
    said = routed_lines.read(here / "direct", task.shard) + routed_lines.read(here / "chained", task.shard)
    stated = {line[1:] for line in said if line[0] == _STATED}
    return write_file(task, {line[1:] for line in said if line[0] == _NEW} - stated)


def write_file(task: ShardTask, lines: Iterable[str]) -> ShardFile | None:
    """Write inferred lines of one shard, sorted by publication; None where there are none."""
    iris = Iris(task.base)
    ordered = sorted(lines, key=Router(iris, task.shards).order)
    if not ordered:
        return None
    end = f" <{iris.graph(INFERRED)}> .\n"
    content = "".join(line[:-2] + end for line in ordered).encode()
    digest = hashlib.sha256(content).hexdigest()
    path = staged(Workspace(task.root), task.shard)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    name = f"{INFERRED}/{task.shard}.{digest[:12]}.nq"
    return ShardFile(INFERRED, task.shard, name, len(ordered), len(content), digest)


def staged(workspace: Workspace, shard: str) -> Path:
    """A file of graph/inferred before it is published."""
    return folder(workspace) / "graph" / f"{shard}.nq"


def _write_lines(path: Path, lines: list[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")


def _read_lines(path: Path) -> Iterator[str]:
    with open(path, encoding="utf-8", newline="\n") as lines:
        for line in lines:
            yield line[:-1]
