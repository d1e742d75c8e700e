"""Which items stand in a library: by identifier for sure, by title and year perhaps. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pss_kg.listing import folding
from pss_kg.listing.library.entry import Entry

SCHEMES = ("doi", "pmid", "pmcid")
"""In the order in which they are tried."""
NAMES = {"doi": "DOI", "pmid": "PMID", "pmcid": "PMC id"}
_FEWEST = 5
"""Words that a title must have to be looked for within a printed reference."""
_SHORT = 3
"""A title of so few words ("Editorial", "A reply") tells nothing unless the year is known too."""


class Doubt(NamedTuple):
    """An item that may be an entry of the library, which no identifier tells."""

    key: str
    title: str
    year: str
    entry: Entry


class Index:
    """The library's entries by identifier and by title."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._identifiers: dict[tuple[str, str], Entry] = {}
        self._titles: dict[str, list[Entry]] = {}
        self._openings: dict[str, list[tuple[str, Entry]]] = {}
        self.size = 0
        for entry in entries:
            self.size += 1
            for identifier in entry.identifiers:
                self._identifiers.setdefault(identifier, entry)
            title = folding.title(entry.title)
            if title:
                self._titles.setdefault(title, []).append(entry)
                words = title.split()
                if len(words) >= _FEWEST:
                    self._openings.setdefault(" ".join(words[:_FEWEST]), []).append((title, entry))

    def scheme(self, identifiers: Iterable[tuple[str, str]]) -> str:
        """The scheme by which one of the identifiers is in the library; "" if none is."""
        found = {scheme for scheme, value in identifiers if (scheme, value) in self._identifiers}
        return next((scheme for scheme in SCHEMES if scheme in found), "")

    def perhaps(self, title: str, printed: str, year: str) -> Entry | None:
        """An entry of the same title, and of a year not more than one apart where both are known.

        An item without a title is known from a printed reference: the entry's title must stand in it.
        """
        folded = folding.title(title)
        if folded:
            short = len(folded.split()) <= _SHORT
            for entry in self._titles.get(folded, ()):
                if _near(year, entry.year) and not (short and not (year and entry.year)):
                    return entry
            return None
        words = folding.title(printed).split()
        text = f" {' '.join(words)} "
        for n in range(len(words) - _FEWEST + 1):
            for known, entry in self._openings.get(" ".join(words[n : n + _FEWEST]), ()):
                if f" {known} " in text and (not entry.year or entry.year in words):
                    return entry
        return None


class Comparison:
    """What became of the items that were compared: counts, and the doubtful ones."""

    def __init__(self) -> None:
        self.listed = 0
        self.found: Counter[str] = Counter()  # scheme -> items in the library
        self.doubts: list[Doubt] = []

    def summary(self, name: str) -> str:
        """`37 found, 12 of them in library.ris (9 by DOI, 3 by PMID), 25 not.`"""
        held = self.found.total()
        how = ", ".join(f"{self.found[s]:,} by {NAMES[s]}" for s in SCHEMES if self.found[s])
        told = f" ({how})" if how else ""
        return f"{self.listed:,} found, {held:,} of them in {name}{told}, {self.listed - held:,} not."

    def doubtful(self) -> Iterator[str]:
        """A line for each item that is perhaps in the library."""
        for doubt in self.doubts:
            same = f"entry {doubt.entry.number}"
            said = "; ".join(
                f"{NAMES.get(scheme, scheme)} {value}" for scheme, value in doubt.entry.identifiers
            )
            year = f" ({doubt.entry.year})" if doubt.entry.year else ""
            yield f"{doubt.key} is perhaps {same}: {doubt.entry.title}{year}{f', {said}' if said else ''}"


def _near(one: str, other: str) -> bool:
    """Electronic and printed year may be one apart."""
    return not one or not other or abs(int(one) - int(other)) <= 1
