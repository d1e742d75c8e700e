"""Options that several commands share, and how their values are read."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from pss_kg.errors import BadParameter

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def debug(function: Decorated) -> Decorated:
    """`--quiet`, `--color` and `--debug`, which every command takes and no command sees."""
    quiet = click.option(
        "-q",
        "--quiet",
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=_hush,
        help="Say nothing on stderr but errors.",
    )
    color = click.option(
        "--color",
        type=click.Choice(["auto", "never", "always"]),
        default="auto",
        expose_value=False,
        is_eager=True,
        callback=_colour,
        help="Colours. auto: on a terminal, unless NO_COLOR is set.",
    )
    traceback = click.option(
        "--debug", is_flag=True, expose_value=False, help="Show the traceback of an error."
    )
    return quiet(color(traceback(function)))


def _hush(ctx: click.Context, _: click.Parameter, quiet: bool) -> None:
    """Send stderr nowhere until the command ends; its error is printed after that."""
    if quiet and not ctx.resilient_parsing:
        before, sys.stderr = sys.stderr, open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115

        def restore() -> None:
            sys.stderr.close()
            sys.stderr = before

        ctx.call_on_close(restore)


def _colour(ctx: click.Context, _: click.Parameter, wanted: str) -> None:
    """Set what click.echo goes by: None = where the stream is a terminal (no-color.org, TERM)."""
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    ctx.color = {"always": True, "never": False}.get(wanted, False if plain else None)


def workspace(function: Decorated) -> Decorated:
    """`--kg DIR` as `root: Path`, and what `debug` adds. The workspace's config.toml gives defaults."""
    option = click.option(
        "--kg",
        "root",
        metavar="DIR",
        type=click.Path(path_type=Path),
        default=Path("kg"),
        envvar="PSS_KG_DIR",
        show_default="./kg",
        show_envvar=True,
        is_eager=True,  # before the options that config.toml has defaults for
        callback=_configured,
        help="The workspace folder.",
    )
    return option(debug(function))


def _configured(ctx: click.Context, _: click.Parameter, root: Path) -> Path:
    path = root / "config.toml"
    if not ctx.resilient_parsing and ctx.command.name and path.is_file():
        from pss_kg.cli.config import defaults

        ctx.default_map = defaults(path, ctx.command.name)
    return root


def jobs(function: Decorated) -> Decorated:
    """`--jobs N`: the number of processes."""
    return click.option(
        "--jobs",
        type=click.IntRange(min=1),
        metavar="N",
        envvar="PSS_KG_JOBS",
        show_envvar=True,
        help="Processes to use. Default: one for each processor.",
    )(function)


def as_json(function: Decorated) -> Decorated:
    """`--json` as `in_json: bool`: a summary that programs read, on stdout."""
    return click.option("--json", "in_json", is_flag=True, help="Print the summary as JSON on stdout.")(
        function
    )


def no_store(function: Decorated) -> Decorated:
    """`--no-store` as `no_store: bool`, of commands that change the graph."""
    return click.option("--no-store", is_flag=True, help="Leave out the store; the first query makes it.")(
        function
    )


def parameters(given: Iterable[str]) -> dict[str, str]:
    """`name=value` pairs as a dict. A value may hold `=`, and may be empty.

    Raises BadParameter for one without `=` or name, and for a name given twice.
    """
    values: dict[str, str] = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        name = name.strip()
        if not equals or not name:
            raise BadParameter(
                f"{pair!r} is not of the form name=value.", where="-p", todo="Write -p limit=10."
            )
        if name in values:
            raise BadParameter(f"the parameter {name!r} is given twice.", where="-p", todo="Give it once.")
        values[name] = value
    return values
