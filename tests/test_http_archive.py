"""The raw zone: replies are kept byte for byte, found again, and survive a kill at any moment."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from pss_kg.errors import WorkspaceError
from pss_kg.http import archive as rooms
from pss_kg.http.archive import Archive, Validators, identity
from pss_kg.http.asking import Reply, Request

HEADERS = (
    ("Content-Type", "application/json; charset=utf-8"),
    ("Content-Encoding", "gzip"),
    ("Content-Length", "7"),
    ("ETag", '"a"'),
    ("Last-Modified", "Mon, 01 Jan 2024 00:00:00 GMT"),
    ("Set-Cookie", "session=made-up"),
)


def request(n: int, access: str = "made-up") -> Request:
    return Request(access, f"/works/{n}", params=(("q", "peer support & Größe"),))


def reply(
    asked: Request, body: bytes, moment: str = "2026-01-02T03:04:05.000001Z", status: int = 200
) -> Reply:
    return Reply(asked, status, body, moment, f"https://example.org{asked.path}?q=x", "application/json")


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.warc.gz"))


def test_a_reply_is_found_byte_for_byte(tmp_path: Path) -> None:
    bodies = [
        b"",
        b"\r\n\r\n",
        b"WARC/1.1\r\n",
        bytes(range(256)) * 300,
        b"\x1f\x8b\x08\x00",
        "ß€𝄞".encode(),
        b"0\r\n",
    ]
    with Archive(tmp_path / "replies") as archive:
        for n, body in enumerate(bodies):
            archive.keep(request(n), reply(request(n), body), HEADERS)
        for n, body in enumerate(bodies):
            found = archive.find(request(n))
            assert found is not None
            assert found.body == body
            assert found.replayed
            assert (found.status, found.media_type) == (200, "application/json")
            assert found.url == f"https://example.org/works/{n}?q=x"
        assert archive.count() == archive.count("made-up") == len(bodies)
        assert archive.count("other") == 0
        assert archive.find(request(99)) is None
        assert archive.validators(request(0)) == Validators('"a"', "Mon, 01 Jan 2024 00:00:00 GMT")


def test_equal_requests_are_the_same_and_others_are_not() -> None:
    assert identity(Request("a", "/x", (("q", "1"),))) == identity(Request("a", "/x", params=(("q", "1"),)))
    others = [
        Request("a", "/x"),
        Request("b", "/x"),
        Request("a", "/y"),
        Request("a", "/x", (("q", "1"),)),
        Request("a", "/x", form=(("q", "1"),)),
        Request("a", "/x", json="{}"),
        Request("a", "/x", absent=(404,)),
    ]
    assert len({identity(each) for each in others}) == len(others)


def test_the_identity_of_a_request_is_for_ever() -> None:
    asked = Request(
        "pubmed", "/efetch.fcgi", form=(("db", "pubmed"), ("id", "1,2")), accept="xml", absent=(404,)
    )
    assert identity(asked) == "3b5175907ead614204adfb89e080c20d28bc0952c621d0f5b7305e3d243f8e3e"


def test_the_later_reply_is_in_force_and_the_earlier_stays(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        archive.keep(request(1), reply(request(1), b"old"))
        archive.keep(request(1), reply(request(1), b"new", "2026-02-01T00:00:00Z"))
        archive.keep(request(1), reply(request(1), b"late to be written", "2025-01-01T00:00:00Z"))
        assert archive.find(request(1)).body == b"new"  # type: ignore[union-attr]
        assert archive.count() == 1
    (tmp_path / rooms.INDEX).unlink()
    with Archive(tmp_path) as archive:
        assert archive.find(request(1)).body == b"new"  # type: ignore[union-attr]
    with files(tmp_path)[0].open("rb") as file:
        assert sum(record.rec_type == "response" for record in ArchiveIterator(file)) == 3


def test_the_files_are_warc_as_others_read_it(tmp_path: Path) -> None:
    asked = Request("made-up", "/batch", (("fields", "title"),), json='{"ids": ["Ü"]}')
    with Archive(tmp_path) as archive:
        archive.keep(asked, reply(asked, b'{"a": 1}'), HEADERS)
        archive.keep(request(1), reply(request(1), b"x", status=404), HEADERS)
    with files(tmp_path)[0].open("rb") as file:
        records = [(r, r.content_stream().read()) for r in ArchiveIterator(file, check_digests="raise")]
    assert [r.rec_type for r, _ in records] == ["warcinfo", "response", "request", "response", "request"]
    response, body = records[1]
    assert response.rec_headers.protocol == "WARC/1.1"
    assert response.rec_headers.get_header("WARC-Date") == "2026-01-02T03:04:05.000001Z"
    assert response.http_headers.get_header("Content-Length") == "8"
    assert response.http_headers.get_header("X-Archive-Orig-Content-Encoding") == "gzip"
    assert response.http_headers.get_header("Content-Encoding") is None
    assert "made-up" not in str(response.http_headers)  # the cookie
    assert body == b'{"a": 1}'
    sent, posted = records[2]
    assert sent.http_headers.protocol == "POST"
    assert sent.rec_headers.get_header("WARC-Concurrent-To") == response.rec_headers.get_header(
        "WARC-Record-ID"
    )
    assert posted.decode() == asked.json
    assert records[3][0].http_headers.get_statuscode() == "404"
    checked = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", str(files(tmp_path)[0])], capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout


def test_files_are_bounded_and_stand_apart_by_access(tmp_path: Path) -> None:
    with Archive(tmp_path, largest=2000) as archive:
        for n in range(6):
            archive.keep(request(n), reply(request(n), random.Random(n).randbytes(900)))
        archive.keep(request(0, "other"), reply(request(0, "other"), b"x"))
        assert len(files(tmp_path)) > 3
        assert archive.count("made-up") == 6
    with Archive(tmp_path, largest=2000) as archive:
        archive.keep(request(9), reply(request(9), b"y"))
        assert all(archive.find(request(n)) for n in (*range(6), 9))


def test_the_index_is_made_anew_from_the_files(tmp_path: Path) -> None:
    with Archive(tmp_path, largest=5000) as archive:
        for n in range(40):
            archive.keep(request(n), reply(request(n), b"%d" % n), HEADERS)
    for damage in ("gone", "garbage"):
        index = tmp_path / rooms.INDEX
        index.unlink() if damage == "gone" else index.write_bytes(b"no database" * 500)
        with Archive(tmp_path) as archive:
            assert archive.count() == 40
            assert [archive.find(request(n)).body for n in range(40)] == [b"%d" % n for n in range(40)]  # type: ignore[union-attr]
            assert archive.validators(request(3)).etag == '"a"'


@pytest.mark.parametrize("index", ["kept", "lost"])
def test_a_torn_end_is_cut_off_wherever_it_is_torn(tmp_path: Path, index: str) -> None:
    with Archive(tmp_path / "whole") as archive:
        for n in range(3):
            archive.keep(request(n), reply(request(n), b"body %d" % n))
    whole = files(tmp_path / "whole")[0].read_bytes()
    with Archive(tmp_path / "two") as archive:
        for n in range(2):
            archive.keep(request(n), reply(request(n), b"body %d" % n))
    for cut in (*range(1, len(whole), 97), len(whole) - 1):
        folder = tmp_path / f"cut-{cut}"
        folder.mkdir()
        (folder / "made-up-00001.warc.gz").write_bytes(whole[:cut])
        if index == "kept":
            (folder / rooms.INDEX).write_bytes((tmp_path / "whole" / rooms.INDEX).read_bytes())
        with Archive(folder) as archive:
            found = [archive.find(request(n)) for n in range(3)]
            assert [f.body for f in found if f] == [b"body %d" % n for n in range(archive.count())]
            archive.keep(request(7), reply(request(7), b"after"))
        (folder / rooms.INDEX).unlink()
        with Archive(folder) as archive:
            assert archive.find(request(7)).body == b"after"  # type: ignore[union-attr]
        with files(folder)[0].open("rb") as file:
            for record in ArchiveIterator(file, check_digests="raise"):
                record.content_stream().read()


def test_damage_in_the_middle_loses_that_reply_alone(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        for n in range(5):
            archive.keep(request(n), reply(request(n), random.Random(n).randbytes(2000)))
        at = archive._index.execute("SELECT offset FROM replies WHERE url LIKE '%/2?%'").fetchone()[0]
    file = files(tmp_path)[0]
    content = bytearray(file.read_bytes())
    content[at + 1000 : at + 1010] = b"0123456789"
    file.write_bytes(content)
    for _ in range(2):
        with Archive(tmp_path) as archive:
            assert [archive.find(request(n)) is not None for n in range(5)] == [True, True, False, True, True]
        (tmp_path / rooms.INDEX).unlink()
    with Archive(tmp_path) as archive:
        archive.keep(request(2), reply(request(2), b"again"))
        assert archive.find(request(2)).body == b"again"  # type: ignore[union-attr]


def test_a_killed_process_loses_nothing_that_was_kept(tmp_path: Path) -> None:
    code = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from pss_kg.http.archive import Archive
from test_http_archive import reply, request
with Archive(Path({str(tmp_path)!r}), largest=60000) as archive:
    n = archive.count()
    while True:
        archive.keep(request(n), reply(request(n), b"%d " % n * 500))
        print(n, flush=True)
        n += 1
"""
    kept = -1
    for _ in range(3):
        child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        first = int(child.stdout.readline())
        assert first == kept + 1 or first == kept + 2  # killed between keeping and printing
        time.sleep(0.15)
        os.kill(child.pid, signal.SIGKILL)
        kept = max([first, *(int(line) for line in child.stdout.read().split("\n")[:-1])])
        child.stdout.close()
        child.wait()
        with Archive(tmp_path) as archive:
            for n in range(kept + 1):
                found = archive.find(request(n))
                assert found is not None
                assert found.body == b"%d " % n * 500
            kept = archive.count() - 1
    assert kept > 10


def test_a_full_disk_is_an_error_that_says_so_and_leaves_no_half_reply(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive(tmp_path) as archive:
        archive.keep(request(0), reply(request(0), b"x"))
        size = files(tmp_path)[0].stat().st_size
        real, calls = os.pwrite, []

        def full(descriptor: int, content: bytes, at: int) -> int:
            calls.append(at)
            if len(calls) > 1:
                raise OSError(28, "No space left on device")
            return real(descriptor, content[:10], at)

        monkeypatch.setattr(os, "pwrite", full)
        with pytest.raises(WorkspaceError, match="the disk is full"):
            archive.keep(request(1), reply(request(1), b"y"))
        monkeypatch.undo()
        assert files(tmp_path)[0].stat().st_size == size
        archive.keep(request(2), reply(request(2), b"z"))
        assert archive.find(request(2))
        assert not archive.find(request(1))
