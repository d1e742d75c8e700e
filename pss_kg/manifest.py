"""graph/manifest.json: which files make up the published graph, and its counts. Holds no times."""

from __future__ import annotations

import hashlib

import msgspec

from pss_kg.vocabulary import BASE

FORMAT = 1
"""The version of the layout. A workspace of a higher one is refused."""

PROVENANCE = "provenance"
"""The one graph that may hold times and run ids."""

HARVEST = "harvest"
"""What harvests came to, from which seed, and what is missing."""

INFERRED = "inferred"
"""The graph that `infer` makes from what `build` made; a new build leaves it out."""


class Layout(msgspec.Struct, frozen=True):
    """All that is read of a manifest before its layout is known."""

    format: int = FORMAT


class ShardFile(msgspec.Struct, frozen=True):
    """One file of graph/: the quads of one graph in one shard, sorted by publication key."""

    graph: str  # "main", "source/pubmed", "attribution" …
    shard: str  # "0a", or "shared-03" for things that publications share
    file: str  # path under graph/
    quads: int
    bytes: int
    sha256: str


LOADED = "loaded.json"
"""The file in a store's folder that says which files of graph/ it holds."""


class Loaded(msgspec.Struct, frozen=True):
    """What a store was made of."""

    files: tuple[ShardFile, ...]


class Covered(msgspec.Struct, frozen=True):
    """What one service has of the citations of one seed of a harvest, in one direction."""

    publication: str  # key of the seed
    source: str
    direction: str  # "citing" or "references"
    claimed: int | None  # the source's own count; None where it makes none
    harvested: int  # distinct articles that it named
    without_pmid_or_doi: int
    failed: int  # questions without a usable answer


class Manifest(msgspec.Struct, frozen=True, omit_defaults=True):
    """graph/manifest.json: what the graph is made of, and its counts. Holds no times."""

    format: int = FORMAT
    base: str = BASE
    software: str = ""
    """The version of pss-kg that mapped it; another version maps anew."""
    shards: int = 16
    inputs: tuple[str, ...] = ()
    files: tuple[ShardFile, ...] = ()
    classes: dict[str, int] = {}
    """Instances in main, by class IRI."""
    counts: dict[str, int] = {}
    """described, mentioned, citations, typed_citations, claimed, found …"""
    sources: dict[str, dict[str, int]] = {}
    """source -> read, described, merged, superseded, deleted, quarantined."""
    ledger: dict[str, dict[str, int]] = {}
    """publication key -> {"claimed <source>": n, "found": n} where a source claimed a count."""

    harvests: tuple[str, ...] = ()
    """Digests of the accounts of harvests that graph/harvest was made from."""
    coverage: tuple[Covered, ...] = ()
    """By publication, direction and source."""

    inferred_from: str = ""
    """What graph/inferred was made from; "" where it was not made."""

    def built(self) -> Manifest:
        """What was made of the records: without what was inferred from it, and without graph/harvest,
        which may change alone."""
        files = tuple(file for file in self.files if file.graph not in (HARVEST, INFERRED))
        return msgspec.structs.replace(self, files=files, inferred_from="")

    def stored(self) -> tuple[ShardFile, ...]:
        """The files that a store holds: all but provenance."""
        return tuple(file for file in self.files if file.graph != PROVENANCE)

    def digest(self) -> str:
        """One digest of all graphs but provenance; equal graphs have equal digests."""
        whole = hashlib.sha256()
        for file in self.files:
            if file.graph != PROVENANCE:
                whole.update(f"{file.graph} {file.shard} {file.sha256}\n".encode())
        return whole.hexdigest()

    def graphs(self) -> dict[str, int]:
        """Quads by graph name, sorted by name."""
        quads: dict[str, int] = {}
        for file in self.files:
            quads[file.graph] = quads.get(file.graph, 0) + file.quads
        return dict(sorted(quads.items()))
