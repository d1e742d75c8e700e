"""Where an export goes: a stream, or a file that appears when it is whole."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, TypeVar, cast

from pss_kg.workspace import storage_errors

Answer = TypeVar("Answer")

_ZSTD_LEVEL = 3


def to_file(path: Path, write: Callable[[IO[bytes]], Answer]) -> Answer:
    """Let `write` fill the file, compressed if its name ends in `.gz` or `.zst`; gives what `write` gives.

    The file is written beside and renamed, so it is old or whole. A pipe or a device is written
    to as it stands: a rename would put a file in its place.

    Raises WorkspaceError where the file can't be written.
    """
    with storage_errors(path):
        if path.exists() and not path.is_file():
            with open(path, "wb") as out, compressed(out, path.name) as packed:
                return write(packed)
        # Part of the name only: the whole with an ending might be longer than a name may be.
        beside = path.with_name(f".{path.name[:40]}.{os.getpid()}.tmp")
        try:
            with open(beside, "wb") as out, compressed(out, path.name) as packed:
                answer = write(packed)
            os.replace(beside, path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
    return answer


@contextlib.contextmanager
def compressed(out: IO[bytes], name: str) -> Iterator[IO[bytes]]:
    """A stream into `out`, compressed as the ending of `name` says. The same content gives the same bytes."""
    lower = name.lower()
    if lower.endswith(".gz"):
        from isal import igzip

        # No name and no time in the header.
        with igzip.IGzipFile(filename="", mode="wb", fileobj=out, mtime=0) as packed:  # type: ignore[no-untyped-call]
            yield cast("IO[bytes]", packed)
    elif lower.endswith(".zst"):
        import zstandard

        # One thread: with several the bytes hang on how many there are.
        compressor = zstandard.ZstdCompressor(level=_ZSTD_LEVEL, write_checksum=True)
        with compressor.stream_writer(out, closefd=False) as packed:
            yield cast("IO[bytes]", packed)
    else:
        yield out
