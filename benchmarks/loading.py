"""The graph of a workspace into each triplestore: `pss-kg load` beside `curl` on the same path.

    python -m benchmarks.loading WORKSPACE [PRODUCT …] [--rounds N]

scripts/servers starts the servers, one at a time, with an empty folder for each run. `pss-kg load`
sends, counts and compares all graphs; its speed is that of the largest graph, with the marks in
the load record and the count afterwards. curl sends that graph alone, from a file made before the
clock starts; where ours goes by chunks, curl sends chunks, all in one call. Whoever goes first goes
second in the next round. Processor time and peak memory are those of the client's own process.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from pss_kg import plugins
from pss_kg.triplestores.graphs import GraphFiles, graphs_of
from pss_kg.triplestores.product import Endpoint, Product
from pss_kg.workspace import Workspace

SCRIPTS = Path(__file__).parents[1] / "scripts" / "servers"
PORT = "17900"
PATHS = {
    "oxigraph": "/store?no_transaction&graph=",
    "fuseki": "/update",
    "rdf4j": "/rdf-graphs/service?graph=",
    "virtuoso": "/sparql-graph-crud-auth?graph=",
}
_AROUND = {"fuseki": (b"INSERT { GRAPH <%s> {\n", b"} } WHERE {}")}
"""What stands around the lines of a chunk where they go by SPARQL Update."""
USERS = {"virtuoso": ("dba", "dba")}


class Run(NamedTuple):
    """seconds for the largest graph, of the whole process, of its processor time; peak memory in MB."""

    graph: float
    whole: float
    processor: float
    memory: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("workspace", type=Path, metavar="WORKSPACE")
    parser.add_argument("products", nargs="*", metavar="PRODUCT", default=[])
    parser.add_argument("--rounds", type=int, default=1, metavar="N")
    given = parser.parse_args()
    workspace = Workspace.open(given.workspace)
    graphs = graphs_of(workspace)
    largest = max(graphs, key=lambda each: each.quads)
    print(f"{sum(each.quads for each in graphs):,} quads in {len(graphs)} graphs.")
    print(f"{largest.name}: {largest.quads:,} quads, {largest.size / 1e6:,.0f} MB, {given.rounds} rounds.")
    print("product    ours q/s  curl q/s  ratio   ours CPU  curl CPU   our memory   all graphs, proved")
    for number, name in enumerate(given.products or PATHS):
        with tempfile.TemporaryDirectory(prefix="pss-kg-") as folder:
            ours, curl = compared(
                plugins.product(name), workspace, largest, Path(folder), given.rounds, number
            )
        print(_row(name, largest.quads, ours, curl), flush=True)


def compared(
    product: Product, workspace: Workspace, graph: GraphFiles, work: Path, rounds: int, first: int
) -> tuple[list[Run], list[Run]]:
    """The runs of both. An even `first` lets curl begin."""
    pieces = _pieces(product, graph, work)
    ours, theirs = [], []
    for number in range(rounds):
        for own in (False, True) if (first + number) % 2 == 0 else (True, False):
            folder = work / "server"
            url = _script(product.name, "start", PORT, str(folder))
            try:
                if own:
                    ours.append(_ours(product.name, url, workspace, graph, work))
                else:
                    theirs.append(_curl(product.name, url, graph, pieces, work))
                there = product.connect(_endpoint(product.name, url)).count(graph.iri)
                assert there == graph.quads, f"{product.name}: {there:,} are there, not {graph.quads:,}"
            finally:
                _script(product.name, "stop", str(folder))
                shutil.rmtree(folder)
    return ours, theirs


def _pieces(product: Product, graph: GraphFiles, work: Path) -> list[Path]:
    """What curl sends: one file, or chunks as large as ours at first."""
    pieces = []
    for number, block in enumerate(graph.blocks(product.chunk)):
        pieces.append(work / ("whole.nt" if product.fills else f"{number}.nt"))
        with open(pieces[-1], "ab") as file:
            before, after = _AROUND.get(product.name, (b"", b""))
            file.write(before % graph.iri.encode() if before else b"")
            file.write(product.portable(block) + after)
    return sorted(set(pieces))


def _ours(name: str, url: str, workspace: Workspace, graph: GraphFiles, work: Path) -> Run:
    command = [sys.executable, "-m", "pss_kg", "load", "--to", name, "--url", url, "--json"]
    user, password = USERS.get(name, ("", ""))
    secrets = {f"PSS_KG_{name.upper()}_USER": user, f"PSS_KG_{name.upper()}_PASSWORD": password}
    run = _measured([*command, "--kg", str(workspace.root)], work / "said", secrets if user else {})
    said = json.loads((work / "said").read_text())
    (done,) = (each for each in said["graphs"] if each["graph"] == graph.iri)
    return run._replace(graph=done["seconds"])


def _curl(name: str, url: str, graph: GraphFiles, pieces: Sequence[Path], work: Path) -> Run:
    kind = "application/sparql-update" if name in _AROUND else "application/n-triples"
    command = ["curl", "-sS", "-f", "-X", "POST", "-H", f"Content-Type: {kind}"]
    if name in USERS:
        # Virtuoso does not read the body of a request that it refuses first.
        command += ["--digest", "-u", ":".join(USERS[name]), "-H", "Expect:"]
    for piece in pieces:
        # With an Update the graph's name stands in the text.
        command += ["-T", str(piece), url + PATHS[name] + ("" if name in _AROUND else graph.iri)]
    return _measured(command, work / "said", {})


def _measured(command: Sequence[str], output: Path, environment: dict[str, str]) -> Run:
    with open(output, "wb") as out:
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, env={**os.environ, **environment})
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, f"{command[0]} ended with {process.returncode}"
    return Run(seconds, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _endpoint(name: str, url: str) -> Endpoint:
    user, password = USERS.get(name, ("", ""))
    return Endpoint(url, user=user, password=password)


def _script(name: str, *arguments: str) -> str:
    done = subprocess.run(
        [str(SCRIPTS / f"{name}.sh"), *arguments], check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout.strip()


def _row(name: str, quads: int, ours: Sequence[Run], curl: Sequence[Run]) -> str:
    our_seconds, their_seconds = (sum(run.graph for run in runs) / len(runs) for runs in (ours, curl))
    our_cpu, their_cpu = (sum(run.processor for run in runs) / len(runs) for runs in (ours, curl))
    memory, whole = max(run.memory for run in ours), sum(run.whole for run in ours) / len(ours)
    return (
        f"{name:9} {quads / our_seconds:>9,.0f} {quads / their_seconds:>9,.0f} "
        f"{their_seconds / our_seconds:>6.2f} {our_cpu:>8.1f} s {their_cpu:>7.1f} s {memory:>9,.0f} MB "
        f"{whole:>12,.1f} s"
    )


if __name__ == "__main__":
    main()
