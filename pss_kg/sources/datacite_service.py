"""DataCite, live: DOIs in batches, and a search.

Documentation: https://support.datacite.org/docs/api-queries (the `query` parameter, OpenSearch
query string syntax) and https://support.datacite.org/docs/pagination (1,000 a page; cursors).
Limits: 500 requests in 5 minutes, 1,000 for who gives an e-mail address
(https://support.datacite.org/docs/is-there-a-rate-limit-for-making-requests-against-the-datacite-apis).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pss_kg.http.asking import Access, Ask, BadReply, Reply, Request
from pss_kg.identifiers import normalise_doi
from pss_kg.records import Read
from pss_kg.sources.datacite import complaint
from pss_kg.sources.datacite_record import SOURCE, read_doi
from pss_kg.sources.json_values import object_of, objects, text, whole_number
from pss_kg.sources.paging import Page, answer_of, batches, walk
from pss_kg.sources.service import Identifier, Query, Unasked, values_of

_BATCH = 50
_ROOM = 3500
_PAGE = 1000
_QUOTED = re.compile(r'(["\\])')


class DataCiteService(Unasked):
    """The service `datacite`. Its records hold what they cite and what is known to cite them."""

    name: str = SOURCE
    title = "DataCite"
    accesses: tuple[Access, ...] = (
        Access(
            name="datacite",
            title="DataCite",
            url="https://api.datacite.org",
            rate=1.6,  # 500 in 5 minutes
            concurrency=1,
            rate_with_contact=3.3,  # 1,000 in 5 minutes
            contact=("mailto",),
            documented="https://support.datacite.org/docs/is-there-a-rate-limit-for-making-requests-against-the-datacite-apis",
        ),
    )
    schemes: tuple[str, ...] = ("doi",)
    describes = _BATCH
    cites = 0  # what DataCite knows of it stands in the records
    refers = 0  # the records hold their references
    searches = True

    def describe(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
        """The records of these DOIs, each once, whatever else the query finds."""
        dois = [_QUOTED.sub(r"\\\1", doi) for doi in values_of(wanted, "doi")]
        for group in batches(dois, _BATCH, _ROOM, 10):
            words = " OR ".join(f'"{doi}"' for doi in group)
            asked = {doi.replace("\\", "") for doi in group}
            for item in _list(ask, f"doi:({words})", len(group)):
                # An analysed field may find neighbours of what was asked for.
                if _key(item).replace("\\", "") in asked:
                    yield read_doi(item)

    def search(self, query: Query, ask: Ask) -> Iterator[Read]:
        """DOIs that the query finds, with years of publication within its bounds."""
        text_of = query.text
        if query.since or query.until:
            years = f"publicationYear:[{query.since[:4] or '*'} TO {query.until[:4] or '*'}]"
            text_of = f"({text_of}) AND {years}"
        size = min(_PAGE, query.limit) if query.limit else _PAGE
        for item in _list(ask, text_of, size, query.limit):
            yield read_doi(item)


def _list(ask: Ask, query: str, size: int, limit: int = 0) -> Iterator[dict[str, Any]]:
    def request(cursor: str, number: int) -> Request:
        params = (
            ("query", query),
            ("affiliation", "true"),  # else affiliations come without their ROR
            ("disable-facets", "true"),  # counts that nobody reads
            ("page[size]", str(size)),
            ("page[cursor]", cursor),
        )
        return Request("datacite", "/dois", params=params)

    return walk(ask, request, _read_list, _key, first="1", limit=limit)


def _key(item: dict[str, Any]) -> str:
    own = text(object_of(item.get("attributes")).get("doi")) or text(item.get("id"))
    return normalise_doi(own) or own


def _read_list(reply: Reply) -> Page:
    answer = answer_of(reply, complaint)
    if not isinstance(answer.get("data"), list):
        raise BadReply("the reply has no list of DOIs")
    total = whole_number(object_of(answer.get("meta")).get("total"))
    following = text(object_of(answer.get("links")).get("next"))
    cursor = parse_qs(urlsplit(following).query).get("page[cursor]", [""])[0]
    return Page(objects(answer["data"]), cursor, -1 if total is None else total)
