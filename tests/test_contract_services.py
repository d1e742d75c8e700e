"""Every live service that is built in keeps the contract of services. A new one: one class here."""

from __future__ import annotations

from collections.abc import Callable

import contract_replies as said
import pubmed_files
from contract_replies import A, B

from pss_kg import plugins
from pss_kg.http.asking import Request
from pss_kg.sources.contract import ServiceContract
from pss_kg.sources.crossref_service import CrossrefService
from pss_kg.sources.datacite_service import DataCiteService
from pss_kg.sources.europepmc_service import EuropePmcService
from pss_kg.sources.openalex_service import OpenAlexService
from pss_kg.sources.opencitations_service import OpenCitationsService
from pss_kg.sources.pubmed_service import PubmedService
from pss_kg.sources.replaying import below
from pss_kg.sources.semanticscholar_service import SemanticScholarService
from pss_kg.sources.service import Query

DOIS = (("doi", A), ("doi", B))
PMIDS = (("pmid", "900001"), ("pmid", "900002"))
NOWHERE = "10.5555/nowhere"


def names(*words: str) -> Callable[[Request], bool]:
    """A test for requests that hold each of the words somewhere."""

    def holds(request: Request) -> bool:
        text = f"{request.path} {request.params} {request.form} {request.json}"
        return all(word in text for word in words)

    return holds


class TestPubmed(ServiceContract):
    service = PubmedService()
    wanted = PMIDS
    described_ids = ("900001", "900002")
    citing_ids = ("900001/citations", "900002/citations")
    reference_ids = ("900001/references", "900002/references")
    query = Query("made up", since="2020")
    found_ids = ("900002",)
    unknown = (("pmid", "999999"),)
    replies = (
        (names("/efetch", "999999"), pubmed_files.article_set()),
        (
            names("/efetch", "900001"),
            pubmed_files.article_set(pubmed_files.article(900001), pubmed_files.article(900002)),
        ),
        (names("/efetch", "900002"), pubmed_files.article_set(pubmed_files.article(900002))),
        (names("/esearch"), said.search("900002")),
        (
            names("/elink", "pubmed_pubmed_citedin"),
            said.links("pubmed_pubmed_citedin", {"900001": ("900002",), "900002": ()}),
        ),
        (
            names("/elink", "pubmed_pubmed_refs"),
            said.links("pubmed_pubmed_refs", {"900001": (), "900002": ("900001",)}),
        ),
    )
    errors = (said.PUBMED_ERROR, b'{"error": "API rate limit exceeded", "count": "11"}')


class TestCrossref(ServiceContract):
    service = CrossrefService()
    wanted = DOIS
    described_ids = (A, B)
    query = Query("made up", until="2021")
    found_ids = (A, B)
    unknown = (("doi", NOWHERE),)
    replies = (
        (names(NOWHERE), said.crossref([])),
        (names("('cursor', '*')"), said.crossref(said.CROSSREF_WORKS[:1], "next", 2)),
        (names("('cursor', 'next')"), said.crossref(said.CROSSREF_WORKS[1:], "next", 2)),
        (names("filter"), said.crossref(said.CROSSREF_WORKS)),
    )
    errors = (said.CROSSREF_ERROR,)


class TestOpenAlex(ServiceContract):
    service = OpenAlexService()
    wanted = (("openalex", "W900000001"),)
    described_ids = ("W900000001",)
    citing_ids = ("W900000002",)
    query = Query("made up")
    found_ids = ("W900000001", "W900000002")
    unknown = (("doi", NOWHERE),)
    replies = (
        (names(NOWHERE), said.openalex([])),
        (
            names("('search', 'made up')", "('cursor', '*')"),
            said.openalex(said.OPENALEX_WORKS[:1], "Ab==", 2),
        ),
        (names("('search', 'made up')", "Ab=="), said.openalex(said.OPENALEX_WORKS[1:], None, 2)),
        (names("cites:"), said.openalex(said.OPENALEX_WORKS[1:])),
        (names("openalex:W900000001"), said.openalex(said.OPENALEX_WORKS[:1])),
    )
    errors = (said.OPENALEX_ERROR,)


