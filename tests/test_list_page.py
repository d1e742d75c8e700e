"""What docs/list.md shows is what happens.

`python tests/test_list_page.py` writes the outputs into the page anew; read the difference before
you keep it.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from test_readme import Shell, examples

PAGE = Path(__file__).resolve().parent.parent / "docs" / "list.md"


def said(shell: Shell, command: str) -> str:
    return shell.run(command).replace("\r", "")


def test_the_examples_give_what_the_page_shows(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    shell.run("pss-kg build examples")
    assert len(examples(PAGE)) >= 7
    for command, output in examples(PAGE):
        assert said(shell, command) == output, command


def test_every_option_of_list_is_on_the_page() -> None:
    from pss_kg.cli.info import command as plain
    from pss_kg.cli.list import FORMATS, command

    text = PAGE.read_text("utf-8")
    general = {option for parameter in plain.params for option in parameter.opts}
    named = {option for parameter in command.params for option in parameter.opts if option.startswith("--")}
    assert not {option for option in named - general - {"--output"} if f"`{option}" not in text}
    assert not {form for form in FORMATS if f"`{form}`" not in text}


def refresh() -> None:
    """Write the output of every example into the page."""
    with tempfile.TemporaryDirectory() as folder:
        shell = Shell(Path(folder))
        shell.run("pss-kg build examples")
        text = PAGE.read_text("utf-8")
        for command, output in examples(PAGE):
            text = text.replace(f"$ {command}\n{output}", f"$ {command}\n{said(shell, command)}", 1)
        PAGE.write_text(text, "utf-8")


if __name__ == "__main__":
    refresh()
