"""OpenAlex, live: works by id in batches, who cites them, and a search.

Documentation: https://developers.openalex.org. Up to 100 values with `|` in a filter, 100
results a page, cursors of any length, 100 requests a second. The first line of a request is
4,094 bytes at most. A key is needed since 13 February 2026 for more than a few requests a day;
it is free (https://openalex.org/settings/api).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from pss_kg.http.asking import Access, Ask, BadReply, Reply, Request
from pss_kg.identifiers import normalise_openalex
from pss_kg.records import Publication, Read
from pss_kg.sources.json_values import object_of, objects, text, whole_number
from pss_kg.sources.openalex import complaint
from pss_kg.sources.openalex_record import SOURCE, authors_cut, read_work
from pss_kg.sources.paging import Page, answer_of, batches, walk
from pss_kg.sources.service import Identifier, Query, Unasked, values_of

_VALUES = 50
_PAGE = "100"
_ROOM = 3000  # of 4,094 bytes; the rest is for the other parameters, key and cursor
_SYNTAX = ",|"  # a value that holds one of these can't stand in a filter
_FILTERS = {"openalex": "openalex", "doi": "doi", "pmid": "pmid", "pmcid": "pmcid"}


class OpenAlexService(Unasked):
    """The service `openalex`. Its records hold their references."""

    name: str = SOURCE
    title = "OpenAlex"
    accesses: tuple[Access, ...] = (
        Access(
            name="openalex",
            title="OpenAlex",
            url="https://api.openalex.org",
            rate=10.0,
            concurrency=4,
            rate_with_key=100.0,
            key=("param", "api_key"),
            contact=("mailto",),
            documented="https://developers.openalex.org/api-reference/authentication",
        ),
    )
    schemes: tuple[str, ...] = ("openalex", "doi", "pmid", "pmcid")
    describes = _VALUES
    cites = _VALUES
    refers = 0  # the records hold their references
    searches = True

    def describe(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
        """The works with these identifiers, each once.

        An OpenAlex id that a filter does not find may have been merged into another work, which
        its own address leads to: that work is given with the old id among its identifiers.
        """
        seen: set[str] = set()
        for scheme, name in _FILTERS.items():
            values = values_of(wanted, scheme)
            alone = [value for value in values if any(character in value for character in _SYNTAX)]
            for value in alone:
                work: dict[str, Any] | None = ask(_single(f"{scheme}:{value}"), _read_single)
                if work and _key(work) not in seen:
                    seen.add(_key(work))
                    yield read_work(work)
            for group in batches([value for value in values if value not in alone], _VALUES, _ROOM, 3):
                found: set[str] = set()
                for work in _list(ask, f"{name}:{'|'.join(group)}"):
                    found.add(_key(work))
                    if _key(work) not in seen:
                        seen.add(_key(work))
                        yield _record(work, ask)
                if scheme == "openalex":
                    yield from _merged([own for own in group if own not in found], seen, ask)

    def citing(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
        """The works that cite them, whole, each once: their references name the cited ones.

        Works that are known by another identifier only are described first, for their id.
        """
        values = [value for scheme, value in wanted if scheme == "openalex"]
        for read in self.describe([pair for pair in wanted if pair[0] != "openalex"], ask):
            if isinstance(read, Publication):
                values.append(read.id)
        seen: set[str] = set()
        for group in batches(list(dict.fromkeys(values)), _VALUES, _ROOM, 3):
            for work in _list(ask, f"cites:{'|'.join(group)}"):
                if _key(work) not in seen:
                    seen.add(_key(work))
                    yield _record(work, ask)

    def search(self, query: Query, ask: Ask) -> Iterator[Read]:
        """Works whose title, abstract or full text fit, published within the bounds of the query."""
        bounds = [
            f"{name}:{value}"
            for name, value in (
                ("from_publication_date", _day(query.since, "-01", "-01")),
                ("to_publication_date", _day(query.until, "-12", "-31")),
            )
            if value
        ]
        for work in _list(ask, ",".join(bounds), search=query.text, limit=query.limit):
            yield _record(work, ask)


def _day(date: str, month: str, day: str) -> str:
    """A date as a whole one, for the service takes no other: the first or last day that it covers."""
    if not date or len(date) == 10:
        return date
    if len(date) == 4:
        return f"{date}{month}{day}"
    if day == "-01":
        return f"{date}-01"
    return f"{date}-{monthrange(int(date[:4]), int(date[5:7]))[1]:02d}"


def _merged(missing: list[str], seen: set[str], ask: Ask) -> Iterator[Read]:
    for own in missing:
        work: dict[str, Any] | None = ask(_single(own), _read_single)
        if not work:
            continue
        record = read_work(work)
        if isinstance(record, Publication):
            pairs = dict.fromkeys((*record.identifiers, ("openalex", own)))
            record = msgspec.structs.replace(record, identifiers=tuple(pairs))
        # Also where the other one came already: this one says that both are the same.
        seen.add(_key(work))
        yield record


def _list(ask: Ask, filters: str, search: str = "", limit: int = 0) -> Iterator[dict[str, Any]]:
    def request(cursor: str, number: int) -> Request:
        params = (("search", search), ("filter", filters), ("per_page", _PAGE), ("cursor", cursor))
        return Request("openalex", "/works", params=tuple(pair for pair in params if pair[1]))

    return walk(ask, request, _read_list, _key, limit=limit)


def _record(work: dict[str, Any], ask: Ask) -> Read:
    """The record; of a work with more than 100 authors, which a list cuts, from its own address."""
    if authors_cut(work):
        whole: dict[str, Any] | None = ask(_single(_key(work)), _read_single)
        work = whole or work
    return read_work(work)


def _single(own: str) -> Request:
    return Request("openalex", f"/works/{quote(own, safe=':')}", absent=(404, 410))


def _key(work: dict[str, Any]) -> str:
    return normalise_openalex(text(work.get("id"))) or text(work.get("id"))


def _read_list(reply: Reply) -> Page:
    answer = answer_of(reply, complaint)
    if not isinstance(answer.get("results"), list):
        raise BadReply("the reply has no list of works")
    meta = object_of(answer.get("meta"))
    total = whole_number(meta.get("count"))
    return Page(objects(answer["results"]), text(meta.get("next_cursor")), -1 if total is None else total)


def _read_single(reply: Reply) -> dict[str, Any] | None:
    if reply.absent:
        return None
    answer = answer_of(reply, complaint)
    if not answer.get("id"):
        raise BadReply("the reply holds no work")
    return answer
