"""Draws up the account of a walk: distances of each seed, and coverage that adds up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pss_kg.harvest.coverage import Coverage, Direction, Failure, Found, Harvest, Note
from pss_kg.harvest.network import ASKED_CITED, ASKED_CITING, CITED, CITING, Network
from pss_kg.harvest.nodes import SINGLE
from pss_kg.harvest.plan import Plan
from pss_kg.harvest.taking import Taking
from pss_kg.ledger import ALL
from pss_kg.sources.service import Service

_DIRECTIONS: tuple[tuple[int, Direction, int], ...] = (
    (CITING, "citing", ASKED_CITING),
    (CITED, "references", ASKED_CITED),
)

_Failed = dict[tuple[str, str], set[int]]
"""(source, wanted) -> nodes about which it failed to answer."""


def account(plan: Plan, services: Sequence[Service], taking: Taking, failures: Sequence[Failure]) -> Harvest:
    """The result of a walk that has ended. `failures` in the order in which they came."""
    network = taking.network
    find = network.nodes.find
    failed: _Failed = {}
    for failure in failures:
        nodes = failed.setdefault((failure.source, failure.wanted), set())
        nodes.update(find(network.number(identifier)) for identifier in failure.identifiers)
    described = {node for (_, wanted), nodes in failed.items() if wanted == "record" for node in nodes}
    seeds = [find(network.number(seed)) for seed in plan.seeds]
    found = [
        node
        for node in range(len(network.nodes))
        if find(node) == node and network.level(node) <= network.depth
    ]
    left = sum(node not in network.admitted for node in found)
    notes = list(taking.notes)
    if taking.notes_left_out:
        notes.append(Note(ALL, f"{taking.notes_left_out} more of this kind"))
    return Harvest(
        seeds=plan.seeds,
        found=tuple(_found(network, found, taking.origins)),
        coverage=tuple(_coverage(plan, services, taking, seeds, failed)),
        failures=tuple(failures),
        unknown=tuple(
            seed
            for seed, node in zip(plan.seeds, seeds, strict=True)
            if node in network.admitted and node not in network.known and node not in described
        ),
        left_out=left,
        notes=tuple(notes),
        records=taking.records,
    )


def _found(network: Network, nodes: Iterable[int], origins: Sequence[Iterable[int]]) -> Iterator[Found]:
    distances: dict[int, dict[int, int]] = {}
    for place, numbers in enumerate(origins):
        for node, steps in _distances(network, numbers).items():
            distances.setdefault(node, {})[place] = steps
    for node in sorted(nodes, key=network.nodes.name):
        yield Found(network.nodes.identifiers(node), distances[node], node in network.known)


def _distances(network: Network, numbers: Iterable[int]) -> dict[int, int]:
    """Steps from one origin, over the lists in the directions that were chased."""
    find = network.nodes.find
    steps = dict.fromkeys(sorted({find(number) for number in numbers}), 0)
    edge = list(steps)
    for step in range(1, network.depth + 1):
        following: list[int] = []
        for node in edge:
            for slot, others in network.lists.get(node, {}).items():
                if slot & 1 not in network.chased:
                    continue
                for number in others:
                    if (other := find(number)) not in steps:
                        steps[other] = step
                        following.append(other)
        edge = following
    return steps


def _coverage(
    plan: Plan, services: Sequence[Service], taking: Taking, seeds: Sequence[int], failed: _Failed
) -> Iterator[Coverage]:
    network = taking.network
    find, nodes = network.nodes.find, network.nodes
    texts: dict[tuple[int, int], set[int]] = {}
    for (number, slot), digests in taking.texts.items():
        texts.setdefault((find(number), slot), set()).update(digests)
    claims: dict[tuple[int, int], int] = {}
    for (number, claimant), value in taking.claims.items():
        claims[find(number), claimant] = max(value, claims.get((find(number), claimant), 0))

    def nameless(listed: Iterable[int]) -> int:
        return sum(not any(nodes.of_scheme(node, scheme) for scheme in SINGLE) for node in listed)

    for place, seed in enumerate(seeds):
        for direction, word, mark in _DIRECTIONS:
            rows = []
            all_listed: set[int] = set()
            all_texts: set[int] = set()
            all_failed: set[int] = set()
            for number, service in enumerate(services):
                slot = number * 2 + direction
                listed = {find(n) for n in network.lists.get(seed, {}).get(slot, ())} - {seed}
                printed = texts.get((seed, slot), set())
                claim = claims.get((seed, number)) if direction == CITING else None
                missed = _missed(service.name, word, seed, listed, failed)
                asked = network.has(mark, seed, number) and direction in network.chased
                if not (listed or printed or missed or asked or claim is not None):
                    continue
                all_listed |= listed
                all_texts |= printed
                all_failed |= missed
                rows.append(
                    Coverage(
                        place,
                        service.name,
                        word,
                        claim,
                        len(listed) + len(printed),
                        nameless(listed) + len(printed),
                        len(missed),
                    )
                )
            yield from rows
            if rows:
                yield Coverage(
                    place,
                    ALL,
                    word,
                    None,
                    len(all_listed) + len(all_texts),
                    nameless(all_listed) + len(all_texts),
                    len(all_failed),
                )


def _missed(source: str, direction: str, seed: int, listed: set[int], failed: _Failed) -> set[int]:
    """Of a seed and its list those about which the source failed to answer."""
    empty: set[int] = set()
    own = failed.get((source, direction), empty) | failed.get((source, "record"), empty)
    return (own & {seed}) | (failed.get((source, "record"), empty) & listed)
