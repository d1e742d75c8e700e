"""What a build did: counts that add up, and the closing summary for people."""

from __future__ import annotations

import msgspec

from pss_kg.errors import printable
from pss_kg.ledger import coverage
from pss_kg.validation import in_words
from pss_kg.workspace import Manifest

BECAME = ("described", "merged", "superseded", "deleted", "quarantined")
"""What becomes of a record; the five add up to the number read."""


class Summary(msgspec.Struct, omit_defaults=True):
    """reports/build.json, and the answer of `build`.

    unread:   (file, reason) of those that could not be used
    damaged:  files that were read up to a damage, each with its reason
    findings: validation results by severity
    harvest:  publications found, replies asked and replayed; empty where nothing was harvested
    failures: what services could not tell; unknown: identifiers that no service knows
    seeds:    what each seed of a harvest has and lacks, a sentence each
    graph:    False where only a harvest was asked for
    seconds:  by stage, and "total"
    """

    unchanged: bool = False
    inputs: int = 0
    new_inputs: int = 0
    sources: dict[str, dict[str, int]] = {}
    counts: dict[str, int] = {}
    ledger: dict[str, dict[str, int]] = {}
    graphs: dict[str, int] = {}
    findings: dict[str, int] = {}
    quarantined: list[str] = []
    unread: list[tuple[str, str]] = []
    damaged: list[str] = []
    notes: list[str] = []
    harvest: dict[str, int] = {}
    failures: list[str] = []
    unknown: list[str] = []
    seeds: list[str] = []
    graph: bool = True
    digest: str = ""
    seconds: dict[str, float] = {}

    @property
    def exit_code(self) -> int:
        """4 where a file, or a record, could not be used; else 0."""
        held = sum(counts.get("quarantined", 0) for counts in self.sources.values())
        return 4 if held or self.unread or self.damaged or self.failures or self.unknown else 0

    @property
    def quads(self) -> int:
        """Quads of all graphs but provenance."""
        return sum(n for graph, n in self.graphs.items() if graph != "provenance")

    def text(self) -> str:
        """The summary as people read it."""
        lines = _harvest(self)
        if not self.graph:
            todo = "The graph is not made yet: pss-kg map"
            return "\n".join([*lines, "", todo, f"Done in {self.seconds.get('total', 0.0):.1f} s."]) + "\n"
        if self.unchanged:
            lines.append("Nothing changed: every input was read before, and the graph is up to date.")
        lines += ["", "Records read"] if lines else ["Records read"]
        lines += _records(self.sources)
        counts = self.counts
        total = counts.get("described", 0) + counts.get("mentioned", 0)
        lines += [
            "",
            f"Publications  {total:,}: {counts.get('described', 0):,} with a record, "
            f"{counts.get('mentioned', 0):,} mentioned only",
            f"Citations     {counts.get('citations', 0):,}, and {counts.get('typed_citations', 0):,} "
            "corrections, comments, retractions and the like",
        ]
        lines += _claims(self.ledger)
        lines += [f"Coverage      {sentence}" for sentence in self.seeds[:5]]
        if len(self.seeds) > 5:
            lines.append(f"              and {len(self.seeds) - 5:,} more seeds: pss-kg info --format csv")
        lines.append(f"Quads         {self.quads:,} in {len(self.graphs.keys() - {'provenance'})} graphs")
        checked = in_words(self.findings) if self.findings else "its report is missing; see `pss-kg validate`"
        lines.append(f"Validation    {checked}")
        lines += _listed("In quarantine", self.quarantined)
        lines += _listed("Damaged files, read up to the damage", self.damaged)
        lines += _listed("Files that were not read", _by_reason(self.unread), len(self.unread))
        lines += _listed("Notes", self.notes)
        lines += ["", f"Done in {self.seconds.get('total', 0.0):.1f} s."]
        return "\n".join(lines) + "\n"


