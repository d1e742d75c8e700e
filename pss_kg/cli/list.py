"""`pss-kg list`."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pss_kg.cli import options

if TYPE_CHECKING:
    from pss_kg.listing.item import Item

FORMATS = ("table", "csv", "ris", "bibtex", "csl-json", "ids")


@click.command("list")
@click.option("--citing", metavar="ID", default="", help="Those that cite ID.")
@click.option("--cited-by", metavar="ID", default="", help="Those that ID cites, in reference order.")
@click.option("--year", metavar="Y|Y1-Y2", default="", help="Of these years; 2018- and -2020 are open.")
@click.option(
    "--author", metavar="NAME|ORCID", default="", help='Of this author: "Shalaby R", or an ORCID iD.'
)
@click.option("--journal", metavar="NAME|ISSN", default="", help="In this journal.")
@click.option(
    "--topic",
    metavar="TEXT|MESH",
    default="",
    help="With a MeSH id such as D008603, or words in a heading, a keyword or the title.",
)
@click.option(
    "--type", "types", metavar="TYPE", multiple=True, help="Of this type: review, letter. May be repeated."
)
@click.option("--retracted", is_flag=True, help="Retracted ones.")
@click.option("--described", "known", flag_value="described", help="Only those with a record.")
@click.option("--mentioned", "known", flag_value="mentioned", help="Only those known from citations alone.")
@click.option(
    "--not-in",
    "library",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Leave out what this library has: RIS, NBIB, BibTeX, CSL-JSON, EndNote XML, CSV, or PMIDs and DOIs.",
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("-o", "--output", metavar="FILE", type=click.Path(path_type=Path), help="Default: stdout.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most N publications.")
@click.option("--sort", type=click.Choice(["year", "cited", "title"]), help="Newest, most cited, or A first.")
@options.workspace
def command(
    citing: str,
    cited_by: str,
    year: str,
    author: str,
    journal: str,
    topic: str,
    types: tuple[str, ...],
    retracted: bool,
    known: str | None,
    library: Path | None,
    form: str,
    output: Path | None,
    limit: int | None,
    sort: str | None,
    root: Path,
) -> None:
    """List publications, as a table or for a reference manager.

    Several selections must all apply; without any, all publications with a record are listed.
    --not-in tells which are missing in your library. Publications known only from a citation are
    listed too and marked.

    \b
    Example:
      pss-kg list --citing 32357127 --not-in library.ris --format ris -o new.ris
    """
    from pss_kg import store
    from pss_kg.iris import Iris
    from pss_kg.listing import selection
    from pss_kg.listing.choice import Choice
    from pss_kg.listing.library.opening import read
    from pss_kg.listing.matching import Index
    from pss_kg.listing.output import written
    from pss_kg.listing.reading import Reader
    from pss_kg.workspace import Workspace

    held = read(library) if library else None  # first: a wrong file is told at once
    criteria = selection.Criteria(
        citing=citing,
        cited_by=cited_by,
        year=year,
        author=author,
        journal=journal,
        topic=topic,
        types=types,
        retracted=retracted,
        known=known or "",  # type: ignore[arg-type]
    )
    workspace = Workspace.open(root)
    reader = Reader(store.ensure(workspace), Iris(workspace.base))
    chosen = Choice(
        reader, selection.select(reader, criteria), sort or "", limit, Index(held.entries) if held else None
    )
    if form == "table":
        _table(chosen.items(), output)
    else:
        written(form, chosen.items(), output)
    if held and library:
        _tell(f"{library.name}: {held.summary()}")
        for line in chosen.comparison.doubtful():
            _tell(line)
        _tell(chosen.comparison.summary(library.name))
    elif not chosen.comparison.listed:
        _tell("no publication fits.")
    elif output is not None:
        _tell(f"{chosen.comparison.listed:,} publications written to {output}.")


def _table(items: Iterable[Item], output: Path | None) -> None:
    from pyoxigraph import Literal

    from pss_kg import querying
    from pss_kg.listing.output import publish
    from pss_kg.listing.table import COLUMNS, row

    rows = [row(item) for item in items]
    if not rows:
        return
    kept = [n for n in range(len(COLUMNS)) if any(cells[n] for cells in rows)]
    cited = COLUMNS.index("cited")
    terms = [tuple(Literal(int(cells[n]) if n == cited else cells[n]) for n in kept) for cells in rows]
    result = querying.Result(kind="select", columns=tuple(COLUMNS[n] for n in kept), rows=terms)
    to_screen = output is None and (sys.stdout.isatty() or "COLUMNS" in os.environ)
    publish([querying.to_table(result, shutil.get_terminal_size().columns if to_screen else None)], output)


def _tell(text: str) -> None:
    click.echo(f"pss-kg: {text}", err=True)
