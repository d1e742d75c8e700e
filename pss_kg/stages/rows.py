"""What one record says, as rows for the publications it concerns.

A record goes to its publication, a mention to the publication mentioned, a citation told by
the cited side (or by an inverse relation) to the citing publication. Where two records say the
same it meets in one place and merges there; that is what makes every quad stand once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import cast

import msgspec

from pss_kg.identity.index import Index, key_identifiers
from pss_kg.identity.journals import KnownJournals
from pss_kg.iris import KEY_SCHEMES, encode, publication_key
from pss_kg.mapping import intents, relations
from pss_kg.mapping.entry import Assertion, Mention, Resolved
from pss_kg.records import Book, Identifiers, Journal, Publication, Reference, Relation


class Named(msgspec.Struct, frozen=True, gc=False):
    """What names the other publication in an entry of a reference list."""

    identifiers: Identifiers = ()
    title: str = ""


class Outline(msgspec.Struct, frozen=True, gc=False):
    """The fields of a record that concern other publications; to read only these costs a third."""

    source: str
    id: str
    version: int = 1
    identifiers: Identifiers = ()
    references: tuple[Named, ...] = ()
    cited_by: tuple[Reference, ...] = ()
    relations: tuple[Relation, ...] = ()
    book: Book | None = None
    journal: Journal | None = None


class Described(msgspec.Struct, frozen=True, tag="r", array_like=True):
    """A record, for the publication it describes."""

    key: str
    resolved: Resolved


class Version(msgspec.Struct, frozen=True, tag="v", array_like=True):
    """A lower version of a record."""

    key: str
    number: int
    identifiers: Identifiers
    source: str
    record: str


class Mentioned(msgspec.Struct, frozen=True, tag="m", array_like=True):
    """A mention, for the publication mentioned."""

    key: str
    mention: Mention


class Asserted(msgspec.Struct, frozen=True, tag="a", array_like=True):
    """A citation told from the other side, for the citing publication."""

    key: str
    assertion: Assertion


class Alias(msgspec.Struct, frozen=True, tag="i", array_like=True):
    """`key` would lead to `target`, if `key` turns out to be no publication itself."""

    key: str
    target: str
    source: str
    record: str


Row = Described | Version | Mentioned | Asserted | Alias


def teller(row: Row) -> tuple[str, str]:
    """(source, id) of the record that says it."""
    if isinstance(row, Mentioned):
        return row.mention.source, row.mention.record
    if isinstance(row, Described):
        return row.resolved.record.source, row.resolved.record.id
    if isinstance(row, Asserted):
        return row.assertion.source, row.assertion.record
    return row.source, row.record


class Resolver:
    """Identifiers of a reference -> the key of the publication meant.

    PMID first. A later identifier counts only where the earlier are unknown to every record,
    and not if its publication has another PMID than the one printed beside it.

    `before` overrules the index: identifier -> the key it led to at an earlier state, "" where
    it led nowhere.
    """

    def __init__(self, index: Index, before: Mapping[str, str] | None = None) -> None:
        self._index = index
        self._before = before or {}

    def keys(self, wanted: Iterable[Identifiers]) -> tuple[list[str], dict[str, str]]:
        """The key of each, "" where nothing names it; and what the index knew, by identifier."""
        usable = [key_identifiers(identifiers) for identifiers in wanted]
        names = sorted({f"{scheme}:{value}" for identifiers in usable for scheme, value in identifiers})
        known = self._index.resolve(names) if names else {}
        if self._before:
            known |= {name: self._before[name] for name in names if name in self._before}
            known = {name: key for name, key in known.items() if key}
        return [_resolved(identifiers, known) for identifiers in usable], known


def _resolved(identifiers: Identifiers, known: dict[str, str]) -> str:
    own = publication_key(identifiers)
    if not known:
        return own
    for scheme, value in sorted(identifiers, key=_scheme_order) if len(identifiers) > 1 else identifiers:
        key = known.get(f"{scheme}:{value}")
        of_another = scheme != "pmid" and own.startswith("pmid-") and key != own
        if key and not (of_another and key.startswith("pmid-")):
            return key
    return own


def _scheme_order(identifier: tuple[str, str]) -> int:
    return KEY_SCHEMES.index(identifier[0])


def rows_of(
    record: Publication | Outline,
    key: str,
    resolver: Resolver,
    journals: KnownJournals,
    written: bytes = b"",
) -> Iterator[Row]:
    """Everything that a record of the publication `key` says.

    `written` is the record as JSON: it goes into its row as it is. An outline needs it.
    """
    whole_record = cast(Publication, msgspec.Raw(written) if written else record)
    lists: tuple[tuple[Reference | Named, ...], ...] = (record.references, record.cited_by)
    wanted = [reference.identifiers for listed in lists for reference in listed]
    book = record.book
    # A chapter's book is asked for last, so that the places of the others don't shift.
    of_book = [book.identifiers] if book is not None else []
    found, known = resolver.keys(wanted + [relation.identifiers for relation in record.relations] + of_book)
    described = set(known.values())
    whole = found.pop() if of_book else ""
    whole = whole if whole in described and whole != key else ""
    references = found[: len(record.references)]
    cited_by = found[len(record.references) : len(wanted)]
    related = found[len(wanted) :]
    source, record_id = record.source, record.id

    def mention(
        other: str, position: int, reference: Reference | Named, properties: tuple[str, ...]
    ) -> Iterator[Row]:
        # Only what the other one is called: the text stays with the record.
        named = Reference(identifiers=reference.identifiers, title=reference.title)
        yield Mentioned(other, Mention(source, record_id, key, position, named, properties))
        if other not in described and len(reference.identifiers) > 1:
            for identifier in key_identifiers(reference.identifiers):
                name = f"{identifier[0]}-{encode(identifier[1])}"
                if name != other and f"{identifier[0]}:{identifier[1]}" not in known:
                    yield Alias(name, other, source, record_id)

    own = Resolved(
        whole_record, tuple(references), tuple(related), tuple(cited_by), journals.key(record.journal), whole
    )
    yield Described(key, own)
    if book is not None and whole:
        # Should the book's record go to quarantine, the chapters still have what they point at.
        stub = Reference(title=book.title, identifiers=book.identifiers)
        yield Mentioned(whole, Mention(source, record_id, key, 0, stub, (relations.PART_OF,)))
    for listed, keys, properties in zip(lists, (references, cited_by), ((relations.CITES,), ()), strict=True):
        for position, (reference, other) in enumerate(zip(listed, keys, strict=True), 1):
            if other and other != key:
                yield from mention(other, position, reference, properties)
    how = intents.told(zip(record.cited_by, cited_by, strict=True))
    for other in dict.fromkeys(cited_by):
        if other and other != key:
            yield Asserted(
                other,
                Assertion(key, relations.CITES, source, record_id, *how.get(other, intents.NONE)),
            )
    for position, (relation, other) in enumerate(zip(record.relations, related, strict=True), 1):
        if other and other != key:
            stub = Reference(text=relation.text, identifiers=relation.identifiers)
            place = len(record.references) + position
            yield from mention(other, place, stub, relations.direct(relation.type))
            for prop in relations.inverse(relation.type):
                yield Asserted(other, Assertion(key, prop, source, record_id))
