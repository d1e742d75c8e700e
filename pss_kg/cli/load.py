"""`pss-kg load`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pss_kg.cli import options
from pss_kg.cli.progress import Progress
from pss_kg.errors import UsageError

if TYPE_CHECKING:
    from pss_kg.triplestores.loading import Mode
    from pss_kg.triplestores.product import Endpoint, Scheme
    from pss_kg.workspace import Workspace


@click.command("load")
@click.option("--to", "name", metavar="PRODUCT", required=True, help="The triplestore: oxigraph, sparql …")
@click.option("--url", metavar="URL", help="Where the server is.")
@click.option("--query-url", metavar="URL", default="", help="Where it takes queries, if --url is not that.")
@click.option("--update-url", metavar="URL", default="", help="Where it takes SPARQL Update.")
@click.option("--gsp-url", metavar="URL", default="", help="Where it has the Graph Store Protocol.")
@click.option(
    "--graph", "graphs", multiple=True, metavar="NAME", help="This graph, not all but provenance. Repeatable."
)
@click.option(
    "--replace", "mode", flag_value="replace", default="replace", help="Graph by graph; the default."
)
@click.option("--append", "mode", flag_value="append", help="Add to what is in the graphs there.")
@click.option("--delete", "mode", flag_value="delete", help="Take the graphs away there.")
@click.option("--again", is_flag=True, help="Send graphs too that are there already.")
@click.option("--dry-run", is_flag=True, help="Ask and count, say what would be done, and change nothing.")
@click.option(
    "--bulk",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Write files and commands for the product's own loader instead.",
)
@click.option("--user", metavar="NAME", default="", help="The password is taken from the environment.")
@click.option(
    "--auth",
    "scheme",
    type=click.Choice(["basic", "digest", "bearer"]),
    help="Default: as the product has it.",
)
@click.option("--netrc", is_flag=True, help="Take user and password from ~/.netrc.")
@click.option(
    "--timeout", type=click.FloatRange(min=1), metavar="S", help="Seconds that the server may be silent."
)
@click.option(
    "--verify-sample",
    "sample",
    type=click.IntRange(min=0),
    metavar="N",
    default=100,
    show_default=True,
    help="Subjects of each graph to read back and compare. 0: count only.",
)
@options.workspace
@options.as_json
@click.pass_context
def command(
    ctx: click.Context,
    name: str,
    url: str | None,
    query_url: str,
    update_url: str,
    gsp_url: str,
    graphs: tuple[str, ...],
    mode: Mode,
    again: bool,
    dry_run: bool,
    bulk: Path | None,
    user: str,
    scheme: Scheme | None,
    netrc: bool,
    timeout: float | None,
    sample: int,
    root: Path,
    in_json: bool,
) -> None:
    """Put the graph into a triplestore, and prove that it arrived.

    Named graphs are sent one by one, and only those that changed since the last load. Then the
    server counts them, and a sample is read back and compared term by term.

    PSS_KG_<PRODUCT>_USER and _PASSWORD, or _TOKEN, hold credentials.

    \b
    Example:
      pss-kg load --to oxigraph --url http://127.0.0.1:7878
    """
    from pss_kg import plugins
    from pss_kg.workspace import Workspace, encode_pretty

    workspace = Workspace.open(root)
    if bulk is not None:
        if url or mode != "replace" or dry_run:
            raise UsageError("--bulk writes files and asks no server.", todo="Leave --url and modes out.")
        _write_bulk(workspace, name, bulk, graphs)
        return
    product = plugins.product(name)
    if not url:
        raise UsageError("--url is missing.", todo="Say where the server is, or write files with --bulk DIR.")
    from pss_kg.triplestores import loading, telling
    from pss_kg.triplestores.product import Endpoint

    endpoint = _with_credentials(
        Endpoint(
            url=url,
            query_url=query_url,
            update_url=update_url,
            gsp_url=gsp_url,
            user=user,
            scheme=scheme,
            netrc=netrc,
            timeout=timeout or 0.0,
        ),
        name,
    )
    with Progress() as progress:
        outcome = loading.load(
            workspace,
            product,
            endpoint,
            graphs=graphs,
            mode=mode,
            again=again,
            dry_run=dry_run,
            sample=sample,
            progress=progress if progress.wanted() else None,
        )
    click.echo(telling.text(outcome, product), err=True)
    if in_json:
        click.echo(encode_pretty(outcome), nl=False)
    ctx.exit(outcome.exit_code)


def _with_credentials(endpoint: Endpoint, name: str) -> Endpoint:
    """The endpoint with what the environment has. Raises UsageError for half of it."""
    import msgspec

    prefix = f"PSS_KG_{name.upper().replace('-', '_')}"
    user = endpoint.user or os.environ.get(f"{prefix}_USER", "")
    password = os.environ.get(f"{prefix}_PASSWORD", "")
    token = os.environ.get(f"{prefix}_TOKEN", "")
    if endpoint.netrc:
        return msgspec.structs.replace(endpoint, user="")
    if endpoint.scheme in ("basic", "digest"):
        token = ""
    if endpoint.scheme == "bearer" and not token:
        raise UsageError("there is no token.", where="--auth bearer", todo=f"Set {prefix}_TOKEN.")
    if user and not password and not token:
        raise UsageError(
            f"there is no password for {user!r}.", todo=f"Set {prefix}_PASSWORD, or use --netrc."
        )
    if password and not user:
        raise UsageError(
            "there is a password and no user.",
            where=f"{prefix}_PASSWORD",
            todo=f"Set {prefix}_USER, or --user.",
        )
    return msgspec.structs.replace(endpoint, user=user, password=password, token=token)


def _write_bulk(workspace: Workspace, name: str, folder: Path, graphs: tuple[str, ...]) -> None:
    from pss_kg import plugins
    from pss_kg.triplestores.graphs import graphs_of
    from pss_kg.workspace import storage_errors

    writer = plugins.bulk(name)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError("the folder is not empty.", where=str(folder), todo="Name a new one with --bulk.")
    chosen = graphs_of(workspace, graphs)
    with storage_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for line in writer.write(chosen, folder):
            click.echo(line)
