"""The workspace folder: what stands where, the lock, and atomic publishing.

    raw/         one JSON file per input: digest, size, path, what came of it
    records/     one zstd JSON Lines file per input
    index.sqlite identifier -> publication
    graph/       N-Quads in shards and manifest.json: the truth
    store/       an index of graph/, disposable
    quarantine/  records that are not published, with the reason
    reports/     validation report, the last build's summary
    work/        intermediate files, disposable

A file of graph/ carries its digest in its name and never changes; the manifest is the only
thing that is replaced, in one rename. So a reader, and a run that was killed, sees the old
graph or the new one and nothing between.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec

from pss_kg.errors import GraphError, WorkspaceBusy, WorkspaceError
from pss_kg.vocabulary import BASE

FORMAT = 1
"""The version of the layout. A workspace of a higher one is refused."""

PROVENANCE = "provenance"
"""The one graph that may hold times and run ids."""


class ShardFile(msgspec.Struct, frozen=True):
    """One file of graph/: the quads of one graph in one shard, sorted by publication key."""

    graph: str  # "main", "source/pubmed", "attribution" …
    shard: str  # "0a", or "shared-03" for things that publications share
    file: str  # path under graph/
    quads: int
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, omit_defaults=True):
    """graph/manifest.json: what the graph is made of, and its counts. Holds no times."""

    format: int = FORMAT
    base: str = BASE
    software: str = ""
    """The version of pss-kg that mapped it; another version maps anew."""
    shards: int = 16
    inputs: tuple[str, ...] = ()
    files: tuple[ShardFile, ...] = ()
    classes: dict[str, int] = {}
    """Instances in main, by class IRI."""
    counts: dict[str, int] = {}
    """described, mentioned, citations, typed_citations, claimed, found …"""
    sources: dict[str, dict[str, int]] = {}
    """source -> read, described, merged, superseded, deleted, quarantined."""
    ledger: dict[str, dict[str, int]] = {}
    """publication key -> {"claimed <source>": n, "found": n} where a source claimed a count."""

    def digest(self) -> str:
        """One digest of all graphs but provenance; equal graphs have equal digests."""
        whole = hashlib.sha256()
        for file in self.files:
            if file.graph != PROVENANCE:
                whole.update(f"{file.graph} {file.shard} {file.sha256}\n".encode())
        return whole.hexdigest()

    def graphs(self) -> dict[str, int]:
        """Quads by graph name, sorted by name."""
        quads: dict[str, int] = {}
        for file in self.files:
            quads[file.graph] = quads.get(file.graph, 0) + file.quads
        return dict(sorted(quads.items()))


@contextlib.contextmanager
def storage_errors(where: Path) -> Iterator[None]:
    """Turn the operating system's refusals into errors that say what to do."""
    try:
        yield
    except OSError as error:
        raise _explained(error, where) from error
    except sqlite3.OperationalError as error:
        if "full" in str(error) or "disk I/O" in str(error):
            raise WorkspaceError(
                "the disk is full.", where=str(where), todo="Free some space and run the same command again."
            ) from error
        if "readonly" in str(error) or "unable to open" in str(error):
            raise WorkspaceError(
                "the folder can't be written to.", where=str(where), todo="Choose another with --kg."
            ) from error
        raise
    except sqlite3.DatabaseError as error:
        raise WorkspaceError(
            f"the index is damaged ({error}).",
            where=str(where),
            todo="Delete index.sqlite and run build again; it is made anew from records/.",
        ) from error


