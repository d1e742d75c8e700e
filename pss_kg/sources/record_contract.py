"""What every record promises, whichever source or service it comes from. For tests."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from pss_kg.identifiers import NORMALISERS
from pss_kg.records import Date, Deletion, Publication, Read, Unusable

LISTS = {"/citations": "cited_by", "/references": "references"}
"""How the id of a list ends -> the field that it may fill."""

_DATE = re.compile(r"(?:\d{4}(?:-\d{2}(?:-\d{2})?)?)?\Z")
_SCHEME = re.compile(r"[a-z][a-z0-9-]*\Z")
_EXCERPT = 2000


def check_record(record: object, source: str) -> None:
    """Raise AssertionError, which says which record and why, for one that breaks a promise."""
    assert isinstance(record, Publication | Deletion | Unusable), f"{record!r} is no record"
    assert record.source == source, f"{record!r}: its source is not {source!r}"
    again = msgspec.json.decode(msgspec.json.encode(record), type=type(record))
    assert again == record, f"{record!r}: written and read again it is {again!r}"
    if isinstance(record, Unusable):
        assert record.reason, f"{record!r}: no reason is told"
        assert len(record.excerpt) <= _EXCERPT, f"{record.id}: the excerpt is over {_EXCERPT} characters"
        return
    assert record.id, f"{record!r} has no id"
    assert record.id == record.id.strip(), f"the id {record.id!r} has blanks at its ends"
    assert record.version > 0, f"{record.id}: version {record.version}"
    if isinstance(record, Publication):
        _check_listing(record)
        for part in _parts(record):
            _check_part(part, record.id)


def _check_listing(record: Publication) -> None:
    ending = next((ending for ending in LISTS if record.id.endswith(ending)), "")
    assert record.listing == bool(ending), (
        f"{record.id}: a list of citing articles or references has `listing` and an id that ends with "
        f"{' or '.join(LISTS)}; other records have neither"
    )
    if ending:
        described = msgspec.structs.replace(record, notes=(), **{LISTS[ending]: ()})
        empty = Publication(record.source, record.id, identifiers=record.identifiers, listing=True)
        assert described == empty, f"{record.id}: a list describes nothing, but this one says {described!r}"


def _check_part(part: msgspec.Struct, record_id: str) -> None:
    pairs = getattr(part, "identifiers", ())
    assert len(set(pairs)) == len(pairs), f"{record_id}: an identifier stands twice in {pairs!r}"
    for scheme, value in pairs:
        assert _SCHEME.match(scheme), f"{record_id}: the scheme {scheme!r} is not lower case"
        assert value, f"{record_id}: an empty {scheme}"
        if scheme in NORMALISERS:
            normal = NORMALISERS[scheme](value)
            assert normal == value, f"{record_id}: {scheme} {value!r} is not normalised ({normal!r})"
    for field, scheme in (("orcid", "orcid"), ("issn", "issn"), ("eissn", "issn"), ("issnl", "issn")):
        value = getattr(part, field, "")
        assert not value or NORMALISERS[scheme](value) == value, (
            f"{record_id}: {field} {value!r} is not normalised"
        )
    if isinstance(part, Date):
        assert _DATE.match(part.value), (
            f"{record_id}: the date {part.value!r} is no YYYY, YYYY-MM, YYYY-MM-DD"
        )


def _parts(value: object) -> Iterator[msgspec.Struct]:
    """A record and every record inside it."""
    if isinstance(value, msgspec.Struct):
        yield value
        for field in value.__struct_fields__:
            yield from _parts(getattr(value, field))
    elif isinstance(value, tuple):
        for item in value:
            yield from _parts(item)


def identifiers_in(records: list[Read]) -> set[tuple[str, str]]:
    """Every identifier that the records name, of themselves or of others."""
    return {
        pair
        for record in records
        if isinstance(record, Publication)
        for part in _parts(record)
        for pair in getattr(part, "identifiers", ())
    }


def publication_ids(records: list[Read]) -> list[str]:
    """The ids of the publications among the records, in order."""
    return [record.id for record in records if isinstance(record, Publication)]