class TestDataCite(ServiceContract):
    service = DataCiteService()
    wanted = DOIS
    described_ids = (A, B)
    query = Query("made up")
    found_ids = (A, B)
    unknown = (("doi", NOWHERE),)
    replies = (
        (names(NOWHERE), said.datacite([])),
        (names("'made up'", "('page[cursor]', '1')"), said.datacite(said.DATACITE_ITEMS[:1], "Ab", 2)),
        (names("'made up'", "('page[cursor]', 'Ab')"), said.datacite(said.DATACITE_ITEMS[1:], "", 2)),
        (below("/dois"), said.datacite(said.DATACITE_ITEMS)),
    )
    errors = (said.DATACITE_ERROR,)


class TestEuropePmc(ServiceContract):
    service = EuropePmcService()
    wanted = PMIDS
    described_ids = ("MED/900001", "MED/900002")
    citing_ids = ("MED/900001/citations", "MED/900002/citations")
    reference_ids = ("MED/900001/references", "MED/900002/references")
    query = Query("made up")
    found_ids = ("MED/900001", "MED/900002")
    unknown = (("pmid", "999999"),)
    replies = (
        (names("/search", "999999"), said.europepmc([])),
        (names("'made up'", "('cursorMark', '*')"), said.europepmc(said.EUROPEPMC_RESULTS[:1], "Ab==", 2)),
        (names("'made up'", "Ab=="), said.europepmc(said.EUROPEPMC_RESULTS[1:], "Ac==", 2)),
        (below("/search"), said.europepmc(said.EUROPEPMC_RESULTS)),
        (below("/MED/900001/citations"), said.europepmc_list("citation", "900001", ["900002"])),
        (below("/MED/900002/citations"), said.europepmc_list("citation", "900002", [])),
        (below("/MED/900001/references"), said.europepmc_list("reference", "900001", [])),
        (below("/MED/900002/references"), said.europepmc_list("reference", "900002", ["900001"])),
    )
    errors = (said.EUROPEPMC_ERROR,)


class TestSemanticScholar(ServiceContract):
    service = SemanticScholarService()
    wanted = DOIS
    described_ids = ("1" * 40, "2" * 40)
    citing_ids = (f"doi:{A}/citations",)
    reference_ids = (f"doi:{A}/references",)
    unknown = (("doi", NOWHERE),)
    replies = (
        (names("/paper/batch", NOWHERE), [None]),
        (names("/paper/batch"), said.S2_PAPERS),
        (names(f"{A}/citations"), said.s2_list("citingPaper", said.S2_PAPERS[1:])),
        (names(f"{A}/references"), said.s2_list("citedPaper", [])),
    )
    errors = (b'{"message": "made up", "code": "429"}',)


class TestOpenCitations(ServiceContract):
    service = OpenCitationsService()
    wanted = DOIS
    described_ids = ("omid:br/061", "omid:br/062")
    citing_ids = (f"doi:{A}/citations",)
    reference_ids = (f"doi:{A}/references",)
    unknown = (("doi", NOWHERE),)
    replies = (
        (names("/meta", NOWHERE), []),
        (below("/meta"), said.META_ROWS),
        (below("/index/v2/citations"), [said.index_row(B, A)]),
        (below("/index/v2/references"), [said.index_row(A, said.C)]),
    )
    errors = (b'{"message": "made up"}', b'[{"sorry": "made up"}]')


def test_every_built_in_service_is_held_to_the_contract() -> None:
    held = {
        found.service.name
        for name, found in globals().items()
        if name.startswith("Test") and issubclass(found, ServiceContract)
    }
    assert held == set(plugins.SERVICES)
    assert [service.name for service in plugins.services()] == list(plugins.SERVICES)
    for name in plugins.SERVICES:
        assert plugins.service(name).name == name
