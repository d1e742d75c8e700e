"""A reply and its request as WARC 1.1 records (ISO 28500), each a gzip member of its own."""

from __future__ import annotations

import mmap
import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from isal import isal_zlib
from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

import pss_kg
from pss_kg.http.asking import Reply, Request

DIGEST = "PSS-KG-Request"
"""A named field of our own (ISO 28500, 5.1 allows them): the request's identity, so that the index
can be made anew from the file alone."""

VERSION = "WARC/1.1"
GZIP = 31  # zlib's window bits for gzip with header and checksum
MAGIC = b"\x1f\x8b\x08"  # how a gzip member begins
PIECE = 1 << 18
PRIVATE = re.compile(
    r"(set-)?cookie2?|.*auth.*|.*token.*|.*api-?key.*|.*secret.*|user-agent|x-forwarded-.*", re.IGNORECASE
)
"""Headers of a reply that may say who asked; they are not kept."""

UNDONE = ("content-encoding", "transfer-encoding", "content-length", "content-md5", "digest")
"""Headers that the kept body no longer fits, since its encodings are undone; kept under another name."""


class Found(NamedTuple):
    """A whole pair of records in a file; offset and length are of the response's member.

    digest: of the request, hexadecimal; end: where the next pair begins
    """

    digest: str
    offset: int
    length: int
    end: int
    status: int
    time: str
    url: str
    media_type: str
    etag: str
    modified: str


def _builder() -> WARCWriter:
    return WARCWriter(BytesIO(), gzip=False, warc_version=VERSION)


def file_head(name: str) -> bytes:
    """The warcinfo record that opens a file."""
    writer = _builder()
    about = {
        "software": f"pss-kg/{pss_kg.__version__}",
        "format": "WARC File Format 1.1",
        "description": "replies of services, bodies with transfer and content encodings undone",
    }
    return _member(writer.create_warcinfo_record(name, about))


def pair(
    request: Request, digest: str, reply: Reply, headers: tuple[tuple[str, str], ...]
) -> tuple[bytes, bytes]:
    """The members for the response and for its request."""
    writer = _builder()
    kept = [_renamed(name, value) for name, value in headers if not PRIVATE.fullmatch(name)]
    kept.append(("Content-Length", str(len(reply.body))))
    response = writer.create_warc_record(
        reply.url,
        "response",
        payload=BytesIO(reply.body),
        length=len(reply.body),
        http_headers=StatusAndHeaders(f"{reply.status} ", kept, protocol="HTTP/1.1"),
        warc_headers_dict={"WARC-Date": reply.time, DIGEST: digest},
    )
    body = (request.json or urlencode(request.form, quote_via=quote, safe="/:,")).encode()
    parts = urlsplit(reply.url)
    sent = [("Host", parts.netloc)]
    if body:
        kind = "application/json" if request.json else "application/x-www-form-urlencoded"
        sent += [("Content-Type", kind), ("Content-Length", str(len(body)))]
    line = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''} HTTP/1.1"
    asked = writer.create_warc_record(
        reply.url,
        "request",
        payload=BytesIO(body),
        length=len(body),
        http_headers=StatusAndHeaders(line, sent, protocol="POST" if body else "GET"),
        warc_headers_dict={
            "WARC-Date": reply.time,
            "WARC-Concurrent-To": response.rec_headers.get_header("WARC-Record-ID"),
        },
    )
    return _member(response), _member(asked)


def _renamed(name: str, value: str) -> tuple[str, str]:
    value = re.sub(r"[\r\n]+", " ", value)
    return (f"X-Archive-Orig-{name}" if name.lower() in UNDONE else name), value


def _member(record: ArcWarcRecord) -> bytes:
    plain = BytesIO()
    WARCWriter(plain, gzip=False, warc_version=VERSION).write_record(record)
    return bytes(isal_zlib.compress(plain.getbuffer(), 2, GZIP))


def body_in(member: bytes) -> bytes:
    """The body in a response's member. Raises ValueError where it is damaged."""
    record = _record(_unpacked(member))
    if record is None or record.rec_type != "response":
        raise ValueError("no response stands here")
    return bytes(record.content_stream().read())


def whole_pairs(data: mmap.mmap, start: int) -> Iterator[Found]:
    """The whole pairs from `start` on. Damaged pieces between them are passed over; where the last
    one ends, the sound part of the file ends."""
    response: tuple[ArcWarcRecord, int, int] | None = None
    for offset, length, content in _members(data, start):
        try:
            record = _record(content)
        except ValueError:
            continue
        if record is not None and record.rec_type == "response":
            response = record, offset, length
        elif record is not None and record.rec_type == "request" and response is not None:
            found = _found(*response, offset + length)
            if found is not None:
                yield found
            response = None


def _found(record: ArcWarcRecord, offset: int, length: int, end: int) -> Found | None:
    said, http = record.rec_headers, record.http_headers
    digest = said.get_header(DIGEST)
    if not digest or http is None:
        return None
    return Found(
        digest=digest,
        offset=offset,
        length=length,
        end=end,
        status=int(http.get_statuscode()),
        time=said.get_header("WARC-Date") or "",
        url=said.get_header("WARC-Target-URI") or "",
        media_type=media_type(http.get_header("content-type") or ""),
        etag=http.get_header("etag") or "",
        modified=http.get_header("last-modified") or "",
    )


def media_type(header: str) -> str:
    """`application/json` of `Application/JSON; charset=utf-8`."""
    return header.partition(";")[0].strip().lower()


def _record(content: bytes) -> ArcWarcRecord | None:
    try:
        return next(iter(ArchiveIterator(BytesIO(content))), None)
    except Exception as error:  # warcio's own, and whatever damaged bytes make it raise
        raise ValueError(f"this is no WARC record ({error})") from error


def _unpacked(member: bytes) -> bytes:
    stream = zlib.decompressobj(GZIP)
    try:
        content = stream.decompress(member)
    except zlib.error as error:
        raise ValueError(f"the record is damaged ({error})") from error
    if not stream.eof:
        raise ValueError("the record is cut")
    return content


def _members(data: mmap.mmap, start: int) -> Iterator[tuple[int, int, bytes]]:
    """(offset, length, content) of each gzip member that is whole."""
    offset = data.find(MAGIC, start)
    while offset >= 0:
        member = _member_at(data, offset)
        if member is None:  # torn or damaged: the next one may be whole
            offset = data.find(MAGIC, offset + 1)
            continue
        length, content = member
        yield offset, length, content
        offset = data.find(MAGIC, offset + length)


def _member_at(data: mmap.mmap, offset: int) -> tuple[int, bytes] | None:
    stream = zlib.decompressobj(GZIP)
    content: list[bytes] = []
    at = offset
    while not stream.eof:
        piece = data[at : at + PIECE]
        if not piece:
            return None
        try:
            content.append(stream.decompress(piece))
        except zlib.error:
            return None
        at += len(piece)
    return at - len(stream.unused_data) - offset, b"".join(content)
