"""OpenCitations: Index v2 (citations, references) and Meta v1 (metadata).

After the documentation at api.opencitations.net: identifiers carry their scheme; what is not
known is an empty list; 180 requests a minute. Meta breaks with a 500 above 14 identifiers (not
documented; told by maintainers of clients).
"""

from __future__ import annotations

import re
from typing import Any

from .asked import Answer, Asked, Refused, as_json
from .made_up import issn, number
from .network import Network

OPERATION = re.compile(r"/(?:index/v2/(citations|references)|meta/v1/(metadata))/(.+)\Z")
IDENTIFIER = re.compile(
    r"(?:doi:10\.\S+/\S+|pmid:[0-9]+|omid:br/06[0-9]+|openalex:W[0-9]+|pmcid:PMC[0-9]+)\Z"
)
MOST_METADATA = 14


class OpenCitations:
    """Both APIs over the network."""

    name = "opencitations"
    rate, rate_with_key, window = 180.0, 180.0, 60.0
    takes_key = ("header", "authorization")

    def __init__(self, network: Network) -> None:
        self.network = network
        self._by_id: dict[str, int] = {}
        for work in network.works:
            if network.knows("opencitations", work.n):
                self._by_id |= dict.fromkeys(self._ids(work.n), work.n)

    def _ids(self, n: int) -> list[str]:
        work = self.network.works[n]
        ids = [f"omid:{work.omid}"]
        ids += [f"doi:{work.doi}"] if work.doi else []
        return ids + ([f"pmid:{work.pmid}"] if work.pmid else [])

    def answer(self, asked: Asked) -> Answer:
        match = OPERATION.match(asked.path)
        if not match:
            raise _unknown()
        which, meta, text = match.groups()
        if meta:
            given = text.split("__")
            if any(not IDENTIFIER.match(iD) for iD in given):
                raise _unknown()
            if len(given) > MOST_METADATA:
                raise Refused(500, "HTTP status code 500: something unexpected happened", "text/plain")
            found = dict.fromkeys(self._by_id[iD.lower()] for iD in given if iD.lower() in self._by_id)
            return as_json([self._metadata(n) for n in found])
        if not IDENTIFIER.match(text):
            raise _unknown()
        n = self._by_id.get(text.lower(), -1)
        if which == "citations":
            pairs = [(m, n) for m in self.network.citing["opencitations"].get(n, [])]
        else:
            pairs = [(n, m) for m in self.network.references["opencitations"].get(n, [])]
        return as_json([self._citation(a, b) for a, b in pairs])

    def _citation(self, citing: int, cited: int) -> dict[str, str]:
        one, other = self.network.works[citing], self.network.works[cited]
        years = one.year - other.year
        numbers = [w.omid.removeprefix("br/") for w in (one, other)]
        return {
            "oci": "-".join(numbers),
            "citing": " ".join(self._ids(citing)),
            "cited": " ".join(self._ids(cited)),
            "creation": one.date if citing % 3 else one.date[:4],
            "timespan": f"{'-' if years < 0 else ''}P{abs(years)}Y",
            "journal_sc": "yes" if one.journal == other.journal else "no",
            "author_sc": "yes" if citing == cited else "no",
        }

    def _metadata(self, n: int) -> dict[str, str]:
        work = self.network.works[n]
        venue = f"Journal of Invented Care {work.journal}"
        people = []
        for given, family, orcid in work.authors:
            ids = [f"orcid:{orcid}"] if orcid else []
            people.append(
                f"{family}, {given} [{' '.join([*ids, f'omid:ra/0699{number(family, given) % 10**6}'])}]"
            )
        return {
            "id": " ".join(self._ids(n)),
            "title": work.title,
            "author": "; ".join(people),
            "pub_date": work.date if n % 3 else work.date[:7],
            "issue": str(1 + n % 6),
            "volume": str(1 + n % 40),
            "venue": f"{venue} [issn:{issn(work.journal)} omid:br/0698{work.journal}]",
            "type": "dataset" if work.data else "journal article",
            "page": work.pages,
            "publisher": "Nowhere University Press [crossref:99999 omid:ra/06991]",
            "editor": "",
        }

    def error_inside(self) -> Answer:
        inside: dict[str, Any] = {"error": "HTTP status code 408: request timeout"}
        return as_json(inside)

    def too_many(self, limit: float) -> Answer:
        return Answer(b"<html><title>429 Too Many Requests</title></html>", "text/html")


def _unknown() -> Refused:
    return Refused(404, "HTTP status code 404: the operation requested does not exist", "text/plain")
