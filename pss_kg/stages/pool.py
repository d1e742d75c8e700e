"""Runs a function over tasks, in this process or in several."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from typing import TypeVar

from pss_kg.errors import PssKgError
from pss_kg.stages.memory import give_back

Task = TypeVar("Task")
Result = TypeVar("Result")


def default_jobs() -> int:
    """The processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _begin_worker() -> None:
    """Leave Ctrl-C to the parent, and end with it: an orphan would go on writing."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def _done(function: Callable[[Task], Result], task: Task) -> Result:
    """The task done, and its memory given back: a process lives through several stages."""
    try:
        return function(task)
    finally:
        give_back()


class Pool:
    """Worker processes, started at the first use that gains from them.

    `spawn`, not `fork`: a forked child inherits threads and locks of the libraries in use.
    """

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self._executor: ProcessPoolExecutor | None = None

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=kind is not None)

    def run(
        self, function: Callable[[Task], Result], tasks: Sequence[Task], *, alone: bool = False
    ) -> Iterator[tuple[int, Result | PssKgError]]:
        """(number of the task, result or the error it raised), as they are done.

        `alone` runs everything here: for work that is smaller than a process's start.
        """
        if alone or self.jobs < 2 or len(tasks) < 2:
            for number, task in enumerate(tasks):
                try:
                    yield number, _done(function, task)
                except PssKgError as error:
                    yield number, error
            return
        if self._executor is None:
            context = multiprocessing.get_context("spawn")
            self._executor = ProcessPoolExecutor(self.jobs, mp_context=context, initializer=_begin_worker)
        futures: dict[Future[Result], int] = {
            self._executor.submit(_done, function, task): number for number, task in enumerate(tasks)
        }
        try:
            for future in as_completed(futures):
                # Let go of it: the results of all tasks together may be large.
                number = futures.pop(future)
                try:
                    yield number, future.result()
                except PssKgError as error:
                    yield number, error
        except BrokenProcessPool as error:
            raise PssKgError(
                "a worker process was ended from outside, perhaps for lack of memory.",
                todo="Run the same command again with a smaller --jobs.",
            ) from error

    def all(
        self, function: Callable[[Task], Result], tasks: Sequence[Task], *, alone: bool = False
    ) -> Iterator[Result]:
        """The results in the order of the tasks, for tasks that must all succeed.

        Raises the first error that a task raised.
        """
        waiting: dict[int, Result] = {}
        upcoming = 0
        for number, result in self.run(function, tasks, alone=alone):
            if isinstance(result, PssKgError):
                raise result
            waiting[number] = result
            while upcoming in waiting:
                yield waiting.pop(upcoming)
                upcoming += 1
