"""What every live service is: what it can be asked by, how many at once, and what it yields.

A service knows how to ask and how to read answers, and nothing of the walk: no threads, no
retries, no order of articles. It yields records. A list of citing articles or references that
the service gives apart from the article's own record is a record of its own (`listed`), so
that no reply depends on another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from pss_kg.http.asking import Access, Ask
from pss_kg.records import Identifiers, Note, Publication, Read, Reference

Identifier = tuple[str, str]
"""(scheme, normalised value): ("pmid", "32357127")."""


class Query(NamedTuple):
    """A search in a service's own syntax. since, until: `2020`, `2020-05` or `2020-05-01`, both
    included, "" = open; limit: records at most, 0 = all."""

    text: str
    since: str = ""
    until: str = ""
    limit: int = 0


@runtime_checkable
class Service(Protocol):
    """The contract of a live service. See docs/sources.md."""

    name: str
    """As in graph/source/<name>; the same as that of the source that reads its files."""

    title: str
    """For people: "Europe PMC"."""

    accesses: tuple[Access, ...]
    """The hosts that it asks; the first gives the service its name in settings."""

    schemes: tuple[str, ...]
    """Schemes of identifiers that it can be asked by, the best first. May hold one of its own
    (`europepmc`, `s2`, `omid`), which its records then have among their identifiers."""

    describes: int
    """Identifiers that one call of `describe` takes at most; 0 = it describes nothing."""

    cites: int
    """The same for `citing`; 0 = it does not know who cites."""

    refers: int
    """The same for `references`; 0 = its records hold their references already, or it has none."""

    searches: bool

    def describe(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
        """The records of those that it knows, each once, whatever else it sends with them."""
        ...

    def citing(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
        """Who cites them: for each a `listed` record with `cited_by`, also where nobody does, or
        whole records of the citing articles whose references name the cited ones, or both."""
        ...

    def references(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
        """What they cite: for each a `listed` record with `references`, also where there are none."""
        ...

    def search(self, query: Query, ask: Ask) -> Iterator[Read]:
        """The records that the query finds, in the service's order, at most `query.limit`."""
        ...


class Unasked:
    """What a service gives where it can't be asked (`cites` or `refers` is 0, `searches` is false):
    nothing. A base class for services, which define the rest themselves."""

    def citing(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
        """Nothing."""
        return iter(())

    def references(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
        """Nothing."""
        return iter(())

    def search(self, query: Query, ask: Ask) -> Iterator[Read]:
        """Nothing."""
        return iter(())


def values_of(wanted: Iterable[Identifier], scheme: str) -> list[str]:
    """The values of one scheme among identifiers, in their order and each once."""
    return list(dict.fromkeys(value for own, value in wanted if own == scheme))


def listed(
    source: str,
    record_id: str,
    identifiers: Identifiers,
    *,
    cited_by: Sequence[Reference] = (),
    references: Sequence[Reference] = (),
    notes: Sequence[Note] = (),
) -> Publication:
    """A list that stands apart from the record of its article: who cites it, or what it cites.

    `record_id` is the article's own id in the source followed by `/citations` or `/references`.
    Such a record describes nothing: main takes citations from it, and never a title.
    """
    return Publication(
        source=source,
        id=record_id,
        identifiers=identifiers,
        listing=True,
        cited_by=tuple(cited_by),
        references=tuple(references),
        notes=tuple(notes),
    )
