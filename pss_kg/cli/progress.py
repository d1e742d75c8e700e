"""One line of progress on a terminal, rewritten in place: what is done, how fast, how long to go."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

_INTERVAL = 0.1  # seconds between two paintings; a terminal is slower than the record loop


class Progress:
    """Call it with (stage, done, total); a total of 0 means that it is not known."""

    def __init__(self) -> None:
        self._painted = self._begun = 0.0
        self._stage = ""
        self._kind = ""
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
        # A stage that says more of where it is, "harvest …, PubMed", is the same stage still.
        kind = stage.partition(" ")[0]
        if kind != self._kind:
            self._kind, self._begun = kind, now
        self._painted, self._stage = now, stage
        figures = f"{done:,} of {total:,}" if total else f"{done:,}"
        figures += pace(done, total, now - self._begun)
        sys.stderr.write(f"\r\x1b[2K{stage} {figures}")
        sys.stderr.flush()
        self._shown = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()


def pace(done: int, total: int, seconds: float) -> str:
    """`, 12 a second, 3 min to go`; "" where it is too early to tell."""
    if not done or seconds < 1:
        return ""
    rate = done / seconds
    told = f", {rate:,.0f} a second" if rate >= 2 else f", {rate * 60:,.0f} a minute"
    if total <= done:
        return told
    left = (total - done) / rate
    return f"{told}, {left / 60:,.0f} min to go" if left >= 100 else f"{told}, {left:,.0f} s to go"
