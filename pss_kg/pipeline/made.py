"""What mapping and validation made, before it is published; and what the next increment needs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from pss_kg.records import Identifiers
from pss_kg.stages.checking import Owned
from pss_kg.stages.faults import Fault
from pss_kg.stages.quads import ShardCounts
from pss_kg.stages.shards import View
from pss_kg.workspace import ShardFile, Workspace, write_atomically

Kind = TypeVar("Kind")


@dataclass
class Made:
    """A graph that stands ready in work/graph/ (and, where unchanged, in graph/).

    parts:    name of the shard ("0a", "shared-0a") -> its counts
    findings: from before quarantine
    """

    shards: int
    files: list[ShardFile]
    parts: dict[str, ShardCounts]
    findings: list[Owned]
    held: list[Fault]
    view: View
    generation: int = 0


def total(parts: dict[str, ShardCounts]) -> ShardCounts:
    """The counts of all parts together."""
    whole = ShardCounts(classes={}, found={})
    for part in parts.values():
        whole = whole.plus(part)
    return whole


class State(msgspec.Struct, frozen=True):
    """work/state.msgpack: what stands under work/ belongs to the graph of this digest.

    It is removed before anything under work/ changes and written when all is done, so what a
    killed run left is never taken for whole.
    """

    digest: str
    shards: int
    generation: int
    dead: list[tuple[str, str, int]]
    held: list[Fault]
    findings: list[Owned]
    ambiguous: dict[str, Identifiers]
    claimed: list[str]
    parts: dict[str, ShardCounts]

    def view(self) -> View:
        """What the buckets meant when this was written."""
        return View(
            frozenset((fault.source, fault.id) for fault in self.held),
            self.ambiguous,
            frozenset(self.claimed),
            {(source, record): generation for source, record, generation in self.dead},
        )


def save(workspace: Workspace, made: Made, digest: str) -> None:
    """Keep the state for the next increment."""
    state = State(
        digest=digest,
        shards=made.shards,
        generation=made.generation,
        dead=sorted((source, record, g) for (source, record), g in made.view.dead.items()),
        held=made.held,
        findings=made.findings,
        ambiguous=made.view.ambiguous,
        claimed=sorted(made.view.claimed),
        parts=made.parts,
    )
    write_atomically(place(workspace), msgspec.msgpack.encode(state))


def place(workspace: Workspace) -> Path:
    """Where the state stands."""
    return workspace.work / "state.msgpack"


def load(workspace: Workspace) -> State | None:
    """The state, if there is one that can be read."""
    return _decoded(workspace, State)


class _Digest(msgspec.Struct, frozen=True):
    """Of a state its digest alone; the rest is passed over."""

    digest: str


def digest(workspace: Workspace) -> str | None:
    """The digest of the graph that what stands under work/ belongs to; None where there is no state."""
    found = _decoded(workspace, _Digest)
    return found.digest if found else None


def _decoded(workspace: Workspace, kind: type[Kind]) -> Kind | None:
    path = place(workspace)
    if not path.is_file():
        return None
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=kind)
    except msgspec.DecodeError:
        return None  # of another version: as good as none


def forget(workspace: Workspace) -> None:
    """Say that what stands under work/ is not whole any more."""
    place(workspace).unlink(missing_ok=True)
