"""The graph in one of the formats, written from the files of graph/ in their order.

So the same graph gives the same bytes, and the memory needed does not grow with it.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

from pss_kg.errors import UsageError
from pss_kg.export import prefixes, rdfxml, turtle
from pss_kg.export.blocks import Block, blocks, end_of_line
from pss_kg.export.canonical import canonical_line, sorted_lines
from pss_kg.export.formats import check_format, format_of
from pss_kg.export.framed import Tree
from pss_kg.export.jsonld import Writer
from pss_kg.export.output import to_file
from pss_kg.export.selection import MAIN, Part, Selection, of_publications, parts
from pss_kg.export.things import SharedThings
from pss_kg.iris import Iris
from pss_kg.resources import folder
from pss_kg.workspace import Workspace

KG = "kg"
"""The prefix of the workspace's base in JSON-LD."""

_CHUNK = 1 << 20
ALL = Selection()


class Written(NamedTuple):
    """How many statements were written; `left_out` are those the format can't hold."""

    statements: int
    left_out: int = 0
    first_left_out: str = ""


def export_file(
    workspace: Workspace, path: Path, form: str = "", selection: Selection = ALL, *, canonical: bool = False
) -> Written:
    """Write to a file, compressed if its name ends in `.gz` or `.zst`. It appears when it is whole.

    Raises what `export` raises, and WorkspaceError where the file can't be written.
    """
    form = check_format(form) if form else format_of(path.name)
    return to_file(path, lambda out: export(workspace, form, out, selection, canonical=canonical))


def export(
    workspace: Workspace, form: str, out: IO[bytes], selection: Selection = ALL, *, canonical: bool = False
) -> Written:
    """Write to a stream. `canonical` sorts the lines of N-Quads or N-Triples as RDFC-1.0 has it.

    Raises UsageError for an unknown format or graph, or what can't be had together; GraphError
    for a damaged graph, or what the format can't hold.
    """
    check_together(form, selection, canonical)
    iris = Iris(workspace.manifest().base)
    chosen = parts(workspace, form, selection.graphs)
    with tempfile.TemporaryDirectory(prefix="pss-kg-") as name:
        shared = [part for part in chosen if part.shared]
        if selection.publications:
            chosen = of_publications(chosen, iris, selection.publications, Path(name))
        return write(chosen, iris, form, out, Path(name), canonical=canonical, shared=shared)


def check_together(form: str, selection: Selection, canonical: bool) -> None:
    """Refuse what makes no sense together.

    Raises UsageError.
    """
    check_format(form)
    if canonical and form not in ("n-quads", "n-triples"):
        raise UsageError(
            f"--canonical is an order of lines, and {form} has none.",
            todo="Write n-quads or n-triples.",
        )
    if form == "json-ld-framed" and any(name != MAIN for name in selection.graphs):
        raise UsageError(
            "json-ld-framed is made of graph/main.",
            where="--graph",
            todo="Leave --graph out, or write json-ld.",
        )


def write(
    chosen: list[Part],
    iris: Iris,
    form: str,
    out: IO[bytes],
    scratch: Path,
    *,
    canonical: bool = False,
    shared: list[Part] | None = None,
) -> Written:
    """Write these parts. `scratch` is a folder for intermediate files, `shared` describes shared things."""
    quads = sum(part.quads for part in chosen)
    if canonical:
        return Written(_canonical(chosen, form, out, scratch))
    if form in ("n-quads", "n-triples"):
        _copy(chosen, out, drop=form == "n-triples")
    elif form == "json-ld":
        _json_ld(chosen, iris, out)
    elif form == "json-ld-framed":
        things = SharedThings(shared or (), scratch / "things.sqlite")
        try:
            return Written(_framed(chosen, iris, out, things))
        finally:
            things.close()
    elif form == "rdf-xml":
        return _rdf_xml(chosen, iris, out, quads)
    else:
        _turtle(chosen, iris, out, named=form == "trig")
    return Written(quads)


def _copy(chosen: list[Part], out: IO[bytes], drop: bool) -> None:
    for part in chosen:
        end = end_of_line(part.graph).encode() if drop else b""
        with open(part.path, "rb") as stream:
            if drop:
                # A newline stands nowhere but at a line's end, so this replaces graph names only.
                while lines := stream.readlines(_CHUNK):
                    out.write(b"".join(lines).replace(end, b" .\n"))
            else:
                while chunk := stream.read(_CHUNK):
                    out.write(chunk)


def _canonical(chosen: list[Part], form: str, out: IO[bytes], scratch: Path) -> int:
    written = 0
    for line in sorted_lines(_lines(chosen, drop=form == "n-triples"), scratch):
        out.write(line)
        written += 1
    return written


def _lines(chosen: list[Part], drop: bool) -> Iterator[bytes]:
    for part in chosen:
        cut = -len(end_of_line(part.graph).encode())
        with open(part.path, "rb") as lines:
            for line in lines:
                line = canonical_line(line)
                yield line[:cut] + b" .\n" if drop else line


def _blocks(part: Part, iris: Iris, limit: int | None = None) -> Iterator[Block]:
    return blocks(part.path, part.graph, iris.publication_base, limit)


def _prefixes(chosen: list[Part], iris: Iris, without: Iterable[str]) -> dict[str, str]:
    known = {p: n for p, n in prefixes.prefixes(iris.base).items() if p not in without}
    return prefixes.used([part.path for part in chosen], known)


def _turtle(chosen: list[Part], iris: Iris, out: IO[bytes], named: bool) -> None:
    # rdf: stands only in rdf:type, which Turtle writes as `a`; graph: only in names of graphs.
    used = _prefixes(chosen, iris, ("rdf",) if named else ("rdf", "graph"))
    compact = turtle.compactor(used, iris.base)
    out.write(turtle.head(used).encode())
    for part in chosen:
        names = named and part.graph
        if names:
            out.write(f"{compact(f'<{part.graph}>')} {{\n\n".encode())
        for piece in turtle.documents(_blocks(part, iris), compact):
            out.write(piece)
        if names:
            out.write(b"}\n\n")


def _rdf_xml(chosen: list[Part], iris: Iris, out: IO[bytes], quads: int) -> Written:
    writer = rdfxml.Writer(_prefixes(chosen, iris, ("rdf", "mesh", *prefixes.ROOMS)))
    out.write(writer.head().encode())
    for part in chosen:
        for block in _blocks(part, iris):
            out.write(writer.body(block).encode())
    out.write(writer.tail().encode())
    return Written(quads - writer.left_out, writer.left_out, writer.first_left_out)


def _ontology(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder("ontology") / name).read_text("utf-8"))
    return document


def _json_ld(chosen: list[Part], iris: Iris, out: IO[bytes]) -> None:
    writer = Writer(_ontology("context.jsonld")["@context"], iris.base, KG)
    out.write(writer.head().encode())
    between = ""
    for part in chosen:
        for block in _blocks(part, iris):
            out.write((between + ",\n".join(writer.nodes(block))).encode())
            between = ",\n"
    out.write(writer.tail().encode())


def _framed(chosen: list[Part], iris: Iris, out: IO[bytes], things: SharedThings) -> int:
    writer = Writer(_ontology("context.jsonld")["@context"], iris.base, KG)
    tree = Tree(writer, _ontology("frame.jsonld"), things, iris.publication_base)
    documents = 0
    for part in chosen:
        if part.shared:
            continue
        for block in _blocks(part, iris, limit=0):
            document = tree.document(block)
            if document:
                out.write(document.encode())
                documents += 1
    return documents
