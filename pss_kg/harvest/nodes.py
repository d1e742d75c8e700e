"""Which identifiers are one publication, as far as the harvest knows: a union-find, kept small.

A node is a set of identifiers that records put together. It decides what is asked, nothing else:
which records are one publication in the graph is decided later, over all records (docs/identity.md).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable

from pss_kg.iris import KEY_SCHEMES
from pss_kg.sources.service import Identifier

SINGLE = ("pmid", "doi")
"""Schemes of which a publication has one value at most."""


def order(identifier: Identifier) -> tuple[int, str, str]:
    """Sort key of identifiers: schemes that may name a publication first, in their order."""
    scheme, value = identifier
    return KEY_SCHEMES.index(scheme) if scheme in KEY_SCHEMES else len(KEY_SCHEMES), scheme, value


class Nodes:
    """Identifiers and what joins them. A number stands for an identifier; a node is the number that
    `find` gives for any of its identifiers, until the next union."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._names: list[str] = []
        self._parents = array("i")
        self._members: dict[int, list[int]] = {}  # of nodes with more than one identifier

    def __len__(self) -> int:
        return len(self._names)

    def number(self, identifier: Identifier) -> int:
        """The number of an identifier, a new one if it is new."""
        name = f"{identifier[0]}:{identifier[1]}"
        number = self._numbers.get(name)
        if number is None:
            number = self._numbers[name] = len(self._names)
            self._names.append(name)
            self._parents.append(number)
        return number

    def known(self, identifier: Identifier) -> int:
        """The number of an identifier, -1 if nobody has said it yet."""
        return self._numbers.get(f"{identifier[0]}:{identifier[1]}", -1)

    def identifier(self, number: int) -> Identifier:
        scheme, _, value = self._names[number].partition(":")
        return scheme, value

    def find(self, number: int) -> int:
        """The node that the identifier of this number belongs to."""
        parents = self._parents
        while (parent := parents[number]) != number:
            parents[number] = number = parents[parent]
        return number

    def members(self, node: int) -> Iterable[int]:
        """The numbers of a node's identifiers."""
        return self._members.get(node, (node,))

    def identifiers(self, node: int) -> tuple[Identifier, ...]:
        """A node's identifiers, the one that names it first."""
        return tuple(sorted((self.identifier(n) for n in self.members(node)), key=order))

    def name(self, node: int) -> tuple[int, str, str]:
        """What nodes are sorted by: their first identifier."""
        return min(order(self.identifier(n)) for n in self.members(node))

    def of_scheme(self, node: int, scheme: str) -> str:
        """A node's value of this scheme, the smallest of several; "" if it has none."""
        start = f"{scheme}:"
        found = [name for n in self.members(node) if (name := self._names[n]).startswith(start)]
        return min(found)[len(start) :] if found else ""

    def clash(self, one: int, other: int) -> str:
        """Why two nodes are not one: "two DOIs: 10.1, 10.2"; "" if nothing speaks against it."""
        for scheme in SINGLE:
            start = f"{scheme}:"
            values = {
                name[len(start) :]
                for node in (one, other)
                for n in self.members(node)
                if (name := self._names[n]).startswith(start)
            }
            if len(values) > 1:
                return f"two {scheme.upper()}s: {', '.join(sorted(values))}"
        return ""

    def unite(self, one: int, other: int) -> tuple[int, int]:
        """Make two nodes one. Gives (the node that stays, the one that it took in)."""
        mine, others = list(self.members(one)), list(self.members(other))
        if (len(mine), -one) < (len(others), -other):
            one, other, mine, others = other, one, others, mine
        self._parents[other] = one
        mine += others
        self._members[one] = mine
        self._members.pop(other, None)
        return one, other
