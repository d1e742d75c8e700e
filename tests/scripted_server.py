"""A server on this machine that gives scripted replies and remembers what it was asked, and when."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit


class Asked(NamedTuple):
    method: str
    path: str
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    time: float

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.path).query, keep_blank_values=True)


class Say(NamedTuple):
    """An ordinary reply. `length` overrides Content-Length: None = as it is."""

    body: bytes = b'{"ok": true}'
    status: int = 200
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),)
    length: int | None = None


Raw = Callable[[BaseHTTPRequestHandler], None]
"""Writes to the socket whatever it likes; the connection is closed afterwards."""

Script = Callable[[Asked], "Say | Raw"]


class Server:
    def __init__(self, script: Script) -> None:
        self.script = script
        self.asked: list[Asked] = []
        self.at_once = 0
        self.most_at_once = 0
        self.connections: set[int] = set()
        self.over = threading.Event()
        lock = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_GET(self) -> None:
                arrived = time.monotonic()
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(self.command, self.path, headers, body, arrived)
                with lock:
                    server.asked.append(asked)
                    server.connections.add(self.client_address[1])
                    server.at_once += 1
                    server.most_at_once = max(server.most_at_once, server.at_once)
                try:
                    said = server.script(asked)
                    if isinstance(said, Say):
                        self.send_response(said.status)
                        for name, value in said.headers:
                            self.send_header(name, value)
                        length = len(said.body) if said.length is None else said.length
                        self.send_header("Content-Length", str(length))
                        self.end_headers()
                        self.wfile.write(said.body)
                        self.close_connection = said.length is not None
                    else:
                        said(self)
                        self.wfile.flush()
                        self.close_connection = True
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True
                finally:
                    with lock:
                        server.at_once -= 1

            do_POST = do_GET

            def log_message(self, format: str, *args: object) -> None:
                pass

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, request: object, client_address: object) -> None:
                pass

        self._server = Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()


@contextlib.contextmanager
def serving(script: Script) -> Iterator[Server]:
    server = Server(script)
    server.start()
    try:
        yield server
    finally:
        server.close()


def in_turn(*replies: Say | Raw) -> Script:
    """The replies one after the other, the last one for ever."""
    left = list(replies)
    lock = threading.Lock()

    def script(asked: Asked) -> Say | Raw:
        with lock:
            return left.pop(0) if len(left) > 1 else left[0]

    return script
