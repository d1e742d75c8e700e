"""Anything that speaks SPARQL 1.1 Update, or the Graph Store Protocol where `--gsp-url` names it."""

from __future__ import annotations

from collections.abc import Sequence

from pss_kg.triplestores.connection import SparqlConnection
from pss_kg.triplestores.differences import BY_VALUE, TAG_CASE
from pss_kg.triplestores.product import Difference, Endpoint
from pss_kg.triplestores.served import Served
from pss_kg.triplestores.wire import checked_url


class Sparql(Served):
    """A server of unknown make. Nothing is taken for granted: no transactions, small chunks."""

    name = "sparql"
    title = "a SPARQL 1.1 server"
    differences: Sequence[Difference] = (BY_VALUE, TAG_CASE)

    def connect(self, endpoint: Endpoint) -> SparqlConnection:
        query = endpoint.query_url or endpoint.url
        update = endpoint.update_url or endpoint.url
        for url, option in (
            (query, "--query-url"),
            (update, "--update-url"),
            (endpoint.gsp_url, "--gsp-url"),
        ):
            if url:
                checked_url(url, option)
        # Asked for a count, a page or another service gives none, and so is found out.
        return self.greeted(
            SparqlConnection(self.wire(endpoint), query, update, endpoint.gsp_url), endpoint.url
        )
