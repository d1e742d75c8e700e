"""Quads a second into each triplestore, ours beside curl with the same data on the same path.

    python benchmarks/loading.py WORKSPACE [PRODUCT …]

The servers are started by scripts/servers, one at a time, each with an empty folder for each run.
curl sends a file made before the clock starts; where ours goes by chunks, curl sends the same chunks.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pss_kg import plugins
from pss_kg.triplestores import sending
from pss_kg.triplestores.graphs import graphs_of
from pss_kg.triplestores.product import Endpoint
from pss_kg.workspace import Workspace

SCRIPTS = Path(__file__).parents[1] / "scripts" / "servers"
PORT = "17900"
PATHS = {
    "oxigraph": "/store?no_transaction&graph=",
    "fuseki": "/data?graph=",
    "rdf4j": "/rdf-graphs/service?graph=",
    "virtuoso": "/sparql-graph-crud-auth?graph=",
}


def script(name: str, *arguments: str) -> str:
    return subprocess.run(
        [str(SCRIPTS / f"{name}.sh"), *arguments], check=True, stdout=subprocess.PIPE, text=True
    ).stdout.strip()


def curl(url: str, file: Path, digest: bool) -> None:
    command = [
        "curl",
        "-sS",
        "-f",
        "-X",
        "POST",
        "-T",
        str(file),
        "-H",
        "Content-Type: application/n-triples",
    ]
    if digest:
        # Virtuoso does not read the body of a request that it refuses first.
        command += ["--digest", "-u", "dba:dba", "-H", "Expect:"]
    subprocess.run([*command, url], check=True, stdout=subprocess.DEVNULL)


def main() -> None:
    workspace = Workspace.open(Path(sys.argv[1]))
    graph = max(graphs_of(workspace), key=lambda each: each.quads)
    work = Path(tempfile.mkdtemp(prefix="pss-kg-loading-"))
    print(f"{graph.quads:,} quads, {graph.size / 1e6:,.0f} MB", file=sys.stderr)
    print("product   ours q/s   curl q/s   ratio   our memory")
    for name in sys.argv[2:] or PATHS:
        product = plugins.product(name)
        pieces = []
        if product.fills:
            pieces = [work / "whole.nt"]
            with open(pieces[0], "wb") as file:
                file.writelines(graph.blocks())
        else:
            for number, block in enumerate(graph.blocks(product.chunk)):
                pieces.append(work / f"{number}.nt")
                pieces[-1].write_bytes(product.portable(block))
        seconds = {}
        for who in ("curl", "ours"):
            folder = work / f"{name}-{who}"
            url = script(name, "start", PORT, str(folder))
            try:
                user = {"user": "dba", "password": "dba"} if name == "virtuoso" else {}
                connection = product.connect(Endpoint(url, **user))
                start = time.perf_counter()
                if who == "curl":
                    for piece in pieces:
                        curl(url + PATHS[name] + graph.iri, piece, name == "virtuoso")
                else:
                    sending.fill(product, connection, graph, lambda _: None)
                seconds[who] = time.perf_counter() - start
                there = connection.count(graph.iri)
                assert there == graph.quads, (name, who, there)
            finally:
                script(name, "stop", str(folder))
                shutil.rmtree(folder)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        ours, theirs = (graph.quads / seconds[who] for who in ("ours", "curl"))
        print(f"{name:9} {ours:>8,.0f} {theirs:>10,.0f} {ours / theirs:>7.2f} {memory:>8,.0f} MB", flush=True)
        for piece in pieces:
            piece.unlink()
    shutil.rmtree(work)


if __name__ == "__main__":
    main()
