"""`pss-kg build`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from pss_kg.cli import colours, harvesting, options
from pss_kg.cli.progress import Progress
from pss_kg.errors import UsageError


@click.command("build")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@options.workspace
@options.jobs
@options.no_store
@click.option(
    "--keep",
    metavar="WHAT,...",
    default="records,graph,store",
    show_default=True,
    help="What stays. Without store as --no-store; without records nothing can be added later.",
)
@click.option("--infer", is_flag=True, help="Run `pss-kg infer` on the new graph.")
@harvesting.asking
@options.as_json
@click.pass_context
def command(
    ctx: click.Context,
    inputs: tuple[str, ...],
    root: Path,
    jobs: int | None,
    no_store: bool,
    keep: str,
    infer: bool,
    chosen: harvesting.Chosen,
    in_json: bool,
) -> None:
    """Build the graph from files, folders and globs, or add to it.

    The content of a file decides its format; .gz is read as it is. The closing summary says
    what became of every record. The same input again changes nothing.

    An INPUT like pmid:32357127 or doi:10.2196/15572 is harvested first, with what cites it and
    what it cites; the options from --citing on are those of `pss-kg harvest`.

    \b
    Example:
      pss-kg build article.txt pubmed/*.xml.gz --kg kg
      pss-kg build pmid:32357127
      pss-kg build pubmed/*.xml.gz --keep graph
    """
    from pss_kg.pipeline import build
    from pss_kg.workspace import encode_pretty

    kept = _kept(keep)
    store = "store" in kept and not no_store
    named = [text for text in inputs if is_identifier(text)]
    files = [text for text in inputs if text not in named]
    wanted = None
    if named:
        seeds, _ = harvesting.seeds_of(named, ())
        wanted = harvesting.asked(root, seeds, chosen, chase=chosen.depth != 0)
    with Progress() as progress:
        summary = build(
            files,
            root,
            asked=wanted,
            jobs=jobs,
            store=store and not infer,
            records="records" in kept,
            progress=progress if progress.wanted() else None,
        )
    click.echo(colours.summary(summary.text().rstrip("\n")), err=True)
    if in_json:
        click.echo(encode_pretty(summary), nl=False)
    if infer:
        from pss_kg.cli.infer import run

        run(root, jobs=jobs, store=store)
    ctx.exit(summary.exit_code)


def _kept(text: str) -> set[str]:
    """The parts of a workspace that `--keep` names. Raises UsageError for others, and without graph."""
    from pss_kg.workspace import KEPT

    names = {name.strip() for name in text.split(",")} - {""}
    if wrong := sorted(names.difference(KEPT)):
        raise UsageError(
            f"{', '.join(wrong)} can't be kept or left out.",
            where="--keep",
            todo=f"Name some of {', '.join(KEPT)}, with commas between.",
        )
    if "graph" not in names:
        raise UsageError(
            "the graph has to stay: all that exports, validates and counts reads it, and the store "
            "is held against it and made of it.",
            where="--keep",
            todo="Name graph too. `pss-kg harvest --no-graph` stops at the records.",
        )
    return names


def is_identifier(text: str) -> bool:
    """Whether an input names an article and no file: `pmid:1`, `doi:10.1/x`, a DOI's address.

    Digits alone are a name of a file here, so that a slip is not taken for a harvest.
    """
    if os.path.lexists(text) or text.isdecimal():
        return False
    from pss_kg.identifiers import parse_identifier

    return parse_identifier(text) is not None
