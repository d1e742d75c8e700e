"""Things that publications share, found by their IRI: a temporary table on disk, not in memory."""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from pss_kg.export.blocks import end_of_line
from pss_kg.export.selection import Part

_REMEMBERED = 20_000


class SharedThings:
    """Subject -> its predicates and objects, for the parts that hold shared things."""

    def __init__(self, parts: Iterable[Part], path: Path) -> None:
        """`path` is where the table is made; whoever made its folder removes it."""
        self._db = sqlite3.connect(path, isolation_level=None)
        for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -16000"):
            self._db.execute(f"PRAGMA {setting}")
        self._db.execute("CREATE TABLE thing (iri TEXT, said TEXT)")
        self._db.execute("BEGIN")
        for part in parts:
            self._db.executemany("INSERT INTO thing VALUES (?, ?)", _things(part))
        self._db.execute("CREATE INDEX by_iri ON thing (iri)")
        self._db.execute("COMMIT")
        self.get = functools.lru_cache(maxsize=_REMEMBERED)(self._get)

    def close(self) -> None:
        """Let go of the table."""
        self._db.close()

    def _get(self, subject: str) -> dict[str, list[str]]:
        predicates: dict[str, list[str]] = {}
        for (said,) in self._db.execute("SELECT said FROM thing WHERE iri = ? ORDER BY rowid", (subject,)):
            for line in said.split("\n"):
                predicate, value = line.split(" ", 1)
                predicates.setdefault(predicate, []).append(value)
        return predicates


def _things(part: Part) -> Iterator[tuple[str, str]]:
    cut = -len(end_of_line(part.graph))
    subject = ""
    said: list[str] = []
    with open(part.path, encoding="utf-8", newline="\n") as lines:
        for line in lines:
            this, rest = line[:cut].split(" ", 1)
            if this != subject:
                if said:
                    yield subject, "\n".join(said)
                subject, said = this, []
            said.append(rest)
    if said:
        yield subject, "\n".join(said)
