"""What the README shows is what happens.

`python tests/test_readme.py` writes the outputs into the README anew; read the difference before
you keep it.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
README = CHECKOUT / "README.md"
LOCAL_LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
SECONDS = re.compile(r"\d+\.\d s\b")  # the one thing that differs between runs


def command_behind(name: str) -> str:
    match = re.search(rf"<!-- command: {name} -->\n```sh\n(.*)\n```", README.read_text("utf-8"))
    assert match, f"the README has no command {name!r} on one line"
    return match[1]


def examples(page: Path = README) -> list[tuple[str, str]]:
    """(command, output) of every `console` block of a page, in order. They build on each other."""
    found = []
    for block in re.findall(r"```console\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


class Shell:
    """Runs commands in one folder, where `pss-kg` is this checkout's and the terminal has 100 columns."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "bin").mkdir()
        program = folder / "bin" / "pss-kg"
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m pss_kg "$@"\n')
        program.chmod(0o755)
        (folder / "examples").symlink_to(CHECKOUT / "examples")
        self.environment = {
            "PATH": f"{folder / 'bin'}:/usr/local/bin:/usr/bin:/bin",
            "PYTHONPATH": str(CHECKOUT),
            "COLUMNS": "100",
            "LANG": "C.UTF-8",
        }

    def run(self, command: str) -> str:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
        )
        said = done.stdout.decode("utf-8")
        assert done.returncode == 0, said
        return SECONDS.sub("0.0 s", said)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_the_worked_example_gives_what_the_readme_shows(shell: Shell) -> None:
    assert len(examples()) >= 8
    for command, output in examples():
        assert shell.run(command) == SECONDS.sub("0.0 s", output), command


def test_the_main_command_prints_a_table(shell: Shell) -> None:
    setup, ours = command_behind("run").split(" && .venv/bin/pss-kg ", 1)
    assert setup == "python3 -m venv .venv && .venv/bin/pip install -q ."
    said = shell.run("pss-kg " + ours.replace(".venv/bin/", ""))
    assert re.search(r"^pmid-32357127 .* 5$", said, re.MULTILINE)


def test_the_test_command_sets_up_and_runs_pytest() -> None:
    command = command_behind("test")
    assert command.startswith("python3 -m venv .venv && ")
    assert command.endswith(".venv/bin/pytest -q")


def test_every_command_is_in_the_readme() -> None:
    from pss_kg.cli import COMMANDS

    for name in COMMANDS:
        assert f"| `pss-kg {name}" in README.read_text("utf-8")


@pytest.mark.parametrize(
    "page", [README, *sorted((CHECKOUT / "docs").glob("*.md"))], ids=lambda path: str(path.name)
)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    for target in LOCAL_LINK.findall(page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def refresh() -> None:
    """Write the output of every example into the README."""
    with tempfile.TemporaryDirectory() as folder:
        shell = Shell(Path(folder))
        text = README.read_text("utf-8")
        for command, output in examples():
            text = text.replace(f"$ {command}\n{output}", f"$ {command}\n{shell.run(command)}", 1)
        README.write_text(text, "utf-8")


if __name__ == "__main__":
    refresh()
