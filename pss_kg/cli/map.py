"""`pss-kg map`."""

from __future__ import annotations

from pathlib import Path

import click

from pss_kg.cli import colours, options
from pss_kg.cli.progress import Progress


@click.command("map")
@options.workspace
@options.jobs
@click.option("--again", is_flag=True, help="Map even if the graph is up to date.")
@options.no_store
@options.as_json
@click.pass_context
def command(
    ctx: click.Context,
    root: Path,
    jobs: int | None,
    again: bool,
    no_store: bool,
    in_json: bool,
) -> None:
    """Make the graph anew from what was read before.

    The inputs are not needed: records/ holds what they said. That is what to run after an
    upgrade, or when files of graph/ were lost. Nothing is done if the graph is up to date.

    \b
    Example:
      pss-kg map --again
    """
    from pss_kg.pipeline import remap
    from pss_kg.workspace import encode_pretty

    with Progress() as progress:
        summary = remap(
            root,
            jobs=jobs,
            store=not no_store,
            again=again,
            progress=progress if progress.wanted() else None,
        )
    if summary.unchanged:
        click.echo("pss-kg: nothing to map: the graph is of these records and this version.", err=True)
    else:
        click.echo(colours.summary(summary.text().rstrip("\n")), err=True)
    if in_json:
        click.echo(encode_pretty(summary), nl=False)
    ctx.exit(summary.exit_code)
