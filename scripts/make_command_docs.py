"""Writes docs/commands/: one page a command, from the command's own help.

    python scripts/make_command_docs.py

tests/test_commands_docs.py compares the pages with the commands.
"""

from __future__ import annotations

import os
from pathlib import Path

import click

from pss_kg.cli import COMMANDS, main

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "commands"
WIDTH = 100


def page(name: str) -> str:
    """The page of one command."""
    with click.Context(main, info_name="pss-kg", **main.context_settings) as parent:
        command = main.get_command(parent, name)
        assert command is not None
        with click.Context(command, info_name=name, parent=parent, terminal_width=WIDTH) as ctx:
            text = "\n".join(line.rstrip() for line in command.get_help(ctx).splitlines())
    return f"# pss-kg {name}\n\n```text\n{text}\n```\n"


def index() -> str:
    """The list of all commands."""
    rows = "".join(f"| [`pss-kg {name}`]({name}.md) | {text} |\n" for name, text in COMMANDS.items())
    return (
        "# The commands\n\nThese pages are what `pss-kg COMMAND --help` prints.\n\n"
        f"| command | does |\n|---|---|\n{rows}"
    )


def pages() -> dict[str, str]:
    """File name -> text, of every page."""
    os.environ.pop("PSS_KG_DIR", None)
    return {"index.md": index(), **{f"{name}.md": page(name) for name in COMMANDS}}


def write() -> None:
    """Write all pages, and remove those of commands that are no more."""
    FOLDER.mkdir(exist_ok=True)
    made = pages()
    for path in FOLDER.glob("*.md"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
