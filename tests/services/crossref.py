"""Crossref's REST API: /works with filters and cursor.

After the documentation at api.crossref.org and its open source: the same filter twice is OR,
different ones are AND; rows at most 1,000; offset at most 10,000; a cursor can't be used with an
offset; unknown parameters are refused; the last page has a next-cursor too. Public pool 5
requests a second, polite pool 10.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from .asked import Answer, Asked, Refused, as_json, cursor_start, next_cursor, whole_number, window
from .made_up import issn, number
from .network import Network

PARAMS: tuple[str, ...] = (
    "query",
    "query.bibliographic",
    "query.title",
    "filter",
    "rows",
    "offset",
    "cursor",
    "select",
    "sort",
)
PARAMS += ("order", "mailto", "facet", "sample")
FILTERS = ("doi", "type", "from-pub-date", "until-pub-date", "has-references", "issn", "orcid")
SELECTABLE = [
    "DOI",
    "title",
    "author",
    "issued",
    "published",
    "published-print",
    "published-online",
    "container-title",
    "short-container-title",
    "ISSN",
    "issn-type",
    "volume",
    "issue",
    "page",
    "type",
    "reference",
    "references-count",
    "is-referenced-by-count",
    "abstract",
    "publisher",
    "URL",
    "member",
    "prefix",
    "source",
    "subject",
    "update-to",
    "relation",
    "license",
    "funder",
    "language",
    "created",
    "deposited",
    "indexed",
    "alternative-id",
    "article-number",
    "subtitle",
    "short-title",
    "original-title",
    "editor",
    "event",
    "ISBN",
    "link",
    "score",
    "resource",
    "content-domain",
    "assertion",
    "archive",
    "accepted",
    "approved",
    "chair",
    "clinical-trial-number",
    "degree",
    "group-title",
    "posted",
    "standards-body",
    "translator",
    "update-policy",
    "issn-type",
    "isbn-type",
    "published-other",
    "institution",
    "content-created",
    "content-updated",
    "edition-number",
    "free-to-read",
    "original-title",
    "part-number",
    "reference-count",
    "special-numbering",
    "review",
    "updated-by",
    "version",
]


class Crossref:
    """The API over the network."""

    name = "crossref"
    rate, rate_with_key, window = 10.0, 10.0, 1.0  # with `mailto`, which the tests see to
    takes_key = ("header", "Crossref-Plus-API-Token")

    def __init__(self, network: Network) -> None:
        self.network = network
        self._works = [w for w in network.works if network.knows("crossref", w.n)]
        self._by_doi = {w.doi: w.n for w in self._works}
        self._cited = Counter(m for cited in network.references["crossref"].values() for m in cited)

    def answer(self, asked: Asked) -> Answer:
        if asked.path.startswith("/works/"):
            n = self._by_doi.get(asked.path.removeprefix("/works/").lower())
            if n is None:
                raise Refused(404, "Resource not found.", "text/plain")
            return _message("work", self._item(n))
        if asked.path != "/works":
            raise Refused(404, "Resource not found.", "text/plain")
        for name in asked.names():
            if name not in PARAMS:
                raise _invalid("parameter-not-allowed", name, "This route does not support this parameter")
        return self._list(asked)

    def _filtered(self, asked: Asked) -> list[int]:
        wanted: dict[str, list[str]] = {}
        for part in asked.first("filter").split(",") if asked.first("filter") else []:
            name, colon, value = part.partition(":")
            if not colon or name not in FILTERS:
                raise _invalid(
                    "filter-not-available", name, f"Filter {name} specified but there is no such filter"
                )
            wanted.setdefault(name, []).append(value.strip().lower())
        found = [w.n for w in self._works]
        if dois := wanted.get("doi"):
            bare = [d.removeprefix("https://doi.org/").removeprefix("doi:") for d in dois]
            found = sorted({self._by_doi[d] for d in bare if d in self._by_doi})
        for low in wanted.get("from-pub-date", []):
            found = [n for n in found if self.network.works[n].date[: len(low)] >= low]
        for high in wanted.get("until-pub-date", []):
            found = [n for n in found if self.network.works[n].date[: len(high)] <= high]
        for name in ("query", "query.bibliographic", "query.title"):
            for word in asked.first(name).lower().split():
                found = [n for n in found if word in self.network.works[n].title.lower()]
        return found

    def _list(self, asked: Asked) -> Answer:
        rows = whole_number(asked.first("rows", "20"))
        if rows is None or rows > 1000:
            text = "Integer specified as 'rows' but must be a positive integer less than or equal to 1000."
            raise _invalid("integer-not-valid", asked.first("rows"), text)
        select = [name for name in asked.first("select").split(",") if name]
        for name in select:
            if name not in SELECTABLE:
                raise _invalid(
                    "select-not-available", name, f"Select {name} specified but there is no such select"
                )
        found = self._filtered(asked)
        offset = whole_number(asked.first("offset", "0"))
        message: dict[str, Any] = {"facets": {}}
        name = f"{number(asked.first('filter'), asked.first('query')):x}"
        if cursor := asked.first("cursor"):
            if asked.first("offset"):
                raise _invalid("parameter-conflict", "offset", "offset cannot be used with cursor")
            start = cursor_start(name, cursor, "*")
            if start is None:
                raise _invalid("cursor-invalid", cursor, "Cursor specified but is not valid")
        elif offset is None or offset > 10_000:
            raise _invalid("integer-not-valid", asked.first("offset"), "offset must be at most 10000")
        else:
            start = offset
        page, total = window(asked, found, start, rows)
        if cursor:
            following = next_cursor(asked, name, cursor, "*", start + len(page), start + rows < total)
            message["next-cursor"] = following
        items = [self._item(n) for n in page]
        if select:
            items = [{k: v for k, v in item.items() if k in select} for item in items]
        query = {"start-index": 0 if cursor else start, "search-terms": asked.first("query") or None}
        message |= {"total-results": total, "items": items, "items-per-page": rows, "query": query}
        return _message("work-list", message)

    def _item(self, n: int) -> dict[str, Any]:
        network, work = self.network, self.network.works[n]
        year, month, day = (int(part) for part in work.date.split("-"))
        people = []
        for place, (given, family, orcid) in enumerate(work.authors):
            person: dict[str, Any] = {
                "given": given,
                "family": family,
                "sequence": "additional" if place else "first",
            }
            person["affiliation"] = []
            if orcid:
                person |= {"ORCID": f"http://orcid.org/{orcid}", "authenticated-orcid": False}
            people.append(person)
        posted = not work.pmid and work.preprint
        item: dict[str, Any] = {
            "DOI": work.doi.upper() if n % 11 == 5 else work.doi,
            "URL": f"http://dx.doi.org/{work.doi}",
            "type": "posted-content" if posted else "journal-article",
            "title": [work.title],
            "author": people,
            "publisher": "Nowhere University Press",
            "issued": {"date-parts": [[year, month, day] if n % 3 else [year, month]]},
            "published": {"date-parts": [[year, month, day] if n % 3 else [year, month]]},
            "abstract": f"<jats:p>{work.abstract.replace('<', '&lt;')}</jats:p>",
            "is-referenced-by-count": self._cited[n],
            "member": "99999",
            "prefix": "10.5555",
            "source": "Crossref",
            "score": 1.0,
        }
        if not posted:
            item |= {
                "container-title": [f"Journal of Invented Care {work.journal}"],
                "short-container-title": [f"J Invent Care {work.journal}"],
                "ISSN": [issn(work.journal)],
                "issn-type": [{"value": issn(work.journal), "type": "print"}],
                "volume": str(1 + n % 40),
                "issue": str(1 + n % 6),
                "page": work.pages,
            }
        references = []
        cited = network.references["crossref"].get(n, [])
        for place, m in enumerate(cited + cited[:1] * (n == 2), 1):
            other = network.works[m]
            entry = {"key": f"ref{place}", "doi-asserted-by": "publisher", "year": str(other.year)}
            entry |= {"DOI": other.doi.upper() if place % 4 == 0 else other.doi, "article-title": other.title}
            references.append(entry)
        references += [{"key": f"text{i}", "unstructured": t} for i, t in enumerate(network.texts.get(n, []))]
        item |= {"reference-count": len(references), "references-count": len(references)}
        if references:
            item["reference"] = references
        return item

    def error_inside(self) -> Answer:
        inside = {"name": "class java.lang.Exception", "description": "java.lang.Exception"}
        return as_json(
            {"status": "error", "message-type": "exception", "message-version": "1.0.0", "message": inside}
        )

    def too_many(self, limit: float) -> Answer:
        text = (
            "<html><body><h1>429 Too Many Requests</h1>\nYou have sent too many requests in a given amount "
        )
        headers = {"x-rate-limit-limit": f"{limit:.0f}", "x-rate-limit-interval": "1s"}
        return Answer(f"{text}of time.\n</body></html>".encode(), "text/html", headers=headers)


def _message(kind: str, message: dict[str, Any]) -> Answer:
    answer = as_json({"status": "ok", "message-type": kind, "message-version": "1.0.0", "message": message})
    answer.headers |= {"x-rate-limit-limit": "10", "x-rate-limit-interval": "1s", "x-api-pool": "polite"}
    return answer


def _invalid(kind: str, value: str, text: str) -> Refused:
    inside = [{"type": kind, "value": value, "message": text}]
    whole = {"status": "failed", "message-type": "validation-failure", "message-version": "1.0.0"}
    return Refused(400, whole | {"message": inside})
