"""`pss-kg diff`."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import click

from pss_kg.cli import options

_NOUNS = {"publication": "publications", "shared": "shared things", "alias": "aliases"}


@click.command("diff")
@click.argument("first", metavar="KG1", type=click.Path(path_type=Path))
@click.argument("second", metavar="KG2", type=click.Path(path_type=Path))
@click.option(
    "--graph", "graphs", multiple=True, metavar="NAME", help="A graph to compare, as main. May be repeated."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@options.debug
@click.pass_context
def command(ctx: click.Context, first: Path, second: Path, graphs: tuple[str, ...], form: str) -> None:
    """Compare two graphs, publication by publication.

    Says which publications KG2 has and KG1 has not, which it has not any more, and what changed
    in the others. Without --graph every graph but provenance is compared. The exit code is 1 if
    they differ.

    \b
    Example:
      pss-kg diff kg-of-may kg-of-june --graph main
    """
    import msgspec

    from pss_kg.differences import describe, differences
    from pss_kg.workspace import Workspace

    found = differences(Workspace.open(first), Workspace.open(second), graphs)
    counts: Counter[tuple[str, str]] = Counter()
    if form == "json":
        click.echo('{"changes": [', nl=False)
    for change in found:
        if form == "json":
            click.echo("\n  " if not counts else ",\n  ", nl=False)
            click.echo(msgspec.json.encode(change).decode(), nl=False)
        else:
            click.echo(describe(change))
        counts[change.what, change.kind] += 1
    if form == "json":
        by_kind = {what: {k: n for (w, k), n in sorted(counts.items()) if w == what} for what in _NOUNS}
        click.echo(f'\n], "counts": {json.dumps(by_kind)}, "equal": {json.dumps(not counts)}}}')
    elif counts:
        click.echo(f"\n{_in_words(counts)}")
    else:
        click.echo("The graphs are equal.")
    ctx.exit(1 if counts else 0)


def _in_words(counts: Counter[tuple[str, str]]) -> str:
    lines = []
    for what, noun in _NOUNS.items():
        said = [f"{counts[what, k]:,} {k}" for k in ("added", "removed", "changed") if counts[what, k]]
        if said:
            lines.append(f"{noun.capitalize()}: {', '.join(said)}.")
    return "\n".join(lines)
