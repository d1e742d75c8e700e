"""Quarantine: which records must leave main for what the shapes found."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from pss_kg.identity.index import Index
from pss_kg.mapping import reconcile
from pss_kg.records import Publication
from pss_kg.stages.checking import Owned
from pss_kg.stages.entries import gather
from pss_kg.stages.rows import Resolver, rows_of
from pss_kg.stages.shards import View
from pss_kg.stages.shuffle import read_buckets, shard_of
from pss_kg.validation import Finding
from pss_kg.workspace import Workspace


class Fault(msgspec.Struct, frozen=True):
    """A record in quarantine, and the findings that put it there."""

    source: str
    id: str
    publication: str
    title: str
    keys: tuple[str, ...]
    """The publications that the record said anything of."""
    findings: tuple[Finding, ...]


def faults(workspace: Workspace, findings: Iterable[Owned], view: View) -> list[Fault]:
    """The records at fault for these findings; only violations count.

    At fault is the record whose value main took for the path of the result; where there is
    none, the publication's record from the last source. A violation on a thing that many
    publications share, or on a mention, puts no record at fault.
    """
    by_key: dict[str, list[Finding]] = {}
    for owned in findings:
        if owned.finding.severity == "violation":
            by_key.setdefault(owned.owner, []).append(owned.finding)
    found: dict[tuple[str, str], Fault] = {}
    if not by_key:
        return []
    rows = read_buckets(workspace, sorted({shard_of(key) for key in by_key}), view.dead, by_key)
    with Index(workspace.index, read_only=True) as index:
        resolver, journals = Resolver(index), index.journals()
        for key, entry in sorted(gather(rows, view.excluded, {}).entries.items()):
            for finding in by_key[key]:
                name = reconcile.record_at_fault(finding.path, entry, finding.focus, finding.value)
                if name is None:
                    continue
                if name in found:
                    before = found[name].findings
                    found[name] = msgspec.structs.replace(found[name], findings=(*before, finding))
                    continue
                record = next(r.record for r in entry.records if (r.record.source, r.record.id) == name)
                keys = sorted({row.key for row in rows_of(record, key, resolver, journals)})
                found[name] = Fault(*name, key, _title(record), tuple(keys), (finding,))
    return [found[name] for name in sorted(found)]


def _title(record: Publication) -> str:
    return record.title or record.vernacular_title
