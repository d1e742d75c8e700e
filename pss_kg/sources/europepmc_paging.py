"""Pages of Europe PMC's replies, and the faults that they hide inside a 200. Pure."""

from __future__ import annotations

from typing import Any, NamedTuple

from pss_kg.http.asking import BadReply, Reply
from pss_kg.sources.europepmc_values import Item, inside, text

PAGE = 1000
"""Results or entries of a page, the most that the service allows."""

_SHOWN = 300
_HOPELESS = frozenset({"400", "401", "403", "404", "405", "414"})


class Page(NamedTuple):
    """One page: the total of all, its items, its own cursor and that of the next ("" = none)."""

    total: int
    items: list[Item]
    cursor: str = ""
    following: str = ""


def read_page(reply: Reply, cursor: str, passed: frozenset[str], got: int, enough: int) -> Page:
    """A page of a search. `passed` are the cursors asked for, `got` the items before, `enough`
    how many are wanted (0 = all).

    Raises BadReply where the next cursor is one of those passed though the total is not reached,
    and for a first page without results that it counts.
    """
    body = _body(reply)
    total = _total(body)
    items = _items(body, "resultList", "result", total)
    following = text(body.get("nextCursorMark"))
    left = min(total, enough or total) - got - len(items)
    if left > 0 and following in passed and items:
        raise BadReply(f"the cursor of the next page repeats, with {left} results to go")
    if left > 0 and not items and not got:
        raise BadReply(f"the page is empty, with {left} results to go")
    return Page(total, items, cursor, following)


def read_list(reply: Reply, kind: str) -> Page | None:
    """A page of the citations or references; None where the service does not know the article.

    Raises BadReply for another thing.
    """
    if reply.absent:
        return None
    body = _body(reply)
    total = _total(body)
    outer, inner = ("citationList", "citation") if kind == "citations" else ("referenceList", "reference")
    return Page(total, _items(body, outer, inner, total))


def _body(reply: Reply) -> dict[str, Any]:
    body = reply.json()
    if not isinstance(body, dict):
        raise BadReply("the reply is JSON of another kind")
    if (code := text(body.get("errCode"))) or "errMsg" in body:
        said = text(body.get("errMsg"))[:_SHOWN]
        raise BadReply(f"it says: {said or code}", again=code not in _HOPELESS)
    return body


def _total(body: dict[str, Any]) -> int:
    total = text(body.get("hitCount"))
    if not total.isdecimal():
        raise BadReply("the reply does not say how many there are")
    return int(total)


def _items(body: dict[str, Any], outer: str, inner: str, total: int) -> list[Item]:
    if outer not in body and total:
        raise BadReply(f"the reply counts {total} and holds no {outer}")
    items = inside(body.get(outer), inner)
    if not all(isinstance(item, dict) for item in items):
        raise BadReply(f"the reply holds a {inner} that is no object")
    return items
