"""Records that share an identifier become one publication. A pure function.

The rules are those of docs/identity.md:

1. Identifiers are taken in the order of `iris.KEY_SCHEMES`, then by value.
2. An identifier whose records hold two PMIDs or two DOIs joins none of them.
3. A union that would put two PMIDs or two DOIs in one publication is refused.
4. A publication's key is its first identifier that no other publication has.
5. An identifier of several publications is an alias of the one with the smallest key.

The order in which records came plays no part: every step looks at sets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pss_kg.iris import KEY_SCHEMES, hash_key, publication_key
from pss_kg.records import Identifiers

_SINGLE = ("pmid", "doi")
"""Schemes of which one publication has at most one value."""


def order(identifier: tuple[str, str]) -> tuple[int, str]:
    """Sort key of identifiers: by scheme in the order of rule 1, then by value."""
    return KEY_SCHEMES.index(identifier[0]), identifier[1]


@dataclass(frozen=True)
class Candidate:
    """One record as identity sees it. `name` is "source/id"; `fallback` its hash key."""

    name: str
    identifiers: Identifiers
    fallback: str


@dataclass(frozen=True)
class Refusal:
    """An identifier that several records share and that joined none, or not all, of them."""

    identifier: tuple[str, str]
    records: tuple[str, ...]
    reason: str


@dataclass
class Assignment:
    """What identity decided.

    keys:      record name -> publication key
    aliases:   identifier -> key of the publication it leads to, every identifier of every record
    ambiguous: identifier -> keys of all publications that have it, where there are several
    refusals:  why records that share an identifier stayed apart
    """

    keys: dict[str, str] = field(default_factory=dict)
    aliases: dict[tuple[str, str], str] = field(default_factory=dict)
    ambiguous: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)


def assign(candidates: Iterable[Candidate]) -> Assignment:
    """The publication of every record. Names must be unique."""
    records = sorted(candidates, key=lambda c: c.name)
    holders: dict[tuple[str, str], list[int]] = {}
    for number, record in enumerate(records):
        for identifier in set(record.identifiers):
            if identifier[0] in KEY_SCHEMES:
                holders.setdefault(identifier, []).append(number)
    result = Assignment()
    root = _join(records, holders, result.refusals)
    _name(records, holders, root, result)
    return result


def _values(records: list[Candidate], numbers: Iterable[int]) -> dict[str, set[str]]:
    values: dict[str, set[str]] = {scheme: set() for scheme in _SINGLE}
    for number in numbers:
        for scheme, value in records[number].identifiers:
            if scheme in values:
                values[scheme].add(value)
    return values


def _clash(values: Mapping[str, set[str]]) -> str:
    """The scheme of which there are two values, in words; "" if there is none."""
    for scheme in _SINGLE:
        if len(values[scheme]) > 1:
            listed = ", ".join(sorted(values[scheme]))
            return f"two {scheme.upper()}s: {listed}"
    return ""


def _join(
    records: list[Candidate], holders: Mapping[tuple[str, str], list[int]], refusals: list[Refusal]
) -> list[int]:
    """Union-find over the shared identifiers; gives each record the number of its component."""
    root = list(range(len(records)))
    members: dict[int, list[int]] = {}

    def component(number: int) -> list[int]:
        return members.get(root[number], [number])

    for identifier in sorted((i for i, held in holders.items() if len(held) > 1), key=order):
        held = holders[identifier]
        reason = _clash(_values(records, held))
        if not reason:
            together = sorted({m for number in held for m in component(number)})
            reason = _clash(_values(records, together))
            if not reason:
                first = together[0]
                members[first] = together
                for number in together:
                    root[number] = first
                continue
        if len({root[number] for number in held}) > 1:
            refusals.append(Refusal(identifier, tuple(records[n].name for n in held), reason))
    return root


def _name(
    records: list[Candidate],
    holders: Mapping[tuple[str, str], list[int]],
    root: list[int],
    result: Assignment,
) -> None:
    shared = {i: {root[n] for n in held} for i, held in holders.items() if len(held) > 1}
    ambiguous = {i for i, roots in shared.items() if len(roots) > 1}
    groups: dict[int, list[int]] = {}
    for number, first in enumerate(root):
        groups.setdefault(first, []).append(number)

    key_of: dict[int, str] = {}
    for first, numbers in groups.items():
        own = {i for n in numbers for i in records[n].identifiers if i[0] in KEY_SCHEMES}
        key = publication_key(own - ambiguous)
        if not key and own:
            # Every identifier is somebody else's too: only the records' own names are left.
            key = hash_key("", *(records[n].name for n in numbers))
        key_of[first] = key or min(records[n].fallback for n in numbers)
        for n in numbers:
            result.keys[records[n].name] = key_of[first]

    for identifier, held in holders.items():
        keys = sorted({key_of[root[n]] for n in held})
        result.aliases[identifier] = keys[0]
        if len(keys) > 1:
            result.ambiguous[identifier] = tuple(keys)
