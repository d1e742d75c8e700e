"""What a load came to, as people read it."""

from __future__ import annotations

from pss_kg.errors import printable
from pss_kg.triplestores.loading import PLANNED, Done, Outcome
from pss_kg.triplestores.product import Product

_LISTED = 20  # differences that are shown; --json has all


def text(outcome: Outcome, product: Product) -> str:
    """A table of the graphs, then the proof or what speaks against it."""
    rows = [("graph", "quads", "on the server", "")]
    rows += [
        (done.name, f"{done.quads:,}", _there(done, outcome.dry_run), _what(done, outcome))
        for done in outcome.graphs
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [
        f"  {row[0]:<{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]:>{widths[2]}}  {row[3]}".rstrip()
        for row in rows
    ]
    head = f"{product.title[0].upper()}{product.title[1:]}"
    if outcome.version:
        head += f" ({printable(outcome.version)[:60]})"
    return "\n".join([f"{head} at {outcome.url}", *lines, "", *_proof(outcome, product)])


def _there(done: Done, dry_run: bool) -> str:
    return f"{done.before if dry_run or done.after < 0 else done.after:,}"


def _what(done: Done, outcome: Outcome) -> str:
    if outcome.dry_run:
        return f"would {PLANNED[done.action]}" if done.action in PLANNED else done.action
    words: str = done.action
    if done.way:
        words += f" ({done.way}), {done.seconds:.1f} s"
        if done.quads and done.seconds >= 0.5:
            words += f", {done.quads / done.seconds:,.0f} quads/s"
    if done.refused_as_too_large:
        words += f"; {done.refused_as_too_large} refused as too large, then sent in smaller ones"
    if done.interrupted_before:
        words += "; an earlier load was interrupted"
    return words if done.counted_as_sent else f"{words}; THE COUNT IS WRONG"


def _proof(outcome: Outcome, product: Product) -> list[str]:
    if outcome.dry_run:
        return ["Nothing was changed (--dry-run)."]
    lines = []
    wrong, sample = outcome.wrong, outcome.sample
    if wrong:
        lines.append(f"Counted: {len(wrong)} of {len(outcome.graphs)} graphs do not hold what was sent.")
    else:
        lines.append(f"Counted: the server holds what it should, in {_number(len(outcome.graphs), 'graph')}.")
    if sample.subjects:
        lines.append(
            f"Compared: {_number(sample.triples, 'triple')} of {_number(sample.subjects, 'subject')}; "
            + (f"{len(sample.unknown):,} not as sent." if sample.unknown else "all as sent.")
        )
    for name, count in sorted(sample.known.items()):
        lines.append(f"Known of {product.title}: {name}, {count:,} in the sample.")
    for found in sample.unknown[:_LISTED]:
        lines.append(f"  - {found.graph}, <{found.subject}>")
        lines.append(f"    sent:  {printable(found.sent) or '(nothing)'}")
        lines.append(f"    there: {printable(found.there) or '(nothing)'}")
    if len(sample.unknown) > _LISTED:
        lines.append(f"  … and {len(sample.unknown) - _LISTED:,} more; --json lists all.")
    if wrong or sample.unknown:
        lines.append(
            "Run the same command again: these graphs are sent anew. "
            "If it stays so, the product changes what it is given."
        )
    else:
        lines.append(f"Done in {outcome.seconds:.1f} s.")
    return lines


def _number(count: int, word: str) -> str:
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"
