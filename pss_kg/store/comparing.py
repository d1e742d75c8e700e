"""What went and what came between two files of the graph, read side by side in constant memory.

Both hold the same quads in the same order, but for a few: a file is a shard of one graph, sorted
by publication, and an increment copies what it does not touch. So equal blocks are passed over,
and after a block that differs the two readings are brought together again at its last line.
Where that fails they go on unaligned: slower, and what is held back grows with the difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO

_BLOCK = 1 << 20
"""Bytes that are compared at once."""

Lines = list[bytes]


def differences(old: Path | None, new: Path | None) -> Iterator[tuple[Lines, Lines]]:
    """(lines that went, lines that came), with their line ends, in one part or several.

    None is a file that is not there: all lines of the other went, or came. A line that only moved
    within the file neither went nor came. Order is of no meaning.
    """
    gone: set[bytes] = set()
    came: set[bytes] = set()
    before, after = _Reader(old), _Reader(new)
    while True:
        one, other = before.block(), after.block()
        if not one and not other:
            break
        if one == other:
            continue
        if old is None or new is None:  # nothing to wait for on the other side
            yield one.splitlines(keepends=True), other.splitlines(keepends=True)
            continue
        if one and other:
            one, other = _together(before, after, one, other)
        gone.update(one.splitlines(keepends=True))
        came.update(other.splitlines(keepends=True))
        both = gone & came
        gone -= both
        came -= both
    yield list(gone), list(came)


def _together(before: _Reader, after: _Reader, one: bytes, other: bytes) -> tuple[bytes, bytes]:
    """Two blocks cut so that both end with the same line, where there is one near the end."""
    last = _last_line(one)
    at = _place(other, last)
    if at >= 0:
        after.back(other[at:])
        return one, other[:at]
    last = _last_line(other)
    at = _place(one, last)
    if at >= 0:
        before.back(one[at:])
        return one[:at], other
    return one, other


def _last_line(block: bytes) -> bytes:
    return block[block.rfind(b"\n", 0, -1) + 1 :]


def _place(block: bytes, line: bytes) -> int:
    """Where the line ends in the block; -1 if it is not there."""
    if block.startswith(line):
        return len(line)
    at = block.rfind(b"\n" + line)
    return at + 1 + len(line) if at >= 0 else -1


class _Reader:
    """A file in blocks of whole lines."""

    def __init__(self, path: Path | None) -> None:
        self._file: IO[bytes] | None = open(path, "rb") if path else None  # noqa: SIM115  closed at its end
        self._held = b""

    def block(self) -> bytes:
        """The next whole lines; nothing at the end."""
        if self._file is None:
            held, self._held = self._held, b""
            return held
        read = self._file.read(_BLOCK - len(self._held)) if len(self._held) < _BLOCK else b""
        held = self._held + read
        if len(held) < _BLOCK:  # that was the end
            self._file.close()
            self._file, self._held = None, b""
            return held
        end = held.rfind(b"\n") + 1
        if not end:  # one line that is longer than a block
            return held + self._file.readline()
        self._held = held[end:]
        return held[:end]

    def back(self, lines: bytes) -> None:
        """Give lines back; they come first in the next block."""
        self._held = lines + self._held
