"""`pss-kg dump`."""

from __future__ import annotations

from pathlib import Path

import click

from pss_kg.cli import options
from pss_kg.cli.progress import Progress


@click.command("dump")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--graph", "graphs", multiple=True, metavar="NAME", help="This graph, not all but provenance. Repeatable."
)
@click.option("--trig", is_flag=True, help="Write each graph as TriG, too.")
@click.option("--at", "url", metavar="URL", default="", help="Where the folder will be published.")
@options.workspace
@options.as_json
def command(folder: Path, graphs: tuple[str, ...], trig: bool, url: str, root: Path, in_json: bool) -> None:
    """Write the graph as compressed files to publish, with a description.

    DIR gets N-Quads of each graph (.nq.gz), a VoID description (void.ttl), SHA256SUMS and
    manifest.json. It appears when it is whole; an older dump there is replaced. The same graph
    gives the same bytes.

    \b
    Example:
      pss-kg dump published --trig && (cd published && sha256sum -c SHA256SUMS)
    """
    from pss_kg.dump import dump
    from pss_kg.workspace import Workspace, encode_pretty

    with Progress() as progress:
        dumped = dump(
            Workspace.open(root),
            folder,
            graphs=graphs,
            trig=trig,
            url=url,
            progress=progress if progress.wanted() else None,
        )
    size = sum(file.bytes for graph in dumped.graphs for file in graph.files)
    graph_word = "graph" if len(dumped.graphs) == 1 else "graphs"
    click.echo(
        f"pss-kg: {dumped.quads:,} quads of {len(dumped.graphs)} {graph_word} written to {folder}, "
        f"{size / 1e6:,.1f} MB.",
        err=True,
    )
    if in_json:
        click.echo(encode_pretty(dumped), nl=False)
