"""All figures by one command, on real input and on multiples of it.

    python -m benchmarks [--input FOLDER] [--sizes 1 4 16] [--runs 5 3 1] [--only NAME…] [--docs]

FOLDER holds PubMed XML (.xml, .xml.gz). What is measured is kept in OUT, one file a measurement:
an interrupted run goes on where it ended, and `--render` only tells what is there. `--docs` puts
tables and drawings into docs/. Peers that are not installed are said and left out:

    python -m venv peers && peers/bin/pip install -r benchmarks/peers.txt
    python -m benchmarks --peers peers/bin/python
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from benchmarks import charts, reporting
from benchmarks.aggregating import summarised
from benchmarks.figures import FIGURES, Context
from benchmarks.inputs import DEFAULT, Inputs
from benchmarks.keeping import Results, write_json
from benchmarks.measuring import CHECKOUT, machine


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--input", type=Path, default=DEFAULT, metavar="FOLDER", help="PubMed XML")
    made.add_argument("--records", type=int, default=0, help="only the first N of it; 0 for all")
    made.add_argument("--sizes", type=int, nargs="+", default=[1, 4, 16], help="multiples for `scaling`")
    made.add_argument("--runs", type=int, nargs="+", default=[5, 3, 1], help="runs of each size")
    made.add_argument("--store-up-to", type=int, default=16, metavar="SIZE", help="largest size stored")
    made.add_argument("--jobs", type=int, default=2, help="processes in `scaling` and `jobs`")
    made.add_argument("--cut", type=int, default=2_000, help="records for slow peers")
    made.add_argument("--only", nargs="+", choices=FIGURES, default=list(FIGURES), metavar="NAME")
    made.add_argument("--quick", action="store_true", help="1,000 records, sizes 1 and 4, one run")
    made.add_argument("--peers", default=sys.executable, metavar="PYTHON", help="where peers are installed")
    made.add_argument("--extrapolate", type=int, default=1_000_000, metavar="RECORDS")
    made.add_argument("--out", type=Path, default=CHECKOUT / "benchmark-results", metavar="FOLDER")
    made.add_argument("--again", action="store_true", help="forget what was measured before")
    made.add_argument("--render", action="store_true", help="measure nothing; tell what there is")
    made.add_argument("--docs", type=Path, nargs="?", const=CHECKOUT / "docs", metavar="FOLDER")
    return made


def main(arguments: list[str] | None = None) -> int:
    given = parser().parse_args(arguments)
    if given.quick:
        given.records, given.sizes, given.runs, given.cut = 1_000, [1, 4], [1], 300
    work = given.out / "work"
    work.mkdir(parents=True, exist_ok=True)
    inputs = Inputs(given.input, work, given.records)
    results = Results(given.out, inputs.digest, again=given.again)
    # Paths made whole: measured processes run in the checkout.
    context = Context(
        inputs=inputs,
        results=results,
        work=work.resolve(),
        sizes=tuple(sorted(given.sizes)),
        runs=tuple(given.runs),
        store_up_to=given.store_up_to,
        jobs=given.jobs,
        cut=given.cut,
        peers=given.peers,
    )
    try:
        for name in [] if given.render else [n for n in FIGURES if n in given.only]:
            FIGURES[name](context)
    except KeyboardInterrupt:
        print("\nInterrupted. What is measured is kept; the same command goes on.", file=sys.stderr)
        return 130
    shutil.rmtree(work, ignore_errors=True)
    tell(results, given.out, given.extrapolate, given.docs)
    return 0


def tell(results: Results, out: Path, records: int, docs: Path | None) -> None:
    """Print the tables; write them, the drawings and the results to OUT, and to docs if named."""
    found = summarised(results)
    tables = reporting.tables(found, records)
    drawings = charts.drawings(found)
    whole = {"machine": machine(), "figures": found, "measurements": results.all()}
    print("\n" + "\n".join(reporting.text(table) for table in tables))
    pages = "\n".join(f"## {table.title}\n\n{reporting.markdown(table)}" for table in tables)
    (out / "tables.md").write_text(pages, encoding="utf-8")
    folders = [out, *([docs / "figures"] if docs else [])]
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / "results.json", whole)
        for name, svg in drawings.items():
            (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
    if docs:
        page = docs / "performance.md"
        content = page.read_text("utf-8")
        for table in tables:
            content = reporting.filled(content, table.name, reporting.markdown(table))
        told = whole["machine"]
        words = (
            f"{told['processor']}, {told['cores']} cores, {told['memory_gb']} GB, {told['system']}, Python "
            f"{told['python']}; " + ", ".join(f"{n} {v}" for n, v in told["versions"].items()) + ".\n"
        )
        content = reporting.filled(content, "machine", words)
        content = reporting.filled(content, "drawings", charts.links(drawings))
        page.write_text(content, encoding="utf-8")
    print(f"Written to {out}" + (f" and {docs}" if docs else ""))


if __name__ == "__main__":
    raise SystemExit(main())
