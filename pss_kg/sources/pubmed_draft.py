"""What is gathered of one PubMed article while its elements are walked."""

from __future__ import annotations

from typing import Any

from pss_kg.identifiers import normalise_doi, normalise_pmcid, normalise_pmid
from pss_kg.records import Identifiers, Note

_SHOWN = 500


class Draft:
    """Fields of the record to be, identifiers in order and each once, and notes."""

    __slots__ = ("_seen", "fields", "identifiers", "keywords", "notes", "pub_model", "subjects")

    def __init__(self) -> None:
        self.fields: dict[str, Any] = {}
        self.identifiers: list[tuple[str, str]] = []
        self.notes: list[Note] = []
        self.keywords: list[str] = []
        self.subjects: list[Any] = []
        self.pub_model = ""
        self._seen: set[tuple[str, str]] = set()

    def identify(self, scheme: str, value: str) -> None:
        """Add an identifier unless it is there."""
        pair = (scheme, value)
        if value and pair not in self._seen:
            self._seen.add(pair)
            self.identifiers.append(pair)

    def note(self, field: str, value: str, problem: str) -> None:
        """Tell of something that could not be used as it stood."""
        self.notes.append(Note(field, value[:_SHOWN], problem))


_SCHEMES = {
    "pubmed": ("pmid", normalise_pmid),
    "pmid": ("pmid", normalise_pmid),
    "doi": ("doi", normalise_doi),
    "pmc": ("pmcid", normalise_pmcid),
    "pmcid": ("pmcid", normalise_pmcid),
}


def article_id(kind: str, value: str, field: str, draft: Draft) -> tuple[str, str] | None:
    """(scheme, normal form) of an ArticleId; None, with a note, where it is not what its type says."""
    value = value.strip()
    known = _SCHEMES.get(kind)
    if known:
        scheme, normalise = known
        if normal := normalise(value):
            return scheme, normal
    elif value:
        return kind.lower() or "unknown", value
    if value:
        draft.note(field, value, f"not an identifier of the type {kind}")
    return None


def unique(pairs: list[tuple[str, str]]) -> Identifiers:
    """The pairs in order, each once."""
    return tuple(pairs) if len(pairs) < 2 else tuple(dict.fromkeys(pairs))
