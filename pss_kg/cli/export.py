"""`pss-kg export`."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from pss_kg.cli import options
from pss_kg.errors import NotFound, UsageError

if TYPE_CHECKING:
    from pss_kg.export import Written
    from pss_kg.workspace import Workspace

_FORMATS = ["n-quads", "trig", "n-triples", "turtle", "json-ld", "json-ld-framed", "rdf-xml"]


@click.command("export")
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    help="Default: what the name of FILE says; on stdout n-quads, and turtle with --query.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Where to write; .gz or .zst at the end compresses. Default: stdout.",
)
@click.option(
    "--graph", "graphs", multiple=True, metavar="NAME", help="This graph, not the usual ones. Repeatable."
)
@click.option(
    "--publication",
    "publications",
    multiple=True,
    metavar="ID",
    help="What the graph says of this publication alone, by any identifier. Repeatable.",
)
@click.option("--source", metavar="NAME", help="This source's records alone and whole, mapped anew.")
@click.option("--query", metavar="NAME|FILE", help="The triples that a CONSTRUCT or DESCRIBE makes.")
@click.option(
    "-p",
    "--parameter",
    "given",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter of the query. Repeatable.",
)
@click.option("--canonical", is_flag=True, help="RDFC-1.0: lines sorted, each once (n-quads, n-triples).")
@options.workspace
@click.pass_context
def command(
    ctx: click.Context,
    form: str | None,
    output: Path | None,
    graphs: tuple[str, ...],
    publications: tuple[str, ...],
    source: str | None,
    query: str | None,
    given: tuple[str, ...],
    canonical: bool,
    root: Path,
) -> None:
    """Write the graph in an RDF format.

    n-quads and trig hold every graph but provenance, the other formats graph/main. json-ld-framed
    is one JSON document a line, each a publication as a tree. The same graph gives the same bytes.

    \b
    Example:
      pss-kg export -o kg.ttl.gz
    """
    from pss_kg import export
    from pss_kg.workspace import Workspace

    _check(query, given, graphs, publications, source)
    to_stdout = output is None or str(output) == "-"
    if form is None and not to_stdout and output is not None:
        form = export.format_of(output.name)
    form = form or ("n-quads" if canonical or not query else "turtle")
    export.check_together(form, export.Selection(graphs), canonical)
    workspace = Workspace.open(root)

    def written(write: Callable[[IO[bytes]], Written]) -> Written:
        if to_stdout or output is None:
            return write(sys.stdout.buffer)
        return export.to_file(output, write)

    chosen = export.Selection(graphs, _keys(workspace, publications))
    if query:
        rows = _rows(workspace, query, options.parameters(given))
        result = written(
            lambda out: export.export_triples(rows, workspace.base, form, out, canonical=canonical)
        )
    else:
        with _workspace(workspace, source) as exported:
            result = written(lambda out: export.export(exported, form, out, chosen, canonical=canonical))
    if not to_stdout:
        what = "documents" if form == "json-ld-framed" else "statements"
        what = what[:-1] if result.statements == 1 else what
        click.echo(f"pss-kg: {result.statements:,} {what} written to {output}.", err=True)
    if result.left_out:
        verb = "statement was" if result.left_out == 1 else "statements were"
        click.echo(
            f"pss-kg: {result.left_out:,} {verb} left out: XML can't hold control characters. "
            f"The first is about {result.first_left_out}. Write turtle to have them all.",
            err=True,
        )
        ctx.exit(4)


def _check(
    query: str | None,
    given: tuple[str, ...],
    graphs: tuple[str, ...],
    publications: tuple[str, ...],
    source: str | None,
) -> None:
    if given and not query:
        raise UsageError("-p is a parameter of a query, and there is none.", todo="Name one with --query.")
    others = {"--graph": graphs, "--publication": publications, "--source": source}
    for name, value in others.items():
        if query and value:
            raise UsageError(
                f"--query and {name} exclude one another: a query says itself what it reads.",
                todo=f"Leave {name} out, or let the query pick.",
            )


def _keys(workspace: Workspace, publications: tuple[str, ...]) -> tuple[str, ...]:
    """The keys of the publications that these identifiers name."""
    if not publications:
        return ()
    from pss_kg import store
    from pss_kg.iris import Iris

    iris = Iris(workspace.base)
    index = store.ensure(workspace)
    keys = []
    for text in publications:
        iri = store.find_publication(index, iris, text)
        if not iri:
            raise NotFound(
                f"no publication {text!r} is in the graph.",
                todo="`pss-kg query find-by-title -p words=…` looks for words of a title.",
            )
        keys.append(iri.removeprefix(iris.publication_base))
    return tuple(keys)


def _rows(workspace: Workspace, name: str, values: dict[str, str]) -> list[tuple[object, ...]]:
    """The triples of a query's answer, sorted."""
    from pss_kg import querying, store
    from pss_kg.iris import Iris

    query = querying.load(name, sys.stdin.read() if name == "-" else None)
    result = querying.run(store.ensure(workspace), query, values, Iris(workspace.base))
    if result.kind != "graph":
        raise UsageError(
            f"the query {query.name!r} makes no triples.",
            where="--query",
            todo="Use CONSTRUCT or DESCRIBE; `pss-kg query` prints the rows of a SELECT.",
        )
    return result.rows


@contextlib.contextmanager
def _workspace(workspace: Workspace, source: str | None) -> Iterator[Workspace]:
    """The workspace, or a temporary one of one source's records."""
    if source is None:
        yield workspace
        return
    from pss_kg.pipeline import one_source

    with one_source.mapped(workspace, source) as alone:
        yield alone
