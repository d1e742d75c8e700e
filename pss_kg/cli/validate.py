"""`pss-kg validate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from pss_kg.cli import colours, options
from pss_kg.cli.progress import Progress

if TYPE_CHECKING:
    from pss_kg.validation import Finding, Naming, Outcome


@click.command("validate")
@click.argument("files", nargs=-1, metavar="[FILE...]", type=click.Path(path_type=Path))
@options.workspace
@click.option(
    "--shapes",
    multiple=True,
    metavar="PATH",
    help="A file or folder of shapes, in place of ours. May be repeated.",
)
@click.option(
    "--engine",
    type=click.Choice(["auto", "pyshacl", "fast"]),
    help="What runs the shapes. auto: pyshacl for small graphs, fast for large ones.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["violation", "warning", "info"]),
    default="violation",
    show_default=True,
    help="The severity from which the exit code is 1.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "csv", "json", "turtle", "junit", "html"]),
    default="text",
    show_default=True,
)
@options.jobs
@options.as_json
@click.pass_context
def command(
    ctx: click.Context,
    files: tuple[Path, ...],
    root: Path,
    shapes: tuple[str, ...],
    engine: str | None,
    fail_on: str,
    form: str,
    jobs: int | None,
    in_json: bool,
) -> None:
    """Check the graph, or RDF files, against SHACL shapes.

    Without FILE, --shapes and --engine it shows the report of the last build, from before
    records went to quarantine. With one of them it runs anew; --jobs counts for a large graph and
    our shapes. The exit code is 1 if something is as grave as --fail-on.

    The text shows a few articles of each rule that was broken, and counts the others. The formats
    csv, json and turtle have every result.

    \b
    Example:
      pss-kg validate graph.ttl --fail-on warning --format json
      pss-kg validate --format csv > findings.csv
    """
    from pss_kg import validation

    if files:
        report = _of_files(files, shapes, engine or "auto")
    else:
        report = _of_workspace(root, shapes, engine, jobs)
    for said in (*report.run.left_out, *report.run.slowly) if report.run else ():
        click.echo(f"pss-kg: {said}", err=True)
    if in_json or form == "json":
        text = validation.report_json(report.findings, report.run)
    elif form == "csv":
        text = validation.report_csv(report.findings, report.naming)
    elif form == "turtle":
        text = validation.report_turtle(report.findings)
    elif form == "junit":
        text = validation.report_junit(report.findings, report.naming, fail_on)
    elif form == "html":
        text = validation.report_html(report.findings, report.naming)
    else:
        text = colours.findings(validation.describe(report.findings, report.naming))
    click.echo(text, nl=False)
    ctx.exit(1 if validation.exceeds(report.findings, fail_on) else 0)


class _Report(NamedTuple):
    """What was found, names for it, and how the run went; None where the last build ran it."""

    findings: list[Finding]
    naming: Naming
    run: Outcome | None


def _of_files(files: tuple[Path, ...], shapes: tuple[str, ...], engine: str) -> _Report:
    """Each file is a data graph of its own; the findings are put together."""
    from pss_kg import validation

    chosen = validation.Shapes.load([Path(path) for path in shapes] or None)
    outcomes = [validation.validate_file(path, chosen, engine) for path in files]
    whole = validation.Outcome(
        findings=validation.merged(finding for outcome in outcomes for finding in outcome),
        engine=outcomes[0].engine,
        not_run=max(outcome.not_run for outcome in outcomes),
        left_out=tuple(dict.fromkeys(said for outcome in outcomes for said in outcome.left_out)),
        slowly=tuple(dict.fromkeys(said for outcome in outcomes for said in outcome.slowly)),
    )
    text = "".join(validation.ntriples(path) for path in files) if whole.findings else ""
    return _Report(whole.findings, validation.naming_from_triples(text), whole)


def _of_workspace(root: Path, shapes: tuple[str, ...], engine: str | None, jobs: int | None) -> _Report:
    """The last build's report, or a run anew where shapes or an engine are named."""
    from pss_kg.pipeline.validating import validate_workspace
    from pss_kg.stages import naming, reports
    from pss_kg.workspace import Workspace

    workspace = Workspace.open(root)
    stored = None if shapes or engine else reports.stored(workspace)
    if stored:
        return _Report(stored.findings, naming.naming_of(workspace, stored.findings), None)
    with Progress() as progress:
        shown = progress if progress.wanted() else None
        run = validate_workspace(workspace, shapes, engine or "auto", jobs=jobs, progress=shown)
    return _Report(run.findings, naming.naming_of(workspace, run.findings), run)
