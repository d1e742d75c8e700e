"""Europe PMC's Articles REST API: search, citations, references.

After https://europepmc.org/RestfulWebService and the announcement of version 6.6: no
`nextCursorMark` where the results end. A list of citations names an article by its id and
source alone. Faults of the question come with status 200 and an errCode.
"""

from __future__ import annotations

import json
import re
from typing import Any

from .asked import Answer, Asked, Refused, as_json, cursor_start, next_cursor, whole_number, window
from .made_up import issn, number
from .network import Network, Work
from .searching import BadSearch, Search

VERSION = "6.9"
LIST = re.compile(r"/([A-Z]{3})/([A-Za-z0-9]+)/(citations|references)\Z")


def identity(work: Work) -> tuple[str, str]:
    """(source, id)."""
    return ("MED", work.pmid) if work.pmid else ("PPR", work.preprint)


class EuropePMC:
    """The API over the network."""

    name = "europepmc"
    rate, rate_with_key, window = 10.0, 10.0, 1.0
    takes_key = ("", "")

    def __init__(self, network: Network) -> None:
        self.network = network
        self._works = [w for w in network.works if network.knows("europepmc", w.n)]
        self._by_id = {identity(w): w.n for w in self._works}

    def answer(self, asked: Asked) -> Answer:
        if asked.first("format", "xml") != "json":
            raise Refused(400, "this stand-in speaks JSON only", "text/plain")
        if asked.path in ("/search", "/searchPOST"):
            if (asked.path == "/searchPOST") != (asked.method == "POST"):
                raise Refused(405, "HTTP 405 Method Not Allowed", "text/plain")
            return self._search(asked)
        if match := LIST.match(asked.path):
            return self._listed(asked, *match.groups())
        raise Refused(404, "<html><title>HTTP Status 404 – Not Found</title></html>", "text/html")

    def _look(self, field: str, value: str) -> set[int]:
        name = field.upper()
        exact = {"EXT_ID": "pmid", "DOI": "doi", "PMCID": "pmcid"}
        if name == "SRC":
            return {w.n for w in self._works if identity(w)[0] == value.upper()}
        if name == "EXT_ID":
            return {w.n for w in self._works if identity(w)[1] == value}
        if name in exact:
            return {w.n for w in self._works if getattr(w, exact[name]).lower() == value.lower()}
        if name in ("CITES", "REFFED_BY"):
            given, _, source = value.rpartition("_")
            n = self._by_id.get((source.upper(), given), -1)
            lists = self.network.citing if name == "CITES" else self.network.references
            return set(lists["europepmc"].get(n, [])) & {w.n for w in self._works}
        if name in ("FIRST_PDATE", "PUB_YEAR", "E_PDATE"):
            low, _, high = value.strip("[]{}").partition(" TO ")
            high = high or low
            return {w.n for w in self._works if low <= w.date[: len(low)] and w.date[: len(high)] <= high}
        if name in ("", "TITLE", "TITLE_ABS"):
            return {w.n for w in self._works if value.lower().rstrip("*") in w.title.lower()}
        raise BadSearch(field)

    def _search(self, asked: Asked) -> Answer:
        query, cursor = asked.first("query"), asked.first("cursorMark", "*")
        size = whole_number(asked.first("pageSize", "25"))
        if not query:
            return _error(404, "Query is required")
        if size is None or not 1 <= size <= 1000:
            return _error(400, "pageSize must be between 1 and 1000")
        if (kind := asked.first("resultType", "lite")) not in ("idlist", "lite", "core"):
            return _error(400, f"Invalid resultType {kind}")
        try:
            found = sorted(Search(self._look, (w.n for w in self._works))(query))
        except BadSearch as error:
            return _error(400, f"Invalid query: {error}")
        name = f"{number(query):x}"
        start = cursor_start(name, cursor, "*")
        if start is None:
            return _error(400, "Invalid cursorMark")
        page, total = window(asked, found, start, size)
        following = next_cursor(asked, name, cursor, "*", start + size, start + size < total)
        reply: dict[str, Any] = {"version": VERSION, "hitCount": total}
        if start + size < total:
            reply["nextCursorMark"] = following
        reply["request"] = {"queryString": query, "resultType": kind, "cursorMark": cursor, "pageSize": size}
        reply["resultList"] = {"result": [self._result(n, kind) for n in page]}
        return as_json(reply)

    def _result(self, n: int, kind: str) -> dict[str, Any]:
        work = self.network.works[n]
        source, iD = identity(work)
        found: dict[str, Any] = {"id": iD, "source": source}
        found |= {k: getattr(work, k) for k in ("pmid", "pmcid", "doi") if getattr(work, k)}
        if kind == "idlist":
            return found
        people = [f"{family} {given[0]}" for given, family, _ in work.authors]
        found |= {
            "title": f"{work.title}.",
            "authorString": f"{', '.join(people)}.",
            "pubYear": str(work.year),
        }
        cited = len(self.network.citing["europepmc"].get(n, []))
        found |= {"pageInfo": work.pages, "citedByCount": cited, "firstPublicationDate": work.date}
        found["pubTypeList"] = {"pubType": ["Preprint"] if source == "PPR" else ["Journal Article"]}
        if kind == "lite":
            return found | {"journalTitle": f"J Invent Care {work.journal}"}
        authors = []
        for given, family, orcid in work.authors:
            author: dict[str, Any] = {
                "fullName": f"{family} {given[0]}",
                "firstName": given,
                "lastName": family,
            }
            author["initials"] = given[0]
            if orcid:
                author["authorId"] = {"type": "ORCID", "value": orcid}
            authors.append(author)
        found |= {"authorList": {"author": authors}, "abstractText": work.abstract, "language": "eng"}
        if source == "MED":
            found["journalInfo"] = {
                "issue": str(1 + n % 6),
                "volume": str(1 + n % 40),
                "yearOfPublication": work.year,
                "monthOfPublication": int(work.date[5:7]),
                "printPublicationDate": f"{work.date[:7]}-01",
                "journal": {
                    "title": f"Journal of Invented Care {work.journal}",
                    "medlineAbbreviation": f"J Invent Care {work.journal}",
                    "isoabbreviation": f"J Invent Care {work.journal}",
                    "issn": issn(work.journal),
                },
            }
        refs = self.network.references["europepmc"].get(n)
        return found | {"hasReferences": "Y" if refs else "N", "isOpenAccess": "N"}

    def _listed(self, asked: Asked, source: str, iD: str, which: str) -> Answer:
        page, size = whole_number(asked.first("page", "1")), whole_number(asked.first("pageSize", "25"))
        if not page or size is None or not 1 <= size <= 1000:
            return _error(400, "page or pageSize is invalid")
        n = self._by_id.get((source, iD), -1)
        if which == "citations":
            found: list[dict[str, Any]] = [
                self._entry(m) for m in self.network.citing["europepmc"].get(n, [])
            ]
        else:
            found = [self._entry(m) for m in self.network.references["europepmc"].get(n, [])]
            texts = self.network.texts.get(n, []) if n >= 0 else []
            found = [entry | {"citedOrder": place, "match": "Y"} for place, entry in enumerate(found, 1)]
            found += [
                {"unstructuredInformation": t, "citedOrder": len(found) + 1, "match": "N"} for t in texts
            ]
        items, total = window(asked, found, (page - 1) * size, size)
        request = {"id": iD, "source": source, "offSet": (page - 1) * size, "pageSize": size}
        singular = which[:-1]
        listed = {f"{singular}List": {singular: items}}
        return as_json({"version": VERSION, "hitCount": total, "request": request} | listed)

    def _entry(self, m: int) -> dict[str, Any]:
        work = self.network.works[m]
        source, iD = identity(work)
        people = ", ".join(f"{family} {given[0]}" for given, family, _ in work.authors)
        entry: dict[str, Any] = {
            "id": iD,
            "source": source,
            "title": f"{work.title}.",
            "authorString": f"{people}.",
        }
        entry |= {"journalAbbreviation": f"J Invent Care {work.journal}", "pubYear": work.year}
        return entry | {"volume": str(1 + m % 40), "issue": str(1 + m % 6), "pageInfo": work.pages}

    def error_inside(self) -> Answer:
        return _error(500, "Internal Server Error")

    def too_many(self, limit: float) -> Answer:
        return Answer(json.dumps({"message": "Too Many Requests"}).encode())


def _error(code: int, text: str) -> Answer:
    return as_json({"version": VERSION, "errCode": code, "errMsg": text})
