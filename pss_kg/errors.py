"""The exception tree. Every error says what is wrong, where, and what to do.

    PssKgError                 exit 3, unless a subclass says otherwise
    ├── UsageError             2   a wrong option, parameter or name
    │   ├── UnknownQuery       2   no query of that name
    │   └── BadParameter       2   a query parameter that is missing, unknown or of the wrong type
    ├── NotFound               1   a clean no: nothing of that identifier is in the graph
    ├── InputError             3   a file that can't be used at all
    │   ├── UnreadableInput    3   missing, no permission, empty, not what its name says
    │   ├── UnknownFormat      3   readable, but no source knows it
    │   └── DamagedInput       3   whole records up to a point, then damage (4 when something was read)
    ├── ServiceError           3   a service that can't be asked, or answers nonsense (4 when others could)
    ├── PluginError            3   an installed plug-in that can't be used
    ├── WorkspaceError         3   no workspace, a newer one, a read-only folder, a full disk
    │   └── WorkspaceBusy      3   another process writes to it
    ├── GraphError             3   an RDF file that can't be parsed
    └── LintError              3   an undeclared term was used

The library knows nothing of the command line; the command line turns these into messages
and exit codes.
"""

from __future__ import annotations


class PssKgError(Exception):
    """Base of all errors that pss-kg raises on purpose.

    `what` is the sentence that names the problem, `where` the file, line, record or URL,
    and `todo` what the reader can do about it.
    """

    exit_code = 3

    def __init__(self, what: str, *, where: str = "", todo: str = "") -> None:
        super().__init__(what, where, todo)
        self.what = what
        self.where = where
        self.todo = todo

    def __str__(self) -> str:
        head = f"{printable(self.where)}: {self.what}" if self.where else self.what
        return f"{head} {self.todo}".rstrip() if self.todo else head

    def __reduce__(self) -> tuple[object, ...]:
        # Keyword-only arguments do not survive pickling between processes by default.
        return (_rebuild, (type(self), self.what, self.where, self.todo))


def printable(text: str) -> str:
    """The text with line breaks, escapes and bytes that are no UTF-8 shown as `\\n`, `\\x1b`, `\\udcff`.

    For names of files, which may hold anything, where they are printed or written down.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def _rebuild(kind: type[PssKgError], what: str, where: str, todo: str) -> PssKgError:
    return kind(what, where=where, todo=todo)


class UsageError(PssKgError):
    """A wrong option, parameter or name."""

    exit_code = 2


class UnknownQuery(UsageError):
    """No query of that name."""


class BadParameter(UsageError):
    """A query parameter that is missing, unknown or of the wrong type."""


class NotFound(PssKgError):
    """A clean no: nothing of that identifier is in the graph."""

    exit_code = 1


class InputError(PssKgError):
    """An input file that can't be used at all."""


class UnreadableInput(InputError):
    """Missing, no permission, empty, or not what its name says."""


class UnknownFormat(InputError):
    """A readable file that no source knows."""


class DamagedInput(InputError):
    """Whole records up to a point, then damage. What came before the damage is kept."""


class ServiceError(PssKgError):
    """A service that can't be reached, refuses, or answers with what was not asked for.

    `where` is the service and the URL, without keys.
    """


class PluginError(PssKgError):
    """An installed plug-in that can't be used. `where` names its package and entry point."""


class WorkspaceError(PssKgError):
    """No workspace, one of a newer version, a read-only folder or a full disk."""


class WorkspaceBusy(WorkspaceError):
    """Another process writes to this workspace."""


class GraphError(PssKgError):
    """An RDF file that can't be parsed, or a graph file that is not as the manifest says."""


class LintError(PssKgError):
    """A class or property that no ontology declares."""
