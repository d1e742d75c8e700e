"""Crossref, live: works by DOI in batches, and a search with deep paging.

Documentation: https://www.crossref.org/documentation/retrieve-metadata/rest-api/ and
https://api.crossref.org/swagger-ui/index.html. Limits since 1 December 2025, for lists: 1
request a second and 1 at once; 3 and 3 for who gives an e-mail address
(https://www.crossref.org/blog/announcing-changes-to-rest-api-rate-limits/). `rows` is 1,000 at
most; the first line of a request 4,096 bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from pss_kg.http.asking import Access, Ask, BadReply, Reply, Request
from pss_kg.identifiers import normalise_doi
from pss_kg.records import Read
from pss_kg.sources.crossref import complaint
from pss_kg.sources.crossref_record import SOURCE, read_work
from pss_kg.sources.json_values import objects, text, whole_number
from pss_kg.sources.paging import Page, batches, walk
from pss_kg.sources.service import Identifier, Query, Unasked, values_of

_ROWS = 1000
_BATCH = 100
_ROOM = 3500  # of 4,096 bytes; the rest is for the path, rows, and an e-mail address
_NO_FILTER = ",|\\"  # a comma ends a filter, and there is no way to escape it


class CrossrefService(Unasked):
    """The service `crossref`. Its records hold their references; it does not say who cites."""

    name: str = SOURCE
    title = "Crossref"
    accesses: tuple[Access, ...] = (
        Access(
            name="crossref",
            title="Crossref",
            url="https://api.crossref.org",
            rate=1.0,
            concurrency=1,
            rate_with_contact=3.0,
            concurrency_with_contact=3,
            contact=("mailto",),
            documented="https://www.crossref.org/documentation/retrieve-metadata/rest-api/access-and-authentication/",
        ),
    )
    schemes: tuple[str, ...] = ("doi",)
    describes = _BATCH
    cites = 0  # Crossref tells how often a work is cited, and not by which
    refers = 0  # the records hold their references
    searches = True

    def describe(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
        """The works with these DOIs, each once. One that a filter can't name is asked for alone."""
        dois = values_of(wanted, "doi")
        alone = [doi for doi in dois if any(character in doi for character in _NO_FILTER)]
        seen: set[str] = set()
        for group in batches([f"doi:{doi}" for doi in dois if doi not in alone], _BATCH, _ROOM, 3):
            request = Request(
                "crossref", "/works", params=(("filter", ",".join(group)), ("rows", str(len(group))))
            )
            for work in ask(request, _read_whole).items:
                yield from _once(work, seen)
        for doi in alone:
            request = Request("crossref", f"/works/{quote(doi, safe='')}", absent=(404,))
            single: dict[str, Any] | None = ask(request, _read_single)
            if single:
                yield from _once(single, seen)

    def search(self, query: Query, ask: Ask) -> Iterator[Read]:
        """Works that fit the words of the query, with dates of publication within its bounds.

        A cursor may stay the same from page to page, so `rows` goes down by one with each page:
        no two requests of a list are the same.
        """
        bounds = (("from-pub-date", query.since), ("until-pub-date", query.until))
        filters = ",".join(f"{name}:{value}" for name, value in bounds if value)
        rows = min(_ROWS, query.limit) if query.limit else _ROWS

        def request(cursor: str, number: int) -> Request:
            params = [("query", query.text), ("rows", str(max(rows - number, 1))), ("cursor", cursor)]
            return Request(
                "crossref", "/works", params=(*params, *([("filter", filters)] if filters else []))
            )

        works = walk(ask, request, _read_list, _key, limit=query.limit, same_cursor=True)
        for work in works:
            yield read_work(work)


def _once(work: dict[str, Any], seen: set[str]) -> Iterator[Read]:
    if _key(work) not in seen:
        seen.add(_key(work))
        yield read_work(work)


def _key(work: dict[str, Any]) -> str:
    return normalise_doi(text(work.get("DOI"))) or text(work.get("DOI")) or repr(sorted(work))


def _message(reply: Reply) -> dict[str, Any]:
    answer = reply.json()
    if not isinstance(answer, dict):
        raise BadReply("the reply is no object")
    if reason := complaint(answer):
        raise BadReply(reason, again=answer.get("message-type") != "validation-failure")
    message = answer.get("message")
    if not isinstance(message, dict):
        raise BadReply("the reply has no message")
    return message


def _read_list(reply: Reply) -> Page:
    message = _message(reply)
    items = message.get("items")
    if not isinstance(items, list):
        raise BadReply("the reply has no list of works")
    total = whole_number(message.get("total-results"))
    return Page(objects(items), text(message.get("next-cursor")), -1 if total is None else total)


def _read_whole(reply: Reply) -> Page:
    """A list that must stand on one page: there are not more works than DOIs were asked for."""
    page = _read_list(reply)
    if page.total > len(page.items):
        raise BadReply(f"the reply holds {len(page.items)} works of {page.total}")
    return page


def _read_single(reply: Reply) -> dict[str, Any] | None:
    if reply.absent:
        return None
    message = _message(reply)
    if not message.get("DOI"):
        raise BadReply("the reply holds no work")
    return message
