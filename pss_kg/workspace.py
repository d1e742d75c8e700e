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
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from pss_kg.errors import GraphError, WorkspaceBusy, WorkspaceError
from pss_kg.manifest import FORMAT, LOADED, PROVENANCE, Layout, Loaded, Manifest, ShardFile
from pss_kg.storage import explained, storage_errors
from pss_kg.vocabulary import BASE

__all__ = [
    "FORMAT",
    "KEPT",
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

KEPT = ("records", "graph", "store")
"""What a build may keep. Without records, work/ and the index are gone too."""


class Workspace:
    """One folder that holds a knowledge graph and everything it was made from."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.raw = root / "raw"
        self.records = root / "records"
        self.graph = root / "graph"
        self.store = root / "store"
        self.replaced = self.store / "replaced"
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
                        workspace.base = base
                        workspace.keep(KEPT)
                    workspace._check(marker)
        return workspace

    def _folders(self) -> tuple[Path, ...]:
        records = (self.records,) if "records" in self.kept else ()
        return self.raw, *records, self.graph, self.reports, self.quarantine

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
            self.kept = tuple(name for name in KEPT if name in found.get("kept", KEPT))
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
    kept: tuple[str, ...] = KEPT

    def keep(self, kept: tuple[str, ...]) -> None:
        """Write workspace.json: the layout, the base, and what of KEPT is kept here, if not all."""
        content: dict[str, object] = {"format": FORMAT, "base": self.base}
        if kept != KEPT:
            content["kept"] = list(kept)
        write_atomically(self.root / "workspace.json", json.dumps(content).encode() + b"\n")
        self.kept = kept

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
            raise explained(error, path) from error
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
        """Make `manifest` the state of the graph, then remove files that it does not name.

        Those that the store was made of are kept for it under store/, so that it can follow by the
        difference. They are moved, not linked: whatever becomes of store/, graph/ is not touched.
        """
        write_atomically(self.graph / "manifest.json", encode_pretty(manifest))
        named = {f.file for f in manifest.files} | {"manifest.json"}
        stored = self._stored()
        for path in sorted(self.graph.rglob("*")):
            name = path.relative_to(self.graph).as_posix()
            if path.is_file() and name not in named:
                if name in stored:
                    self._put_away(path, self.replaced / name)
                else:
                    path.unlink()

    def _stored(self) -> set[str]:
        """Files of graph/ that the store was made of."""
        names: set[str] = set()
        for path in self.store.glob(f"*/{LOADED}"):
            # Unreadable, the store can't follow anyway: it is loaded anew.
            with contextlib.suppress(OSError, msgspec.DecodeError, UnicodeDecodeError):
                names |= {file.file for file in msgspec.json.decode(path.read_bytes(), type=Loaded).files}
        return names

    @staticmethod
    def _put_away(path: Path, place: Path) -> None:
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            os.replace(path, place)
        except OSError:
            path.unlink()  # no room, or no right to write there: the store is loaded anew

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
