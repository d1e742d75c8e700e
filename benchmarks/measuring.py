"""What a command costs: wall time, processor time of its whole process tree, peak memory."""

from __future__ import annotations

import importlib.metadata
import json
import multiprocessing
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent

LIBRARIES = ("isal", "lxml", "msgspec", "pygixml", "pyoxigraph", "rdflib", "shacl", "zstandard")
"""Whose versions stand with the results, where they are installed."""


class DidNotRun(Exception):
    """A command that failed, ran out of time, or is not installed; the text says which."""


def run(command: Sequence[str], *, limit: float | None = None, output: Path | None = None) -> dict[str, Any]:
    """Run a command: `wall` and `cpu` in seconds, `peak` in MB of its largest process, `stdout`.

    Processor time is user and system of the process and of all that it waited for. Raises
    DidNotRun with the last line of its errors.
    """
    env = {name: value for name, value in os.environ.items() if not name.startswith("PSS_KG_")}
    path = [str(CHECKOUT), *filter(None, [env.get("PYTHONPATH")])]
    env["PYTHONPATH"] = os.pathsep.join(path)
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as errors:
        out = open(output, "wb") if output else said  # noqa: SIM115  closed below
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=errors, env=env, cwd=CHECKOUT)
        try:
            status, usage = _wait(process.pid, limit)
        except BaseException:
            process.kill()
            process.wait()
            raise
        finally:
            if output:
                out.close()
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        if process.returncode:
            lines = errors.read().decode("utf-8", "replace").strip().splitlines()
            raise DidNotRun((lines or [f"exit code {process.returncode}"])[-1][:200])
        said.seek(0)
        return {
            "wall": wall,
            "cpu": usage.ru_utime + usage.ru_stime,
            "peak": usage.ru_maxrss / 1024,
            "stdout": said.read().decode(),
        }


def _wait(pid: int, limit: float | None) -> tuple[int, Any]:
    if limit is None:
        _, status, usage = os.wait4(pid, 0)
        return status, usage
    until = time.monotonic() + limit
    while True:
        done, status, usage = os.wait4(pid, os.WNOHANG)
        if done:
            return status, usage
        if time.monotonic() > until:
            raise DidNotRun(f"more than {limit:,.0f} seconds")
        time.sleep(0.05)


def apart(function: Callable[..., object], *arguments: object) -> None:
    """Call a function in a process of its own, for what it leaves on disk.

    What this process holds at a fork counts in the peak memory (`ru_maxrss`) of the command that
    follows, so this process has to stay small. Raises DidNotRun.
    """
    process = multiprocessing.get_context("fork").Process(target=function, args=arguments)
    process.start()
    process.join()
    if process.exitcode:
        raise DidNotRun(f"{function.__name__} ended with {process.exitcode}")


def module(name: str, *arguments: object, python: str = sys.executable) -> list[str]:
    """The command that runs a module of this folder."""
    return [python, "-m", f"benchmarks.{name}", *map(str, arguments)]


def told(command: Sequence[str], *, limit: float | None = None) -> dict[str, Any]:
    """Run a module that closes with one line of JSON; gives that, with `peak` of the process in it.

    Raises DidNotRun.
    """
    done = run(command, limit=limit)
    last: dict[str, Any] = json.loads(done["stdout"].strip().splitlines()[-1])
    return {"peak": done["peak"], **last}


def median(values: Sequence[float]) -> float:
    """The median; 0 of none."""
    return statistics.median(values) if values else 0.0


def machine() -> dict[str, Any]:
    """Where figures come from: cores, memory, Python, libraries."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    versions = {"pss-kg": _ours()}
    for name in LIBRARIES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": _processor(),
        "memory_gb": round(memory, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": versions,
    }


def _ours() -> str:
    from pss_kg import __version__

    return __version__


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        return "not known"
    return "not known"
