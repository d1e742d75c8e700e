"""`pss-kg queries`."""

from __future__ import annotations

from pathlib import Path

import click

from pss_kg.cli import completing, options


@click.command("queries")
@click.argument("name", required=False, shell_complete=completing.query_names)
@options.workspace
def command(name: str | None, root: Path) -> None:
    """List the query library, or describe one query.

    A description has the question, the parameters with types and defaults, and the columns.

    \b
    Example:
      pss-kg queries most-cited
    """
    from pss_kg import querying

    if name is not None:
        click.echo(querying.describe(name), nl=False)
        return
    library = querying.library().values()
    widest = max((len(query.name) for query in library), default=0)
    topic = None
    for query in library:
        if query.topic != topic:
            click.echo(query.topic if topic is None else f"\n{query.topic}")
            topic = query.topic
        click.echo(f"  {query.name:<{widest}}  {query.summary}".rstrip())
