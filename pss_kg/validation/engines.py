"""Runs a shapes graph over a data graph with one of two engines and gives the same findings.

pyshacl is the reference; the `shacl` package is fast and gets SHACL Core only, because what it
makes of sh:sparql can't be trusted. What a run leaves out is said on its outcome.
"""

from __future__ import annotations

from pathlib import Path

from pss_kg.errors import BadParameter, GraphError
from pss_kg.validation.files import ntriples
from pss_kg.validation.findings import Engine, Finding, Outcome, Severity, merged
from pss_kg.validation.results import Raw
from pss_kg.validation.shapes import Shapes
from pss_kg.vocabulary import SH

ENGINES = ("auto", "pyshacl", "fast")
PYSHACL_BELOW = 20_000
"""With engine "auto" a data graph of fewer triples goes to pyshacl."""

_SEVERITY: dict[str, Severity] = {
    f"{SH}Violation": "violation",
    f"{SH}Warning": "warning",
    f"{SH}Info": "info",
}

# For shapes without sh:message; the engines' own words differ.
_WORDS = {
    "MinCount": "A value is missing.",
    "MaxCount": "There are too many values.",
    "Datatype": "The value is not of the right data type.",
    "Class": "The thing it points to is not of the right class.",
    "NodeKind": "The value is not of the right kind (IRI, literal or blank node).",
    "Pattern": "The value is not written as it should be.",
    "In": "The value is not one of those allowed.",
    "HasValue": "A value that must be there is missing.",
    "Closed": "This property does not belong here.",
    "UniqueLang": "Two values have the same language.",
    "LanguageIn": "The language is not one of those allowed.",
    "MinLength": "The value is too short.",
    "MaxLength": "The value is too long.",
    "MinInclusive": "The value is too small.",
    "MinExclusive": "The value is too small.",
    "MaxInclusive": "The value is too large.",
    "MaxExclusive": "The value is too large.",
    "LessThan": "The value should be smaller than another one.",
    "LessThanOrEquals": "The value should not be larger than another one.",
    "Equals": "Two values that should be equal differ.",
    "Disjoint": "Two values that should differ are equal.",
    "Node": "The thing it points to is not as it should be.",
}
_BY_ENGINE = (f"{SH}SPARQLConstraintComponent",)


def validate(
    data: bytes | str,
    shapes: Shapes,
    engine: str = "auto",
    extra: str = "",
    *,
    where: str = "data graph",
) -> Outcome:
    """Validate a data graph, given as N-Triples.

    extra: N-Triples that the shapes may look at but that are not validated: the types of things
    described elsewhere and sub-class axioms. A node that is a subject of `extra` only is no
    focus node.
    engine: "pyshacl", "fast", or "auto": pyshacl below 20,000 triples or where the shapes go
    beyond SHACL Core, else fast.
    where: what an error calls the data

    Raises BadParameter for an unknown engine, GraphError where data or shapes can't be used.
    """
    if engine not in ENGINES:
        raise BadParameter(f"{engine!r} is no engine.", where="--engine", todo=f"Use {', '.join(ENGINES)}.")
    text = _decoded(data, where)
    chosen = _chosen(engine, text, shapes)
    whole = text + ("" if text.endswith("\n") or not text else "\n") + extra
    raw: list[Raw]
    if chosen == "fast":
        from pss_kg.validation import fast

        raw = fast.run(whole, shapes.compiled, where)
    else:
        from pss_kg.validation import reference

        raw = reference.run(whole, shapes.graph, where)
    if extra:
        raw = _of_data(raw, text, extra)
    left_out = _left_out(chosen, shapes)
    return Outcome(
        findings=merged(_finding(result, shapes) for result in raw),
        engine=chosen,
        not_run=shapes.never_run + (shapes.beyond_core if chosen == "fast" else 0),
        left_out=left_out,
    )


def validate_file(
    path: str | Path, shapes: Shapes | None = None, engine: str = "auto", extra: str | None = None
) -> Outcome:
    """Validate an RDF file: Turtle, N-Triples, N-Quads, TriG, JSON-LD or RDF/XML, `.gz` too.

    The format is told by the name. Named graphs are merged into one data graph. `extra` is by
    default the sub-class axioms that the shapes need.

    Raises UnreadableInput or GraphError, with file and line, where it can't be read or parsed.
    """
    from pss_kg.validation.axioms import subclass_axioms

    path = Path(path)
    used = Shapes.load() if shapes is None else shapes
    text = ntriples(path)
    return validate(text, used, engine, subclass_axioms(used) if extra is None else extra, where=str(path))


def _decoded(data: bytes | str, where: str) -> str:
    if isinstance(data, str):
        return data
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise GraphError(
            f"the data graph is not UTF-8: {error}.", where=where, todo="Write it again as UTF-8."
        ) from error


def _chosen(engine: str, data: str, shapes: Shapes) -> Engine:
    if engine == "auto":
        small = data.count("\n") < PYSHACL_BELOW
        return "pyshacl" if small or shapes.beyond_core else "fast"
    return "fast" if engine == "fast" else "pyshacl"


def _left_out(engine: Engine, shapes: Shapes) -> tuple[str, ...]:
    said: list[str] = []
    if engine == "fast" and shapes.beyond_core:
        said.append(
            f"{shapes.beyond_core} SPARQL constraints were not run: the fast engine checks SHACL Core "
            "only. Use --engine pyshacl."
        )
    if shapes.never_run:
        said.append(
            f"{shapes.never_run} JavaScript constraints, expressions or computed targets were not run: "
            "no engine here runs them."
        )
    return tuple(said)


def _subjects(text: str) -> set[str]:
    return {line.split(None, 1)[0] for line in text.split("\n") if line and not line.isspace()}


def _of_data(raw: list[Raw], data: str, extra: str) -> list[Raw]:
    """The results whose focus node the data itself describes, or that only the data knows."""
    elsewhere = _subjects(extra)
    doubtful = {result.focus for result in raw} & elsewhere
    if doubtful:
        doubtful -= _subjects(data)
    return [result for result in raw if result.focus not in doubtful] if doubtful else raw


def _finding(raw: Raw, shapes: Shapes) -> Finding:
    component = raw.component.removeprefix(SH).removesuffix("ConstraintComponent")
    message = shapes.own(raw.shape, f"{SH}message")
    if raw.component in _BY_ENGINE or (not message and not raw.component.startswith(SH)):
        message = raw.message or message
    return Finding(
        severity=_SEVERITY.get(raw.severity, "violation"),
        focus=_bare(raw.focus),
        path=shapes.path(raw.shape) or _bare(raw.path),
        value=raw.value,
        message=message or _WORDS.get(component, "This is not as the shape wants it."),
        shape=shapes.owner(raw.shape) if raw.shape else "",
        component=raw.component,
        source_field=shapes.source_field(raw.shape),
        remedy=shapes.remedy(raw.shape),
    )


def _bare(term: str) -> str:
    return term[1:-1] if term.startswith("<") and term.endswith(">") else term
