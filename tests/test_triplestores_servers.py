"""Loading into real servers. Run with `-m server`; a server that is not installed is skipped."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import requests
from published import publish, publish_trig
from servers.relay import relay
from servers.running import SCRIPTS, Server, cache, running

from pss_kg import plugins
from pss_kg.iris import Iris
from pss_kg.querying.binding import bind
from pss_kg.querying.library import library
from pss_kg.resources import folder
from pss_kg.triplestores import loading
from pss_kg.triplestores.contract import ProductContract
from pss_kg.triplestores.graphs import graphs_of
from pss_kg.triplestores.product import Endpoint, StoreError
from pss_kg.triplestores.state import State
from pss_kg.vocabulary import BASE, XSD
from pss_kg.workspace import Workspace

pytestmark = pytest.mark.server
LINES = 30_000
MANY = 120_000
"""So many that a load takes more than one request where it goes by chunks."""


def endpoint_of(server: Server) -> Endpoint:
    if server.name == "virtuoso":
        return Endpoint(server.url, user="dba", password="dba")
    return Endpoint(server.url)


def many(root: Path, word: str = "old", number: int = LINES) -> Workspace:
    """A graph of some megabytes, and a small one."""
    main = [f'<{BASE}thing/{n}> <{BASE}says> "{word} {n} {"text " * 12}"@en' for n in range(number)]
    return publish(root, {"identity": [f"<{BASE}a> <{BASE}b> <{BASE}c>"], "main": main}, shards=4)


def counts(server: Server, workspace: Workspace) -> dict[str, int]:
    connection = plugins.product(server.name).connect(endpoint_of(server))
    return {graph.name: connection.count(graph.iri) for graph in graphs_of(workspace)}


def answer(server: Server, query: str, graph: str, named: list[str]) -> Any:
    """What the server answers, from this graph as the default graph."""
    url = server.url + {"oxigraph": "/query", "fuseki": "/query", "virtuoso": "/sparql"}.get(server.name, "")
    accept = "application/n-triples" if _is_construct(query) else "application/sparql-results+json"
    reply = requests.post(
        url,
        data={"query": query, "default-graph-uri": graph, "named-graph-uri": named},
        headers={"Accept": accept},
        timeout=60,
    )
    assert reply.status_code == 200, reply.text[:500]
    if _is_construct(query):
        return sorted(
            {f"{t.subject} {t.predicate} {t.object}" for t in ox.parse(reply.content, ox.RdfFormat.N_TRIPLES)}
        )
    said = json.loads(reply.content)
    if "boolean" in said:
        return said["boolean"]
    names = said["head"]["vars"]
    return sorted(tuple(_plain(row.get(name)) for name in names) for row in said["results"]["bindings"])


def _is_construct(query: str) -> bool:
    return any(line.startswith(("CONSTRUCT", "DESCRIBE")) for line in query.splitlines())


def _plain(term: dict[str, str] | None) -> str:
    """The text of a term, numbers by value: averages have other digits on each server."""
    if term is None:
        return ""
    text = term["value"]
    if term.get("datatype", "").startswith(XSD):
        try:
            return f"{float(text):.6g}"
        except ValueError:
            return (
                {"1": "true", "0": "false"}.get(text, text) if term["datatype"].endswith("boolean") else text
            )
    return text


def _booleans_as_integers(rows: Any) -> Any:
    if not isinstance(rows, list):
        return rows
    numbers = {"true": "1", "false": "0"}
    return sorted(row if isinstance(row, str) else tuple(numbers.get(c, c) for c in row) for row in rows)


def own_answer(store: ox.Store, query: str, graph: str) -> Any:
    result = store.query(query, default_graph=ox.NamedNode(graph))
    if isinstance(result, ox.QueryBoolean):
        return bool(result)
    if isinstance(result, ox.QueryTriples):
        return sorted({f"{t.subject} {t.predicate} {t.object}" for t in result})
    said = json.loads(result.serialize(format=ox.QueryResultsFormat.JSON) or b"")
    names = said["head"]["vars"]
    return sorted(tuple(_plain(row.get(name)) for name in names) for row in said["results"]["bindings"])


class OnAServer(ProductContract):
    """What holds on each of them. A subclass gives the name."""

    name = ""
    server: Server

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def _running(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
        with running(cls.name, tmp_path_factory.mktemp(cls.name)) as server:
            cls.server = server
            cls.product = plugins.product(cls.name)
            cls.endpoint = endpoint_of(server)
            yield

    def load(self, workspace: Workspace, **options: Any) -> loading.Outcome:
        return loading.load(workspace, self.product, self.endpoint, **options)

    def test_every_query_of_the_library_gives_the_rows_of_our_own_store(self, tmp_path: Path) -> None:
        different = []
        for query in library().values():
            (trig,) = folder("queries").rglob(f"{query.name}.trig")
            workspace = publish_trig(tmp_path / query.name, trig.read_text())
            assert self.load(workspace, sample=0).exit_code == 0
            store, iris = ox.Store(), Iris(BASE)
            graphs = graphs_of(workspace)
            for path in workspace.shard_paths(*{graph.name for graph in graphs}):
                store.bulk_load(path=str(path), format=ox.RdfFormat.N_QUADS)
            text = bind(query, query.test, store, iris)
            graph = iris.graph(query.default_graph)
            ours = own_answer(store, text, graph)
            theirs = answer(self.server, text, graph, [each.iri for each in graphs])
            if self.name == "virtuoso":
                # It has no booleans: those that a query computes are the integers 1 and 0.
                ours = _booleans_as_integers(ours)
                theirs = _booleans_as_integers(theirs)
            if ours != theirs:
                different.append((query.name, ours, theirs))
            self.load(workspace, mode="delete")
        assert not [name for name, _, _ in different]

    def test_a_second_load_sends_nothing_and_a_change_is_sent(self, tmp_path: Path) -> None:
        workspace = many(tmp_path / "one")
        assert self.load(workspace).exit_code == 0
        assert counts(self.server, workspace) == {"identity": 1, "main": LINES}
        assert {done.action for done in self.load(workspace).graphs} == {"unchanged"}
        changed = many(tmp_path / "two", "new")
        outcome = self.load(changed)
        assert outcome.exit_code == 0
        assert {done.name: done.action for done in outcome.graphs}["main"] == "replaced"
        assert counts(self.server, changed) == {"identity": 1, "main": LINES}
        self.load(changed, mode="delete")
        assert counts(self.server, changed) == {"identity": 0, "main": 0}

    @pytest.mark.parametrize("old", [True, False], ids=["replacing", "into nothing"])
    @pytest.mark.parametrize("victim", ["client", "server"])
    def test_a_kill_in_the_middle_is_survived(self, tmp_path: Path, victim: str, old: bool) -> None:
        """`pss-kg load`, a process of its own, or the server gets a SIGKILL in the middle of a request."""
        if old:
            assert self.load(many(tmp_path / "old")).exit_code == 0
        workspace = many(tmp_path / "new", "new", MANY)
        (graph,) = graphs_of(workspace, ["main"])
        with relay(self.server.url, graph.size * 7 // 10) as between:
            process = _started(self.server, between.url, workspace)
            between.then = process.kill if victim == "client" else self.server.kill
            try:
                assert between.broken.wait(60), "the load had ended before the kill"
            finally:
                process.kill()
                process.wait()
        assert process.returncode == -signal.SIGKILL
        if victim == "server":
            self.server.start()
        connection = self.product.connect(self.endpoint)
        # The mark is there, and with transactions the old graph too, or none.
        assert State(connection, Iris(BASE)).graphs[graph.iri].under_way
        if old and self.product.transactions:
            assert connection.count(graph.iri) == LINES
        outcome = self.load(workspace)
        main = next(done for done in outcome.graphs if done.name == "main")
        assert (outcome.exit_code, main.interrupted_before) == (0, True)
        assert counts(self.server, workspace) == {"identity": 1, "main": MANY}
        assert {done.action for done in self.load(workspace).graphs} == {"unchanged"}
        # Every literal can be read: a damaged store may count well and give few of its terms.
        read = '?s ?p ?o FILTER(STRSTARTS(STR(?o), "new "))'
        rows = connection.rows(f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{graph.iri}> {{ {read} }} }}")
        assert rows[1] == [str(MANY)]
        self.load(workspace, mode="delete")


def _started(server: Server, url: str, workspace: Workspace) -> subprocess.Popen[bytes]:
    endpoint = endpoint_of(server)
    name = f"PSS_KG_{server.name.upper()}"
    secrets = {f"{name}_USER": endpoint.user, f"{name}_PASSWORD": endpoint.password} if endpoint.user else {}
    command = [sys.executable, "-m", "pss_kg", "load", "--to", server.name, "--url", url]
    return subprocess.Popen(
        [*command, "--graph", "main", "--kg", str(workspace.root)],
        env={**os.environ, **secrets}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


class TestOxigraph(OnAServer):
    name = "oxigraph"

    def test_a_server_that_is_read_only_is_told(self, tmp_path: Path) -> None:
        workspace = publish(tmp_path / "kg", {"main": [f"<{BASE}a> <{BASE}b> <{BASE}c>"]})
        self.server.kill()
        reader = subprocess.Popen(
            [str(cache() / "oxigraph/bin/oxigraph"), "serve-read-only",
             "--location", str(self.server.folder / "store"), "--bind", f"127.0.0.1:{self.server.port}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            for _ in range(200):
                try:
                    requests.get(self.server.url, timeout=5)
                    break
                except requests.ConnectionError:
                    time.sleep(0.05)
            with pytest.raises(StoreError, match="read-only"):
                self.load(workspace)
        finally:
            reader.kill()
            reader.wait()
            self.server.start()


class TestFuseki(OnAServer):
    name = "fuseki"


class TestRdf4j(OnAServer):
    name = "rdf4j"


class TestVirtuoso(OnAServer):
    name = "virtuoso"

    def stored(self, term: str) -> list[str]:
        graph, subject = f"{BASE}graph/known", f"{BASE}thing"
        connection = self.product.connect(self.endpoint)
        connection.append(graph, f"<{subject}> <{BASE}says> {term} .\n".encode())
        there = [o for _, _, o in connection.describe(graph, [subject])]
        connection.delete(graph)
        return there

    def test_durations_lose_their_text_and_so_are_written_as_strings(self) -> None:
        duration = f'"P1Y2M3D"^^<{XSD}duration>'
        assert self.stored(duration) == [f'"14"^^<{XSD}duration>']
        line = f"<{BASE}a> <{BASE}b> {duration} .\n".encode()
        assert self.product.portable(line) == f'<{BASE}a> <{BASE}b> "P1Y2M3D" .\n'.encode()

    def test_long_iris_are_cut_which_is_known(self) -> None:
        long = f"<{BASE}{'x' * 2000}>"
        (there,) = self.stored(long)
        assert there != long
        assert any(difference.matches(long, there) for difference in self.product.differences)

    def test_years_and_derived_integers_are_kept(self) -> None:
        for term in (f'"1979"^^<{XSD}gYear>', f'"7"^^<{XSD}nonNegativeInteger>', '"😀"@en-gb'):
            assert self.stored(term) == [term]

    def test_its_bulk_files_are_loaded_by_its_own_loader(self, tmp_path: Path) -> None:
        workspace = many(tmp_path / "kg")
        target = self.server.folder / "bulk"
        target.mkdir()
        list(plugins.bulk("virtuoso").write(graphs_of(workspace), target))
        done = subprocess.run(
            [str(SCRIPTS / "virtuoso.sh"), "sql", str(self.server.port), str(target / "load.sql")],
            capture_output=True, text=True, timeout=100,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        assert counts(self.server, workspace) == {"identity": 1, "main": LINES}
        self.load(workspace, mode="delete")


def test_fuseki_writes_the_region_of_a_language_in_capitals() -> None:
    fuseki = plugins.product("fuseki")
    assert any(difference.matches('"a"@en-gb', '"a"@en-GB') for difference in fuseki.differences)
    assert not any(difference.matches('"a"@en-gb', '"b"@en-GB') for difference in fuseki.differences)


def test_tdb2_files_are_loaded_by_jenas_loader(tmp_path: Path) -> None:
    jars = sorted((cache() / "fuseki").glob("*.jar"))
    if not jars:
        pytest.skip("fuseki is not there: scripts/servers/fuseki.sh install")
    workspace = many(tmp_path / "kg")
    target = tmp_path / "bulk"
    target.mkdir()
    list(plugins.bulk("tdb2").write(graphs_of(workspace), target))
    java = ["java", "-Xmx1g", "-cp", str(jars[-1])]
    loader = ["tdb2.tdbloader", "--loader=phased", "--loc", "tdb2", "pss-kg.nq.gz"]
    subprocess.run([*java, *loader], cwd=target, check=True, capture_output=True, timeout=100)
    count = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"
    said = subprocess.run(
        [*java, "tdb2.tdbquery", "--loc", "tdb2", "--results=csv", count],
        cwd=target, check=True, capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    assert said.stdout.split()[1:] == [f"{BASE}graph/identity,1", f"{BASE}graph/main,{LINES}"]


def test_qlever_gets_every_quad_and_says_that_it_is_untested(tmp_path: Path) -> None:
    workspace = many(tmp_path / "kg")
    target = tmp_path / "bulk"
    target.mkdir()
    told = "\n".join(plugins.bulk("qlever").write(graphs_of(workspace), target))
    with gzip.open(target / "pss-kg.nq.gz") as file:
        assert sum(1 for line in file if line.endswith(b"> .\n")) == LINES + 1
    assert "Untested" in told
    json.loads((target / "pss-kg.settings.json").read_text())
