"""The store of the published graph, open for reading; made first where it is missing or old."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from pss_kg.errors import WorkspaceError
from pss_kg.store import following, loading
from pss_kg.workspace import Manifest, Workspace, storage_errors

if TYPE_CHECKING:
    from pyoxigraph import Store

_DIGEST_LENGTH = 32


def ensure(workspace: Workspace) -> Store:
    """The store of the published graph, open for reading; made first where it is missing or old.

    Any number of processes may hold it at once.

    Raises GraphError if graph/ can't be loaded or is not as the manifest says, WorkspaceError if
    store/ can't be written.
    """
    from pyoxigraph import Store

    folder = _folder(workspace, workspace.manifest())
    if folder.is_dir():
        # Not to be opened: damaged by someone else's hand, or removed this moment because a
        # newer graph was published. Loading answers both.
        with contextlib.suppress(OSError, RuntimeError):
            return Store.read_only(str(folder))
        shutil.rmtree(folder, ignore_errors=True)
    _check_writable(workspace)
    return rebuild(workspace)


def is_current(workspace: Workspace) -> bool:
    """Whether the store indexes the graph as published."""
    return _folder(workspace, workspace.manifest()).is_dir()


def rebuild(workspace: Workspace) -> Store:
    """Make the store of graph/ beside, check the count, put it in place and open it for reading.

    Processes that want the same store wait for one another; only the first one makes it.

    Raises GraphError if a file can't be parsed or the store does not hold as many quads as the
    manifest says, WorkspaceError if store/ can't be written.
    """
    from filelock import FileLock
    from pyoxigraph import Store

    with storage_errors(workspace.store):
        workspace.store.mkdir(parents=True, exist_ok=True)
        with FileLock(workspace.root / "store.lock"):
            manifest = workspace.manifest()
            folder = _folder(workspace, manifest)
            if not folder.is_dir():
                for left in workspace.store.glob(".new-*"):  # ours to remove: we hold the lock
                    shutil.rmtree(left, ignore_errors=True)
                _make(workspace, manifest, folder)
            for old in workspace.store.iterdir():
                # A process that still reads an old store keeps the files it has open.
                if old != folder:
                    shutil.rmtree(old, ignore_errors=True)
        return Store.read_only(str(folder))


def _make(workspace: Workspace, manifest: Manifest, folder: Path) -> None:
    beside = workspace.store / f".new-{os.getpid()}"
    try:
        workspace.check(manifest.stored())
        if not following.follow(workspace, manifest, beside):
            shutil.rmtree(beside, ignore_errors=True)
            loading.load(workspace, manifest, beside)
        loading.note(beside, manifest)
        os.rename(beside, folder)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise


def _folder(workspace: Workspace, manifest: Manifest) -> Path:
    return workspace.store / manifest.digest()[:_DIGEST_LENGTH]


def _check_writable(workspace: Workspace) -> None:
    """Raises WorkspaceError where the store would have to be made and can't be."""
    for folder in (workspace.root, workspace.store):
        if folder.is_dir() and not os.access(folder, os.W_OK):
            raise WorkspaceError(
                "the store has to be made (anew), and this folder can't be written to: permission denied.",
                where=str(folder),
                todo="Let someone who may write there run `pss-kg query most-cited` once, "
                "or copy the workspace and name the copy with --kg.",
            )