def _explained(error: OSError, where: Path) -> WorkspaceError:
    place = str(error.filename or where)
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return WorkspaceError(
            "the disk is full.",
            where=place,
            todo="What was there before is unchanged. Free some space and run the same command again.",
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return WorkspaceError(
            "this can't be written to: permission denied.",
            where=place,
            todo="Choose another folder with --kg.",
        )
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return WorkspaceError(
            "a file stands where a folder should be.", where=place, todo="Choose another with --kg."
        )
    return WorkspaceError(error.strerror or str(error), where=place)


class Workspace:
    """One folder that holds a knowledge graph and everything it was made from."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.raw = root / "raw"
        self.records = root / "records"
        self.graph = root / "graph"
        self.store = root / "store"
        self.quarantine = root / "quarantine"
        self.reports = root / "reports"
        self.work = root / "work"
        self.index = root / "index.sqlite"

    @classmethod
    def open(cls, root: Path) -> Workspace:
        """The workspace at `root`.

        Raises WorkspaceError where there is none, or one of a newer layout.
        """
        workspace = cls(root)
        marker = root / "workspace.json"
        if not marker.is_file():
            raise WorkspaceError(
                "there is no knowledge graph here.",
                where=str(root),
                todo="Build one with `pss-kg build INPUT…`, or name another folder with --kg.",
            )
        workspace._check(marker)
        return workspace

    @classmethod
    def create(cls, root: Path, base: str = BASE) -> Workspace:
        """The workspace at `root`, made if it is not there.

        Raises WorkspaceError where the folder can't be written, holds other things, or is of a
        newer layout.
        """
        workspace = cls(root)
        marker = root / "workspace.json"
        with storage_errors(root):
            if marker.is_file():
                workspace._check(marker)
            else:
                if root.is_dir() and any(name != "lock" for name in os.listdir(root)):
                    raise WorkspaceError(
                        "the folder is not empty and is no pss-kg workspace.",
                        where=str(root),
                        todo="Name an empty or new folder with --kg.",
                    )
                root.mkdir(parents=True, exist_ok=True)
            for folder in (
                workspace.raw,
                workspace.records,
                workspace.graph,
                workspace.reports,
                workspace.quarantine,
            ):
                folder.mkdir(exist_ok=True)
            if not marker.is_file():
                write_atomically(marker, json.dumps({"format": FORMAT, "base": base}).encode() + b"\n")
        return workspace

    def _check(self, marker: Path) -> None:
        try:
            found = json.loads(marker.read_bytes())
            version = int(found["format"])
            self.base = str(found.get("base", BASE))
        except (ValueError, KeyError, TypeError) as error:
            raise WorkspaceError(
                "workspace.json is damaged.", where=str(marker), todo="Restore it."
            ) from error
        if version > FORMAT:
            raise WorkspaceError(
                f"this workspace has layout {version}; this pss-kg knows layouts up to {FORMAT}.",
                where=str(self.root),
                todo="Use a newer pss-kg.",
            )

    base: str = BASE

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the workspace for writing. The lock goes with the process, even a killed one.

        Raises WorkspaceBusy at once if another process holds it.
        """
        from filelock import FileLock, Timeout

        with storage_errors(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
            held = FileLock(self.root / "lock", timeout=0)
            try:
                held.acquire()
            except Timeout:
                raise WorkspaceBusy(
                    "another pss-kg is writing to this workspace.",
                    where=str(self.root),
                    todo="Wait until it ends, or name another folder with --kg.",
                ) from None
        try:
            yield
        finally:
            held.release()

    def manifest(self) -> Manifest:
        """The manifest of the published graph; an empty one where nothing is published yet.

        Raises GraphError if it can't be read.
        """
        path = self.graph / "manifest.json"
        if not path.is_file():
            return Manifest(base=self.base)
        try:
            return msgspec.json.decode(path.read_bytes(), type=Manifest)
        except msgspec.DecodeError as error:
            raise GraphError(
                f"the manifest is damaged ({error}).", where=str(path), todo="Run build again."
            ) from error

    def shard_paths(self, *graphs: str) -> list[Path]:
        """The files of the named graphs, publications' shards first, in shard order."""
        chosen = [f for f in self.manifest().files if f.graph in graphs]
        return [self.graph / f.file for f in chosen]

    def publish(self, manifest: Manifest) -> None:
        """Make `manifest` the state of the graph, then remove files that it does not name."""
        write_atomically(self.graph / "manifest.json", encode_pretty(manifest))
        kept = {self.graph / f.file for f in manifest.files} | {self.graph / "manifest.json"}
        for path in sorted(self.graph.rglob("*")):
            if path.is_file() and path not in kept:
                path.unlink()

    def clear_work(self) -> None:
        """Remove intermediate files."""
        shutil.rmtree(self.work, ignore_errors=True)


def encode_pretty(value: object) -> bytes:
    """JSON with sorted keys and two blanks of indent, for files that people read."""
    return msgspec.json.format(msgspec.json.encode(value, order="sorted"), indent=2) + b"\n"


def write_atomically(path: Path, content: bytes) -> None:
    """Write beside `path`, flush to disk, rename. The file is old or new, never half."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(beside, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
