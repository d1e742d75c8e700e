"""graph/harvest and the coverage ledger: from the accounts of harvests, which hold identifiers.

An account is the outcome of one harvest: which publications it came to, from which seed and over
how many citations, and what each source has of a seed's citations. It stands in raw/harvests/ and
holds no times. Which publications its identifiers lead to is the index's business, and may change
with every build; so this graph is made anew with each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from pss_kg.errors import WorkspaceError
from pss_kg.identity.index import Index
from pss_kg.iris import Iris, slug
from pss_kg.ledger import ALL
from pss_kg.manifest import HARVEST, Covered, ShardFile
from pss_kg.records import Identifiers, rank
from pss_kg.stages.quads import GraphWriter
from pss_kg.stages.rows import Resolver
from pss_kg.terms import literal, non_negative
from pss_kg.vocabulary import DQV, PROV, PSS, RDF
from pss_kg.workspace import Workspace, encode_pretty, write_atomically

_A = f" <{RDF}type> "
_BATCH = 2_000
_METRICS = {
    ("citing", "claimed"): "citationsClaimed",
    ("citing", "harvested"): "citationsHarvested",
    ("citing", "without_pmid_or_doi"): "citationsWithoutIdentifier",
    ("citing", "failed"): "citationsFailed",
    ("references", "claimed"): "referencesClaimed",
    ("references", "harvested"): "referencesHarvested",
    ("references", "without_pmid_or_doi"): "referencesWithoutIdentifier",
    ("references", "failed"): "referencesFailed",
}


class Reached(msgspec.Struct, frozen=True, array_like=True):
    """A publication that a harvest came to: (number of a seed in the account, distance) of each seed."""

    identifiers: Identifiers
    distances: tuple[tuple[int, int], ...]


class Has(msgspec.Struct, frozen=True):
    """What one source has of one seed's citations; as `pss_kg.manifest.Covered`."""

    seed: int
    source: str
    direction: str
    claimed: int | None
    harvested: int
    without_pmid_or_doi: int
    failed: int


class Account(msgspec.Struct, frozen=True):
    """The outcome of one harvest. `id` is that of what was asked for (the plan).

    Numbers of seeds from `len(seeds)` on are those of queries, in words.
    """

    id: str
    asked: msgspec.Raw
    seeds: list[Identifiers]
    queries: list[str]
    reached: list[Reached]
    coverage: list[Has]

    def digest(self) -> str:
        """One digest of all that it says."""
        return hashlib.sha256(msgspec.json.encode(self, order="sorted")).hexdigest()[:20]


class Written(NamedTuple):
    """The file of graph/harvest as it stands in work/graph/ (None: no harvest), and the ledger."""

    file: ShardFile | None
    coverage: tuple[Covered, ...]


def save(workspace: Workspace, account: Account) -> None:
    """Keep an account; one of the same plan gives way."""
    folder = workspace.raw / "harvests"
    folder.mkdir(exist_ok=True)
    write_atomically(folder / f"{account.id}.json", encode_pretty(account))


def load(workspace: Workspace) -> list[Account]:
    """Every account of the workspace, by id.

    Raises WorkspaceError for one that is damaged.
    """
    accounts = []
    decode = msgspec.json.Decoder(Account).decode
    for path in sorted((workspace.raw / "harvests").glob("*.json")):
        try:
            accounts.append(decode(path.read_bytes()))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise WorkspaceError(
                f"this account of a harvest is damaged ({error}).",
                where=str(path),
                todo="Delete it and run the harvest again; its replies are kept in raw/replies.",
            ) from error
    return accounts


def write(workspace: Workspace, index: Index, accounts: Iterable[Account]) -> Written:
    """Write graph/harvest to work/graph/, and give the ledger's rows.

    Of several harvests from one seed the least distance holds, and the larger of two counts of a
    source: a harvest that stopped early does not refute one that did not.
    """
    resolver = Resolver(index)
    distances: dict[tuple[str, str], int] = {}
    queries: dict[str, str] = {}
    covered: dict[tuple[str, str, str], Covered] = {}
    for account in accounts:
        seeds = _keys(resolver, account.seeds)
        of_queries = {f"query-{slug(text)}": text for text in account.queries}
        queries |= of_queries
        seeds += of_queries
        keys = _keys(resolver, [reached.identifiers for reached in account.reached])
        for key, reached in zip(keys, account.reached, strict=True):
            for number, distance in reached.distances:
                pair = seeds[number], key
                if all(pair):
                    distances[pair] = min(distance, distances.get(pair, distance))
        for has in account.coverage:
            if key := seeds[has.seed]:
                place = key, has.direction, has.source
                covered[place] = _larger(_covered(key, has), covered.get(place))
    rows = tuple(covered[place] for place in sorted(covered, key=lambda p: (p[0], p[1], rank(p[2]))))
    if not distances and not rows:
        return Written(None, ())
    iris = Iris(workspace.base)
    writer = GraphWriter(workspace, iris, HARVEST, "all")
    for (seed, key), distance in sorted(distances.items()):
        writer.add(key, list(_discovery(iris, seed, key, distance, queries.get(seed))))
    for row in rows:
        writer.add(row.publication, list(_measurements(iris, row)))
    return Written(writer.close(), rows)


def _keys(resolver: Resolver, wanted: list[Identifiers]) -> list[str]:
    keys: list[str] = []
    for start in range(0, len(wanted), _BATCH):
        keys += resolver.keys(wanted[start : start + _BATCH])[0]
    return keys


def _covered(key: str, has: Has) -> Covered:
    return Covered(
        key, has.source, has.direction, has.claimed, has.harvested, has.without_pmid_or_doi, has.failed
    )


def _larger(one: Covered, other: Covered | None) -> Covered:
    def weight(row: Covered) -> tuple[int, ...]:
        return row.harvested, -row.failed, row.claimed or 0, row.without_pmid_or_doi

    return one if other is None or weight(one) >= weight(other) else other


def _discovery(iris: Iris, seed: str, key: str, distance: int, query: str | None) -> Iterator[str]:
    node = f"<{iris.discovery(seed, key)}>"
    yield f"{node}{_A}<{PSS}Discovery>"
    if query is None:
        yield f"{node} <{PSS}seed> <{iris.publication(seed)}>"
    else:
        yield f"{node} <{PSS}query> {literal(query)}"
    yield f"{node} <{PSS}discovered> <{iris.publication(key)}>"
    yield f"{node} <{PSS}distance> {non_negative(distance)}"


def _measurements(iris: Iris, row: Covered) -> Iterator[str]:
    source = f"<{iris.source(row.source)}>"
    for (direction, name), metric in _METRICS.items():
        value = getattr(row, name)
        if direction == row.direction and value is not None:
            node = f"<{iris.coverage(row.publication, row.source, metric)}>"
            yield f"{node}{_A}<{DQV}QualityMeasurement>"
            yield f"{node} <{DQV}isMeasurementOf> <{PSS}{metric}>"
            yield f"{node} <{DQV}computedOn> <{iris.publication(row.publication)}>"
            yield f"{node} <{DQV}value> {non_negative(value)}"
            if row.source != ALL:
                yield f"{node} <{PROV}wasAttributedTo> {source}"
