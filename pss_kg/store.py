"""The embedded store: an index of graph/ in Oxigraph, disposable.

    store/<digest>/   one complete store, named after the digest of the graph it indexes
    store/.new-…/     one being loaded

A store is loaded in a folder beside and renamed when it is whole, so a folder that bears the
manifest's digest is complete by that fact alone. A load that was killed leaves a `.new-…`
folder, which the next load removes. Provenance is not loaded: it holds times and no one asks
it with the rest.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pss_kg.errors import GraphError, WorkspaceError
from pss_kg.iris import Iris
from pss_kg.workspace import PROVENANCE, REBUILD, Manifest, ShardFile, Workspace, storage_errors

if TYPE_CHECKING:
    from pyoxigraph import NamedNode, Store

_DIGEST_LENGTH = 32


def ensure(workspace: Workspace) -> Store:
    """The store of the published graph, open for reading; loaded first where it is missing or old.

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
    """Load graph/ into a fresh store, check the count, put it in place and open it for reading.

    Processes that want the same store wait for one another; only the first one loads.

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
                _remove(workspace.store, ".new-*")  # ours to remove: we hold the lock
                beside = workspace.store / f".new-{os.getpid()}"
                try:
                    _load(workspace, manifest, beside)
                except BaseException:
                    shutil.rmtree(beside, ignore_errors=True)
                    raise
                os.rename(beside, folder)
            for old in workspace.store.iterdir():
                # A process that still reads an old store keeps the files it has open.
                if old != folder:
                    shutil.rmtree(old, ignore_errors=True)
        return Store.read_only(str(folder))


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


def _folder(workspace: Workspace, manifest: Manifest) -> Path:
    return workspace.store / manifest.digest()[:_DIGEST_LENGTH]


def _remove(folder: Path, pattern: str) -> None:
    for path in folder.glob(pattern):
        shutil.rmtree(path, ignore_errors=True)


def _files(manifest: Manifest) -> list[ShardFile]:
    return [file for file in manifest.files if file.graph != PROVENANCE]


def _load(workspace: Workspace, manifest: Manifest, folder: Path) -> None:
    from pyoxigraph import RdfFormat, Store

    workspace.check(_files(manifest))
    store = Store(str(folder))
    for file in _files(manifest):
        path = workspace.graph / file.file
        try:
            # Lenient: IRIs were checked when they were made, and checking again costs a tenth.
            store.bulk_load(path=str(path), format=RdfFormat.N_QUADS, lenient=True)
        except SyntaxError as error:
            raise GraphError(f"this is not N-Quads ({error}).", where=str(path), todo=REBUILD) from error
    store.flush()
    found, expected = len(store), sum(file.quads for file in _files(manifest))
    del store  # closes it: the folder is renamed next
    if found != expected:
        raise GraphError(
            f"the store holds {found:,} quads, the manifest says {expected:,}.",
            where=str(workspace.graph),
            todo=REBUILD,
        )


# -- identifiers ------------------------------------------------------------------------------


def graph_node(iris: Iris, name: str) -> NamedNode:
    """The name of a graph ("main", "identity") as a node of the store."""
    from pyoxigraph import NamedNode

    return NamedNode(iris.graph(name))


_FLAT = (
    ("pmid", "http://purl.org/spar/fabio/hasPubMedId"),
    ("doi", "http://prismstandard.org/namespaces/basic/2.0/doi"),
    ("pmcid", "http://purl.org/spar/fabio/hasPubMedCentralId"),
)


def find_publication(store: Store, iris: Iris, text: str) -> str:
    """The IRI of the publication that `text` names; "" where the graph holds none.

    `text` is any identifier (PMID, DOI, PMC id, OpenAlex id; bare, with a prefix or as a URL), a
    key (`pmid-32357127`), an IRI of ours, or an alias of one. In this order: the publication
    itself, an alias in graph/identity, a flat identifier in graph/main.
    """
    iri, identifier = candidate(iris, text)
    if iri:
        if known(store, iris, iri):
            return iri
        for alias in _aliases(store, iris, iri):
            return alias
    return _by_flat_identifier(store, iris, *identifier) if identifier else ""


def candidate(iris: Iris, text: str) -> tuple[str, tuple[str, str] | None]:
    """The IRI that `text` would have, and its (scheme, value); ("", None) if it is no identifier."""
    from pss_kg.identifiers import parse_identifier
    from pss_kg.iris import KEY_SCHEMES, publication_key

    text = text.strip().removeprefix("<").removesuffix(">")
    if text.startswith(iris.publication_base):
        return text, None
    scheme, dash, rest = text.partition("-")
    if dash and rest and scheme in (*KEY_SCHEMES, "hash") and "/" not in rest and ":" not in rest:
        return iris.publication(text), None
    parsed = parse_identifier(text)
    if parsed is None:
        return "", None
    key = publication_key((parsed,))
    return (iris.publication(key) if key else ""), parsed


def known(store: Store, iris: Iris, iri: str) -> bool:
    """Whether graph/main says anything of the publication, or cites it."""
    from pyoxigraph import NamedNode

    node, main = NamedNode(iri), graph_node(iris, "main")
    return any(True for _ in store.quads_for_pattern(node, None, None, main)) or any(
        True for _ in store.quads_for_pattern(None, None, node, main)
    )


def _aliases(store: Store, iris: Iris, iri: str) -> Iterator[str]:
    from pyoxigraph import NamedNode

    replaced_by = NamedNode("http://purl.org/dc/terms/isReplacedBy")
    for quad in store.quads_for_pattern(NamedNode(iri), replaced_by, None, graph_node(iris, "identity")):
        if isinstance(quad.object, NamedNode):
            yield quad.object.value


def _by_flat_identifier(store: Store, iris: Iris, scheme: str, value: str) -> str:
    from pyoxigraph import Literal, NamedNode

    found = [
        quad.subject.value
        for name, predicate in _FLAT
        if name == scheme
        for quad in store.quads_for_pattern(
            None, NamedNode(predicate), Literal(value), graph_node(iris, "main")
        )
        if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(iris.publication_base)
    ]
    # Several publications may claim one DOI; PROFILE's rule for an ambiguous one: the smallest key.
    return min(found, default="")
