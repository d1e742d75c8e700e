"""`pss-kg export`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pss_kg.cli import options


@click.command("export")
@click.option(
    "--format",
    "form",
    type=click.Choice(["n-quads", "n-triples", "turtle", "trig", "json-ld"]),
    help="Default: what the name of FILE says, and n-quads on stdout.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Where to write; .gz at the end compresses. Default: stdout.",
)
@options.workspace
def command(form: str | None, output: Path | None, root: Path) -> None:
    """Write the graph in an RDF format.

    n-triples, turtle and json-ld hold graph/main; n-quads and trig hold every graph but
    provenance. The same graph gives the same bytes.

    \b
    Example:
      pss-kg export -o kg.ttl.gz
    """
    from pss_kg import export
    from pss_kg.workspace import Workspace, storage_errors

    if output is not None and form is None and str(output) != "-":
        form = export.format_of(output.name)
    workspace = Workspace.open(root)
    if output is None or str(output) == "-":
        export.export(workspace, form or "n-quads", sys.stdout.buffer)
        return
    if output.exists() and not output.is_file():
        # A pipe or a device is written to as it stands; a rename would put a file in its place.
        with storage_errors(output), open(output, "wb") as out:
            written = export.export(workspace, form or "n-quads", out)
    else:
        written = export.export_file(workspace, output, form or "")
    click.echo(f"pss-kg: {written:,} statements written to {output}.", err=True)
