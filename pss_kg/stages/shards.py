"""Pass 2: one bucket in, one shard of the graph out.

Publications stand in key order, a publication's quads in the mapping's order, each once. The
same function maps a shard in this process, in a pool, or on another machine.
"""

from __future__ import annotations

import gc
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, NamedTuple

import msgspec

from pss_kg.identity.index import key_identifiers
from pss_kg.iris import Iris, encode
from pss_kg.mapping.entry import Assertion, Entry, Mention, Resolved, Shared, rank
from pss_kg.mapping.publication import map_entry
from pss_kg.records import Identifiers
from pss_kg.stages.shuffle import Alias, Asserted, Described, Mentioned, Version, read_bucket, shard_of
from pss_kg.vocabulary import CITO, DCTERMS, RDF
from pss_kg.workspace import ShardFile, Workspace

MAIN = "main"
_TYPE = f"<{RDF}type>"
_CITATION = f"<{CITO}Citation>"
_REPLACED = f"<{DCTERMS}isReplacedBy>"

_HELD = 5_000
"""Triples that a writer joins at once: one large write is cheaper than many small ones."""


Statement = tuple[str, str, str, bool, str, str]
"""A `Shared` statement as it is read back: a plain tuple is cheaper, and there are many."""


class MapTask(NamedTuple):
    """One shard to map, without the records that are in quarantine."""

    root: Path
    base: str
    shard: int
    shards: int
    excluded: frozenset[tuple[str, str]] = frozenset()
    """(source, id) of records that may say nothing."""
    ambiguous: dict[str, Identifiers] = {}  # noqa: RUF012  never changed
    """Publication key -> its identifiers that others have too; the whole workspace's."""
    claimed: frozenset[str] = frozenset()
    """Keys of publications whose citations are counted for the ledger."""


class ShardCounts(msgspec.Struct):
    """What one shard holds. `found`: publication key -> distinct citing publications."""

    described: int = 0
    mentioned: int = 0
    citations: int = 0
    typed_citations: int = 0
    classes: dict[str, int] = {}
    found: dict[str, int] = {}


class MappedShard(NamedTuple):
    """The files of one shard, relative to work/graph/, and its counts."""

    files: list[ShardFile]
    counts: ShardCounts


class GraphWriter:
    """Appends triples of one graph to one shard file, and keeps its count and digest."""

    def __init__(
        self,
        folder: Path,
        iris: Iris,
        graph: str,
        shard: str,
        seen: Callable[[list[str]], None] | None = None,
    ) -> None:
        """`seen` is shown every triple that is written, some thousand at a time."""
        self._seen = seen
        self._end = f" <{iris.graph(graph)}> .\n"
        self._graph, self._shard = graph, shard
        self._path = folder / graph / f"{shard}.nq"
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._out: IO[bytes] = open(self._path, "wb")  # noqa: SIM115  closed in close()
        self._digest = hashlib.sha256()
        self._quads = self._bytes = 0
        self._held: list[str] = []

    def add(self, triples: list[str]) -> None:
        """Append "s p o" triples as quads of this graph."""
        self._held += triples
        if len(self._held) > _HELD:
            self._flush()

    def _flush(self) -> None:
        if self._held:
            if self._seen is not None:
                self._seen(self._held)
            block = (self._end.join(self._held) + self._end).encode()
            self._out.write(block)
            self._digest.update(block)
            self._quads += len(self._held)
            self._bytes += len(block)
            self._held = []

    def close(self) -> ShardFile:
        """Finish the file and say what it holds."""
        self._flush()
        self._out.close()
        digest = self._digest.hexdigest()
        return ShardFile(
            self._graph,
            self._shard,
            f"{self._graph}/{self._shard}.{digest[:12]}.nq",
            self._quads,
            self._bytes,
            digest,
        )


def entries(
    rows: Iterable[Described | Version | Mentioned | Asserted | Alias],
    excluded: frozenset[tuple[str, str]],
    ambiguous: dict[str, Identifiers],
) -> tuple[dict[str, Entry], dict[str, str]]:
    """Gather rows into one entry per publication; gives the entries, and alias -> target.

    Rows of excluded records are left out. The order of rows plays no part.
    """
    records: dict[str, list[Resolved]] = {}
    versions: dict[str, set[tuple[int, Identifiers, str, str]]] = {}
    mentions: dict[str, list[Mention]] = {}
    asserted: dict[str, set[Assertion]] = {}
    targets: dict[str, str] = {}
    for row in rows:
        if isinstance(row, Mentioned):
            if (row.mention.source, row.mention.record) not in excluded:
                mentions.setdefault(row.key, []).append(row.mention)
        elif isinstance(row, Alias):
            if (row.source, row.record) not in excluded:
                targets[row.key] = min(row.target, targets.get(row.key, row.target))
        elif isinstance(row, Asserted):
            if (row.assertion.source, row.assertion.record) not in excluded:
                asserted.setdefault(row.key, set()).add(row.assertion)
        elif isinstance(row, Described):
            if (row.resolved.record.source, row.resolved.record.id) not in excluded:
                records.setdefault(row.key, []).append(row.resolved)
        elif (row.source, row.record) not in excluded:
            versions.setdefault(row.key, set()).add((row.number, row.identifiers, row.source, row.record))
    gathered = {}
    for key in records.keys() | mentions.keys() | asserted.keys():
        own = sorted(records.get(key, ()), key=lambda r: (rank(r.record.source), r.record.id))
        gathered[key] = Entry(
            key,
            tuple(own),
            tuple(sorted(versions.get(key, ()))) if own else (),
            _in_order(mentions.get(key, [])),
            tuple(sorted(asserted.get(key, ()), key=_assertion_order)),
            ambiguous.get(key, ()),
            own_aliases(key, own, ambiguous),
        )
    return gathered, targets


