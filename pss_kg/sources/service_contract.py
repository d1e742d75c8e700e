"""The contract of live services as a test class. See contract.py."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from urllib.parse import unquote_plus, urlencode

from pss_kg.errors import ServiceError
from pss_kg.http.asking import Access, Ask, Request
from pss_kg.records import Publication, Read
from pss_kg.sources.record_contract import check_record, publication_ids
from pss_kg.sources.replaying import Body, ReplayAsk, Which
from pss_kg.sources.service import Identifier, Query, Service
from pss_kg.sources.spoiling import SPOILT, Noting, Spoil, Spoiling, Stop, always, no_network

Run = Callable[[Ask], Iterator[Read]]

_LONGEST_URL = 8000  # what common servers take (Apache: 8,190 with the method)
_ADDRESS = re.compile(r"[^\s@]+(?:@|%40)[^\s@]+\.[a-z]{2,}", re.IGNORECASE)
_UNCODED = re.compile(r"[^!-~]|[\"<>\\^`{|}]")
_MADE_UP = {
    "pmid": "{:08}",
    "doi": "10.5555/made.up.{:08}",
    "pmcid": "PMC{:08}",
    "openalex": "W{:08}",
}


class ServiceContract:
    """The promises of a live service. A subclass gives `service`, `replies`, and what to ask for."""

    service: Service

    replies: Sequence[tuple[Which, Body]]
    """(request, or a test that tells which; its reply): all that the runs below ask for."""

    wanted: tuple[Identifier, ...] = ()
    """Identifiers that the replies know. A call that takes fewer is given the first of them."""

    described_ids: tuple[str, ...] = ()
    """Ids of the publications that `describe(wanted)` yields, in order."""

    citing_ids: tuple[str, ...] = ()
    """The same of `citing`, lists included."""

    reference_ids: tuple[str, ...] = ()
    """The same of `references`."""

    query: Query | None = None
    found_ids: tuple[str, ...] = ()
    """Ids of the publications that `search(query)` yields, in order."""

    unknown: tuple[Identifier, ...] = ()
    """Identifiers that the replies don't know."""

    errors: tuple[bytes, ...] = ()
    """Bodies by which the service says, with status 200, that something went wrong."""

    def made_up(self, number: int) -> Identifier:
        """An identifier that the service can be asked by, of the usual length."""
        for scheme in self.service.schemes:
            if scheme in _MADE_UP:
                return scheme, _MADE_UP[scheme].format(10_000_000 + number)
        return self.service.schemes[0], f"{10_000_000 + number}"

    # Runs -----------------------------------------------------------------------------------

    def _calls(self) -> dict[str, tuple[int, Callable[[Sequence[Identifier], Ask], Iterator[Read]]]]:
        """What can be asked by identifier: name -> (identifiers a call takes, the method)."""
        service = self.service
        every = {
            "describe": (service.describes, service.describe),
            "citing": (service.cites, service.citing),
            "references": (service.refers, service.references),
        }
        return {name: call for name, call in every.items() if call[0]}

    def _runs(self) -> dict[str, tuple[Run, tuple[str, ...]]]:
        """Name -> (a run over the replies, the ids it yields)."""
        expected = {
            "describe": self.described_ids,
            "citing": self.citing_ids,
            "references": self.reference_ids,
        }
        runs: dict[str, tuple[Run, tuple[str, ...]]] = {}
        for name, (limit, method) in self._calls().items():
            assert self.wanted, "the contract needs `wanted`"
            runs[name] = (partial(method, self.wanted[:limit]), expected[name])
        query = self.query
        if self.service.searches:
            assert query is not None, "the service searches: the contract needs a `query`"
            runs["search"] = (partial(self.service.search, query), self.found_ids)
        assert runs, "the service can be asked nothing"
        return runs

    def _done(self, run: Run) -> tuple[list[Read], list[Request]]:
        ask = ReplayAsk(self.replies)
        with no_network():
            found = run(ask)
            assert iter(found) is found, "it gives something other than an iterator"
            return list(found), ask.requests

    # What it says of itself -----------------------------------------------------------------

    def test_it_has_a_name_for_iris_and_a_title_for_people(self) -> None:
        name = self.service.name
        assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name), f"{name!r}: lower case and hyphens only"
        assert self.service.title.strip() == self.service.title != "", f"{name} has no title"

    def test_it_says_how_it_is_reached_and_which_limits_are_documented(self) -> None:
        assert self.service.accesses, "it has no access"
        names = [access.name for access in self.service.accesses]
        assert len(set(names)) == len(names), f"one name twice in {names}"
        for access in self.service.accesses:
            _check_access(access)

    def test_it_says_what_it_can_be_asked(self) -> None:
        service = self.service
        assert service.schemes, "it can be asked by no identifier"
        assert len(set(service.schemes)) == len(service.schemes), f"a scheme twice in {service.schemes}"
        for scheme in service.schemes:
            assert scheme == scheme.lower(), f"the scheme {scheme!r} is not lower case"
        for number in (service.describes, service.cites, service.refers):
            assert number >= 0, f"a batch of {number}"

    # Records --------------------------------------------------------------------------------

    def test_it_yields_the_records_of_the_replies(self) -> None:
        for name, (run, expected) in self._runs().items():
            found = publication_ids(self._done(run)[0])
            assert found == list(expected), f"{name}: {found} instead of {list(expected)}"

    def test_every_record_keeps_the_promises_of_records(self) -> None:
        for run, _ in self._runs().values():
            for record in self._done(run)[0]:
                check_record(record, self.service.name)

    def test_a_list_is_yielded_for_each_that_was_asked_for(self) -> None:
        for name, ending in (("citing", "/citations"), ("references", "/references")):
            if name not in self._calls():
                continue
            wanted = self.wanted[: self._calls()[name][0]]
            records = [r for r in self._done(self._runs()[name][0])[0] if isinstance(r, Publication)]
            lists = [record for record in records if record.listing]
            for record in lists:
                assert record.id.endswith(ending), f"{name}: the id {record.id!r} does not end with {ending}"
            if lists or name == "references":
                listed = {pair for record in lists for pair in record.identifiers}
                lost = [pair for pair in wanted if pair not in listed]
                assert not lost, f"{name}: no list for {lost}"

    def test_what_it_does_not_know_is_missing_without_a_word(self) -> None:
        if self.unknown and self.service.describes:
            records, _ = self._done(partial(self.service.describe, self.unknown))
            assert not records, f"for unknown identifiers it gives {records}"

    # Requests -------------------------------------------------------------------------------

    def test_the_same_is_asked_for_the_same_and_gives_the_same(self) -> None:
        for name, (run, _) in self._runs().items():
            assert self._done(run) == self._done(run), f"{name}: another result at the second time"

    def test_its_requests_are_well_formed_and_hold_no_key_and_no_address(self) -> None:
        accesses = {access.name: access for access in self.service.accesses}
        for name, (run, _) in self._runs().items():
            for request in self._done(run)[1]:
                assert request.access in accesses, f"{name}: {request.access!r} is no access of the service"
                _check_request(request, accesses[request.access], free_text=name == "search")

    def test_a_full_batch_stays_within_its_limits(self) -> None:
        for name, (limit, method) in self._calls().items():
            self._check_batch(name, limit, method, limit)

    def test_a_batch_above_its_limit_is_never_made(self) -> None:
        for name, (limit, method) in self._calls().items():
            self._check_batch(name, limit, method, 2 * limit + 1)

    def _check_batch(
        self, name: str, limit: int, method: Callable[[Sequence[Identifier], Ask], Iterator[Read]], count: int
    ) -> None:
        wanted = [self.made_up(number) for number in range(count)]
        ask = Noting()
        try:
            with no_network():
                list(method(wanted, ask))
        except Stop:
            pass
        except (ValueError, AssertionError):
            assert count > limit, f"{name} refuses a batch of {count}, and its limit is {limit}"
        if ask.request is None:
            return
        sent = unquote_plus(_text(ask.request))
        named = sum(value in sent for _, value in wanted)
        assert named <= limit, f"{name}: one request names {named} identifiers, the limit is {limit}"
        if not (ask.request.form or ask.request.json):
            size = len(_text(ask.request))
            assert size <= _LONGEST_URL, f"{name}: a batch of {count} makes a URL of {size} characters"

    # Replies that are not what was asked for --------------------------------------------------

    def test_a_reply_that_is_not_what_was_asked_for_is_refused(self) -> None:
        spoilers = dict(SPOILT)
        for number, body in enumerate(self.errors, 1):
            spoilers[f"error {number} of the service's own"] = always(body, ("json", "xml", "text"))
        for name, (run, _) in self._runs().items():
            whole, requests = self._done(run)
            for what, spoil in spoilers.items():
                for number in range(1, len(requests) + 1):
                    self._check_refused(f"{name}, reply {number}, {what}", run, number, spoil, whole)

    def _check_refused(self, where: str, run: Run, number: int, spoil: Spoil, whole: list[Read]) -> None:
        ask = Spoiling(ReplayAsk(self.replies), number, spoil)
        records: list[Read] = []
        told = False
        try:
            for record in run(ask):
                records.append(record)
        except ServiceError:
            told = True
        except Exception as error:
            raise AssertionError(f"{where}: it raises {error!r}, and not BadReply inside `read`") from error
        if ask.spoilt is not None:
            assert told, f"{where}: {ask.spoilt[:80]!r} is taken for an answer to {ask.request}"
        assert records == whole[: len(records)], f"{where}: wrong records before the error"


