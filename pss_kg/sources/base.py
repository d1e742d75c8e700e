"""What every source is: a name, a rank, a detector and a reader."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from pss_kg.records import Read

DEFAULT_MAX_FIELD = 10_000_000
"""Characters a single field may hold before its record goes to quarantine."""


@dataclass(frozen=True)
class Input:
    """One file to read. `name` is what messages call it."""

    path: Path
    name: str
    max_field: int = DEFAULT_MAX_FIELD


class Source(Protocol):
    """The contract of a source. See docs/sources.md."""

    name: str
    """As in graph/source/<name> and record/<name>/…; lower case, hyphens."""

    title: str
    """For people: "PubMed XML"."""

    def detect(self, head: bytes, name: str) -> bool:
        """Whether a file that begins with `head` (decompressed, up to 64 KiB) is of this format.
        Content decides; `name` is only a hint. Never raises."""
        ...

    def read(self, stream: IO[bytes], given: Input) -> Iterator[Read]:
        """Every record of the (decompressed) stream, in order, in constant memory.

        Raises DamagedInput, with file and line, after the last whole record before the damage.
        """
        ...
