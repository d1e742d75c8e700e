"""Rows of one or more buckets -> one entry per publication."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pss_kg.identity.index import key_identifiers
from pss_kg.iris import encode
from pss_kg.mapping.entry import Assertion, Entry, Mention, Resolved, rank
from pss_kg.records import Identifiers, Publication, Reference
from pss_kg.stages.rows import Alias, Asserted, Described, Mentioned, Row, teller


class Gathered(NamedTuple):
    """entries: key -> entry; aliases: key of no publication -> the publication it leads to;
    keys: every key that a row is for, those of records in quarantine included."""

    entries: dict[str, Entry]
    aliases: dict[str, str]
    keys: set[str]


def gather(
    rows: Iterable[Row],
    excluded: frozenset[tuple[str, str]],
    ambiguous: dict[str, Identifiers],
) -> Gathered:
    """One entry per publication. The order of rows plays no part.

    excluded:  (source, id) of records that may say nothing
    ambiguous: publication key -> its identifiers that others have too; the whole workspace's
    """
    records: dict[str, list[Resolved]] = {}
    versions: dict[str, set[tuple[int, Identifiers, str, str]]] = {}
    mentions: dict[str, list[Mention]] = {}
    asserted: dict[str, set[Assertion]] = {}
    targets: dict[str, str] = {}
    keys: set[str] = set()
    for row in rows:
        key = row.key
        if not isinstance(row, Alias):
            keys.add(key)
        if excluded and teller(row) in excluded:
            continue
        if isinstance(row, Mentioned):
            mentions.setdefault(key, []).append(row.mention)
        elif isinstance(row, Alias):
            targets[key] = min(row.target, targets.get(key, row.target))
        elif isinstance(row, Asserted):
            asserted.setdefault(key, set()).add(row.assertion)
        elif isinstance(row, Described):
            records.setdefault(key, []).append(row.resolved)
        else:
            versions.setdefault(key, set()).add((row.number, row.identifiers, row.source, row.record))
    entries = {}
    for key in records.keys() | mentions.keys() | asserted.keys():
        if key not in records and key not in asserted:  # four publications in five
            entries[key] = Entry(key, mentions=_in_order(mentions[key]), ambiguous=ambiguous.get(key, ()))
            continue
        own = sorted(records.get(key, ()), key=_record_order)
        if own and own[0].record.listing:  # lists alone: they name it, and describe nothing
            mentions.setdefault(key, []).extend(_named(key, resolved.record) for resolved in own)
        entries[key] = Entry(
            key,
            tuple(own),
            tuple(sorted(versions.get(key, ()))) if own else (),
            _in_order(mentions.get(key, [])),
            tuple(sorted(asserted.get(key, ()), key=_assertion_order)),
            ambiguous.get(key, ()),
            own_aliases(key, own, ambiguous),
        )
    aliases = {key: target for key, target in targets.items() if key not in entries}
    return Gathered(entries, aliases, keys)


def own_aliases(key: str, records: list[Resolved], ambiguous: dict[str, Identifiers]) -> tuple[str, ...]:
    """The other keys that a described publication could have had.

    An identifier of several publications is an alias of the one with the smallest key.
    """
    if not records:
        return ()
    names = {
        f"{scheme}-{encode(value)}": (scheme, value)
        for resolved in records
        for scheme, value in key_identifiers(resolved.record.identifiers)
    }
    shared = ambiguous.get(key, ())

    def leads_here(identifier: tuple[str, str]) -> bool:
        return identifier not in shared or key == min(k for k, i in ambiguous.items() if identifier in i)

    return tuple(sorted(name for name, pair in names.items() if name != key and leads_here(pair)))


def _record_order(resolved: Resolved) -> tuple[object, ...]:
    record = resolved.record
    return record.listing, rank(record.source), record.id


def _named(key: str, record: Publication) -> Mention:
    return Mention(record.source, record.id, key, 0, Reference(identifiers=record.identifiers))


def _in_order(mentions: list[Mention]) -> tuple[Mention, ...]:
    return tuple(sorted(mentions, key=_mention_order) if len(mentions) > 1 else mentions)


def _mention_order(mention: Mention) -> tuple[object, ...]:
    return (
        rank(mention.source),
        mention.citing,
        mention.position,
        mention.record,
        mention.properties,
        mention.reference.identifiers,
        mention.reference.title,
    )


def _assertion_order(assertion: Assertion) -> tuple[object, ...]:
    said = assertion.intents, assertion.contexts, assertion.influential
    return assertion.cited, assertion.property, rank(assertion.source), assertion.record, said


def citing(entry: Entry) -> set[str]:
    """Keys of the publications that cite this one by cito:cites, whichever side said it."""
    found = {mention.citing for mention in entry.mentions if "cito:cites" in mention.properties}
    found |= {key for resolved in entry.records for key in resolved.cited_by if key}
    return found - {entry.key}
