"""The shuffle: rows go into 256 buckets by hash of the publication's key.

Buckets stand under work/buckets/, which may be deleted at any time; a build then fills them
anew. Each part of a bucket belongs to a generation: an increment routes the records that it
touches again in a new one, and what older generations hold of those records is dead.

A part is a file of rows: size of the row (4 bytes), size of the key (2 bytes), key, MessagePack.
The key stands apart so that a reader can pass over what it does not want.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Container, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from pss_kg.identity.index import Index
from pss_kg.records import Publication
from pss_kg.stages.record_file import read_frame, record_path
from pss_kg.stages.rows import Alias, Resolver, Row, Version, rows_of, teller
from pss_kg.workspace import Workspace

BUCKETS = 256
"""The largest number of shards; a shard is one bucket or several."""

_FLUSH = 4_000_000
"""Bytes held in memory before buckets are written out."""

Dead = dict[tuple[str, str], int]
"""(source, id) -> the generation from which on what it says counts."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Row).decode


def shard_count(publications: int) -> int:
    """The power of two from 16 to 256 next above publications / 4,000.

    `publications` counts every key that a record describes or a citation mentions.
    """
    shards = 16
    while shards < BUCKETS and shards * 4_000 < publications:
        shards *= 2
    return shards


def shard_of(key: str, shards: int = BUCKETS) -> int:
    """The shard of a publication (or of a shared thing) by its key."""
    return zlib.crc32(key.encode()) & (shards - 1)


def buckets_of(shard: int, shards: int) -> range:
    """The buckets that a shard is made of."""
    return range(shard, BUCKETS, shards)


class RouteTask(NamedTuple):
    """Some frames of one input to route. `part` names the output files."""

    root: Path
    input_id: str
    frames: tuple[tuple[int, int, int], ...]
    first: int
    """Position of the first record of the first frame."""
    part: str


def route(task: RouteTask) -> None:
    """Write the rows of these frames into their buckets, as generation 0."""
    workspace = Workspace(task.root)
    with Index(workspace.index, read_only=True) as index, Buckets(workspace, 0, task.part) as buckets:
        places = index.places(task.input_id)
        journals, resolver = index.journals(), Resolver(index)
        position = task.first
        for offset, size, _ in task.frames:
            for record in read_frame(record_path(workspace, task.input_id), offset, size):
                place = places[position]
                position += 1
                if place.state == "version":
                    buckets.add(version_row(record, place.publication))
                elif place.state in ("described", "merged"):
                    for row in rows_of(record, place.publication, resolver, journals):
                        buckets.add(row)


def version_row(record: Publication, key: str) -> Version:
    """The row of a lower version of a record."""
    return Version(key, record.version, record.identifiers, record.source, record.id)


class Buckets:
    """Rows held back per bucket and appended to its file when enough have gathered."""

    def __init__(self, workspace: Workspace, generation: int, part: str) -> None:
        self._folder = workspace.work / "buckets"
        self._name = f"{generation:04}-{part}"
        self._held: list[list[bytes]] = [[] for _ in range(BUCKETS)]
        self._keys: list[set[bytes]] = [set() for _ in range(BUCKETS)]
        self._bytes = 0

    def __enter__(self) -> Buckets:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.flush()
            for bucket, keys in enumerate(self._keys):
                if keys:
                    folder = self._folder / f"{bucket:02x}"
                    (folder / f"{self._name}.keys").write_bytes(b"\n".join(sorted(keys)))

    def add(self, row: Row) -> None:
        """Put one row into its bucket."""
        key, data = row.key.encode(), _encode(row)
        bucket = zlib.crc32(key) & (BUCKETS - 1)
        if not isinstance(row, Alias):
            self._keys[bucket].add(key)
        self._held[bucket] += (len(data).to_bytes(4, "little"), len(key).to_bytes(2, "little"), key, data)
        self._bytes += len(data)
        if self._bytes > _FLUSH:
            self.flush()

    def flush(self) -> None:
        """Write out what is held."""
        for bucket, held in enumerate(self._held):
            if held:
                folder = self._folder / f"{bucket:02x}"
                folder.mkdir(parents=True, exist_ok=True)
                with open(folder / f"{self._name}.rows", "ab") as out:
                    out.writelines(held)
                self._held[bucket] = []
        self._bytes = 0


def count_keys(workspace: Workspace) -> int:
    """Distinct publications in all buckets, when all parts are of generation 0."""
    total = 0
    for bucket in range(BUCKETS):
        keys: set[bytes] = set()
        for path in (workspace.work / "buckets" / f"{bucket:02x}").glob("*.keys"):
            keys.update(path.read_bytes().split(b"\n"))
        total += len(keys)
    return total


def read_buckets(
    workspace: Workspace,
    buckets: Iterable[int],
    dead: Dead | None = None,
    wanted: Container[str] | None = None,
    generations: Callable[[int], bool] | None = None,
) -> Iterator[Row]:
    """The live rows of some buckets, in no particular order.

    wanted:      keys to read; all where it is None
    generations: which generations to look at; all where it is None
    """
    for bucket in buckets:
        for path in sorted((workspace.work / "buckets" / f"{bucket:02x}").glob("*.rows")):
            generation = int(path.name[:4])
            if generations is not None and not generations(generation):
                continue
            content = memoryview(path.read_bytes())
            at = 0
            while at < len(content):
                size = int.from_bytes(content[at : at + 4], "little")
                start = at + 6 + int.from_bytes(content[at + 4 : at + 6], "little")
                key = str(content[at + 6 : start], "utf-8")
                at = start + size
                if wanted is None or key in wanted:
                    row = _decode(content[start:at])
                    if not dead or dead.get(teller(row), 0) <= generation:
                        yield row
