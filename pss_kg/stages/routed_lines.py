"""N-Triples lines on their way to the shard of their subject.

One task writes one file of lines, a stretch for each shard, and a table of the stretches
beside it; so the number of files does not grow with the square of the number of shards.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from pss_kg.iris import Iris
from pss_kg.stages.shuffle import shard_of


class Router:
    """Subject (in brackets) -> the shard of graph/ that it belongs to, and its key there."""

    def __init__(self, iris: Iris, shards: int) -> None:
        self._iris = iris
        self._shards = shards
        self._known: dict[str, tuple[str, str]] = {}

    def place(self, subject: str) -> tuple[str, str]:
        """(shard, key): "0a" and the publication's key, or "shared-0a" and the subject."""
        found = self._known.get(subject)
        if found is None:
            if key := self._iris.publication_key_of(subject[1:-1]):
                found = f"{shard_of(key, self._shards):02x}", key
            else:
                found = f"shared-{shard_of(subject, self._shards):02x}", subject
            if len(self._known) > 1 << 18:
                self._known.clear()
            self._known[subject] = found
        return found

    def shard(self, line: str) -> str:
        """The shard of a line's subject."""
        return self.place(line[: line.index(" ")])[0]

    def order(self, line: str) -> tuple[str, str]:
        """The sort key of a line within its shard: by publication, then as text."""
        return self.place(line[: line.index(" ")])[1], line


def write(path: Path, lines: Iterable[tuple[str, str]]) -> None:
    """Write (shard, line) pairs as one file and its table. Lines hold no newline."""
    parts: dict[str, list[str]] = {}
    for shard, line in lines:
        parts.setdefault(shard, []).append(line)
    table: dict[str, tuple[int, int]] = {}
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as out:
        for shard, part in sorted(parts.items()):
            data = "".join(f"{line}\n" for line in part).encode()
            table[shard] = (out.tell(), len(data))
            out.write(data)
    path.with_suffix(".json").write_bytes(msgspec.json.encode(table))


def shards(folder: Path) -> set[str]:
    """The shards that any file of the folder has lines for."""
    return {shard for path in folder.glob("*.lines") for shard in _table(path)}


def read(folder: Path, shard: str) -> list[str]:
    """The lines of one shard from all files of the folder, by the files' names."""
    found: list[str] = []
    for path in sorted(folder.glob("*.lines")):
        offset, size = _table(path).get(shard, (0, 0))
        if size:
            with open(path, "rb") as content:
                content.seek(offset)
                found += content.read(size).decode().split("\n")[:-1]
    return found


def _table(path: Path) -> dict[str, tuple[int, int]]:
    return msgspec.json.decode(path.with_suffix(".json").read_bytes(), type=dict[str, tuple[int, int]])
