"""`pss-kg quarantine`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pss_kg.cli import options
from pss_kg.cli.progress import Progress

if TYPE_CHECKING:
    from pss_kg.quarantine import Held
    from pss_kg.workspace import Workspace


@click.command("quarantine")
@click.argument("action", type=click.Choice(["list", "explain", "retry"]), default="list", required=False)
@click.argument("identifier", metavar="[ID]", required=False)
@options.workspace
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@options.jobs
@click.option("--no-store", is_flag=True, help="retry: leave out the store; the first query makes it.")
@click.pass_context
def command(
    ctx: click.Context,
    action: str,
    identifier: str | None,
    root: Path,
    form: str,
    jobs: int | None,
    no_store: bool,
) -> None:
    """List, explain or retry records that are not published.

    list, the default, gives each record and the reason. explain says of one what is wrong, in
    which field, how to mend it, and shows what was read; ID is the name in the list, a PMID or a
    DOI. retry reads the files of unusable records again, if they are still there, and judges the
    others anew; its exit code is 4 if something stays in quarantine.

    \b
    Example:
      pss-kg quarantine explain pubmed/99000003
    """
    import msgspec

    from pss_kg import quarantine
    from pss_kg.workspace import Workspace

    if (action == "explain") != (identifier is not None):
        raise click.UsageError("explain takes one ID, list and retry take none.", ctx)
    if action == "retry":
        ctx.exit(_retry(root, jobs, not no_store))
    workspace = Workspace.open(root)
    found = quarantine.find(workspace, identifier) if identifier else quarantine.listed(workspace)
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2))
        return
    if identifier:
        click.echo("\n\n".join(_explained(workspace, held) for held in found))
        return
    for held in found:
        place = f" ({held.where})" if held.where else ""
        click.echo(f"{held.name}  {held.title or 'no title'}: {held.reason}{place}")
    click.echo(f"pss-kg: {_records(len(found))} in quarantine.", err=True)


def _explained(workspace: Workspace, held: Held) -> str:
    from pss_kg import quarantine
    from pss_kg.stages.naming import naming_of
    from pss_kg.validation import describe

    lines = [f"{held.name}  {held.title or 'no title'}"]
    if held.findings:
        lines += ["", describe(held.findings, naming_of(workspace, held.findings)).rstrip("\n")]
    else:
        lines += ["", f"It could not be used: {held.reason}"]
        if held.field:
            lines.append(f"  Field: {held.field}")
        lines.append("  To mend it: Correct the file, then run `pss-kg quarantine retry`.")
    if held.where:
        lines += ["", f"Read from {held.where}"]
    if held.excerpt:
        lines += ["", "As received:", _indented(held.excerpt)]
    for origin in quarantine.origins(workspace, held):
        lines += ["", f"Read from {origin.path}", "", "As read:", _indented(origin.excerpt)]
    return "\n".join(lines)


def _retry(root: Path, jobs: int | None, store: bool) -> int:
    """Try again, and say what came of it; the exit code."""
    from pss_kg import quarantine

    with Progress() as progress:
        done = quarantine.retry(
            root, jobs=jobs, store=store, progress=progress if progress.wanted() else None
        )
    if not done.before:
        click.echo("pss-kg: nothing to retry: no record is in quarantine.", err=True)
        return 0
    for path in done.read:
        click.echo(f"pss-kg: {path}: read again.", err=True)
    for path, why in done.left:
        click.echo(f"pss-kg: {path}: not read again: {why}", err=True)
    click.echo(f"pss-kg: {_records(done.before)} in quarantine before, {done.after:,} now.", err=True)
    return 4 if done.after or done.left else 0


def _records(number: int) -> str:
    return "1 record" if number == 1 else f"{number:,} records"


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
