"""A gzip file read as a stream that gives everything that stands before damage."""

from __future__ import annotations

import io
import zlib
from pathlib import Path
from typing import IO, Any, cast

from isal import isal_zlib
from isal.igzip_lib import IsalError

from pss_kg.errors import DamagedInput

GZIP_MAGIC = b"\x1f\x8b"
_READ = 1 << 17
_LIMIT = 1 << 20  # bytes made at once, whatever the ratio
_BROKEN = cast(type[Exception], IsalError)
_WITH_HEADER = 31  # zlib's way to say: a gzip header and its checksum


class GzipStream(io.RawIOBase):
    """Decompresses `raw`, member by member.

    A read gives what is there, even if less than asked. Where the file ends early or is
    damaged, reads give every byte before that; the next one raises DamagedInput, and so does
    every later one.
    """

    def __init__(self, raw: IO[bytes], path: Path) -> None:
        self._raw = raw
        self._path = path
        self._member: Any = isal_zlib.decompressobj(wbits=_WITH_HEADER)
        self._input = b""
        self._taken = 0  # bytes of the file read so far
        self._start = 0  # where this member starts in the file
        self._made = 0  # bytes that this member has given
        self._ready = memoryview(b"")
        self._finished = False
        self._failure = ""

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._raw.close()
        super().close()

    def readinto(self, buffer: Any) -> int:
        while not self._ready and not self._finished:
            if self._failure:
                raise DamagedInput(
                    self._failure,
                    where=str(self._path),
                    todo="Fetch the file again; records before the damage are kept.",
                )
            self._ready = memoryview(self._piece())
        part = self._ready[: len(buffer)]
        buffer[: len(part)] = part
        self._ready = self._ready[len(part) :]
        return len(part)

    def _piece(self) -> bytes:
        """The next bytes; b"" where only the state has changed."""
        if self._member.eof:
            self._next_member()
            return b""
        if not self._input:
            self._input = self._take()
            if not self._input:
                self._failure = "the gzip file ends early."
                return b""
        try:
            data: bytes = self._member.decompress(self._input, _LIMIT)
        except _BROKEN as error:
            return self._rescue(error)
        self._input = self._member.unconsumed_tail
        self._made += len(data)
        return data

    def _take(self) -> bytes:
        data = self._raw.read(_READ)
        self._taken += len(data)
        return data

    def _next_member(self) -> None:
        rest = self._member.unused_data or self._take()
        if not rest.strip(b"\0"):  # the end, or the zeros that some media pad with
            self._finished = True
        elif rest.startswith(GZIP_MAGIC[:1]):
            self._start = self._taken - len(rest)
            self._made = 0
            self._input = rest
            self._member = isal_zlib.decompressobj(wbits=_WITH_HEADER)
        else:
            self._failure = "something that is not gzip follows the gzip data."

    def _rescue(self, error: Exception) -> bytes:
        """What stands before an error in the piece just read.

        igzip gives nothing of a piece with an error in it, so zlib reads the member again, near
        the damage byte by byte.
        """
        self._raw.seek(self._start)
        plain = zlib.decompressobj(wbits=_WITH_HEADER)
        skip, left = self._made, self._taken - self._start
        kept: list[bytes] = []
        try:
            while left > 0 and not plain.eof:
                piece = self._raw.read(1 if left <= 2 * _READ else _READ)
                left -= len(piece)
                while piece:
                    data = plain.decompress(piece, _LIMIT)
                    piece = plain.unconsumed_tail
                    if len(data) > skip:
                        kept.append(data[skip:])
                    skip = max(skip - len(data), 0)
        except zlib.error as found:
            error = found
        self._failure = f"the gzip file is damaged ({error})."
        return b"".join(kept)
