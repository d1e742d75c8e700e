"""`pss-kg show`."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from pss_kg.cli import colours, options


@click.command("show")
@click.argument("identifier", metavar="ID")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@options.workspace
def command(identifier: str, form: str, root: Path) -> None:
    """Show one publication as a person reads it.

    ID is a PMID, PMC id, DOI, key or IRI. Shown are the overview, the abstract by section, the
    references in order, the citing articles, and warnings. Something unknown is exit code 1.

    \b
    Example:
      pss-kg show 32357127
    """
    import msgspec

    from pss_kg import show, store
    from pss_kg.iris import Iris
    from pss_kg.workspace import Workspace

    workspace = Workspace.open(root)
    shown = show.show(store.ensure(workspace), identifier, Iris(workspace.base))
    if form == "json":
        text = msgspec.json.format(msgspec.json.encode(shown), indent=2).decode() + "\n"
    else:
        text = show.format_text(shown, shutil.get_terminal_size().columns)
    click.echo(text if form == "json" else colours.page(text), nl=False)
