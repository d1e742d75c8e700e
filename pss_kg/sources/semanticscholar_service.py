"""Semantic Scholar as it is asked: the Graph API for papers, for who cites them and how.

A batch of papers answers in the order of the request, null for what it does not know, and by
status 400 where it knows none. A reply is limited to 10 MB; one that would be larger is a 400,
and is asked for again in two halves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from pss_kg.http.asking import Access, Ask, BadReply, Reply, Request
from pss_kg.records import Note, Publication, Read
from pss_kg.sources.semanticscholar_pages import read_list
from pss_kg.sources.semanticscholar_record import SOURCE, identifiers_of, mention_of, record_of
from pss_kg.sources.service import Identifier, Unasked, listed

ACCESS = Access(
    name="semanticscholar",
    title="Semantic Scholar",
    url="https://api.semanticscholar.org/graph/v1",
    rate=1.0,  # without a key all share one pool; a key has one request a second
    rate_with_key=1.0,
    key=("header", "x-api-key"),
    documented="https://www.semanticscholar.org/product/api",
)
PAPER_FIELDS = (
    "externalIds,title,abstract,venue,publicationVenue,year,publicationDate,publicationTypes,journal,"
    "citationCount,openAccessPdf,authors"
)
# No authors here: a thousand papers with theirs come near the 10 MB that a reply may have.
LIST_FIELDS = "contexts,intents,isInfluential,externalIds,title,venue,year"
_PREFIXES = {
    "doi": "DOI:",
    "pmid": "PMID:",
    "pmcid": "PMCID:",
    "arxiv": "ARXIV:",
    "corpusid": "CorpusId:",
    "s2": "",
}


class SemanticScholarService(Unasked):
    """The live service `semanticscholar`."""

    name = SOURCE
    title = "Semantic Scholar"
    accesses: tuple[Access, ...] = (ACCESS,)
    # Identifiers of others first: so the same request is made whether or not its own id is known yet.
    schemes: tuple[str, ...] = ("doi", "pmid", "pmcid", "arxiv", "s2", "corpusid")
    describes = 500
    cites = 1
    refers = 1
    searches = False  # searches are for PubMed and Europe PMC

    def describe(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
        """The papers of those that it knows, each once, in the order asked for."""
        unique = list(dict.fromkeys(wanted))
        found: dict[str, tuple[Any, list[Identifier]]] = {}
        for start in range(0, len(unique), self.describes):
            for one, paper in _batch(unique[start : start + self.describes], ask):
                own = str(paper.get("paperId") or paper.get("corpusId") or one)
                found.setdefault(own, (paper, []))[1].append(one)
        for paper, names in found.values():
            yield _answered(record_of(paper), names)

    def citing(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
        """Who cites them: a list each, with intents, contexts and influence."""
        for one in wanted:
            yield _list(one, "citations", ask)

    def references(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
        """What they cite: a list each."""
        for one in wanted:
            yield _list(one, "references", ask)


def asked_as(one: Identifier) -> str:
    """An identifier as the service takes it: `DOI:10.1234/a`, `PMCID:7312261`, its own id bare."""
    scheme, value = one
    return _PREFIXES[scheme] + (value.removeprefix("PMC") if scheme == "pmcid" else value)


def _batch(wanted: Sequence[Identifier], ask: Ask) -> Iterator[tuple[Identifier, Any]]:
    """(what was asked, the paper) of those that it knows."""
    body = msgspec.json.encode({"ids": [asked_as(one) for one in wanted]}).decode()
    request = Request(
        ACCESS.name, "/paper/batch", params=(("fields", PAPER_FIELDS),), json=body, absent=(400,)
    )

    def papers(reply: Reply) -> list[Any] | None:
        said = reply.json()
        if reply.absent:
            message = str(said.get("error") or said.get("message")) if isinstance(said, dict) else str(said)
            if message.startswith("No valid paper ids"):
                return []
            if "exceed maximum size" in message and len(wanted) > 1:
                return None
            raise BadReply(f"the service refuses the request: {message[:200]}", again=False)
        if isinstance(said, dict):
            raise BadReply(
                f"the reply is an error: {str(said.get('error') or said.get('message') or said)[:200]}"
            )
        if not isinstance(said, list) or len(said) != len(wanted):
            raise BadReply("the reply has not one entry for each paper asked for")
        if any(paper is not None and not isinstance(paper, dict) for paper in said):
            raise BadReply("the reply holds something that is no paper")
        return said

    found = ask(request, papers)
    if found is None:
        half = len(wanted) // 2
        yield from _batch(wanted[:half], ask)
        yield from _batch(wanted[half:], ask)
        return
    for one, paper in zip(wanted, found, strict=False):
        if paper is not None:
            yield one, paper


def _answered(record: Read, names: list[Identifier]) -> Read:
    """The record with the identifiers that it was found by, where it has none of their scheme.

    The service knows papers by identifiers that it does not list with them.
    """
    if not isinstance(record, Publication):
        return record
    schemes = {scheme for scheme, _ in record.identifiers}
    added: dict[Identifier, None] = {}
    notes = list(record.notes)
    for one in names:
        if one[0] not in schemes:
            added[one] = None
        elif one not in record.identifiers:
            notes.append(Note("paperId", ":".join(one), "the paper was found by it and does not list it"))
    return msgspec.structs.replace(record, identifiers=record.identifiers + tuple(added), notes=tuple(notes))


def _list(one: Identifier, kind: str, ask: Ask) -> Publication:
    side = "citingPaper" if kind == "citations" else "citedPaper"
    found = read_list(ACCESS.name, asked_as(one), kind, LIST_FIELDS, ask)
    entries = tuple(mention_of(row, side) for row in found.rows)
    own = dict.fromkeys([one])
    for pair in identifiers_of(found.about):
        if pair[0] == "s2":
            own[pair] = None
    name = one[1] if one[0] == "s2" else ":".join(one)
    return listed(
        SOURCE,
        f"{name}/{kind}",
        tuple(own),
        cited_by=entries if kind == "citations" else (),
        references=entries if kind == "references" else (),
        notes=[Note(kind, "", problem) for problem in found.gaps],
    )
