"""A load: which graphs are sent, in which way, and the proof that they arrived.

For each graph: look whether it is there already (by the record on the server, and by counting);
mark it, send it, count it, write the record. At the end a sample is read back. An interruption
leaves the mark, so the next load sends that graph again, and all before it are left alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Literal

import msgspec

from pss_kg.errors import UsageError
from pss_kg.iris import Iris
from pss_kg.triplestores import sending
from pss_kg.triplestores.graphs import GraphFiles, graphs_of
from pss_kg.triplestores.product import Connection, Endpoint, Product
from pss_kg.triplestores.proof import Compared, read_back
from pss_kg.triplestores.state import Loaded, State
from pss_kg.workspace import Workspace

Mode = Literal["replace", "append", "delete"]
Progress = Callable[[str, int, int], None]
Action = Literal["unchanged", "sent", "replaced", "appended", "deleted", "absent", "removed"]
PLANNED = {
    "sent": "send",
    "replaced": "replace",
    "appended": "append",
    "deleted": "delete",
    "removed": "remove",
}
SAMPLE = 100


class Done(msgspec.Struct):
    """What became of one graph. `before` and `after` were counted on the server; -1 = not counted."""

    name: str
    graph: str
    action: Action
    quads: int
    before: int
    after: int = -1
    counted_as_sent: bool = True
    interrupted_before: bool = False
    way: str = ""
    requests: int = 0
    refused_as_too_large: int = 0
    seconds: float = 0.0


class Outcome(msgspec.Struct):
    """A load as `--json` prints it."""

    product: str
    version: str
    url: str
    mode: str
    dry_run: bool
    graphs: list[Done]
    sample: Compared
    seconds: float = 0.0

    @property
    def wrong(self) -> list[Done]:
        """The graphs whose count on the server is not what it must be."""
        return [done for done in self.graphs if not done.counted_as_sent]

    @property
    def exit_code(self) -> int:
        """0 if the proof holds, else 3."""
        return 3 if self.wrong or self.sample.unknown else 0


def load(
    workspace: Workspace,
    product: Product,
    endpoint: Endpoint,
    *,
    graphs: Sequence[str] = (),
    mode: Mode = "replace",
    again: bool = False,
    dry_run: bool = False,
    sample: int = SAMPLE,
    progress: Progress | None = None,
) -> Outcome:
    """Put graphs of the workspace into a server, or take them away (`mode` "delete").

    graphs: names as in the manifest; none = all but provenance, and in mode "replace" graphs that
            an earlier load put there and the workspace has no more are removed
    again:  send graphs that are there already, too
    sample: subjects of each graph to read back, 0 = none

    Raises StoreError, UsageError for a graph that is not there, GraphError for damaged files. What
    is there and not as it was sent raises nothing: it stands in the outcome.
    """
    begun = time.perf_counter()
    chosen = graphs_of(workspace, graphs)
    known = workspace.manifest()
    if not known.files:
        raise UsageError(
            "the graph is empty.", where=str(workspace.root), todo="Build one first: pss-kg build INPUT…"
        )
    connection = product.connect(endpoint)
    try:
        state = State(connection, Iris(known.base))
        outcome = Outcome(product.name, connection.version(), endpoint.url, mode, dry_run, [], Compared())
        run = _Run(product, connection, state, dry_run, progress or (lambda *_: None), outcome)
        if mode == "delete":
            names = [graph.iri for graph in chosen]
            if not graphs:
                names += sorted(set(state.graphs) - set(names))
            run.delete(names)
        else:
            run.quads = sum(graph.quads for graph in chosen)
            for graph in chosen:
                run.load(graph, mode, again)
                run.passed += graph.quads
            if mode == "replace" and not graphs:
                there = {Iris(known.base).graph(name) for name in known.graphs()}
                run.delete(sorted(set(state.graphs) - there), "removed")
            if not dry_run:
                run.prove(chosen, sample, more_allowed=mode == "append")
        outcome.seconds = round(time.perf_counter() - begun, 3)
        return outcome
    finally:
        connection.close()


class _Run:
    """One load over one connection."""

    def __init__(
        self,
        product: Product,
        connection: Connection,
        state: State,
        dry_run: bool,
        progress: Progress,
        outcome: Outcome,
    ) -> None:
        self.product, self.connection, self.state = product, connection, state
        self.dry_run, self.progress, self.outcome = dry_run, progress, outcome
        self.quads = self.passed = 0  # of all graphs; of those before this one

    def load(self, graph: GraphFiles, mode: Mode, again: bool) -> None:
        """Send one graph if it is not there as it should be, and count it."""
        before = self.connection.count(graph.iri)
        known = self.state.graphs.get(graph.iri, Loaded())
        done = Done(graph.name, graph.iri, "unchanged", graph.quads, before, before)
        done.interrupted_before = bool(known.under_way)
        self.outcome.graphs.append(done)
        same = known.digest == graph.digest and not known.under_way and known.triples == before
        if same and (known.whole or mode == "append") and not again:
            return
        begun = time.perf_counter()
        # A part of this very graph, from a load into nothing, is no graph that could be lost.
        rest = known.filling and known.under_way == graph.digest and before <= graph.quads
        done.action = "appended" if mode == "append" else "sent" if not before or rest else "replaced"
        done.after = -1
        if self.dry_run:
            return

        def told(quads: int) -> None:
            self.progress(f"load {graph.name}", self.passed + quads, self.quads)

        told(0)
        self.state.begin(graph.iri, graph.digest, filling=done.action == "sent")
        way = {"appended": sending.append, "sent": sending.fill, "replaced": sending.replace}[done.action]
        sent = way(self.product, self.connection, graph, told)
        done.way, done.requests, done.refused_as_too_large = sent.way, sent.requests, sent.refused
        done.after = self.connection.count(graph.iri)
        done.seconds = round(time.perf_counter() - begun, 3)
        if mode == "append":
            # Some may have been there before, so the sum is the most that can be.
            done.counted_as_sent = max(before, graph.quads) <= done.after <= before + graph.quads
        else:
            done.counted_as_sent = done.after == graph.quads
        if done.counted_as_sent:
            # As many as were sent, and none of them missing: then there are no others.
            whole = done.after == graph.quads
            self.state.end(graph.iri, Loaded(graph.digest, done.after, whole))

    def delete(self, graphs: Sequence[str], action: Literal["deleted", "removed"] = "deleted") -> None:
        """Remove graphs, and see that nothing is left of them."""
        head = self.state.iri.removesuffix("load")
        for iri in graphs:
            before = self.connection.count(iri)
            beside = sending.beside_of(iri)
            done = Done(iri.removeprefix(head), iri, action if before else "absent", 0, before, before)
            self.outcome.graphs.append(done)
            if self.dry_run:
                continue
            if before:
                self.progress(f"load {action} {done.name}", 0, 0)
                self.state.begin(iri, "0" * 64, filling=False)
                self.connection.delete(iri)
                done.after = self.connection.count(iri)
                done.counted_as_sent = done.after == 0
            if self.product.transactions and self.connection.count(beside):
                self.connection.delete(beside)
            if done.counted_as_sent:
                self.state.end(iri, None)

    def prove(self, graphs: Sequence[GraphFiles], number: int, *, more_allowed: bool) -> None:
        """Read a sample of each graph back. A graph that is not as sent is sent again by the next load."""
        wrong = {done.graph for done in self.outcome.wrong}
        for position, graph in enumerate(graphs):
            if number <= 0 or graph.iri in wrong:
                continue
            self.progress(f"compare {graph.name}", position, len(graphs))
            found = read_back(
                self.product,
                self.connection,
                graph,
                number,
                self.outcome.sample,
                more_allowed=more_allowed or not self.state.graphs[graph.iri].whole,
            )
            if found:
                self.state.end(graph.iri, None)
