"""Crossref, OpenAlex and DataCite, live: what is asked, in how many requests, and what comes of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sources_support import FOLDER

from pss_kg.errors import ServiceError
from pss_kg.http.asking import BadReply, Request
from pss_kg.records import Publication, Read
from pss_kg.sources.contract import ServiceContract, SourceContract
from pss_kg.sources.crossref import CrossrefJson
from pss_kg.sources.crossref_service import CrossrefService
from pss_kg.sources.datacite import DataCiteJson
from pss_kg.sources.datacite_service import DataCiteService
from pss_kg.sources.openalex import OpenAlexJson
from pss_kg.sources.openalex_service import OpenAlexService
from pss_kg.sources.paging import Page, batches, walk
from pss_kg.sources.replaying import ReplayAsk, made
from pss_kg.sources.service import Query

# Made-up replies of real structure ---------------------------------------------------------------


def crossref(*dois: str, total: int = -1, cursor: str = "") -> dict[str, Any]:
    items = [{"DOI": doi, "type": "journal-article", "title": [f"Made up {doi}"]} for doi in dois]
    message: dict[str, Any] = {"total-results": len(items) if total < 0 else total, "items": items}
    if cursor:
        message["next-cursor"] = cursor
    return {"status": "ok", "message-type": "work-list", "message-version": "1.0.0", "message": message}


def crossref_one(doi: str) -> dict[str, Any]:
    return {"status": "ok", "message-type": "work", "message": {"DOI": doi, "title": ["Made up"]}}


def openalex(*numbers: int, total: int = -1, cursor: str | None = None, **more: Any) -> dict[str, Any]:
    results = [work(number, **more) for number in numbers]
    meta = {"count": len(results) if total < 0 else total, "per_page": 100, "next_cursor": cursor}
    return {"meta": meta, "results": results, "group_by": []}


def work(number: int, **more: Any) -> dict[str, Any]:
    own = f"https://openalex.org/W{number}"
    ids = {"openalex": own, "doi": f"https://doi.org/10.5555/{number}"}
    return {"id": own, "display_name": f"Made up {number}", "ids": ids, "authorships": [], **more}


def datacite(*dois: str, total: int = -1, cursor: str = "") -> dict[str, Any]:
    data = [
        {"id": doi, "type": "dois", "attributes": {"doi": doi, "titles": [{"title": "Made up"}]}}
        for doi in dois
    ]
    links = {"next": f"https://nowhere.example/dois?page%5Bcursor%5D={cursor}"} if cursor else {}
    return {"data": data, "meta": {"total": len(data) if total < 0 else total}, "links": links}


def param(name: str, value: str) -> Callable[[Request], bool]:
    return lambda request: value in dict(request.params).get(name, "")


def ids(records: list[Read]) -> list[str]:
    return [record.id for record in records if isinstance(record, Publication)]


# The contracts -----------------------------------------------------------------------------------


class TestCrossrefJson(SourceContract):
    source = CrossrefJson()
    examples = (
        (json.dumps(crossref("10.5555/1", "10.5555/2")).encode(), ("10.5555/1", "10.5555/2")),
        (
            (FOLDER / "crossref_small.json").read_bytes(),
            ("10.5555/made.up.one", "10.5555/two", "10.5555/three"),
        ),
    )
    broken = ((b'{"items": [{"title": ["x"], "member": "1", "DOI": "none"}]}', 1),)

    def many(self, count: int) -> bytes:
        return json.dumps(crossref(*(f"10.5555/{n}" for n in range(count)))).encode()


class TestOpenAlexJson(SourceContract):
    source = OpenAlexJson()
    examples = ((json.dumps(openalex(1001, 1002)).encode(), ("W1001", "W1002")),)

    def many(self, count: int) -> bytes:
        return json.dumps(openalex(*range(1000, 1000 + count))).encode()


class TestDataCiteJson(SourceContract):
    source = DataCiteJson()
    examples = ((json.dumps(datacite("10.5555/1", "10.5555/2")).encode(), ("10.5555/1", "10.5555/2")),)

    def many(self, count: int) -> bytes:
        return json.dumps(datacite(*(f"10.5555/{n}" for n in range(count)))).encode()


class TestCrossrefService(ServiceContract):
    service = CrossrefService()
    replies = (
        (param("filter", "doi:10.5555/9"), crossref()),
        (param("filter", "doi:"), crossref("10.5555/2", "10.5555/1")),
        (param("query", "care"), crossref("10.5555/3")),
    )
    wanted = (("doi", "10.5555/1"), ("doi", "10.5555/2"))
    described_ids = ("10.5555/2", "10.5555/1")
    query = Query("care", since="2020", until="2021-06")
    found_ids = ("10.5555/3",)
    unknown = (("doi", "10.5555/9"),)
    errors = (b'{"status":"failed","message-type":"validation-failure","message":[]}', b"Resource not found.")


class TestOpenAlexService(ServiceContract):
    service = OpenAlexService()
    replies = (
        (param("filter", "cites:W1001|W1002"), openalex(2001, 1002)),
        (param("filter", "openalex:W1001"), openalex(1001, 1002)),
        (param("filter", "doi:10.5555/9"), openalex()),
        (param("search", "care"), openalex(3001)),
    )
    wanted = (("openalex", "W1001"), ("openalex", "W1002"))
    described_ids = ("W1001", "W1002")
    citing_ids = ("W2001", "W1002")
    query = Query("care", since="2020", until="2020-02")
    found_ids = ("W3001",)
    unknown = (("doi", "10.5555/9"),)
    errors = (b'{"error":"Invalid query parameters error.","message":"no"}',)


class TestDataCiteService(ServiceContract):
    service = DataCiteService()
    replies = (
        (param("query", '"10.5555/9"'), datacite("10.5555/99")),
        (param("query", "doi:"), datacite("10.5555/1", "10.5555/2")),
        (param("query", "care"), datacite("10.5555/3")),
    )
    wanted = (("doi", "10.5555/1"), ("doi", "10.5555/2"))
    described_ids = ("10.5555/1", "10.5555/2")
    query = Query("care", since="2020")
    found_ids = ("10.5555/3",)
    unknown = (("doi", "10.5555/9"),)
    errors = (b'{"errors":[{"status":"500","title":"Internal error"}]}',)


# Crossref ----------------------------------------------------------------------------------------


def test_a_doi_with_a_comma_is_asked_for_alone_and_may_be_unknown() -> None:
    ask = ReplayAsk(
        [
            (param("filter", "doi:10.5555/1"), crossref("10.5555/1")),
            (lambda request: request.path == "/works/10.5555%2Fa%2Cb", crossref_one("10.5555/A,B")),
            (lambda request: request.path == "/works/10.5555%2Fc%2Cd", 404),
        ]
    )
    wanted = [("doi", "10.5555/1"), ("doi", "10.5555/a,b"), ("doi", "10.5555/c,d")]
    assert ids(list(CrossrefService().describe(wanted, ask))) == ["10.5555/1", "10.5555/a,b"]
    assert all("," not in dict(request.params).get("filter", "") for request in ask.requests)


def test_a_search_follows_a_cursor_that_stays_the_same() -> None:
    pages = {"*": (0, 1), "1000": (0, 1), "999": (2, 3), "998": (4,)}
    replies = [
        (param("rows", rows), crossref(*(f"10.5555/{n}" for n in pages[rows]), total=5, cursor="same"))
        for rows in ("1000", "999", "998")
    ]
    ask = ReplayAsk(replies)
    assert len(list(CrossrefService().search(Query("care"), ask))) == 5
    assert len(set(ask.requests)) == len(ask.requests) == 3


def test_a_thousand_dois_are_a_dozen_requests() -> None:
    service = CrossrefService()
    dois = [f"10.5555/journal.{10_000_000 + n}" for n in range(1000)]
    ask = ReplayAsk([(lambda request: True, crossref())])
    for start in range(0, 1000, service.describes):
        wanted = [("doi", doi) for doi in dois[start : start + service.describes]]
        list(service.describe(wanted, ask))
    assert len(ask.requests) <= 12


# OpenAlex ----------------------------------------------------------------------------------------


def test_a_work_that_was_merged_is_found_by_its_old_id() -> None:
    ask = ReplayAsk(
        [
            (param("filter", "openalex:"), openalex(1001)),
            (lambda request: request.path == "/works/W1009", work(1002)),
            (lambda request: request.path == "/works/W1010", 404),
        ]
    )
    wanted = [("openalex", f"W{n}") for n in (1001, 1009, 1010)]
    records = list(OpenAlexService().describe(wanted, ask))
    assert ids(records) == ["W1001", "W1002"]
    assert isinstance(records[1], Publication)
    assert ("openalex", "W1009") in records[1].identifiers


def test_a_work_whose_authors_were_cut_is_asked_for_alone() -> None:
    whole = work(1001, authorships=[{"author": {"display_name": f"Author {n}"}} for n in range(150)])
    ask = ReplayAsk(
        [
            (param("filter", "openalex:"), openalex(1001, is_authors_truncated=True)),
            (lambda request: request.path == "/works/W1001", whole),
        ]
    )
    (record,) = OpenAlexService().describe([("openalex", "W1001")], ask)
    assert isinstance(record, Publication)
    assert (len(record.contributors), record.authors_complete) == (150, True)


def test_who_cites_is_asked_by_openalex_ids_which_a_doi_leads_to() -> None:
    ask = ReplayAsk(
        [
            (param("filter", "doi:10.5555/1001"), openalex(1001)),
            (param("filter", "cites:W1002|W1001"), openalex(2001)),
        ]
    )
    records = OpenAlexService().citing([("doi", "10.5555/1001"), ("openalex", "W1002")], ask)
    assert ids(list(records)) == ["W2001"]


def test_a_doi_with_a_bar_is_asked_for_alone() -> None:
    ask = ReplayAsk([(lambda request: request.path == "/works/doi:10.5555%2Fa%7Cb", work(1001))])
    assert ids(list(OpenAlexService().describe([("doi", "10.5555/a|b")], ask))) == ["W1001"]


def test_a_thousand_works_and_who_cites_them_are_forty_requests_at_most() -> None:
    service = OpenAlexService()
    numbers = range(100_000, 101_000)

    def answer(request: Request, cites: bool) -> Mapping[str, object]:
        values = dict(request.params)["filter"].partition(":")[2].split("|")
        found = [int(value[1:]) for value in values]
        return openalex(*(n + 900_000 for n in found)) if cites else openalex(*found)

    class Counting:
        count = 0

        def __call__(self, request: Request, read: Callable[..., Any], *, fresh: bool = False) -> Any:
            self.count += 1
            cites = dict(request.params)["filter"].startswith("cites:")
            return read(made(request, answer(request, cites)))

    ask = Counting()
    described, citing = [], []
    for start in range(0, 1000, service.describes):
        wanted = [("openalex", f"W{n}") for n in numbers[start : start + service.describes]]
        described += list(service.describe(wanted, ask))
        citing += list(service.citing(wanted, ask))
    assert (len(described), len(citing)) == (1000, 1000)
    assert ask.count <= 40


# Lists in pages ----------------------------------------------------------------------------------


def _pages(pages: list[Page]) -> tuple[Callable[..., Any], list[bool]]:
    """An `Ask` that answers with these pages in turn, repeating a request that is refused."""
    left = list(pages)
    freshness: list[bool] = []

    def ask(request: Request, read: Callable[..., Any], *, fresh: bool = False) -> Any:
        freshness.append(fresh)
        while left:
            try:
                return read(left.pop(0))
            except BadReply:
                continue
        raise ServiceError("it gave up.", where="made up", todo="Wait.")

    return ask, freshness


def _walk(pages: list[Page], **options: Any) -> tuple[list[str], list[bool]]:
    ask, freshness = _pages(pages)
    found = walk(
        ask,
        lambda cursor, number: Request("made-up", f"/{cursor}/{number}"),
        lambda page: page,  # type: ignore[arg-type,return-value]
        lambda item: str(item["id"]),
        **options,
    )
    return [str(item["id"]) for item in found], freshness


def page(text: str, following: str = "", total: int = -1) -> Page:
    return Page([{"id": character} for character in text], following, total)


def test_a_list_is_walked_to_its_end_and_each_entry_comes_once() -> None:
    assert _walk([page("ab", "x", 3), page("bc", "", 3)])[0] == ["a", "b", "c"]


def test_a_list_that_changed_between_two_pages_is_asked_for_again() -> None:
    pages = [page("ab", "x", 4), page("d", "", 3), page("ab", "x", 4), page("cd", "", 4)]
    found, freshness = _walk(pages)
    assert found == ["a", "b", "d", "c"]
    assert freshness == [False, False, True, True]


def test_a_cursor_that_repeats_is_refused_and_asked_for_again() -> None:
    assert _walk([page("ab", "*", 4), page("ab", "x", 4), page("cd", "", 4)])[0] == ["a", "b", "c", "d"]
    with pytest.raises(ServiceError):
        _walk([page("ab", "*", 4)] * 4)


def test_a_list_that_stays_shorter_than_its_count_is_an_error() -> None:
    with pytest.raises(ServiceError):
        _walk([page("ab", "", 4)] * 5)


def test_a_limit_ends_the_walk() -> None:
    found, freshness = _walk([page("abc", "x", 9)], limit=2)
    assert (found, len(freshness)) == (["a", "b"], 1)


def test_batches_hold_to_both_limits() -> None:
    assert list(batches(["a"] * 5, 2, 100)) == [["a", "a"], ["a", "a"], ["a"]]
    assert list(batches(["10.5555/a", "10.5555/b"], 9, 20)) == [["10.5555/a"], ["10.5555/b"]]
