"""Runs the SHACL test suites of W3C and writes docs/shacl-conformance.md.

    python scripts/make_conformance.py SUITES

SUITES is a folder with the suites `core` and `sparql` of https://github.com/w3c/data-shapes,
folder data-shapes-test-suite/tests.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from pss_kg.errors import PssKgError
from pss_kg.validation import Engine, Shapes, ntriples
from pss_kg.validation.engines import results
from pss_kg.validation.files import triples
from pss_kg.vocabulary import SH

MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
SHT = "http://www.w3.org/ns/shacl-test#"
ENGINES = ("pyshacl", "fast", "auto")
PAGE = Path(__file__).parents[1] / "docs" / "shacl-conformance.md"

Result = tuple[str, str, str, str, str]
"""Focus node, path, component, value, severity."""


class Test(NamedTuple):
    """One test of a suite. expected: None where validation must fail."""

    suite: str
    name: str
    data: Path
    shapes: Path
    conforms: bool
    expected: frozenset[Result] | None


class _Manifest:
    """A manifest file as triples, terms as they are written."""

    def __init__(self, path: Path) -> None:
        # Relative names in the suites lead to the file itself or to one beside it.
        base = path.absolute().as_uri()
        self.triples = [q.triple for q in ox.parse(path=path, format=ox.RdfFormat.TURTLE, base_iri=base)]
        self.shapes = Shapes(self.triples)

    def one(self, subject: object, predicate: str) -> object:
        several = (t.object for t in self.triples if t.subject == subject and t.predicate.value == predicate)
        return next(several, None)

    def text(self, subject: object, predicate: str) -> str:
        return getattr(self.one(subject, predicate), "value", "")

    def file(self, subject: object, predicate: str) -> Path:
        return Path(self.text(subject, predicate).removeprefix("file://"))

    def results(self, report: object) -> frozenset[Result]:
        members = [
            t.object for t in self.triples if t.subject == report and t.predicate.value == f"{SH}result"
        ]
        return frozenset(
            (
                _term(self.one(each, f"{SH}focusNode")),
                _path(self.shapes, self.one(each, f"{SH}resultPath")),
                self.text(each, f"{SH}sourceConstraintComponent"),
                _term(self.one(each, f"{SH}value")),
                self.text(each, f"{SH}resultSeverity"),
            )
            for each in members
        )


def tests(suites: Path) -> Iterator[Test]:
    """Every sht:Validate under the folder, by path."""
    for path in sorted(suites.rglob("*.ttl")):
        manifest = _Manifest(path)
        for test in [t.subject for t in manifest.triples if str(t.object) == f"<{SHT}Validate>"]:
            action, report = manifest.one(test, f"{MF}action"), manifest.one(test, f"{MF}result")
            yield Test(
                path.relative_to(suites).parts[0],
                path.relative_to(suites).with_suffix("").as_posix(),
                manifest.file(action, f"{SHT}dataGraph"),
                manifest.file(action, f"{SHT}shapesGraph"),
                manifest.text(report, f"{SH}conforms") == "true",
                None if str(report) == f"<{SHT}Failure>" else manifest.results(report),
            )


def _term(node: object) -> str:
    return "" if node is None else _blank(str(node))


def _blank(text: str) -> str:
    """Blank nodes have no name that two parsers would share."""
    return "_:" if text.startswith("_:") else text


def _path(graph: Shapes, node: object) -> str:
    if node is None:
        return ""
    return node.value if isinstance(node, ox.NamedNode) else graph._path(node)


def found(test: Test, engine: str) -> frozenset[Result] | None:
    """What an engine finds; None where it refuses."""
    core: Engine = "fast" if engine == "fast" else "pyshacl"
    try:
        shapes = Shapes(triples(test.shapes), (test.shapes,))
        ran = results(ntriples(test.data).encode(), shapes, core, test.name, sparql_apart=engine != "pyshacl")
    except PssKgError:
        return None
    return frozenset(
        (
            _blank(raw.focus),
            raw.path[1:-1] if raw.path.startswith("<") else shapes.path(raw.shape),
            raw.component,
            _blank(raw.value),
            raw.severity,
        )
        for raw in ran.results
    )


def passes(test: Test, engine: str) -> bool:
    """The very results expected, or the refusal; and the same word on sh:conforms."""
    seen = found(test, engine)
    return seen == test.expected and (seen is None or (not seen) == test.conforms)


def page(suites: Path) -> str:
    """docs/shacl-conformance.md."""
    every = list(tests(suites))
    outcome = {(test.name, engine): passes(test, engine) for test in every for engine in ENGINES}
    lines = [
        "# SHACL conformance",
        "",
        "The test suites of W3C for SHACL Core and SHACL-SPARQL, run with each engine of `validate`. A",
        "test counts as passed where the results are those expected, compared on focus node, path,",
        "component, value and severity, where `sh:conforms` is the one expected, and where shapes that SHACL",
        "does not allow are refused. Equal results count once. `pyshacl` is pyshacl for everything; a test",
        "that it can't run counts as not passed. `auto` is what small graphs get: Core by pyshacl, SPARQL",
        "set at a time.",
        "",
        "    python scripts/make_conformance.py SUITES",
        "",
        "| suite | tests | " + " | ".join(f"`{engine}`" for engine in ENGINES) + " |",
        "|---|---:|" + "---:|" * len(ENGINES),
    ]
    for suite in ("core", "sparql"):
        of_suite = [test for test in every if test.suite == suite]
        sums = [sum(outcome[test.name, engine] for test in of_suite) for engine in ENGINES]
        lines.append(f"| {suite} | {len(of_suite)} | " + " | ".join(map(str, sums)) + " |")
    lines += ["", "| test | " + " | ".join(f"`{e}`" for e in ENGINES) + " |", "|---|" + "---|" * len(ENGINES)]
    for test in every:
        marks = ["yes" if outcome[test.name, engine] else "**no**" for engine in ENGINES]
        lines.append(f"| {test.name} | " + " | ".join(marks) + " |")
    return "\n".join(lines) + "\n"


def main() -> None:
    PAGE.write_text(page(Path(sys.argv[1])), encoding="utf-8")


if __name__ == "__main__":
    main()
