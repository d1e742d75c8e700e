"""The graph as one file: N-Triples, Turtle, JSON-LD (graph/main), N-Quads, TriG (all but provenance).

Written from the files of graph/, in their order, so the same graph gives the same bytes, and the
memory needed does not grow with it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from pss_kg.errors import GraphError, UsageError
from pss_kg.export import turtle
from pss_kg.export.blocks import Block, blocks, end_of_line, used_namespaces
from pss_kg.export.jsonld import Writer
from pss_kg.iris import Iris
from pss_kg.resources import folder
from pss_kg.vocabulary import PREFIXES
from pss_kg.workspace import PROVENANCE, Manifest, ShardFile, Workspace, storage_errors

FORMATS = {
    "n-triples": (".nt",),
    "turtle": (".ttl",),
    "json-ld": (".jsonld", ".json"),
    "n-quads": (".nq",),
    "trig": (".trig",),
}
"""Format -> the endings of file names that mean it; `.gz` may follow each."""

_OF_MAIN = ("n-triples", "turtle", "json-ld")
_CHUNK = 1 << 20


def format_of(name: str) -> str:
    """The format that a file name means.

    Raises UsageError for an ending that is none of ours.
    """
    plain = name.lower().removesuffix(".gz")
    for form, known in FORMATS.items():
        if plain.endswith(known):
            return form
    endings = ", ".join(ending for all_endings in FORMATS.values() for ending in all_endings)
    raise UsageError(
        f"no format is known by the name {os.path.basename(name)!r}.",
        todo=f"Give --format, or a name ending in {endings} (and .gz behind it).",
    )


def check_format(form: str) -> str:
    """The format's name, if it is one.

    Raises UsageError.
    """
    if form not in FORMATS:
        raise UsageError(f"there is no format {form!r}.", todo=f"The formats are {', '.join(FORMATS)}.")
    return form


def export_file(workspace: Workspace, path: Path, form: str = "") -> int:
    """Write the graph to a file, compressed if its name ends in `.gz`; gives the number of statements.

    The file appears when it is whole: it is written beside and renamed.

    Raises UsageError for an unknown format, WorkspaceError where the file can't be written,
    GraphError for a damaged graph.
    """
    form = check_format(form) if form else format_of(path.name)
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with storage_errors(path):
        try:
            with open(beside, "wb") as out:
                if path.name.lower().endswith(".gz"):
                    from isal import igzip

                    # No name and no time in the header: the same graph, the same bytes.
                    with igzip.IGzipFile(filename="", mode="wb", fileobj=out, mtime=0) as packed:  # type: ignore[no-untyped-call]
                        written = export(workspace, form, cast("IO[bytes]", packed))
                else:
                    written = export(workspace, form, out)
            os.replace(beside, path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
    return written


def export(workspace: Workspace, form: str, out: IO[bytes]) -> int:
    """Write the graph to a stream; gives the number of statements.

    Raises UsageError for an unknown format, GraphError for a damaged graph.
    """
    check_format(form)
    manifest = workspace.manifest()
    iris = Iris(manifest.base)
    files = _files(manifest, form)
    for file in files:
        if not (workspace.graph / file.file).is_file():
            raise GraphError(
                "the manifest names this file, and it is not there.",
                where=str(workspace.graph / file.file),
                todo="Run `pss-kg build` again.",
            )
    if form == "n-quads":
        _copy(workspace, files, out)
    elif form == "n-triples":
        _copy(workspace, files, out, drop=end_of_line(iris.graph("main")).encode())
    elif form == "json-ld":
        _json_ld(workspace, iris, files, out)
    else:
        _turtle(workspace, iris, files, out, named=form == "trig")
    return sum(file.quads for file in files)


def _files(manifest: Manifest, form: str) -> list[ShardFile]:
    """The files to write: graph/main first, then the graphs by name, each in the manifest's order."""
    chosen = [
        f for f in manifest.files if f.graph == "main" or (form not in _OF_MAIN and f.graph != PROVENANCE)
    ]
    return sorted(chosen, key=lambda f: (f.graph != "main", f.graph))


def _copy(workspace: Workspace, files: list[ShardFile], out: IO[bytes], drop: bytes = b"") -> None:
    for file in files:
        with open(workspace.graph / file.file, "rb") as stream:
            if drop:
                # A newline stands nowhere but at a line's end, so this replaces graph names only.
                while lines := stream.readlines(_CHUNK):
                    out.write(b"".join(lines).replace(drop, b" .\n"))
            else:
                while chunk := stream.read(_CHUNK):
                    out.write(chunk)


def _blocks(workspace: Workspace, iris: Iris, file: ShardFile) -> Iterator[Block]:
    return blocks(workspace.graph / file.file, iris.graph(file.graph), iris.publication_base)


def _turtle(workspace: Workspace, iris: Iris, files: list[ShardFile], out: IO[bytes], named: bool) -> None:
    paths = [workspace.graph / file.file for file in files]
    # rdf: stands only in rdf:type, which Turtle writes as `a`.
    known = {prefix: namespace for prefix, namespace in PREFIXES.items() if prefix != "rdf"}
    prefixes = used_namespaces(paths, {**known, turtle.KG: iris.base})
    compact = turtle.compactor(prefixes, iris.base)
    out.write(turtle.head(prefixes).encode())
    for file in files:
        if named:
            out.write(f"<{iris.graph(file.graph)}> {{\n\n".encode())
        for piece in turtle.documents(_blocks(workspace, iris, file), compact):
            out.write(piece)
        if named:
            out.write(b"}\n\n")


def _json_ld(workspace: Workspace, iris: Iris, files: list[ShardFile], out: IO[bytes]) -> None:
    context = json.loads((folder("ontology") / "context.jsonld").read_text("utf-8"))["@context"]
    writer = Writer(context, iris.base, turtle.KG)
    out.write(writer.head().encode())
    between = ""
    for file in files:
        for block in _blocks(workspace, iris, file):
            out.write((between + ",\n".join(writer.nodes(block))).encode())
            between = ",\n"
    out.write(writer.tail().encode())
