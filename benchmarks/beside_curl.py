"""One graph loaded by pss-kg and by `curl -T` of the same bytes, on the same path, in one run.

    python benchmarks/beside_curl.py KG URL

is the run for an Oxigraph server; `measure` is for other products too. Each load goes into a new
graph, one after the other, and the order changes with each round, since a server slows
down as it fills up.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from pss_kg.triplestores import sending
from pss_kg.triplestores.graphs import graphs_of
from pss_kg.triplestores.product import Connection, Endpoint, Product
from pss_kg.workspace import Workspace


class Measured(NamedTuple):
    """quads; seconds of each round; peak memory of this process in MB, before and after."""

    quads: int
    ours: list[float]
    curl: list[float]
    memory_before: float
    memory_after: float

    @property
    def ratio(self) -> float:
        """Our speed as a share of curl's, over all rounds."""
        return sum(self.curl) / sum(self.ours)

    def __str__(self) -> str:
        sent = len(self.ours) * self.quads
        return (
            f"{self.quads:,} quads, {len(self.ours)} rounds: "
            f"pss-kg {sent / sum(self.ours):,.0f} quads/s, "
            f"curl {sent / sum(self.curl):,.0f} quads/s, ratio {self.ratio:.2f}; "
            f"memory {self.memory_before:.0f} MB, then {self.memory_after:.0f} MB"
        )


def measure(
    workspace: Workspace,
    product: Product,
    endpoint: Endpoint,
    curl: Callable[[str, Path], Sequence[str]],
    *,
    graph: str = "main",
    rounds: int = 2,
    tidy: bool = False,
) -> Measured:
    """Load `graph` as often by pss-kg's way into an empty graph as by curl, and time both.

    tidy: remove what was loaded, at the end
    curl: the command that sends a file of N-Triples into a named graph: (graph IRI, file) -> argv
    """
    (files,) = graphs_of(workspace, (graph,))
    connection = product.connect(endpoint)
    ours, theirs = [], []
    before = _peak()
    with tempfile.TemporaryDirectory(prefix="pss-kg-") as folder:
        plain = Path(folder) / "graph.nt"
        with open(plain, "wb") as out:
            out.writelines(files.blocks())
        made = []
        for number in range(rounds):
            for own in (True, False) if number % 2 == 0 else (False, True):
                # A graph of its own each time: to empty one takes some servers longer than a load.
                into = f"{files.iri}/benchmark/{len(made)}"
                made.append(into)
                begun = time.perf_counter()
                if own:
                    sending.fill(product, connection, files, lambda _: None, into)
                else:
                    subprocess.run(curl(into, plain), check=True, stdout=subprocess.DEVNULL)
                (ours if own else theirs).append(time.perf_counter() - begun)
                _counted(connection, into, files.quads)
    for into in made if tidy else ():
        connection.delete(into)
    return Measured(files.quads, ours, theirs, before, _peak())


def _counted(connection: Connection, graph: str, quads: int) -> None:
    found = connection.count(graph)
    assert found == quads, f"{graph}: {found:,} are there, not {quads:,}"


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def oxigraph_curl(url: str) -> Callable[[str, Path], Sequence[str]]:
    """curl's way into an Oxigraph server, the one that pss-kg takes into an empty graph."""

    def command(graph: str, path: Path) -> Sequence[str]:
        target = f"{url}/store?no_transaction&graph={graph}"
        head = ("curl", "-sSf", "-X", "POST", "-H", "Content-Type: application/n-triples")
        return (*head, "-T", str(path), target)

    return command


if __name__ == "__main__":
    from pss_kg.triplestores.oxigraph import Oxigraph

    kg, url = Workspace.open(Path(sys.argv[1])), sys.argv[2].rstrip("/")
    print(measure(kg, Oxigraph(), Endpoint(url=url), oxigraph_curl(url)))
