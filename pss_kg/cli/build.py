"""`pss-kg build`."""

from __future__ import annotations

from pathlib import Path

import click

from pss_kg.cli import colours, options
from pss_kg.cli.progress import Progress


@click.command("build")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@options.workspace
@options.jobs
@click.option("--no-store", is_flag=True, help="Leave out the store; the first query makes it.")
@click.option("--infer", is_flag=True, help="Run `pss-kg infer` on the new graph.")
@options.as_json
@click.pass_context
def command(
    ctx: click.Context,
    inputs: tuple[str, ...],
    root: Path,
    jobs: int | None,
    no_store: bool,
    infer: bool,
    in_json: bool,
) -> None:
    """Build the graph from files, folders and globs, or add to it.

    The content of a file decides its format; .gz is read as it is. The closing summary says
    what became of every record. The same input again changes nothing.

    \b
    Example:
      pss-kg build article.txt pubmed/*.xml.gz --kg kg
    """
    from pss_kg.pipeline import build
    from pss_kg.workspace import encode_pretty

    with Progress() as progress:
        summary = build(
            inputs,
            root,
            jobs=jobs,
            store=not (no_store or infer),
            progress=progress if progress.wanted() else None,
        )
    click.echo(colours.summary(summary.text().rstrip("\n")), err=True)
    if in_json:
        click.echo(encode_pretty(summary), nl=False)
    if infer:
        from pss_kg.cli.infer import run

        run(root, jobs=jobs, store=not no_store)
    ctx.exit(summary.exit_code)
