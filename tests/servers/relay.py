"""A relay before a server on loopback, which does something when so many bytes have gone over, and then
lets every connection break. So a kill comes in the middle of a request, and not by luck."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit, urlunsplit


class Relay:
    """Passes bytes on; after `limit` of them from the client it calls `then` and closes everything."""

    def __init__(self, url: str, limit: int) -> None:
        parts = urlsplit(url)
        self._server = (parts.hostname or "", parts.port or 0)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = urlunsplit(parts._replace(netloc=f"127.0.0.1:{self._listener.getsockname()[1]}"))
        self._left = limit
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self.then: Callable[[], None] = lambda: None
        self.broken = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while not self.broken.is_set():
                client, _ = self._listener.accept()
                try:
                    server = socket.create_connection(self._server)
                except OSError:
                    client.close()
                    continue
                self._open += [client, server]
                for start, end, counted in ((client, server, True), (server, client, False)):
                    threading.Thread(target=self._pass_on, args=(start, end, counted), daemon=True).start()

    def _pass_on(self, start: socket.socket, end: socket.socket, counted: bool) -> None:
        with contextlib.suppress(OSError):
            while data := start.recv(1 << 16):
                if counted:
                    with self._lock:
                        data = data[: self._left]
                        self._left -= len(data)
                        last = self._left == 0
                end.sendall(data)
                if counted and last:
                    self._break()
                    return
        for each in (start, end):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _break(self) -> None:
        if not self.broken.is_set():
            self.then()
            self.close()
            self.broken.set()

    def close(self) -> None:
        """End every connection, and take no more."""
        for each in [self._listener, *self._open]:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


@contextlib.contextmanager
def relay(url: str, limit: int) -> Iterator[Relay]:
    """A relay before this address, for as long as the block lasts."""
    made = Relay(url, limit)
    try:
        yield made
    finally:
        made.close()
