"""The pretended services on 127.0.0.1: one port, a path prefix for each, and a second port that
plays another host."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from .asked import LONGEST_URL, Answer, Asked, Refused, Service, Strange
from .crossref import Crossref
from .datacite import DataCite
from .europepmc import EuropePMC
from .faults import TWISTS, FaultPlan
from .idconv import IdConverter
from .log import Entry, Log
from .network import Network
from .openalex import OpenAlex
from .opencitations import OpenCitations
from .pubmed import PubMed
from .semanticscholar import SemanticScholar

JITTER = 0.03
"""Seconds by which requests may come closer together than they were sent."""

PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>Please wait</title></head><body>Down for maintenance.</body></html>"
)


class Services:
    """All services over one network. A context manager; `stop` ends it.

    latency: seconds before each reply. strict: the documented rates are enforced with 429.
    """

    def __init__(
        self,
        network: Network,
        *,
        plan: FaultPlan | None = None,
        latency: float = 0.0,
        strict: bool = False,
        port: int = 0,
    ) -> None:
        made: list[Service] = [PubMed(network), IdConverter(network), EuropePMC(network), Crossref(network)]
        made += [OpenAlex(network), OpenCitations(network), SemanticScholar(network), DataCite(network)]
        self.network, self.latency, self.strict = network, latency, strict
        self.services = {service.name: service for service in made}
        self.plan = plan or FaultPlan(every=0)
        self.log = Log()
        self._lock = threading.Lock()
        self._recent: dict[str, deque[float]] = {name: deque() for name in self.services}
        self._under_way = dict.fromkeys(self.services, 0)
        self.main, self.other = _Server(self, "main", port), _Server(self, "other", 0)
        for server in (self.main, self.other):
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()

    def url(self, name: str, host: str = "main") -> str:
        """The base URL of a service."""
        return f"http://127.0.0.1:{(self.main if host == 'main' else self.other).server_port}/{name}"

    def env(self) -> dict[str, str]:
        """What makes pss-kg ask these servers."""
        return {f"PSS_KG_{name.upper()}_URL": self.url(name) for name in self.services}

    def stop(self) -> None:
        for server in (self.main, self.other):
            server.shutdown()
            server.server_close()

    def __enter__(self) -> Services:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.stop()

    def arrived(self, entry: Entry) -> None:
        """Note a request and how many are under way."""
        with self._lock:
            self._under_way[entry.service] += 1
            entry.at_once = self._under_way[entry.service]
        self.log.add(entry)

    def left(self, entry: Entry) -> None:
        with self._lock:
            self._under_way[entry.service] -= 1

    def too_soon(self, entry: Entry) -> Answer | None:
        """The 429, where the documented rate is exceeded."""
        service = self.services[entry.service]
        kind, name = service.takes_key
        there = dict(entry.params) if kind == "param" else entry.headers
        limit = (
            service.rate_with_key if there.get(name if kind == "param" else name.lower()) else service.rate
        )
        with self._lock:
            recent = self._recent[entry.service]
            while recent and entry.time - recent[0] >= service.window - JITTER:
                recent.popleft()
            recent.append(entry.time)
            if len(recent) <= limit:
                return None
        answer = service.too_many(limit)
        answer.status, answer.headers["Retry-After"] = 429, "1"
        return answer

    def answer(self, entry: Entry, twist: str = "") -> tuple[Answer, bool]:
        """The service's answer, and whether the twist came about."""
        asked = Asked(entry.method, entry.path, entry.params, entry.body, entry.headers, twist)
        try:
            return self.services[entry.service].answer(asked), asked.twisted
        except Refused as refused:
            return refused.answer, False
        except Strange as strange:
            entry.strange = str(strange)
            return Answer(str(strange).encode(), "text/plain", 400), False


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, services: Services, host: str, port: int) -> None:
        self.services, self.host = services, host
        super().__init__(("127.0.0.1", port), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        import sys

        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 60
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        services = self.server.services
        split = urlsplit(self.path)
        name, slash, rest = split.path.removeprefix("/").partition("/")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {key.lower(): value for key, value in self.headers.items()}
        params = parse_qsl(split.query, keep_blank_values=True)
        if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            params += parse_qsl(body.decode(), keep_blank_values=True)
        if name not in services.services:
            self._send(Answer(b"no such service", "text/plain", 404))
            return
        entry = Entry(name, self.command, unquote(slash + rest), params, body, headers, self.server.host)
        services.arrived(entry)
        try:
            self._reply(services, entry)
        finally:
            services.left(entry)

    def _reply(self, services: Services, entry: Entry) -> None:
        if services.latency:
            time.sleep(services.latency)
        if len(self.path) - len(entry.service) - 1 > LONGEST_URL:
            text = b"<html><head><title>414 Request-URI Too Large</title></head></html>"
            return self._send(Answer(text, "text/html", 414), entry)
        if services.strict and entry.host == "main" and (early := services.too_soon(entry)):
            return self._send(early, entry)
        plan = services.plan
        kind = plan.draw(entry.service, entry.request) if entry.host == "main" else ""
        answer, twisted = services.answer(entry, kind if kind in TWISTS else "")
        happened = bool(kind) and answer.status == 200 and (twisted or kind not in TWISTS)
        if kind:
            plan.settle(entry.service, entry.request, kind, happened)
        entry.fault = kind if happened else ""
        if happened and kind not in TWISTS:
            self._go_wrong(services, entry, answer)
        else:
            self._send(answer, entry)

    def _go_wrong(self, services: Services, entry: Entry, answer: Answer) -> None:
        kind, plan, service = entry.fault, services.plan, services.services[entry.service]
        if kind == "429":
            answer = service.too_many(service.rate)
            answer.status, answer.headers["Retry-After"] = 429, str(plan.retry_after)
            self._send(answer, entry)
        elif kind in ("500", "503"):
            self._send(Answer(PAGE, "text/html", int(kind)), entry)
        elif kind == "hang":
            time.sleep(plan.hang)
            self._close()
        elif kind == "cut":
            self._send(answer, entry, part=0.5)
        elif kind == "html":
            self._send(Answer(PAGE, "text/html"), entry)
        elif kind == "empty":
            self._send(Answer(b"", answer.media), entry)
        elif kind == "redirect":
            there = services.url(entry.service, "other") + self.path.removeprefix(f"/{entry.service}")
            status = 302 if entry.method == "GET" else 307
            self._send(Answer(b"", "text/html", status, {"Location": there}), entry)
        elif kind == "bomb":
            self._send(Answer(bomb(), answer.media, 200, {"Content-Encoding": "gzip"}), entry)
        elif kind == "error":
            self._send(service.error_inside(), entry)
        else:
            self._send(answer, entry, slowly=plan.drip)

    def _send(
        self, answer: Answer, entry: Entry | None = None, *, part: float = 1.0, slowly: float = 0.0
    ) -> None:
        body = answer.body
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.media)
        packed = (
            "gzip" in self.headers.get("Accept-Encoding", "") and "Content-Encoding" not in answer.headers
        )
        if packed and len(body) > 500 and part == 1.0:
            body = gzip.compress(body, 1, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        pieces = 20 if slowly else 1
        whole = int(len(body) * part)
        step = -(-whole // pieces) or 1
        for start in range(0, whole, step):
            if slowly:
                self.wfile.flush()
                time.sleep(slowly / pieces)
            self.wfile.write(body[start : min(start + step, whole)])
        if entry:  # before the last bytes leave, for who reads the log right after them
            entry.status = answer.status
            entry.sent = time.time() if part == 1.0 else 0.0
        try:
            self.wfile.flush()
        except ConnectionError:
            if entry:
                entry.sent = 0.0
            raise
        if part < 1.0:
            self._close()

    def _close(self) -> None:
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError as error:
            self.log_error("already closed: %s", error)


def bomb() -> bytes:
    """1 GiB of blanks in 1 MB of gzip: one member of 16 MiB, 64 times."""
    return gzip.compress(b" " * (16 << 20), 9, mtime=0) * 64