def _harvest(done: Summary) -> list[str]:
    if not done.harvest:
        return []
    told = done.harvest
    replies = f"{told.get('asked', 0):,} asked now, {told.get('replayed', 0):,} from raw/"
    lines = [f"Harvest       {told.get('found', 0):,} publications found; replies: {replies}"]
    if left := told.get("left_out"):
        lines.append(f"              {left:,} more were found and not described: --max")
    lines += _listed("Not known to any service that was asked", done.unknown)
    lines += _listed("What services could not tell; the same command asks again", done.failures)
    return lines


def _records(sources: dict[str, dict[str, int]]) -> list[str]:
    if not sources:
        return ["  none"]
    heads = ("source", "read", *BECAME)
    rows = [
        (name, *(f"{counts.get(head, 0):,}" for head in heads[1:]))
        for name, counts in sorted(sources.items())
    ]
    if len(rows) > 1:
        rows.append(("total", *(f"{sum(c.get(h, 0) for c in sources.values()):,}" for h in heads[1:])))
    widths = [max(len(row[i]) for row in (heads, *rows)) for i in range(len(heads))]
    return [
        "  "
        + row[0].ljust(widths[0])
        + "".join(f"  {cell:>{w}}" for cell, w in zip(row[1:], widths[1:], strict=True))
        for row in (heads, *rows)
    ]


def _claims(ledger: dict[str, dict[str, int]]) -> list[str]:
    lines = []
    for key, entry in sorted(ledger.items(), key=lambda item: -max(item[1].values(), default=0))[:5]:
        claims = ", ".join(
            f"{number:,} by {name.removeprefix('claimed ')}"
            for name, number in sorted(entry.items())
            if name.startswith("claimed ")
        )
        lines.append(f"Claimed       {key}: cited {claims}; {entry.get('found', 0):,} found here")
    if len(ledger) > 5:
        lines.append(f"              and {len(ledger) - 5:,} more publications with a claim: pss-kg info")
    return lines


def _by_reason(unread: list[tuple[str, str]]) -> list[str]:
    """One line for each reason, with the first files that it holds for."""
    files: dict[str, list[str]] = {}
    for where, reason in unread:
        files.setdefault(reason, []).append(where)
    lines = []
    for reason, named in files.items():
        more = f" and {len(named) - 3:,} more" if len(named) > 3 else ""
        lines.append(f"{', '.join(named[:3])}{more}: {reason}")
    return lines


def _listed(title: str, listed: list[str], total: int = 0) -> list[str]:
    if not listed:
        return []
    more = [f"  and {len(listed) - 10:,} more"] if len(listed) > 10 else []
    shown = (f"  {printable(line)}" for line in listed[:10])
    return ["", f"{title}: {total or len(listed):,}", *shown, *more]


def source_counts(states: dict[tuple[str, str], int], unusable: dict[str, int]) -> dict[str, dict[str, int]]:
    """Source -> read and what became of it. `unusable` never reached the index.

    Raises AssertionError if the counts of a source do not add up; that would be our mistake.
    """
    result: dict[str, dict[str, int]] = {}
    for source in sorted({s for s, _ in states} | {s for s, n in unusable.items() if n}):
        counts = {state: states.get((source, state), 0) for state in BECAME}
        counts["quarantined"] += unusable.get(source, 0)
        read = sum(n for (s, _), n in states.items() if s == source) + unusable.get(source, 0)
        assert read == sum(counts.values()), (source, read, counts)
        result[source] = {"read": read, **counts}
    return result


def ledger(claims: dict[str, dict[str, int]], found: dict[str, int]) -> dict[str, dict[str, int]]:
    """Publication key -> claimed by each source, and found here."""
    return {
        key: {
            **{f"claimed {source}": n for source, n in sorted(by_source.items())},
            "found": found.get(key, 0),
        }
        for key, by_source in sorted(claims.items())
    }


def from_manifest(manifest: Manifest) -> Summary:
    """What the published graph says of itself."""
    return Summary(
        inputs=len(manifest.inputs),
        sources=manifest.sources,
        counts=manifest.counts,
        ledger=manifest.ledger,
        seeds=[seed["sentence"] for seed in coverage(manifest)["seeds"]],
        graphs=manifest.graphs(),
        digest=manifest.digest(),
    )
