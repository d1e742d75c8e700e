"""`load` into a real Oxigraph server: the contract, kills in the middle of client and server."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from published import publish

from pss_kg.triplestores.contract import ProductContract
from pss_kg.triplestores.loading import load
from pss_kg.triplestores.oxigraph import Oxigraph
from pss_kg.triplestores.product import Endpoint, StoreError
from pss_kg.vocabulary import BASE
from pss_kg.workspace import Workspace

pytestmark = pytest.mark.server


def program() -> str:
    beside = Path(sys.executable).with_name("oxigraph")
    found = str(beside) if beside.is_file() else shutil.which("oxigraph")
    if not found:
        pytest.skip("the program oxigraph is not installed (pip install 'pss-kg[servers]')")
    return found


class Server:
    """An Oxigraph server on a port of its own, which can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.running = subprocess.Popen(
            [program(), "serve", "--location", str(self.folder), "--bind", f"127.0.0.1:{self.port}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.wait()

    def wait(self) -> None:
        for _ in range(200):
            try:
                requests.post(f"{self.url}/query", data={"query": "ASK {}"}, timeout=5)
                return
            except requests.ConnectionError:
                time.sleep(0.05)
        raise AssertionError("the server does not start")

    def kill(self) -> None:
        self.running.kill()
        self.running.wait()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    found = Server(tmp_path / "store")
    found.start()
    yield found
    found.kill()


class TestOxigraph(ProductContract):
    product = Oxigraph()

    @pytest.fixture(autouse=True)
    def _server(self, server: Server) -> None:
        self.endpoint = Endpoint(url=server.url)


def lines(number: int, word: str) -> list[str]:
    p = "<http://purl.org/dc/terms/title>"
    return [f'<{BASE}publication/pmid-{n}> {p} "{word} {n}"@en' for n in range(number)]


def load_in_background(kg: Workspace, url: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "pss_kg", "load", "--to", "oxigraph", "--url", url, "--kg", str(kg.root)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ)


@pytest.mark.parametrize("old", [True, False], ids=["replacing", "into nothing"])
@pytest.mark.parametrize("victim", ["client", "server"])
def test_a_kill_in_the_middle_is_survived(server: Server, tmp_path: Path, victim: str, old: bool) -> None:
    before = lines(1000, "old")
    if old:
        load(publish(tmp_path / "old", {"main": before}), Oxigraph(), Endpoint(url=server.url))
    kg = publish(tmp_path / "kg", {"main": lines(120_000, "new")}, shards=4)
    running = load_in_background(kg, server.url)
    # Until it has begun, as the record on the server says; then a little into it.
    connection = Oxigraph().connect(Endpoint(url=server.url))
    mark = f"<{BASE}graph/load>"
    for _ in range(400):
        query = f"ASK {{ GRAPH {mark} {{ ?g <http://purl.org/dc/terms/description> ?d }} }}"
        asked = requests.post(f"{server.url}/query", data={"query": query}, timeout=20)
        if "true" in asked.text:
            break
        time.sleep(0.01)
    time.sleep(0.15)
    if victim == "client":
        running.send_signal(signal.SIGKILL)
        running.wait()
    else:
        server.kill()
        time.sleep(0.2)
        server.start()
        running.wait()  # it may have gone on by itself
    if old:
        time.sleep(0.5)
        assert connection.count(f"{BASE}graph/main") in (1000, 120_000)
    outcome = load(kg, Oxigraph(), Endpoint(url=server.url))
    assert outcome.exit_code == 0
    assert outcome.graphs[0].after == 120_000
    again = load(kg, Oxigraph(), Endpoint(url=server.url))
    assert again.graphs[0].action == "unchanged"


def test_a_server_that_is_read_only_is_told(server: Server, tmp_path: Path) -> None:
    server.kill()
    reader = subprocess.Popen(
        [
            program(),
            "serve-read-only",
            "--location",
            str(server.folder),
            "--bind",
            f"127.0.0.1:{server.port}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        server.wait()
        kg = publish(tmp_path / "kg", {"main": lines(10, "x")})
        with pytest.raises(StoreError, match="read-only"):
            load(kg, Oxigraph(), Endpoint(url=server.url))
    finally:
        reader.kill()
        reader.wait()
        server.start()
