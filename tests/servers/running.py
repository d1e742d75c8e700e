"""Real triplestores for tests, started by scripts/servers and stopped at the end; one at a time."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts" / "servers"


class Server(NamedTuple):
    """One that runs: `url` is what `--url` wants, `folder` holds its data."""

    name: str
    url: str
    port: int
    folder: Path

    def kill(self) -> None:
        """Stop it as a power cut would."""
        _script(self.name, "kill", str(self.folder))

    def start(self) -> None:
        """Start it again, on what it left."""
        _script(self.name, "start", str(self.port), str(self.folder))


def cache() -> Path:
    """Where the servers are; tests install none."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("PSS_KG_SERVERS") or home / "pss-kg" / "servers")


def _script(name: str, *arguments: str) -> str:
    done = subprocess.run(
        [str(SCRIPTS / f"{name}.sh"), *arguments], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _port() -> int:
    # Virtuoso takes the next port too; a hole of two is asked for.
    for _ in range(50):
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            with contextlib.suppress(OSError):
                second.bind(("127.0.0.1", port + 1))
                return port
    raise AssertionError("no two free ports side by side")


@contextlib.contextmanager
def running(name: str, folder: Path) -> Iterator[Server]:
    """The server, started in the folder. Skips where it is not installed."""
    if not (cache() / name).is_dir():
        pytest.skip(f"{name} is not there: scripts/servers/{name}.sh install")
    port = _port()
    try:
        yield Server(name, _script(name, "start", str(port), str(folder)), port, folder)
    finally:
        _script(name, "stop", str(folder))
