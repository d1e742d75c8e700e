"""DataCite's REST API: /dois, as JSON:API.

After support.datacite.org (pagination, API queries, rate limit): at most 1,000 a page and 10,000
by page number; page[cursor]=1 begins a cursor, links.next leads on; 1,000 requests in five
minutes for who gives an e-mail address.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from .asked import Answer, Asked, Refused, Strange, as_json, cursor_start, next_cursor, whole_number, window
from .made_up import number
from .network import Network
from .searching import BadSearch, Search

MEDIA = "application/vnd.api+json; charset=utf-8"
PARAMS = "query ids page[size] page[number] page[cursor] sort include detail affiliation publisher mailto"
PARAMS += " disable-facets fields[dois] published created registered resource-type-id"


class DataCite:
    """The API over the network."""

    name = "datacite"
    rate, rate_with_key, window = 1000.0, 3000.0, 300.0
    takes_key = ("header", "Authorization")

    def __init__(self, network: Network) -> None:
        self.network = network
        self._works = [w for w in network.works if network.knows("datacite", w.n)]
        self._by_doi = {w.doi: w.n for w in self._works}

    def answer(self, asked: Asked) -> Answer:
        if asked.path.startswith("/dois/"):
            n = self._by_doi.get(asked.path.removeprefix("/dois/").lower())
            if n is None:
                raise Refused(404, {"errors": [_NOT_THERE]}, MEDIA)
            return as_json({"data": self._item(n)}, MEDIA)
        if asked.path != "/dois":
            raise Refused(404, {"errors": [_NOT_THERE]}, MEDIA)
        if unknown := [name for name in asked.names() if name not in PARAMS.split()]:
            raise Strange(f"DataCite would pass over the parameter {unknown[0]} in silence")
        return self._list(asked)

    def _look(self, field: str, value: str) -> set[int]:
        text = value.lower()
        if field in ("doi", "id", "uid"):
            return {self._by_doi[text]} if text in self._by_doi else set()
        if field in ("relatedIdentifiers.relatedIdentifier", r"relatedIdentifiers.relatedIdentifier.keyword"):
            bare = text.removeprefix("https://doi.org/")
            return {w.n for w in self._works if bare in {self.network.works[m].doi for m in self._cited(w.n)}}
        if field == "relatedIdentifiers.relationType":
            return {w.n for w in self._works if self._cited(w.n)}
        if field in ("", "titles.title"):
            return {w.n for w in self._works if text in w.title.lower()}
        if field in ("publicationYear", "published"):
            low, _, high = value.strip("[]{}").partition(" TO ")
            low, high = (end if end != "*" else "" for end in (low, high or low))
            return {
                w.n
                for w in self._works
                if (not low or low <= w.date) and (not high or w.date[: len(high)] <= high)
            }
        raise BadSearch(field)

    def _cited(self, n: int) -> list[int]:
        return self.network.references["datacite"].get(n, [])

    def _list(self, asked: Asked) -> Answer:
        size = whole_number(asked.first("page[size]", "25"))
        if size is None or size > 1000:  # it takes 1,000 then, in silence
            raise Strange("DataCite would give pages of 1,000 instead")
        found = sorted(w.n for w in self._works)
        if query := asked.first("query"):
            try:
                found = sorted(Search(self._look, found)(query))
            except BadSearch as error:
                inside = {"status": "400", "title": f"Failed to parse query: {error}"}
                raise Refused(400, {"errors": [inside]}, MEDIA) from None
        if ids := asked.first("ids"):
            found = [self._by_doi[i] for i in ids.lower().split(",") if i in self._by_doi]
        name = f"{number(query, ids):x}"
        cursor = asked.first("page[cursor]")
        page_number = whole_number(asked.first("page[number]", "1")) or 1
        start = cursor_start(name, cursor, "1") if cursor else (page_number - 1) * size
        if start is None or (not cursor and page_number * size > 10_000):
            inside = {"status": "400", "title": "The page or cursor is invalid"}
            raise Refused(400, {"errors": [inside]}, MEDIA)
        page, total = window(asked, found, start, size)
        pages = -(-total // size) if size else 0
        meta: dict[str, Any] = {"total": total, "totalPages": pages}
        links = {"self": f"https://api.datacite.org/dois?{urlencode(asked.params)}"}
        if start + size < total:
            following = dict(asked.params)
            if cursor:
                following["page[cursor]"] = next_cursor(asked, name, cursor, "1", start + size, True)
            else:
                following["page[number]"] = str(page_number + 1)
            links["next"] = f"https://api.datacite.org/dois?{urlencode(following)}"
        if not cursor:
            meta["page"] = page_number
        return as_json({"data": [self._item(n) for n in page], "meta": meta, "links": links}, MEDIA)

    def _item(self, n: int) -> dict[str, Any]:
        work = self.network.works[n]
        creators = []
        for given, family, orcid in work.authors:
            creator: dict[str, Any] = {
                "name": f"{family}, {given}",
                "nameType": "Personal",
                "givenName": given,
            }
            creator |= {"familyName": family, "affiliation": [], "nameIdentifiers": []}
            if orcid:
                scheme = {"schemeUri": "https://orcid.org", "nameIdentifierScheme": "ORCID"}
                creator["nameIdentifiers"] = [{"nameIdentifier": f"https://orcid.org/{orcid}"} | scheme]
            creators.append(creator)
        related = [
            {
                "relationType": "Cites" if m % 2 else "References",
                "relatedIdentifier": self.network.works[m].doi,
            }
            | {"relatedIdentifierType": "DOI"}
            for m in self._cited(n)
        ]
        types = {"ris": "DATA", "bibtex": "misc", "citeproc": "dataset", "schemaOrg": "Dataset"}
        attributes: dict[str, Any] = {
            "doi": work.doi,
            "identifiers": [],
            "creators": creators,
            "titles": [{"title": work.title}],
            "publisher": "Nowhere Data Archive",
            "container": {},
            "publicationYear": work.year,
            "subjects": [],
            "contributors": [],
            "dates": [{"date": work.date, "dateType": "Issued"}],
            "language": "en",
            "types": types | {"resourceType": "Dataset", "resourceTypeGeneral": "Dataset"},
            "relatedIdentifiers": related,
            "relatedItems": [],
            "descriptions": [{"description": work.abstract, "descriptionType": "Abstract"}],
            "fundingReferences": [],
            "rightsList": [],
            "version": None,
            "url": f"https://example.org/{n}",
            "citationCount": number("datacite", n) % 3,
            "referenceCount": len(related),
            "state": "findable",
            "created": f"{work.date}T10:00:00.000Z",
            "registered": f"{work.date}T10:00:00.000Z",
            "updated": "2025-06-01T10:00:00Z",
        }
        return {"id": work.doi, "type": "dois", "attributes": attributes, "relationships": {}}

    def error_inside(self) -> Answer:
        return as_json({"errors": [{"status": "500", "title": "Something unexpected happened."}]}, MEDIA)

    def too_many(self, limit: float) -> Answer:
        return as_json({"errors": [{"status": "429", "title": "You have exceeded the rate limit."}]}, MEDIA)


_NOT_THERE = {"status": "404", "title": "The resource you are looking for doesn't exist."}
