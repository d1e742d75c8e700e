"""Services side by side, each with as many requests at once as it allows; answers in a fixed order.

The threads are daemons that stop at their next record, so a Ctrl-C waits for no time-out. Tasks of
one service begin in their order, only so far ahead that what waits to be taken stays small.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pss_kg.harvest.taking import Batch
from pss_kg.records import Read

AHEAD = 4
"""Tasks of a service that begin before the one that is being taken has ended, beyond its threads."""

WAITING = 256
"""Records of one task that wait to be taken, at most."""

_END = object()
_POLL = 0.2  # seconds; how soon a thread or the walk sees that it is to stop


class _Task:
    """A batch that has begun, and its answers. A queue weighs some kB: there are few at a time."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.answers: queue.Queue[Any] = queue.Queue(WAITING)


class Workers:
    """Threads of a walk. `threads[i]` is how many service i has at most; `ask` is called in them."""

    def __init__(
        self,
        threads: Sequence[int],
        ask: Callable[[Batch], Iterator[Read]],
        stop: Callable[[], bool] | None = None,
    ) -> None:
        self._limits = [max(1, count) for count in threads]
        self._ask = ask
        self._stop = stop
        self._ended = threading.Event()
        self._queues: list[queue.Queue[_Task | None]] = [queue.Queue() for _ in threads]
        self._started = [0] * len(self._limits)

    def answers(self, batches: Sequence[Batch]) -> Iterator[tuple[int, Iterator[Read]]]:
        """The place of each batch with its records, services in turn so that all go forward at one pace.

        The records raise what the service raised. A batch's records must be taken before the next batch.
        """
        places: dict[int, list[int]] = {}
        for place, batch in enumerate(batches):
            places.setdefault(batch.service, []).append(place)
        turns = sorted(
            ((n + 0.5) / len(mine), service, n) for service, mine in places.items() for n in range(len(mine))
        )
        begun: dict[int, deque[_Task]] = {service: deque() for service in places}

        def submit(service: int, n: int) -> None:
            if n < len(places[service]):
                task = _Task(batches[places[service][n]])
                begun[service].append(task)
                self._submit(service, task)

        for service in places:
            for n in range(self._limits[service] + AHEAD):
                submit(service, n)
        for _, service, n in turns:
            yield places[service][n], self._records(begun[service].popleft())
            submit(service, n + self._limits[service] + AHEAD)

    def end(self) -> None:
        """Nothing more is asked. Threads that wait for a reply end when it comes, or with the program."""
        self._ended.set()
        for waiting, started in zip(self._queues, self._started, strict=True):
            for _ in range(started):
                waiting.put(None)

    def _submit(self, service: int, task: _Task) -> None:
        self._queues[service].put(task)
        if self._started[service] < self._limits[service]:
            self._started[service] += 1
            threading.Thread(target=self._work, args=(self._queues[service],), daemon=True).start()

    def _records(self, task: _Task) -> Iterator[Read]:
        while True:
            if self._stop is not None and self._stop():
                raise KeyboardInterrupt
            try:
                answer = task.answers.get(timeout=_POLL)
            except queue.Empty:
                continue
            if answer is _END:
                return
            if isinstance(answer, BaseException):
                raise answer
            yield answer

    def _work(self, tasks: queue.Queue[_Task | None]) -> None:
        while (task := tasks.get()) is not None and not self._ended.is_set():
            last: object = _END
            try:
                for record in self._ask(task.batch):
                    if not self._give(task, record):
                        return
            except BaseException as error:  # told in the thread of the walk, which decides
                last = error
            if not self._give(task, last):
                return

    def _give(self, task: _Task, answer: object) -> bool:
        """Put an answer where the walk takes it. False when the walk has ended."""
        while not self._ended.is_set():
            try:
                task.answers.put(answer, timeout=_POLL)
            except queue.Full:
                continue
            return True
        return False
