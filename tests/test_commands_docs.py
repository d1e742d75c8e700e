"""docs/commands/ says what the commands say, and the examples in help are commands that parse."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from types import ModuleType

import click
import pytest
from click.testing import CliRunner
from loaded_scripts import script

from pss_kg.cli import COMMANDS, main

CHECKOUT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    return script("make_command_docs")


def test_the_pages_are_those_of_the_commands(maker: ModuleType) -> None:
    made = maker.pages()
    found = {path.name: path.read_text("utf-8") for path in maker.FOLDER.glob("*.md")}
    wrong = sorted(name for name in {*made, *found} if made.get(name) != found.get(name))
    assert not wrong, "run python scripts/make_command_docs.py"


def examples(name: str) -> list[list[str]]:
    """The command lines under "Example:" in the help of a command, in words."""
    page = CliRunner().invoke(main, [name, "--help"] if name else ["--help"], terminal_width=200).stdout
    lines = re.split(r"Examples?:\n", page)[1].split("\n\n")[0].splitlines()
    parts = [part for line in lines for part in re.split(r" (?:&&|\||>) ", line)]
    return [shlex.split(part) for part in parts if part.strip().startswith("pss-kg ")]


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_the_example_in_the_help_parses(name: str) -> None:
    lines = examples(name)
    assert lines
    for _, called, *arguments in lines:
        with click.Context(main, info_name="pss-kg") as ctx:
            command = main.get_command(ctx, called)
            assert command is not None
            if isinstance(command, click.Group):
                continue
            command.make_context(called, arguments, parent=ctx).close()
    assert not name or any(called == name for _, called, *_ in lines)
