"""The whole graph into a fresh store, by Oxigraph's bulk loader."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from pss_kg.errors import GraphError
from pss_kg.manifest import LOADED, Loaded
from pss_kg.workspace import REBUILD, Manifest, Workspace, write_atomically

if TYPE_CHECKING:
    from pyoxigraph import Store


_THREADS = 2
"""Files that are loaded at once. The loader lets go of Python's lock; see docs/performance.md."""


def load(workspace: Workspace, manifest: Manifest, folder: Path) -> None:
    """Load every file of the graph but provenance, and count.

    File by file: a larger batch is no faster and takes memory as it grows.

    Raises GraphError if a file can't be parsed or the store does not hold as many quads as the
    manifest says.
    """
    from pyoxigraph import Store

    files = manifest.stored()
    store = Store(str(folder))
    with ThreadPoolExecutor(_THREADS) as pool:
        done = [pool.submit(_load_file, store, workspace.graph / file.file) for file in files]
        try:
            for one in done:
                one.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    store.flush()
    found, expected = len(store), sum(file.quads for file in files)
    del store, done  # closes it: the folder is renamed next
    if found != expected:
        raise GraphError(
            f"the store holds {found:,} quads, the manifest says {expected:,}.",
            where=str(workspace.graph),
            todo=REBUILD,
        )


def _load_file(store: Store, path: Path) -> None:
    from pyoxigraph import RdfFormat

    try:
        # Lenient: IRIs were checked when they were made, and checking again costs a tenth.
        store.bulk_load(path=str(path), format=RdfFormat.N_QUADS, lenient=True)
    except SyntaxError as error:
        raise GraphError(f"this is not N-Quads ({error}).", where=str(path), todo=REBUILD) from error


def note(folder: Path, manifest: Manifest) -> None:
    """Put down in the store's folder which files it holds."""
    write_atomically(folder / LOADED, msgspec.json.encode(Loaded(manifest.stored())))


def noted(folder: Path) -> Loaded | None:
    """What `note` put down; None where it is not there or can't be read."""
    try:
        return msgspec.json.decode((folder / LOADED).read_bytes(), type=Loaded)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
