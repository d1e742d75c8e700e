"""The coverage ledger: what sources claim, what was harvested, what is missing.

Everything comes from the manifest; nothing is counted anew.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

import msgspec

from pss_kg.manifest import Covered, Manifest

ALL = "all"
"""The source of a row that takes all sources together, each publication once."""

LARGEST_GAPS = 10
"""How many publications the text names; JSON and CSV have them all."""

CSV_HEAD = ("seed", "source", "direction", "claimed", "harvested", "without_pmid_or_doi", "failed")
"""Columns of the coverage table."""

_CLAIM = "claimed "


class Counted(Protocol):
    """What one source has of the citations of a seed: `Covered`, and a harvest's `Coverage`."""

    @property
    def source(self) -> str: ...
    @property
    def direction(self) -> str: ...
    @property
    def claimed(self) -> int | None: ...
    @property
    def harvested(self) -> int: ...
    @property
    def without_pmid_or_doi(self) -> int: ...
    @property
    def failed(self) -> int: ...


def cells(seed: str, row: Counted) -> tuple[str, ...]:
    """A row of the coverage table, as `CSV_HEAD`; a claim that nobody made is empty."""
    return (
        seed,
        row.source,
        row.direction,
        "" if row.claimed is None else str(row.claimed),
        str(row.harvested),
        str(row.without_pmid_or_doi),
        str(row.failed),
    )


def coverage(manifest: Manifest) -> dict[str, Any]:
    """What the sources claim against what the graph holds.

    A claim is a source's own count of citing publications. Of several claims on one
    publication the highest is taken, because a source that has seen less does not refute it.
    `publications` is largest gap first, then by key.
    """
    rows: list[dict[str, Any]] = []
    for key, entry in manifest.ledger.items():
        claims = _claims_in(entry)
        if claims:
            claimed, found = max(claims.values()), entry.get("found", 0)
            rows.append(
                {
                    "publication": key,
                    "claimed": claimed,
                    "found": found,
                    "missing": max(claimed - found, 0),
                    "claims": dict(sorted(claims.items())),
                }
            )
    rows.sort(key=lambda row: (-row["missing"], row["publication"]))
    return {
        "publications_with_claim": len(rows),
        "claimed": sum(row["claimed"] for row in rows),
        "found": sum(row["found"] for row in rows),
        "missing": sum(row["missing"] for row in rows),
        "publications": rows,
        "seeds": _seeds(manifest),
    }


def as_csv(manifest: Manifest) -> str:
    """One row for each seed, source and direction; a source that only claims has a row too.

    Columns as `CSV_HEAD`; an empty cell says that the source makes no such statement.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")  # RFC 4180
    writer.writerow(CSV_HEAD)
    told = {(row.publication, row.source) for row in manifest.coverage if row.direction == "citing"}
    rows = [cells(row.publication, row) for row in manifest.coverage]
    for key, source, claimed in _claims(manifest):
        if (key, source) not in told:
            rows.append((key, source, "citing", str(claimed), "", "", ""))
    rows.sort(key=lambda row: row[:3])
    writer.writerows(rows)
    return out.getvalue()


def _claims(manifest: Manifest) -> Iterator[tuple[str, str, int]]:
    for key, entry in sorted(manifest.ledger.items()):
        for source, number in sorted(_claims_in(entry).items()):
            yield key, source, number


def _claims_in(entry: dict[str, int]) -> dict[str, int]:
    """The claims of one publication, by source."""
    return {name.removeprefix(_CLAIM): n for name, n in entry.items() if name.startswith(_CLAIM)}


def _seeds(manifest: Manifest) -> list[dict[str, Any]]:
    """Each seed of a harvest: its rows, and the gap in words."""
    by_seed: dict[str, list[Covered]] = {}
    for row in manifest.coverage:
        by_seed.setdefault(row.publication, []).append(row)
    seeds = []
    for key, rows in sorted(by_seed.items()):
        entry = manifest.ledger.get(key, {})
        claims = _claims_in(entry)
        seeds.append(
            {
                "publication": key,
                "found": entry.get("found"),
                "sentence": _in_words(key, rows, claims, entry.get("found")),
                "sources": [msgspec.to_builtins(row) for row in rows],
            }
        )
    return seeds


def _in_words(key: str, rows: Iterable[Covered], claims: dict[str, int], found: int | None) -> str:
    """`pmid-1 cited: 127 claimed by article-page, 131 by europepmc; 129 harvested, 6 without …`."""
    parts = []
    for direction, verb in (("citing", "cited"), ("references", "cites")):
        every = [row for row in rows if row.direction == direction]
        own = [row for row in every if row.source != ALL]
        whole = next((row for row in every if row.source == ALL), None)
        claimed = {row.source: row.claimed for row in own if row.claimed is not None}
        if direction == "citing":
            claimed = claims | claimed
        if not own and not claimed:
            continue
        listed = ", ".join(
            f"{n:,} claimed by {name}" if not i else f"{n:,} by {name}"
            for i, (name, n) in enumerate(sorted(claimed.items()))
        )
        text = f"{verb}: {listed}; " if listed else f"{verb}: "
        text += f"{whole.harvested:,} harvested" if whole else "not asked"
        if whole and whole.without_pmid_or_doi:
            text += f", {whole.without_pmid_or_doi:,} of them without a PMID or DOI"
        if whole and whole.failed:
            text += f", {whole.failed:,} failed"
        if direction == "citing" and found is not None:
            text += f"; {found:,} in the graph"
        parts.append(text)
    return f"{key} " + ". ".join(parts) + "."


def as_lines(known: dict[str, Any]) -> list[str]:
    """The ledger as people read it: the largest gaps, and every seed of a harvest in a sentence."""
    lines = ["", "Coverage"]
    if not known["publications_with_claim"]:
        lines.append("  no source claims a citation count")
    else:
        lines.append(
            f"  {known['claimed']:,} citations claimed of {known['publications_with_claim']:,} publications, "
            f"{known['found']:,} found, {known['missing']:,} missing"
        )
    for row in known["publications"][:LARGEST_GAPS]:
        lines.append(f"  {row['publication']}: {row['claimed']:,} claimed, {row['found']:,} found")
    if (left_out := len(known["publications"]) - LARGEST_GAPS) > 0:
        lines.append(f"  and {left_out:,} more")
    if known["seeds"]:
        lines += ["", "Harvests"]
    lines += [f"  {seed['sentence']}" for seed in known["seeds"][:LARGEST_GAPS]]
    if (left_out := len(known["seeds"]) - LARGEST_GAPS) > 0:
        lines.append(f"  and {left_out:,} more seeds: pss-kg info --format csv")
    return lines
