"""Pass 1: each input is read once, into one file of records/ and one entry of raw/.

A record file is zstd JSON Lines in frames of `FRAME` records, so that a part of it can be read
alone. The entry in raw/ is written last: an input is read when it has one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import zstandard

from pss_kg.errors import DamagedInput, InputError, WorkspaceError, printable
from pss_kg.identity.index import Row, key_identifiers
from pss_kg.identity.settling import fingerprint
from pss_kg.iris import KEY_SCHEMES, hash_key
from pss_kg.records import Book, Deletion, Publication, Reference, Relation, Unusable
from pss_kg.sources.base import DEFAULT_MAX_FIELD, Input
from pss_kg.sources.opening import detect, open_input
from pss_kg.workspace import Workspace, encode_pretty, storage_errors, write_atomically

FRAME = 500
"""Records in one zstd frame."""

_UPDATE_FILE = re.compile(r"(?<!\d)(\d{2})n(\d{4})(?!\d)")


class InputReport(msgspec.Struct, frozen=True, omit_defaults=True):
    """raw/<id>.json: what was read from one file, and what came of it."""

    id: str
    path: str
    bytes: int
    sha256: str
    source: str
    number: int = -1
    """(year, number) of a PubMed update file as one integer; -1 where the name has none."""
    records: int = 0
    unusable: int = 0
    deletions: tuple[tuple[str, str, int], ...] = ()
    """(source, id, version) of the records that the file withdraws."""
    damage: str = ""
    """Why reading ended early; "" if it did not."""
    frames: tuple[tuple[int, int, int], ...] = ()
    """(offset, bytes, records) of each zstd frame."""


class Intake(NamedTuple):
    """One input as read: the report, and what the index needs."""

    report: InputReport
    rows: list[Row]


class Task(NamedTuple):
    """One file to read into the workspace."""

    root: Path
    path: Path
    id: str
    sha256: str
    number: int
    max_field: int = DEFAULT_MAX_FIELD


def update_number(name: str) -> int:
    """`pubmed21n1298.xml.gz` -> 211298; -1 for a name without a year and number."""
    found = _UPDATE_FILE.search(name)
    return int(found[1]) * 10_000 + int(found[2]) if found else -1


def recognise(path: Path) -> str:
    """The name of the source that reads this file.

    Raises UnreadableInput or UnknownFormat.
    """
    return detect(path).name


def task_for(root: Path, path: Path, max_field: int = DEFAULT_MAX_FIELD) -> Task:
    """The task of reading `path`; its id comes from the content and the update number alone.

    Raises UnreadableInput where the file can't be opened.
    """
    stream, _ = open_input(path)  # the checks, and their messages, are the source room's
    stream.close()
    with open(path, "rb") as raw:
        digest = hashlib.file_digest(raw, "sha256").hexdigest()
    number = update_number(path.name)
    suffix = f"-{number:06}" if number >= 0 else ""
    return Task(root, path, digest[:20] + suffix, digest, number, max_field)


def record_path(workspace: Workspace, input_id: str) -> Path:
    """The record file of an input."""
    return workspace.records / f"{input_id}.jsonl.zst"


def read_input(task: Task) -> Intake:
    """Read one file into records/ and quarantine/, and commit it with its entry in raw/.

    Raises InputError where nothing in it could be read; then nothing is written.
    """
    workspace = Workspace(task.root)
    source = detect(task.path)
    stream, _ = open_input(task.path)
    given = Input(task.path, printable(task.path.name), task.max_field)
    path = record_path(workspace, task.id)
    beside = path.with_name(f".{path.name}.tmp")
    unusable: list[Unusable] = []
    deletions: list[tuple[str, str, int]] = []
    damage = ""
    with stream, storage_errors(workspace.records):
        try:
            with open(beside, "wb") as out:
                writer = _RecordWriter(out.write)
                try:
                    for item in source.read(stream, given):
                        if isinstance(item, Publication):
                            writer.add(item)
                        elif isinstance(item, Unusable):
                            unusable.append(item)
                        else:
                            deletions.append(_deletion(item))
                except DamagedInput as error:
                    if not (writer.rows or unusable or deletions):
                        raise
                    damage = str(error)
                writer.flush()
            report = InputReport(
                id=task.id,
                path=printable(str(task.path)),
                bytes=task.path.stat().st_size,
                sha256=task.sha256,
                source=source.name,
                number=task.number,
                records=len(writer.rows),
                unusable=len(unusable),
                deletions=tuple(deletions),
                damage=damage,
                frames=tuple(writer.frames),
            )
            beside.replace(path)
            if unusable:
                lines = b"".join(msgspec.json.encode(u) + b"\n" for u in unusable)
                write_atomically(workspace.quarantine / f"{task.id}.jsonl", lines)
            write_atomically(workspace.raw / f"{task.id}.json", encode_pretty(report))
        finally:
            beside.unlink(missing_ok=True)
    return Intake(report, writer.rows)


def _deletion(item: Deletion) -> tuple[str, str, int]:
    return item.source, item.id, item.version


class _RecordWriter:
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


def load_reports(workspace: Workspace) -> list[InputReport]:
    """Every input that was read, by id.

    Raises WorkspaceError for an entry of raw/ that is damaged.
    """
    decode = msgspec.json.Decoder(InputReport).decode
    reports = []
    for path in sorted(workspace.raw.glob("*.json")):
        try:
            reports.append(decode(path.read_bytes()))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise WorkspaceError(
                f"this file is damaged ({error}).",
                where=str(path),
                todo="Delete it and index.sqlite, and build with all your inputs again.",
            ) from error
    return reports


def read_frame(path: Path, offset: int, size: int) -> Iterator[Publication]:
    """The records of one frame.

    Raises InputError where the file is missing, cut or otherwise damaged: half a frame would
    unpack without a word.
    """
    decode = msgspec.json.Decoder(Publication).decode
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


def intake_of(workspace: Workspace, report: InputReport) -> Intake:
    """The index rows of an input that was read before, from its record file.

    Raises InputError where the record file is missing or damaged.
    """
    path = record_path(workspace, report.id)
    rows: list[Row] = []
    encode = msgspec.json.Encoder().encode
    for offset, size, _ in report.frames:
        for record in read_frame(path, offset, size):
            rows.append(index_row(len(rows), record, encode(record)))
    return Intake(report, rows)
