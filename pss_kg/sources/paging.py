"""Lists that a service gives in pages: walked to their end, nothing lost and nothing twice.

A list may change while it is walked. What came already is not yielded again; a list that ends
with fewer entries than the service counts, or whose count changed, is asked for again, fresh.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote_plus

from pss_kg.http.asking import Ask, BadReply, Reply, Request

Item = dict[str, Any]
_ROUNDS = 3


def answer_of(reply: Reply, complaint: Callable[[Item], str]) -> Item:
    """The JSON object of a reply. Raises BadReply for what is none, and for one in which
    `complaint` finds that something went wrong."""
    answer = reply.json()
    if not isinstance(answer, dict):
        raise BadReply("the reply is no object")
    if reason := complaint(answer):
        raise BadReply(reason)
    return answer


class Page(NamedTuple):
    """One page: its entries, the cursor of the next one ("" for none), and how many entries the
    whole list has (-1 if the service does not say)."""

    items: Sequence[Item]
    next: str
    total: int


def walk(
    ask: Ask,
    request: Callable[[str, int], Request],
    read: Callable[[Reply], Page],
    key: Callable[[Item], str],
    *,
    first: str = "*",
    limit: int = 0,
    same_cursor: bool = False,
) -> Iterator[Item]:
    """Every entry of a list, each key once, in the order of the replies; `limit` at most, 0 = all.

    `request` makes the request of a cursor and the number of its page, from 0. A cursor that
    came before is refused, unless `same_cursor` says that the service moves on behind it; then
    a list may also end before its count is reached, as such cursors are known to.

    Raises ServiceError where a page can't be had, or the list stays shorter than its count.
    """
    given: set[str] = set()
    for round_number in range(_ROUNDS):
        last_round = round_number == _ROUNDS - 1
        seen: set[str] = set()
        cursors = {first}
        totals: set[int] = set()
        cursor, number, stale = first, 0, False
        while not stale:

            def checked(
                reply: Reply,
                seen: set[str] = seen,
                cursors: set[str] = cursors,
                last_round: bool = last_round,
            ) -> Page:
                page = read(reply)
                now = seen.union(key(item) for item in page.items)
                ends = not page.items or not page.next or 0 <= page.total <= len(now)
                if not ends and page.next in ({first} if same_cursor else cursors):
                    raise BadReply("the cursor repeats: the next page would be one that came already")
                if last_round and ends and not same_cursor and len(now | given) < page.total:
                    raise BadReply(f"the list ends after {len(now)} of {page.total} entries")
                return page

            page = ask(request(cursor, number), checked, fresh=round_number > 0)
            totals.add(page.total)
            before = len(seen)
            for item in page.items:
                own = key(item)
                seen.add(own)
                if own not in given:
                    given.add(own)
                    yield item
                    if limit and len(given) >= limit:
                        return
            if not page.items or not page.next or 0 <= page.total <= len(seen):
                break
            stale = len(seen) == before  # a page that only repeats: the walk begins anew
            cursors.add(page.next)
            cursor, number = page.next, number + 1
        if not stale and len(totals) == 1 and len(seen) >= max(totals):
            return


def batches(values: Sequence[str], most: int, room: int, extra: int = 1) -> Iterator[list[str]]:
    """The values in groups of `most`, each at most `room` characters when percent-encoded.

    `extra` is what stands between two values. Order is kept.
    """
    group: list[str] = []
    size = 0
    for value in values:
        length = len(quote_plus(value)) + extra
        if group and (len(group) >= most or size + length > room):
            yield group
            group, size = [], 0
        group.append(value)
        size += length
    if group:
        yield group
