"""The graphs to send, read from graph/ with constant memory: N-Quads files in, N-Triples out."""

from __future__ import annotations

import difflib
import hashlib
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pss_kg.errors import GraphError, UsageError
from pss_kg.iris import Iris
from pss_kg.workspace import PROVENANCE, REBUILD, Workspace

_BLOCK = 1 << 20
_BLANK = re.compile(rb"^_:|> _:", re.MULTILINE)


class GraphFiles(NamedTuple):
    """One named graph and the files of graph/ that hold it; a quad stands in one of them, once.

    name:   as in the manifest ("main", "source/pubmed"); iri: on the server
    quads, digest: of all files; equal graphs have equal digests
    files:  (path, bytes, quads), in the manifest's order
    """

    name: str
    iri: str
    quads: int
    digest: str
    files: tuple[tuple[Path, int, int], ...]

    @property
    def end(self) -> bytes:
        """How each line of the files ends."""
        return f" <{self.iri}> .\n".encode()

    @property
    def size(self) -> int:
        """Bytes of the graph as N-Triples: each line is shorter by its graph name."""
        return sum(size - quads * (len(self.end) - 3) for _, size, quads in self.files)

    def blocks(self, size: int = _BLOCK) -> Iterator[bytes]:
        """The graph as N-Triples in blocks of whole lines, about `size` bytes each.

        Raises GraphError for a file that is not as the manifest says.
        """
        end = self.end
        for path, _, quads in self.files:
            found = 0
            with open(path, "rb") as stream:
                while read := stream.read(size):
                    if not read.endswith(b"\n"):
                        read += stream.readline()
                    # A newline stands nowhere but at a line's end, so lines are told by it, and this
                    # replaces graph names only.
                    found += read.count(b"\n")
                    block = read.replace(end, b" .\n")
                    if b"_:" in block and _BLANK.search(block):
                        raise GraphError(
                            "there is a blank node in it.",
                            where=str(path),
                            todo="Graphs with blank nodes can't be loaded piece by piece. " + REBUILD,
                        )
                    yield block
            if found != quads:
                raise GraphError(
                    f"this file is damaged: {found:,} lines, the manifest says {quads:,}.",
                    where=str(path),
                    todo=REBUILD,
                )


def digest_of(parts: Iterable[tuple[str, str]]) -> str:
    """One digest of a graph from the (shard, SHA-256) of its files."""
    whole = hashlib.sha256()
    for shard, digest in parts:
        whole.update(f"{shard} {digest}\n".encode())
    return whole.hexdigest()


def graphs_of(workspace: Workspace, names: Sequence[str] = ()) -> list[GraphFiles]:
    """The graphs of a workspace, by name; none named: all but provenance, which holds times.

    Raises UsageError for a graph that is not there, GraphError for a file that is missing or cut.
    """
    manifest = workspace.manifest()
    iris = Iris(manifest.base)
    there = manifest.graphs()
    wanted = [name.removeprefix(iris.graph("")).removeprefix("graph/") for name in names]
    for name in wanted:
        if name not in there:
            near = difflib.get_close_matches(name, there, n=1)
            raise UsageError(
                f"there is no graph {name!r}.",
                where="--graph",
                todo=(f"Did you mean {near[0]}? " if near else "") + f"The graphs are {', '.join(there)}.",
            )
    found = []
    for name in there:
        if name in wanted if wanted else name != PROVENANCE:
            files = [file for file in manifest.files if file.graph == name]
            workspace.check(files)
            paths = tuple((workspace.graph / file.file, file.bytes, file.quads) for file in files)
            digest = digest_of((file.shard, file.sha256) for file in files)
            found.append(GraphFiles(name, iris.graph(name), there[name], digest, paths))
    return found


class Body(io.RawIOBase):
    """A whole graph as N-Triples, to be read once or, after `seek(0)`, again. `len` is its length.

    `told` is called with the quads read so far, for progress; `portable` rewrites lines.
    """

    def __init__(
        self,
        graph: GraphFiles,
        told: Callable[[int], None] | None = None,
        portable: Callable[[bytes], bytes] | None = None,
    ) -> None:
        super().__init__()
        self.graph = graph
        self._told = told
        self._portable = portable
        # Rewritten lines have a length that only a pass over them all would tell.
        self._length = sum(map(len, self._all())) if portable else graph.size
        self.seek(0)

    def _all(self) -> Iterator[bytes]:
        blocks = self.graph.blocks()
        return map(self._portable, blocks) if self._portable else blocks

    def __len__(self) -> int:
        return self._length

    def __bool__(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Begin again, which is all that can be sought: `seek(0)`; and ask for the length."""
        if whence == io.SEEK_END and offset == 0:
            self._at = self._length
            self._blocks: Iterator[bytes] = iter(())
            self._rest, self._from = b"", 0
        elif whence == io.SEEK_SET and offset == 0:
            self._at = 0
            self._blocks = self._all()
            self._rest, self._from = b"", 0
        elif not (whence == io.SEEK_SET and offset == self._at):
            raise io.UnsupportedOperation("only the beginning can be sought")
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes; b"" at the end. A `size` of -1 reads all."""
        if size < 0:
            return b"".join(iter(lambda: self.read(_BLOCK), b""))
        if self._from >= len(self._rest):
            self._rest, self._from = next(self._blocks, b""), 0
        # By position: to cut the rest off anew each time would copy each block many times.
        piece = self._rest[self._from : self._from + size]
        self._from += len(piece)
        self._at += len(piece)
        if self._told:
            self._told(self.graph.quads * self._at // max(1, self._length))
        return piece
