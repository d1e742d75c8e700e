"""OpenAlex: /works with filters, at most 100 values joined by |, and cursor.

After developers.openalex.org (page through results, errors, authentication) and the open source
of its search API: at most 100 a page; page × per_page at most 10,000; URLs below 4,096
characters; 100 requests a second. `next_cursor` is null where the results end.
"""

from __future__ import annotations

from typing import Any

from .asked import Answer, Asked, Refused, as_json, cursor_start, next_cursor, whole_number, window
from .made_up import issn, number
from .network import Network, Work

PARAMS: tuple[str, ...] = (
    "filter",
    "search",
    "select",
    "sort",
    "page",
    "per-page",
    "per_page",
    "cursor",
    "mailto",
    "api_key",
)
PARAMS += ("data_version", "data-version", "include_xpac", "include-xpac", "sample", "seed", "group_by")
MOST_VALUES = 100
MOST_A_PAGE = 100
SITE = "https://openalex.org/"


class OpenAlex:
    """The API over the network."""

    name = "openalex"
    rate, rate_with_key, window = 100.0, 100.0, 1.0
    takes_key = ("param", "api_key")

    def __init__(self, network: Network) -> None:
        self.network = network
        self._works = [w for w in network.works if network.knows("openalex", w.n)]
        self._by: dict[str, dict[str, int]] = {
            "openalex": {w.openalex: w.n for w in self._works},
            "doi": {w.doi: w.n for w in self._works if w.doi},
            "pmid": {w.pmid: w.n for w in self._works if w.pmid},
            "pmcid": {w.pmcid: w.n for w in self._works if w.pmcid},
        }

    def answer(self, asked: Asked) -> Answer:
        if asked.path.startswith("/works/"):
            found = self._one(asked.path.removeprefix("/works/"))
            if found is None:
                raise Refused(404, "<!doctype html>\n<title>404 Not Found</title>", "text/html")
            return as_json(self._work(found))
        if asked.path != "/works":
            raise Refused(404, "<!doctype html>\n<title>404 Not Found</title>", "text/html")
        for name in asked.names():
            if name not in PARAMS:
                raise _invalid(f"{name} is not a valid parameter. Valid parameters are: {', '.join(PARAMS)}.")
        return self._list(asked)

    def _one(self, text: str) -> int | None:
        scheme, colon, value = text.partition(":")
        if not colon or scheme == "https":
            scheme, value = "openalex", text
        return self._by.get(scheme, {}).get(_bare(scheme, value))

    def _filtered(self, asked: Asked) -> list[int]:
        found = {w.n for w in self._works}
        network = self.network
        for part in asked.first("filter").split(",") if asked.first("filter") else []:
            name, colon, value = part.partition(":")
            if not colon or not value:
                raise _invalid("Invalid query parameter in filter. Valid filters are key:value.")
            values = value.split("|")
            if len(values) > MOST_VALUES:
                raise _invalid(
                    f"Maximum number of values exceeded for {name}. Decrease values to {MOST_VALUES} or "
                    "below, or consider downloading the full dataset at https://developers.openalex.org/download"
                )
            scheme = {"ids.openalex": "openalex", "openalex_id": "openalex", "ids.pmid": "pmid"}.get(
                name, name
            )
            scheme = {"ids.pmcid": "pmcid", "ids.doi": "doi"}.get(scheme, scheme)
            if scheme in self._by:
                known = self._by[scheme]
                found &= {known[bare] for v in values if (bare := _bare(scheme, v)) in known}
            elif name in ("cites", "cited_by"):
                lists = network.citing if name == "cites" else network.references
                ns = [self._by["openalex"].get(_bare("openalex", v), -1) for v in values]
                found &= {m for n in ns for m in lists["openalex"].get(n, [])}
            elif name in ("title.search", "default.search", "title_and_abstract.search"):
                found &= {
                    n
                    for n in found
                    if all(w in network.works[n].title.lower() for w in value.lower().split())
                }
            elif name in ("from_publication_date", "to_publication_date"):
                low = name.startswith("from")
                found = {
                    n
                    for n in found
                    if (network.works[n].date >= value if low else network.works[n].date <= value)
                }
            elif name == "publication_year":
                found = {n for n in found if str(network.works[n].year) in values}
            else:
                raise _invalid(
                    f"{name} is not a valid field. Valid fields are underscore or hyphenated versions of: …"
                )
        for word in asked.first("search").lower().split():
            found = {n for n in found if word in network.works[n].title.lower()}
        return sorted(found)

    def _list(self, asked: Asked) -> Answer:
        size = whole_number(asked.first("per-page") or asked.first("per_page", "25"))
        if not size or size > MOST_A_PAGE:
            raise _invalid(f"per-page parameter must be between 1 and {MOST_A_PAGE}")
        found = self._filtered(asked)
        name = f"{number(asked.first('filter'), asked.first('search')):x}"
        meta: dict[str, Any] = {"db_response_time_ms": 9, "page": None, "per_page": size}
        if cursor := asked.first("cursor"):
            if asked.first("page"):
                raise _invalid("Cannot use page parameter with cursor.")
            start = cursor_start(name, cursor, "*")
            if start is None:
                raise _invalid("Cursor value is invalid.")
        else:
            page_number = whole_number(asked.first("page", "1")) or 0
            if not page_number or page_number * size > 10_000:
                raise _invalid(
                    "Maximum results size of 10,000 records is exceeded. Cursor pagination is required for "
                    "records beyond this page."
                )
            start = (page_number - 1) * size
            meta["page"] = page_number
        page, total = window(asked, found, start, size)
        meta["count"] = total
        if cursor:
            following = next_cursor(asked, name, cursor, "*", start + size, start + size < total)
            meta["next_cursor"] = following if page else None
        results = [self._work(n) for n in page]
        if select := asked.first("select"):
            wanted = select.split(",")
            for field in wanted:
                if field not in self._work(self._works[0].n):
                    raise _invalid(f"{field} is not a valid select field.")
            results = [{k: v for k, v in result.items() if k in wanted} for result in results]
        return as_json({"meta": meta, "results": results, "group_by": []})

    def _work(self, n: int) -> dict[str, Any]:
        work = self.network.works[n]
        ids = {"openalex": SITE + work.openalex}
        if work.doi:
            ids["doi"] = f"https://doi.org/{work.doi}"
        if work.pmid:
            ids["pmid"] = f"https://pubmed.ncbi.nlm.nih.gov/{work.pmid}"
        if work.pmcid:
            ids["pmcid"] = f"https://www.ncbi.nlm.nih.gov/pmc/articles/{work.pmcid.removeprefix('PMC')}"
        journal = {
            "id": f"{SITE}S99{work.journal:06d}",
            "display_name": f"Journal of Invented Care {work.journal}",
            "issn_l": issn(work.journal),
            "issn": [issn(work.journal)],
            "type": "journal",
        }
        location = {"is_oa": False, "landing_page_url": ids.get("doi", ids["openalex"]), "pdf_url": None}
        location |= {"source": journal, "license": None, "version": "publishedVersion"}
        cited = self.network.references["openalex"].get(n, [])
        first, last = work.pages.split("-")
        return {
            "id": ids["openalex"],
            "doi": ids.get("doi"),
            "title": work.title,
            "display_name": work.title,
            "publication_year": work.year,
            "publication_date": work.date,
            "ids": ids,
            "language": "en",
            "primary_location": location,
            "locations": [location],
            "best_oa_location": None,
            "type": "dataset" if work.data else "article",
            "type_crossref": "dataset" if work.data else "journal-article",
            "indexed_in": ["crossref"] if work.doi else [],
            "open_access": {"is_oa": False, "oa_status": "closed", "oa_url": None},
            "authorships": [
                _authorship(place, person, len(work.authors)) for place, person in enumerate(work.authors)
            ],
            "cited_by_count": len(self.network.citing["openalex"].get(n, [])),
            "biblio": {
                "volume": str(1 + n % 40),
                "issue": str(1 + n % 6),
                "first_page": first,
                "last_page": last,
            },
            "is_retracted": False,
            "is_paratext": False,
            "primary_topic": None,
            "topics": [],
            "keywords": [],
            "concepts": [],
            "mesh": [],
            "grants": [],
            "funders": [],
            "awards": [],
            "referenced_works_count": len(cited),
            "referenced_works": [SITE + self.network.works[m].openalex for m in cited],
            "related_works": [],
            "abstract_inverted_index": _inverted(work),
            "counts_by_year": [],
            "updated_date": "2025-12-01T00:00:00.000000",
            "created_date": "2025-10-10",
        }

    def error_inside(self) -> Answer:
        return as_json(
            {"error": "Internal server error", "message": "The server encountered an internal error."}
        )

    def too_many(self, limit: float) -> Answer:
        return as_json(
            {"error": "Rate limit exceeded", "message": f"Maximum {limit:.0f} requests per second"}
        )


def _bare(scheme: str, value: str) -> str:
    text = value.strip().rstrip("/")
    if scheme == "doi":
        return text.lower().removeprefix("https://doi.org/")
    return text.rpartition("/")[2].upper()


def _authorship(place: int, person: tuple[str, str, str], of: int) -> dict[str, Any]:
    given, family, orcid = person
    name = f"{given} {family}"
    author = {"id": f"{SITE}A{number(name) % 10**10}", "display_name": name}
    author_with = {**author, "orcid": f"https://orcid.org/{orcid}" if orcid else None}
    return {
        "author_position": "first" if not place else "last" if place == of - 1 else "middle",
        "author": author_with,
        "institutions": [],
        "countries": [],
        "is_corresponding": not place,
        "raw_author_name": name,
        "raw_affiliation_strings": ["Institute of Made-Up Studies, Elsewhere."],
        "affiliations": [],
    }


def _inverted(work: Work) -> dict[str, list[int]]:
    index: dict[str, list[int]] = {}
    for place, word in enumerate(work.abstract.split()):
        index.setdefault(word, []).append(place)
    return index


def _invalid(text: str) -> Refused:
    return Refused(400, {"error": "Invalid query parameters error.", "message": text})
