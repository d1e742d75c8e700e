"""What differs between two graphs, publication by publication.

Both are read shard by shard in the order of their keys, so memory holds one publication of each
(and one shard of graph/identity). Files with equal digests are not read. Of two graphs with
different numbers of shards, those shards are merged that make up one of the smaller number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Literal, NamedTuple

import msgspec

from pss_kg.errors import GraphError, UsageError
from pss_kg.iris import Iris
from pss_kg.stages.shuffle import shard_of
from pss_kg.vocabulary import DCTERMS, FOAF, SKOS
from pss_kg.workspace import PROVENANCE, REBUILD, Manifest, ShardFile, Workspace

IDENTITY = "identity"
MAIN = "main"
_SHARED = "shared-"

Triple = tuple[str, str, str]
_Keyed = tuple[str, str, Triple]
"""(key, graph, triple), in the order of the keys."""


class Change(msgspec.Struct, frozen=True):
    """One publication, shared thing or alias that differs.

    key:     the key of a publication or alias, or the IRI of a shared thing in brackets
    removed, added: graph -> the triples that only the first, or only the second, graph has
    title:   its title or name as a literal; "" where main was not read or has none
    """

    key: str
    what: Literal["publication", "shared", "alias"]
    kind: Literal["added", "removed", "changed"]
    removed: dict[str, list[Triple]]
    added: dict[str, list[Triple]]
    title: str = ""


def differences(first: Workspace, second: Workspace, graphs: Iterable[str] = ()) -> Iterator[Change]:
    """What the second graph has and the first has not, and the other way round.

    `graphs` names those to compare; by default all but provenance, which holds times. Shard by
    shard, publications before shared things, by key within a shard.

    Raises UsageError for a graph that neither has, and for graphs with different bases;
    GraphError for a file that is missing or damaged.
    """
    old, new = first.manifest(), second.manifest()
    if old.base != new.base:
        raise UsageError(
            f"the graphs have different bases, {old.base} and {new.base}, so no two IRIs are equal.",
            where=str(second.root),
            todo="Build one of them again with the base of the other.",
        )
    named = set(graphs)
    known = {file.graph for file in (*old.files, *new.files)}
    if missing := sorted(named - known):
        raise UsageError(
            f"neither has a graph {', '.join(missing)}.",
            where="--graph",
            todo=f"There are {', '.join(sorted(known - {PROVENANCE}))}.",
        )
    named = named or known - {PROVENANCE}
    smaller = min(old.shards, new.shards)
    groups = _groups(old, named, smaller), _groups(new, named, smaller)
    return _shards(first, second, *groups, smaller, Iris(old.base))


def _groups(manifest: Manifest, graphs: set[str], count: int) -> dict[tuple[bool, int], list[ShardFile]]:
    """(shared?, number of the shard if there were `count`) -> its files."""
    found: dict[tuple[bool, int], list[ShardFile]] = {}
    for file in manifest.files:
        if file.graph in graphs:
            number = int(file.shard.removeprefix(_SHARED), 16)
            # A shard is a hash of the key modulo a power of two.
            found.setdefault((file.shard.startswith(_SHARED), number % count), []).append(file)
    return found


def _shards(
    first: Workspace,
    second: Workspace,
    old: dict[tuple[bool, int], list[ShardFile]],
    new: dict[tuple[bool, int], list[ShardFile]],
    count: int,
    iris: Iris,
) -> Iterator[Change]:
    for group in sorted(old.keys() | new.keys()):
        before, after = old.get(group, []), new.get(group, [])
        equal = {_content(f) for f in before} & {_content(f) for f in after}
        before = [f for f in before if _content(f) not in equal]
        after = [f for f in after if _content(f) not in equal]
        # Where a file of main is equal, whether main has a publication is not known.
        whole = not any(graph == MAIN for graph, _, _ in equal)
        sides = merge(
            *(
                _side(_Reading(w, group[1], count, iris), files, new)
                for w, files, new in ((first, before, False), (second, after, True))
            ),
            key=itemgetter(0),
        )
        for key, parts in groupby(sides, key=itemgetter(0)):
            change = _change(key, parts, whole)
            if change is not None:
                yield change


def _content(file: ShardFile) -> tuple[str, str, str]:
    return file.graph, file.shard, file.sha256


def _change(key: str, parts: Iterable[tuple[str, bool, str, list[Triple]]], whole: bool) -> Change | None:
    sides: dict[bool, dict[str, list[Triple]]] = {False: {}, True: {}}
    for _, is_new, graph, triples in parts:
        sides[is_new].setdefault(graph, []).extend(triples)
    old, new = sides[False], sides[True]
    removed = {g: left for g in sorted(old) if (left := _without(old[g], new.get(g, [])))}
    added = {g: left for g in sorted(new) if (left := _without(new[g], old.get(g, [])))}
    if not removed and not added:
        return None
    what: Literal["publication", "shared", "alias"] = "shared" if key.startswith("<") else "publication"
    deciding, known = MAIN, whole
    if all(_is_alias(graph, triple, key) for side in (old, new) for graph in side for triple in side[graph]):
        what, deciding, known = "alias", IDENTITY, True
    kind: Literal["added", "removed", "changed"] = "changed"
    if known and deciding in new and deciding not in old:
        kind = "added"
    elif known and deciding in old and deciding not in new:
        kind = "removed"
    return Change(key, what, kind, removed, added, _title(new.get(MAIN, []) or old.get(MAIN, []), key))


def _is_alias(graph: str, triple: Triple, key: str) -> bool:
    return graph == IDENTITY and triple[0].endswith(f"/publication/{key}>")


def _without(triples: list[Triple], others: list[Triple]) -> list[Triple]:
    left = set(others)
    return [triple for triple in triples if triple not in left]


def _title(triples: list[Triple], key: str) -> str:
    """The title or name of the thing itself, as a literal; "" where it has none."""
    names = {f"<{DCTERMS}title>": 0, f"<{SKOS}prefLabel>": 1, f"<{FOAF}name>": 2}
    found = [
        (names[p], o)
        for s, p, o in triples
        if p in names and (s == key or s.endswith(f"/publication/{key}>"))
    ]
    return min(found, default=(0, ""))[1]


class _Reading(NamedTuple):
    """Where files are read from, as which shard of how many."""

    workspace: Workspace
    number: int
    shards: int
    iris: Iris


def _side(
    reading: _Reading, files: list[ShardFile], is_new: bool
) -> Iterator[tuple[str, bool, str, list[Triple]]]:
    """(key, is_new, graph, its triples) of these files, in the order of the keys."""
    reading.workspace.check(files)
    lines = merge(*(_lines(reading, file) for file in files), key=itemgetter(0))
    for key, same in groupby(lines, key=itemgetter(0)):
        gathered: dict[str, list[Triple]] = {}
        for _, graph, triple in same:
            gathered.setdefault(graph, []).append(triple)
        for graph, triples in gathered.items():
            yield key, is_new, graph, triples


def _lines(reading: _Reading, file: ShardFile) -> Iterator[_Keyed]:
    if file.graph != IDENTITY:
        return _in_order(reading, file)
    # An alias stands in the shard of its publication, or where that has no record in its own.
    # The order is that of either key; an alias is one line, so a shard of them can be sorted.
    found = []
    for subject, predicate, value in _triples(reading, file):
        key = reading.iris.publication_key_of(value[1:-1])
        if shard_of(key, reading.shards) != reading.number:
            key = reading.iris.publication_key_of(subject[1:-1])
        found.append((key, file.graph, (subject, predicate, value)))
    return iter(sorted(found))


def _in_order(reading: _Reading, file: ShardFile) -> Iterator[_Keyed]:
    """The quads of one file. A thing that is no publication's own belongs to the one before it."""
    shared = file.shard.startswith(_SHARED)
    subject = key = ""
    for triple in _triples(reading, file):
        if triple[0] != subject:
            subject = triple[0]
            own = subject if shared else reading.iris.publication_key_of(subject[1:-1]) or key
            if own < key:
                raise GraphError(
                    f"{subject} is not in the order of the keys.",
                    where=str(reading.workspace.graph / file.file),
                    todo=REBUILD,
                )
            key = own
        yield key, file.graph, triple


def _triples(reading: _Reading, file: ShardFile) -> Iterator[Triple]:
    path = reading.workspace.graph / file.file
    end = f" <{reading.iris.graph(file.graph)}> .\n"
    with open(path, encoding="utf-8", newline="\n") as lines:
        for number, line in enumerate(lines, 1):
            parts = line.removesuffix(end).split(" ", 2)
            if len(parts) != 3 or not line.endswith(end):
                raise GraphError(
                    "this line is no quad of this file's graph.", where=f"{path}, line {number}", todo=REBUILD
                )
            yield parts[0], parts[1], parts[2]
