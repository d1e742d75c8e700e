"""`pss-kg completion`."""

from __future__ import annotations

import click

from pss_kg.cli import options

VARIABLE = "_PSS_KG_COMPLETE"
"""The environment variable that a script sets to ask for completions; click's rule for the name."""


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@options.debug
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the script that completes commands in a shell.

    It completes commands, options, formats, names of queries and of their parameters. Put the
    example's line into ~/.bashrc (zsh: ~/.zshrc); for fish, write the script to
    ~/.config/fish/completions/pss-kg.fish.

    \b
    Example:
      pss-kg completion bash > pss-kg.bash && . ./pss-kg.bash
    """
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(ctx.find_root().command, {}, "pss-kg", VARIABLE).source())
