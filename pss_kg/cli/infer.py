"""`pss-kg infer`."""

from __future__ import annotations

from pathlib import Path

import click

from pss_kg.cli import options
from pss_kg.cli.progress import Progress


@click.command("infer")
@click.option(
    "--engine",
    type=click.Choice(["rules", "owlrl"]),
    default="rules",
    show_default=True,
    help="What draws the conclusions. Both draw the same; owlrl is slow and for small graphs.",
)
@options.workspace
@options.jobs
@options.no_store
def command(engine: str, root: Path, jobs: int | None, no_store: bool) -> None:
    """Draw the conclusions that the vocabularies allow.

    Super-classes, super-properties of citations, inverses, and what a part of a part is part of
    go to graph/inferred, and nowhere else. A query that names that graph sees them.

    \b
    Example:
      pss-kg infer && pss-kg info
    """
    run(root, engine=engine, jobs=jobs, store=not no_store)


def run(root: Path, *, engine: str = "rules", jobs: int | None = None, store: bool = True) -> None:
    """Infer, bring the store up to date and say what was done; `build --infer` calls it too."""
    from pss_kg import store as store_module
    from pss_kg.stages.inferred import infer
    from pss_kg.workspace import Workspace

    with Progress() as progress:
        done = infer(root, engine=engine, jobs=jobs, progress=progress if progress.wanted() else None)
    if done.unchanged:
        said = f"nothing to infer: the {done.triples:,} triples of graph/inferred are up to date."
    else:
        said = (
            f"{done.triples:,} triples inferred from {done.read:,} in {done.seconds:.1f} s; "
            "they stand in graph/inferred."
        )
    click.echo(f"pss-kg: {said}", err=True)
    if store:
        store_module.ensure(Workspace.open(root))
