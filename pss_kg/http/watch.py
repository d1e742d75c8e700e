"""Cuts connections off that take too long, or when the run is to end.

A time-out of a socket counts from the last byte: a server that sends one byte now and then is
never late. And a thread that waits for a byte can't look at `stop`. So one thread looks after
all sockets that are waited for, and shuts down those whose time is over.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

LOOK = 0.05  # seconds between looks


class Wait:
    """One reply that is waited for; `until` on the monotonic clock. `connected` is called when a
    connection had to be made for it and stands."""

    def __init__(self, until: float, connected: Callable[[], None]) -> None:
        self.until = until
        self.connected = connected
        self.socket: socket.socket | None = None

    @property
    def late(self) -> bool:
        """Whether its time is over."""
        return time.monotonic() >= self.until


_mine = threading.local()


class _Noted(HTTPConnection):
    """Tells the waiting thread's Wait which socket it is about to wait for."""

    def connect(self) -> None:
        super().connect()
        wait: Wait | None = getattr(_mine, "wait", None)
        if wait is not None:
            wait.connected()

    def request(self, *args: Any, **kwargs: Any) -> None:
        super().request(*args, **kwargs)
        wait: Wait | None = getattr(_mine, "wait", None)
        if wait is not None:
            wait.socket = self.sock


class _NotedSecure(_Noted, HTTPSConnection):
    """The same over TLS."""


class WatchedAdapter(HTTPAdapter):
    """An adapter of requests whose connections can be watched. It makes no retries of its own."""

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """As requests does, straight or through a proxy, with our classes of connections."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = _NotedSecure if pool.scheme == "https" else _Noted
        return pool


class Watch:
    """The thread that looks after sockets. `close` ends it."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._closed = threading.Event()
        self._waits: set[Wait] = set()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def over(self, seconds: float, connected: Callable[[], None]) -> Iterator[Wait]:
        """Watch what this thread asks for inside the block; it has so many seconds."""
        wait = Wait(time.monotonic() + seconds, connected)
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._look, name="http-watch", daemon=True)
                self._thread.start()
            self._waits.add(wait)
        _mine.wait = wait
        try:
            yield wait
        finally:
            _mine.wait = None
            with self._lock:
                self._waits.discard(wait)

    def close(self) -> None:
        """End the thread."""
        self._closed.set()
        if self._thread is not None:
            self._thread.join()

    def _look(self) -> None:
        while not self._closed.wait(LOOK):
            with self._lock:
                late = [w for w in self._waits if w.socket and (w.late or self._stop.is_set())]
                # Under the lock: afterwards the socket may wait for another thread's reply.
                for wait in late:
                    assert wait.socket is not None
                    # Of the plain socket, also under TLS: the waiting thread then reads the end.
                    with contextlib.suppress(OSError):  # closed meanwhile
                        socket.socket.shutdown(wait.socket, socket.SHUT_RDWR)
                    wait.socket = None
