"""Sources of other packages, whose faults are told as their own and not as pss-kg's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, NamedTuple, ParamSpec

from pss_kg.errors import PluginError, PssKgError
from pss_kg.http.asking import Ask, Stopped
from pss_kg.records import Read
from pss_kg.sources.base import Input, Source
from pss_kg.sources.service import Identifier, Query, Service

P = ParamSpec("P")


class Origin(NamedTuple):
    """Where a plug-in comes from: the name of its package, and package and entry point in words."""

    package: str
    where: str

    def error(self, what: str) -> PluginError:
        """The error that tells what is wrong with the plug-in."""
        todo = f"Update {self.package}, or remove it: pip uninstall {self.package}"
        return PluginError(what, where=self.where, todo=todo)

    def checked(self, name: str, records: Iterable[Read], doing: str) -> Iterator[Read]:
        """The records as they come.

        Raises PluginError for an error that is none of pss-kg's, and for a record that bears
        another source's name: it would stand in that source's graph.
        """
        try:
            for record in records:
                if record.source != name:
                    raise self.error(f"the plug-in {name!r} gave a record of the source {record.source!r}.")
                yield record
        except (PssKgError, Stopped):
            raise
        except Exception as error:
            raise self.error(f"the plug-in failed {doing} ({said(error)}).") from error


def _called(method: Callable[P, Iterable[Read]], *args: P.args, **named: P.kwargs) -> Iterator[Read]:
    """Calls the method when the first record is wanted: the call itself may fail as well."""
    yield from method(*args, **named)


def said(error: BaseException) -> str:
    """An error of a plug-in on one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())


class GuardedSource:
    """A plug-in's source of files."""

    def __init__(self, origin: Origin, source: Source) -> None:
        self._origin = origin
        self._source = source
        self.name = source.name
        self.title = source.title

    def detect(self, head: bytes, name: str) -> bool:
        """As the plug-in says. Raises PluginError where it raises anything."""
        try:
            return bool(self._source.detect(head, name))
        except Exception as error:
            raise self._origin.error(f"the plug-in failed at {name} ({said(error)}).") from error

    def read(self, stream: IO[bytes], given: Input) -> Iterator[Read]:
        """The plug-in's records. Raises PluginError as `Origin.checked` does."""
        return self._origin.checked(self.name, _called(self._source.read, stream, given), f"at {given.name}")


class GuardedService:
    """A plug-in's live service."""

    def __init__(self, origin: Origin, service: Service) -> None:
        self._origin = origin
        self._service = service
        self.name = service.name
        self.title = service.title
        self.accesses = service.accesses
        self.schemes = service.schemes
        self.describes = service.describes
        self.cites = service.cites
        self.refers = service.refers
        self.searches = service.searches

    def describe(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
        """The plug-in's records. Raises PluginError as `Origin.checked` does; so do the others."""
        return self._origin.checked(self.name, _called(self._service.describe, wanted, ask), "in describe")

    def citing(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
        return self._origin.checked(self.name, _called(self._service.citing, wanted, ask), "in citing")

    def references(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
        return self._origin.checked(
            self.name, _called(self._service.references, wanted, ask), "in references"
        )

    def search(self, query: Query, ask: Ask) -> Iterator[Read]:
        return self._origin.checked(self.name, _called(self._service.search, query, ask), "in search")
