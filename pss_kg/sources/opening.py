"""Opens an input file and finds the source that reads it, by content and never by name."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import IO, Any, cast

from pss_kg.errors import DamagedInput, UnknownFormat, UnreadableInput
from pss_kg.sources.base import Source
from pss_kg.sources.compression import GZIP_MAGIC, GzipStream
from pss_kg.sources.formats import seems_to_be

HEAD = 1 << 16
"""Bytes, decompressed, from which a format is told."""

BUILT_IN = {
    "pubmed": "pss_kg.sources.pubmed:PubmedXml",
    "crossref": "pss_kg.sources.crossref:CrossrefJson",
    "openalex": "pss_kg.sources.openalex:OpenAlexJson",
    "datacite": "pss_kg.sources.datacite:DataCiteJson",
    "europepmc": "pss_kg.sources.europepmc:EuropePmcJson",
    "semanticscholar": "pss_kg.sources.semanticscholar:SemanticScholar",
    "opencitations": "pss_kg.sources.opencitations:OpenCitations",
    "article-page": "pss_kg.sources.article_page:ArticlePage",
}
"""Name -> where the source is, in the order in which they are asked. Imported when needed only."""


class _Replay(io.RawIOBase):
    """The head that was read already, then the rest of the stream."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head = memoryview(head)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = bytes(self._head[: len(buffer)]) or self._rest.read(len(buffer))
        self._head = self._head[len(data) :]
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._rest.close()
        super().close()


def open_input(path: Path) -> tuple[IO[bytes], bytes]:
    """The decompressed stream of a file, from its beginning, and its first 64 KiB.

    gzip is told by its first two bytes. Damage inside the head is raised by the read that
    reaches it, so that what stands before it can be used.

    Raises UnreadableInput for a file that is missing, a folder, no ordinary file, not to be
    read or empty; DamagedInput for a gzip file that is damaged from its beginning.
    """
    stream = _open(path)
    head = b""
    damage: DamagedInput | None = None
    try:
        while len(head) < HEAD and (piece := stream.read(HEAD - len(head))):
            head += piece
    except DamagedInput as error:
        damage = error
    except OSError as error:
        stream.close()
        raise _unreadable(path, error) from error
    if not head:
        stream.close()
        if damage:
            raise damage
        raise UnreadableInput("the file is empty.", where=str(path), todo="Save or fetch it again.")
    return cast(IO[bytes], _Replay(head, stream)), head


def _open(path: Path) -> IO[bytes]:
    try:
        if path.is_dir():
            raise UnreadableInput(
                "this is a folder.", where=str(path), todo="Name a file, or the files in it (folder/*)."
            )
        if path.exists() and not path.is_file():
            raise UnreadableInput(
                "this is no ordinary file.", where=str(path), todo="Save it as a file first."
            )
        raw = open(path, "rb")  # noqa: SIM115 - the caller closes it
        magic = raw.read(2)
        raw.seek(0)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise _unreadable(path, error) from error
    if magic == GZIP_MAGIC:
        return cast(IO[bytes], GzipStream(raw, path))
    return raw


def _unreadable(path: Path, error: OSError | ValueError) -> UnreadableInput:
    if isinstance(error, FileNotFoundError):
        return UnreadableInput("there is no such file.", where=str(path), todo="Check the name.")
    if isinstance(error, PermissionError):
        return UnreadableInput(
            "no permission to read the file.", where=str(path), todo="Ask for read access."
        )
    what = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return UnreadableInput(f"the file can't be read ({what}).", where=str(path), todo="Check the disk.")


def built_in() -> list[Source]:
    """The sources that come with pss-kg, in the order in which they are asked."""
    sources: list[Source] = []
    for place in BUILT_IN.values():
        module, _, name = place.partition(":")
        sources.append(getattr(import_module(module), name)())
    return sources


def recognise(head: bytes, name: str, sources: Iterable[Source] | None = None) -> Source | None:
    """The first source that takes a file beginning with `head`; None if none does."""
    for source in built_in() if sources is None else sources:
        if source.detect(head, name):
            return source
    return None


def detect(path: Path, sources: Iterable[Source] | None = None) -> Source:
    """The source that reads this file; `sources` are asked in order, else the built-in ones.

    Raises UnreadableInput and DamagedInput as `open_input` does, and UnknownFormat, which says
    what the file seems to be and what is read.
    """
    titles: list[str] = []
    stream, head = open_input(path)
    with stream:
        for source in built_in() if sources is None else sources:
            if source.detect(head, path.name):
                return source
            titles.append(source.title)
        if len(head) < HEAD:  # what is wrong may be the damage right behind the head
            while stream.read(HEAD):
                pass
    raise UnknownFormat(f"this seems to be {seems_to_be(head)}.", where=str(path), todo=reads(titles))


def reads(titles: Sequence[str]) -> str:
    """The sentence that lists what is read, by the titles of the sources, each once."""
    *first, last = dict.fromkeys(titles)
    return f"pss-kg reads {', '.join(first)}{' and ' if first else ''}{last}; each also as .gz."
