"""What became of every record, decided anew over all that the index holds.

The decisions are a pure function of the rows; `Changes` tells how they differ from the last
ones, so that an increment knows what to do again.
"""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass, field

from pss_kg.identity.components import Assignment, Candidate, assign
from pss_kg.iris import publication_key
from pss_kg.records import Identifiers

_DELETE = """
UPDATE record SET state = 'deleted' WHERE EXISTS (
    SELECT 1 FROM deletion d WHERE d.source = record.source AND d.id = record.id
    AND d.version = record.version AND d.number > record.number)
"""

# Of two records with one key the later wins: the source's own date, then the number of the
# update file, then the time of retrieval, then the content, so that nothing hangs on the order of reading.
_SUPERSEDE = """
UPDATE record SET state = 'superseded' WHERE no IN (SELECT no FROM (
    SELECT no, ROW_NUMBER() OVER (
        PARTITION BY source, id, version
        ORDER BY revised DESC, number DESC, retrieved DESC, digest DESC, no) AS place
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
UPDATE record SET state = CASE WHEN NOT listing AND no IN (SELECT no FROM (
    SELECT no, ROW_NUMBER() OVER (PARTITION BY publication ORDER BY listing, source_rank(source), id) AS place
    FROM record WHERE state = '') WHERE place = 1) THEN 'described' ELSE 'merged' END WHERE state = ''
"""


@dataclass
class Changes:
    """How the decisions differ from those before.

    places:    record number -> (publication, state) before, of records that have changed
    records:   (source, id) of those records
    aliases:   identifier ("doi:…") -> the key it led to before, "" where it led nowhere
    ambiguous: publication key -> its ambiguous identifiers before, of publications where they changed
    """

    places: dict[int, tuple[str, str]] = field(default_factory=dict)
    records: set[tuple[str, str]] = field(default_factory=set)
    aliases: dict[str, str] = field(default_factory=dict)
    ambiguous: dict[str, Identifiers] = field(default_factory=dict)


def settle(db: sqlite3.Connection) -> Changes:
    """Fill the columns and tables of decisions. Must stand in a transaction."""
    _remember(db)
    db.execute("UPDATE record SET state = '', publication = ''")
    for table in ("alias", "ambiguous", "refusal"):
        db.execute(f"DELETE FROM {table}")
    for step in (_DELETE, _SUPERSEDE, _VERSION, "DROP TABLE IF EXISTS shared", _SHARED):
        db.execute(step)
    db.execute("CREATE UNIQUE INDEX temp.shared_identifier ON shared (identifier)")
    _assign_shared(db)
    _assign_alone(db)
    db.execute(_DESCRIBE)
    db.execute(
        "UPDATE record SET publication = (SELECT h.publication FROM record h"
        " WHERE h.source = record.source AND h.id = record.id"
        " AND h.state IN ('described', 'merged')) WHERE state = 'version'"
    )
    return _changes(db)


def _remember(db: sqlite3.Connection) -> None:
    for table in ("before", "alias_before", "ambiguous_before"):
        db.execute(f"DROP TABLE IF EXISTS temp.{table}")
    db.execute(
        "CREATE TEMP TABLE before AS SELECT no, state, publication FROM record WHERE state <> '' ORDER BY no"
    )
    db.execute("CREATE UNIQUE INDEX temp.before_no ON before (no)")
    db.execute("CREATE TEMP TABLE alias_before (identifier TEXT PRIMARY KEY, publication TEXT) WITHOUT ROWID")
    db.execute("INSERT INTO temp.alias_before SELECT * FROM alias ORDER BY identifier")
    db.execute("CREATE TEMP TABLE ambiguous_before AS SELECT * FROM ambiguous")


def _changes(db: sqlite3.Connection) -> Changes:
    found = Changes()
    rows = db.execute(
        "SELECT r.no, r.source, r.id, COALESCE(b.publication, ''), COALESCE(b.state, '') FROM record r"
        " LEFT JOIN temp.before b ON b.no = r.no"
        " WHERE b.no IS NULL OR b.state <> r.state OR b.publication <> r.publication"
    )
    for no, source, record_id, publication, state in rows:
        found.places[no] = (publication, state)
        found.records.add((source, record_id))
    for query in (
        "SELECT a.identifier, COALESCE(b.publication, '') FROM alias a LEFT JOIN temp.alias_before b"
        " ON b.identifier = a.identifier WHERE b.publication IS NULL OR b.publication <> a.publication",
        "SELECT b.identifier, b.publication FROM temp.alias_before b LEFT JOIN alias a"
        " ON a.identifier = b.identifier WHERE a.identifier IS NULL",
    ):
        found.aliases.update(db.execute(query))
    before, after = _by_publication(db, "temp.ambiguous_before"), _by_publication(db, "ambiguous")
    for key in before.keys() | after.keys():
        if before.get(key, ()) != after.get(key, ()):
            found.ambiguous[key] = before.get(key, ())
    return found


def _by_publication(db: sqlite3.Connection, table: str) -> dict[str, Identifiers]:
    result: dict[str, Identifiers] = {}
    query = f"SELECT publication, identifier FROM {table} ORDER BY publication, identifier"
    for publication, identifier in db.execute(query):
        result[publication] = (*result.get(publication, ()), split(identifier))
    return result


def _assign_shared(db: sqlite3.Connection) -> None:
    touched = "SELECT DISTINCT i.record FROM identifier i JOIN shared s ON s.identifier = i.identifier"
    numbers: dict[str, int] = {}
    candidates: list[Candidate] = []
    for no, source, record_id, fallback in db.execute(
        f"SELECT no, source, id, fallback FROM record WHERE state = '' AND no IN ({touched})"
    ).fetchall():
        name = f"{source}/{record_id}"
        numbers[name] = no
        candidates.append(Candidate(name, _identifiers(db, no), fallback))
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
        ((f"{r.identifier[0]}:{r.identifier[1]}", "\n".join(r.records), r.reason) for r in decided.refusals),
    )


def _identifiers(db: sqlite3.Connection, record: int) -> Identifiers:
    found = db.execute("SELECT identifier FROM identifier WHERE record = ?", (record,))
    return tuple(split(row[0]) for row in found)


def _assign_alone(db: sqlite3.Connection) -> None:
    """Records that share no identifier: the key is their own, no component to find."""
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


def split(identifier: str) -> tuple[str, str]:
    """`doi:10.1/x` -> ("doi", "10.1/x")."""
    scheme, _, value = identifier.partition(":")
    return scheme, value


def fingerprint(identifier: str) -> int:
    """64 bits of an identifier ("doi:…") for the table of mentions."""
    digest = hashlib.blake2b(identifier.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)
