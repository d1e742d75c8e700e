"""The shuffle: each thing said goes to the shard of the publication it is said of.

A record goes to its publication, a mention to the publication mentioned, a citation told by
the cited side (or by an inverse relation) to the citing publication. Where two records say the
same it meets in one shard and merges there; that is what makes every quad stand once.

Buckets are files of length-prefixed MessagePack rows under work/, one per shard and task.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from pss_kg.identity.index import Index, key_identifiers
from pss_kg.identity.journals import KnownJournals
from pss_kg.iris import publication_key
from pss_kg.mapping import relations
from pss_kg.mapping.entry import Assertion, Mention, Resolved
from pss_kg.records import Identifiers, Publication, Reference
from pss_kg.stages.reading import read_frame, record_path
from pss_kg.workspace import Workspace

_FLUSH = 4_000_000
"""Bytes held in memory before buckets are written out."""


class Described(msgspec.Struct, frozen=True, tag="r", array_like=True):
    """A record, for the publication it describes."""

    key: str
    resolved: Resolved


class Version(msgspec.Struct, frozen=True, tag="v", array_like=True):
    """A lower version of a record."""

    key: str
    number: int
    identifiers: Identifiers
    source: str
    record: str


class Mentioned(msgspec.Struct, frozen=True, tag="m", array_like=True):
    """A mention, for the publication mentioned."""

    key: str
    mention: Mention


class Asserted(msgspec.Struct, frozen=True, tag="a", array_like=True):
    """A citation told from the other side, for the citing publication."""

    key: str
    assertion: Assertion


class Alias(msgspec.Struct, frozen=True, tag="i", array_like=True):
    """`key` would lead to `target`, if `key` turns out to be no publication itself."""

    key: str
    target: str
    source: str
    record: str


Row = Described | Version | Mentioned | Asserted | Alias
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Row).decode


def shard_count(publications: int) -> int:
    """The power of two from 16 to 256 next above publications / 4,000.

    `publications` counts those that a record describes.
    """
    shards = 16
    while shards < 256 and shards * 4_000 < publications:
        shards *= 2
    return shards


def shard_of(key: str, shards: int) -> int:
    """The shard of a publication (or of a shared thing) by its key."""
    return zlib.crc32(key.encode()) & (shards - 1)


class Resolver:
    """Identifiers of a reference -> the key of the publication meant.

    PMID first. A later identifier counts only where the earlier are unknown to every record,
    and not if its publication has another PMID than the one printed beside it.
    """

    def __init__(self, index: Index) -> None:
        self._index = index

    def keys(self, wanted: Iterable[Identifiers]) -> tuple[list[str], dict[str, str]]:
        """The key of each, "" where nothing names it; and what the index knew, by identifier."""
        usable = [key_identifiers(identifiers) for identifiers in wanted]
        names = sorted({f"{scheme}:{value}" for identifiers in usable for scheme, value in identifiers})
        known = self._index.resolve(names) if names else {}
        return [self._key(identifiers, known) for identifiers in usable], known

    @staticmethod
    def _key(identifiers: Identifiers, known: dict[str, str]) -> str:
        own = publication_key(identifiers)
        for scheme, value in sorted(
            identifiers, key=lambda i: ("pmid", "doi", "pmcid", "openalex").index(i[0])
        ):
            key = known.get(f"{scheme}:{value}")
            if key and not (
                own.startswith("pmid-") and key.startswith("pmid-") and scheme != "pmid" and key != own
            ):
                return key
        return own


class RouteTask(NamedTuple):
    """Some frames of one input to route. `part` names the output files."""

    root: Path
    input_id: str
    frames: tuple[tuple[int, int, int], ...]
    first: int
    """Position of the first record of the first frame."""
    shards: int
    part: str


def route(task: RouteTask) -> None:
    """Write the rows of these frames into their buckets."""
    workspace = Workspace(task.root)
    buckets = _Buckets(workspace.work / "buckets", task.shards, task.part)
    with Index(workspace.index, read_only=True) as index:
        places = index.places(task.input_id)
        journals = index.journals()
        resolver = Resolver(index)
        position = task.first
        for offset, size, _ in task.frames:
            for record in read_frame(record_path(workspace, task.input_id), offset, size):
                place = places[position]
                position += 1
                if place.state == "version":
                    buckets.add(
                        Version(
                            place.publication, record.version, record.identifiers, record.source, record.id
                        )
                    )
                elif place.state in ("described", "merged"):
                    for row in rows_of(record, place.publication, resolver, journals):
                        buckets.add(row)
    buckets.flush()


def rows_of(record: Publication, key: str, resolver: Resolver, journals: KnownJournals) -> Iterator[Row]:
    """Everything that one record says, as rows for the shards it concerns."""
    others: tuple[Reference, ...] = record.references + record.cited_by
    found, known = resolver.keys([o.identifiers for o in others] + [r.identifiers for r in record.relations])
    references = found[: len(record.references)]
    citing = found[len(record.references) : len(others)]
    related = found[len(others) :]
    source, record_id = record.source, record.id
    described = set(known.values())
    yield Described(key, Resolved(record, tuple(references), tuple(related), journals.key(record.journal)))

    for listed, keys in ((record.references, references), (record.cited_by, citing)):
        for position, (reference, other) in enumerate(zip(listed, keys, strict=True), 1):
            if other and other != key:
                yield Mentioned(other, Mention(source, record_id, key, position, reference))
                if other not in described:
                    yield from _aliases(reference.identifiers, other, known, source, record_id)
    for other in dict.fromkeys(citing):
        if other and other != key:
            yield Asserted(other, Assertion(key, "cito:cites", source, record_id))
    for position, (relation, other) in enumerate(zip(record.relations, related, strict=True), 1):
        if not other or other == key:
            continue
        stub = Reference(text=relation.text, identifiers=relation.identifiers)
        yield Mentioned(other, Mention(source, record_id, key, len(record.references) + position, stub))
        if other not in described:
            yield from _aliases(relation.identifiers, other, known, source, record_id)
        for prop in relations.inverse(relation.type):
            yield Asserted(other, Assertion(key, prop, source, record_id))


def _aliases(
    identifiers: Identifiers, target: str, known: dict[str, str], source: str, record: str
) -> Iterator[Alias]:
    """The other keys of a publication that no record describes."""
    for identifier in key_identifiers(identifiers):
        name = publication_key((identifier,))
        if name != target and f"{identifier[0]}:{identifier[1]}" not in known:
            yield Alias(name, target, source, record)


class _Buckets:
    """Rows held back per shard and appended to its file when enough have gathered."""

    def __init__(self, folder: Path, shards: int, part: str) -> None:
        self._folder = folder
        self._part = part
        self._shards = shards
        self._held: list[list[bytes]] = [[] for _ in range(shards)]
        self._bytes = 0

    def add(self, row: Row) -> None:
        data = _encode(row)
        held = self._held[shard_of(row.key, self._shards)]
        held.append(len(data).to_bytes(4, "little"))
        held.append(data)
        self._bytes += len(data)
        if self._bytes > _FLUSH:
            self.flush()

    def flush(self) -> None:
        for shard, held in enumerate(self._held):
            if held:
                folder = self._folder / f"{shard:02x}"
                folder.mkdir(parents=True, exist_ok=True)
                with open(folder / f"{self._part}.rows", "ab") as out:
                    out.writelines(held)
                self._held[shard] = []
        self._bytes = 0


def read_bucket(workspace: Workspace, shard: int) -> Iterator[Row]:
    """Every row of one shard, in no particular order."""
    for path in sorted((workspace.work / "buckets" / f"{shard:02x}").glob("*.rows")):
        content = memoryview(path.read_bytes())
        at = 0
        while at < len(content):
            size = int.from_bytes(content[at : at + 4], "little")
            yield _decode(content[at + 4 : at + 4 + size])
            at += 4 + size


def shards_touched(
    record: Publication, key: str, resolver: Resolver, journals: KnownJournals, shards: int
) -> set[int]:
    """The shards that hold anything this record said."""
    return {shard_of(row.key, shards) for row in rows_of(record, key, resolver, journals)}
