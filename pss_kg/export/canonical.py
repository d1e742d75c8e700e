"""Canonical N-Quads (RDFC-1.0): sorted by code point, in constant memory.

RDFC-1.0 gives blank nodes canonical names, writes each quad as one line of canonical N-Quads and
sorts the lines by code point. Our graphs hold no blank nodes, so the lines and their order are
all there is to it. UTF-8 sorts by bytes as by code points.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

CHUNK = 32 << 20
"""Bytes of lines that are sorted in memory at once."""

FAN = 64
"""Sorted files that are merged at once."""

_ESCAPE = re.compile(rb'\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(["\\tnrbf\']))')
_SHORT = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_SAID = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}


def canonical_line(line: bytes) -> bytes:
    r"""One line with the escapes of canonical N-Quads: `\uXXXX` only for other control characters."""
    return _ESCAPE.sub(_canonical, line) if b"\\" in line else line


def _canonical(match: re.Match[bytes]) -> bytes:
    if match[3]:
        said = match[3].decode()
        character = _SAID.get(said, said)
    else:
        character = chr(int(match[1] or match[2], 16))
    if character in _SHORT:
        return _SHORT[character].encode()
    if character < " " or character == "\x7f":
        return b"\\u%04X" % ord(character)
    return character.encode()


def sorted_lines(lines: Iterable[bytes], folder: Path) -> Iterator[bytes]:
    """The lines in order, each once. Sorted pieces wait in files in `folder`."""
    held: list[bytes] = []
    size = number = 0
    files: list[Path] = []

    def put(some: Iterable[bytes]) -> Path:
        nonlocal number
        path = folder / f"sorted-{number}"
        number += 1
        with open(path, "wb") as out:
            out.writelines(some)
        return path

    for line in lines:
        held.append(line)
        size += len(line)
        if size > CHUNK:
            held.sort()
            files.append(put(held))
            held, size = [], 0
    while len(files) > FAN:
        merged = put(_merged(files[:FAN], []))
        for path in files[:FAN]:
            path.unlink()
        files = [*files[FAN:], merged]
    held.sort()
    last = b""
    for line in _merged(files, held):
        if line != last:
            yield line
            last = line


def _merged(files: list[Path], held: list[bytes]) -> Iterator[bytes]:
    streams: list[BinaryIO] = []
    try:
        for path in files:
            streams.append(open(path, "rb"))  # noqa: SIM115  closed below
        yield from heapq.merge(*cast("list[Iterable[bytes]]", streams), held)
    finally:
        for stream in streams:
            stream.close()
