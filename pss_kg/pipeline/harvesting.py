"""The stage before all others: ask services, and put what they say into records/.

Replies go to raw/replies as they come. What the walk over them gives is a pure function of the
replies, so a harvest that was killed, or is run again, walks anew over what raw/ has and asks only
for the rest. At the end each source's records become one input of the workspace, as a file's do.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
from collections.abc import Callable, Mapping
from typing import IO, Any, NamedTuple

import msgspec

from pss_kg import plugins
from pss_kg.errors import ServiceError, UsageError
from pss_kg.harvest.coverage import Failure, Harvest, written
from pss_kg.harvest.plan import Plan
from pss_kg.harvest.progress import Progress
from pss_kg.harvest.walking import walk
from pss_kg.http.archive import Archive
from pss_kg.http.asking import Answer, Ask, Reply, Request
from pss_kg.http.client import Client, Mode
from pss_kg.http.settings import settings_from
from pss_kg.pipeline.run import Run
from pss_kg.records import Deletion, Publication, Read, Unusable
from pss_kg.sources.service import Service
from pss_kg.stages import harvested
from pss_kg.stages.harvested import Account, Has, Reached
from pss_kg.stages.reading import InputReport, Intake
from pss_kg.stages.record_file import RecordWriter, record_path
from pss_kg.stages.summary import Summary
from pss_kg.workspace import Workspace, encode_pretty, storage_errors, write_atomically

_STREAM = ".harvest-"

_MOST = 10
"""Reasons that an error lists."""


class Asked(NamedTuple):
    """What is to be harvested, and how. `environ` and `services` (the table of config.toml) hold
    URLs, keys and the e-mail address; they are read when the harvest begins."""

    plan: Plan
    mode: Mode = "normal"
    environ: Mapping[str, str] = {}
    services: Mapping[str, Any] = {}


class Harvested(NamedTuple):
    """intakes: the new inputs; harvest: the outcome; asked, replayed: replies from the network and raw/."""

    intakes: list[Intake]
    harvest: Harvest
    asked: int
    replayed: int


def services_of(plan: Plan) -> list[Service]:
    """The services of a plan, in the source order. Raises UsageError for one that is unknown."""
    names = plan.sources or tuple(plugins.service_names())
    found = [plugins.service(name) for name in names]
    if plan.queries and not any(service.searches for service in found):
        raise UsageError(
            "none of these services can be searched.",
            where="--query",
            todo="Add --source pubmed or europepmc.",
        )
    return found


def harvest(run: Run, workspace: Workspace, asked: Asked) -> Harvested:
    """Walk, and put the records down as inputs. The caller holds the workspace's lock.

    Raises UsageError for unknown services or settings that can't be right, WorkspaceError where the
    folder can't be written. A service that fails does not raise: the outcome tells it.
    """
    services = services_of(asked.plan)
    accesses = {access.name: access for service in services for access in service.accesses}
    settings = settings_from(asked.environ, asked.services)
    stop = threading.Event()
    streams: dict[str, _Stream] = {}
    with (
        storage_errors(workspace.root),
        contextlib.ExitStack() as open_,
        Archive(workspace.raw / "replies") as archive,
    ):
        for left in workspace.records.glob(f"{_STREAM}*"):
            left.unlink()
        heard = _Heard()
        client = open_.enter_context(
            Client(accesses, settings, archive, mode=asked.mode, stop=stop, on_reply=heard.count)
        )

        def keep(source: str, item: Read) -> None:
            if source not in streams:
                streams[source] = open_.enter_context(_Stream(workspace, source))
            streams[source].add(item)

        try:
            outcome = walk(
                asked.plan, services, heard.over(client), keep, progress=_telling(run), stop=stop.is_set
            )
        finally:
            stop.set()
        latest = {s.name: max(heard.latest.get(a.name, "") for a in s.accesses) for s in services}
        intakes = [streams[name].commit(latest.get(name, "")) for name in sorted(streams)]
    harvested.save(workspace, _account(asked.plan, outcome))
    return Harvested(intakes, outcome, heard.asked, heard.replayed)


class _Heard:
    """Counts replies, and notes when each host gave its last one, now or in the run that kept it."""

    def __init__(self) -> None:
        self.asked = self.replayed = 0
        self.latest: dict[str, str] = {}
        self._lock = threading.Lock()

    def count(self, _: str, replayed: bool, __: float) -> None:
        with self._lock:
            self.replayed += replayed
            self.asked += not replayed

    def over(self, ask: Ask) -> Ask:
        """The same `ask`, listened to."""

        def listening(request: Request, read: Callable[[Reply], Answer], *, fresh: bool = False) -> Answer:
            def dated(reply: Reply) -> Answer:
                with self._lock:
                    self.latest[request.access] = max(reply.time, self.latest.get(request.access, ""))
                return read(reply)

            return ask(request, dated, fresh=fresh)

        return listening


def _telling(run: Run) -> Callable[[Progress], None]:
    each: dict[str, Progress] = {}

    def tell(progress: Progress) -> None:
        each[progress.source] = progress
        done, asked = sum(p.done for p in each.values()), sum(p.asked for p in each.values())
        run.progress(f"harvest at distance {progress.level}, {progress.title}:", done, asked)

    return tell


def tell(outcome: Harvested, summary: Summary) -> None:
    """Put the outcome into the summary of a run.

    Raises ServiceError where nothing at all could be had.
    """
    found = outcome.harvest
    if found.failures and not found.records:
        reasons = list(dict.fromkeys(f"{failure.where}: {failure.what}" for failure in found.failures))
        listed = "\n  ".join(reasons[:_MOST])
        more = f"\n  and {len(reasons) - _MOST} more" if len(reasons) > _MOST else ""
        todo = found.failures[0].todo
        raise ServiceError(f"nothing could be harvested:\n  {listed}{more}\n", todo=todo)
    summary.harvest = {
        "found": len(found.found),
        "asked": outcome.asked,
        "replayed": outcome.replayed,
        "left_out": found.left_out,
    }
    summary.failures = [_in_words(failure) for failure in found.failures]
    summary.unknown = [written(seed) for seed in found.unknown]
    summary.notes += [f"{note.source}: {note.what}" for note in found.notes]


def _in_words(failure: Failure) -> str:
    named = ", ".join(written(identifier) for identifier in failure.identifiers[:3])
    more = f" and {len(failure.identifiers) - 3:,} more" if len(failure.identifiers) > 3 else ""
    about = f" ({failure.wanted} of {named}{more})" if named else f" ({failure.wanted})"
    return f"{failure.where}: {failure.what}{about} {failure.todo}".rstrip()


class _Stream:
    """The records of one source as they come, and their commit as an input.

    The input's name is a digest of its records: the same harvest again gives the same input.
    """

    def __init__(self, workspace: Workspace, source: str) -> None:
        self._workspace, self._source = workspace, source
        self._path = workspace.records / f"{_STREAM}{source}.tmp"
        self._unusable: list[Unusable] = []
        self._deletions: list[tuple[str, str, int]] = []

    def __enter__(self) -> _Stream:
        self._out: IO[bytes] = open(self._path, "wb")
        self._writer = RecordWriter(self._out.write)
        return self

    def __exit__(self, *_: object) -> None:
        self._out.close()
        self._path.unlink(missing_ok=True)

    def add(self, item: Read) -> None:
        if isinstance(item, Publication):
            self._writer.add(item)
        elif isinstance(item, Unusable):
            if item not in self._unusable:
                self._unusable.append(item)
        elif isinstance(item, Deletion):
            self._deletions.append((item.source, item.id, item.version))

    def commit(self, retrieved: str) -> Intake:
        """Make it an input of the workspace; one that is there already stays as it is."""
        self._writer.flush()
        self._out.close()
        workspace, rows = self._workspace, self._writer.rows
        digest = hashlib.sha256(b"".join(row.digest for row in rows))
        digest.update(msgspec.json.encode([self._unusable, self._deletions]))
        sha256 = digest.hexdigest()
        name = f"{sha256[:20]}-{self._source}"
        report = InputReport(
            id=name,
            path=f"harvest of {self._source}",
            bytes=self._path.stat().st_size,
            sha256=sha256,
            source=self._source,
            records=len(rows),
            unusable=len(self._unusable),
            deletions=tuple(self._deletions),
            frames=tuple(self._writer.frames),
            retrieved=retrieved,
        )
        entry = workspace.raw / f"{name}.json"
        if not entry.is_file():
            os.replace(self._path, record_path(workspace, name))
            if self._unusable:
                lines = b"".join(msgspec.json.encode(item) + b"\n" for item in self._unusable)
                write_atomically(workspace.quarantine / f"{name}.jsonl", lines)
            write_atomically(entry, encode_pretty(report))
        return Intake(report, rows)


def _account(plan: Plan, outcome: Harvest) -> Account:
    return Account(
        id=plan.digest()[:20],
        asked=msgspec.Raw(plan.json()),
        seeds=[(seed,) for seed in plan.seeds],
        queries=[" ".join(part for part in query[:3] if part) for query in plan.queries],
        reached=[Reached(each.identifiers, tuple(sorted(each.distances.items()))) for each in outcome.found],
        coverage=[
            Has(
                row.seed,
                row.source,
                row.direction,
                row.claimed,
                row.harvested,
                row.without_pmid_or_doi,
                row.failed,
            )
            for row in outcome.coverage
        ],
    )
