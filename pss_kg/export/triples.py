"""Triples that a query made, in any of the formats.

They are put into one file first, grouped by subject, and written as the graph is.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

from pss_kg.errors import UsageError
from pss_kg.export.selection import Part, Selection
from pss_kg.export.writing import Written, check_together, write
from pss_kg.iris import Iris
from pss_kg.terms import iri, quoted
from pss_kg.vocabulary import RDF, XSD

_TYPE = f"<{RDF}type>"


def export_triples(
    rows: Iterable[tuple[Any, ...]], base: str, form: str, out: IO[bytes], *, canonical: bool = False
) -> Written:
    """Write rows of subject, predicate, object (pyoxigraph terms). Blank nodes get the names of RDFC-1.0.

    Raises UsageError for a format that holds publications and not triples, or for a triple
    about a triple; GraphError for what the format can't hold.
    """
    check_together(form, Selection(), canonical)
    if form == "json-ld-framed":
        raise UsageError(
            "json-ld-framed is made of publications, not of a query's triples.",
            where="--query",
            todo="Write json-ld.",
        )
    with tempfile.TemporaryDirectory(prefix="pss-kg-") as name:
        path = Path(name) / "triples.nt"
        lines = sorted({_line(*row) for row in _named(rows)}, key=_subject_first)
        path.write_text("".join(lines), encoding="utf-8", newline="\n")
        return write([Part("", path, len(lines))], Iris(base), form, out, Path(name), canonical=canonical)


def _named(rows: Iterable[tuple[Any, ...]]) -> Iterable[tuple[Any, ...]]:
    """The rows with the canonical names of blank nodes, which hang on no run."""
    from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, Quad

    rows = list(rows)
    if not any(isinstance(term, BlankNode) for row in rows for term in row):
        return rows
    dataset = Dataset(Quad(*row) for row in rows)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return [(quad.subject, quad.predicate, quad.object) for quad in dataset]


def _line(subject: Any, predicate: Any, value: Any) -> str:
    return f"{_term(subject)} {_term(predicate)} {_term(value)} .\n"


def _term(term: Any) -> str:
    from pyoxigraph import BlankNode, Literal, NamedNode

    if isinstance(term, NamedNode):
        return iri(term.value)
    if isinstance(term, BlankNode):
        return f"_:{term.value}"
    if isinstance(term, Literal):
        if term.language:
            return f"{quoted(term.value)}@{term.language}"
        plain = term.datatype.value == f"{XSD}string"
        return quoted(term.value) + ("" if plain else f"^^<{term.datatype.value}>")
    raise UsageError(
        "the answer holds a triple about a triple, which these formats can't hold.",
        where="--query",
        todo="Leave << >> out of CONSTRUCT.",
    )


def _subject_first(line: str) -> tuple[str, bool, str]:
    """By subject, its types first."""
    subject, predicate, rest = line.split(" ", 2)
    return subject, predicate != _TYPE, f"{predicate} {rest}"
