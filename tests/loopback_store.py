"""A SPARQL server on this machine, in this process: real answers from pyoxigraph, faults on request.

/query and /update are SPARQL 1.1, /store is the Graph Store Protocol. `fault` is asked before each
request and may answer in its place.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox

GRAPH_TYPES = {"application/n-triples": ox.RdfFormat.N_TRIPLES}


class Asked(NamedTuple):
    method: str
    path: str
    graph: str
    size: int
    authorization: str


class Answer(NamedTuple):
    """A reply in place of the real one. `cut` sends less than it says; `wait` is slept first."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    cut: bool = False
    wait: float = 0.0


Fault = Callable[[Asked], Answer | None]


class LoopbackStore:
    def __init__(self, server_header: str = "Oxigraph/made-up") -> None:
        self.store = ox.Store()
        self.asked: list[Asked] = []
        self.fault: Fault | None = None
        self.server_header = server_header
        self.url = ""
        self.lock = threading.Lock()

    def count(self, graph: str) -> int:
        return len(list(self.store.quads_for_pattern(None, None, None, ox.NamedNode(graph))))

    def lines(self, graph: str) -> set[str]:
        found = self.store.quads_for_pattern(None, None, None, ox.NamedNode(graph))
        return {f"{q.subject} {q.predicate} {q.object}" for q in found}

    def writes(self) -> list[Asked]:
        """What was asked that changes something."""
        return [a for a in self.asked if a.path == "/update" or a.method in ("PUT", "DELETE")] + [
            a for a in self.asked if a.path == "/store" and a.method == "POST"
        ]

    def answer(self, asked: Asked, query: dict[str, list[str]], body: bytes, kind: str) -> Answer:
        if asked.path == "/query":
            text = parse_qs(body.decode()).get("query", [""])[0]
            results = self.store.query(text)
            if isinstance(results, ox.QueryTriples):
                return Answer(body=results.serialize(format=ox.RdfFormat.N_TRIPLES) or b"")
            form = (
                ox.QueryResultsFormat.JSON
                if isinstance(results, ox.QueryBoolean)
                else ox.QueryResultsFormat.CSV
            )
            return Answer(body=results.serialize(format=form) or b"")
        if asked.path == "/update":
            self.store.update(body.decode())
            return Answer(204)
        if asked.path == "/store":
            graph = ox.NamedNode(asked.graph)
            quads = [
                ox.Quad(q.subject, q.predicate, q.object, graph)
                for q in (ox.parse(body, format=GRAPH_TYPES[kind]) if body else ())
            ]
            if asked.method in ("PUT", "DELETE"):
                self.store.remove_graph(graph)
            self.store.extend(quads)
            return Answer(204)
        return Answer(404, b"no such path")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    loopback: LoopbackStore

    def version_string(self) -> str:
        return self.loopback.server_header

    def _do(self) -> None:
        parts = urlsplit(self.path)
        query = parse_qs(parts.query, keep_blank_values=True)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        graph = query.get("graph", [""])[0]
        asked = Asked(self.command, parts.path, graph, len(body), self.headers.get("Authorization", ""))
        me = self.loopback
        with me.lock:
            me.asked.append(asked)
            answer = me.fault(asked) if me.fault else None
            if answer is None:
                try:
                    kind = self.headers.get("Content-Type", "").partition(";")[0]
                    answer = me.answer(asked, query, body, kind)
                except (SyntaxError, ValueError, KeyError) as error:
                    answer = Answer(400, str(error).encode())
        time.sleep(answer.wait)
        try:
            self.send_response(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body[: len(answer.body) // 2] if answer.cut else answer.body)
        except OSError:
            self.close_connection = True
        if answer.cut:
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_DELETE = _do

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def loopback_store(server_header: str = "Oxigraph/made-up") -> Iterator[LoopbackStore]:
    """The server, running; `url` is where."""
    store = LoopbackStore(server_header)
    handler = type("Handler", (_Handler,), {"loopback": store})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    store.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield store
    finally:
        server.shutdown()
        server.server_close()
