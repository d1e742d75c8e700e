"""A search of PubMed -> PMIDs, also where it finds more than PubMed gives at once.

PubMed gives the first 9,999 of a search (NBK25499 says 10,000, the service's own message 9,999)
and no more by any paging. A larger one is split by date of publication in halves, as NLM's
EDirect does. Ids are kept, not a WebEnv: that expires, and could not be replayed.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from pss_kg.errors import ServiceError
from pss_kg.http.asking import Ask, Request
from pss_kg.sources.eutils import Found, read_search
from pss_kg.sources.service import Query

GIVEN = 9999
"""Records of a search that PubMed gives."""

_TIMES = 3
_FIRST, _LAST = "1000-01-01", "3000-12-31"
_OLDEST, _NEWEST = date(1600, 1, 1), date(2199, 12, 31)
_WHERE = "PubMed, /esearch.fcgi"


def find(query: Query, ask: Ask) -> list[str]:
    """The PMIDs that a search finds, `query.limit` at most.

    Raises ServiceError where PubMed does not find a phrase or a field of the search (it would
    pass over it and find something else), where one day has more than PubMed gives, and where
    the parts do not add up to the total.
    """
    first = _search(query, query.since, query.until, ask)
    _understood(query, first)
    enough = query.limit and query.limit <= GIVEN
    if first.total <= GIVEN or enough:
        wanted = min(first.total, query.limit or first.total)
        if len(first.ids) < wanted:
            first = _search(query, query.since, query.until, ask, fresh=True)
            wanted = min(first.total, query.limit or first.total)
        if len(first.ids) < wanted:
            raise _short(first.total, len(first.ids))
        return list(first.ids[:wanted])
    total = got = 0
    for time in range(_TIMES):
        total = first.total if not time else _search(query, query.since, query.until, ask, fresh=True).total
        ids = _halves(
            query, _day(query.since, _OLDEST), _day(query.until, _NEWEST, last=True), total, ask, time > 0
        )
        got = len(ids)
        if got == total:
            return ids[: query.limit] if query.limit else ids
    raise _short(total, got)


def _halves(query: Query, since: date, until: date, total: int, ask: Ask, fresh: bool) -> list[str]:
    """The ids between two days, of which there are `total`.

    A record may have two dates, so the halves may have it both; where the earlier half has them
    all, the later one is not asked.
    """
    if since >= until:
        raise ServiceError(
            f"the search finds {total} records of {since}, and PubMed gives {GIVEN} of a day.",
            where=_WHERE,
            todo="Narrow the search, or use NLM's yearly files.",
        )
    middle = since + timedelta(days=(until - since).days // 2)
    found: dict[str, None] = {}
    for start, end in ((since, middle), (middle + timedelta(days=1), until)):
        if len(found) >= total:
            break
        part = _search(query, start.isoformat(), end.isoformat(), ask, fresh=fresh)
        if part.total > GIVEN:
            found |= dict.fromkeys(_halves(query, start, end, part.total, ask, fresh))
            continue
        if len(part.ids) < part.total:
            part = _search(query, start.isoformat(), end.isoformat(), ask, fresh=True)
        if len(part.ids) < part.total:
            raise _short(part.total, len(part.ids))
        found |= dict.fromkeys(part.ids)
    return list(found)


def _search(query: Query, since: str, until: str, ask: Ask, *, fresh: bool = False) -> Found:
    """One esearch. PubMed takes a first and a last date together, or none."""
    form = [
        ("db", "pubmed"),
        ("term", query.text),
        ("retmax", str(GIVEN)),
        ("retmode", "xml"),
        ("usehistory", "y"),
    ]
    if since or until:
        form += [
            ("datetype", "pdat"),
            ("mindate", (since or _FIRST).replace("-", "/")),
            ("maxdate", (until or _LAST).replace("-", "/")),
        ]
    return ask(Request("pubmed", "/esearch.fcgi", form=tuple(form), accept="xml"), read_search, fresh=fresh)


def _understood(query: Query, found: Found) -> None:
    missing = [f"the field {name}" for name in found.fields] + [
        f"the phrase {word}" for word in found.unknown
    ]
    if missing:
        raise ServiceError(
            f"PubMed does not find {' and '.join(missing)}; it would search for something else.",
            where=f"{_WHERE} for {query.text}",
            todo="Check the spelling, and the names of fields in brackets.",
        )


def _short(total: int, got: int) -> ServiceError:
    return ServiceError(
        f"the search finds {total} records, but PubMed gave {got}.",
        where=_WHERE,
        todo="Run the same command again; what was had is kept.",
    )


def _day(text: str, open_: date, *, last: bool = False) -> date:
    """The first or last day of `2020`, `2020-05` or `2020-05-01`; of "" the open end."""
    if not text:
        return open_
    parts = [int(part) for part in text.split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else (12 if last else 1)
    return date(year, month, parts[2] if len(parts) > 2 else (monthrange(year, month)[1] if last else 1))
