"""The PMC ID Converter API: at most 200 ids of one kind; answers for what is in PMC.

After https://pmc.ncbi.nlm.nih.gov/tools/id-converter-api/.
"""

from __future__ import annotations

from typing import Any

from .asked import Answer, Asked, Refused, as_json
from .network import Network


class IdConverter:
    """The converter over the network."""

    name = "idconv"
    rate, rate_with_key, window = 3.0, 3.0, 1.0
    takes_key = ("", "")

    def __init__(self, network: Network) -> None:
        self._found = {v: w for w in network.works if w.pmcid for v in (w.pmid, w.pmcid, w.doi) if v}

    def answer(self, asked: Asked) -> Answer:
        if asked.path not in ("/articles/", "/articles"):
            raise Refused(404, "<html><title>404 Not Found</title></html>", "text/html")
        if asked.path == "/articles":
            answer = Answer(b"", "text/html", 301, {"Location": "articles/"})
            return answer
        ids = [part.strip() for part in asked.first("ids").split(",") if part.strip()]
        if not 0 < len(ids) <= 200:
            raise Refused(400, {"status": "error", "message": "Number of ids must be between 1 and 200"})
        kinds = {"doi" if "/" in i else "pmcid" if i.upper().startswith("PMC") else "pmid" for i in ids}
        if asked.first("idtype"):
            if asked.first("idtype") not in ("pmcid", "pmid", "mid", "doi"):
                raise Refused(400, {"status": "error", "message": "Invalid idtype"})
        elif len(kinds) > 1:
            raise Refused(400, {"status": "error", "message": "All ids must be of the same type"})
        if asked.first("format", "xml") != "json":
            raise Refused(400, {"status": "error", "message": "this stand-in speaks JSON only"})
        records: list[dict[str, Any]] = []
        for given in ids:
            value = given.upper() if "pmcid" in kinds else given.lower()
            if asked.first("idtype") == "pmcid" and value.isdigit():
                value = f"PMC{value}"
            work = self._found.get(value)
            if work:
                record = {"doi": work.doi, "pmcid": work.pmcid, "pmid": int(work.pmid), "requested-id": given}
            else:
                record = {"requested-id": given, "status": "error", "errmsg": "Identifier not found in PMC"}
            records.append(record)
        return as_json(
            {"status": "ok", "response-date": "2026-01-01 00:00:00", "request": {}, "records": records}
        )

    def error_inside(self) -> Answer:
        return as_json({"status": "error", "message": "Internal error"})

    def too_many(self, limit: float) -> Answer:
        return as_json(
            {"error": "API rate limit exceeded", "count": f"{limit + 1:.0f}", "limit": f"{limit:.0f}"}
        )
