"""The shuffle: rows go into 256 buckets by hash of the publication's key.

Buckets stand under work/buckets/, which may be deleted at any time; a build then fills them
anew. Each part of a bucket belongs to a generation: an increment routes the records that it
touches again in a new one, and what older generations hold of those records is dead.

A part is a file of rows: size of the row (4 bytes), size of the key (2 bytes), key, JSON. The key
stands apart so that a reader can pass over what it does not want. JSON, because records/ is JSON:
the row of a record holds its line as it is, which is not taken apart and put together again.
"""

from __future__ import annotations

import gc
import mmap
import struct
import zlib
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import msgspec

from pss_kg.errors import WorkspaceError
from pss_kg.identity.index import Index
from pss_kg.records import Publication
from pss_kg.stages.record_file import read_lines, record_path
from pss_kg.stages.rows import Alias, Outline, Resolver, Row, Version, rows_of, teller
from pss_kg.workspace import Workspace

BUCKETS = 256
"""The largest number of shards; a shard is one bucket or several."""

_FLUSH = 12_000_000
"""Bytes held in memory before buckets are written out."""

Dead = dict[tuple[str, str], int]
"""(source, id) -> the generation from which on what it says counts."""

_HEAD = struct.Struct("<IH")
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Row).decode
_outline = msgspec.json.Decoder(Outline).decode


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


class Stretch(NamedTuple):
    """Some frames of one input."""

    input_id: str
    frames: tuple[tuple[int, int, int], ...]
    first: int
    """Position of the first record of the first frame."""


class RouteTask(NamedTuple):
    """Some frames to route. `part` names the output files, of which a task makes up to 256."""

    root: Path
    stretches: tuple[Stretch, ...]
    part: str


def route(task: RouteTask) -> None:
    """Write the rows of these frames into their buckets, as generation 0."""
    gc.disable()  # rows can't form cycles
    try:
        _route(task)
    finally:
        gc.enable()


def _route(task: RouteTask) -> None:
    workspace = Workspace(task.root)
    with Index(workspace.index, read_only=True) as index, Buckets(workspace, 0, task.part) as buckets:
        journals, resolver = index.journals(), Resolver(index)
        for stretch in task.stretches:
            places = index.places(stretch.input_id)
            path = record_path(workspace, stretch.input_id)
            position = stretch.first
            for offset, size, _ in stretch.frames:
                for record, line in read_lines(path, offset, size, _outlined):
                    place = places[position]
                    position += 1
                    if place.state == "version":
                        buckets.add(version_row(record, place.publication))
                    elif place.state in ("described", "merged"):
                        for row in rows_of(record, place.publication, resolver, journals, line):
                            buckets.add(row)


def _outlined(line: bytes) -> tuple[Outline, bytes]:
    return _outline(line), line


def version_row(record: Publication | Outline, key: str) -> Version:
    """The row of a lower version of a record."""
    return Version(key, record.version, record.identifiers, record.source, record.id)


class Buckets:
    """Rows held back per bucket and appended to its file when enough have gathered."""

    def __init__(self, workspace: Workspace, generation: int, part: str) -> None:
        self._folder = workspace.work / "buckets"
        self._name = f"{generation:04}-{part}"
        self._held = [bytearray() for _ in range(BUCKETS)]
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
        held = self._held[bucket]
        held += _HEAD.pack(len(data), len(key))
        held += key
        held += data
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
                    out.write(held)
                self._held[bucket] = bytearray()
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
    for path, generation in _parts(workspace, buckets):
        if generations is not None and not generations(generation):
            continue
        content = path.read_bytes()
        for key, start, end in _stretches(content):
            if wanted is None or str(key, "utf-8") in wanted:
                row = _row(path, content[start:end])
                if not dead or dead.get(teller(row), 0) <= generation:
                    yield row


def read_in_order(
    workspace: Workspace, buckets: Iterable[int], dead: Dead | None = None, size: int = 1_000_000
) -> Iterator[list[Row]]:
    """The live rows of some buckets by key, a stretch of keys at a time, all rows of a key together.

    Only where a key's rows stand is held in memory, and `size` bytes of rows; so a shard may be
    of any size, and what is read is mapped while it is in the processor's cache.
    """
    parts = list(_parts(workspace, buckets))
    with ExitStack() as stack:
        contents = [stack.enter_context(_mapped(path)) for path, _ in parts]
        places: dict[bytes, list[tuple[int, int, int]]] = {}
        for number, content in enumerate(contents):
            for key, start, end in _stretches(content):
                places.setdefault(key, []).append((number, start, end))
        rows: list[Row] = []
        held = 0
        for key in sorted(places):
            for number, start, end in places[key]:
                path, generation = parts[number]
                row = _row(path, contents[number][start:end])
                held += end - start
                if not dead or dead.get(teller(row), 0) <= generation:
                    rows.append(row)
            if held > size:
                yield rows
                rows, held = [], 0
        if rows:
            yield rows


def _parts(workspace: Workspace, buckets: Iterable[int]) -> Iterator[tuple[Path, int]]:
    """(file, generation) of the parts of some buckets."""
    for bucket in buckets:
        for path in sorted((workspace.work / "buckets" / f"{bucket:02x}").glob("*.rows")):
            yield path, int(path.name[:4])


def _mapped(path: Path) -> mmap.mmap:
    with open(path, "rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _stretches(content: bytes | mmap.mmap) -> Iterator[tuple[bytes, int, int]]:
    """(key, start, end) of each row."""
    at, last = 0, len(content)
    while at < last:
        size, length = _HEAD.unpack_from(content, at)
        start = at + _HEAD.size + length
        yield content[at + _HEAD.size : start], start, start + size
        at = start + size


def _row(path: Path, content: bytes) -> Row:
    try:
        row: Row = _decode(content)
    except msgspec.DecodeError as error:
        raise WorkspaceError(
            f"a row can't be read ({error}).",
            where=str(path),
            todo="Delete the folder work/ of the workspace and build again.",
        ) from error
    return row
