"""PubMed's E-utilities: esearch, efetch, elink.

After The E-utilities In-Depth (NBK25499) and A General Introduction (NBK25497): three requests a
second, ten with a key; esearch gives the first 9,999 only; each `id` parameter of elink has a
link set of its own; ids that are not there are left out by efetch without a word.
"""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from .asked import Answer, Asked, Refused, as_json, whole_number, window
from .network import Network
from .pubmed_xml import article
from .searching import BadSearch, Search

LAST = 9999
XML = "text/xml; charset=UTF-8"
LINKS = ("pubmed_pubmed_citedin", "pubmed_pubmed_refs")


class PubMed:
    """The E-utilities over the network."""

    name = "pubmed"
    rate, rate_with_key, window = 3.0, 10.0, 1.0
    takes_key = ("param", "api_key")

    def __init__(self, network: Network) -> None:
        self.network = network
        self._by_pmid = {w.pmid: w.n for w in network.works if w.pmid}
        self._history: list[list[int]] = []

    def answer(self, asked: Asked) -> Answer:
        utility = {"/esearch.fcgi": self._esearch, "/efetch.fcgi": self._efetch, "/elink.fcgi": self._elink}
        if asked.path not in utility:
            raise Refused(404, "<html><title>404 - Not Found</title></html>", "text/html")
        if "," in asked.first("api_key") or asked.first("api_key") == "wrong":
            raise Refused(
                400, {"error": "API key invalid", "api-key": asked.first("api_key"), "status": "unknown"}
            )
        for name in ("db",) if asked.path != "/elink.fcgi" else ("db", "dbfrom"):
            if asked.first(name, "pubmed") != "pubmed":
                raise Refused(400, {"error": f"Invalid {name} name specified: {asked.first(name)}"})
        return utility[asked.path](asked)

    # esearch --------------------------------------------------------------------------------------

    def _look(self, field: str, value: str) -> set[int]:
        works = [w for w in self.network.works if w.pmid]
        name = field.lower()
        if name in ("uid", "pmid"):
            return {w.n for w in works if w.pmid == value}
        if name in ("doi", "aid", "lid", "article identifier", "location id"):
            return {w.n for w in works if w.doi and value.lower() in (w.doi, f"{w.doi} [doi]")}
        if name in ("", "tiab", "ti", "title", "title/abstract", "all fields"):
            plain = value.lower().rstrip("*")
            by_number = {self._by_pmid[value]} if not name and value in self._by_pmid else set()
            return by_number | {w.n for w in works if plain in w.title.lower()}
        raise BadSearch(f"field {field} is not known")

    def _esearch(self, asked: Asked) -> Answer:
        term = asked.first("term")
        if not term and not asked.first("WebEnv"):
            return self._searched(asked, error="Empty term and query_key - nothing todo")
        try:
            found = sorted(Search(self._look, self._by_pmid.values())(term), reverse=True)
        except BadSearch as error:
            return self._searched(asked, error=f"Search Backend failed: {error}")
        low, high = (asked.first(n).replace("/", "-") for n in ("mindate", "maxdate"))
        if (low or high) and not (low and high):
            return self._searched(asked, error="mindate and maxdate must be used together")
        if low:
            found = [n for n in found if low <= self.network.works[n].date[: len(low)]]
            found = [n for n in found if self.network.works[n].date[: len(high)] <= high]
        start, size = whole_number(asked.first("retstart", "0")), whole_number(asked.first("retmax", "20"))
        if start is None or size is None:
            return self._searched(asked, error="Invalid retstart or retmax")
        if start >= LAST:
            late = f"Search Backend failed: Exception:\n'retstart' cannot be larger than {LAST - 1}."
            return self._searched(asked, error=late)
        page, total = window(asked, found, start, min(size, LAST - start))
        result: dict[str, Any] = {"count": str(total), "retmax": str(len(page)), "retstart": str(start)}
        if asked.first("usehistory") == "y":
            self._history.append(found)
            result |= {"querykey": "1", "webenv": f"MCID_{len(self._history):032x}"}
        result |= {"idlist": [self.network.works[n].pmid for n in page], "translationset": []}
        result |= {"querytranslation": term}
        return self._searched(asked, result)

    def _searched(self, asked: Asked, result: dict[str, Any] | None = None, error: str = "") -> Answer:
        if asked.first("retmode", "xml") == "json":
            inside = {"ERROR": error} if error else result
            return as_json({"header": {"type": "esearch", "version": "0.3"}, "esearchresult": inside})
        body = f"<ERROR>{escape(error)}</ERROR>"
        if result:
            ids = "".join(f"<Id>{pmid}</Id>" for pmid in result["idlist"])
            body = f"<Count>{result['count']}</Count><RetMax>{result['retmax']}</RetMax>"
            body += f"<RetStart>{result['retstart']}</RetStart>"
            if "webenv" in result:
                body += f"<QueryKey>1</QueryKey><WebEnv>{result['webenv']}</WebEnv>"
            body += f"<IdList>{ids}</IdList>"
        return xml("eSearchResult", body)

    # efetch ---------------------------------------------------------------------------------------

    def _efetch(self, asked: Asked) -> Answer:
        if asked.first("retmode", "xml") != "xml" or asked.first("rettype") not in (
            "",
            "abstract",
            "full",
            "xml",
        ):
            raise Refused(400, "Cannot process this combination of rettype and retmode", "text/plain")
        if env := asked.first("WebEnv"):
            number = int(env.removeprefix("MCID_"), 16)
            if asked.first("query_key") != "1" or not 0 < number <= len(self._history):
                return xml("eFetchResult", "<ERROR>Unable to obtain query #1</ERROR>")
            start = whole_number(asked.first("retstart", "0")) or 0
            size = min(whole_number(asked.first("retmax", "20")) or 0, 10_000)
            found = self._history[number - 1][start : start + size]
        else:
            given = [part.strip() for value in asked.all("id") for part in value.split(",") if part.strip()]
            if not given:
                return xml("eFetchResult", "<ERROR>Empty id list - nothing todo</ERROR>", 400)
            if bad := [part for part in given if not part.isdigit()]:
                return xml("eFetchResult", f"<ERROR>ID list is invalid! {escape(bad[0])}</ERROR>", 400)
            if asked.method == "GET" and len(given) > 200:
                raise Refused(414, "<html><title>414 Request-URI Too Large</title></html>", "text/html")
            found = [self._by_pmid[pmid] for pmid in dict.fromkeys(given) if pmid in self._by_pmid]
        inside = "".join(article(self.network, n) for n in found)
        head = '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
        head += '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
        return xml("PubmedArticleSet", inside, doctype=head)

    # elink ----------------------------------------------------------------------------------------

    def _linked(self, pmid: str, name: str) -> list[str]:
        n = self._by_pmid.get(pmid, -1)
        network = self.network
        if name == LINKS[0]:
            found = network.citing["pubmed"].get(n, [])
        else:
            found = [m for m in network.references["pubmed"].get(n, []) if network.works[m].pmid]
        return [network.works[m].pmid for m in sorted(found, reverse=True)]

    def _elink(self, asked: Asked) -> Answer:
        names = [part for value in asked.all("linkname") for part in value.split(",")] or list(LINKS)
        sets = [[i.strip() for i in value.split(",") if i.strip()] for value in asked.all("id")]
        if asked.first("cmd", "neighbor") != "neighbor" or not any(sets):
            raise Refused(
                400, {"header": {"type": "elink", "version": "0.3"}, "ERROR": "No ids or wrong cmd"}
            )
        if any(not pmid.isdigit() for ids in sets for pmid in ids):
            raise Refused(400, {"header": {"type": "elink", "version": "0.3"}, "ERROR": "Invalid uid"})
        linksets: list[dict[str, Any]] = []
        for ids in sets:
            linkset: dict[str, Any] = {"dbfrom": "pubmed", "ids": ids}
            for name in names:
                links = list(dict.fromkeys(link for pmid in ids for link in self._linked(pmid, name)))
                if links:
                    linkset.setdefault("linksetdbs", []).append(
                        {"dbto": "pubmed", "linkname": name, "links": links}
                    )
            linksets.append(linkset)
        if asked.first("retmode", "xml") == "json":
            return as_json({"header": {"type": "elink", "version": "0.3"}, "linksets": linksets})
        return xml("eLinkResult", "".join(map(_linkset, linksets)))

    def error_inside(self) -> Answer:
        return as_json(
            {"header": {"type": "esearch"}, "ERROR": "Search Backend failed: read failed from peer"}
        )

    def too_many(self, limit: float) -> Answer:
        inside = {"error": "API rate limit exceeded", "api-key": "127.0.0.1", "count": f"{limit + 1:.0f}"}
        return as_json(inside | {"limit": f"{limit:.0f}"})


def _linkset(linkset: dict[str, Any]) -> str:
    ids = "".join(f"<Id>{pmid}</Id>" for pmid in linkset["ids"])
    body = f"<DbFrom>pubmed</DbFrom><IdList>{ids}</IdList>"
    for found in linkset.get("linksetdbs", []):
        links = "".join(f"<Link><Id>{pmid}</Id></Link>" for pmid in found["links"])
        body += f"<LinkSetDb><DbTo>pubmed</DbTo><LinkName>{found['linkname']}</LinkName>{links}</LinkSetDb>"
    return f"<LinkSet>{body}</LinkSet>"


def xml(root: str, inside: str, status: int = 200, *, doctype: str = "") -> Answer:
    head = '<?xml version="1.0" encoding="UTF-8" ?>\n'
    return Answer(f"{head}{doctype}<{root}>{inside}</{root}>".encode(), XML, status)
