"""index.sqlite: every record read, its identifiers, and the publication it belongs to.

Reading adds rows; `settle` decides anew, over all of them, what became of each record and
which publication it describes. About 100 bytes an identifier.

What becomes of a record (`state`): described (main takes its word first), merged (another
record of the publication goes before it, or it is a list that describes nothing), version
(merged: a lower PMID version), superseded (a later record has its key), deleted (its source
withdrew it).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from pss_kg.identity.components import Refusal
from pss_kg.identity.journals import KnownJournals
from pss_kg.identity.settling import Changes, fingerprint, settle, split
from pss_kg.iris import KEY_SCHEMES
from pss_kg.records import Identifiers, Journal, rank

_LAYOUT = 2
"""The version of the tables. An index of another is deleted; it is made anew from records/."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS input (no INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, number INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS record (
    no INTEGER PRIMARY KEY, input INTEGER NOT NULL, position INTEGER NOT NULL,
    source TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,
    revised TEXT NOT NULL, number INTEGER NOT NULL, digest BLOB NOT NULL, fallback TEXT NOT NULL,
    claim INTEGER, journal INTEGER, listing INTEGER NOT NULL, retrieved TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT '', publication TEXT NOT NULL DEFAULT '',
    UNIQUE (input, position));
CREATE INDEX IF NOT EXISTS record_key ON record (source, id, version);
CREATE INDEX IF NOT EXISTS record_publication ON record (publication);
CREATE TABLE IF NOT EXISTS identifier (
    identifier TEXT NOT NULL, record INTEGER NOT NULL, PRIMARY KEY (identifier, record)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS identifier_record ON identifier (record);
CREATE TABLE IF NOT EXISTS deletion (
    source TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,
    number INTEGER NOT NULL, input INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS deletion_key ON deletion (source, id, version);
CREATE TABLE IF NOT EXISTS journal (no INTEGER PRIMARY KEY, journal TEXT UNIQUE NOT NULL);
CREATE INDEX IF NOT EXISTS record_journal ON record (journal);
CREATE TABLE IF NOT EXISTS mention (hash INTEGER NOT NULL, record INTEGER NOT NULL,
    PRIMARY KEY (hash, record)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS alias (identifier TEXT PRIMARY KEY, publication TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ambiguous (
    identifier TEXT NOT NULL, publication TEXT NOT NULL, PRIMARY KEY (identifier, publication)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS refusal (identifier TEXT NOT NULL, records TEXT NOT NULL, reason TEXT NOT NULL);
"""

_ADD = """
INSERT INTO record (input, position, source, id, version, revised, number, digest, fallback, claim, journal,
    listing, retrieved)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT no FROM journal WHERE journal = ?), ?, ?)
"""

_STATES = """
SELECT source, became, COUNT(*) FROM (
    SELECT source, CASE WHEN state IN ('deleted', 'superseded') THEN state WHEN held THEN 'quarantined'
        WHEN state = 'version' OR listing OR ROW_NUMBER() OVER (
            PARTITION BY publication, state IN ('described', 'merged') AND NOT held
            ORDER BY listing, source_rank(source), id) > 1 THEN 'merged' ELSE 'described' END AS became
    FROM (
        SELECT r.*, EXISTS (SELECT 1 FROM out o WHERE o.source = r.source AND o.id = r.id) AS held
        FROM record r))
GROUP BY source, became
"""


class Row(msgspec.Struct, frozen=True, array_like=True):
    """One record as reading hands it to the index. `identifiers` of the key schemes only."""

    position: int
    source: str
    id: str
    version: int
    revised: str
    digest: bytes
    fallback: str
    identifiers: Identifiers
    claim: int | None = None
    journal: str = ""  # its journal as JSON
    mentions: tuple[int, ...] = ()  # hashes of the identifiers of others that it names, see `fingerprint`
    listing: bool = False


class Place(NamedTuple):
    """Where the record at one position of an input belongs."""

    publication: str
    state: str


class Located(NamedTuple):
    """One record: where it stands, its number in the index, and what became of it."""

    input: str
    position: int
    no: int
    publication: str
    state: str


class Index:
    """The open index. Use as a context manager; all writing stands in one transaction."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        if read_only:
            self._db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        else:
            _drop_other_layout(path)
            self._db = sqlite3.connect(path, isolation_level=None)
            self._db.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {_LAYOUT}; COMMIT;")
            self._db.execute("BEGIN IMMEDIATE")
        self._db.create_function("source_rank", 1, lambda s: "{:03}{}".format(*rank(s)), deterministic=True)
        self._read_only = read_only

    def __enter__(self) -> Index:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if not self._read_only and self._db.in_transaction:
            self._db.execute("ROLLBACK" if kind else "COMMIT")
        self._db.close()

    def inputs(self) -> set[str]:
        """Ids of the inputs whose records stand in the index."""
        return {row[0] for row in self._db.execute("SELECT id FROM input")}

    def add_input(
        self,
        input_id: str,
        number: int,
        rows: Sequence[Row],
        deletions: Iterable[tuple[str, str, int]],
        retrieved: str = "",
    ) -> None:
        """Add all that one input said.

        `number` orders update files, -1 where it has none; `retrieved` orders harvests, "" for a file.
        """
        db = self._db
        no = db.execute("INSERT INTO input (id, number) VALUES (?, ?)", (input_id, number)).lastrowid
        journals = sorted({row.journal for row in rows if row.journal})
        db.executemany("INSERT OR IGNORE INTO journal (journal) VALUES (?)", ((j,) for j in journals))
        mentions: list[tuple[int, int]] = []
        for row in rows:
            values = (no, row.position, row.source, row.id, row.version, row.revised, number)
            record = db.execute(
                _ADD, (*values, row.digest, row.fallback, row.claim, row.journal, row.listing, retrieved)
            ).lastrowid
            assert record is not None
            db.executemany(
                "INSERT OR IGNORE INTO identifier VALUES (?, ?)",
                ((f"{scheme}:{value}", record) for scheme, value in row.identifiers),
            )
            mentions += [(mentioned, record) for mentioned in row.mentions]
        mentions.sort()  # in the order of the table they go in far faster
        db.executemany("INSERT OR IGNORE INTO mention VALUES (?, ?)", mentions)
        db.executemany("INSERT INTO deletion VALUES (?, ?, ?, ?, ?)", ((*d, number, no) for d in deletions))

    def settle(self) -> Changes:
        """Decide anew what became of every record, over all that the index holds."""
        return settle(self._db)

    def places(self, input_id: str) -> dict[int, Place]:
        """Position -> place, for the records of one input."""
        rows = self._db.execute(
            "SELECT r.position, r.publication, r.state FROM record r JOIN input n ON n.no = r.input"
            " WHERE n.id = ?",
            (input_id,),
        )
        return {position: Place(publication, state) for position, publication, state in rows}

    def states(self, quarantined: Iterable[tuple[str, str]] = ()) -> dict[tuple[str, str], int]:
        """(source, state) -> number of records, when the records (source, id) are in quarantine.

        The next record of a publication is described where the first one is in quarantine.
        """
        db = self._db
        db.execute("CREATE TEMP TABLE IF NOT EXISTS out (source TEXT, id TEXT, PRIMARY KEY (source, id))")
        db.execute("DELETE FROM out")
        db.executemany("INSERT INTO out VALUES (?, ?)", quarantined)
        rows = db.execute(_STATES)
        return {(source, state): count for source, state, count in rows}

    def described(self) -> int:
        """Number of publications that a record describes."""
        return int(self._db.execute("SELECT COUNT(*) FROM record WHERE state = 'described'").fetchone()[0])

    def claims(self) -> dict[str, dict[str, int]]:
        """Publication key -> source -> claimed citations; of several records the best source's first."""
        rows = self._db.execute(
            "SELECT publication, source, claim FROM record WHERE claim IS NOT NULL"
            " AND state IN ('described', 'merged') ORDER BY publication, source, id DESC"
        )
        claims: dict[str, dict[str, int]] = {}
        for publication, source, claim in rows:
            claims.setdefault(publication, {})[source] = claim
        return claims

    def resolve(self, wanted: Sequence[str]) -> dict[str, str]:
        """Those of the identifiers ("doi:…") that a record has -> publication key."""
        found: dict[str, str] = {}
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            marks = ",".join("?" * len(part))
            found.update(
                self._db.execute(
                    f"SELECT identifier, publication FROM alias WHERE identifier IN ({marks})", part
                )
            )
        return found

    def ambiguous(self) -> dict[str, Identifiers]:
        """Publication key -> its identifiers that another publication has too."""
        result: dict[str, Identifiers] = {}
        rows = self._db.execute(
            "SELECT publication, identifier FROM ambiguous ORDER BY publication, identifier"
        )
        for publication, identifier in rows:
            result[publication] = (*result.get(publication, ()), split(identifier))
        return result

    def refusals(self) -> Iterator[Refusal]:
        """Identifiers that joined none, or not all, of their records, by identifier."""
        for identifier, records, reason in self._db.execute(
            "SELECT * FROM refusal ORDER BY identifier, records"
        ):
            yield Refusal(split(identifier), tuple(records.split("\n")), reason)

    def journals(self, until: int | None = None) -> KnownJournals:
        """Every journal that a record names; with `until` only those numbered up to it."""
        limit = -1 if until is None else until
        rows = self._db.execute("SELECT journal FROM journal WHERE ? < 0 OR no <= ?", (limit, limit))
        decode = msgspec.json.Decoder(Journal).decode
        return KnownJournals(decode(row[0]) for row in rows)

    def last_journal(self) -> int:
        """The number of the last journal added."""
        return int(self._db.execute("SELECT COALESCE(MAX(no), 0) FROM journal").fetchone()[0])

    def with_journal(self, changed: Callable[[Journal], bool]) -> set[tuple[str, str]]:
        """(source, id) of the records whose journal the function is true of."""
        decode = msgspec.json.Decoder(Journal).decode
        found: set[tuple[str, str]] = set()
        for no, journal in self._db.execute("SELECT no, journal FROM journal").fetchall():
            if changed(decode(journal)):
                found.update(self._db.execute("SELECT source, id FROM record WHERE journal = ?", (no,)))
        return found

    def naming(self, identifiers: Iterable[str]) -> set[tuple[str, str]]:
        """(source, id) of the records that name one of the identifiers ("doi:…") of another."""
        found: set[tuple[str, str]] = set()
        query = "SELECT r.source, r.id FROM mention m JOIN record r ON r.no = m.record WHERE m.hash = ?"
        for identifier in identifiers:
            found.update(self._db.execute(query, (fingerprint(identifier),)))
        return found

    def positions(self, source: str, record_id: str) -> list[Located]:
        """Where all records of one (source, id) stand, and what became of them."""
        rows = self._db.execute(
            "SELECT n.id, r.position, r.no, r.publication, r.state"
            " FROM record r JOIN input n ON n.no = r.input WHERE r.source = ? AND r.id = ? ORDER BY r.no",
            (source, record_id),
        )
        return [Located(*row) for row in rows]


def _drop_other_layout(path: Path) -> None:
    if path.is_file():
        db = sqlite3.connect(path)
        (found,) = db.execute("PRAGMA user_version").fetchone()
        db.close()
        if found != _LAYOUT:
            path.unlink()


def key_identifiers(identifiers: Identifiers) -> Identifiers:
    """Those of the schemes that may name a publication."""
    return tuple(i for i in identifiers if i[0] in KEY_SCHEMES)
