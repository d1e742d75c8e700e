"""The vocabulary lint: every class, property and named individual in use is declared.

    declared.py   what ontology/ declares, and nothing else does
    usage.py      what a graph uses: counted from lines, from any RDF file
    query.py      what a SPARQL query uses
    findings.py   the difference, with the term that was probably meant, in plain words

Three things are looked at: predicates, objects of rdf:type, and other objects in a namespace
of the prefix map (`pro:author`, `datacite:doi`, a CiTO property as a characterization). A
file that declares a term for itself does not make it declared.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import AnyStr

from pss_kg.lint.declared import Declared, Kind
from pss_kg.lint.findings import Undeclared, format_text, undeclared
from pss_kg.lint.query import count_query
from pss_kg.lint.usage import Usage, count_file, count_lines, merge

__all__ = [
    "Declared",
    "Kind",
    "Undeclared",
    "Usage",
    "count_file",
    "count_lines",
    "count_query",
    "format_text",
    "lint_file",
    "lint_lines",
    "lint_query",
    "merge",
    "undeclared",
]


def lint_lines(lines: Iterable[AnyStr], declared: Declared | None = None, name: str = "") -> list[Undeclared]:
    """What lines of N-Triples or N-Quads use and ontology/ does not declare.

    For files as pss-kg writes them, two million lines a second; see `count_lines`. To lint
    files in several processes, count each, `merge` the counts, and call `undeclared` once.
    """
    return undeclared(count_lines(lines, name), declared)


def lint_file(path: Path, declared: Declared | None = None) -> list[Undeclared]:
    """The same for any RDF file, by a parser; see `count_file` for formats and errors."""
    return undeclared(count_file(path), declared)


def lint_query(text: str, declared: Declared | None = None, name: str = "") -> list[Undeclared]:
    """The same for the text of a SPARQL query, in the namespaces of the prefix map only."""
    return undeclared(count_query(text, name), declared)
