"""Europe PMC, live, over made-up replies: what is asked, what is yielded, and what goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from scripted_ask import Scripted, ids

from pss_kg.errors import ServiceError
from pss_kg.http.asking import Request
from pss_kg.records import Publication
from pss_kg.sources.contract import ServiceContract
from pss_kg.sources.europepmc_service import EuropePmcService
from pss_kg.sources.replaying import ReplayAsk, below
from pss_kg.sources.service import Query

SERVICE = EuropePmcService()


def result(number: int, source: str = "MED", **more: Any) -> dict[str, Any]:
    value = str(number) if source == "MED" else f"{source}{number}"
    found = {"id": value, "source": source, "title": f"Made up {number}.", "pubYear": "2020"}
    return found | ({"pmid": value} if source == "MED" else {}) | more


def page(*results: Mapping[str, Any], total: int | None = None, following: str = "") -> dict[str, Any]:
    reply: dict[str, Any] = {"version": "6.9", "hitCount": len(results) if total is None else total}
    if following:
        reply["nextCursorMark"] = following
    return reply | {"request": {}, "resultList": {"result": list(results)}}


def cited_by(*numbers: int, total: int | None = None) -> dict[str, Any]:
    entries = [{"id": str(n), "source": "MED", "title": f"Citing {n}", "pubYear": 2021} for n in numbers]
    hits = len(entries) if total is None else total
    return {"version": "6.9", "hitCount": hits, "request": {}, "citationList": {"citation": entries}}


def refers(*entries: Mapping[str, Any], total: int | None = None) -> dict[str, Any]:
    hits = len(entries) if total is None else total
    return {"version": "6.9", "hitCount": hits, "request": {}, "referenceList": {"reference": list(entries)}}


def with_value(name: str, value: str) -> Callable[[Request], bool]:
    """A test for requests with this parameter."""
    return lambda request: (name, value) in (*request.params, *request.form)


class TestEuropePmc(ServiceContract):
    service = SERVICE
    replies = (
        (with_value("query", "(EXT_ID:404 AND SRC:MED)"), page()),
        (with_value("query", "peer support"), page(result(1), result(2), total=2)),
        (
            below("/search"),
            page(result(1, pmcid="PMC5", doi="10.5555/a"), result(7, "PPR", doi="10.5555/b"), total=2),
        ),
        (below("/MED/1/citations"), cited_by(8, 9)),
        (below("/PPR/PPR7/citations"), cited_by()),
        (below("/MED/1/references"), refers({"id": "3", "source": "MED", "citedOrder": 1})),
        (below("/PPR/PPR7/references"), refers({"unstructuredInformation": "A text.", "citedOrder": 1})),
    )
    wanted = (("doi", "10.5555/b"), ("pmid", "1"))
    described_ids = ("MED/1", "PPR/PPR7")
    citing_ids = ("MED/1/citations", "PPR/PPR7/citations")
    reference_ids = ("MED/1/references", "PPR/PPR7/references")
    query = Query("peer support")
    found_ids = ("MED/1", "MED/2")
    unknown = (("pmid", "404"),)
    errors = (b'{"version": "6.9", "errCode": 500, "errMsg": "made up"}', b'{"errMsg": "made up"}')


def test_articles_are_described_by_one_search_for_all() -> None:
    ask = ReplayAsk([(below("/search"), page(result(1)))])
    wanted = (("doi", "10.5555/a"), ("europepmc", "PPR/PPR7"), ("pmcid", "PMC5"), ("pmid", "1"))
    assert ids(list(SERVICE.describe(wanted, ask))) == ["MED/1"]
    (request,) = ask.requests
    assert dict(request.params)["query"] == (
        '(EXT_ID:1 AND SRC:MED) OR (EXT_ID:PPR7 AND SRC:PPR) OR DOI:"10.5555/a" OR PMCID:PMC5'
    )
    assert dict(request.params)["resultType"] == "core"


def test_a_search_follows_the_cursor_to_the_end() -> None:
    pages = {
        "*": page(result(1), result(2), total=5, following="A"),
        "A": page(result(3), result(4), total=5, following="B"),
        "B": page(result(5), total=5, following="C"),
    }
    ask = Scripted(lambda request, _: pages[dict(request.params)["cursorMark"]])
    query = Query("made up", since="2020", until="2021-02")
    assert ids(list(SERVICE.search(query, ask))) == [f"MED/{n}" for n in range(1, 6)]
    assert len(ask.asked) == 3
    assert "(made up) AND (FIRST_PDATE:[2020-01-01 TO 2021-02-28])" in dict(ask.asked[0][0].params).values()


def test_a_search_ends_at_its_limit() -> None:
    ask = Scripted(lambda request, _: page(result(1), result(2), result(3), total=900, following="A"))
    assert ids(list(SERVICE.search(Query("made up", limit=2), ask))) == ["MED/1", "MED/2"]
    assert dict(ask.asked[0][0].params)["pageSize"] == "2"
    assert len(ask.asked) == 1


def test_a_cursor_that_repeats_is_refused() -> None:
    ask = Scripted(lambda request, _: page(result(1), total=5, following="*"))
    with pytest.raises(ServiceError, match="cursor of the next page repeats"):
        list(SERVICE.search(Query("made up"), ask))


def test_a_page_that_changes_is_read_again_and_nothing_comes_twice() -> None:
    def answer(request: Request, time: int) -> dict[str, Any]:
        if dict(request.params)["cursorMark"] == "*":
            return page(result(1), result(2), total=4, following="A")
        return page(result(2), result(3), total=4) if time == 1 else page(result(3), result(4), total=4)

    ask = Scripted(answer)
    assert ids(list(SERVICE.search(Query("made up"), ask))) == ["MED/1", "MED/2", "MED/3", "MED/4"]
    assert [fresh for _, fresh in ask.asked] == [False, False, True, True]


def test_pages_that_never_hold_what_they_count_are_an_error() -> None:
    ask = Scripted(lambda request, _: page(result(1), result(1), total=2))
    with pytest.raises(ServiceError, match="finds 2 records, but its pages hold 1"):
        list(SERVICE.search(Query("made up"), ask))


def test_a_list_is_read_page_by_page() -> None:
    first, rest = range(1, 1001), range(1001, 1201)
    pages = {"1": cited_by(*first, total=1200), "2": cited_by(*rest, total=1200)}
    ask = Scripted(lambda request, _: pages[dict(request.params)["page"]])
    (record,) = SERVICE.citing([("pmid", "7")], ask)
    assert isinstance(record, Publication)
    assert record.id == "MED/7/citations"
    assert record.identifiers == (("pmid", "7"), ("europepmc", "MED/7"))
    assert [entry.identifiers[0] for entry in record.cited_by] == [("pmid", str(n)) for n in range(1, 1201)]
    assert [request.path for request, _ in ask.asked] == ["/MED/7/citations"] * 2


@pytest.mark.parametrize("fault", ["total", "shifted"])
def test_a_list_that_changes_between_its_pages_is_asked_for_again(fault: str) -> None:
    """An article was added in front of the others: the count is another, or one stands on both."""

    def answer(request: Request, time: int) -> dict[str, Any]:
        if dict(request.params)["page"] == "1":
            return cited_by(*range(1, 1001), total=1002 if time == 1 and fault == "total" else 1003)
        numbers = (1000, 1001, 1002) if time == 1 else (1001, 1002, 1003)
        return cited_by(*numbers, total=1003)

    ask = Scripted(answer)
    (record,) = SERVICE.citing([("pmid", "7")], ask)
    assert isinstance(record, Publication)
    assert len(record.cited_by) == len(set(record.cited_by)) == 1003
    assert [fresh for _, fresh in ask.asked] == [False, False, True, True]
    assert not record.notes


def test_a_list_that_changes_each_time_is_an_error() -> None:
    def answer(request: Request, time: int) -> dict[str, Any]:
        if dict(request.params)["page"] == "1":
            return cited_by(*range(1, 1001), total=1001)
        return cited_by(1001, total=1002)

    with pytest.raises(ServiceError, match=r"list of citations of MED/7 changes"):
        list(SERVICE.citing([("pmid", "7")], Scripted(answer)))


def test_a_list_that_is_always_shorter_than_its_count_says_so() -> None:
    (record,) = SERVICE.citing(
        [("pmid", "7")],
        Scripted(
            lambda request, _: (
                cited_by(1, 2, total=3) if dict(request.params)["page"] == "1" else cited_by(total=3)
            )
        ),
    )
    assert isinstance(record, Publication)
    assert len(record.cited_by) == 2
    assert [(note.value, note.problem) for note in record.notes] == [("3", "the list holds 2")]


def test_an_article_may_refer_to_the_same_one_twice() -> None:
    entries = [{"id": "3", "source": "MED", "citedOrder": n} for n in (1, 2)]
    (record,) = SERVICE.references([("pmid", "7")], Scripted(lambda request, _: refers(*entries)))
    assert isinstance(record, Publication)
    assert [(entry.label, entry.identifiers[0]) for entry in record.references] == [
        ("1", ("pmid", "3")),
        ("2", ("pmid", "3")),
    ]


def test_an_article_that_is_not_known_has_no_list() -> None:
    assert list(SERVICE.citing([("pmid", "7")], ReplayAsk([(below("/MED/7"), 404)]))) == []


def test_a_doi_is_looked_up_before_its_list_is_asked_for() -> None:
    found = page(result(7, "PPR", doi="10.5555/a"), result(1, doi="10.5555/a"))
    ask = ReplayAsk([(below("/search"), found), (below("/MED/1/citations"), cited_by(8))])
    (record,) = SERVICE.citing([("doi", "10.5555/a"), ("pmcid", "PMC404")], ask)
    assert isinstance(record, Publication)
    assert record.identifiers == (("pmid", "1"), ("europepmc", "MED/1"), ("doi", "10.5555/a"))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"errCode": 404, "errMsg": "made-up fault"}, "made-up fault"),
        ({"hitCount": 2}, "holds no resultList"),
        ({"resultList": {"result": []}}, "how many"),
        ([], "another kind"),
        (page(total=4), "page is empty"),
        (b"<html><body>Busy</body></html>", "web page"),
        (b"", "empty"),
        (b'{"hitCount": 1, "resultList": {"result": [{"id": ', "no whole JSON"),
    ],
)
def test_a_fault_inside_a_200_is_told(body: Any, words: str) -> None:
    with pytest.raises(ServiceError, match=words):
        list(SERVICE.describe([("pmid", "1")], ReplayAsk([(below("/search"), body)])))


def test_a_query_that_is_too_long_for_an_address_goes_by_post() -> None:
    ask = Scripted(lambda request, _: page())
    list(SERVICE.search(Query("made up " * 500), ask))
    request = ask.asked[0][0]
    assert (request.path, request.params) == ("/searchPOST", ())
    assert "made up" in dict(request.form)["query"]
