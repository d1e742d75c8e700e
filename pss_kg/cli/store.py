"""`pss-kg store`."""

from __future__ import annotations

from pathlib import Path

import click

from pss_kg.cli import options


@click.command("store")
@options.workspace
@click.option("--again", is_flag=True, help="Load it even if it is up to date.")
def command(root: Path, again: bool) -> None:
    """Load the graph into the store that queries use.

    Queries do so by themselves when they must; this does it now. The store is an index of
    graph/ and may be deleted. Nothing is done if it is up to date; where little has changed, the
    old store is kept and the difference goes into it.

    \b
    Example:
      pss-kg store --kg kg
    """
    import shutil
    import time

    from pss_kg import store
    from pss_kg.workspace import PROVENANCE, Workspace, storage_errors

    workspace = Workspace.open(root)
    quads = sum(n for graph, n in workspace.manifest().graphs().items() if graph != PROVENANCE)
    if store.is_current(workspace) and not again:
        click.echo(f"pss-kg: nothing to load: the store holds these {quads:,} quads.", err=True)
        return
    begun = time.perf_counter()
    if again and workspace.store.is_dir():
        with storage_errors(workspace.store):
            shutil.rmtree(workspace.store)
    store.ensure(workspace)
    seconds = time.perf_counter() - begun
    # Whether all were loaded or the difference alone: this is what holds now.
    click.echo(
        f"pss-kg: the store now holds the graph's {quads:,} quads; that took {seconds:.1f} s.", err=True
    )
