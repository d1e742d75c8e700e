"""The one place where errors become messages and exit codes."""

from __future__ import annotations

import errno
import io
import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, NoReturn

import click
from click.shell_completion import CompletionItem

from pss_kg.errors import PssKgError

FAILURE = 3
INTERRUPTED = 130
READER_GONE = 141
"""128 + SIGPIPE, what other programs end with when the reader of a pipe goes. Not 0: the
answer of `validate | head` must not turn into a clean yes."""


class ReaderGone(Exception):
    """Nobody reads our stdout any more: `pss-kg … | head`."""


class LazyGroup(click.Group):
    """A group that imports a command when it is called, and knows the exit codes."""

    def __init__(
        self, *args: Any, commands_module: str, summaries: Mapping[str, str], **settings: Any
    ) -> None:
        super().__init__(*args, **settings)
        self.commands_module = commands_module
        self.summaries = summaries

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.summaries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.summaries:
            return None
        command = import_module(f"{self.commands_module}.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(self.summaries.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Commands by their summaries, so that a <TAB> imports none of them; else options."""
        if incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        known = self.summaries.items()
        return [CompletionItem(name, help=text) for name, text in known if name.startswith(incomplete)]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in self.summaries and not name.startswith("-") and not ctx.resilient_parsing:
            raise click.UsageError(f"there is no command {name!r}.{did_you_mean(name, self.summaries)}", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            try:
                return super().invoke(ctx)
            finally:
                # What the stream still holds may fail to be written; better now than at exit.
                sys.stdout.flush()
        except BrokenPipeError:
            raise ReaderGone from None

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> NoReturn:
        """Run and leave with an exit code of docs/exit-codes.md."""
        given = list(sys.argv[1:] if args is None else args)
        if isinstance(sys.stdout, io.TextIOWrapper):
            # In a locale without UTF-8 a title must not end the program.
            sys.stdout.reconfigure(errors="backslashreplace")
        try:
            code = super().main(given, prog_name or "pss-kg", complete_var, standalone_mode=False, **extra)
            sys.exit(code if isinstance(code, int) else 0)
        except SystemExit:
            raise
        except ReaderGone:
            _drop_stdout()
            sys.exit(READER_GONE)
        except BaseException as error:
            if "--debug" in given:
                import traceback

                traceback.print_exception(error)
            sys.exit(_explain(error, given))


def did_you_mean(name: str, known: Mapping[str, str] | Sequence[str]) -> str:
    """` Did you mean 'x' or 'y'?`, or "" where nothing is near."""
    from difflib import get_close_matches

    near = get_close_matches(name, list(known), n=3, cutoff=0.5)
    return f" Did you mean {' or '.join(map(repr, near))}?" if near else ""


def _explain(error: BaseException, given: Sequence[str]) -> int:
    """Print what went wrong on stderr; the exit code."""
    if isinstance(error, PssKgError):
        _say(str(error))
        return error.exit_code
    if isinstance(error, click.ClickException):
        error.show()
        return error.exit_code
    if isinstance(error, click.Abort) and isinstance(error.__cause__, EOFError):
        error = error.__cause__  # Click takes an EOFError for Ctrl-D; nothing here asks at the terminal
    if isinstance(error, click.Abort | KeyboardInterrupt):
        _say("interrupted. What was finished before is kept. The same command goes on from there:")
        click.echo(f"  {shlex.join(['pss-kg', *given])}", err=True)
        return INTERRUPTED
    if isinstance(error, MemoryError):
        _say("memory ran out. Use fewer processes (--jobs 1) or a machine with more memory.")
        return FAILURE
    if isinstance(error, OSError):
        _drop_stdout()
        _say(_operating_system(error))
        return FAILURE
    kind = type(error).__name__
    _say(f"this is a bug in pss-kg ({kind}: {error}). Run it again with --debug and report what it prints.")
    return FAILURE


def _operating_system(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"{where or 'output: '}the disk is full. Free some space and run the same command again."
    return f"{where}{error.strerror or error}."


def _say(message: str) -> None:
    click.echo(f"pss-kg: {message}", err=True)


def _drop_stdout() -> None:
    """Point stdout at nothing, so that the interpreter's own flush at exit can't fail again."""
    try:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())
    except (OSError, ValueError):  # a stdout that is no file, as in tests, has nothing to drop
        return
