"""One line of progress on a terminal, rewritten in place; nothing elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

_INTERVAL = 0.1  # seconds between two paintings; a terminal is slower than the record loop


class Progress:
    """Call it with (stage, done, total); a total of 0 means that it is not known."""

    def __init__(self) -> None:
        self._painted = 0.0
        self._stage = ""
        self._shown = False

    @staticmethod
    def wanted() -> bool:
        """Whether stderr is a terminal."""
        return sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __call__(self, stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if stage == self._stage and now - self._painted < _INTERVAL and done != total:
            return
        self._painted, self._stage = now, stage
        figures = f"{done:,} of {total:,}" if total else f"{done:,}"
        sys.stderr.write(f"\r\x1b[2K{stage} {figures}")
        sys.stderr.flush()
        self._shown = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
