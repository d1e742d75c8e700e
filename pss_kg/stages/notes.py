"""What the validation of one shard must know of things that stand in another.

A shard notes its things' types and its publications' dates, and the DOIs that another publication
has too. The rules reach one hop and ask for no more there, so a shard can be validated alone.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from pss_kg.mapping.dates import ISSUED
from pss_kg.mapping.identifiers import FLAT
from pss_kg.mapping.publication import REALIZATION_OF
from pss_kg.records import Identifiers
from pss_kg.workspace import Workspace

_DOI = FLAT["doi"]
_DOIS = re.compile(rf"{re.escape(_DOI)}(\"[^\n]*\") \.\n")


def noted(subject: str, triples: Iterable[str], ambiguous: Identifiers) -> list[str]:
    """Of the triples of a publication that a record describes those that others' validation needs.

    subject:   the publication, a term
    ambiguous: its identifiers that other publications have too
    """
    issued = subject + ISSUED
    # There is one at most, among the first few triples.
    date = next((triple for triple in triples if triple.startswith(issued)), "")
    found = [date] if date else []
    if any(scheme == "doi" for scheme, _ in ambiguous):
        starts = (subject + _DOI, subject + REALIZATION_OF)
        found += [triple for triple in triples if triple.startswith(starts)]
    return found


def write(workspace: Workspace, name: str, triples: Iterable[str]) -> None:
    """Put the notes of one shard down."""
    folder = workspace.work / "notes"
    folder.mkdir(parents=True, exist_ok=True)
    text = "".join(f"{triple} .\n" for triple in triples)
    (folder / f"{name}.nt").write_text(text, encoding="utf-8", newline="\n")


def gathered(workspace: Workspace) -> Path:
    """The file that holds the notes of all shards, to be looked up."""
    return workspace.work / "notes.sqlite"


def gather(workspace: Workspace) -> None:
    """Put the notes of all shards into work/notes.sqlite."""
    path = gathered(workspace)
    path.unlink(missing_ok=True)
    db = sqlite3.connect(path)
    db.execute(
        "CREATE TABLE note (about TEXT NOT NULL, triple TEXT NOT NULL,"
        " PRIMARY KEY (about, triple)) WITHOUT ROWID"
    )
    for file in sorted((workspace.work / "notes").glob("*.nt")):
        db.executemany("INSERT INTO note VALUES (?, ?)", _rows(lines(file)))
    db.commit()
    db.close()


def change(workspace: Workspace, gone: Iterable[str], new: Iterable[str]) -> None:
    """Take lines out of work/notes.sqlite and put others in."""
    db = sqlite3.connect(gathered(workspace))
    db.executemany("DELETE FROM note WHERE about = ? AND triple = ?", _rows(gone))
    db.executemany("INSERT OR IGNORE INTO note VALUES (?, ?)", _rows(new))
    db.commit()
    db.close()


def lines(path: Path) -> Iterator[str]:
    """The lines of a file of notes, with their ends."""
    with open(path, encoding="utf-8", newline="\n") as file:
        yield from file


def _rows(given: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each line by its subject; a DOI by its value as well, for those who share it."""
    for line in given:
        subject, _, rest = line.partition(" ")
        yield subject, line
        if rest.startswith(_DOI[1:]):
            yield rest[len(_DOI) - 1 : -len(" .\n")], line


class Notes:
    """Notes to look things up in: those of some shards made anew, then those of all shards.

    anew:    a file of notes; what it says of a subject counts, not what work/notes.sqlite says
    changed: terms of which work/notes.sqlite says nothing that counts
    """

    def __init__(
        self, workspace: Workspace, anew: Path | None = None, changed: Collection[str] = frozenset()
    ) -> None:
        self._anew: dict[str, list[str]] = {}
        for about, line in _rows(lines(anew)) if anew is not None else ():
            self._anew.setdefault(about, []).append(line)
        self._changed = changed
        path = gathered(workspace)
        self._db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True) if path.is_file() else None

    def close(self) -> None:
        """Let go of the file."""
        if self._db is not None:
            self._db.close()

    def of(self, subjects: Iterable[str]) -> list[str]:
        """The notes of these subjects (terms), as lines, in the order of the subjects' names."""
        return [line for subject in sorted(subjects) for line in self._of(subject)]

    def sharing(self, text: str) -> set[str]:
        """The subjects that have a DOI which the text (N-Triples) has too, of those that were noted."""
        values = {about for about in self._anew if about.startswith('"')}
        if self._db is not None:
            # A quotation mark sorts before all that can stand at the beginning of an IRI.
            values.update(row[0] for row in self._db.execute("SELECT about FROM note WHERE about < '#'"))
        values &= set(_DOIS.findall(text)) if values else set()
        found = {line.split(" ", 1)[0] for value in values for line in self._anew.get(value, ())}
        stored = {line.split(" ", 1)[0] for value in values for line in self._stored(value)}
        return found | {subject for subject in stored if self._counts(subject)}

    def _of(self, subject: str) -> list[str]:
        return self._anew.get(subject, []) or (self._stored(subject) if self._counts(subject) else [])

    def _counts(self, subject: str) -> bool:
        return subject not in self._changed and subject not in self._anew

    def _stored(self, about: str) -> list[str]:
        if self._db is None:
            return []
        found = self._db.execute("SELECT triple FROM note WHERE about = ? ORDER BY triple", (about,))
        return [row[0] for row in found]
