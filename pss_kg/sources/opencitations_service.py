"""OpenCitations as it is asked: the Index who cites whom, Meta what the articles are.

The Index (v2) takes one identifier a request and answers in one piece. Meta (v1) takes several,
joined by two underscores. It documents no number; 15 were seen to give an error, so ten are asked.
Both answer `[]` for what they do not know.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from pss_kg.http.asking import Access, Ask, BadReply, Reply, Request
from pss_kg.records import Publication, Read, Reference
from pss_kg.sources.opencitations import cells_of
from pss_kg.sources.opencitations_record import SOURCE, far_side, metadata, read_ids
from pss_kg.sources.service import Identifier, Unasked, listed

ACCESS = Access(
    name="opencitations",
    title="OpenCitations",
    url="https://api.opencitations.net",
    rate=3.0,  # 180 requests a minute from one address
    concurrency=2,
    key=("header", "authorization"),
    documented="https://api.opencitations.net/meta/v1",
)
_JOINT = "__"
Rows = list[dict[str, str]]


class OpenCitationsService(Unasked):
    """The live service `opencitations`. It has no search."""

    name = SOURCE
    title = "OpenCitations"
    accesses: tuple[Access, ...] = (ACCESS,)
    # A DOI first: so the same request is made whether or not the article's OMID is known yet.
    schemes: tuple[str, ...] = ("doi", "pmid", "omid")
    describes = 10
    cites = 1
    refers = 1
    searches = False  # OpenCitations answers by identifier only

    def describe(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
        """Meta's records of those that it knows, each once."""
        sought = set(wanted)
        seen: set[str] = set()
        for names in _batches(wanted, self.describes):
            path = f"/meta/v1/metadata/{quote(_JOINT.join(names), safe=':/')}"
            for row in ask(Request(ACCESS.name, path), _rows_of_meta):
                record = metadata(row)
                if record.id not in seen and (
                    not isinstance(record, Publication) or sought.intersection(record.identifiers)
                ):
                    seen.add(record.id)
                    yield record

    def citing(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
        """Who cites them: a list each."""
        for one in wanted:
            yield _list(one, "citations", ask)

    def references(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
        """What they cite: a list each."""
        for one in wanted:
            yield _list(one, "references", ask)


def _batches(wanted: Sequence[Identifier], size: int) -> Iterator[list[str]]:
    """The identifiers as they are asked. One that holds the joint goes alone."""
    names = list(dict.fromkeys(f"{scheme}:{value}" for scheme, value in wanted))
    plain = [name for name in names if _JOINT not in name]
    for start in range(0, len(plain), size):
        yield plain[start : start + size]
    for name in names:
        if _JOINT in name:
            yield [name]


def _list(one: Identifier, kind: str, ask: Ask) -> Publication:
    near, far = ("cited", "citing") if kind == "citations" else ("citing", "cited")
    name = f"{one[0]}:{one[1]}"
    rows = ask(Request(ACCESS.name, f"/index/v2/{kind}/{quote(name, safe=':/')}"), _rows_of_index)
    own = dict.fromkeys([one])
    found: dict[Reference, None] = {}
    for row in rows:
        for pair in read_ids(row[near])[0]:
            if pair[0] == "omid":
                own[pair] = None
        # Meta may know an article by two OMIDs; then the Index has two rows that read the same.
        found[far_side(row, far)] = None
    if len([pair for pair in own if pair[0] == "omid"]) > 1:
        own = dict.fromkeys([one])
    return listed(
        SOURCE,
        f"{name}/{kind}",
        tuple(own),
        cited_by=tuple(found) if kind == "citations" else (),
        references=tuple(found) if kind == "references" else (),
    )


def _rows_of_index(reply: Reply) -> Rows:
    return _rows(reply, ("citing", "cited"))


def _rows_of_meta(reply: Reply) -> Rows:
    return _rows(reply, ("id", "title"))


def _rows(reply: Reply, columns: tuple[str, ...]) -> Rows:
    """The rows of a reply. Raises BadReply for an error inside it and for rows of another kind."""
    said: Any = reply.json()
    if isinstance(said, dict):
        message = str(said.get("message") or said.get("error") or "no list of rows")
        raise BadReply(f"the reply is an error: {message[:200]}")
    if not isinstance(said, list):
        raise BadReply("the reply is no list of rows")
    rows: Rows = []
    for row in said:
        cells = cells_of(row)
        if cells is None or any(column not in cells for column in columns):
            raise BadReply("the reply holds a row of another kind")
        rows.append(cells)
    return rows
