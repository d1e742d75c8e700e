"""Files, configuration and commands for the loaders that products have of their own: `load --bulk DIR`.

For a first load of very much they are faster than HTTP. Every writer makes the data files, what the
loader must be told, and a README with the commands. Nothing here runs a loader; the counts to
compare afterwards stand in the README.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pss_kg.triplestores.graphs import GraphFiles
from pss_kg.triplestores.virtuoso import Virtuoso

_COUNT = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"


def _same(lines: bytes) -> bytes:
    return lines


class QLever:
    """QLever: one N-Quads file and a Qleverfile, for `qlever index`."""

    name = "qlever"
    title = "QLever"

    def write(self, graphs: Sequence[GraphFiles], folder: Path) -> Iterator[str]:
        """See `Bulk.write`."""
        _quads(graphs, folder / "pss-kg.nq.gz")
        # Prefixes of IRIs that are many and rarely shown stay on disk. Literals without language
        # and in English are kept in memory, so that sorting and filtering by them is fast.
        settings = {
            "languages-internal": ["en"],
            "prefixes-external": [""],
            "locale": {"language": "en", "country": "US", "ignore-punctuation": True},
            "ascii-prefixes-only": False,
            "num-triples-per-batch": 1_000_000,
        }
        _text(folder / "pss-kg.settings.json", json.dumps(settings, indent=2) + "\n")
        _text(
            folder / "Qleverfile",
            f"""[data]
NAME = pss-kg
DESCRIPTION = Articles and citations as linked data

[index]
INPUT_FILES = pss-kg.nq.gz
CAT_INPUT_FILES = zcat ${{INPUT_FILES}}
FORMAT = nq
SETTINGS_JSON = {json.dumps(settings)}

[server]
PORT = 7019
HOST_NAME = 127.0.0.1
ACCESS_TOKEN = change-me
MEMORY_FOR_QUERIES = 4G

[runtime]
SYSTEM = native
""",
        )
        commands = ["qlever index", "qlever start", f"qlever query '{_COUNT}'"]
        plain = "zcat pss-kg.nq.gz | qlever-index -i pss-kg -s pss-kg.settings.json -F nq -f -"
        yield from _readme(
            self.title,
            graphs,
            folder,
            commands,
            "Untested: QLever was not there when this was written. Without the program `qlever` the index is "
            f"built by `{plain}` (called IndexBuilderMain in older versions).",
        )


class Tdb2:
    """Jena TDB2, Fuseki's store: one N-Quads file and `tdb2.tdbloader`, with Fuseki stopped."""

    name = "tdb2"
    title = "Apache Jena TDB2"

    def write(self, graphs: Sequence[GraphFiles], folder: Path) -> Iterator[str]:
        """See `Bulk.write`."""
        _quads(graphs, folder / "pss-kg.nq.gz")
        _text(
            folder / "fuseki.ttl",
            """PREFIX fuseki: <http://jena.apache.org/fuseki#>
PREFIX ja: <http://jena.hpl.hp.com/2005/11/Assembler#>
PREFIX tdb2: <http://jena.apache.org/2016/tdb#>

[] a fuseki:Server ; fuseki:services ( <#service> ) .

<#service> a fuseki:Service ;
    fuseki:name "pss-kg" ;
    fuseki:endpoint [ fuseki:operation fuseki:query ; fuseki:name "query" ] ;
    fuseki:endpoint [ fuseki:operation fuseki:update ; fuseki:name "update" ] ;
    fuseki:endpoint [ fuseki:operation fuseki:gsp-rw ; fuseki:name "data" ] ;
    fuseki:dataset <#dataset> .

<#dataset> a tdb2:DatasetTDB2 ;
    tdb2:location "tdb2" ;
    # Queries without GRAPH see all graphs together.
    tdb2:unionDefaultGraph true .
""",
        )
        yield from _readme(
            self.title,
            graphs,
            folder,
            [
                "tdb2.tdbloader --loader=phased --loc tdb2 pss-kg.nq.gz",
                f"tdb2.tdbquery --loc tdb2 '{_COUNT}'",
                "fuseki-server --localhost --config fuseki.ttl",
            ],
            "No Fuseki may have the folder tdb2 open. With a jar in place of the scripts: "
            "`java -cp jena-fuseki-server.jar tdb2.tdbloader …`.",
        )


class VirtuosoFiles:
    """Virtuoso's `ld_dir`: a file for each graph, and a script for isql that says which is which."""

    name = "virtuoso"
    title = "Virtuoso"

    def write(self, graphs: Sequence[GraphFiles], folder: Path) -> Iterator[str]:
        """See `Bulk.write`."""
        portable = Virtuoso().portable
        where = str(folder.resolve()).replace("'", "''")
        drops, files = [], []
        for graph in graphs:
            name = graph.name.replace("/", "-")
            with _compressed(folder / f"{name}.nt.gz") as file:
                for block in graph.blocks():
                    file.write(portable(block))
            # One by one: with a mask of many files, ld_dir takes graph names from files whose own
            # names it derives in another way in each version.
            files.append(f"ld_dir ('{where}', '{name}.nt.gz', '{graph.iri}');")
            drops.append(f"SPARQL DEFINE sql:log-enable 3 CLEAR SILENT GRAPH <{graph.iri}>;")
        _text(
            folder / "load.sql",
            "\n".join(
                [
                    "-- For isql-vt. DirsAllowed in virtuoso.ini must have the folder as it is written here.",
                    *drops,
                    f"DELETE FROM DB.DBA.load_list WHERE ll_file LIKE '{where}/%';",
                    *files,
                    "rdf_loader_run ();",
                    "checkpoint;",
                    f"SELECT ll_file, ll_error FROM DB.DBA.load_list WHERE ll_file LIKE '{where}/%' "
                    "AND (ll_state <> 2 OR ll_error IS NOT NULL);",
                    f"SPARQL {_COUNT};",
                    "",
                ]
            ),
        )
        yield from _readme(
            self.title,
            graphs,
            folder,
            ["isql-vt 127.0.0.1:1111 dba PASSWORD load.sql"],
            f"Put {where} into DirsAllowed of virtuoso.ini first, and start the server anew. The script "
            "lists files that were not loaded, then the counts. Durations are written as plain strings; "
            "see docs/triplestores.md.",
        )


class _Compressed:
    """A gzip file whose bytes depend on its content alone: no name and no time in its head."""

    def __init__(self, path: Path) -> None:
        self._file = open(path, "wb")  # noqa: SIM115 — closed in __exit__
        self._gzip = gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=self._file, mtime=0)

    def __enter__(self) -> gzip.GzipFile:
        return self._gzip

    def __exit__(self, *_: object) -> None:
        self._gzip.close()
        self._file.close()


def _compressed(path: Path) -> _Compressed:
    return _Compressed(path)


def _quads(graphs: Sequence[GraphFiles], path: Path, change: Callable[[bytes], bytes] = _same) -> None:
    with _compressed(path) as file:
        for graph in graphs:
            for block in graph.blocks():
                file.write(change(block).replace(b" .\n", graph.end))


def _readme(
    title: str, graphs: Sequence[GraphFiles], folder: Path, commands: Sequence[str], note: str
) -> Iterator[str]:
    counts = [f"    {graph.iri}  {graph.quads}" for graph in graphs]
    lines = [
        f"# pss-kg for {title}",
        "",
        "In this folder:",
        "",
        *(f"    {command}" for command in commands),
        "",
        note,
        "",
        "The counts must come to:",
        "",
        *counts,
        "",
    ]
    _text(folder / "README.md", "\n".join(lines))
    yield from lines[2:]


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
