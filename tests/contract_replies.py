"""Small made-up replies of each service with their real structure, for the contract tests."""

from __future__ import annotations

import json
from typing import Any

A, B, C = "10.5555/contract.a", "10.5555/contract.b", "10.5555/contract.c"
"""Two articles, of which B cites A; and C, which is cited by A."""


def saved(reply: Any) -> bytes:
    """A reply as a file."""
    return json.dumps(reply, indent=1).encode()


# Crossref ----------------------------------------------------------------------------------------

CROSSREF_WORKS = [
    {
        "DOI": A.upper(),
        "type": "journal-article",
        "title": ["A made-up study"],
        "prefix": "10.5555",
        "member": "1",
        "ISSN": ["1234-5679"],
        "container-title": ["Annals of Invented Care"],
        "issued": {"date-parts": [[2020, 5, 2]]},
        "author": [{"given": "Ada", "family": "Example", "sequence": "first"}],
        "reference": [{"key": "1", "DOI": C}, {"key": "2", "unstructured": "Made-up text."}],
        "reference-count": 2,
        "is-referenced-by-count": 1,
    },
    {
        "DOI": B,
        "type": "journal-article",
        "title": ["Another made-up study"],
        "prefix": "10.5555",
        "issued": {"date-parts": [[2021]]},
        "reference": [{"key": "1", "DOI": A}],
    },
]


def crossref(works: list[Any], cursor: str = "", total: int | None = None) -> dict[str, Any]:
    message = {"total-results": len(works) if total is None else total, "items": works}
    if cursor:
        message["next-cursor"] = cursor
    return {"status": "ok", "message-type": "work-list", "message-version": "1.0.0", "message": message}


CROSSREF_ERROR = b'{"status": "failed", "message-type": "exception", "message": [{"message": "made up"}]}'

# OpenAlex ----------------------------------------------------------------------------------------

OPENALEX_WORKS = [
    {
        "id": f"https://openalex.org/W90000000{number}",
        "doi": f"https://doi.org/{doi}",
        "display_name": title,
        "title": title,
        "publication_year": 2020 + number,
        "ids": {
            "openalex": f"https://openalex.org/W90000000{number}",
            "pmid": f"https://pubmed.ncbi.nlm.nih.gov/90000{number}",
        },
        "authorships": [],
        "referenced_works": [f"https://openalex.org/W{cited}" for cited in cited_ones],
        "cited_by_count": number,
    }
    for number, doi, title, cited_ones in (
        (1, A, "A made-up study", (900000003,)),
        (2, B, "Another made-up study", (900000001, 900000003)),
    )
]


def openalex(works: list[Any], cursor: str | None = None, total: int | None = None) -> dict[str, Any]:
    count = len(works) if total is None else total
    meta = {"count": count, "db_response_time_ms": 1, "per_page": 100, "next_cursor": cursor}
    return {"meta": meta, "results": works, "group_by": []}


OPENALEX_ERROR = b'{"error": "Invalid query parameters error.", "message": "made up"}'

# DataCite ----------------------------------------------------------------------------------------

DATACITE_ITEMS = [
    {
        "id": doi,
        "type": "dois",
        "attributes": {
            "doi": doi,
            "titles": [{"title": title}],
            "creators": [{"name": "Example, Ada", "givenName": "Ada", "familyName": "Example"}],
            "publicationYear": 2020,
            "publisher": "Made-up Press",
            "types": {"resourceTypeGeneral": "Text"},
            "relatedIdentifiers": related,
        },
    }
    for doi, title, related in (
        (A, "A made-up report", []),
        (
            B,
            "Another one",
            [{"relationType": "Cites", "relatedIdentifier": A, "relatedIdentifierType": "DOI"}],
        ),
    )
]


def datacite(items: list[Any], cursor: str = "", total: int | None = None) -> dict[str, Any]:
    count = len(items) if total is None else total
    links = {"self": "https://datacite.example/dois"}
    if cursor:
        links["next"] = f"https://datacite.example/dois?page%5Bcursor%5D={cursor}"
    return {"data": items, "meta": {"total": count, "totalPages": 1, "resourceTypes": []}, "links": links}


DATACITE_ERROR = b'{"errors": [{"status": "400", "title": "made up"}]}'

