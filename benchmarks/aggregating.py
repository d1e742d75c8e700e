"""Medians over the runs of a measurement, and what is worked out from several of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.keeping import Measured, Results
from benchmarks.measuring import median
from benchmarks.stages import GRAPH

ORDER = ("read", "identity", "shuffle", "map", "publish", "validate", "store")
"""The stages of a build as they are told."""


def of_builds(runs: Sequence[Measured]) -> Measured | None:
    """The medians of several builds of the same input; None of none. `runs` says how many."""
    if not runs:
        return None
    names = [name for name in ORDER if name in runs[0]["stages"]]
    stages = {
        name: {kind: median([run["stages"][name][kind] for run in runs]) for kind in ("cpu", "wall")}
        | {kind: max(run["stages"][name][kind] for run in runs) for kind in ("main_peak", "worker_peak")}
        for name in names
    }
    # A sum's median is that of the sums, not the sum of medians.
    groups = {"graph": [n for n in names if n in GRAPH], "all": names}
    groups["no_store"] = [n for n in names if n != "store"]
    sums = {
        group: {
            kind: median([sum(run["stages"][n][kind] for n in members) for run in runs])
            for kind in ("cpu", "wall")
        }
        for group, members in groups.items()
    }
    kept = {key: runs[0][key] for key in ("records", "quads", "bytes", "jobs")}
    return {**kept, "stages": stages, **sums, "runs": len(runs)}


def summarised(results: Results) -> dict[str, Any]:
    """Everything that the tables and drawings tell, from the measurements that are there."""
    found: dict[str, Any] = {
        "stages": of_builds(results.named("stages-run")),
        "cut": of_builds(results.named("cut-ours-run")),
        "floor": _simple(results.named("floor-run")),
        "scaling": {},
        "jobs": {},
        "peers": {},
    }
    for name in ("export", "infer"):
        found[name] = _simple(results.named(f"stages-{name}"))
    sizes = {n.split("-")[1] for n in results.all() if n.startswith("scaling-")}
    for size in sorted(sizes):
        done = of_builds(results.named(f"scaling-{size}-run"))
        if done:
            found["scaling"][int(size.rstrip("x"))] = done
    for name, measured in results.all().items():
        if name.startswith("jobs-") and "failed" not in measured:
            count = name.split("-")[1]
            found["jobs"][int(count)] = of_builds(results.named(f"jobs-{count}-run"))
        elif name.startswith("peer-"):
            found["peers"][name.removeprefix("peer-")] = measured
    found["validation"] = results.get("validation")
    return found


def _simple(runs: Sequence[Measured]) -> Measured | None:
    if not runs:
        return None
    kinds = {kind: median([run[kind] for run in runs]) for kind in ("cpu", "wall", "peak")}
    return {**runs[0], **kinds, "runs": len(runs)}
