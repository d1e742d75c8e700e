"""raw/replies/: the replies of services as received, and an index of them.

    <access>-00001.warc.gz   request and response records, appended, never changed
    index.sqlite             identity of a request -> where its last reply stands; disposable

A reply is written in one piece to the end of a file, then entered into the index. So a process
that is killed leaves at most a torn end, which is cut off when the archive is opened again; what
the index does not know is read from the files. Only what the disk had not taken in when the power
went can be lost, at most `SYNC` seconds; it is then asked for again.

One process writes at a time: whoever opens an archive holds the workspace's lock.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import mmap
import os
import re
import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import NamedTuple

import msgspec

from pss_kg.errors import WorkspaceError
from pss_kg.http import warc
from pss_kg.http.asking import Reply, Request

LARGEST = 256 << 20
"""Bytes after which a new file is begun."""

SYNC = 2.0
"""Seconds between two flushes to the disk: one for each reply would cost more than the reply."""

INDEX = "index.sqlite"
LAYOUT = 1
TABLES = """
CREATE TABLE IF NOT EXISTS replies (digest TEXT PRIMARY KEY, file TEXT, offset INT, length INT, status INT,
    time TEXT, url TEXT, media_type TEXT, etag TEXT, modified TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (name TEXT PRIMARY KEY, size INT) WITHOUT ROWID;
"""
# The later one is in force; of two of the same moment the one that stands further on.
ENTER = """
INSERT INTO replies VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (digest) DO UPDATE SET
    file = excluded.file, offset = excluded.offset, length = excluded.length, status = excluded.status,
    time = excluded.time, url = excluded.url, media_type = excluded.media_type, etag = excluded.etag,
    modified = excluded.modified
    WHERE excluded.time >= replies.time
"""


class Validators(NamedTuple):
    """What a conditional request refers to, "" = the reply said nothing of the kind."""

    etag: str
    modified: str


def identity(request: Request) -> str:
    """What makes two requests the same: SHA-256 of the request as JSON with sorted keys, hexadecimal.

    Nothing of where it is sent, of keys or of an address is in it.
    """
    return hashlib.sha256(msgspec.json.encode(request, order="sorted")).hexdigest()


class Archive:
    """The replies in one folder. A context manager; safe to be used by several threads."""

    def __init__(self, folder: Path, *, largest: int = LARGEST) -> None:
        self.folder = folder
        self._largest = largest
        self._lock = Lock()
        self._open: dict[str, int] = {}  # file name -> descriptor
        self._last: dict[str, tuple[str, int]] = {}  # access -> file that is appended to, its size
        self._synced = time.monotonic()
        self._unsynced: set[int] = set()

    def __enter__(self) -> Archive:
        with self._storage():
            self.folder.mkdir(parents=True, exist_ok=True)
            self._index = self._open_index()
            try:
                self._catch_up()
            except BaseException:
                self._index.close()
                raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock, self._storage():
            try:
                for descriptor in self._unsynced:
                    os.fsync(descriptor)
                self._unsynced.clear()
            finally:
                self._index.close()
                for descriptor in self._open.values():
                    os.close(descriptor)
                self._open.clear()

    def find(self, request: Request) -> Reply | None:
        """The last reply to this request, None = there is none, or it is damaged."""
        with self._lock:
            row = self._index.execute(
                "SELECT file, offset, length, status, time, url, media_type FROM replies WHERE digest = ?",
                (identity(request),),
            ).fetchone()
            if row is None:
                return None
            file, offset, length, status, moment, url, media_type = row
            with self._storage():
                descriptor = self._descriptor(file)
        try:
            body = warc.body_in(os.pread(descriptor, length, offset))
        except ValueError:
            return None  # asked for again, and the new one supersedes it
        return Reply(request, status, body, moment, url, media_type, replayed=True)

    def validators(self, request: Request) -> Validators:
        """ETag and Last-Modified of the last reply to this request."""
        with self._lock:
            row = self._index.execute(
                "SELECT etag, modified FROM replies WHERE digest = ?", (identity(request),)
            ).fetchone()
        return Validators(*row) if row else Validators("", "")

    def keep(self, request: Request, reply: Reply, headers: Sequence[tuple[str, str]] = ()) -> None:
        """Add a reply; it supersedes the one before, which stays in its file.

        `headers` as received; those that may say who asked are left out. Raises WorkspaceError
        for a full disk; then nothing is added.
        """
        digest = identity(request)
        answer, asked = warc.pair(request, digest, reply, tuple(headers))
        said = {name.lower(): value for name, value in headers}
        with self._lock, self._storage():
            name, size = self._room(request.access)
            descriptor = self._descriptor(name)
            head = b"" if size else warc.file_head(name)
            _append(descriptor, head + answer + asked, size)
            found = warc.Found(
                digest=digest,
                offset=size + len(head),
                length=len(answer),
                end=size + len(head) + len(answer) + len(asked),
                status=reply.status,
                time=reply.time,
                url=reply.url,
                media_type=reply.media_type,
                etag=said.get("etag", ""),
                modified=said.get("last-modified", ""),
            )
            self._last[request.access] = name, found.end
            self._enter(name, [found])
            self._unsynced.add(descriptor)
            due = time.monotonic() - self._synced >= SYNC
            if due:
                self._synced = time.monotonic()
                waiting, self._unsynced = self._unsynced, set()
        if due:
            with self._storage():
                for descriptor in waiting:
                    os.fsync(descriptor)

    def count(self, access: str = "") -> int:
        """How many requests have a reply here; of one access, or of all."""
        like = f"{access}-_____.warc.gz" if access else "%"
        with self._lock:
            row = self._index.execute("SELECT count(*) FROM replies WHERE file LIKE ?", (like,)).fetchone()
        return int(row[0])

    def _room(self, access: str) -> tuple[str, int]:
        """The file that is appended to, and its size."""
        if access not in self._last:
            if not re.fullmatch(r"[a-z0-9_-]+", access):
                raise ValueError(f"{access!r} can't be the name of an access")
            names = sorted(p.name for p in self.folder.glob(f"{access}-*.warc.gz") if _FILE.fullmatch(p.name))
            last = names[-1] if names else f"{access}-00001.warc.gz"
            self._last[access] = last, os.fstat(self._descriptor(last)).st_size
        name, size = self._last[access]
        if size >= self._largest:
            number = int(name.rpartition("-")[2].partition(".")[0]) + 1
            name, size = f"{access}-{number:05}.warc.gz", 0
            self._last[access] = name, size
        return name, size

    def _descriptor(self, name: str) -> int:
        if name not in self._open:
            path = self.folder / name
            try:
                self._open[name] = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
            except PermissionError:  # one who only reads can still replay
                self._open[name] = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        return self._open[name]

    def _enter(self, name: str, found: Sequence[warc.Found]) -> None:
        with self._index:
            self._index.executemany(
                ENTER,
                [
                    (
                        f.digest,
                        name,
                        f.offset,
                        f.length,
                        f.status,
                        f.time,
                        f.url,
                        f.media_type,
                        f.etag,
                        f.modified,
                    )
                    for f in found
                ],
            )
            if found:
                self._index.execute("INSERT OR REPLACE INTO files VALUES (?, ?)", (name, found[-1].end))

    def _open_index(self) -> sqlite3.Connection:
        path = self.folder / INDEX
        try:
            return _connected(path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and "malformed" not in str(error):
                raise
            for suffix in ("", "-wal", "-shm"):  # it is made anew from the files
                path.with_name(INDEX + suffix).unlink(missing_ok=True)
            return _connected(path)

    def _catch_up(self) -> None:
        """Bring the index to what the files hold, and cut off torn ends."""
        files = {p.name: p.stat().st_size for p in self.folder.iterdir() if _FILE.fullmatch(p.name)}
        known = dict(self._index.execute("SELECT name, size FROM files"))
        if any(files.get(name, -1) < size for name, size in known.items()):
            with self._index:  # a file is gone or shorter: nothing the index says is sure
                self._index.execute("DELETE FROM replies")
                self._index.execute("DELETE FROM files")
            known = {}
        for name in sorted(files):
            if files[name] > known.get(name, 0):
                self._read(name, known.get(name, 0))

    def _read(self, name: str, start: int) -> None:
        descriptor = self._descriptor(name)
        end = start
        with mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ) as data:
            batch: list[warc.Found] = []
            for found in warc.whole_pairs(data, start):
                end = found.end
                batch.append(found)
                if len(batch) == 1000:
                    self._enter(name, batch)
                    batch.clear()
            self._enter(name, batch)
            size = len(data)
        if end < size:
            os.ftruncate(descriptor, end)

    @contextlib.contextmanager
    def _storage(self) -> Iterator[None]:
        where = str(self.folder)
        try:
            yield
        except OSError as error:
            place = str(error.filename or where)
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise _full(where) from error
            todo = "Ask for the right to write there, or choose another place with --kg."
            raise WorkspaceError(f"{error.strerror or error}.", where=place, todo=todo) from error
        except sqlite3.DatabaseError as error:
            if "full" in str(error):
                raise _full(where) from error
            if "readonly" in str(error) or "unable to open" in str(error):
                todo = "Ask for the right to write there, or choose another place with --kg."
                raise WorkspaceError("the folder can't be written to.", where=where, todo=todo) from error
            raise WorkspaceError(
                f"the index of the replies can't be used ({error}).",
                where=str(self.folder / INDEX),
                todo="Delete it; it is made anew from the files beside it.",
            ) from error


_FILE = re.compile(r"[a-z0-9_-]+-[0-9]{5}\.warc\.gz")


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        # No flush for each reply: after a power cut the files are the truth.
        connection.execute("PRAGMA synchronous = NORMAL")
        (layout,) = connection.execute("PRAGMA user_version").fetchone()
        if layout != LAYOUT:
            connection.executescript("DROP TABLE IF EXISTS replies; DROP TABLE IF EXISTS files;")
            connection.execute(f"PRAGMA user_version = {LAYOUT}")
        connection.executescript(TABLES)
    except BaseException:
        connection.close()
        raise
    return connection


def _append(descriptor: int, content: bytes, size: int) -> None:
    """Write all of it at `size`, or nothing. Raises OSError."""
    view = memoryview(content)
    at = size
    try:
        while view:
            written = os.pwrite(descriptor, view, at)
            view, at = view[written:], at + written
    except BaseException:
        os.ftruncate(descriptor, size)
        raise


def _full(where: str) -> WorkspaceError:
    return WorkspaceError(
        "the disk is full.",
        where=where,
        todo="The replies up to here are kept. Free some space and run the same command again.",
    )
