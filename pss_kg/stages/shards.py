"""Pass 2: the rows of one shard in, its part of the graph out.

Publications stand in key order, a publication's quads in the mapping's order, each once. The
same function maps a shard in this process, in a pool, or on another machine.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from pss_kg.iris import Iris
from pss_kg.mapping.entry import Shared
from pss_kg.mapping.publication import map_entry
from pss_kg.records import Identifiers
from pss_kg.stages import notes
from pss_kg.stages import shared as shared_statements
from pss_kg.stages.entries import Gathered, citing, gather
from pss_kg.stages.quads import MAIN, Blocks, GraphWriter, ShardCounts, ShardPart, Tally
from pss_kg.stages.shuffle import Dead, buckets_of, read_in_order
from pss_kg.vocabulary import DCTERMS
from pss_kg.workspace import Workspace

_REPLACED = f"<{DCTERMS}isReplacedBy>"


class View(NamedTuple):
    """What the rows of the buckets mean at one state of the workspace."""

    excluded: frozenset[tuple[str, str]] = frozenset()
    """(source, id) of records in quarantine: they may say nothing."""
    ambiguous: dict[str, Identifiers] = {}  # noqa: RUF012  never changed
    """Publication key -> its identifiers that others have too; the whole workspace's."""
    claimed: frozenset[str] = frozenset()
    """Keys of publications whose citations are counted for the ledger."""
    dead: Dead = {}  # noqa: RUF012  never changed


class MapTask(NamedTuple):
    """One shard to map."""

    root: Path
    base: str
    shard: int
    shards: int
    view: View = View()


class ShardState(msgspec.Struct, array_like=True):
    """What an increment must know of a mapped shard: its counts, and the blocks of each file."""

    counts: ShardCounts
    blocks: dict[str, Blocks]


def map_shard(task: MapTask) -> ShardPart:
    """Map one shard into its files under work/graph/, and note what it shares."""
    gc.disable()  # records can't form cycles; looking for them costs a tenth of the time
    try:
        return _map_shard(task)
    finally:
        gc.enable()


def _map_shard(task: MapTask) -> ShardPart:
    workspace = Workspace(task.root)
    iris = Iris(task.base)
    view = task.view
    name = f"{task.shard:02x}"
    stretches = read_in_order(workspace, buckets_of(task.shard, task.shards), view.dead)
    writers: dict[str, GraphWriter] = {}
    mapped = Mapper(iris, view.claimed)
    for rows in stretches:
        for key, graphs in mapped.map(gather(rows, view.excluded, view.ambiguous)):
            for graph, triples in graphs.items():
                if graph not in writers:
                    writers[graph] = GraphWriter(workspace, iris, graph, name)
                writers[graph].add(key, triples)
    files = [writer.close() for _, writer in sorted(writers.items())]
    blocks = {graph: writer.blocks for graph, writer in sorted(writers.items())}
    save(workspace, name, ShardState(mapped.counts, blocks))
    shared_statements.write(workspace, name, task.shards, mapped.shared)
    notes.write(workspace, name, mapped.notes)
    return ShardPart(files, mapped.counts)


class Mapper:
    """Maps gathered entries in key order, and keeps counts and shared statements."""

    def __init__(self, iris: Iris, claimed: frozenset[str]) -> None:
        self._iris = iris
        self._claimed = claimed
        self._tally = Tally(iris)
        self._noted: list[str] = []
        self.shared: Counter[Shared] = Counter()

    @property
    def counts(self) -> ShardCounts:
        """The counts of everything mapped so far."""
        self._tally.close()
        return self._tally.counts

    @property
    def notes(self) -> list[str]:
        """Of the publications mapped so far: types, dates, and DOIs that several have."""
        self._tally.close()
        return self._tally.types + self._noted

    def map(self, gathered: Gathered) -> Iterable[tuple[str, dict[str, list[str]]]]:
        """(key, graph -> triples) of every publication and alias, in key order."""
        iris, tally, counts = self._iris, self._tally, self._tally.counts
        counts.keys += len(gathered.keys)
        for key in sorted(gathered.entries.keys() | gathered.aliases.keys()):
            entry = gathered.entries.get(key)
            if entry is None:
                target = iris.publication(gathered.aliases[key])
                yield key, {"identity": [f"<{iris.publication(key)}> {_REPLACED} <{target}>"]}
                continue
            mapped = map_entry(entry, iris)
            if entry.described:
                counts.described += 1
                main = mapped.graphs[MAIN]
                self._noted += notes.noted(f"<{iris.publication(key)}>", main, entry.ambiguous)
            else:
                counts.mentioned += 1
            if key in self._claimed and entry.described:
                counts.found[key] = len(citing(entry))
            tally.add(mapped.graphs[MAIN])
            if mapped.shared:
                self.shared.update(mapped.shared)
            yield key, mapped.graphs


def save(workspace: Workspace, name: str, state: ShardState) -> None:
    """Keep what an increment must know of a shard."""
    folder = workspace.work / "shards"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.state").write_bytes(msgspec.msgpack.encode(state))


def load(workspace: Workspace, name: str) -> ShardState:
    """What `save` kept."""
    content = (workspace.work / "shards" / f"{name}.state").read_bytes()
    return msgspec.msgpack.decode(content, type=ShardState)
