"""The files of a dump. Written into a folder beside and renamed: the dump is old or whole.

    main.nq.gz, source/pubmed.nq.gz …   one named graph each
    main.trig.gz …                      the same as TriG, if wanted
    void.ttl                            what is in it (VoID, DCAT)
    manifest.json                       the same for programs
    SHA256SUMS                          for `sha256sum -c`

No times stand in it: the same graph gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from pss_kg import __version__
from pss_kg.errors import GraphError, WorkspaceError
from pss_kg.export.output import to_file
from pss_kg.export.selection import Part, parts
from pss_kg.export.writing import write as write_parts
from pss_kg.iris import Iris
from pss_kg.manifest import Manifest
from pss_kg.workspace import REBUILD, Workspace, encode_pretty, storage_errors

Progress = Callable[[str, int, int], None]
_BLOCK = 1 << 20
_PREDICATE = re.compile(rb"^<[^>]*> <([^>]*)>", re.MULTILINE)
KIND = "pss-kg dump"


class DumpFile(msgspec.Struct, frozen=True):
    """One file of data. `path` is under the dump's folder; `unpacked` and `bytes` are lengths."""

    path: str
    media_type: str
    bytes: int
    unpacked: int
    sha256: str


class DumpGraph(msgspec.Struct, frozen=True):
    """One named graph: its files, N-Quads first, and the predicates that it uses, sorted."""

    name: str
    iri: str
    quads: int
    files: tuple[DumpFile, ...]
    predicates: tuple[str, ...]


class Dumped(msgspec.Struct, frozen=True):
    """manifest.json of a dump."""

    kind: str
    software: str
    base: str
    digest: str
    quads: int
    graphs: tuple[DumpGraph, ...]


def dump(
    workspace: Workspace,
    folder: Path,
    *,
    graphs: Sequence[str] = (),
    trig: bool = False,
    url: str = "",
    progress: Progress | None = None,
) -> Dumped:
    """Write the graphs (none named: all but provenance) into `folder`; an older dump there is replaced.

    url: where the folder will be published; default `<base>dump/`

    Raises WorkspaceError where the folder holds something else or can't be written, UsageError for
    a graph that is not there, GraphError for a damaged graph.
    """
    from pss_kg.dump.describing import description

    _check_free(folder)
    manifest = workspace.manifest()
    chosen = parts(workspace, "n-quads", tuple(graphs))
    with storage_errors(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{folder.name[:40]}.", suffix=".tmp", dir=folder.parent))
        try:
            beside.chmod(0o777 & ~_umask())
            dumped = _written(manifest, chosen, beside, trig, progress or (lambda *_: None))
            (beside / "void.ttl").write_bytes(description(dumped, manifest, url or f"{manifest.base}dump/"))
            (beside / "manifest.json").write_bytes(encode_pretty(dumped))
            _write_checksums(beside)
            _put_in_place(beside, folder)
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)
            raise
    return dumped


def _written(manifest: Manifest, chosen: list[Part], folder: Path, trig: bool, progress: Progress) -> Dumped:
    iris = Iris(manifest.base)
    whole = sum(part.quads for part in chosen)
    done = 0
    found = []
    for iri in dict.fromkeys(part.graph for part in chosen):
        own = [part for part in chosen if part.graph == iri]
        name = iri.removeprefix(iris.graph(""))
        progress(f"dump {name}", done, whole)
        file, predicates = _n_quads(own, folder, name)
        files = [file]
        if trig:
            files.append(_trig(own, iris, folder, name))
        quads = sum(part.quads for part in own)
        done += quads
        found.append(DumpGraph(name, iri, quads, tuple(files), predicates))
    digest = hashlib.sha256("".join(f"{g.name} {g.files[0].sha256}\n" for g in found).encode()).hexdigest()
    return Dumped(KIND, f"pss-kg {__version__}", manifest.base, digest, done, tuple(found))


def _n_quads(own: list[Part], folder: Path, name: str) -> tuple[DumpFile, tuple[str, ...]]:
    """The graph as compressed N-Quads, its lines counted on the way."""
    path = folder / f"{name}.nq.gz"
    path.parent.mkdir(parents=True, exist_ok=True)
    predicates: set[bytes] = set()

    def blocks() -> Iterator[bytes]:
        for part in own:
            quads = 0
            with open(part.path, "rb") as stream:
                while lines := stream.readlines(_BLOCK):
                    quads += len(lines)
                    block = b"".join(lines)
                    predicates.update(_PREDICATE.findall(block))
                    yield block
            if quads != part.quads:
                raise GraphError(
                    f"this file is damaged: {quads:,} lines, the manifest says {part.quads:,}.",
                    where=str(part.path),
                    todo=REBUILD,
                )

    unpacked = to_file(path, lambda out: sum(out.write(block) for block in blocks()))
    return _file(path, folder, "application/n-quads", unpacked), tuple(sorted(p.decode() for p in predicates))


def _trig(own: list[Part], iris: Iris, folder: Path, name: str) -> DumpFile:
    path = folder / f"{name}.trig.gz"
    with tempfile.TemporaryDirectory(prefix="pss-kg-") as scratch:
        to_file(path, lambda out: write_parts(own, iris, "trig", out, Path(scratch)))
    from isal import igzip

    unpacked = 0
    with igzip.open(path) as stream:  # type: ignore[no-untyped-call]
        while block := stream.read(_BLOCK):
            unpacked += len(block)
    return _file(path, folder, "application/trig", unpacked)


def _file(path: Path, folder: Path, media_type: str, unpacked: int) -> DumpFile:
    with open(path, "rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return DumpFile(path.relative_to(folder).as_posix(), media_type, path.stat().st_size, unpacked, digest)


def _write_checksums(folder: Path) -> None:
    lines = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with open(path, "rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            lines.append((path.relative_to(folder).as_posix(), digest))
    (folder / "SHA256SUMS").write_text("".join(f"{digest}  {path}\n" for path, digest in sorted(lines)))


def _check_free(folder: Path) -> None:
    """Raises WorkspaceError where something stands that is no dump of ours."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    try:
        kind = json.loads((folder / "manifest.json").read_bytes())["kind"]
    except (OSError, ValueError, KeyError, TypeError):
        kind = ""
    if kind != KIND:
        raise WorkspaceError(
            "the folder is not empty and is no dump.", where=str(folder), todo="Name a new folder."
        )


def _put_in_place(beside: Path, folder: Path) -> None:
    if not folder.exists() or not any(folder.iterdir()):
        os.replace(beside, folder)  # over an empty folder, too
        return
    # Two renames, since a folder with content can't be replaced in one.
    old = beside.with_name(beside.name + ".old")
    os.rename(folder, old)
    try:
        os.rename(beside, folder)
    except OSError:
        os.rename(old, folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
