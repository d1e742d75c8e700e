"""Which journals are the same, and their keys. A pure function of the journals seen.

A journal is known by ISSN-L, else ISSN, else NLM id, else a slug of its title. A weaker name
(an ISSN, an NLM id, an abbreviation, a title) that belongs to exactly one journal known by a
stronger one leads to that journal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pss_kg.iris import encode, slug
from pss_kg.records import Journal

_DOTS = re.compile(r"[\W_]+")


def _fold(name: str) -> str:
    """`Am. J. Public Health` and `Am J Public Health` are one abbreviation."""
    return _DOTS.sub(" ", name.casefold()).strip()


class KnownJournals:
    """All journals that the records name, and the key of each."""

    def __init__(self, journals: Iterable[Journal]) -> None:
        seen = list(journals)
        self._issnl: dict[str, set[str]] = {}
        for journal in seen:
            if journal.issnl:
                for issn in (journal.issn, journal.eissn, journal.issnl):
                    if issn:
                        self._issnl.setdefault(issn, set()).add(f"issnl-{encode(journal.issnl)}")
        self._nlm: dict[str, set[str]] = {}
        for journal in seen:
            key = self._by_issn(journal)
            if key and journal.nlm_id:
                self._nlm.setdefault(journal.nlm_id, set()).add(key)
        self._names: dict[str, set[str]] = {}
        for journal in seen:
            key = self._by_identifier(journal)
            if key:
                for name in (journal.abbreviation, journal.nlm_abbreviation, journal.title):
                    if name:
                        self._names.setdefault(_fold(name), set()).add(key)

    def _by_issn(self, journal: Journal) -> str:
        if journal.issnl:
            return f"issnl-{encode(journal.issnl)}"
        for issn in (journal.issn, journal.eissn):
            if issn and len(linked := self._issnl.get(issn, set())) == 1:
                return next(iter(linked))
        issn = journal.issn or journal.eissn
        return f"issn-{encode(issn)}" if issn else ""

    def _by_identifier(self, journal: Journal) -> str:
        key = self._by_issn(journal)
        if key or not journal.nlm_id:
            return key
        linked = self._nlm.get(journal.nlm_id, set())
        return next(iter(linked)) if len(linked) == 1 else f"nlm-{encode(journal.nlm_id)}"

    def key(self, journal: Journal | None) -> str:
        """The journal's key; "" for none, or for one that has neither identifier nor name."""
        if journal is None:
            return ""
        key = self._by_identifier(journal)
        if key:
            return key
        for name in (journal.abbreviation, journal.nlm_abbreviation, journal.title):
            if name and len(known := self._names.get(_fold(name), set())) == 1:
                return next(iter(known))
        name = journal.title or journal.nlm_abbreviation or journal.abbreviation
        return f"title-{slug(name)}" if name else ""
