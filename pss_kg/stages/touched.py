"""What an increment must do again: the records to route anew, and the publications they concern."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pss_kg.identity.index import Index
from pss_kg.identity.journals import KnownJournals
from pss_kg.identity.settling import Changes
from pss_kg.records import Publication
from pss_kg.stages.reading import InputReport
from pss_kg.stages.record_file import read_frame, record_path
from pss_kg.stages.rows import Resolver, Row, rows_of
from pss_kg.stages.shuffle import version_row
from pss_kg.workspace import Workspace


class Touched(NamedTuple):
    """records: (source, id) to route anew; keys: publications to map anew; rows: the new rows."""

    records: set[tuple[str, str]]
    keys: set[str]
    rows: list[Row]


def groups(index: Index, changes: Changes, last_journal: int) -> set[tuple[str, str]]:
    """(source, id) of the records that may say something else now than before.

    Those whose own place changed, those that name an identifier which leads elsewhere now, and
    those whose journal goes by another key now.
    """
    found = set(changes.records) | index.naming(changes.aliases)
    if index.last_journal() > last_journal:
        now, before = index.journals(), index.journals(until=last_journal)
        found |= index.with_journal(lambda journal: now.key(journal) != before.key(journal))
    return found


def touched(
    workspace: Workspace,
    index: Index,
    changes: Changes,
    last_journal: int,
    records: set[tuple[str, str]],
    reports: dict[str, InputReport],
) -> Touched:
    """What these records said before and say now, as publications to map anew."""
    now = Resolver(index), index.journals()
    before = Resolver(index, changes.aliases), index.journals(until=last_journal)
    keys = set(changes.ambiguous)
    rows: list[Row] = []
    for source, record_id in sorted(records):
        for located in index.positions(source, record_id):
            record = _load(workspace, reports[located.input], located.position)
            publication, state = changes.places.get(located.no, (located.publication, located.state))
            keys.update(row.key for row in _rows(record, publication, state, *before))
            new = list(_rows(record, located.publication, located.state, *now))
            keys.update(row.key for row in new)
            rows += new
    return Touched(records, keys, rows)


def _rows(
    record: Publication, publication: str, state: str, resolver: Resolver, journals: KnownJournals
) -> Iterator[Row]:
    if state == "version":
        yield version_row(record, publication)
    elif state in ("described", "merged"):
        yield from rows_of(record, publication, resolver, journals)


def _load(workspace: Workspace, report: InputReport, position: int) -> Publication:
    """One record by its place in an input."""
    first = 0
    for offset, size, count in report.frames:
        if position < first + count:
            frame = read_frame(record_path(workspace, report.id), offset, size)
            return next(record for n, record in enumerate(frame, first) if n == position)
        first += count
    raise LookupError(f"{report.id} has no record {position}")
