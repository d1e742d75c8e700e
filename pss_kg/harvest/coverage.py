"""What a harvest found and what is missing: plain data, counted as docs/harvest.md says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from pss_kg.ledger import ALL, cells
from pss_kg.sources.service import Identifier

Direction = Literal["citing", "references"]


class Found(msgspec.Struct, frozen=True, omit_defaults=True):
    """A publication of the harvest.

    identifiers: all that were learnt of it, the one that names it first
    distances:   place of a seed in the plan -> steps from there; places behind the seeds are queries
    described:   whether a source has a record of it; else it is only mentioned
    """

    identifiers: tuple[Identifier, ...]
    distances: dict[int, int]
    described: bool = False


class Coverage(msgspec.Struct, frozen=True):
    """What one source says of who cites a seed, or of what it cites. See `docs/harvest.md`.

    claimed:             its own count; None if it makes none
    harvested:           distinct publications in its lists, without the seed itself
    without_pmid_or_doi: how many of them have neither, whatever source was asked
    failed:              how many of the seed and these publications the source failed to answer about
    """

    seed: int
    source: str
    direction: Direction
    claimed: int | None = None
    harvested: int = 0
    without_pmid_or_doi: int = 0
    failed: int = 0


class Failure(msgspec.Struct, frozen=True):
    """What a service could not be asked. `wanted`: record, citing, references or search."""

    source: str
    wanted: str
    what: str
    where: str
    todo: str
    identifiers: tuple[Identifier, ...] = ()


class Note(msgspec.Struct, frozen=True):
    """Something that was not taken as a source said it, and why."""

    source: str
    what: str


class Harvest(msgspec.Struct, frozen=True):
    """The result of a walk.

    seeds:    as in the plan
    found:    every publication within the depth, those that were left out too
    coverage: by seed, direction and source; a row of the source `all` ends each group
    failures: what was asked in vain, and of whom
    unknown:  seeds of which no source has a record, although none failed to answer about them
    left_out: publications within the depth that are beyond the plan's limit
    notes:    identifiers that stayed apart, and answers that were not asked for
    records:  how many were kept
    """

    seeds: tuple[Identifier, ...] = ()
    found: tuple[Found, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    failures: tuple[Failure, ...] = ()
    unknown: tuple[Identifier, ...] = ()
    left_out: int = 0
    notes: tuple[Note, ...] = ()
    records: int = 0

    def rows(self) -> Iterator[tuple[str, ...]]:
        """The coverage table as CSV cells under `ledger.CSV_HEAD`."""
        for row in self.coverage:
            yield cells(written(self.seeds[row.seed]), row)

    def explain(self, seed: int) -> str:
        """The gaps of a seed in a sentence for each direction; "" if nothing was asked or said."""
        sentences = [
            text for direction in ("citing", "references") if (text := self._explain(seed, direction))
        ]
        return "\n".join(sentences)

    def _explain(self, seed: int, direction: str) -> str:
        rows = [row for row in self.coverage if row.seed == seed and row.direction == direction]
        if not rows:
            return ""
        claims = [(row.claimed, row.source) for row in rows if row.claimed is not None]
        total = next((row for row in rows if row.source == ALL), None)
        parts = [", ".join(f"{claimed} claimed by {source}" for claimed, source in claims)] if claims else []
        if total:
            counts = [f"{total.harvested} harvested"]
            if total.without_pmid_or_doi:
                counts.append(f"{total.without_pmid_or_doi} of them without PMID or DOI")
            if total.failed:
                counts.append(f"{total.failed} failed")
            parts.append(", ".join(counts))
        return f"{'cited' if direction == 'citing' else 'cites'}: {'; '.join(parts)}"


def written(identifier: Identifier) -> str:
    """An identifier as it can be typed: `pmid:32357127`."""
    return f"{identifier[0]}:{identifier[1]}"
