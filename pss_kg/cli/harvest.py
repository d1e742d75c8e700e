"""`pss-kg harvest`."""

from __future__ import annotations

from pathlib import Path

import click

from pss_kg.cli import colours, harvesting, options
from pss_kg.cli.progress import Progress
from pss_kg.errors import UsageError


@click.command("harvest")
@click.argument("identifiers", nargs=-1, metavar="[IDENTIFIER]...")
@harvesting.searching
@harvesting.asking
@click.option("--no-graph", is_flag=True, help="Stop when the records are there; `pss-kg map` goes on.")
@options.no_store
@options.workspace
@options.jobs
@options.as_json
@click.pass_context
def command(
    ctx: click.Context,
    identifiers: tuple[str, ...],
    files: tuple[str, ...],
    queries: tuple[str, ...],
    since: str,
    until: str,
    chosen: harvesting.Chosen,
    no_graph: bool,
    no_store: bool,
    root: Path,
    jobs: int | None,
    in_json: bool,
) -> None:
    """Ask services for articles, for what cites them and for what they cite.

    An IDENTIFIER is a PMID, PMC id, DOI, arXiv or OpenAlex id, or the address of an article's
    page; `-` reads them from stdin. Replies are kept in raw/: the same harvest again asks
    nothing, and one that was interrupted goes on where it ended.

    \b
    Example:
      pss-kg harvest 32357127 --citing --references --depth 1
      pss-kg harvest --file included.ris --source pubmed --source europepmc
      pss-kg harvest --query 'peer support AND mental health' --since 2020 --max 500
    """
    from pss_kg.pipeline import build
    from pss_kg.workspace import encode_pretty

    if not (identifiers or files or queries):
        raise UsageError("there is nothing to harvest.", todo="Name an article, or give --file or --query.")
    seeds, notes = harvesting.seeds_of(identifiers, files) if identifiers or files else ([], [])
    wanted = harvesting.asked(root, seeds, chosen, queries=queries, since=since, until=until)
    with Progress() as progress:
        summary = build(
            (),
            root,
            asked=wanted,
            jobs=jobs,
            graph=not no_graph,
            store=not no_store,
            progress=progress if progress.wanted() else None,
        )
    summary.notes += notes
    click.echo(colours.summary(summary.text().rstrip("\n")), err=True)
    if in_json:
        click.echo(encode_pretty(summary), nl=False)
    ctx.exit(summary.exit_code)
