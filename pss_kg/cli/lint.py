"""`pss-kg lint`."""

from __future__ import annotations

from pathlib import Path

import click

from pss_kg.cli import options


@click.command("lint")
@click.argument("files", nargs=-1, metavar="[FILE...]", type=click.Path(path_type=Path))
@options.workspace
def command(files: tuple[Path, ...], root: Path) -> None:
    """Find classes and properties that no ontology declares.

    Looks at the graph, or at RDF files and SPARQL queries (.rq, .sparql), and names the nearest
    declared term. The exit code is 3 if something is not declared.

    \b
    Example:
      pss-kg lint graph.ttl my-query.rq
    """
    from pss_kg import lint
    from pss_kg.errors import LintError
    from pss_kg.workspace import Workspace

    usage: lint.Usage = {}
    if files:
        for path in files:
            if path.suffix in (".rq", ".sparql"):
                lint.merge(usage, lint.count_query(path.read_text(encoding="utf-8"), str(path)))
            else:
                lint.merge(usage, lint.count_file(path))
    else:
        workspace = Workspace.open(root)
        for path in workspace.shard_paths():
            with open(path, "rb") as lines:
                lint.merge(usage, lint.count_lines(lines, str(path)))
    found = lint.undeclared(usage)
    if found:
        click.echo(lint.format_text(found).rstrip("\n"))
        raise LintError(
            f"{len(found):,} {'term is' if len(found) == 1 else 'terms are'} not declared.",
            where=", ".join(map(str, files)) or str(root),
            todo="Correct the spelling, or declare the term in ontology/.",
        )
    click.echo(f"pss-kg: {len(usage):,} terms in use, each is declared.", err=True)
