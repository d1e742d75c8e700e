"""A store that follows the graph: the old one, and the difference between its files and the new.

The old store is never written to. Its tables, which never change, are linked into the new folder
and the rest is copied; what went is taken out of that one and what came is put in. So whoever
reads the old store goes on, and a run that is killed leaves the old store as it was, beside a
folder that no one takes for a store.

The difference is held against the store itself: every quad that went must have been there, every
quad that came must not. With that, and the counts of the files, the new store holds what the
manifest says by graph and in all, without being counted whole. Where anything is otherwise, the
old files are gone, or more than a tenth has changed, `follow` says so and everything is loaded.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pss_kg.manifest import LOADED, ShardFile
from pss_kg.store import comparing, loading
from pss_kg.workspace import Manifest, Workspace

if TYPE_CHECKING:
    from pyoxigraph import Quad

MOST_CHANGED = 0.1
"""The part of the quads, gone and come together, from which loading everything is as fast."""

_BATCH = 10_000
"""Quads that are held at once. They are many transactions; the rename makes them one."""

_LEFT_BEHIND = ("LOCK", LOADED)


class _Refused(Exception):
    """The store can't follow."""


class _Pair(NamedTuple):
    """One shard of one graph, as the store has it and as the graph has it; None where there is none."""

    old: ShardFile | None
    new: ShardFile | None


def follow(workspace: Workspace, manifest: Manifest, folder: Path) -> bool:
    """Make the store of `manifest` in `folder` from the present one; whether that could be done.

    Where not, what stands in `folder` is worth nothing.
    """
    present = _present(workspace)
    if present is None:
        return False
    old, files = present
    pairs = _changed(files, manifest.stored())
    most = int(MOST_CHANGED * sum(file.quads for file in manifest.stored()))
    notes = folder.with_name(f"{folder.name}-quads")
    try:
        # One that was damaged, or lost a file since, can't be followed. A full disk stops the
        # loading that comes then as well, and is told there.
        with contextlib.suppress(OSError, RuntimeError, SyntaxError, _Refused):
            notes.mkdir()
            _compare(workspace, pairs, notes, most)
            _link(old, folder)
            _remove_and_add(notes, folder)
            return True
        return False
    finally:
        shutil.rmtree(notes, ignore_errors=True)


def _present(workspace: Workspace) -> tuple[Path, tuple[ShardFile, ...]] | None:
    """The newest store that is there (a killed run may leave two), and the files that it holds."""
    notes = [path / LOADED for path in workspace.store.iterdir() if (path / LOADED).is_file()]
    for note in sorted(notes, key=lambda path: path.stat().st_mtime_ns, reverse=True):
        if loaded := loading.noted(note.parent):
            return note.parent, loaded.files
    return None


def _changed(old: tuple[ShardFile, ...], new: tuple[ShardFile, ...]) -> list[_Pair]:
    was = {(file.graph, file.shard): file for file in old}
    now = {(file.graph, file.shard): file for file in new}
    pairs = [_Pair(was.get(name), now.get(name)) for name in sorted(was.keys() | now.keys())]
    return [p for p in pairs if not p.old or not p.new or p.old.sha256 != p.new.sha256]


def _compare(workspace: Workspace, pairs: list[_Pair], notes: Path, most: int) -> None:
    """Write the lines that went and that came.

    Raises _Refused for more than `most`, and where their numbers are not those of the manifest.
    """
    grown = [(p.new.quads if p.new else 0) - (p.old.quads if p.old else 0) for p in pairs]
    if sum(map(abs, grown)) > most:
        raise _Refused
    told = 0
    with open(notes / "gone", "wb") as gone, open(notes / "came", "wb") as came:
        for pair, more in zip(pairs, grown, strict=True):
            before = _replaced(workspace, pair.old) if pair.old else None
            after = workspace.graph / pair.new.file if pair.new else None
            for went, arrived in comparing.differences(before, after):
                told += len(went) + len(arrived)
                more += len(went) - len(arrived)
                if told > most:
                    raise _Refused
                gone.writelines(went)
                came.writelines(arrived)
            if more:
                raise _Refused


def _replaced(workspace: Workspace, file: ShardFile) -> Path:
    """Where a file that the store was made of stands now. Raises _Refused where it is gone or cut."""
    for path in (workspace.replaced / file.file, workspace.graph / file.file):
        with contextlib.suppress(OSError):
            if path.stat().st_size == file.bytes:
                return path
    raise _Refused


def _link(old: Path, folder: Path) -> None:
    folder.mkdir()
    for path in sorted(old.iterdir()):
        if path.name in _LEFT_BEHIND or path.name.startswith("LOG"):
            continue
        if path.suffix == ".sst":
            try:
                os.link(path, folder / path.name)
                continue
            except OSError:
                pass  # a file system without links; a copy does as well
        shutil.copyfile(path, folder / path.name)


def _remove_and_add(notes: Path, folder: Path) -> None:
    """Take out what went and put in what came. Raises _Refused where the store is not as it should be."""
    from pyoxigraph import Store

    store = Store(str(folder))
    for quads in _batches(notes / "gone"):
        for quad in quads:
            if quad not in store:
                raise _Refused
            store.remove(quad)
    for quads in _batches(notes / "came"):
        if len(set(quads)) < len(quads) or any(quad in store for quad in quads):
            raise _Refused
        store.extend(quads)
    store.flush()
    del store  # closes it: the folder is renamed next


def _batches(path: Path) -> Iterator[list[Quad]]:
    from pyoxigraph import RdfFormat, parse

    quads = parse(path=str(path), format=RdfFormat.N_QUADS, lenient=True)
    while some := list(islice(quads, _BATCH)):
        yield some
