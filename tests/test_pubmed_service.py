"""PubMed, live, over made-up replies: what is asked, what is yielded, and what goes wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pubmed_files
import pytest
from scripted_ask import Scripted, ids

from pss_kg.errors import ServiceError
from pss_kg.http.asking import BadReply, Reply, Request
from pss_kg.records import Publication
from pss_kg.sources.contract import ServiceContract
from pss_kg.sources.eutils import read_links, read_records, read_search
from pss_kg.sources.pubmed_service import PubmedService
from pss_kg.sources.replaying import ReplayAsk, below, made
from pss_kg.sources.service import Query

SERVICE = PubmedService()
CITED_IN, REFERENCES = "pubmed_pubmed_citedin", "pubmed_pubmed_refs"
BOOK = (
    "<PubmedBookArticle><BookDocument><PMID Version='1'>77</PMID>"
    "<Book><BookTitle>A made-up book</BookTitle></Book></BookDocument></PubmedBookArticle>"
)


def fetched(*pmids: int, doi: str = "", more: str = "") -> str:
    return pubmed_files.article_set(*(pubmed_files.article(n, doi=doi) for n in pmids), more)


def found(*pmids: int, total: int | None = None, more: str = "") -> str:
    listed = "".join(f"<Id>{n}</Id>" for n in pmids)
    count = len(pmids) if total is None else total
    return (
        '<?xml version="1.0" encoding="UTF-8" ?>\n'
        '<!DOCTYPE eSearchResult PUBLIC "-//NLM//DTD esearch 20060628//EN"'
        ' "https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20060628/esearch.dtd">\n'
        f"<eSearchResult><Count>{count}</Count><RetMax>{len(pmids)}</RetMax><RetStart>0</RetStart>"
        f"<QueryKey>1</QueryKey><WebEnv>MCID_1</WebEnv><IdList>{listed}</IdList>"
        f"<QueryTranslation>made up</QueryTranslation>{more}</eSearchResult>"
    )


def linked(links: dict[int, Iterable[int]], name: str = CITED_IN) -> str:
    sets = ""
    for pmid, others in links.items():
        inner = "".join(f"<Link><Id>{other}</Id></Link>" for other in others)
        kinds = "<LinkSetDb><LinkName>pubmed_pubmed</LinkName><Link><Id>5</Id></Link></LinkSetDb>"
        if inner:
            kinds += f"<LinkSetDb><DbTo>pubmed</DbTo><LinkName>{name}</LinkName>{inner}</LinkSetDb>"
        sets += f"<LinkSet><DbFrom>pubmed</DbFrom><IdList><Id>{pmid}</Id></IdList>{kinds}</LinkSet>"
    return f'<?xml version="1.0" encoding="UTF-8" ?>\n<eLinkResult>{sets}</eLinkResult>'


def converted(scheme: str, pairs: dict[str, int | None]) -> bytes:
    records = [
        {scheme: asked, "requested-id": asked}
        | ({"pmid": pmid} if pmid else {"status": "error", "errmsg": "Identifier not found in PMC"})
        for asked, pmid in pairs.items()
    ]
    return json.dumps({"status": "ok", "records": records}).encode()


def form(request: Request, name: str) -> str:
    return dict((*request.params, *request.form)).get(name, "")


class TestPubmed(ServiceContract):
    service = SERVICE
    replies = (
        (lambda r: form(r, "id") == "404", fetched()),
        (lambda r: form(r, "term") == "peer support", found(3, 1)),
        (lambda r: form(r, "linkname") == CITED_IN, linked({1: (8, 9), 2: ()})),
        (lambda r: form(r, "linkname") == REFERENCES, linked({1: (), 2: (1,)}, REFERENCES)),
        (lambda r: form(r, "id") == "1,3", fetched(1, 3)),
        (below("/efetch.fcgi"), fetched(1, 2)),
    )
    wanted = (("pmid", "1"), ("pmid", "2"))
    described_ids = ("1", "2")
    citing_ids = ("1/citations", "2/citations")
    reference_ids = ("1/references", "2/references")
    query = Query("peer support")
    found_ids = ("1", "3")
    unknown = (("pmid", "404"),)
    errors = (
        b"<eFetchResult><ERROR>made up</ERROR></eFetchResult>",
        b"<eSearchResult><ERROR>Search Backend failed</ERROR></eSearchResult>",
        b"<eLinkResult><ERROR>Couldn't resolve the address table</ERROR></eLinkResult>",
        b'{"error": "API rate limit exceeded", "api-key": "made up", "count": "4", "limit": "3"}',
        b"error",
    )


def test_articles_and_books_are_fetched_in_batches_by_post() -> None:
    ask = ReplayAsk([(below("/efetch.fcgi"), fetched(1, 2, more=BOOK))])
    assert ids(SERVICE.describe([("pmid", "77"), ("pmid", "2"), ("pmid", "1")], ask)) == ["1", "2", "77"]
    assert ask.requests[0].form == (("db", "pubmed"), ("id", "1,2,77"), ("retmode", "xml"))


def test_what_pubmed_does_not_know_is_left_out() -> None:
    assert ids(SERVICE.describe([("pmid", "1"), ("pmid", "404")], ReplayAsk([(below("/"), fetched(1))]))) == [
        "1"
    ]
    # Nothing of several may be a stumble, so it is asked once more.
    ask = Scripted(lambda request, time: fetched() if time == 1 else fetched(1))
    assert ids(SERVICE.describe([("pmid", "1"), ("pmid", "404")], ask)) == ["1"]
    ask = Scripted(lambda request, time: fetched())
    assert ids(SERVICE.describe([("pmid", "404"), ("pmid", "405")], ask)) == []


def test_pmc_ids_and_dois_are_converted_one_kind_at_a_time() -> None:
    ask = ReplayAsk(
        [
            (lambda r: form(r, "idtype") == "pmcid", converted("pmcid", {"PMC5": 2, "PMC404": None})),
            (lambda r: form(r, "idtype") == "doi", converted("doi", {"10.5555/A": 3})),
            (below("/efetch.fcgi"), fetched(1, 2, 3)),
        ]
    )
    wanted = (("pmid", "1"), ("pmcid", "PMC5"), ("pmcid", "PMC404"), ("doi", "10.5555/a"))
    assert ids(SERVICE.describe(wanted, ask)) == ["1", "2", "3"]
    assert [request.access for request in ask.requests] == ["idconv", "idconv", "pubmed"]
    assert form(ask.requests[2], "id") == "1,2,3"


def test_a_doi_that_the_converter_does_not_know_is_searched_and_verified() -> None:
    ask = ReplayAsk(
        [
            (below("/articles/"), converted("doi", {"10.5555/a": None, "10.5555/b": None})),
            (below("/esearch.fcgi"), found(1, 2)),
            (
                below("/efetch.fcgi"),
                pubmed_files.article_set(pubmed_files.article(1, doi="10.5555/a"), pubmed_files.article(2)),
            ),
        ]
    )
    assert ids(SERVICE.describe([("doi", "10.5555/a"), ("doi", "10.5555/b")], ask)) == ["1"]
    assert form(ask.requests[1], "term") == '"10.5555/a"[doi] OR "10.5555/b"[doi]'


def test_a_doi_that_pubmed_looks_for_in_all_fields_is_given_up() -> None:
    def answer(request: Request, time: int) -> Any:
        if request.access == "idconv":
            return converted("doi", {})
        if request.path == "/efetch.fcgi":
            return pubmed_files.article_set(pubmed_files.article(1, doi="10.5555/a"))
        return found(1) if form(request, "term") == '"10.5555/a"[doi]' else found(*range(1, 71), total=5000)

    ask = Scripted(answer)
    assert ids(SERVICE.describe([("doi", "10.5555/a"), ("doi", "10.5555/widened")], ask)) == ["1"]


def test_lists_are_asked_for_with_an_id_each() -> None:
    ask = ReplayAsk([(below("/elink.fcgi"), linked({1: (9, 8, 9), 2: ()}))])
    first, second = SERVICE.citing([("pmid", "2"), ("pmid", "1")], ask)
    assert isinstance(first, Publication)
    assert isinstance(second, Publication)
    assert [entry.identifiers for entry in first.cited_by] == [(("pmid", "9"),), (("pmid", "8"),)]
    assert second.cited_by == ()
    assert second.listing
    assert [value for name, value in ask.requests[0].form if name == "id"] == ["1", "2"]


def test_a_list_says_by_which_identifier_it_was_asked_for() -> None:
    ask = ReplayAsk(
        [
            (below("/articles/"), converted("doi", {"10.5555/a": 1})),
            (below("/elink.fcgi"), linked({1: ()}, REFERENCES)),
        ]
    )
    (record,) = SERVICE.references([("doi", "10.5555/a")], ask)
    assert isinstance(record, Publication)
    assert record.identifiers == (("pmid", "1"), ("doi", "10.5555/a"))


def test_an_article_without_a_list_of_its_own_is_asked_for_once_more() -> None:
    ask = Scripted(lambda request, time: linked({1: (9,)} if time == 1 else {1: (9,), 2: (8,)}))
    assert ids(SERVICE.citing([("pmid", "1"), ("pmid", "2")], ask)) == ["1/citations", "2/citations"]
    ask = Scripted(lambda request, time: linked({1: (9,)}))
    assert ids(SERVICE.citing([("pmid", "1"), ("pmid", "404")], ask)) == ["1/citations"]


def test_a_thousand_records_with_both_lists_take_at_most_twelve_requests() -> None:
    wanted = [("pmid", str(n)) for n in range(1, 1001)]

    def answer(request: Request, time: int) -> str:
        if request.path == "/efetch.fcgi":
            return fetched(*map(int, form(request, "id").split(",")))
        asked = [int(value) for name, value in request.form if name == "id"]
        return linked({n: (n + 1,) for n in asked}, form(request, "linkname"))

    ask = Scripted(answer)
    for method, size in (
        (SERVICE.describe, SERVICE.describes),
        (SERVICE.citing, SERVICE.cites),
        (SERVICE.references, SERVICE.refers),
    ):
        got = [
            record for start in range(0, 1000, size) for record in method(wanted[start : start + size], ask)
        ]
        assert len(got) == 1000
    assert len(ask.asked) == 9


def test_a_search_asks_for_ids_and_fetches_them_in_order() -> None:
    ask = ReplayAsk([(below("/esearch.fcgi"), found(9, 3, 5)), (below("/efetch.fcgi"), fetched(3, 9))])
    query = Query("made up", since="2020", until="2020-05-01", limit=2)
    assert ids(SERVICE.search(query, ask)) == ["3", "9"]
    first = ask.requests[0]
    assert [form(first, name) for name in ("datetype", "mindate", "maxdate")] == [
        "pdat",
        "2020",
        "2020/05/01",
    ]
    assert form(ask.requests[1], "id") == "3,9"


def _calendar(dates: dict[int, tuple[str, ...]]) -> Callable[[Request, int], str]:
    """A PubMed that knows when each was published and gives the first 9,999."""

    def answer(request: Request, time: int) -> str:
        if request.path == "/efetch.fcgi":
            return fetched(*map(int, form(request, "id").split(",")))
        low, high = (form(request, name).replace("/", "-") for name in ("mindate", "maxdate"))
        hits = [n for n, days in dates.items() if any(not low or low <= day <= high for day in days)]
        return found(*hits[:9999], total=len(hits))

    return answer


def test_a_search_with_more_than_pubmed_gives_is_split_by_date() -> None:
    from pss_kg.sources.pubmed_search import find

    # Some have two dates, one in each half.
    dates = {
        n: (f"{1950 + n % 70}-0{1 + n % 9}-1{n % 9}", *(("2021-05-05",) if n % 50 == 0 else ()))
        for n in range(1, 25001)
    }
    ask = Scripted(_calendar(dates))
    assert sorted(map(int, find(Query("made up"), ask))) == list(range(1, 25001))
    assert len(find(Query("made up", limit=12000), ask)) == 12000
    assert len(find(Query("made up", limit=20), ask)) == 20


def test_a_day_with_more_than_pubmed_gives_is_an_error() -> None:
    ask = Scripted(_calendar({n: ("2020-01-01",) for n in range(1, 10101)}))
    with pytest.raises(ServiceError, match="10100 records of 2020-01-01") as caught:
        list(SERVICE.search(Query("made up"), ask))
    assert "Narrow the search" in str(caught.value)


@pytest.mark.parametrize(
    "more",
    [
        "<ErrorList><PhraseNotFound>peersupprt</PhraseNotFound></ErrorList>",
        "<ErrorList><FieldNotFound>madeup</FieldNotFound></ErrorList>",
        '<WarningList><QuotedPhraseNotFound>"peersupprt"</QuotedPhraseNotFound></WarningList>',
    ],
)
def test_a_phrase_that_is_not_found_is_told(more: str) -> None:
    with pytest.raises(ServiceError, match=r"does not find the (phrase|field)"):
        list(
            SERVICE.search(
                Query("peersupprt"), ReplayAsk([(below("/esearch.fcgi"), found(total=0, more=more))])
            )
        )


def reply_of(body: Any) -> Reply:
    return made(Request("pubmed", "/made-up", accept="xml"), body)


@pytest.mark.parametrize(
    ("body", "again"),
    [
        (b"", True),
        (b"error", True),
        (b"<html><head></head><body>Busy</body></html>", True),
        (b'{"error": "API rate limit exceeded"}', True),
        (b'{"cut', True),
        (b"<ERROR>Made up</ERROR>", True),
        (b"<eFetchResult><ERROR>Cannot process, try again</ERROR></eFetchResult>", True),
        (b"<eFetchResult><ERROR>Empty id list - nothing todo</ERROR></eFetchResult>", False),
        (b"<Other/>", True),
        (fetched(1, 2).encode()[:-700], True),
        (fetched(1, 2).encode().replace(b"</PubmedArticleSet>", b""), True),
        (b'<!DOCTYPE PubmedArticleSet [<!ENTITY a "b">]><PubmedArticleSet/>', True),
    ],
)
def test_half_a_batch_or_another_thing_is_no_batch(body: bytes, again: bool) -> None:
    with pytest.raises(BadReply) as caught:
        read_records(reply_of(body))
    assert caught.value.again == again


def test_links_that_can_not_be_told_apart_are_refused() -> None:
    body = linked({1: (9,)}).replace("<Id>1</Id>", "<Id>1</Id><Id>2</Id>")
    with pytest.raises(BadReply, match="several articles"):
        read_links(reply_of(body), CITED_IN)
    with pytest.raises(BadReply, match="address table"):
        read_links(
            reply_of(
                "<eLinkResult><LinkSet><ERROR>the address table is empty</ERROR></LinkSet></eLinkResult>"
            ),
            CITED_IN,
        )
    with pytest.raises(BadReply, match="not whole"):
        read_links(reply_of(linked({1: (9, 8)})[:-40]), CITED_IN)


def test_a_search_reply_without_a_total_is_refused() -> None:
    with pytest.raises(BadReply, match="no total"):
        read_search(reply_of("<eSearchResult><IdList/></eSearchResult>"))
    with pytest.raises(BadReply) as caught:
        read_search(
            reply_of("<eSearchResult><ERROR>Backend failed:\n'retstart' is too large</ERROR></eSearchResult>")
        )
    assert not caught.value.again


@pytest.mark.shared
def test_real_replies_are_read(shared_data: Path) -> None:
    folder = shared_data / "pubmed" / "biopython"

    def body(name: str) -> Reply:
        return reply_of((folder / name).read_bytes())

    assert (read_search(body("esearch1.xml")).total, len(read_search(body("esearch1.xml")).ids)) == (63, 20)
    assert (read_search(body("esearch2.xml")).total, len(read_search(body("esearch2.xml")).ids)) == (
        42249,
        100,
    )
    assert read_search(body("esearch8.xml")).unknown == ("abcXYZ",)
    similar = read_links(body("elink1.xml"), "pubmed_pubmed")
    assert list(similar) == ["9298984"]
    assert len(similar["9298984"]) > 100
    with pytest.raises(BadReply, match="several articles"):
        read_links(body("elink3.xml"), "pubmed_pubmed")
    for name in ("pubmed1.xml", "pubmed2.xml", "pubmed4.xml", "pubmed5.xml", "pubmed6.xml", "pubmed7.xml"):
        content = (folder / name).read_bytes()
        records = read_records(reply_of(content))
        assert len(records) == content.count(b"</PubmedArticle>") + content.count(b"</PubmedBookArticle>"), (
            name
        )
    samples = shared_data / "pubmed" / "eutils-json" / "samples"
    assert read_search(reply_of((samples / "esearch.pubmed.xml").read_bytes())).total == 15169
    for name in ("efetch.pubmed.xml", "efetch.pubmedbook.xml", "efetch.pubmedexample.xml"):
        assert read_records(reply_of((samples / name).read_bytes())), name
    with pytest.raises(BadReply):
        read_records(reply_of((samples / "esummary.error.xml").read_bytes()))