# Europe PMC --------------------------------------------------------------------------------------

EUROPEPMC_RESULTS = [
    {
        "id": pmid,
        "source": "MED",
        "pmid": pmid,
        "doi": doi,
        "title": title,
        "authorString": "Example A.",
        "pubYear": "2020",
        "citedByCount": 1,
    }
    for pmid, doi, title in (("900001", A, "A made-up study."), ("900002", B, "Another made-up study."))
]


def europepmc(results: list[Any], cursor: str = "", total: int | None = None) -> dict[str, Any]:
    reply: dict[str, Any] = {"version": "6.9", "hitCount": len(results) if total is None else total}
    if cursor:
        reply["nextCursorMark"] = cursor
    return {**reply, "request": {"resultType": "core"}, "resultList": {"result": results}}


def europepmc_list(kind: str, pmid: str, others: list[str]) -> dict[str, Any]:
    entries = [
        {"id": other, "source": "MED", "title": "Listed and made up", "citedOrder": n}
        for n, other in enumerate(others, 1)
    ]
    return {
        "version": "6.9",
        "hitCount": len(others),
        "request": {"id": pmid, "source": "MED"},
        f"{kind}List": {kind: entries},
    }


EUROPEPMC_ERROR = b'{"errCode": 500, "errMsg": "made up"}'

# Semantic Scholar --------------------------------------------------------------------------------

S2_PAPERS = [
    {
        "paperId": digit * 40,
        "externalIds": {"DOI": doi, "CorpusId": 90 + int(digit)},
        "title": title,
        "year": 2020,
        "citationCount": 1,
        "authors": [{"authorId": "9", "name": "Ada Example"}],
    }
    for digit, doi, title in (("1", A, "A made-up study"), ("2", B, "Another made-up study"))
]


def s2_list(side: str, papers: list[Any]) -> dict[str, Any]:
    rows = [
        {"isInfluential": True, "intents": ["background"], "contexts": [], side: paper} for paper in papers
    ]
    return {"offset": 0, "data": rows}


# OpenCitations -----------------------------------------------------------------------------------

META_ROWS = [
    {
        "id": f"doi:{doi} omid:br/06{number}",
        "title": title,
        "author": "Example, Ada",
        "pub_date": "2020-05-02",
        "venue": "Annals of Invented Care [issn:1234-5679]",
        "volume": "7",
        "issue": "6",
        "page": "1-9",
        "type": "journal article",
        "publisher": "",
        "editor": "",
    }
    for number, doi, title in ((1, A, "A made-up study"), (2, B, "Another made-up study"))
]


def index_row(citing: str, cited: str) -> dict[str, str]:
    return {
        "oci": "061-062",
        "citing": f"omid:br/061 doi:{citing}",
        "cited": f"omid:br/062 doi:{cited}",
        "creation": "2021",
        "timespan": "P1Y",
        "journal_sc": "no",
        "author_sc": "no",
    }


# PubMed ------------------------------------------------------------------------------------------


def search(*pmids: str) -> str:
    ids = "".join(f"<Id>{pmid}</Id>" for pmid in pmids)
    return (
        '<?xml version="1.0" encoding="UTF-8" ?>\n<eSearchResult>'
        f"<Count>{len(pmids)}</Count><RetMax>{len(pmids)}</RetMax><RetStart>0</RetStart>"
        f"<IdList>{ids}</IdList><TranslationSet/><QueryTranslation>made up</QueryTranslation></eSearchResult>"
    )


def links(name: str, found: dict[str, tuple[str, ...]]) -> str:
    lists = {pmid: "".join(f"<Link><Id>{o}</Id></Link>" for o in others) for pmid, others in found.items()}
    sets = "".join(
        f"<LinkSet><DbFrom>pubmed</DbFrom><IdList><Id>{pmid}</Id></IdList><LinkSetDb><DbTo>pubmed</DbTo>"
        f"<LinkName>{name}</LinkName>{listed}</LinkSetDb></LinkSet>"
        for pmid, listed in lists.items()
    )
    return f'<?xml version="1.0" encoding="UTF-8" ?>\n<eLinkResult>{sets}</eLinkResult>'


PUBMED_ERROR = b"<eSearchResult><ERROR>made up</ERROR></eSearchResult>"
