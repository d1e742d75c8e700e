"""Every fault of a service ends in an answer or an error that helps; nothing is lost or asked twice."""

from __future__ import annotations

import contextlib
import gzip
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from scripted_server import Asked, Raw, Say, Script, Server, in_turn, serving

from pss_kg.errors import ServiceError
from pss_kg.http.archive import Archive
from pss_kg.http.asking import Access, BadReply, Reply, Request, Stopped
from pss_kg.http.client import Client
from pss_kg.http.faults import Fault
from pss_kg.http.settings import Manners, Settings

KEY = "0123456789+abc/def"
MAILTO = "me+kg@example.org"
PARAM = ("param", "api_key")
QUICK = Manners(
    first_wait=0.01,
    longest_wait=0.05,
    total_wait=20,
    connect=1,
    read=0.2,
    deadline=0.6,
    longest_retry_after=2,
)
GOOD = Say(b'{"ok": true}')
ASKED = Request("made-up", "/works", (("q", "peer support"),))


def access(**changes: Any) -> Access:
    said: dict[str, Any] = {"rate": 500, "concurrency": 4, **changes}
    return Access("made-up", "Made-Up Service", "https://example.org/none", **said)


def as_json(reply: Reply) -> Any:
    return reply.json()


@pytest.fixture(autouse=True)
def no_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


class Rig:
    """A client of one server, and what it told."""

    def __init__(self, client: Client, server: Server, archive: Archive, stop: threading.Event) -> None:
        self.client = client
        self.server = server
        self.archive = archive
        self.stop = stop

    def __call__(self, request: Request = ASKED, read: Callable[[Reply], Any] = as_json, **more: Any) -> Any:
        return self.client(request, read, **more)

    @property
    def times(self) -> int:
        return len(self.server.asked)


Start = Callable[..., contextlib.AbstractContextManager[Rig]]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    @contextlib.contextmanager
    def make(
        script: Script | Server,
        *,
        manners: Manners = QUICK,
        secret: str = "",
        mailto: str = "",
        rate: float | None = 0,
        folder: str = "replies",
        mode: Any = "normal",
        on_reply: Any = None,
        **changes: Any,
    ) -> Iterator[Rig]:
        stop = threading.Event()
        with contextlib.ExitStack() as stack:
            server = script if isinstance(script, Server) else stack.enter_context(serving(script))
            archive = stack.enter_context(Archive(tmp_path / folder))
            settings = Settings(
                mailto=mailto,
                urls={"madeup": server.url + "/api"},
                keys={"madeup": secret} if secret else {},
                rates={} if rate is None else {"madeup": rate},
            )
            client = Client(
                [access(**changes)],
                settings,
                archive,
                mode=mode,
                stop=stop,
                on_reply=on_reply,
                manners=manners,
            )
            with client:
                yield Rig(client, server, archive, stop)

    return make


def hang(seconds: float) -> Raw:
    return lambda handler: time.sleep(seconds)


def raw(content: bytes) -> Raw:
    return lambda handler: (handler.wfile.write(content), None)[1]


