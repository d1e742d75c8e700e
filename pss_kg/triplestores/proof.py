"""That the graph arrived: a sample of subjects read back and compared term by term."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from pss_kg.triplestores.connection import parsed
from pss_kg.triplestores.graphs import GraphFiles
from pss_kg.triplestores.product import Connection, Difference, Product
from pss_kg.triplestores.sample import choose, lines_about

Pair = tuple[str, str]
_BATCH = 40  # subjects a question: a query of about 4 KB


class Unexpected(msgspec.Struct, frozen=True):
    """A triple that is not there as it was sent. N-Triples terms; "" where there is none.

    `sent` is predicate and object as sent, `there` what stands in its place.
    """

    graph: str
    subject: str
    sent: str
    there: str


class Compared(msgspec.Struct):
    """What reading back came to. `known` counts what the product is known to change, by its name."""

    subjects: int = 0
    triples: int = 0
    known: dict[str, int] = msgspec.field(default_factory=dict)
    unknown: list[Unexpected] = msgspec.field(default_factory=list)


def read_back(
    product: Product,
    connection: Connection,
    graph: GraphFiles,
    number: int,
    into: Compared,
    *,
    more_allowed: bool = False,
) -> int:
    """Read about `number` subjects of the graph back and compare; how many differences are not known.

    `more_allowed`: triples that were not sent may be there, as after --append. Raises StoreError.
    """
    before = len(into.unknown)
    subjects = choose(graph, number)
    sent = lines_about(graph, subjects)
    for start in range(0, len(subjects), _BATCH):
        batch = subjects[start : start + _BATCH]
        there: dict[str, set[Pair]] = {subject: set() for subject in batch}
        for s, p, o in connection.describe(graph.iri, batch):
            there.setdefault(s[1:-1], set()).add((p, o))
        for subject in batch:
            lines = product.portable(b"".join(sent[subject]))
            expected = {(p, o) for _, p, o in parsed(lines, str(graph.files[0][0].parent))}
            into.subjects += 1
            into.triples += len(expected)
            for was, found in compare(expected, there[subject], product.differences, into.known):
                if was or not more_allowed:
                    into.unknown.append(Unexpected(graph.iri, subject, was, found))
    return len(into.unknown) - before


def compare(
    sent: set[Pair], there: set[Pair], differences: Sequence[Difference], known: dict[str, int]
) -> Iterator[Pair]:
    """The (sent, there) that no known difference explains; those that one does are counted in `known`.

    A difference is between objects: a predicate always comes back as it was sent.
    """
    extra = sorted(there - sent)
    for predicate, term in sorted(sent - there):
        near = [pair for pair in extra if pair[0] == predicate]
        for pair in near:
            name = next((d.name for d in differences if d.matches(term, pair[1])), "")
            if name:
                known[name] = known.get(name, 0) + 1
                extra.remove(pair)
                break
        else:
            # What stands there instead can be told where it is one of one.
            instead = near[0] if len(near) == 1 else None
            if instead:
                extra.remove(instead)
            yield f"{predicate} {term}", f"{instead[0]} {instead[1]}" if instead else ""
    for predicate, term in extra:
        yield "", f"{predicate} {term}"
