"""What is written: which files, or which lines of them.

Whatever is chosen comes down to files of N-Quads, one graph each (`Part`), so that every format
reads the same thing. Lines that are picked out go to files in a temporary folder.
"""

from __future__ import annotations

import difflib
import mmap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from pss_kg.errors import UsageError
from pss_kg.export.formats import FORMATS
from pss_kg.iris import Iris
from pss_kg.vocabulary import DCTERMS
from pss_kg.workspace import PROVENANCE, Workspace

MAIN = "main"
IDENTITY = "identity"
_REPLACED = f" <{DCTERMS}isReplacedBy> "


class Part(NamedTuple):
    """One file of one graph. `graph` is the graph's IRI, "" for triples in no named graph."""

    graph: str
    path: Path
    quads: int
    shared: bool = False
    """It holds things that publications share, and no publication."""


class Selection(NamedTuple):
    """What of a workspace is wanted. Nothing named means: all that the format holds."""

    graphs: tuple[str, ...] = ()
    """Names of graphs, as the manifest has them: "main", "source/pubmed"."""
    publications: tuple[str, ...] = ()
    """Keys of publications: "pmid-32357127"."""


def parts(workspace: Workspace, form: str, graphs: tuple[str, ...] = ()) -> list[Part]:
    """The files to write: graph/main first, then the graphs by name, each in the manifest's order.

    Raises UsageError for a graph that is not there, GraphError for a file that is missing or cut short.
    """
    manifest = workspace.manifest()
    iris = Iris(manifest.base)
    there = manifest.graphs()
    names = [name.removeprefix(iris.graph("")).removeprefix("graph/") for name in graphs]
    for name in names:
        # A graph without quads has no file; main and the like are then empty, not unknown.
        if name not in there and name != MAIN:
            near = difflib.get_close_matches(name, there, n=1)
            raise UsageError(
                f"there is no graph {name!r}.",
                where="--graph",
                todo=(f"Did you mean {near[0]}? " if near else "") + f"The graphs are {', '.join(there)}.",
            )
    if not names:
        names = [name for name in there if name != PROVENANCE] if FORMATS[form].quads else [MAIN]
    chosen = sorted(
        (file for file in manifest.files if file.graph in names), key=lambda f: (f.graph != MAIN, f.graph)
    )
    workspace.check(chosen)
    return [
        Part(iris.graph(f.graph), workspace.graph / f.file, f.quads, f.shard.startswith("shared"))
        for f in chosen
    ]


def of_publications(chosen: list[Part], iris: Iris, keys: Iterable[str], folder: Path) -> list[Part]:
    """Those lines of the parts that are about the publications themselves, in files in `folder`.

    What publications share (journals, headings, agents with ORCID) is not about one of them.
    """
    wanted = sorted(set(keys))
    found = []
    for number, part in enumerate(chosen):
        if part.shared:
            continue
        aliases = part.graph == iris.graph(IDENTITY)
        path = folder / f"part-{number}.nq"
        quads = 0
        with open(path, "wb") as out:
            for line in _lines(part, iris, wanted, aliases):
                out.write(line)
                quads += 1
        if quads:
            found.append(Part(part.graph, path, quads))
        else:
            path.unlink()
    return found


def _lines(part: Part, iris: Iris, keys: list[str], aliases: bool) -> Iterator[bytes]:
    here = [key for key in keys if _mentions(part.path, f"/{key}".encode())]
    if not here:
        return
    if aliases:
        ends = tuple(f"{_REPLACED}<{iris.publication(key)}> <{part.graph}> .\n".encode() for key in here)
        with open(part.path, "rb") as lines:
            yield from (line for line in lines if line.endswith(ends))
        return
    subject, owner = b"", ""
    with open(part.path, "rb") as lines:
        for line in lines:
            this = line[: line.find(b" ")]
            if this != subject:
                subject = this
                # An identifier node has no key of its own: it stands with its publication.
                owner = iris.publication_key_of(this[1:-1].decode()) or owner
            if owner in here:
                yield line


def _mentions(path: Path, text: bytes) -> bool:
    if not path.stat().st_size:
        return False
    with open(path, "rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content.find(text) >= 0
