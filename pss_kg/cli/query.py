"""`pss-kg query`."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import click

from pss_kg.cli import completing, options


@click.command("query")
@click.argument("name", metavar="NAME|FILE|-", shell_complete=completing.query_names)
@click.option(
    "-p",
    "--parameter",
    "given",
    multiple=True,
    metavar="NAME=VALUE",
    shell_complete=completing.query_parameters,
    help="A parameter of the query. May be repeated.",
)
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True
)
@options.workspace
@click.pass_context
def command(ctx: click.Context, name: str, given: tuple[str, ...], form: str, root: Path) -> None:
    """Run a query and print its rows.

    NAME is a query of the library (`pss-kg queries` lists them), FILE a SPARQL file, - reads the
    query from stdin. No rows is exit code 0; an ASK that is false is 1.

    \b
    Example:
      pss-kg query most-cited -p limit=5 --format csv
    """
    from pss_kg import querying, store
    from pss_kg.iris import Iris
    from pss_kg.workspace import Workspace

    values = options.parameters(given)
    text = sys.stdin.read() if name == "-" else None
    query = querying.load(name, text)
    workspace = Workspace.open(root)
    if not store.is_current(workspace) and sys.stderr.isatty():
        click.echo("pss-kg: loading the store; the next query finds it ready.", err=True)
    result = querying.run(store.ensure(workspace), query, values, Iris(workspace.base))
    if form == "csv":
        answer = querying.to_csv(result)
    elif form == "json":
        answer = querying.to_json(result)
    else:
        # A table in a file or pipe is whole, unless COLUMNS asks for a width.
        fitted = sys.stdout.isatty() or "COLUMNS" in os.environ
        width = shutil.get_terminal_size().columns if fitted else None
        answer = querying.to_table(result, width, workspace.base)
    click.echo(answer, nl=not answer.endswith("\n"))
    ctx.exit(1 if result.kind == "ask" and not result.boolean else 0)
