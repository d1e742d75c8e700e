"""From a PubMed .xml.gz to a graph on disk, against pubmed_parser and rdflib.

    pip install pubmed-parser
    python benchmarks/gz_against_pubmed_parser.py FILE.xml.gz

Ours is `build` on one core without validation and store: read, parse, identity, shuffle, map,
write. The peer parses with `pubmed_parser.parse_medline_xml` and makes the same graph with
rdflib: the same quads, as plain values, into a Dataset and out as N-Quads. The time that the
peer would need to work out those quads from pubmed_parser's values is not counted. Take a file
of some thousand records at most: rdflib holds the whole graph in memory.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import pubmed_parser
from map_against_rdflib import plain, theirs

from pss_kg import pipeline

STAGES = ("read", "identity", "shuffle", "map", "publish")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("input")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        summary = pipeline.build([given.input], Path(folder) / "kg", jobs=1, store=False)
        records = sum(counts["read"] for counts in summary.sources.values())
        ours = sum(summary.seconds.get(stage, 0.0) for stage in STAGES)
        begun = time.perf_counter()
        parsed = sum(1 for _ in pubmed_parser.parse_medline_xml(given.input, reference_list=True))
        parsing = time.perf_counter() - begun
        rows = plain(Path(folder) / "kg" / "graph")
        making = theirs(rows, Path(folder) / "peer.nq")
    print(f"pss-kg: {records:,} records, {summary.quads:,} quads in {ours:.1f} s")
    print(
        f"peer:   {parsed:,} records, {len(rows):,} quads in {parsing + making:.1f} s "
        f"(pubmed_parser {parsing:.1f}, rdflib {making:.1f})"
    )
    print(f"ratio {(parsing + making) / ours:.1f}")


if __name__ == "__main__":
    main()
