"""The graph after some more input, made from what stood there before.

Only what the new records touch is routed, mapped, reduced and validated again; the rest of each
file is copied. The result is the same, byte for byte, as that of a build from scratch.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterable
from pathlib import Path

from pss_kg import __version__
from pss_kg.identity.index import Index
from pss_kg.iris import Iris
from pss_kg.pipeline import made, whole
from pss_kg.pipeline.intake import Taken
from pss_kg.pipeline.made import Made, State
from pss_kg.pipeline.run import Run
from pss_kg.stages import checking, notes, reduction, shuffle, splice, watchers
from pss_kg.stages.checking import CheckTask, Owned
from pss_kg.stages.faults import Fault, faults
from pss_kg.stages.pool import Pool
from pss_kg.stages.quads import MAIN, ShardCounts, staged
from pss_kg.stages.reading import InputReport
from pss_kg.stages.shards import View
from pss_kg.stages.touched import groups, touched
from pss_kg.workspace import Manifest, ShardFile, Workspace

MOST_GENERATIONS = 64
"""Increments after which the buckets are filled anew."""

MOST_TOUCHED = 0.2
"""The part of the records beyond which a build from scratch is as fast."""

_ALONE = 4
"""Shards below which worker processes cost more than they save."""


def make(
    run: Run,
    workspace: Workspace,
    pool: Pool,
    read: list[InputReport],
    taken: Taken,
    manifest: Manifest,
) -> Made | None:
    """The graph after this increment; None where it must be, or had better be, made anew."""
    state = made.load(workspace)
    if state is None or taken.changes is None or not _fits(state, manifest, read, taken):
        return None
    if not notes.gathered(workspace).is_file():
        return None
    with run.stage("shuffle"), Index(workspace.index, read_only=True) as index:
        records = groups(index, taken.changes, taken.last_journal)
        if len(records) > MOST_TOUCHED * sum(report.records for report in read):
            return None
        reports = {report.id: report for report in read}
        found = touched(workspace, index, taken.changes, taken.last_journal, records, reports)
        ambiguous, claimed = index.ambiguous(), frozenset(index.claims())
        generation = state.generation + 1
        before = state.view()
        dead = {**before.dead, **dict.fromkeys(found.records, generation)}
        keys = found.keys | (claimed ^ before.claimed)
        made.forget(workspace)
        shutil.rmtree(workspace.work / "next", ignore_errors=True)
        with shuffle.Buckets(workspace, generation, "increment") as buckets:
            for row in found.rows:
                buckets.add(row)
        described = watchers.described(index, taken.changes)
        keys |= watchers.citing(workspace, described)
        keys |= watchers.sharing(described | taken.changes.ambiguous.keys(), before.ambiguous, ambiguous)
        held = _release(list(state.held), found.records, keys)
    first: list[Owned] | None = None
    while True:
        now = View(frozenset((f.source, f.id) for f in held), ambiguous, claimed, dead)
        anew = _Anew(run, workspace, pool, state, manifest, keys, before, now, generation)
        if shuffle.shard_count(made.total(anew.parts).keys) != state.shards:
            return None
        if first is None:
            # The report is of before quarantine: what is judged anew must see the dates of
            # records that are held. They are let out, and judged anew too.
            seen = anew.looked_at([fault.publication for fault in held])
            seen |= watchers.sharing(keys, ambiguous) & {fault.publication for fault in held}
            if seen:
                held = _release(held, set(), keys, seen)
                continue
        with run.stage("validate"):
            findings = [owned for owned in anew.validate() if anew.concerns(owned.owner)]
            kept = [owned for owned in state.findings if not anew.concerns(owned.owner)]
            first = kept + findings if first is None else first
            more = faults(workspace, findings, now)
        if not more:
            break
        held += more
        keys |= {key for fault in more for key in fault.keys}
    held.sort(key=lambda fault: (fault.source, fault.id))
    return Made(state.shards, anew.files, anew.parts, first, held, now, generation)


def settle(workspace: Workspace) -> None:
    """Put the notes of an increment in the place of the old ones, once the graph is published."""
    upcoming = splice.next_to(workspace).work
    for path in sorted(upcoming.glob("notes/*.nt")):
        old = set(notes.lines(workspace.work / "notes" / path.name))
        new = set(notes.lines(path))
        if old != new:
            notes.change(workspace, old - new, new - old)
    for folder in ("notes", "shared", "shards"):
        for path in sorted((upcoming / folder).glob("*")):
            os.replace(path, workspace.work / folder / path.name)
    shutil.rmtree(upcoming, ignore_errors=True)
    shutil.rmtree(workspace.work / "graph", ignore_errors=True)


def _fits(state: State, manifest: Manifest, read: list[InputReport], taken: Taken) -> bool:
    """Whether what stands under work/ belongs to the published graph, and only new input came."""
    new = {report.id for report in taken.new}
    return (
        state.digest == manifest.digest()
        and manifest.software == __version__
        and state.generation < MOST_GENERATIONS
        and set(manifest.inputs) == {report.id for report in read} - new
    )


def _release(
    held: list[Fault], records: set[tuple[str, str]], keys: set[str], seen: Collection[str] = ()
) -> list[Fault]:
    """Let records out of quarantine that the increment touches; they are judged anew.

    seen: publications whose records are let out as well
    `keys` grows by the publications of which they said anything. Gives those that stay.
    """
    keys.update(seen)
    while True:
        freed = [f for f in held if (f.source, f.id) in records or f.publication in keys]
        if not freed:
            return held
        held = [fault for fault in held if fault not in freed]
        keys.update(key for fault in freed for key in fault.keys)


class _Anew:
    """The touched shards, spliced and reduced."""

    def __init__(
        self,
        run: Run,
        workspace: Workspace,
        pool: Pool,
        state: State,
        manifest: Manifest,
        keys: set[str],
        before: View,
        now: View,
        generation: int,
    ) -> None:
        self._run, self._workspace, self._pool, self._keys = run, workspace, pool, keys
        self._shards = state.shards
        self.parts: dict[str, ShardCounts] = dict(state.parts)
        files = {(f.graph, f.shard): f for f in manifest.files if _is_of_build(f.graph)}
        by_shard: dict[int, set[str]] = {}
        for key in keys:
            by_shard.setdefault(shuffle.shard_of(key, state.shards), set()).add(key)
        root, base = workspace.root, workspace.base
        with run.stage("map"):
            tasks = [
                splice.SpliceTask(
                    root,
                    base,
                    number,
                    state.shards,
                    frozenset(some),
                    before,
                    now,
                    generation,
                    tuple(
                        (graph, workspace.graph / file.file)
                        for (graph, shard), file in files.items()
                        if shard == f"{number:02x}"
                    ),
                )
                for number, some in sorted(by_shard.items())
            ]
            subjects: set[int] = set()
            results = pool.all(splice.splice, tasks, alone=len(tasks) < _ALONE)
            for done, (task, spliced) in enumerate(zip(tasks, results, strict=True), 1):
                self._replace(files, f"{task.shard:02x}", spliced.files, spliced.counts)
                subjects |= spliced.subjects
                run.progress("map", done, len(tasks))
            reduce_tasks = [reduction.ReduceTask(root, base, number, True) for number in sorted(subjects)]
            parts = pool.all(reduction.reduce_shard, reduce_tasks, alone=len(reduce_tasks) < _ALONE)
            for reduce_task, part in zip(reduce_tasks, parts, strict=True):
                self._replace(files, f"shared-{reduce_task.shard:02x}", part.files, part.counts)
        self.subjects = subjects
        self.touched = sorted(by_shard)
        self.files = list(files.values())

    def _replace(
        self,
        files: dict[tuple[str, str], ShardFile],
        shard: str,
        new: list[ShardFile],
        counts: ShardCounts,
    ) -> None:
        for name in [name for name in files if name[1] == shard]:
            del files[name]
        files.update({(file.graph, file.shard): file for file in new})
        self.parts[shard] = counts

    def concerns(self, owner: str) -> bool:
        """Whether findings on this publication or shared thing were looked for again."""
        return concerned(owner, self._keys, self.subjects, self._shards)

    def _is_small(self) -> bool:
        return checking.engine_for(self.files) == "pyshacl"

    def validate(self) -> list[Owned]:
        """The findings on what was made anew, or on all of main where it is small."""
        workspace, upcoming = self._workspace, splice.next_to(self._workspace)
        noted = upcoming.work / "notes.nt"
        texts = (path.read_text(encoding="utf-8") for path in sorted(upcoming.work.glob("notes/*.nt")))
        noted.parent.mkdir(parents=True, exist_ok=True)
        noted.write_text("".join(texts), encoding="utf-8")
        iris = Iris(workspace.base)
        changed = frozenset(f"<{iris.publication(key)}>" for key in self._keys)
        if self._is_small():
            tasks = checking.check_tasks(workspace, self.files)
        else:
            paths = self._changed()
            shared = (staged(workspace, MAIN, f"shared-{number:02x}") for number in sorted(self.subjects))
            paths += [path for path in shared if path.is_file()]
            tasks = [CheckTask(workspace.root, workspace.base, tuple(paths), "fast")]
        tasks = [task._replace(notes=noted, changed=changed) for task in tasks]
        return whole.check_all(self._run, self._pool, tasks)

    def _changed(self) -> list[Path]:
        folder = splice.next_to(self._workspace).work / "changed"
        return [folder / f"{number:02x}.nt" for number in self.touched]

    def looked_at(self, publications: Iterable[str]) -> set[str]:
        """Those of these publications that what was made anew points to."""
        iris = Iris(self._workspace.base)
        terms = {f"<{iris.publication(key)}>": key for key in publications}
        if not terms:
            return set()
        return {
            terms[term]
            for path in self._changed()
            for term in (line[:-3].rpartition(" ")[2] for line in notes.lines(path))
            if term in terms
        }


def concerned(owner: str, keys: set[str], subjects: set[int], shards: int) -> bool:
    """Whether an owner of findings is one of the publications, or a thing of one of the shards.

    What has a scheme is a shared thing, ours or another's (a MeSH heading); no key has one.
    """
    return owner in keys or ("://" in owner and shuffle.shard_of(f"<{owner}>", shards) in subjects)


def _is_of_build(graph: str) -> bool:
    return graph in (MAIN, "attribution", "identity") or graph.startswith(("source/", "intent/"))
