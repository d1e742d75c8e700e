"""The pages of a list of Semantic Scholar: complete, each entry once, or with the gap said.

A page begins at an offset, so an entry that comes or goes while the list is read moves all that
stand behind it. Each page but the first therefore begins with the last entry of the one before;
where that is another, the list has changed and is asked for anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from pss_kg.http.asking import Ask, BadReply, Reply, Request

LIMIT = 1000
"""Entries a page holds at most."""

REACH = 9999
"""offset + limit must stay below 10,000."""

_TRIES = 3


class Found(NamedTuple):
    """rows: the entries, each once; about: what the reply says of the paper itself; gaps: what
    is missing, in words."""

    rows: list[Mapping[str, Any]]
    about: Mapping[str, Any]
    gaps: tuple[str, ...] = ()


class _Page(NamedTuple):
    rows: list[Mapping[str, Any]]
    next: int  # where the next page begins; 0 = this is the last
    about: Mapping[str, Any]
    withheld: str = ""


def read_list(access: str, paper: str, kind: str, fields: str, ask: Ask) -> Found:
    """All that stand in the list `kind` ("citations", "references") of a paper, as far as the
    service gives them. A paper that it does not know has none, and that is said.

    Raises ServiceError as `ask` does.
    """
    path = f"/paper/{quote(paper, safe=':/')}/{kind}"
    seen: dict[str, Mapping[str, Any]] = {}
    for attempt in range(_TRIES):
        found, changed = _once(access, path, fields, ask, fresh=attempt > 0)
        for row in found.rows:
            seen.setdefault(_mark(row), row)
        if not changed:
            return found
    gap = f"the list changed each time it was read; these are all entries seen in {_TRIES} readings"
    return found._replace(rows=list(seen.values()), gaps=(*found.gaps, gap))


def _once(access: str, path: str, fields: str, ask: Ask, fresh: bool) -> tuple[Found, bool]:
    """The list as read once, and whether it changed meanwhile."""
    rows: dict[str, Mapping[str, Any]] = {}
    about: Mapping[str, Any] = {}
    offset, limit, last = 0, LIMIT, ""
    while True:
        page = _page(access, path, fields, offset, limit, ask, fresh)
        if page is None:  # more than 10 MB
            limit //= 2
            continue
        about = about or page.about
        if page.withheld:
            return Found(list(rows.values()), about, (page.withheld,)), False
        if last and (not page.rows or _mark(page.rows[0]) != last):
            return Found([*rows.values(), *page.rows], about), True
        for row in page.rows:
            rows.setdefault(_mark(row), row)
        if not page.next:
            return Found(list(rows.values()), about), False
        if page.next >= REACH:
            gap = f"the service gives {len(rows):,} entries of this list and no more; the rest is missing"
            return Found(list(rows.values()), about, (gap,)), False
        # A page may hold fewer than its places; then its last entry is not that of its last place.
        whole = len(page.rows) == page.next - offset and len(page.rows) > 1
        offset, last = (page.next - 1, _mark(page.rows[-1])) if whole else (page.next, "")
        limit = min(limit, REACH - offset)


def _page(
    access: str, path: str, fields: str, offset: int, limit: int, ask: Ask, fresh: bool
) -> _Page | None:
    params = (("fields", fields), ("offset", str(offset)), ("limit", str(limit)))
    request = Request(access, path, params=params, absent=(400, 404))

    def page(reply: Reply) -> _Page | None:
        said = reply.json()
        if not isinstance(said, dict):
            raise BadReply("the reply is no page of a list")
        message = str(said.get("error") or said.get("message") or "")
        if reply.status == 404:
            return _Page([], 0, {}, "the service does not know the paper")
        if reply.absent:
            if "exceed maximum size" in message and limit > 1:
                return None
            raise BadReply(f"the service refuses the request: {message[:200]}", again=False)
        about = said.get("citingPaperInfo") or said.get("citedPaperInfo")
        about = about if isinstance(about, dict) else {}
        rows = said.get("data")
        if rows is None and about:
            return _Page([], 0, about, "the publisher lets the service give no list")
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise BadReply(
                f"the reply is an error: {message[:200]}" if message else "the reply holds no list"
            )
        following = said.get("next")
        if following is None:
            return _Page(rows, 0, about)
        if not isinstance(following, int) or following <= offset:
            raise BadReply("the next page does not stand behind this one")
        return _Page(rows, following, about)

    return ask(request, page, fresh=fresh)


def _mark(row: Mapping[str, Any]) -> str:
    """What tells one entry from another: the paper's id, else its title and year."""
    paper = row.get("citingPaper") or row.get("citedPaper") or row
    own = paper.get("paperId") if isinstance(paper, dict) else None
    return str(own) if own else f"{paper.get('title')} {paper.get('year')} {row.get('contexts')}"
