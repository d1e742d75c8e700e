"""The chosen publications in their order, compared with a library on the way out."""

from __future__ import annotations

from collections.abc import Iterator

from pss_kg.listing import folding
from pss_kg.listing.item import Item
from pss_kg.listing.matching import Comparison, Doubt, Index
from pss_kg.listing.reading import Reader


class Choice:
    """Items one at a time, so that a list of any length needs the memory of its identifiers only.

    sort: "year" (newest first, those without a year last), "cited" (most cited first), "title", or
    "" for the order given. What a library has is left out; `limit` counts what is left.
    """

    def __init__(
        self,
        reader: Reader,
        publications: list[str],
        sort: str = "",
        limit: int | None = None,
        index: Index | None = None,
    ) -> None:
        self.reader, self.limit, self.index = reader, limit, index
        self.publications = self._sorted(publications, sort)
        self.comparison = Comparison()

    def items(self) -> Iterator[Item]:
        """The items; `comparison` is whole when they are through."""
        given = 0
        for item in self.reader.items(self.publications):
            if given == self.limit:
                break
            self.comparison.listed += 1
            if self.index is not None:
                scheme = self.index.scheme(self.reader.identifiers(item))
                if scheme:
                    self.comparison.found[scheme] += 1
                    continue
                entry = self.index.perhaps(item.title, item.printed, item.year)
                if entry:
                    self.comparison.doubts.append(Doubt(item.key, item.name, item.year, entry))
            given += 1
            yield item

    def _sorted(self, publications: list[str], sort: str) -> list[str]:
        reader = self.reader
        if sort == "year":
            return sorted(publications, key=lambda iri: (-reader.year(iri), iri))
        if sort == "cited":
            return sorted(publications, key=lambda iri: (-reader.cited(iri), iri))
        if sort == "title":
            return sorted(
                publications, key=lambda iri: (folding.title(reader.title(iri)) or "\U0010ffff", iri)
            )
        return publications
