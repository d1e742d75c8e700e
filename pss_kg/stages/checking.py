"""Validation of main by shard, and quarantine of the records at fault.

The data graph of a shard is the shard, the types of everything it points to, and the sub-class
axioms. A small graph is validated whole by the reference engine; both ways give the same
findings, because our shapes reach no further than a neighbour's type.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from pss_kg.identity.index import Index
from pss_kg.iris import Iris
from pss_kg.mapping import reconcile
from pss_kg.records import Publication
from pss_kg.stages.shards import MAIN, entries
from pss_kg.stages.shuffle import Resolver, read_bucket, shard_of, shards_touched
from pss_kg.validation import Engine, Finding, Shapes, subclass_axioms, validate
from pss_kg.workspace import ShardFile, Workspace

SMALL = 20_000
"""Triples of main below which the reference engine validates it whole."""


class CheckTask(NamedTuple):
    """Files of main to validate together: one shard, or all of a small graph."""

    root: Path
    base: str
    files: tuple[Path, ...]
    engine: Engine


class Fault(msgspec.Struct, frozen=True):
    """A record in quarantine, and the findings that put it there."""

    source: str
    id: str
    publication: str
    title: str
    shards: tuple[int, ...]
    """The shards that hold anything the record said."""
    findings: tuple[Finding, ...]


def check_tasks(workspace: Workspace, base: str, files: Iterable[tuple[ShardFile, Path]]) -> list[CheckTask]:
    """How to validate these files of main: all at once if they are small, else each alone."""
    main = [(f, path) for f, path in files if f.graph == MAIN]
    engine = engine_for(f for f, _ in main)
    if engine == "pyshacl":
        return [CheckTask(workspace.root, base, tuple(path for _, path in main), engine)] if main else []
    return [CheckTask(workspace.root, base, (path,), engine) for _, path in main]


def engine_for(files: Iterable[ShardFile]) -> Engine:
    """The reference engine for a small graph, the fast one for a large."""
    return "pyshacl" if sum(f.quads for f in files if f.graph == MAIN) < SMALL else "fast"


def check(task: CheckTask) -> list[Finding]:
    """The findings on these files, sorted."""
    suffix = f" <{Iris(task.base).graph(MAIN)}> .\n"
    text = "".join(path.read_text(encoding="utf-8") for path in task.files).replace(suffix, " .\n")
    extra = subclass_axioms()
    types = Workspace(task.root).work / "types.sqlite"
    if types.is_file():
        extra += _types_of(set(re.findall(r" (<[^<> ]*>) \.\n", text)), types)
    return validate(text, _shapes(), task.engine, extra=extra).findings


@cache
def _shapes() -> Shapes:
    """Our shapes, compiled once in each worker."""
    return Shapes.load()


def gather_types(workspace: Workspace) -> None:
    """Put the types of everything in main into work/types.sqlite."""
    path = workspace.work / "types.sqlite"
    path.unlink(missing_ok=True)
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE type (subject TEXT NOT NULL, triple TEXT NOT NULL)")
    for file in sorted((workspace.work / "types").glob("*.nt")):
        with open(file, encoding="utf-8", newline="\n") as lines:
            db.executemany(
                "INSERT INTO type VALUES (?, ?)", ((line.split(" ", 1)[0], line) for line in lines)
            )
    db.execute("CREATE INDEX subject ON type (subject)")
    db.commit()
    db.close()


def _types_of(wanted: set[str], path: Path) -> str:
    db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    db.execute("CREATE TEMP TABLE wanted (subject TEXT PRIMARY KEY)")
    db.executemany("INSERT INTO wanted VALUES (?)", ((w,) for w in sorted(wanted)))
    rows = db.execute("SELECT t.triple FROM wanted w JOIN type t ON t.subject = w.subject ORDER BY t.triple")
    text = "".join(row[0] for row in rows)
    db.close()
    return text


def faults(
    workspace: Workspace,
    base: str,
    findings: Iterable[Finding],
    shards: int,
    excluded: frozenset[tuple[str, str]],
) -> list[Fault]:
    """The records that must leave main for these findings; only violations count.

    At fault is the record whose value main took for the path of the result; where there is
    none, the publication's record from the last source. A violation on a thing that many
    publications share, or on a mention, puts no record at fault.
    """
    iris = Iris(base)
    by_key: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.severity == "violation" and (key := iris.publication_key_of(finding.focus)):
            by_key.setdefault(key, []).append(finding)
    by_shard: dict[int, list[str]] = {}
    for key in by_key:
        by_shard.setdefault(shard_of(key, shards), []).append(key)
    found: dict[tuple[str, str], Fault] = {}
    for shard, keys in sorted(by_shard.items()):
        wanted = set(keys)
        rows = (row for row in read_bucket(workspace, shard) if row.key in wanted)
        gathered, _ = entries(rows, excluded, {})
        for key, entry in sorted(gathered.items()):
            for finding in by_key[key] if entry.records else ():
                name = reconcile.record_at_fault(finding.path, entry)
                if name is None:
                    continue
                if name in found:
                    found[name] = msgspec.structs.replace(
                        found[name], findings=(*found[name].findings, finding)
                    )
                else:
                    record = next(r.record for r in entry.records if (r.record.source, r.record.id) == name)
                    found[name] = _fault(workspace, record, key, shards, finding)
    return [found[name] for name in sorted(found)]


def _fault(workspace: Workspace, record: Publication, key: str, shards: int, finding: Finding) -> Fault:
    with Index(workspace.index, read_only=True) as index:
        touched = shards_touched(record, key, Resolver(index), index.journals(), shards)
    title = record.title or record.vernacular_title
    return Fault(record.source, record.id, key, title, tuple(sorted(touched)), (finding,))
