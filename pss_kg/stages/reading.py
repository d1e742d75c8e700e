"""Pass 1: each input is read once, into one file of records/ and one entry of raw/.

The entry in raw/ is written last: an input is read when it has one.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import NamedTuple

import msgspec

from pss_kg import plugins
from pss_kg.errors import DamagedInput, WorkspaceError, printable
from pss_kg.identity.index import Row
from pss_kg.records import Deletion, Publication, Unusable
from pss_kg.sources.base import DEFAULT_MAX_FIELD, Input
from pss_kg.sources.opening import detect, open_input
from pss_kg.stages.record_file import RecordWriter, index_row, read_frame, record_path
from pss_kg.workspace import Workspace, encode_pretty, storage_errors, write_atomically

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
    retrieved: str = ""
    """When a service gave the last of the records, ISO 8601 in UTC; "" for a file."""


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

    Raises UnreadableInput or UnknownFormat, and PluginError where a plug-in can't be used.
    """
    return detect(path, plugins.file_sources()).name


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


def read_input(task: Task) -> Intake:
    """Read one file into records/ and quarantine/, and commit it with its entry in raw/.

    Raises InputError where nothing in it could be read; then nothing is written.
    """
    workspace = Workspace(task.root)
    source = detect(task.path, plugins.file_sources())
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
                writer = RecordWriter(out.write)
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
