"""Semantic Scholar's Academic Graph API: paper batch, citations, references.

After its API documentation (v1): at most 500 ids a batch, null for what is not known; pages of
at most 1,000, offset + limit below 10,000; fields that do not exist are refused; a key allows one
request a second, and who has none shares the public's allowance.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import unquote

from .asked import Answer, Asked, Refused, Strange, as_json, whole_number, window
from .made_up import number
from .network import Network

LISTS = re.compile(r"/paper/(.+)/(citations|references)\Z")
PAPER = set(
    [
        "paperId",
        "corpusId",
        "externalIds",
        "url",
        "title",
        "abstract",
        "venue",
        "publicationVenue",
        "year",
        "referenceCount",
        "citationCount",
        "influentialCitationCount",
        "isOpenAccess",
        "openAccessPdf",
        "fieldsOfStudy",
        "s2FieldsOfStudy",
        "publicationTypes",
        "publicationDate",
        "journal",
        "citationStyles",
        "authors",
        "embedding",
        "tldr",
        "textAvailability",
    ]
)
AUTHOR = set(
    [
        "authorId",
        "externalIds",
        "url",
        "name",
        "affiliations",
        "homepage",
        "paperCount",
        "citationCount",
        "hIndex",
    ]
)
EDGE = {"contexts", "intents", "contextsWithIntent", "isInfluential"}
INTENTS = ("background", "methodology", "result")
SCHEMES = {"DOI": "doi", "PMID": "pmid", "PMCID": "pmcid", "CORPUSID": "corpus", "URL": "url", "MAG": "mag"}
SCHEMES |= {"ARXIV": "arxiv", "ACL": "acl"}


class SemanticScholar:
    """The API over the network."""

    name = "semanticscholar"
    rate, rate_with_key, window = 1.0, 1.0, 1.0
    takes_key = ("header", "x-api-key")

    def __init__(self, network: Network) -> None:
        self.network = network
        self._by_id: dict[tuple[str, str], int] = {}
        for work in network.works:
            if network.knows("semanticscholar", work.n):
                ids = [
                    ("sha", work.sha),
                    ("doi", work.doi),
                    ("pmid", work.pmid),
                    ("corpus", str(900_000 + work.n)),
                ]
                ids.append(("pmcid", work.pmcid.removeprefix("PMC")))
                self._by_id |= {(scheme, value): work.n for scheme, value in ids if value}

    def _find(self, given: str) -> int | None:
        scheme, colon, value = given.partition(":")
        if not colon:
            return self._by_id.get(("sha", given.lower()))
        kind = SCHEMES.get(scheme.upper(), "")
        value = value.upper().removeprefix("PMC") if kind == "pmcid" else value.lower()
        return self._by_id.get((kind, value))

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("x-api-key") == "wrong":
            raise Refused(403, {"message": "Forbidden"})
        if asked.path == "/paper/batch":
            return self._batch(asked)
        match = LISTS.match(asked.path)
        if not match or asked.method != "GET":
            raise Refused(404, {"message": "Not Found"})
        return self._listed(asked, unquote(match.group(1)), match.group(2))

    def _batch(self, asked: Asked) -> Answer:
        if asked.method != "POST":
            raise Refused(405, {"message": "Method Not Allowed"})
        try:
            ids = json.loads(asked.body)["ids"]
        except (ValueError, KeyError, TypeError):
            raise Refused(400, {"error": "Missing or malformed JSON body"}) from None
        if not isinstance(ids, list) or not ids or not all(isinstance(i, str) for i in ids):
            raise Refused(400, {"error": "No valid paper ids given"})
        if len(ids) > 500:
            raise Refused(
                400, {"error": "Can only process 500 paper ids at a time. Please reduce the number of ids"}
            )
        fields = _fields(asked.first("fields", "paperId,title"), PAPER, AUTHOR)
        found = [self._find(given) for given in ids]
        return as_json([None if n is None else self._paper(n, fields) for n in found])

    def _listed(self, asked: Asked, given: str, which: str) -> Answer:
        n = self._find(given)
        if n is None:
            raise Refused(404, {"error": f"Paper with id {given} not found"})
        start, size = whole_number(asked.first("offset", "0")), whole_number(asked.first("limit", "100"))
        if start is None or not size or size > 1000:
            raise Refused(400, {"error": "Unacceptable query params: [limit must be <= 1000]"})
        if start + size >= 10_000:
            raise Refused(400, {"error": "Requested data for this limit and/or offset is not available"})
        if strange := [
            p for p in asked.names() if p not in ("fields", "offset", "limit", "publicationDateOrYear")
        ]:
            raise Strange(f"Semantic Scholar documents no parameter {strange[0]}")
        fields = _fields(asked.first("fields", "paperId,title"), PAPER | EDGE, AUTHOR)
        name = "citingPaper" if which == "citations" else "citedPaper"
        lists = self.network.citing if which == "citations" else self.network.references
        rows: list[dict[str, Any]] = []
        for m in lists["semanticscholar"].get(n, []):
            edge = (m, n) if which == "citations" else (n, m)
            rows.append(self._said(edge, fields) | {name: self._paper(m, fields)})
        if which == "references":
            rows += [
                self._said((n, n), set()) | {name: {"paperId": None, "title": text, "externalIds": None}}
                for text in self.network.texts.get(n, [])
            ]
        page, total = window(Asked("GET", ""), rows, start, size)
        reply: dict[str, Any] = {"offset": start, "data": page}
        if start + size < total:
            reply["next"] = start + size
        return as_json(reply)

    def _said(self, edge: tuple[int, int], fields: set[str]) -> dict[str, Any]:
        drawn = number("intent", *edge)
        said: dict[str, Any] = {
            "isInfluential": drawn % 7 == 0,
            "intents": [INTENTS[drawn % 3]] if drawn % 4 else [],
            "contexts": [f"As others found [{edge[1]}], nothing happened."] if drawn % 4 else [],
        }
        return {k: v for k, v in said.items() if k in fields}

    def _paper(self, n: int, fields: set[str]) -> dict[str, Any]:
        work = self.network.works[n]
        ids: dict[str, Any] = {"CorpusId": 900_000 + n}
        ids |= {
            k: v
            for k, v in (("DOI", work.doi.upper() if n % 13 == 4 else work.doi), ("PubMed", work.pmid))
            if v
        }
        if work.pmcid:
            ids["PubMedCentral"] = work.pmcid.removeprefix("PMC")
        cited = self.network.references["semanticscholar"].get(n, [])
        people: list[dict[str, Any]] = []
        for given, family, _ in work.authors:
            author: dict[str, Any] = {
                "authorId": str(number(family, given) % 10**8),
                "name": f"{given} {family}",
            }
            if "authors.externalIds" in fields:
                author["externalIds"] = {}
            if "authors.affiliations" in fields:
                author["affiliations"] = []
            people.append(author)
        paper: dict[str, Any] = {
            "paperId": work.sha,
            "corpusId": 900_000 + n,
            "externalIds": ids,
            "url": f"https://www.semanticscholar.org/paper/{work.sha}",
            "title": work.title,
            "abstract": work.abstract if n % 2 else None,
            "venue": f"Journal of Invented Care {work.journal}",
            "publicationVenue": None,
            "year": work.year,
            "referenceCount": len(cited),
            "citationCount": len(self.network.citing["semanticscholar"].get(n, [])),
            "influentialCitationCount": 0,
            "isOpenAccess": False,
            "openAccessPdf": None,
            "fieldsOfStudy": None,
            "s2FieldsOfStudy": [],
            "publicationTypes": ["JournalArticle"] if not work.data else ["Dataset"],
            "publicationDate": work.date,
            "journal": {
                "name": f"Journal of Invented Care {work.journal}",
                "pages": f"\n {work.pages}\n ",
                "volume": str(1 + n % 40),
            },
            "authors": people,
            "tldr": None,
        }
        wanted = {f.partition(".")[0] for f in fields} | {"paperId"}
        return {k: v for k, v in paper.items() if k in wanted}

    def error_inside(self) -> Answer:
        return as_json({"message": "Endpoint request timed out"})

    def too_many(self, limit: float) -> Answer:
        text = "Too Many Requests. Please wait and try again or apply for a key for higher rate limits."
        return as_json({"message": text, "code": "429"})


def _fields(text: str, plain: set[str], author: set[str]) -> set[str]:
    fields = {field for field in text.split(",") if field}
    bad = []
    for field in sorted(fields):
        head, dot, tail = field.partition(".")
        known = field in plain or (head == "authors" and tail in author) or head == "embedding"
        if not known or (dot and not tail):
            bad.append(field)
    if bad:
        raise Refused(400, {"error": f"Unrecognized or unsupported fields: [{', '.join(bad)}]"})
    return fields
