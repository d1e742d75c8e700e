"""The rules run to a fixpoint on Oxigraph, in memory.

Triples go in and come out as N-Triples lines, `<s> <p> <o> .`, without the newline. Lines with
a literal are not to be given: no allowed rule needs one, and a store may write it otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from pss_kg.inference.rules import NEW, Rules, deciding


def concerned(line: str, terms: frozenset[str]) -> bool:
    """Whether a line is of these properties, or of type and of these classes; never for a literal."""
    _, predicate, rest = line.split(" ", 2)
    return rest[0] == "<" and deciding(predicate, rest[: rest.index(">") + 1]) in terms


def closure(rules: Rules, triples: Iterable[str]) -> set[str]:
    """Everything that the rules lead to from these triples, without the triples themselves."""
    base = set(triples)
    known = set(base)
    chains = _Chains(rules)
    fresh = base
    while fresh:
        fresh = fresh | (direct(rules, fresh) - known)
        known |= fresh
        fresh = chains.follow(fresh) - known
        known |= fresh
    return known - base


def direct(rules: Rules, triples: Iterable[str]) -> set[str]:
    """What the rules with one pattern give. They are closed: one round is all."""
    bodies = rules.bodies
    chosen = [line for line in triples if concerned(line, bodies)]
    store = ox.Store()
    _load(store, chosen)
    found: set[str] = set()
    for name in sorted({deciding(*_ends(line)) for line in chosen}):
        if name in rules.classes:
            found.update(_construct(store, rules.of_class(name)))
        elif name in rules.properties:
            found.update(_construct(store, rules.of_property(name)))
    return found


class _Chains:
    """The triples of transitive properties, held from round to round."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._terms = frozenset(rules.transitive)
        self._store = ox.Store()

    def follow(self, fresh: Iterable[str]) -> set[str]:
        """One round: what joining the fresh triples with all gives."""
        chosen = [line for line in fresh if concerned(line, self._terms)]
        if not chosen:
            return set()
        new = ox.NamedNode(NEW)
        self._store.clear_graph(new)
        _load(self._store, chosen)
        _load(self._store, chosen, new)
        found: set[str] = set()
        for name in self._rules.transitive:
            for query in self._rules.of_chain(name):
                found.update(_construct(self._store, query))
        return found


def _ends(line: str) -> tuple[str, str]:
    _, predicate, rest = line.split(" ", 2)
    return predicate, rest[:-2]


def _load(store: ox.Store, lines: Iterable[str], graph: ox.NamedNode | None = None) -> None:
    # Lenient: IRIs were checked when they were made.
    store.bulk_load(
        "\n".join(lines), format=ox.RdfFormat.N_TRIPLES, to_graph=graph or ox.DefaultGraph(), lenient=True
    )


def _construct(store: ox.Store, query: str) -> list[str]:
    answer = store.query(query)
    assert isinstance(answer, ox.QueryTriples)
    written = answer.serialize(format=ox.RdfFormat.N_TRIPLES)
    return written.decode().split("\n")[:-1] if written else []
