"""Options that several commands share, and how their values are read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from pss_kg.errors import BadParameter

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def debug(function: Decorated) -> Decorated:
    """`--debug`. The group looks for it, so the command gets no argument."""
    return click.option("--debug", is_flag=True, expose_value=False, help="Show the traceback of an error.")(
        function
    )


def workspace(function: Decorated) -> Decorated:
    """`--kg DIR` as `root: Path`, and `--debug`."""
    option = click.option(
        "--kg",
        "root",
        metavar="DIR",
        type=click.Path(path_type=Path),
        default=Path("kg"),
        envvar="PSS_KG_DIR",
        show_default="./kg",
        show_envvar=True,
        help="The workspace folder.",
    )
    return option(debug(function))


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
