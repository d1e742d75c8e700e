"""What the walk knows of the network: distances from the seeds, who cites whom, who was asked.

Only publications that are nearer than the depth have their lists kept: the lists of those at the
edge lead out of the harvest. Per identifier about 60 bytes stand here, per kept citation 4.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence

from pss_kg.harvest.nodes import Nodes, order
from pss_kg.sources.service import Identifier

FAR = 127
"""The level of what no seed leads to (within the depth)."""

CITING, CITED = 0, 1
"""Directions of a list: the articles that cite it, and those that it cites."""

DESCRIBED, ASKED_CITING, ASKED_CITED, UNREAD = range(4)
"""Marks of a node, one bit a service. UNREAD: its record came while it stood at the edge, and its
lists were passed over."""


class Network:
    """Levels, lists and marks of nodes, kept right whenever two nodes turn out to be one.

    depth: the last level; chased: the directions in which the walk goes on
    refuse: is told of identifiers that a record puts together and that stay apart
    """

    def __init__(
        self, depth: int, chased: Sequence[int], refuse: Callable[[Identifier, Identifier, str], None]
    ) -> None:
        self.nodes = Nodes()
        self.depth = min(depth, FAR - 1)
        self.chased = frozenset(chased)
        self.refuse = refuse
        self.pending: dict[int, set[int]] = {}  # level -> nodes about which there may be something to ask
        self.lists: dict[int, dict[int, array[int]]] = {}  # node -> service * 2 + direction -> numbers
        self.hints: dict[int, set[int]] = {}  # first number of a mention -> its other numbers
        self.admitted: set[int] = set()  # nodes that are described, and not only mentioned
        self.known: set[int] = set()  # nodes of which there is a record
        self._levels = array("b")
        self._firm = bytearray()  # 1: in a record, or what a mention is resolved by
        self._marks = tuple(array("q") for _ in range(4))

    def level(self, node: int) -> int:
        return self._levels[node]

    def number(self, identifier: Identifier) -> int:
        """The number of an identifier, with room for what is known of it."""
        number = self.nodes.number(identifier)
        if number == len(self._levels):
            self._levels.append(FAR)
            self._firm.append(0)
            for mark in self._marks:
                mark.append(0)
        return number

    def join(self, identifiers: Iterable[Identifier]) -> int:
        """The node of a record with these identifiers (at least one); they are one node from now on,
        but for those that would give it two PMIDs or two DOIs."""
        first, *others = sorted(set(identifiers), key=order)
        start = self.number(first)
        self._firm[start] = 1
        for identifier in others:
            number = self.number(identifier)
            self._firm[number] = 1
            node, other = self.nodes.find(start), self.nodes.find(number)
            if node == other:
                continue
            if reason := self.nodes.clash(node, other):
                self.refuse(first, identifier, reason)
            else:
                self._unite(node, other)
        return self.nodes.find(start)

    def mention(self, identifiers: Iterable[Identifier]) -> int:
        """The number that a mention is resolved by: its first identifier. The others wait as hints,
        for what stands together in a list joins no records."""
        first, *others = sorted(set(identifiers), key=order)
        number = self.number(first)
        self._firm[number] = 1
        if others:
            self.hints.setdefault(number, set()).update(map(self.number, others))
        return number

    def take_hints(self, node: int) -> bool:
        """Give the node those identifiers of its mentions of which no record has told anything.
        Whether there were any."""
        taken = False
        for member in sorted(self.nodes.members(node)):
            for number in sorted(self.hints.pop(member, ())):
                mine, other = self.nodes.find(node), self.nodes.find(number)
                if mine == other or any(self._firm[n] for n in self.nodes.members(other)):
                    continue
                if not self.nodes.clash(mine, other):
                    self._firm[number] = 1
                    self._unite(mine, other)
                    taken = True
        return taken

    def lower(self, node: int, level: int) -> None:
        """The node is at most `level` steps from a seed; what its lists lead to follows."""
        waiting = [(node, level)]
        while waiting:
            number, level = waiting.pop()
            node = self.nodes.find(number)
            if level > self.depth or level >= self._levels[node]:
                continue
            self._levels[node] = level
            self._touch(node)
            for slot, numbers in self.lists.get(node, {}).items():
                if slot & 1 in self.chased:
                    waiting += [(n, level + 1) for n in numbers]

    def put(self, node: int, service: int, direction: int, number: int) -> None:
        """A list of the node names this number: an article that cites it, or one that it cites."""
        self.lists.setdefault(node, {}).setdefault(service * 2 + direction, array("i")).append(number)
        if direction in self.chased and self._levels[node] < self.depth:
            self.lower(number, self._levels[node] + 1)

    def has(self, mark: int, node: int, service: int) -> bool:
        return bool(self._marks[mark][node] >> service & 1)

    def set(self, mark: int, node: int, service: int) -> None:
        self._marks[mark][node] |= 1 << service

    def _unite(self, one: int, other: int) -> None:
        node, gone = self.nodes.unite(one, other)
        near = min(self._levels[node], self._levels[gone])
        for mark in self._marks:
            mark[node] |= mark[gone]
        for group in (self.admitted, self.known):
            if gone in group:
                group.discard(gone)
                group.add(node)
        for slot, numbers in self.lists.pop(gone, {}).items():
            self.lists.setdefault(node, {}).setdefault(slot, array("i")).extend(numbers)
        # From the start, so that the lists of both lead on from where the nearer one stands.
        self._levels[node] = FAR
        self.lower(node, near)

    def _touch(self, node: int) -> None:
        """The node has a new level or new identifiers: there may be something to ask."""
        level = self._levels[node]
        self.pending.setdefault(level, set()).add(node)
        unread = self._marks[UNREAD]
        if level < self.depth and unread[node]:
            self._marks[DESCRIBED][node] &= ~unread[node]
            unread[node] = 0
