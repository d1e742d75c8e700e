"""Files of graph/ as they are written, and counts taken from the triples themselves."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import IO, NamedTuple

import msgspec

from pss_kg.iris import Iris
from pss_kg.vocabulary import CITO, RDF
from pss_kg.workspace import ShardFile, Workspace

MAIN = "main"
TYPE = f"<{RDF}type>"
_CITATION = f"<{CITO}Citation>"

_HELD = 200
"""Triples that a writer joins at once: few enough to be still in the processor's cache."""

_BUFFER = 1 << 18
"""Bytes that a file gathers before it writes them."""

_COUNTED = 5_000
"""Triples that are counted at once."""


class ShardCounts(msgspec.Struct):
    """What one shard holds. `found`: publication key -> distinct citing publications, of those
    for which a source claims a number."""

    described: int = 0
    mentioned: int = 0
    citations: int = 0
    typed_citations: int = 0
    keys: int = 0
    """Publications, those only in quarantine included; they decide the number of shards."""
    classes: dict[str, int] = {}
    found: dict[str, int] = {}

    def plus(self, other: ShardCounts, times: int = 1) -> ShardCounts:
        """The sum; with `times` = -1 the difference. Classes that fall to 0 are left out."""
        numbers = {
            name: getattr(self, name) + times * getattr(other, name)
            for name in ("described", "mentioned", "citations", "typed_citations", "keys")
        }
        classes = dict(self.classes)
        for name, number in other.classes.items():
            classes[name] = classes.get(name, 0) + times * number
        found = {**self.found, **other.found}
        if times < 0:
            found = {key: number for key, number in self.found.items() if key not in other.found}
        return ShardCounts(**numbers, classes={n: c for n, c in classes.items() if c}, found=found)


class ShardPart(NamedTuple):
    """The files of one shard as they stand in work/graph/, and its counts."""

    files: list[ShardFile]
    counts: ShardCounts


Blocks = list[tuple[str, int]]
"""(publication key, number of lines) in the order of a file."""


class GraphWriter:
    """Appends triples of one graph to one shard file, and keeps its count and digest."""

    def __init__(self, workspace: Workspace, iris: Iris, graph: str, shard: str) -> None:
        self._end = f" <{iris.graph(graph)}> .\n"
        self._graph, self._shard = graph, shard
        path = staged(workspace, graph, shard)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._out: IO[bytes] = open(path, "wb", buffering=_BUFFER)  # noqa: SIM115  closed in close()
        self._digest = hashlib.sha256()
        self._quads = self._bytes = 0
        self._held: list[str] = []
        self.blocks: Blocks = []

    def add(self, key: str, triples: list[str]) -> None:
        """Append "s p o" triples of one publication (or thing) as quads of this graph."""
        self.blocks.append((key, len(triples)))
        self._held += triples
        if len(self._held) > _HELD:
            self._flush()

    def copy(self, blocks: Blocks, lines: list[bytes]) -> None:
        """Append lines of an earlier file as they are."""
        self._flush()
        self.blocks += blocks
        if lines:
            self._write(b"\n".join(lines) + b"\n", len(lines))

    def _flush(self) -> None:
        if self._held:
            self._write((self._end.join(self._held) + self._end).encode(), len(self._held))
            self._held = []

    def _write(self, block: bytes, quads: int) -> None:
        self._out.write(block)
        self._digest.update(block)
        self._quads += quads
        self._bytes += len(block)

    def close(self) -> ShardFile:
        """Finish the file and say what it holds."""
        self._flush()
        self._out.close()
        digest = self._digest.hexdigest()
        name = f"{self._graph}/{self._shard}.{digest[:12]}.nq"
        return ShardFile(self._graph, self._shard, name, self._quads, self._bytes, digest)


class Tally:
    """Counts instances and citations in triples of main."""

    def __init__(self, iris: Iris) -> None:
        self.counts = ShardCounts(classes={}, found={})
        self.types: list[str] = []
        """The type triples of publications."""
        self._publication = f"<{iris.publication_base}"
        self._citation = len(f"<{iris.base}citation/")
        self._held: list[str] = []

    def add(self, triples: list[str]) -> None:
        """Count these triples, now or later; `close` counts what is left."""
        self._held += triples
        if len(self._held) > _COUNTED:
            self.close()

    def close(self) -> None:
        """Count what was held back."""
        # A triple without a quotation mark has an IRI as its object, so there TYPE can only be
        # the predicate. Comprehensions, because this sees every triple.
        typed = [t for t in self._held if TYPE in t and '"' not in t]
        counts = self.counts
        for kind, number in Counter([t.rpartition(" ")[2] for t in typed]).items():
            name = kind[1:-1]
            counts.classes[name] = counts.classes.get(name, 0) + number
        slashes = [t.count("/", self._citation, t.index(">")) for t in typed if t.endswith(_CITATION)]
        plain = slashes.count(1)
        counts.citations += plain
        counts.typed_citations += len(slashes) - plain
        self.types += [t for t in typed if t.startswith(self._publication)]
        self._held = []


def staged(workspace: Workspace, graph: str, shard: str) -> Path:
    """The file of a shard before it is published."""
    return workspace.work / "graph" / graph / f"{shard}.nq"