def _check_access(access: Access) -> None:
    name = access.name
    assert re.fullmatch(r"[a-z][a-z0-9-]*", name), f"the access {name!r}: lower case and hyphens only"
    assert access.title, f"{name} has no title"
    assert access.url.startswith("https://"), f"{name}: {access.url} is not https"
    assert not access.url.endswith("/"), f"{name}: the URL ends with a slash"
    assert access.rate > 0, f"{name}: no rate"
    assert access.concurrency > 0, f"{name}: no request at once"
    assert access.rate_with_key >= 0, f"{name}: rate {access.rate_with_key} with a key"
    assert access.key or not access.rate_with_key, f"{name}: a rate with a key, but it takes none"
    assert not access.key or access.key[0] in ("param", "header"), f"{name}: where does the key go?"
    assert len(access.key) in (0, 2, 3), f"{name}: the key is (place, name) or (place, name, prefix)"
    assert access.documented.startswith("https://"), f"{name}: no page that documents the limits"


def _check_request(request: Request, access: Access, *, free_text: bool) -> None:
    assert request.path.startswith("/"), f"{request}: the path does not begin with a slash"
    assert not _UNCODED.search(request.path), f"{request}: the path is not percent-encoded"
    names = {name for name, _ in (*request.params, *request.form)}
    own = {*access.contact, access.tool, *access.key[1:2]} - {""}
    assert not names & own, f"{request}: {names & own} are added when it is sent"
    assert not (request.form and request.json), f"{request}: two bodies"
    if not free_text:
        found = _ADDRESS.search(_text(request))
        assert not found, f"{request}: it holds an e-mail address"


def _text(request: Request) -> str:
    return f"{request.path}?{urlencode((*request.params, *request.form))}{request.json}"