def drip(head: bytes, drop: bytes) -> Raw:
    """The head at once, then a drop forty times in two seconds."""

    def drips(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(head)
        for _ in range(40):
            handler.wfile.write(drop)
            handler.wfile.flush()
            time.sleep(0.05)

    return drips


PACKED = gzip.compress(b'{"ok": true}' + b" " * 5000)
GZIPPED = (("Content-Encoding", "gzip"),)
PASSING: dict[str, Say | Raw] = {
    "429": Say(b"slow down", 429),
    "429 with Retry-After": Say(b"slow down", 429, (("Retry-After", "0.1"),)),
    "503 with a date": Say(b"", 503, (("Retry-After", formatdate(time.time() - 5, usegmt=True)),)),
    "500": Say(b"oops", 500),
    "502": Say(b"<html>bad gateway</html>", 502),
    "a 500 that is cut": Say(b"oops", 500, length=100),
    "408": Say(b"", 408),
    "time-out": hang(0.4),
    "body cut": Say(b'{"ok": tr', length=100),
    "body cut by nothing": Say(b"", length=100),
    "chunks cut": raw(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"ok"\r\n'),
    "chunks broken": raw(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{"ok"\r\n'),
    "gzip cut": Say(PACKED[:-9], headers=GZIPPED),
    "gzip broken": Say(PACKED[:12] + b"xxxx" + PACKED[16:], headers=GZIPPED),
    "no gzip": Say(b'{"ok": true}', headers=GZIPPED),
    "HTML": Say(b"<!DOCTYPE html><html>maintenance</html>"),
    "empty": Say(b""),
    "half JSON, whole by its length": Say(b'{"ok": tr'),
    "no HTTP": raw(b"hello\r\n\r\n"),
    "closed at once": raw(b""),
    "slow drip": drip(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b" "),
    "slow drip of headers": drip(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"),
}


@pytest.mark.parametrize("fault", PASSING)
def test_after_a_fault_that_passes_the_answer_comes(start: Start, fault: str) -> None:
    with start(in_turn(PASSING[fault], GOOD)) as rig:
        assert rig() == {"ok": True}
        assert rig() == {"ok": True}  # from raw/
        assert rig.times == 2
        assert rig.archive.count() == 1


@pytest.mark.parametrize(
    "fault", ["500", "429", "time-out", "body cut", "HTML", "gzip cut", "empty", "closed at once"]
)
def test_a_fault_that_stays_is_an_error_that_names_service_url_and_remedy(start: Start, fault: str) -> None:
    manners = Manners(tries=3, first_wait=0.01, longest_wait=0.02, read=0.1)
    with (
        start(
            lambda _: PASSING[fault],
            manners=manners,
            secret=KEY,
            mailto=MAILTO,
            key=PARAM,
            contact=("email",),
        ) as rig,
        pytest.raises(ServiceError) as caught,
    ):
        rig()
    assert rig.times == 3
    assert caught.value.where == f"Made-Up Service, {rig.server.url}/api/works?q=peer%20support"
    assert "in 3 tries" in caught.value.what
    assert "again" in caught.value.todo
    assert_no_secret(str(caught.value))
    assert caught.value.__cause__ is None


def assert_no_secret(text: str) -> None:
    for secret in (KEY, "0123456789%2Babc", "%2Fdef", MAILTO, "me%2Bkg", "me+kg"):
        assert secret not in text


def test_an_error_inside_a_200_is_asked_again_or_not_as_the_source_says(start: Start) -> None:
    def read(reply: Reply) -> str:
        if b"error" in reply.body:
            raise BadReply(f"it says: {reply.body.decode()}", again=b"later" in reply.body)
        return "fine"

    with start(in_turn(Say(b"error, later"), Say(b"yes"), Say(b"error, your fault"))) as rig:
        assert rig(read=read) == "fine"
        with pytest.raises(ServiceError, match="your fault"):
            rig(Request("made-up", "/other"), read)
        assert rig.times == 3
        assert rig.archive.count() == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 414, 422])
def test_a_refusal_is_not_asked_again(start: Start, status: int) -> None:
    with start(lambda _: Say(b'{"message": "no such \\u001b field"}', status)) as rig:
        with pytest.raises(ServiceError, match=f"HTTP {status}") as caught:
            rig()
        assert rig.times == 1
        assert "no such" in caught.value.what
        assert caught.value.todo


def test_a_status_that_the_request_calls_absent_is_an_answer_and_kept(start: Start) -> None:
    asked = Request("made-up", "/works/1", absent=(404,))
    with start(lambda _: Say(b"none", 404)) as rig:
        assert rig(asked, lambda reply: reply.absent)
        assert rig(asked, lambda reply: reply.absent and reply.replayed)
        assert rig.times == 1


def test_where_a_key_helps_the_error_says_so(start: Start) -> None:
    with (
        start(lambda _: Say(b"", 401), key=PARAM) as rig,
        pytest.raises(ServiceError, match="PSS_KG_MADEUP_KEY"),
    ):
        rig()


def test_nobody_listens(start: Start) -> None:
    with serving(lambda _: GOOD) as server:
        pass
    manners = Manners(tries=2, first_wait=0.01, longest_wait=0.02)
    with start(server, manners=manners) as rig:
        with pytest.raises(ServiceError, match="connection refused") as caught:
            rig()
        assert "network" in caught.value.todo
        for n in range(5):  # the third in a row without hope, and later ones, get one try
            with pytest.raises(ServiceError) as caught:
                rig(Request("made-up", f"/{n}"))
        assert "tries" not in caught.value.what


def test_a_rest_that_is_too_long_is_not_waited_for_by_anyone(start: Start) -> None:
    with start(lambda _: Say(b"", 429, (("Retry-After", "3600"),))) as rig:
        began = time.monotonic()
        for path in ("/a", "/b"):
            with pytest.raises(ServiceError, match=r"left alone until 2\d\d\d-\d\d-\d\d") as caught:
                rig(Request("made-up", path))
            assert path in caught.value.where or path == "/b"
        assert time.monotonic() - began < 1
        assert rig.times == 1


def test_retry_after_rests_the_whole_access_and_not_only_the_thread(start: Start) -> None:
    lock = threading.Lock()
    limited: list[float] = []

    def script(asked: Asked) -> Say:
        with lock:
            if not limited:
                limited.append(asked.time)
                return Say(b"", 429, (("Retry-After", "0.5"),))
        return GOOD

    def later(rig: Rig, n: int) -> None:
        time.sleep(0.02 * (n > 0))
        rig(Request("made-up", f"/{n}"))

    with start(script) as rig:
        assert together(8, lambda n: later(rig, n)) == []
        early = [a for a in rig.server.asked if a.time < limited[0] + 0.48]
        assert len(early) == 1


def together(many: int, act: Callable[[int], Any]) -> list[BaseException]:
    """Errors of so many threads."""
    errors: list[BaseException] = []

    def run(n: int) -> None:
        try:
            act(n)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def most_within(moments: list[float], seconds: float) -> int:
    moments = sorted(moments)
    return max(sum(begin <= later < begin + seconds for later in moments) for begin in moments)


@pytest.mark.parametrize(("rate", "many"), [(10, 14), (40, 60)])
def test_no_second_of_the_server_sees_more_than_the_rate(start: Start, rate: int, many: int) -> None:
    with start(lambda _: GOOD, rate=rate, concurrency=8) as rig:
        began = time.monotonic()
        assert together(8, lambda t: [rig(Request("made-up", f"/{n}")) for n in range(t, many, 8)]) == []
        took = time.monotonic() - began
        moments = [a.time for a in rig.server.asked]
        assert len(moments) == many
        assert most_within(moments, 1.0) <= rate
        assert took < 1.3 * (many - 1) / rate + 0.6


def test_idle_time_is_not_saved_up_for_a_burst(start: Start) -> None:
    with start(lambda _: GOOD, rate=20, concurrency=4) as rig:
        rig()
        time.sleep(0.4)
        assert together(4, lambda n: rig(Request("made-up", f"/{n}"))) == []
        moments = sorted(a.time for a in rig.server.asked)[1:]
        assert moments[-1] - moments[0] > 0.12


def test_no_more_at_once_than_the_access_says(start: Start) -> None:
    def script(asked: Asked) -> Say:
        time.sleep(0.03)
        return GOOD

    with start(script, concurrency=2) as rig:
        assert together(8, lambda n: rig(Request("made-up", f"/{n}"))) == []
        assert rig.server.most_at_once == 2
        assert len(rig.server.connections) <= 2  # and they are used again


def test_limits_in_replies_lower_the_rate_and_never_raise_it(start: Start) -> None:
    lower = (("X-Rate-Limit-Limit", "20"), ("X-Rate-Limit-Interval", "1s"), ("X-Concurrency-Limit", "1"))
    with start(lambda _: Say(headers=lower), rate=400, concurrency=4) as rig:
        rig()
        assert together(6, lambda n: rig(Request("made-up", f"/{n}"))) == []
        moments = sorted(a.time for a in rig.server.asked)
        assert moments[-1] - moments[0] > 0.25
        assert rig.server.most_at_once == 1
    higher = (("X-Rate-Limit-Limit", "500"), ("X-Rate-Limit-Interval", "1s"))
    with start(lambda _: Say(headers=higher), rate=20, folder="other") as rig:
        for n in range(5):
            rig(Request("made-up", f"/{n}"))
        moments = sorted(a.time for a in rig.server.asked)
        assert moments[-1] - moments[0] > 0.18


def test_the_same_request_of_many_threads_is_sent_once(start: Start) -> None:
    def script(asked: Asked) -> Say:
        time.sleep(0.1)
        return GOOD

    with start(script) as rig:
        assert together(8, lambda _: rig()) == []
        assert together(8, lambda _: rig(fresh=True)) == []
        assert rig.times == 2


def test_a_body_is_the_same_however_it_is_packed_and_cut_into_pieces(start: Start) -> None:
    body = json.dumps({"text": "ß" * 200_000}).encode()
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(c), c) for c in (body[:1], body[1:70_000], body[70_000:]))
    ways: list[Say | Raw] = [
        Say(body),
        Say(gzip.compress(body), headers=GZIPPED),
        Say(gzip.compress(body[:99]) + gzip.compress(body[99:]), headers=GZIPPED),
        raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"),
        raw(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body),
    ]
    with start(in_turn(*ways)) as rig:
        for n in range(len(ways)):
            asked = Request("made-up", f"/{n}")
            assert rig(asked, lambda reply: reply.body) == body
            kept = rig.archive.find(asked)
            assert kept is not None
            assert kept.body == body
        assert rig.times == len(ways)


@pytest.mark.parametrize("packed", [True, False])
def test_a_bomb_is_not_unpacked_and_asked_for_once_more(start: Start, packed: bool) -> None:
    body = gzip.compress(b" " * 30_000_000) if packed else b" " * 300_000
    manners = Manners(largest=200_000)
    with start(lambda _: Say(body, headers=GZIPPED if packed else ()), manners=manners) as rig:
        with pytest.raises(ServiceError, match="larger than 200,000 bytes"):
            rig()
        assert rig.times == 2


def test_an_encoding_nobody_asked_for_is_an_error(start: Start) -> None:
    with (
        start(lambda _: Say(headers=(("Content-Encoding", "br"),))) as rig,
        pytest.raises(ServiceError, match="'br'"),
    ):
        rig()


WAYS: dict[str, tuple[dict[str, Any], Request]] = {
    "param": ({"key": PARAM}, ASKED),
    "header": ({"key": ("header", "x-api-key")}, ASKED),
    "bearer": ({"key": ("header", "Authorization", "Bearer ")}, ASKED),
    "form": ({"key": PARAM}, Request("made-up", "/post", form=(("id", "1,2"),))),
    "json": ({"key": PARAM}, Request("made-up", "/post", json='{"ids": [1]}')),
}


def seen(asked: Asked) -> str:
    return f"{asked.path} {asked.headers} {asked.body!r}"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_keys_and_address_reach_the_service_and_no_other_host(start: Start, way: str, status: int) -> None:
    changes, asked = WAYS[way]
    with serving(lambda _: GOOD) as other:

        def away(first: Asked) -> Say:
            # A server that repeats the whole query, as most do.
            query = first.path.partition("?")[2]
            return Say(b"", status, (("Location", f"{other.url}/there?{query}&x=1&key={KEY}"),))

        with start(away, secret=KEY, mailto=MAILTO, contact=("email",), tool="tool", **changes) as rig:
            assert rig(asked) == {"ok": True}
            assert "0123456789" in seen(rig.server.asked[0])
            assert "me%2Bkg" in seen(rig.server.asked[0])
            assert "pss-kg" in seen(rig.server.asked[0])
            assert_no_secret(seen(other.asked[0]))
            assert "0123456789" not in seen(other.asked[0])
            assert other.asked[0].headers["user-agent"].startswith("pss-kg/")
            if asked.form and status != 303:
                assert other.asked[0].method == "POST"
                assert other.asked[0].body == b"id=1,2"
            if asked is ASKED:
                assert other.asked[0].query["q"] == ["peer support"]


def test_on_the_same_host_a_redirect_is_followed_with_the_key(start: Start) -> None:
    def script(asked: Asked) -> Say:
        return GOOD if "there" in asked.path else Say(b"", 302, (("Location", "/there?q=1"),))

    with start(script, secret=KEY, key=PARAM) as rig:
        assert rig() == {"ok": True}
        assert rig.server.asked[1].query == {"q": ["1"], "api_key": [KEY]}


@pytest.mark.parametrize("target", ["/again", "file:///etc/passwd", "http://[bad", "ftp://example.org/x"])
def test_a_redirect_that_leads_nowhere_is_an_error(start: Start, target: str) -> None:
    with start(lambda _: Say(b"", 302, (("Location", target),)), secret=KEY, key=PARAM) as rig:
        with pytest.raises(ServiceError, match="it sends us") as caught:
            rig()
        assert_no_secret(str(caught.value))
        assert rig.times == (6 if target == "/again" else 1)


def test_a_redirect_from_https_to_http_is_refused(tmp_path: Path) -> None:
    with Archive(tmp_path / "x") as archive, Client([access(key=PARAM)], Settings(), archive) as client:
        sender = client._hosts["made-up"].sender
        with pytest.raises(Fault, match=r"from https to http://example\.org, which is not followed"):
            sender._redirected("https://example.org/a", "http://example.org/b", "GET")
        assert sender._redirected("https://example.org/a", "/b", "GET") == "https://example.org/b"


def test_no_secret_stands_in_the_archive_the_log_or_the_reply(
    start: Start, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    def script(asked: Asked) -> Say:
        links = {"next": f"https://example.org{asked.path}&cursor=2", "mail": MAILTO}
        return Say(
            json.dumps(links).encode(), headers=(("Link", f"<{asked.path}>; rel=next"), ("ETag", '"1"'))
        )

    replies: list[Reply] = []
    with start(script, secret=KEY, mailto=MAILTO, key=PARAM, contact=("email",)) as rig:
        rig(read=replies.append)
        rig(Request("made-up", "/post", form=(("id", "1"),)), replies.append)
    for reply in replies:
        assert_no_secret(reply.url)
    # An author's address is the article's, even where it is the user's own; a parameter is ours.
    assert b"cursor=2" in replies[0].body
    assert b"0123456789" not in replies[0].body
    assert MAILTO.encode() in replies[0].body
    assert b"me%2Bkg" not in replies[0].body
    archived = gzip.decompress((tmp_path / "replies" / "made-up-00001.warc.gz").read_bytes()).decode()
    assert "0123456789" not in archived
    assert "me%2Bkg" not in archived
    assert "GET" in caplog.text
    assert_no_secret(caplog.text)


def test_the_password_of_a_mirror_is_sent_and_not_shown(start: Start, tmp_path: Path) -> None:
    with serving(in_turn(GOOD, Say(b"no", 400))) as server, Archive(tmp_path / "x") as archive:
        url = server.url.replace("//", "//user:pass-made-up@")
        with Client([access()], Settings(urls={"madeup": url}, rates={"madeup": 0}), archive) as client:
            client(ASKED, as_json)
            with pytest.raises(ServiceError) as caught:
                client(Request("made-up", "/b"), as_json)
        assert server.asked[0].headers["authorization"].startswith("Basic ")
        assert "pass-made-up" not in str(caught.value)
        kept = archive.find(ASKED)
        assert kept is not None
        assert "user" not in kept.url


def test_netrc_is_never_read(start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("default login made password up\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with start(in_turn(Say(b"", 302, (("Location", "/x"),)), GOOD)) as rig:
        rig()
        assert all("authorization" not in a.headers for a in rig.server.asked)


def test_the_user_agent_names_program_version_and_address(start: Start) -> None:
    with start(lambda _: GOOD, mailto="me@example.org") as rig:
        rig()
        assert rig.server.asked[0].headers["user-agent"] == "pss-kg/0.1.0 (mailto:me@example.org)"
    with start(lambda _: GOOD, folder="other") as rig:
        rig()
        assert rig.server.asked[0].headers["user-agent"] == "pss-kg/0.1.0"


def test_a_second_run_asks_nothing_and_a_mirror_makes_no_difference(start: Start) -> None:
    told: list[tuple[str, bool]] = []
    body = b'{"a":\r\n 1}\n'
    with start(
        lambda _: Say(body), on_reply=lambda name, replayed, waited: told.append((name, replayed))
    ) as rig:
        first = rig(read=lambda reply: reply)
        rig()
    with start(lambda _: Say(b"{}")) as rig:
        second = rig(read=lambda reply: reply)
        assert rig.times == 0
    assert (second.body, second.time, second.url) == (body, first.time, first.url)
    assert told == [("made-up", False), ("made-up", True)]


def test_offline_asks_nothing_and_names_what_is_missing(start: Start) -> None:
    with start(lambda _: GOOD) as rig:
        rig()
    with start(lambda _: GOOD, mode="offline") as rig:
        assert rig() == {"ok": True}
        assert rig(fresh=True) == {"ok": True}
        with pytest.raises(ServiceError, match=r"/other: is not in raw/\. Run without --offline"):
            rig(Request("made-up", "/other"))
        assert rig.times == 0


def test_a_kept_reply_that_the_source_no_longer_takes_is_asked_for_again(start: Start) -> None:
    def strict(reply: Reply) -> bytes:
        if b"new" not in reply.body:
            raise BadReply("too old")
        return reply.body

    with start(in_turn(Say(b"old"), Say(b"new"))) as rig:
        rig(read=lambda reply: reply.body)
        assert rig(read=strict) == b"new"
    with start(lambda _: GOOD, mode="offline") as rig, pytest.raises(ServiceError, match="can't be used"):
        rig(read=lambda reply: strict(Reply(reply.request, 200, b"old", "", "")))


def test_refresh_asks_each_request_once_and_conditionally(start: Start) -> None:
    changed = threading.Event()

    def script(asked: Asked) -> Say:
        tag = '"2"' if changed.is_set() else '"1"'
        if asked.headers.get("if-none-match") == tag:
            return Say(b"", 304, ())
        dated = (("ETag", tag), ("Last-Modified", "Mon, 01 Jan 2024 00:00:00 GMT"))
        return Say(b"body " + tag.encode(), headers=dated)

    def body(reply: Reply) -> bytes:
        return reply.body

    with start(script) as rig:
        assert rig(read=body) == b'body "1"'
        server = rig.server
        told: list[bool] = []
        with start(
            script, mode="refresh", on_reply=lambda _, replayed, __: told.append(replayed), folder="x"
        ) as new:
            assert new(read=body) == b'body "1"'  # nothing in this raw/: unconditional
            assert new(read=body) == b'body "1"'
            assert "if-none-match" not in new.server.asked[0].headers
            assert new.times == 1
        assert told == [False, True]
    server = Server(script)
    server.start()
    with contextlib.closing(server):
        with start(server, folder="y") as rig:
            rig(read=body)
        with start(server, mode="refresh", folder="y") as rig:
            assert rig(read=body) == b'body "1"'
            assert server.asked[-1].headers["if-none-match"] == '"1"'
            assert "if-modified-since" in server.asked[-1].headers
            assert rig.archive.count() == 1
        changed.set()
        with start(server, mode="refresh", folder="y") as rig:
            assert rig(read=body) == b'body "2"'
            assert rig(read=body) == b'body "2"'
        assert len(server.asked) == 3
        with start(server, folder="y") as rig:
            assert rig(read=body) == b'body "2"'


def test_fresh_passes_over_what_is_kept_each_time(start: Start) -> None:
    with start(in_turn(Say(b"1"), Say(b"2"), Say(b"3"))) as rig:
        assert [rig(fresh=fresh) for fresh in (False, True, True, False)] == [1, 2, 3, 3]


@pytest.mark.parametrize("moment", ["rate", "rest", "back-off", "headers", "body", "places"])
def test_stop_ends_every_wait_at_once(start: Start, moment: str) -> None:
    def half(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1")
        handler.wfile.flush()
        time.sleep(1.2)

    scripts: dict[str, Say | Raw] = {
        "rest": Say(b"", 429, (("Retry-After", "60"),)),
        "back-off": Say(b"", 500),
        "headers": hang(1.2),
        "body": half,
        "places": hang(1.2),
    }
    manners = Manners(first_wait=30, read=30)
    rate = 0.01 if moment == "rate" else 0
    with start(lambda _: scripts.get(moment, GOOD), manners=manners, rate=rate, concurrency=1) as rig:
        threading.Timer(0.2, rig.stop.set).start()
        began = time.monotonic()
        errors = together(3, lambda n: rig(Request("made-up", f"/{n}")))
        assert time.monotonic() - began < 0.8
        assert {type(error) for error in errors} == {Stopped}
        with pytest.raises(Stopped):
            rig()
