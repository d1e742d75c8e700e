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
import json
import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from pss_kg.errors import GraphError, WorkspaceBusy, WorkspaceError
from pss_kg.manifest import FORMAT, PROVENANCE, Layout, Manifest, ShardFile
from pss_kg.vocabulary import BASE

__all__ = [
    "FORMAT",
    "PROVENANCE",
    "REBUILD",
    "Manifest",
    "ShardFile",
    "Workspace",
    "encode_pretty",
    "storage_errors",
    "write_atomically",
]

REBUILD = "Run `pss-kg build` again with the same inputs; the graph is made anew from records/."


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
    # The store's errors come from another language, without a number.
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) or "No space left" in str(error):
        return WorkspaceError(
            "the disk is full.",
            where=place,
            todo="What was there before is unchanged. Free some space and run the same command again.",
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return WorkspaceError(
            "permission denied.",
            where=place,
            todo="Ask for the right to write there, or choose another place (--kg, -o).",
        )
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return WorkspaceError(
            "a file stands where a folder should be.",
            where=place,
            todo="Move it away, or choose another folder with --kg.",
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
        _check_name(root)
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
        _check_name(root)
        marker = root / "workspace.json"
        with storage_errors(root):
            if marker.is_file():
                workspace._check(marker)
                workspace._make_folders()
            else:
                workspace._check_empty()
                with workspace.lock():  # of two builds that begin at once, one creates it
                    workspace._make_folders()
                    if not marker.is_file():
                        content = json.dumps({"format": FORMAT, "base": base}).encode() + b"\n"
                        write_atomically(marker, content)
                    workspace._check(marker)
        return workspace

    def _folders(self) -> tuple[Path, ...]:
        return self.raw, self.records, self.graph, self.reports, self.quarantine

    def _make_folders(self) -> None:
        for folder in self._folders():
            folder.mkdir(exist_ok=True)

    def _check_empty(self) -> None:
        """Raises WorkspaceError where other things stand. What a creation began is no other thing."""
        names = set(os.listdir(self.root)) if self.root.is_dir() else set()
        begun = {"lock", *(folder.name for folder in self._folders())} if "lock" in names else set()
        if any(not name.startswith(".workspace.json.") for name in names - begun):
            raise WorkspaceError(
                "the folder is not empty and is no pss-kg workspace.",
                where=str(self.root),
                todo="Name an empty or new folder with --kg.",
            )

    def _check(self, marker: Path) -> None:
        try:
            found = json.loads(marker.read_bytes())
            version = int(found["format"])
            self.base = str(found.get("base", BASE))
        except (ValueError, KeyError, TypeError) as error:
            raise WorkspaceError(
                "this file is damaged.",
                where=str(marker),
                todo=f'Put this into it: {{"format": {FORMAT}, "base": "{BASE}"}} '
                "(with your own base, if the graph was built with one).",
            ) from error
        if version > FORMAT:
            raise _newer(version, str(self.root))

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
        """The manifest of the published graph; an empty one in a workspace that is still empty.

        Raises GraphError if it can't be read, or is missing though something was read or written:
        an empty answer would be a wrong one. WorkspaceError for one of a newer layout.
        """
        path = self.graph / "manifest.json"
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            if next(self.raw.glob("*.json"), None) or next(self.graph.rglob("*.nq"), None):
                raise GraphError(
                    "no graph is published here: the build did not end, or the manifest was deleted.",
                    where=str(path),
                    todo="Run `pss-kg build` again with the same inputs.",
                ) from None
            return Manifest(base=self.base)
        except OSError as error:
            raise _explained(error, path) from error
        try:
            version = msgspec.json.decode(content, type=Layout).format
            if version > FORMAT:
                raise _newer(version, str(path))
            return msgspec.json.decode(content, type=Manifest)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise GraphError(
                f"the manifest is damaged ({error}).",
                where=str(path),
                todo="Run `pss-kg build` again with the same inputs; the graph is made anew from records/.",
            ) from error

    def sound_manifest(self) -> Manifest:
        """What a build may go on from: `manifest`, or an empty one where the graph is not whole.

        Raises WorkspaceError for a graph of a newer layout.
        """
        try:
            found = self.manifest()
            self.check(found.files)
        except GraphError:
            return Manifest(base=self.base)
        return found

    def check(self, files: Iterable[ShardFile]) -> None:
        """See that files of the graph are there and have the length that the manifest says.

        Raises GraphError for the first that is not so. Looks at no content: that is what a
        command can afford each time.
        """
        for file in files:
            path = self.graph / file.file
            try:
                found = path.stat().st_size
            except OSError as error:
                raise GraphError(
                    "the manifest names this file, and it is not there.", where=str(path), todo=REBUILD
                ) from error
            if found != file.bytes:
                raise GraphError(
                    f"this file is damaged: {found:,} bytes, the manifest says {file.bytes:,}.",
                    where=str(path),
                    todo=REBUILD,
                )

    def shard_paths(self, *graphs: str) -> list[Path]:
        """The files of the named graphs (none named: of all), publications' shards first, in shard order.

        Raises GraphError for a file that is missing or too short.
        """
        chosen = [f for f in self.manifest().files if not graphs or f.graph in graphs]
        self.check(chosen)
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


def _check_name(root: Path) -> None:
    try:
        str(root).encode()
    except UnicodeEncodeError:
        raise WorkspaceError(
            "the name of the folder is not UTF-8; the store can't be opened in it.",
            where=str(root),
            todo="Rename it, or choose another with --kg.",
        ) from None


def _newer(version: int, where: str) -> WorkspaceError:
    return WorkspaceError(
        f"this workspace has layout {version}; this pss-kg knows layouts up to {FORMAT}.",
        where=where,
        todo="Use a newer pss-kg.",
    )


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
