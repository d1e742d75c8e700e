"""PubMed, live: the E-utilities, and the ID converter of PubMed Central.

Documented: NCBI Bookshelf NBK25497 (3 requests a second, 10 with a key), NBK25499 (efetch and
elink by POST, esearch gives PubMed's first 10,000); PMC ID Converter API (200 ids, one type).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from pss_kg.http.asking import Access, Ask, Pairs, Reply, Request
from pss_kg.identifiers import normalise_doi, normalise_pmid
from pss_kg.records import Publication, Read, Reference
from pss_kg.sources.eutils import Found, read_conversion, read_links, read_records, read_search
from pss_kg.sources.paging import batches
from pss_kg.sources.pubmed_search import find
from pss_kg.sources.service import Identifier, Query, listed

EUTILS = Access(
    name="pubmed",
    title="PubMed",
    url="https://eutils.ncbi.nlm.nih.gov/entrez/eutils",
    rate=3.0,
    rate_with_key=10.0,
    concurrency=3,
    key=("param", "api_key"),
    contact=("email",),
    tool="tool",
    documented="https://www.ncbi.nlm.nih.gov/books/NBK25497/",
)
IDCONV = Access(
    name="idconv",
    title="PMC ID Converter",
    url="https://pmc.ncbi.nlm.nih.gov/tools/idconv/api/v1",
    rate=3.0,
    contact=("email",),
    tool="tool",
    documented="https://pmc.ncbi.nlm.nih.gov/tools/id-converter-api/",
)

FETCHED = 200
"""Records of one efetch."""

LINKED = 500
"""Articles of one elink."""

_CONVERTED = 200
_URL = 3000  # characters of ids in a URL
_DOIS = 50  # DOIs of one search, each a term of its own
_STRANGERS = 20  # records beyond those asked for, by which a search that PubMed widened is known
_CITED_IN = "pubmed_pubmed_citedin"
_REFERENCES = "pubmed_pubmed_refs"


class PubmedService:
    """The service `pubmed`."""

    name = "pubmed"
    title = "PubMed"
    accesses: tuple[Access, ...] = (EUTILS, IDCONV)
    schemes: tuple[str, ...] = ("pmid", "pmcid", "doi")
    describes = FETCHED
    cites = LINKED
    refers = LINKED
    searches = True

    def describe(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
        """The records of those that PubMed knows; of the others it says nothing."""
        known, dois = resolve(wanted, ask)
        seen: set[tuple[str, int]] = set()
        yield from _once(fetch(dict.fromkeys(known.values()), ask), seen)
        asked = set(dois)
        for record in fetch(candidates(dois, ask), ask):
            # PubMed may have searched in other fields than the DOI's.
            if isinstance(record, Publication) and not asked.isdisjoint(v for _, v in record.identifiers):
                yield from _once([record], seen)

    def citing(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
        """Who cites them, as far as PubMed and PubMed Central know."""
        for pmid, asked, others in _linked(_CITED_IN, wanted, ask):
            yield listed(self.name, f"{pmid}/citations", asked, cited_by=others)

    def references(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
        """What they cite, as far as PubMed and PubMed Central know."""
        for pmid, asked, others in _linked(_REFERENCES, wanted, ask):
            yield listed(self.name, f"{pmid}/references", asked, references=others)

    def search(self, query: Query, ask: Ask) -> Iterator[Read]:
        """The records that a search in PubMed's syntax finds.

        Raises ServiceError for a phrase that PubMed does not find and for a search that can't be
        split into parts that PubMed gives whole.
        """
        yield from _once(fetch(find(query, ask), ask), set())


def _once(records: Iterable[Read], seen: set[tuple[str, int]]) -> Iterator[Read]:
    for record in records:
        if isinstance(record, Publication):
            key = record.id, record.version
            if key in seen:
                continue
            seen.add(key)
        yield record


def fetch(pmids: Iterable[str], ask: Ask) -> Iterator[Read]:
    """The records of these PMIDs, 200 a request, in the order of their numbers."""
    ordered = sorted(pmids, key=int)
    for start in range(0, len(ordered), FETCHED):
        batch = ordered[start : start + FETCHED]
        form = (("db", "pubmed"), ("id", ",".join(batch)), ("retmode", "xml"))
        request = Request("pubmed", "/efetch.fcgi", form=form, accept="xml")
        records, replayed = ask(request, _records)
        if not records and len(batch) > 1 and not replayed:
            # Either PubMed knows none of them, or it stumbled; only a second time tells.
            records, _ = ask(request, _records, fresh=True)
        yield from records


def _records(reply: Reply) -> tuple[list[Read], bool]:
    return read_records(reply), reply.replayed


def resolve(wanted: Sequence[Identifier], ask: Ask) -> tuple[dict[Identifier, str], list[str]]:
    """The PMID of each identifier, and the DOIs that the ID converter does not know.

    The converter knows what is in PubMed Central; a PMC id that it does not know has no PMID.
    """
    known = {(s, v): v for s, v in wanted if s == "pmid" and normalise_pmid(v) == v}
    left: list[str] = []
    for scheme in ("pmcid", "doi"):
        # A comma ends an id in the converter's list.
        values = sorted({v for s, v in wanted if s == scheme})
        plain = [value for value in values if "," not in value]
        found: dict[str, str] = {}
        for batch in batches(plain, _CONVERTED, _URL, 3):  # the ids stand in the URL
            params: Pairs = (
                ("ids", ",".join(batch)),
                ("idtype", scheme),
                ("format", "json"),
                ("versions", "no"),
            )
            found |= ask(
                Request("idconv", "/articles/", params=params), partial(read_conversion, scheme=scheme)
            )
        known |= {(scheme, value): found[value] for value in values if value in found}
        if scheme == "doi":
            left = [value for value in values if value not in found]
    return known, left


def candidates(dois: Sequence[str], ask: Ask) -> list[str]:
    """PMIDs of records that may have one of these DOIs, by a search for them.

    PubMed looks for a DOI that it does not have in all fields. So a search that finds far more
    than it asked for is split until the DOI at fault stands alone, and that one is given up.
    """
    askable = sorted(doi for doi in dois if normalise_doi(doi) == doi and '"' not in doi)
    found: dict[str, None] = {}
    waiting = [askable[start : start + _DOIS] for start in range(0, len(askable), _DOIS)]
    while waiting:
        batch = waiting.pop(0)
        answer = _search_dois(batch, ask)
        if answer.total <= len(batch) + _STRANGERS:
            found |= dict.fromkeys(answer.ids)
        elif len(batch) > 1:
            half = len(batch) // 2
            waiting[:0] = [batch[:half], batch[half:]]
    return list(found)


def _search_dois(dois: Sequence[str], ask: Ask) -> Found:
    term = " OR ".join(f'"{doi}"[doi]' for doi in dois)
    form = (("db", "pubmed"), ("term", term), ("retmax", str(_DOIS + _STRANGERS)), ("retmode", "xml"))
    return ask(Request("pubmed", "/esearch.fcgi", form=form, accept="xml"), read_search)


def _linked(
    name: str, wanted: Sequence[Identifier], ask: Ask
) -> Iterator[tuple[str, tuple[Identifier, ...], list[Reference]]]:
    """(PMID, its identifiers as far as asked for, the articles that the links lead to)."""
    known, _ = resolve(wanted, ask)
    asked: dict[str, list[Identifier]] = {}
    for identifier, pmid in known.items():
        asked.setdefault(pmid, [("pmid", pmid)]).append(identifier)
    ordered = sorted(asked, key=int)
    for start in range(0, len(ordered), LINKED):
        batch = ordered[start : start + LINKED]
        form: Pairs = (
            ("dbfrom", "pubmed"),
            ("db", "pubmed"),
            ("cmd", "neighbor"),
            ("linkname", name),
            # An `id` for each article: several in one would be answered by one list for all.
            *(("id", pmid) for pmid in batch),
            ("retmode", "xml"),
        )
        request = Request("pubmed", "/elink.fcgi", form=form, accept="xml")
        links, replayed = ask(request, partial(_links, name=name))
        if links.keys() < set(batch) and not replayed:
            # An article that PubMed does not know may have no list; one that it knows has.
            links = ask(request, partial(_links, name=name), fresh=True)[0]
        for pmid in batch:
            if pmid in links:
                others = [Reference(identifiers=(("pmid", other),)) for other in links[pmid]]
                yield pmid, tuple(dict.fromkeys(asked[pmid])), others


def _links(reply: Reply, name: str) -> tuple[dict[str, tuple[str, ...]], bool]:
    return read_links(reply, name), reply.replayed
