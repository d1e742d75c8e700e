"""Whose findings may change with a publication that they themselves say nothing about.

A rule on dates looks at what an article cites, the rule on DOIs at those that share one. So a
publication that a record begins, ceases or changes to describe concerns those who look at it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from pss_kg.identity.index import Index
from pss_kg.identity.settling import Changes
from pss_kg.records import Identifiers
from pss_kg.stages.rows import Described, Mentioned
from pss_kg.stages.shuffle import read_buckets, shard_of
from pss_kg.workspace import Workspace


def described(index: Index, changes: Changes) -> set[str]:
    """The publications that the records whose place changed describe, before or now."""
    found = {publication for publication, _ in changes.places.values()}
    for source, record_id in changes.records:
        found.update(located.publication for located in index.positions(source, record_id))
    return found - {""}


def citing(workspace: Workspace, publications: Collection[str]) -> set[str]:
    """The publications that point to these, by any row, those of older generations too.

    That is more than those that point to them now, which costs time and changes nothing.
    """
    found: set[str] = set()
    if not publications:
        return found
    buckets = sorted({shard_of(key) for key in publications})
    for row in read_buckets(workspace, buckets, wanted=publications):
        if isinstance(row, Mentioned):
            if row.mention.properties:
                found.add(row.mention.citing)
        elif isinstance(row, Described):
            found.update(row.resolved.cited_by, row.resolved.relations)
    return found - {""}


def sharing(publications: Iterable[str], *views: Mapping[str, Identifiers]) -> set[str]:
    """The publications that have an identifier in common with one of these, in any of the views.

    views: publication key -> its identifiers that others have too
    """
    found: set[str] = set()
    keys = set(publications)
    for ambiguous in views:
        identifiers = {i for key in keys & ambiguous.keys() for i in ambiguous[key]}
        if identifiers:
            found |= {key for key, own in ambiguous.items() if not identifiers.isdisjoint(own)}
    return found
