"""Takes records as they come: which node each belongs to, what its lists lead to, what is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Literal, NamedTuple

import msgspec

from pss_kg.harvest.coverage import Note, written
from pss_kg.harvest.network import CITED, CITING, DESCRIBED, UNREAD, Network
from pss_kg.harvest.plan import Plan
from pss_kg.iris import KEY_SCHEMES
from pss_kg.records import Publication, Read, Reference
from pss_kg.sources.service import Identifier, Query, Service, listed

Keep = Callable[[str, Read], None]
Wanted = Literal["record", "citing", "references", "search"]

_NOTES = 1000


class Batch(NamedTuple):
    """What one call asks a service: the records, lists or search results of these."""

    service: int
    wanted: Wanted
    identifiers: tuple[Identifier, ...] = ()
    query: Query | None = None
    origin: int = -1  # of a query: its place behind the seeds


class Taking:
    """Where the records of a walk go: into the network, and to `keep`, each once."""

    def __init__(self, plan: Plan, services: Sequence[Service], keep: Keep) -> None:
        chased = [CITING] * plan.citing + [CITED] * plan.references
        self.network = Network(plan.depth, chased, self._refused)
        self.limit = plan.limit
        self.services = services
        self.records = 0
        self.notes: dict[Note, None] = {}
        self.notes_left_out = 0
        self.origins: list[list[int]] = [[] for _ in range(len(plan.seeds) + len(plan.queries))]
        self.claims: dict[tuple[int, int], int] = {}  # (number, service) -> what it claims
        self.texts: dict[tuple[int, int], set[int]] = {}  # (number, slot) -> digests of entries that are text
        self._keep = keep
        self._kept: set[int] = set()
        self._schemes = frozenset(KEY_SCHEMES).union(*(service.schemes for service in services))
        self._encode = msgspec.msgpack.Encoder().encode
        self._source = ""

    def begin(self, seed: int, identifier: Identifier) -> None:
        """A seed of the plan: level 0."""
        self._source = "seeds"
        node = self.network.join([identifier])
        self.origins[seed].append(node)
        self.admit(node)
        self.network.lower(node, 0)

    def admit(self, node: int) -> bool:
        """Whether this publication is one of those that are described: as many as the limit allows,
        first come, first served."""
        admitted = self.network.admitted
        if node not in admitted:
            if self.limit and len(admitted) >= self.limit:
                return False
            admitted.add(node)
        return True

    def take(self, record: Read, batch: Batch) -> None:
        """One record that a service sent for a batch."""
        service = batch.service
        source = self._source = self.services[service].name
        if not isinstance(record, Publication):
            self._put_away(source, record)
            return
        network = self.network
        node = network.join(self._usable(record.identifiers) or [("record", f"{source}/{record.id}")])
        if record.listing:
            self._read_lists(record, node, service)
            for note in record.notes:  # a list that the service cut short
                self.note(source, f"{record.id}: {note.problem}")
            self._put_away(source, record)
            return
        named: Sequence[Reference] = ()
        if batch.wanted == "search":
            if not self.admit(node):
                self.origins[batch.origin].append(node)
                network.lower(node, 0)
                return
            self.origins[batch.origin].append(node)
            network.lower(node, 0)
        elif batch.wanted == "citing":
            named = self._named(record, node, batch)
        elif network.level(node) > network.depth:
            self.note(source, f"{record.id} was sent, which was not asked for")
        if not self.admit(node):
            # Beyond the limit: the citation is kept, the description is not.
            if named:
                cut = listed(source, f"{record.id}/references", record.identifiers, references=named)
                self._put_away(source, cut)
            return
        network.set(DESCRIBED, node, service)
        network.known.add(node)
        if record.claim is not None and network.level(node) == 0:
            claimed = self.claims.get((node, service), 0)
            self.claims[node, service] = max(claimed, record.claim.value)
        self._read_lists(record, node, service)
        self._put_away(source, record)

    def note(self, source: str, what: str) -> None:
        """Keep a note, each once; how many there were beyond the first thousand is counted."""
        note = Note(source, what)
        if note not in self.notes:
            if len(self.notes) < _NOTES:
                self.notes[note] = None
            else:
                self.notes_left_out += 1

    def _usable(self, identifiers: Iterable[Identifier]) -> list[Identifier]:
        return [identifier for identifier in identifiers if identifier[0] in self._schemes and identifier[1]]

    def _named(self, record: Publication, node: int, batch: Batch) -> list[Reference]:
        """The references of a citing article that name those who were asked about; they lead to it."""
        nodes, find = self.network.nodes, self.network.nodes.find
        cited = {find(self.network.number(identifier)) for identifier in batch.identifiers}
        named = []
        for reference in record.references:
            for identifier in self._usable(reference.identifiers):
                number = nodes.known(identifier)
                if number >= 0 and (one := find(number)) in cited:
                    named.append(reference)
                    self.network.put(one, batch.service, CITING, node)
                    break
        if not named:
            self.note(self._source, f"{record.id} was sent as citing, but names none of those asked about")
        return named

    def _read_lists(self, record: Publication, node: int, service: int) -> None:
        network = self.network
        level = network.level(node)
        for direction, entries in ((CITING, record.cited_by), (CITED, record.references)):
            if not entries:
                continue
            chased = direction in network.chased
            if level and not (chased and level < network.depth):
                if chased:
                    network.set(UNREAD, node, service)
                continue
            for entry in entries:
                if usable := self._usable(entry.identifiers):
                    network.put(node, service, direction, network.mention(usable))
                elif level == 0:
                    self.texts.setdefault((node, service * 2 + direction), set()).add(self._digest(entry))

    def _put_away(self, source: str, record: Read) -> None:
        """Hand a record on, but not the same one twice: it may come in answer to several batches."""
        digest = self._digest(record)
        if digest not in self._kept:
            self._kept.add(digest)
            self.records += 1
            self._keep(source, record)

    def _digest(self, thing: Read | Reference) -> int:
        kind = type(thing).__name__.encode()
        return int.from_bytes(hashlib.blake2b(kind + self._encode(thing), digest_size=8).digest(), "big")

    def _refused(self, one: Identifier, other: Identifier, reason: str) -> None:
        self.note(
            self._source, f"{written(one)} and {written(other)} stand in one record and stay apart: {reason}"
        )
