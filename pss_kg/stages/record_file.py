"""A file of records/: zstd JSON Lines in frames of `FRAME` records, so that a part can be read alone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec
import zstandard

from pss_kg.errors import InputError
from pss_kg.identity.index import Row, key_identifiers
from pss_kg.identity.settling import fingerprint
from pss_kg.iris import KEY_SCHEMES, hash_key
from pss_kg.records import Book, Publication, Reference, Relation
from pss_kg.workspace import Workspace

FRAME = 500
"""Records in one zstd frame."""

Decoded = TypeVar("Decoded")


def record_path(workspace: Workspace, input_id: str) -> Path:
    """The record file of an input."""
    return workspace.records / f"{input_id}.jsonl.zst"


class RecordWriter:
    """Encodes records into frames and keeps what the index needs of each."""

    def __init__(self, write: Callable[[bytes], int]) -> None:
        self._write = write
        self._encoder = msgspec.json.Encoder()
        self._compressor = zstandard.ZstdCompressor(level=1, write_checksum=True)
        self._lines: list[bytes] = []
        self._offset = 0
        self.frames: list[tuple[int, int, int]] = []
        self.rows: list[Row] = []

    def add(self, record: Publication) -> None:
        line = self._encoder.encode(record)
        self._lines.append(line)
        self.rows.append(index_row(len(self.rows), record, line))
        if len(self._lines) == FRAME:
            self.flush()

    def flush(self) -> None:
        if self._lines:
            frame = self._compressor.compress(b"\n".join(self._lines) + b"\n")
            self._write(frame)
            self.frames.append((self._offset, len(frame), len(self._lines)))
            self._offset += len(frame)
            self._lines = []


def index_row(position: int, record: Publication, encoded: bytes) -> Row:
    """What the index keeps of a record. `encoded` is its JSON, for the digest."""
    return Row(
        position,
        record.source,
        record.id,
        record.version,
        record.revised,
        hashlib.blake2b(encoded, digest_size=12).digest(),
        _fallback(record),
        key_identifiers(record.identifiers),
        record.claim.value if record.claim else None,
        msgspec.json.encode(record.journal).decode() if record.journal else "",
        _mentions(record),
        record.listing,
    )


def _mentions(record: Publication) -> tuple[int, ...]:
    """Fingerprints of the identifiers of others that the record names, each once."""
    others: list[Reference | Relation | Book] = [*record.references, *record.cited_by, *record.relations]
    if record.book is not None:
        others.append(record.book)
    names = {f"{s}:{v}" for other in others for s, v in other.identifiers if s in KEY_SCHEMES}
    return tuple(sorted(map(fingerprint, names)))


def _fallback(record: Publication) -> str:
    """The key that the record has if no identifier names it: title, year, first author."""
    title = record.title or record.vernacular_title
    if not title:
        return hash_key("record", record.source, record.id)
    date = record.issue_date or record.issued or record.electronic_date
    first = record.contributors[0] if record.contributors else None
    return hash_key(title, date.value[:4] if date else "", (first.family or first.name) if first else "")


def read_frame(path: Path, offset: int, size: int) -> Iterator[Publication]:
    """The records of one frame.

    Raises InputError where the file is missing, cut or otherwise damaged: half a frame would
    unpack without a word.
    """
    return read_lines(path, offset, size, msgspec.json.Decoder(Publication).decode)


def read_lines(path: Path, offset: int, size: int, decode: Callable[[bytes], Decoded]) -> Iterator[Decoded]:
    """What `decode` makes of each line of a frame, a record as JSON. Errors as `read_frame`."""
    try:
        with open(path, "rb") as raw:
            raw.seek(offset)
            unpacked = zstandard.ZstdDecompressor().decompressobj()
            content = unpacked.decompress(raw.read(size))
        if not unpacked.eof:
            raise zstandard.ZstdError("it ends too early")
        # Not splitlines(): inside JSON only \n is sure to be escaped.
        for line in content.split(b"\n"):
            if line:
                yield decode(line)
    except (OSError, zstandard.ZstdError, msgspec.DecodeError, UnicodeDecodeError) as error:
        name = path.name.removesuffix(".jsonl.zst")
        raise InputError(
            f"the record file is damaged ({error}).",
            where=str(path),
            todo=f"Delete it, raw/{name}.json and index.sqlite, and build with all your inputs again.",
        ) from error
