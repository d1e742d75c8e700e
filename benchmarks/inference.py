"""Inference by rules against owlrl: the same triples in, the same triples out.

    python benchmarks/inference.py KG [--triples 100000]

KG is a workspace. The first triples of its graph/main are given to both in one run, in this
process; each filters them first by what the allow-list can use. The figure is the ratio of
seconds. With `--rules-only` the rules alone run, over the whole of main.
"""

from __future__ import annotations

import argparse
import time
from importlib.metadata import version
from itertools import chain, islice
from pathlib import Path

from pss_kg.inference import closure, concerned, oracle, rules
from pss_kg.iris import Iris
from pss_kg.stages.inferring import triples
from pss_kg.workspace import Workspace


def by_rules(lines: list[str]) -> set[str]:
    """What the rules conclude."""
    compiled = rules()
    terms = compiled.bodies | compiled.heads
    stated = {line for line in lines if concerned(line, terms)}
    return closure(compiled, stated)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kg", type=Path)
    parser.add_argument("--triples", type=int, default=100_000)
    parser.add_argument("--rules-only", action="store_true")
    given = parser.parse_args()
    workspace = Workspace.open(given.kg)
    iris = Iris(workspace.base)
    stated = chain.from_iterable(triples(path, iris, "main") for path in workspace.shard_paths("main"))
    lines = list(stated if given.rules_only else islice(stated, given.triples))

    begun = time.perf_counter()
    ours = by_rules(lines)
    seconds = time.perf_counter() - begun
    print(f"rules: {len(ours):,} triples from {len(lines):,} in {seconds:.2f} s")
    if given.rules_only:
        return
    begun = time.perf_counter()
    theirs = oracle.closure(lines)
    other = time.perf_counter() - begun
    print(f"owlrl {version('owlrl')}: {len(theirs):,} triples in {other:.2f} s")
    print(f"{'the same triples' if ours == theirs else 'NOT THE SAME TRIPLES'}; ratio {other / seconds:.0f}")


if __name__ == "__main__":
    main()
