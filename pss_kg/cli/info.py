"""`pss-kg info`."""

from __future__ import annotations

from pathlib import Path

import click

from pss_kg.cli import options


@click.command("info")
@options.workspace
@options.as_json
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True
)
def command(root: Path, form: str, in_json: bool) -> None:
    """Print counts, coverage and versions.

    Counts go by class, graph and source. Coverage sets the citations that sources claim
    against those in the graph. The format csv has the coverage ledger alone.

    \b
    Example:
      pss-kg info --format json
    """
    import json

    from pss_kg import info, ledger, plugins
    from pss_kg.workspace import Workspace

    workspace = Workspace.open(root)
    if form == "csv" and not in_json:
        click.echo(ledger.as_csv(workspace.manifest()), nl=False)
        return
    packages = {plugin.distribution: plugin.version for plugin in plugins.installed()}
    found = info.describe(workspace, packages)
    text = (
        json.dumps(found, indent=2, ensure_ascii=False) + "\n"
        if in_json or form == "json"
        else info.as_text(found)
    )
    click.echo(text, nl=False)