def own_aliases(key: str, records: list[Resolved], ambiguous: dict[str, Identifiers]) -> tuple[str, ...]:
    """The other keys that a described publication could have had.

    An identifier of several publications is an alias of the one with the smallest key.
    """
    if not records:
        return ()
    names = {
        f"{scheme}-{encode(value)}": (scheme, value)
        for resolved in records
        for scheme, value in key_identifiers(resolved.record.identifiers)
    }
    shared = ambiguous.get(key, ())
    return tuple(
        sorted(
            name
            for name, identifier in names.items()
            if name != key
            and (
                identifier not in shared or key == min(k for k, ids in ambiguous.items() if identifier in ids)
            )
        )
    )


def _in_order(mentions: list[Mention]) -> tuple[Mention, ...]:
    return tuple(sorted(mentions, key=_mention_order) if len(mentions) > 1 else mentions)


def _mention_order(mention: Mention) -> tuple[object, ...]:
    return rank(mention.source), mention.citing, mention.position, mention.record, repr(mention.reference)


def _assertion_order(assertion: Assertion) -> tuple[object, ...]:
    return assertion.cited, assertion.property, rank(assertion.source), assertion.record


def map_shard(task: MapTask) -> MappedShard:
    """Map one bucket into its shard files under work/graph/ and its shared statements."""
    gc.disable()  # records can't form cycles; looking for them costs a tenth of the time
    try:
        return _map_shard(task)
    finally:
        gc.enable()


def _map_shard(task: MapTask) -> MappedShard:
    workspace = Workspace(task.root)
    iris = Iris(task.base)
    name = f"{task.shard:02x}"
    gathered, targets = entries(read_bucket(workspace, task.shard), task.excluded, task.ambiguous)
    writers: dict[str, GraphWriter] = {}
    shared: Counter[Shared] = Counter()
    tally = _Tally(iris, task.claimed)

    def write(graph: str, triples: list[str]) -> None:
        if graph not in writers:
            seen = tally.count if graph == MAIN else None
            writers[graph] = GraphWriter(workspace.work / "graph", iris, graph, name, seen)
        writers[graph].add(triples)

    for key in sorted(gathered.keys() | targets.keys()):
        entry = gathered.get(key)
        if entry is None:
            alias = f"<{iris.publication(key)}> {_REPLACED} <{iris.publication(targets[key])}>"
            write("identity", [alias])
            continue
        mapped = map_entry(entry, iris)
        for graph, triples in mapped.graphs.items():
            write(graph, triples)
        if entry.records:
            tally.counts.described += 1
        else:
            tally.counts.mentioned += 1
        if mapped.shared:
            shared.update(mapped.shared)
    files = [writer.close() for _, writer in sorted(writers.items())]
    write_shared(workspace, name, task.shards, shared)
    write_types(workspace, name, tally.types)
    return MappedShard(files, tally.counts)


class _Tally:
    """Counts instances and citations from the triples themselves, so that counts are true."""

    def __init__(self, iris: Iris, claimed: frozenset[str]) -> None:
        self.counts = ShardCounts(classes={}, found={})
        self.types: list[str] = []
        """The type triples of publications."""
        self._publication = f"<{iris.publication_base}"
        self._citation = f"<{iris.base}citation/"
        self._claimed = claimed

    def count(self, triples: list[str]) -> None:
        """Count some triples of main."""
        counts = self.counts
        classes = counts.classes
        for triple in [t for t in triples if _TYPE in t]:
            subject, predicate, kind = triple.split(" ", 2)
            if predicate != _TYPE:
                continue
            classes[kind] = classes.get(kind, 0) + 1
            if kind == _CITATION:
                ends = subject[len(self._citation) : -1].split("/")
                if len(ends) == 2:
                    counts.citations += 1
                    if ends[1] in self._claimed:
                        counts.found[ends[1]] = counts.found.get(ends[1], 0) + 1
                else:
                    counts.typed_citations += 1
            elif subject.startswith(self._publication):
                self.types.append(triple)


def write_types(workspace: Workspace, name: str, triples: list[str]) -> None:
    """Put the types of one shard's things down, for the validation of others that point to them."""
    folder = workspace.work / "types"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.nt").write_text("".join(f"{triple} .\n" for triple in triples), encoding="utf-8")


def write_shared(workspace: Workspace, name: str, shards: int, shared: Counter[Shared]) -> None:
    """Put the shared statements of one mapped shard down, by the shard of their subject."""
    parts: list[list[tuple[Shared, int]]] = [[] for _ in range(shards)]
    for statement, count in shared.items():
        parts[shard_of(statement.subject, shards)].append((statement, count))
    folder = workspace.work / "shared"
    folder.mkdir(parents=True, exist_ok=True)
    spans = []
    encode_part = msgspec.msgpack.Encoder().encode
    with open(folder / f"{name}.rows", "wb") as out:
        for part in parts:
            data = encode_part(part)
            spans.append((out.tell(), len(data)))
            out.write(data)
    (folder / f"{name}.json").write_bytes(msgspec.json.encode(spans))


def read_shared(workspace: Workspace, shard: int) -> list[tuple[Statement, int]]:
    """All shared statements on the subjects of one shard, sorted, with how often each was made."""
    decode = msgspec.msgpack.Decoder(list[tuple[Statement, int]]).decode
    rows: list[tuple[Statement, int]] = []
    for path in sorted((workspace.work / "shared").glob("*.rows")):
        offset, size = msgspec.json.decode(path.with_suffix(".json").read_bytes())[shard]
        with open(path, "rb") as content:
            content.seek(offset)
            rows += decode(content.read(size))
    rows.sort()
    return rows
