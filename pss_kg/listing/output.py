"""Lists to files and to stdout: written beside and renamed, so that no half list stands in a file's place."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pss_kg.listing import bibtex, csl, ris, table
from pss_kg.listing.item import Item
from pss_kg.workspace import storage_errors

WRITERS: dict[str, Callable[[Iterable[Item]], Iterator[str]]] = {
    "csv": table.write_csv,
    "ris": ris.write,
    "bibtex": bibtex.write,
    "csl-json": csl.write,
    "ids": table.write_ids,
}
"""Format -> items to pieces of text; line ends are the format's own."""


def written(form: str, items: Iterable[Item], output: Path | None) -> None:
    """Write items in a format of WRITERS to a file, or to stdout for None and `-`.

    Raises WorkspaceError if the file can't be written.
    """
    publish(WRITERS[form](items), output)


def publish(pieces: Iterable[str], output: Path | None) -> None:
    """Write pieces of text as UTF-8, their line ends unchanged."""
    if output is None or str(output) == "-":
        out = sys.stdout.buffer
        sys.stdout.flush()
        for piece in pieces:
            out.write(piece.encode("utf-8", "replace"))
        out.flush()
        return
    with replaced(output) as stream:
        for piece in pieces:
            stream.write(piece.encode("utf-8", "replace"))


@contextmanager
def replaced(path: Path) -> Iterator[IO[bytes]]:
    """A stream that takes the file's place when all went well; a pipe is written to as it stands."""
    with storage_errors(path):
        if path.exists() and not path.is_file():
            with open(path, "wb") as out:
                yield out
            return
        beside = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            with open(beside, "wb") as out:
                yield out
            os.replace(beside, path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
