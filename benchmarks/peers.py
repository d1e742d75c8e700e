"""One peer's work in one process, timed without its imports and without what is given to it.

    python -m benchmarks.peers NAME INPUT… OUTPUT

Closes with one line of JSON: `cpu` and `wall` in seconds, `count`, `unit` and the peer's `version`.
Imports nothing of pss-kg, so that it runs in a Python where only the peer is installed.
"""

from __future__ import annotations

import gc
import importlib.metadata
import importlib.util
import json
import os
import runpy
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Row = tuple[str, str, tuple[str, str, str, str], str]


class Timer:
    """Processor and wall seconds of what runs inside `running`."""

    cpu = wall = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        before, begun = os.times(), time.perf_counter()
        yield
        after = os.times()
        self.cpu += sum(after[:4]) - sum(before[:4])
        self.wall += time.perf_counter() - begun


def floor(timer: Timer, inputs: list[Path], out: Path) -> tuple[int, str, str]:
    """Gunzip, parse with libxml2, write as many bytes as a graph has: what no way round is.

    `inputs`: XML files, and folders of graph files, which are written again.
    """
    from lxml import etree

    unpacking = importlib.import_module("isal.igzip" if importlib.util.find_spec("isal") else "gzip")
    count = 0
    with timer.running():
        for path in inputs:
            if path.is_dir():
                continue
            with unpacking.open(path) if path.name.endswith(".gz") else path.open("rb") as stream:
                for _, element in etree.iterparse(stream, tag="PubmedArticle"):
                    element.clear()
                    count += 1
    for path in (p for folder in inputs if folder.is_dir() for p in sorted(folder.rglob("*.nq"))):
        content = path.read_bytes()
        with timer.running(), open(out, "ab") as file:
            file.write(content)
    return count, "records", importlib.metadata.version("lxml")


def pubmed_parser(timer: Timer, inputs: list[Path], out: Path) -> tuple[int, str, str]:
    """Parse to dictionaries, references among them."""
    import pubmed_parser as peer

    count = 0
    with timer.running():
        for path in inputs:
            count += sum(1 for _ in peer.parse_medline_xml(str(path), reference_list=True))
    return count, "records", importlib.metadata.version("pubmed_parser")


def plain(folders: list[Path]) -> list[Row]:
    """The quads of graph folders as plain values: what a mapping would start from."""
    import pyoxigraph

    rows: list[Row] = []
    for path in (p for folder in folders for p in sorted(folder.rglob("*.nq"))):
        for quad in pyoxigraph.parse(path=str(path), format=pyoxigraph.RdfFormat.N_QUADS):
            value, graph = quad.object, quad.graph_name.value
            if isinstance(value, pyoxigraph.Literal):
                kind = "" if value.language else value.datatype.value
                term = ("literal", value.value, value.language or "", kind)
            else:
                term = ("iri", value.value, "", "")
            rows.append((quad.subject.value, quad.predicate.value, term, graph))
    return rows


def rdflib(timer: Timer, inputs: list[Path], out: Path) -> tuple[int, str, str]:
    """Plain values to terms, into a Dataset, and out as N-Quads."""
    import rdflib as peer
    from rdflib import Literal, URIRef

    rows = plain(inputs)
    with timer.running():
        dataset: Any = peer.Dataset()
        for subject, predicate, (kind, value, language, datatype), graph in rows:
            if kind == "iri":
                term: Any = URIRef(value)
            elif language:
                term = Literal(value, lang=language)
            else:
                term = Literal(value, datatype=URIRef(datatype))
            dataset.add((URIRef(subject), URIRef(predicate), term, URIRef(graph)))
        dataset.serialize(out, format="nquads")
    return len(rows), "quads", peer.__version__


def pyoxigraph(timer: Timer, inputs: list[Path], out: Path) -> tuple[int, str, str]:
    """Plain values to Quad objects, and out as N-Quads."""
    import pyoxigraph as peer
    from pyoxigraph import Literal, NamedNode, Quad, RdfFormat

    rows = plain(inputs)

    def quads() -> Iterator[Quad]:
        for subject, predicate, (kind, value, language, datatype), graph in rows:
            if kind == "iri":
                term: Any = NamedNode(value)
            elif language:
                term = Literal(value, language=language)
            else:
                term = Literal(value, datatype=NamedNode(datatype))
            yield Quad(NamedNode(subject), NamedNode(predicate), term, NamedNode(graph))

    with timer.running():
        peer.serialize(quads(), str(out), format=RdfFormat.N_QUADS)
    return len(rows), "quads", peer.__version__


def pyoxigraph_load(timer: Timer, inputs: list[Path], out: Path) -> tuple[int, str, str]:
    """Oxigraph's bulk loader as it comes: each file of the graph, one after the other."""
    import pyoxigraph as peer

    files = [p for folder in inputs for p in sorted(folder.rglob("*.nq"))]
    with timer.running():
        store = peer.Store(str(out))
        for path in files:
            store.bulk_load(path=str(path), format=peer.RdfFormat.N_QUADS)
        store.flush()
        count = len(store)
        del store
    return count, "quads", peer.__version__


def morph_kgc(timer: Timer, inputs: list[Path], out: Path) -> tuple[int, str, str]:
    """The tables by RML (`relational.py`) to N-Triples, in one process."""
    import morph_kgc  # noqa: F401

    # A name without an ending would be taken for a folder.
    config, out = out.with_suffix(".ini"), out.with_suffix(".nt")
    config.write_text(
        f"[CONFIGURATION]\noutput_file={out}\noutput_format=N-TRIPLES\nnumber_of_processes=1\n"
        "logging_level=ERROR\n"
        f"[records]\nmappings={inputs[0] / 'mapping.rml.ttl'}\n"
    )
    with timer.running():
        # Its own command line, which writes as it goes; importing it is not counted.
        sys.argv = ["morph_kgc", str(config)]
        runpy.run_module("morph_kgc", run_name="__main__")
    return _lines(out), "triples", importlib.metadata.version("morph-kgc")


def maplib(timer: Timer, inputs: list[Path], out: Path) -> tuple[int, str, str]:
    """The same tables as Parquet by OTTR templates (`relational.py`), to N-Triples."""
    import maplib as peer
    import polars

    from benchmarks.relational import TEMPLATES, frames

    with timer.running():
        model = peer.Model()
        model.add_template(TEMPLATES)
        for name, frame in frames(polars, inputs[0]):
            model.map(name, frame)
        model.write(str(out), format="ntriples")
    return _lines(out), "triples", importlib.metadata.version("maplib")


def _lines(path: Path) -> int:
    with open(path, "rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))


PEERS: dict[str, Callable[[Timer, list[Path], Path], tuple[int, str, str]]] = {
    "floor": floor,
    "pubmed_parser": pubmed_parser,
    "rdflib": rdflib,
    "pyoxigraph": pyoxigraph,
    "pyoxigraph-load": pyoxigraph_load,
    "morph-kgc": morph_kgc,
    "maplib": maplib,
}


def main() -> None:
    name, *paths = sys.argv[1:]
    *inputs, out = map(Path, paths)
    timer = Timer()
    gc.collect()
    count, unit, version = PEERS[name](timer, inputs, out)
    told = {"cpu": timer.cpu, "wall": timer.wall, "count": count, "unit": unit, "version": version}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
