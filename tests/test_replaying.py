"""The Ask that answers from memory behaves as the real one does, without a network."""

from __future__ import annotations

import pytest

from pss_kg.errors import ServiceError
from pss_kg.http.asking import BadReply, Reply, Request
from pss_kg.sources.replaying import ReplayAsk, UnexpectedRequest, below

ONE = Request("made-up", "/one")


def body(reply: Reply) -> bytes:
    return reply.body


def test_replies_are_found_by_request_or_by_a_test_and_may_be_of_several_kinds() -> None:
    ask = ReplayAsk([(ONE, b"1"), (Request("made-up", "/two"), "2"), (below("/"), {"three": [3]})])
    assert ask(ONE, body) == b"1"
    assert ask(Request("made-up", "/two"), body) == b"2"
    assert ask(Request("made-up", "/three"), Reply.json) == {"three": [3]}
    assert [request.path for request in ask.requests] == ["/one", "/two", "/three"]


def test_several_replies_to_one_request_come_in_turn_and_the_last_stays() -> None:
    ask = ReplayAsk([(ONE, b"1"), (ONE, b"2")])
    assert [ask(ONE, body) for _ in range(3)] == [b"1", b"2", b"2"]


def test_a_reply_that_is_refused_is_followed_by_the_next() -> None:
    ask = ReplayAsk([(ONE, b"<html>"), (ONE, 503), (ONE, b"[1]")])
    assert ask(ONE, Reply.json) == [1]
    assert [(request, error.what[:9]) for request, error in ask.refused] == [(ONE, "the reply")]


def test_where_no_reply_is_taken_it_is_a_service_error() -> None:
    with pytest.raises(ServiceError, match="empty"):
        ReplayAsk([(ONE, b"")])(ONE, Reply.json)
    with pytest.raises(ServiceError, match="500"):
        ReplayAsk([(ONE, 500)])(ONE, body)


def test_a_refusal_for_good_is_not_followed_by_another_try() -> None:
    def refuse(reply: Reply) -> None:
        raise BadReply("the request is wrong", again=False)

    ask = ReplayAsk([(ONE, b"1"), (ONE, b"2")])
    with pytest.raises(ServiceError, match="the request is wrong"):
        ask(ONE, refuse)
    assert len(ask.refused) == 1


def test_a_status_that_means_unknown_is_an_answer() -> None:
    request = Request("made-up", "/one", absent=(404,))
    assert ReplayAsk([(request, 404)])(request, lambda reply: reply.absent)


def test_a_request_without_a_reply_is_told() -> None:
    with pytest.raises(UnexpectedRequest, match="/one"):
        ReplayAsk([])(ONE, body)
