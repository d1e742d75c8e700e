"""A query's answer, and how it is written: a table for people, CSV and JSON for programs.

CSV is by SPARQL 1.1 Query Results CSV, JSON by SPARQL 1.1 Query Results JSON. Triples (CONSTRUCT,
DESCRIBE) are written as rows of subject, predicate, object.
"""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from pss_kg.vocabulary import BASE, XSD, compact

if TYPE_CHECKING:
    from pyoxigraph import BlankNode, NamedNode, Triple
    from pyoxigraph import Literal as RdfLiteral

    Term = NamedNode | BlankNode | RdfLiteral | Triple

_NUMBERS = tuple(f"{XSD}{name}" for name in ("integer", "decimal", "double", "nonNegativeInteger", "float"))
_MINIMUM = 8
"""No column is made narrower than this to fit a terminal."""


class Result(msgspec.Struct, frozen=True):
    """kind select: columns and rows; ask: boolean; graph: rows of subject, predicate, object."""

    kind: Literal["select", "ask", "graph"]
    columns: tuple[str, ...] = ()
    rows: list[tuple[Any, ...]] = []  # pyoxigraph terms, None = unbound
    boolean: bool = False


def to_table(result: Result, width: int | None = None, base: str = BASE) -> str:
    """The answer for people. Publications stand as their key, known vocabularies with their prefix.

    width: columns of the terminal, to which long cells are cut with `…`; None cuts nothing.
    """
    if result.kind == "ask":
        return "yes\n" if result.boolean else "no\n"
    cells = [[_shown(term, base) for term in row] for row in result.rows]
    right = [
        bool(result.rows) and all(_is_number(row[n]) for row in result.rows if row[n] is not None)
        for n in range(len(result.columns))
    ]
    widths = [
        max([_width(name), *(_width(row[n]) for row in cells)]) for n, name in enumerate(result.columns)
    ]
    if width is not None:
        widths = _fitted(widths, width)
    lines = [_line(list(result.columns), widths, right), "  ".join("─" * w for w in widths)]
    lines += [_line(row, widths, right) for row in cells]
    return "\n".join(lines) + "\n"


def _shown(term: Term | None, base: str) -> str:
    if term is None:
        return ""
    value = getattr(term, "value", None)
    if value is None:
        return str(term)
    if hasattr(term, "datatype"):
        return " ".join("".join(c if c.isprintable() else " " for c in str(value)).split())
    text = str(value)
    for kind in ("publication/", ""):
        if text.startswith(base + kind) and not text.startswith(f"{base}ontology/"):
            return text[len(base + kind) :]
    return compact(text)


def _is_number(term: Term) -> bool:
    datatype = getattr(term, "datatype", None)
    return datatype is not None and datatype.value in _NUMBERS


def _width(text: str) -> int:
    """Columns that a terminal gives the text."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def _fitted(widths: list[int], total: int) -> list[int]:
    """Take from the widest columns until the line fits."""
    widths = list(widths)
    excess = sum(widths) + 2 * (len(widths) - 1) - total
    while excess > 0 and max(widths) > _MINIMUM:
        widths[widths.index(max(widths))] -= 1
        excess -= 1
    return widths


def _line(cells: list[str], widths: list[int], right: list[bool]) -> str:
    parts = []
    for cell, width, to_right in zip(cells, widths, right, strict=True):
        if _width(cell) > width:
            cell = _cut(cell, width - 1) + "…"
        blank = " " * (width - _width(cell))
        parts.append(blank + cell if to_right else cell + blank)
    return "  ".join(parts).rstrip()


def _cut(text: str, width: int) -> str:
    """The beginning of the text that fits into `width` columns."""
    used = 0
    for n, character in enumerate(text):
        used += _width(character)
        if used > width:
            return text[:n].rstrip()
    return text


def to_csv(result: Result) -> str:
    """SPARQL 1.1 CSV: values without their types, CRLF, quotes where RFC 4180 needs them."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    if result.kind == "ask":
        # The specification has no CSV for ASK; one column is the least surprising.
        writer.writerows([["boolean"], ["true" if result.boolean else "false"]])
        return out.getvalue()
    writer.writerow(result.columns)
    for row in result.rows:
        writer.writerow([_csv_value(term) for term in row])
    return out.getvalue()


def _csv_value(term: Term | None) -> str:
    if term is None:
        return ""
    value = getattr(term, "value", None)
    if value is None:
        return str(term)
    is_blank = not hasattr(term, "datatype") and str(term).startswith("_:")
    return f"_:{value}" if is_blank else str(value)


def to_json(result: Result) -> str:
    """SPARQL 1.1 JSON, one binding a line."""
    if result.kind == "ask":
        return json.dumps({"head": {}, "boolean": result.boolean}) + "\n"
    head = json.dumps({"vars": list(result.columns)}, ensure_ascii=False)
    rows = ",\n".join(
        json.dumps(
            {
                name: _json_term(term)
                for name, term in zip(result.columns, row, strict=True)
                if term is not None
            },
            ensure_ascii=False,
        )
        for row in result.rows
    )
    return f'{{"head": {head}, "results": {{"bindings": [\n{rows}\n]}}}}\n'


def _json_term(term: Any) -> dict[str, Any]:
    if hasattr(term, "subject"):
        parts = {name: _json_term(getattr(term, name)) for name in ("subject", "predicate", "object")}
        return {"type": "triple", "value": parts}
    if not hasattr(term, "datatype"):
        kind = "bnode" if str(term).startswith("_:") else "uri"
        return {"type": kind, "value": term.value}
    said: dict[str, Any] = {"type": "literal", "value": term.value}
    if term.language:
        said["xml:lang"] = term.language
    elif term.datatype.value != f"{XSD}string":
        said["datatype"] = term.datatype.value
    return said
