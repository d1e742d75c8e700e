"""One run: what it tells of its progress, and how long each stage took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

Progress = Callable[[str, int, int], None]
"""Called with a stage, what is done and what there is to do (0 = not known)."""


class Run:
    """`seconds` by stage; a stage that runs twice adds up."""

    def __init__(self, progress: Progress | None) -> None:
        self.progress = progress or (lambda stage, done, total: None)
        self.started = datetime.now(UTC)
        self.seconds: dict[str, float] = {}
        self._begun = time.perf_counter()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what happens inside as part of the stage."""
        begun = time.perf_counter()
        self.progress(name, 0, 0)
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begun

    def elapsed(self) -> float:
        """Seconds since the run began."""
        return time.perf_counter() - self._begun
