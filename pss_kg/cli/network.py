"""`pss-kg network`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pss_kg.cli import options


@click.command("network")
@click.argument("kind", metavar="citations", type=click.Choice(["citations"]))
@click.option(
    "--format", "form", type=click.Choice(["csv", "graphml", "vosviewer"]), default="csv", show_default=True
)
@click.option(
    "-o",
    "--output",
    metavar="DIR|FILE",
    type=click.Path(path_type=Path),
    help="A folder for csv and vosviewer, a file for graphml. Default: stdout, for graphml only.",
)
@click.option("--around", metavar="ID", default="", help="Only what is near this publication.")
@click.option(
    "--depth",
    type=click.IntRange(0, 20),
    default=1,
    show_default=True,
    metavar="N",
    help="Steps from --around.",
)
@click.option("--described", is_flag=True, help="Only publications with a record.")
@options.workspace
def command(
    kind: str, form: str, output: Path | None, around: str, depth: int, described: bool, root: Path
) -> None:
    """Write the citation network as nodes and edges.

    csv writes nodes.csv and edges.csv, graphml is for Gephi, Cytoscape and networkx, vosviewer
    writes map.txt and network.txt for VOSviewer. Every publication of the graph is a node.

    \b
    Example:
      pss-kg network citations --around 32357127 --depth 2 -o network/
    """
    from pss_kg import store
    from pss_kg.errors import UsageError
    from pss_kg.iris import Iris
    from pss_kg.listing import network, network_files
    from pss_kg.listing.output import replaced
    from pss_kg.listing.reading import Reader
    from pss_kg.workspace import Workspace

    to_stdout = output is None or str(output) == "-"
    if form != "graphml" and (to_stdout or (output is not None and output.is_file())):
        raise UsageError(
            f"the format {form} writes two files.",
            where="--output",
            todo="Name a folder for them with -o DIR.",
        )
    workspace = Workspace.open(root)
    reader = Reader(store.ensure(workspace), Iris(workspace.base))
    chosen = network.choose(reader, around, depth, described)
    if output is None or to_stdout:
        sys.stdout.flush()
        nodes, edges = network_files.write_graphml(chosen, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    elif form == "graphml":
        with replaced(output) as out:
            nodes, edges = network_files.write_graphml(chosen, out)
    else:
        write = network_files.write_csv if form == "csv" else network_files.write_vosviewer
        nodes, edges = write(chosen, output)
    where = "stdout" if to_stdout else output
    click.echo(f"pss-kg: {nodes:,} publications and {edges:,} relations written to {where}.", err=True)
