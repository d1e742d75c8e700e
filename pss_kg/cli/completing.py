"""What the shell may complete: commands, names of queries and of their parameters. No heavy imports."""

from __future__ import annotations

import re

import click
from click.shell_completion import CompletionItem

from pss_kg.resources import folder

_PARAMETER = re.compile(r"^#\+  (?: )?([a-z][a-z0-9_-]*):")


def query_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Queries of the library; where none fits, files."""
    del ctx, param
    names = sorted(path.stem for path in folder("queries").rglob("*.rq"))
    fitting = [CompletionItem(name) for name in names if name.startswith(incomplete)]
    return fitting or [CompletionItem(incomplete, type="file")]


def query_parameters(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """`name=` for the parameters of the query that was named before."""
    del param
    # With -p still waiting for its value, click leaves the name among the arguments.
    name = ctx.params.get("name") or next(iter(ctx.args), "")
    path = next((path for path in folder("queries").rglob("*.rq") if path.stem == name), None)
    if path is None:
        return []
    found, inside = [], False
    for line in path.read_text("utf-8").splitlines():
        if not line.startswith("#+"):
            break
        if re.match(r"^#\+ ?[a-z_]+:", line):
            inside = "parameters:" in line
        elif inside and (match := _PARAMETER.match(line)):
            found.append(f"{match[1]}=")
    return [CompletionItem(name) for name in found if name.startswith(incomplete)]
