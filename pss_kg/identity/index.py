"""index.sqlite: every record read, its identifiers, and the publication it belongs to.

Reading adds rows; `settle` decides anew, over all of them, what became of each record and
which publication it describes. About 100 bytes an identifier.

What becomes of a record (`state`): described (main takes its word first), merged (another
record of the publication goes before it), version (merged: a lower PMID version), superseded
(a later record has its key), deleted (its source withdrew it).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from pss_kg.identity.components import Assignment, Candidate, Refusal, assign
from pss_kg.identity.journals import KnownJournals
from pss_kg.iris import KEY_SCHEMES, publication_key
from pss_kg.records import Identifiers, Journal, rank

_SCHEMA = """
CREATE TABLE IF NOT EXISTS input (no INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, number INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS record (
    no INTEGER PRIMARY KEY, input INTEGER NOT NULL, position INTEGER NOT NULL,
    source TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,
    revised TEXT NOT NULL, number INTEGER NOT NULL, digest BLOB NOT NULL, fallback TEXT NOT NULL,
    claim INTEGER, state TEXT NOT NULL DEFAULT '', publication TEXT NOT NULL DEFAULT '',
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
CREATE TABLE IF NOT EXISTS journal (journal TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS alias (identifier TEXT PRIMARY KEY, publication TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ambiguous (
    identifier TEXT NOT NULL, publication TEXT NOT NULL, PRIMARY KEY (identifier, publication)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS refusal (identifier TEXT NOT NULL, records TEXT NOT NULL, reason TEXT NOT NULL);
"""

_ADD = """
INSERT INTO record (input, position, source, id, version, revised, number, digest, fallback, claim)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

_DELETE = """
UPDATE record SET state = 'deleted' WHERE EXISTS (
    SELECT 1 FROM deletion d WHERE d.source = record.source AND d.id = record.id
    AND d.version = record.version AND d.number > record.number)
"""

# Of two records with one key the later wins: the source's own date, then the number of the
# update file, then the content, so that nothing hangs on the order of reading.
_SUPERSEDE = """
UPDATE record SET state = 'superseded' WHERE no IN (SELECT no FROM (
    SELECT no, ROW_NUMBER() OVER (
        PARTITION BY source, id, version ORDER BY revised DESC, number DESC, digest DESC, no) AS place
    FROM record WHERE state = '') WHERE place > 1)
"""

_VERSION = """
UPDATE record SET state = 'version' WHERE state = '' AND EXISTS (
    SELECT 1 FROM record higher WHERE higher.source = record.source AND higher.id = record.id
    AND higher.version > record.version AND higher.state = '')
"""

_SHARED = """
CREATE TEMP TABLE shared AS SELECT identifier FROM identifier i JOIN record r ON r.no = i.record
WHERE r.state = '' GROUP BY identifier HAVING COUNT(*) > 1
"""

_DESCRIBE = """
UPDATE record SET state = CASE WHEN no IN (SELECT no FROM (
    SELECT no, ROW_NUMBER() OVER (PARTITION BY publication ORDER BY source_rank(source), id) AS place
    FROM record WHERE state = '') WHERE place = 1) THEN 'described' ELSE 'merged' END WHERE state = ''
"""

_STATES = """
SELECT source, became, COUNT(*) FROM (
    SELECT source, CASE WHEN state IN ('deleted', 'superseded') THEN state WHEN held THEN 'quarantined'
        WHEN state = 'version' OR ROW_NUMBER() OVER (
            PARTITION BY publication, state IN ('described', 'merged') AND NOT held
            ORDER BY source_rank(source), id) > 1 THEN 'merged' ELSE 'described' END AS became
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


class Place(NamedTuple):
    """Where the record at one position of an input belongs."""

    publication: str
    state: str


class Index:
    """The open index. Use as a context manager; all writing stands in one transaction."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        if read_only:
            self._db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        else:
            self._db = sqlite3.connect(path, isolation_level=None)
            self._db.executescript(_SCHEMA)
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
        rows: Iterable[Row],
        deletions: Iterable[tuple[str, str, int]],
        journals: Iterable[Journal],
    ) -> None:
        """Add all that one input said. `number` orders update files; -1 where it has none."""
        db = self._db
        no = db.execute("INSERT INTO input (id, number) VALUES (?, ?)", (input_id, number)).lastrowid
        for row in rows:
            values = (no, row.position, row.source, row.id, row.version, row.revised, number)
            record = db.execute(_ADD, (*values, row.digest, row.fallback, row.claim)).lastrowid
            db.executemany(
                "INSERT OR IGNORE INTO identifier VALUES (?, ?)",
                ((f"{scheme}:{value}", record) for scheme, value in row.identifiers),
            )
        db.executemany("INSERT INTO deletion VALUES (?, ?, ?, ?, ?)", ((*d, number, no) for d in deletions))
        encoded = {msgspec.json.encode(j).decode() for j in journals}
        db.executemany("INSERT OR IGNORE INTO journal VALUES (?)", ((j,) for j in encoded))

    def settle(self) -> None:
        """Decide anew what became of every record, over all that the index holds."""
        db = self._db
        db.execute("UPDATE record SET state = '', publication = ''")
        for table in ("alias", "ambiguous", "refusal"):
            db.execute(f"DELETE FROM {table}")
        for step in (_DELETE, _SUPERSEDE, _VERSION, "DROP TABLE IF EXISTS shared", _SHARED):
            db.execute(step)
        db.execute("CREATE UNIQUE INDEX temp.shared_identifier ON shared (identifier)")
        self._assign_shared()
        self._assign_alone()
        db.execute(_DESCRIBE)
        db.execute(
            "UPDATE record SET publication = (SELECT h.publication FROM record h"
            " WHERE h.source = record.source AND h.id = record.id"
            " AND h.state IN ('described', 'merged')) WHERE state = 'version'"
        )

    def _assign_shared(self) -> None:
        db = self._db
        touched = "SELECT DISTINCT i.record FROM identifier i JOIN shared s ON s.identifier = i.identifier"
        numbers: dict[str, int] = {}
        candidates: list[Candidate] = []
        for no, source, record_id, fallback in db.execute(
            f"SELECT no, source, id, fallback FROM record WHERE state = '' AND no IN ({touched})"
        ).fetchall():
            name = f"{source}/{record_id}"
            numbers[name] = no
            candidates.append(Candidate(name, self._identifiers(no), fallback))
        decided: Assignment = assign(candidates)
        db.executemany(
            "UPDATE record SET publication = ? WHERE no = ?",
            ((k, numbers[n]) for n, k in decided.keys.items()),
        )
        db.executemany(
            "INSERT INTO alias VALUES (?, ?)", ((f"{s}:{v}", k) for (s, v), k in decided.aliases.items())
        )
        db.executemany(
            "INSERT INTO ambiguous VALUES (?, ?)",
            ((f"{s}:{v}", k) for (s, v), keys in decided.ambiguous.items() for k in keys),
        )
        db.executemany(
            "INSERT INTO refusal VALUES (?, ?, ?)",
            (
                (f"{r.identifier[0]}:{r.identifier[1]}", "\n".join(r.records), r.reason)
                for r in decided.refusals
            ),
        )

    def _identifiers(self, record: int) -> Identifiers:
        found = self._db.execute("SELECT identifier FROM identifier WHERE record = ?", (record,))
        return tuple(split(row[0]) for row in found)

    def _assign_alone(self) -> None:
        """Records that share no identifier: the key is their own, no component to find."""
        db = self._db
        last = 0
        query = (
            "SELECT r.no, r.fallback, GROUP_CONCAT(i.identifier, char(31)) FROM record r"
            " LEFT JOIN identifier i ON i.record = r.no"
            " WHERE r.state = '' AND r.publication = '' AND r.no > ? GROUP BY r.no ORDER BY r.no LIMIT 20000"
        )
        while batch := db.execute(query, (last,)).fetchall():
            last = batch[-1][0]
            keys: list[tuple[str, int]] = []
            aliases: list[tuple[str, str]] = []
            for no, fallback, joined in batch:
                names = joined.split("\x1f") if joined else []
                key = publication_key(map(split, names)) or fallback
                keys.append((key, no))
                aliases += [(name, key) for name in names]
            db.executemany("UPDATE record SET publication = ? WHERE no = ?", keys)
            db.executemany("INSERT INTO alias VALUES (?, ?)", aliases)

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

    def journals(self) -> KnownJournals:
        """Every journal that a record names."""
        decode = msgspec.json.Decoder(Journal).decode
        return KnownJournals(decode(row[0]) for row in self._db.execute("SELECT journal FROM journal"))


def split(identifier: str) -> tuple[str, str]:
    """`doi:10.1/x` -> ("doi", "10.1/x")."""
    scheme, _, value = identifier.partition(":")
    return scheme, value


def key_identifiers(identifiers: Identifiers) -> Identifiers:
    """Those of the schemes that may name a publication."""
    return tuple(i for i in identifiers if i[0] in KEY_SCHEMES)
