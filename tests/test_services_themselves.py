"""Promises of the servers that play the live services in tests."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from lxml import etree
from services.faults import KINDS, FaultPlan
from services.network import CITERS, SERVICES, Network
from services.servers import Services
from services.truth import truth

from pss_kg.identifiers import normalise_doi, normalise_issn, normalise_orcid


@pytest.fixture(scope="module")
def network() -> Network:
    return Network(1, 300)


@pytest.fixture(scope="module")
def services(network: Network) -> Iterator[Services]:
    with Services(network) as running:
        yield running


def get(services: Services, name: str, path: str, **params: Any) -> Any:
    named = [(k.replace("__", "-"), v) for k, v in params.items()]
    reply = requests.get(f"{services.url(name)}{path}?{urlencode(named, doseq=True)}", timeout=20)
    return reply.json() if "json" in reply.headers["Content-Type"] else reply


# The network ------------------------------------------------------------------------------------


def test_the_same_seed_number_gives_the_same_network() -> None:
    one, other = Network(5, 150), Network(5, 150)
    assert (one.works, one.edges) == (other.works, other.edges)
    assert Network(6, 150).edges != one.edges


def test_the_default_network_is_as_large_as_promised() -> None:
    network = Network()
    whole = truth(network, 2)
    assert len(whole.distance) >= 3000
    assert all(whole.distance.get(w.n, 3) == w.layer for w in network.works)
    assert all(len(network.citing[s][1]) > 1000 for s in CITERS)  # more than any service's page
    assert any(a == b for a, b in network.edges)
    assert (0, 1) in network.edges
    assert (1, 0) in network.edges
    assert len(set(whole.keys.values())) == len(whole.keys)


def test_identifiers_are_well_formed(network: Network) -> None:
    for work in network.works:
        assert normalise_doi(work.doi) == work.doi
        assert all(normalise_orcid(iD) == iD for _, _, iD in work.authors)
    from services.made_up import issn

    assert all(normalise_issn(issn(n)) == issn(n) for n in range(24))


def test_every_citation_is_said_by_a_service_and_none_says_all(network: Network) -> None:
    for edge in network.edges:
        assert any(network.lists(s, edge) for s in SERVICES)
    for service in SERVICES:
        assert any(not network.lists(service, edge) for edge in network.edges)


def test_truth_grows_with_depth_and_shrinks_with_fewer_services(network: Network) -> None:
    near, far = truth(network, 1), truth(network, 2)
    assert set(near.distance) < set(far.distance)
    assert near.citations < far.citations
    assert truth(network, 2, services=("openalex",)).citations < far.citations
    assert set(truth(network, 1, references=False).distance) < set(near.distance)


# Paging -----------------------------------------------------------------------------------------


def dois(network: Network, service: str) -> list[str]:
    return [w.doi for w in network.works if w.doi and network.knows(service, w.n)]


def test_crossref_gives_each_item_once_and_a_cursor_to_the_end(services: Services, network: Network) -> None:
    wanted = dois(network, "crossref")[:60]
    given = ",".join(f"doi:{doi}" for doi in wanted)
    seen: list[str] = []
    cursor = "*"
    while True:
        message = get(services, "crossref", "/works", filter=given, rows=25, cursor=cursor)["message"]
        assert message["total-results"] == 60
        seen += [item["DOI"].lower() for item in message["items"]]
        cursor = message["next-cursor"]
        if not message["items"]:
            break
    assert sorted(seen) == sorted(wanted)


def test_openalex_gives_each_item_once_and_null_at_the_end(services: Services, network: Network) -> None:
    heavy = network.works[1].openalex
    seen: list[str] = []
    cursor: str | None = "*"
    while cursor:
        reply = get(services, "openalex", "/works", filter=f"cites:{heavy}", per__page=40, cursor=cursor)
        seen += [item["id"] for item in reply["results"]]
        cursor = reply["meta"]["next_cursor"]
    assert len(seen) == len(set(seen)) == len(network.citing["openalex"][1])


def test_europe_pmc_pages_lists_and_searches(services: Services, network: Network) -> None:
    heavy, seen, cursor = network.works[1].pmid, [], "*"
    pages = [
        get(services, "europepmc", f"/MED/{heavy}/citations", page=p, pageSize=50, format="json")
        for p in range(1, 5)
    ]
    listed = [entry["id"] for page in pages for entry in page["citationList"]["citation"]]
    assert len(listed) == len(set(listed)) == pages[0]["hitCount"] == len(network.citing["europepmc"][1])
    while cursor:
        query = {"query": f"CITES:{heavy}_MED", "resultType": "core", "pageSize": 33, "cursorMark": cursor}
        reply = get(services, "europepmc", "/search", format="json", **query)
        seen += [entry["id"] for entry in reply["resultList"]["result"]]
        cursor = reply.get("nextCursorMark", "")
    assert sorted(seen) == sorted(listed)


def test_semantic_scholar_pages_by_offset_and_next(services: Services, network: Network) -> None:
    seen: list[str] = []
    offset: int | None = 0
    while offset is not None:
        path = f"/paper/PMID:{network.works[1].pmid}/citations"
        reply = get(services, "semanticscholar", path, offset=offset, limit=50, fields="externalIds,intents")
        seen += [row["citingPaper"]["paperId"] for row in reply["data"]]
        offset = reply.get("next")
    assert len(seen) == len(set(seen)) == len(network.citing["semanticscholar"][1])


def test_pubmed_searches_with_history_and_fetches_by_it(services: Services, network: Network) -> None:
    found = get(services, "pubmed", "/esearch.fcgi", term="peer work[tiab]", usehistory="y", retmode="json")
    result = found["esearchresult"]
    fetched: list[str] = []
    for start in range(0, int(result["count"]), 5):
        history = {"WebEnv": result["webenv"], "query_key": "1", "retstart": start, "retmax": 5}
        reply = get(services, "pubmed", "/efetch.fcgi", db="pubmed", retmode="xml", **history)
        fetched += [str(p.text) for p in etree.fromstring(reply.content).iterfind("*/MedlineCitation/PMID")]
    expected = {w.pmid for w in network.works if w.pmid and "peer work" in w.title}
    assert len(fetched) == len(set(fetched))
    assert set(fetched) == expected


def test_elink_gives_each_id_a_link_set_of_its_own(services: Services, network: Network) -> None:
    ids = [network.works[0].pmid, network.works[1].pmid]
    links = {"dbfrom": "pubmed", "linkname": "pubmed_pubmed_citedin", "retmode": "json"}
    sets = get(services, "pubmed", "/elink.fcgi", id=ids, **links)["linksets"]
    assert [s["ids"] for s in sets] == [[ids[0]], [ids[1]]]
    assert len(sets[1]["linksetdbs"][0]["links"]) == len(network.citing["pubmed"][1])
    together = get(services, "pubmed", "/elink.fcgi", id=",".join(ids), **links)["linksets"]
    assert len(together) == 1


def test_datacite_follows_its_links(services: Services, network: Network) -> None:
    wanted = dois(network, "datacite")
    query = "doi:(" + " OR ".join(f'"{doi}"' for doi in wanted) + ")"
    params = {"query": query, "page[size]": 4, "page[cursor]": 1}
    seen: list[str] = []
    url = f"{services.url('datacite')}/dois?{urlencode(params)}"
    while url:
        reply = requests.get(url, timeout=20).json()
        seen += [item["id"] for item in reply["data"]]
        url = reply["links"].get("next", "").replace("https://api.datacite.org", services.url("datacite"))
    assert seen == sorted(wanted)


# What the real services refuse ------------------------------------------------------------------


def refused(services: Services, name: str, path: str, **params: Any) -> int:
    named = [(k.replace("__", "-"), v) for k, v in params.items()]
    return requests.get(f"{services.url(name)}{path}?{urlencode(named)}", timeout=20).status_code


def test_too_much_is_refused(services: Services) -> None:
    assert refused(services, "openalex", "/works", filter="doi:" + "|".join(["10.1/a"] * 101)) == 400
    assert refused(services, "openalex", "/works", per__page=201) == 400
    assert refused(services, "openalex", "/works", filter="nonsense:1") == 400
    assert refused(services, "openalex", "/works", search="a" * 4096) == 414
    assert refused(services, "crossref", "/works", rows=1001) == 400
    assert refused(services, "crossref", "/works", filter="nonsense:1") == 400
    assert refused(services, "idconv", "/articles/", ids=",".join(["1"] * 201), format="json") == 400
    assert refused(services, "opencitations", "/meta/v1/metadata/" + "__".join(["pmid:1"] * 15)) == 500
    assert refused(services, "opencitations", "/index/v2/citations/10.5555/net.00000") == 404
    assert refused(services, "semanticscholar", "/paper/PMID:1/citations") == 404
    many = json.dumps({"ids": ["PMID:1"] * 501})
    url = f"{services.url('semanticscholar')}/paper/batch"
    assert requests.post(url, data=many, timeout=20).status_code == 400
    few = requests.post(f"{url}?fields=nonsense", json={"ids": ["PMID:1"]}, timeout=20)
    assert few.json() == {"error": "Unrecognized or unsupported fields: [nonsense]"}


def test_faults_of_the_question_come_as_each_service_words_them(services: Services) -> None:
    assert get(services, "europepmc", "/search", query="x", pageSize=1001, format="json")["errCode"] == 400
    assert "ERROR" in get(services, "pubmed", "/esearch.fcgi", retmode="json")["esearchresult"]
    params = {"mindate": "2020", "term": "peer", "retmode": "json"}
    assert "ERROR" in get(services, "pubmed", "/esearch.fcgi", **params)["esearchresult"]


def test_rates_are_enforced_where_they_are_to_be(network: Network) -> None:
    with Services(network, strict=True) as services:
        replies = [
            requests.get(f"{services.url('pubmed')}/esearch.fcgi?term=peer&retmode=json", timeout=20)
            for _ in range(4)
        ]
        assert [r.status_code for r in replies] == [200, 200, 200, 429]
        assert replies[3].json()["error"] == "API rate limit exceeded"
        assert services.log.busiest("pubmed", 1.0) == 4


# Faults -----------------------------------------------------------------------------------------


def ask(url: str, session: requests.Session) -> str:
    """What a careless client sees."""
    try:
        with session.get(url, timeout=0.5, stream=True, allow_redirects=False) as reply:
            pieces = reply.iter_content(1 << 16)
            begin = next(pieces, b"")
            if begin.isspace():
                return "bomb"
            for _ in pieces:
                pass
    except requests.RequestException as error:
        return type(error).__name__
    kind = "html" if begin.startswith(b"<") else "json" if begin else "nothing"
    return f"{reply.status_code} {kind}"


def test_each_fault_is_what_it_says_and_the_next_try_succeeds(network: Network) -> None:
    kinds = [kind for kind in KINDS if kind not in ("repeats", "changed", "drip")]
    seen: dict[str, str] = {}
    for kind in kinds:
        with (
            Services(network, plan=FaultPlan(every=1, kinds=(kind,), hang=0.2)) as services,
            requests.Session() as session,
        ):
            url = f"{services.url('openalex')}/works?filter=cites:{network.works[1].openalex}"
            seen[kind] = ask(url, session)
            assert ask(url, session) == "200 json"
            assert [e.good for e in services.log.entries] == [False, True]
            assert services.plan.met == {kind: 1}
    assert seen["429"] == "429 json"
    assert (seen["500"], seen["503"], seen["html"]) == ("500 html", "503 html", "200 html")
    assert (seen["empty"], seen["redirect"], seen["error"]) == ("200 nothing", "302 nothing", "200 json")
    assert seen["bomb"] == "bomb"
    assert seen["cut"] in ("ChunkedEncodingError", "ConnectionError")
    assert seen["hang"] == "ConnectionError"


def test_a_twist_waits_for_a_request_that_it_fits(network: Network) -> None:
    plan = FaultPlan(every=2, kinds=("changed", "repeats"))
    with Services(network, plan=plan, latency=0.0) as services:
        heavy = network.works[1].openalex
        cursor, totals = "*", []
        for _ in range(2):
            reply = get(services, "openalex", "/works", filter=f"cites:{heavy}", per__page=20, cursor=cursor)
            totals.append(reply["meta"]["count"])
            cursor = reply["meta"]["next_cursor"] or "*"
        assert totals[1] == totals[0] - 1 or cursor == services.log.entries[-1].params[-1][1]
        assert sum(plan.met.values()) == 1


def test_a_redirect_leads_to_another_host_whose_requests_are_logged(network: Network) -> None:
    with Services(network, plan=FaultPlan(every=1, kinds=("redirect",))) as services:
        url = f"{services.url('openalex')}/works?filter=doi:{network.works[0].doi}&api_key=secret"
        reply = requests.get(url, timeout=20)  # follows, with all parameters
        assert reply.json()["meta"]["count"] == 1
        assert [e.host for e in services.log.entries] == ["main", "other"]
        assert services.log.astray({"openalex": "secret"}) == [
            "the key of openalex went to openalex on the other host"
        ]


def test_replies_take_their_time_where_they_are_told_to(network: Network) -> None:
    with Services(network, latency=0.15) as services:
        began = time.monotonic()
        get(services, "datacite", "/dois", query="doi:x")
        assert time.monotonic() - began >= 0.15
