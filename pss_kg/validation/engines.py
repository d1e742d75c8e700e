"""Runs a shapes graph over a data graph with one of two engines and gives the same findings.

pyshacl is the reference; the fast engine runs Core in the `shacl` package and SPARQL constraints
set at a time. What a run leaves out, or has to do slowly, is said on its outcome.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from pss_kg.errors import BadParameter, GraphError
from pss_kg.validation.files import ntriples, plain_ntriples
from pss_kg.validation.findings import Engine, Finding, Outcome, Severity, merged
from pss_kg.validation.results import Raw
from pss_kg.validation.shapes import Shapes
from pss_kg.vocabulary import SH

if TYPE_CHECKING:
    from pss_kg.validation.fast import Ran

ENGINES = ("auto", "pyshacl", "fast")
PYSHACL_BELOW = 20_000
"""With engine "auto" the Core part of a data graph of fewer triples goes to pyshacl."""

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
    engine: "pyshacl", "fast", or "auto": SHACL Core by pyshacl below 20,000 triples, else by the
    fast engine; SPARQL constraints set at a time either way.
    where: what an error calls the data

    Raises BadParameter for an unknown engine, GraphError where data or shapes can't be used.
    """
    if engine not in ENGINES:
        raise BadParameter(f"{engine!r} is no engine.", where="--engine", todo=f"Use {', '.join(ENGINES)}.")
    text = data.encode() if isinstance(data, str) else data
    line_end = b"" if text.endswith(b"\n") or not text else b"\n"
    whole = text + line_end + extra.encode() if extra else text
    ran = results(whole, shapes, _chosen(engine, text), where, sparql_apart=engine != "pyshacl")
    raw = _of_data(ran.results, text, extra) if extra else ran.results
    return Outcome(
        findings=findings_of(raw, shapes),
        engine=_chosen(engine, text),
        not_run=shapes.never_run,
        left_out=_left_out(shapes),
        slowly=ran.said,
    )


def results(data: bytes, shapes: Shapes, core: Engine, where: str, *, sparql_apart: bool = True) -> Ran:
    """The results of a data graph (N-Triples) as the engines give them, in any order.

    core: which engine runs SHACL Core
    sparql_apart: run SPARQL constraints set at a time; without it pyshacl runs everything

    Raises GraphError where data or shapes can't be used.
    """
    from pss_kg.validation import fast

    if core == "pyshacl" and not sparql_apart:
        from pss_kg.validation import reference

        _ = shapes.sparql  # refuses what SHACL does not allow, whichever engine runs
        return fast.Ran(reference.run(data, shapes.graph, where), ())
    return fast.run(data, shapes, where, fast.by_shacl if core == "fast" else fast.by_pyshacl)


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
    axioms = subclass_axioms(used) if extra is None else extra
    as_it_is = plain_ntriples(path)
    if as_it_is is not None:
        try:
            return validate(as_it_is, used, engine, axioms, where=str(path))
        except GraphError:
            pass  # the parser below says in which line the fault is
    return validate(ntriples(path), used, engine, axioms, where=str(path))


def _chosen(engine: str, data: bytes) -> Engine:
    if engine == "auto":
        return "pyshacl" if data.count(b"\n") < PYSHACL_BELOW else "fast"
    return "fast" if engine == "fast" else "pyshacl"


def _left_out(shapes: Shapes) -> tuple[str, ...]:
    if not shapes.never_run:
        return ()
    return (
        f"{shapes.never_run} JavaScript constraints, expressions or computed targets were not run: "
        "no engine here runs them.",
    )


def _subjects(text: bytes) -> set[str]:
    return {line.split(None, 1)[0].decode() for line in text.split(b"\n") if line and not line.isspace()}


def _of_data(raw: list[Raw], data: bytes, extra: str) -> list[Raw]:
    """The results whose focus node the data itself describes, or that only the data knows."""
    elsewhere = _subjects(extra.encode())
    doubtful = {result.focus for result in raw} & elsewhere
    if doubtful:
        doubtful -= _subjects(data)
    return [result for result in raw if result.focus not in doubtful] if doubtful else raw


def findings_of(raw: Iterable[Raw], shapes: Shapes) -> list[Finding]:
    """Results with what their shapes say about them, sorted, each once."""
    return merged(_finding(result, shapes) for result in raw)


def _finding(raw: Raw, shapes: Shapes) -> Finding:
    component = raw.component.removeprefix(SH).removesuffix("ConstraintComponent")
    message = shapes.own(raw.shape, f"{SH}message")
    if raw.component in _BY_ENGINE or (not message and not raw.component.startswith(SH)):
        message = raw.message or message
    path = shapes.path(raw.shape) or _bare(raw.path)
    if not raw.component.startswith(SH) or raw.component in _BY_ENGINE:
        # A query may name the path itself; a blank node stands for the shape's own.
        path = _bare(raw.path) if raw.path.startswith("<") else path
    return Finding(
        severity=_SEVERITY.get(raw.severity, "violation"),
        focus=_bare(raw.focus),
        path=path,
        value=raw.value,
        message=message or _WORDS.get(component, "This is not as the shape wants it."),
        shape=shapes.owner(raw.shape) if raw.shape else "",
        component=raw.component,
        source_field=shapes.source_field(raw.shape),
        remedy=shapes.remedy(raw.shape),
    )


def _bare(term: str) -> str:
    return term[1:-1] if term.startswith("<") and term.endswith(">") else term
