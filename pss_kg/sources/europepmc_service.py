"""Europe PMC, live: search, and the lists of citations and references of each article.

Documented: Europe PMC Articles RESTful API (https://europepmc.org/RestfulWebService): search, searchPOST,
cursorMark, 1,000 results a page; `/{source}/{id}/citations` and `/references` by page number.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from functools import partial
from urllib.parse import quote, urlencode

from pss_kg.errors import ServiceError
from pss_kg.http.asking import Access, Ask, Request
from pss_kg.records import Read, Unusable
from pss_kg.sources.europepmc import with_count
from pss_kg.sources.europepmc_paging import PAGE, Page, read_list, read_page
from pss_kg.sources.europepmc_record import SOURCE, read_result
from pss_kg.sources.europepmc_values import Item, entry, identifiers, own_id, text
from pss_kg.sources.service import Identifier, Query, listed

ACCESS = Access(
    name=SOURCE,
    title="Europe PMC",
    url="https://www.ebi.ac.uk/europepmc/webservices/rest",
    # It documents no limit; this is half of what its staff call fair.
    rate=5.0,
    concurrency=3,
    contact=("email",),
    documented="https://europepmc.org/RestfulWebService",
)

_DESCRIBED = 50
_LINE = 3_000  # characters of an encoded query; a longer one goes by POST
_LISTED = 10
_TIMES = 3
_BETTER = {"MED": 0, "PMC": 1}  # of several records of one DOI, whose lists are asked for
_OPEN = ("1000-01-01", "3000-12-31")


class EuropePmcService:
    """The service `europepmc`."""

    name = SOURCE
    title = "Europe PMC"
    accesses: tuple[Access, ...] = (ACCESS,)
    schemes: tuple[str, ...] = ("europepmc", "pmid", "pmcid", "doi")
    describes = _DESCRIBED
    cites = _LISTED
    refers = _LISTED
    searches = True

    def describe(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
        """The core records of those that Europe PMC knows, each once."""
        terms = sorted({term for each in wanted if (term := _term(each))})
        seen: set[str] = set()
        for start in range(0, len(terms), _DESCRIBED):
            for record in _records(" OR ".join(terms[start : start + _DESCRIBED]), 0, ask):
                # A DOI's record may come with another batch by its PMID.
                if isinstance(record, Unusable) or record.id not in seen:
                    seen.add(record.id)
                    yield record

    def citing(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
        """Who cites them, by Europe PMC's citation network."""
        for own, asked in _placed(wanted, ask):
            yield from _list(own, "citations", asked, ask)

    def references(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
        """Their reference lists, in the order of the article where it is known."""
        for own, asked in _placed(wanted, ask):
            yield from _list(own, "references", asked, ask)

    def search(self, query: Query, ask: Ask) -> Iterator[Read]:
        """The records that a search in Europe PMC's syntax finds; dates are those of the first
        publication, in print or electronic."""
        phrase = query.text
        if query.since or query.until:
            since, until = _first(query.since), _last(query.until)
            phrase = f"({phrase}) AND (FIRST_PDATE:[{since} TO {until}])"
        yield from _records(phrase, query.limit, ask)


def _term(identifier: Identifier) -> str:
    scheme, value = identifier
    if '"' in value:
        return ""
    if scheme == "pmid":
        return f"(EXT_ID:{value} AND SRC:MED)"
    if scheme == "pmcid":
        return f"PMCID:{value}"
    if scheme == "doi":
        return f'DOI:"{value}"'
    source, _, own = value.partition("/")
    return f"(EXT_ID:{own} AND SRC:{source})" if scheme == "europepmc" and own else ""


def _records(phrase: str, limit: int, ask: Ask) -> Iterator[Read]:
    for item in _items(phrase, "core", limit, ask):
        record = read_result(item)
        if isinstance(record, str):
            yield Unusable(SOURCE, record, title=text(item.get("title")), where=f"search for {phrase}"[:500])
        else:
            yield record


def _items(phrase: str, kind: str, limit: int, ask: Ask) -> Iterator[Item]:
    """The results of a search, each once, page by page; from the first page again if the pages do
    not hold what they count.

    Raises ServiceError where they still do not after three times.
    """
    seen: set[str] = set()
    total = 0
    for time in range(_TIMES):
        mine = 0
        met: set[str] = set()  # of this time
        for page in _pages(phrase, kind, limit, ask, fresh=time > 0):
            total = min(page.total, limit or page.total)
            for number, item in enumerate(page.items):
                own = own_id(text(item.get("source")).upper(), text(item.get("id")))
                key = own[1] if own else f"{page.cursor} {number}"
                if key in met:
                    continue
                met.add(key)
                mine += 1
                if key not in seen and (not limit or len(seen) < limit):
                    seen.add(key)
                    yield item
            if mine >= total:
                break
        if mine >= total or len(seen) >= total:
            return
    raise ServiceError(
        f"the search finds {total} records, but its pages hold {len(seen)}.",
        where="Europe PMC, /search",
        todo="Run the same command again; what was had is kept.",
    )


def _pages(phrase: str, kind: str, limit: int, ask: Ask, *, fresh: bool) -> Iterator[Page]:
    cursor = "*"
    passed: set[str] = set()
    got = 0
    while True:
        passed.add(cursor)
        form = (
            ("query", phrase),
            ("resultType", kind),
            ("format", "json"),
            ("pageSize", str(min(PAGE, limit or PAGE))),
            ("cursorMark", cursor),
            ("synonym", "false"),
        )
        reader = partial(read_page, cursor=cursor, passed=frozenset(passed), got=got, enough=limit)
        short = len(urlencode(form)) <= _LINE
        request = Request(SOURCE, "/search", form) if short else Request(SOURCE, "/searchPOST", form=form)
        page = ask(request, reader, fresh=fresh)
        yield page
        got += len(page.items)
        enough = got >= min(page.total, limit or page.total)
        if enough or not page.items or not page.following or page.following in passed:
            return
        cursor = page.following


def _placed(wanted: Sequence[Identifier], ask: Ask) -> Iterator[tuple[str, tuple[Identifier, ...]]]:
    """`MED/1` of each article, and the identifiers that it was asked by.

    A list is asked for by a source and its id; a DOI or PMC id is looked up before.
    """
    places: dict[str, list[Identifier]] = {}
    unknown: list[Identifier] = []
    for scheme, value in wanted:
        if scheme == "europepmc" and "/" in value:
            places.setdefault(value, []).append((scheme, value))
        elif scheme == "pmid":
            places.setdefault(f"MED/{value}", []).append((scheme, value))
        else:
            unknown.append((scheme, value))
    terms = sorted({term for each in unknown if (term := _term(each))})
    found: dict[Identifier, str] = {}
    for start in range(0, len(terms), _LISTED):
        for item in _items(" OR ".join(terms[start : start + _LISTED]), "lite", 0, ask):
            own = own_id(text(item.get("source")).upper(), text(item.get("id")))
            for pair in identifiers(item) if own else ():
                if own and (pair not in found or _rank(own[1]) < _rank(found[pair])):
                    found[pair] = own[1]
    for pair in unknown:
        if place := found.get(pair):
            places.setdefault(place, []).append(pair)
    for place in sorted(places):
        source, _, value = place.partition("/")
        ids = identifiers({"source": source, "id": value})
        yield place, tuple(dict.fromkeys((*ids, *places[place])))


def _rank(place: str) -> tuple[int, str]:
    return _BETTER.get(place.partition("/")[0], len(_BETTER)), place


def _list(place: str, kind: str, asked: tuple[Identifier, ...], ask: Ask) -> Iterator[Read]:
    """One list, whole. From its first page again where its count changes between two pages, or
    an article stands on two of them: then it moved while it was read.

    Raises ServiceError where it does so three times.
    """
    source, _, value = place.partition("/")
    path = f"/{quote(source, safe='')}/{quote(value, safe='')}/{kind}"
    for time in range(_TIMES):
        items, total, steady = _walk(path, kind, ask, fresh=time > 0)
        if items is None:
            return
        if steady and (len(items) == total or time == _TIMES - 1):
            entries = tuple(map(entry, items))
            record = listed(
                SOURCE,
                f"{place}/{kind}",
                asked,
                cited_by=entries if kind == "citations" else (),
                references=entries if kind == "references" else (),
            )
            yield record if len(items) == total else with_count(record, str(total), len(items))
            return
    raise ServiceError(
        f"the list of {kind} of {place} changes while it is read.",
        where=f"Europe PMC, {path}",
        todo="Run the same command again later; what was had is kept.",
    )


def _walk(path: str, kind: str, ask: Ask, *, fresh: bool) -> tuple[list[Item] | None, int, bool]:
    """The items of all pages (None: the article is not known), the count, and whether it held."""
    items: list[Item] = []
    keys: set[str] = set()
    total, number = 0, 1
    while True:
        params = (("page", str(number)), ("pageSize", str(PAGE)), ("format", "json"))
        request = Request(SOURCE, path, params=params, absent=(404,))
        page = ask(request, partial(read_list, kind=kind), fresh=fresh)
        if page is None:
            return (None, 0, True) if number == 1 else (items, total, False)
        if number > 1 and page.total != total:
            return items, page.total, False
        total = page.total
        for item in page.items:
            own = own_id(text(item.get("source")).upper(), text(item.get("id")))
            # An article may well refer to the same one twice; it is cited by each only once.
            key = f"{text(item.get('citedOrder'))} {own[1]}" if own else ""
            if key and key in keys and (kind == "citations" or text(item.get("citedOrder"))):
                return items, total, False
            keys.add(key)
            items.append(item)
        if len(items) >= total or not page.items:
            return items, total, len(items) <= total
        number += 1


def _first(text: str) -> str:
    if not text:
        return _OPEN[0]
    return "-".join([*text.split("-"), "01", "01"][:3])


def _last(text: str) -> str:
    if not text:
        return _OPEN[1]
    year, month, day = [*text.split("-"), "", ""][:3]
    month = month or "12"
    return f"{year}-{month}-{day or monthrange(int(year), int(month))[1]:02}"
