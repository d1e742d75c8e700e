"""The body of a reply: read piece by piece, unpacked, whole, and not larger than allowed."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping

import urllib3

from pss_kg.http.faults import Fault

PIECE = 1 << 16
GZIP = 31  # zlib's window bits for gzip with header and checksum


def whole_body(
    response: urllib3.BaseHTTPResponse, headers: Mapping[str, str], largest: int, check: Callable[[], None]
) -> bytes:
    """The body, its transfer and content encodings undone. `check` is called after each piece.

    Raises Fault for one that is cut, not packed as it says, or larger than `largest` bytes; what
    urllib3 raises for a broken connection passes through.
    """
    encoding = headers.get("content-encoding", "").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        raise Fault(f"the reply is packed with {encoding[:40]!r}, which was not asked for", again=False)
    packed = encoding.endswith("gzip")
    unpacker = _Unpacker(largest) if packed else None
    pieces: list[bytes] = []
    size = received = 0
    while True:
        # read1 gives what is there; read would wait until a whole piece is there.
        piece = response.read1(PIECE, decode_content=False)
        check()
        if not piece:
            break
        received += len(piece)
        plain = unpacker.unpack(piece) if unpacker else piece
        size += len(plain)
        if size > largest or received > largest:
            raise too_large(largest)
        pieces.append(plain)
    stated = headers.get("content-length", "")
    if (
        stated.isascii()
        and stated.isdigit()
        and int(stated) != received
        and "transfer-encoding" not in headers
    ):
        raise Fault(f"the reply was cut: {received:,} of {int(stated):,} bytes came")
    if unpacker and received:
        unpacker.end()
    return b"".join(pieces)


def too_large(largest: int) -> Fault:
    """The fault of a body over the bound. It is asked for once more: a proxy may have made it, and
    where the service did, more tries would only bring it again."""
    return Fault(
        f"the reply is larger than {largest:,} bytes when unpacked; it was not read further",
        "No reply of this service should be so large. Check the address that is asked.",
        most=2,
    )


class _Unpacker:
    """gzip, of one or several members, unpacked within bounds."""

    def __init__(self, largest: int) -> None:
        self._left = largest + 1
        self._largest = largest
        self._stream = zlib.decompressobj(GZIP)

    def unpack(self, piece: bytes) -> bytes:
        found = []
        while piece:
            if self._stream.eof:
                if not piece.strip(b"\0"):  # padding after the last member
                    break
                self._stream = zlib.decompressobj(GZIP)
            try:
                plain = self._stream.decompress(piece, self._left)
            except zlib.error as error:
                raise Fault(f"the reply can't be unpacked ({error})") from None
            self._left -= len(plain)
            if self._left <= 0:
                raise too_large(self._largest)
            found.append(plain)
            piece = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail
        return b"".join(found)

    def end(self) -> None:
        if not self._stream.eof:
            raise Fault("the reply was cut: its gzip stream has no end")
