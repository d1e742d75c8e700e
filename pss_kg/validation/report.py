"""The findings as a standard SHACL validation report (Turtle) and as JSON. Same findings, same bytes."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from pss_kg.terms import iri, quoted
from pss_kg.validation.findings import Finding, Outcome, Severity, counts, merged
from pss_kg.vocabulary import PSS, SH, compact

_SEVERITY: dict[Severity, str] = {"violation": "sh:Violation", "warning": "sh:Warning", "info": "sh:Info"}
_REPEATED = {"*": "sh:zeroOrMorePath", "+": "sh:oneOrMorePath", "?": "sh:zeroOrOnePath"}


def report_turtle(findings: Iterable[Finding]) -> str:
    """One sh:ValidationReport (SHACL, section 3.6.1) of all findings, sorted, each once.

    sh:conforms is false for any finding, even an info.
    """
    found = merged(findings)
    parts = [
        f"@prefix pss: <{PSS}> .\n@prefix sh: <{SH}> .\n\n"
        f"[] a sh:ValidationReport ;\n    sh:conforms {'false' if found else 'true'}"
    ]
    parts += (f" ;\n    sh:result [\n{_result(finding)}    ]" for finding in found)
    parts.append(" .\n")
    return "".join(parts)


def _result(finding: Finding) -> str:
    lines = [
        ("a", "sh:ValidationResult"),
        ("sh:resultSeverity", _SEVERITY[finding.severity]),
        ("sh:focusNode", _node(finding.focus)),
        ("sh:resultPath", path_turtle(finding.path) if finding.path else ""),
        ("sh:value", finding.value),
        ("sh:resultMessage", quoted(finding.message) if finding.message else ""),
        ("sh:sourceConstraintComponent", _component(finding.component)),
        ("sh:sourceShape", iri(finding.shape) if finding.shape and finding.shape[:2] != "_:" else ""),
        ("pss:sourceField", quoted(finding.source_field) if finding.source_field else ""),
        ("pss:remedy", quoted(finding.remedy) if finding.remedy else ""),
    ]
    return "".join(f"        {name} {value} ;\n" for name, value in lines if value)


def _node(text: str) -> str:
    return text if text.startswith(("_:", '"')) else iri(text)


def _component(component: str) -> str:
    short = compact(component)
    return short if short.startswith("sh:") else iri(component)


def path_turtle(path: str) -> str:
    """A path, as SPARQL writes it or a bare IRI, as Turtle writes a SHACL property path (2.3.1).

    Raises ValueError for a text that is no path.
    """
    if not path.startswith(("<", "^", "(")):
        return iri(path)
    term, rest = _path(path)
    if rest:
        raise ValueError(f"not a property path: {path!r}")
    return term


def _path(text: str) -> tuple[str, str]:
    """The first path of the text in Turtle, and what is left of the text."""
    if text.startswith("^"):
        term, rest = _path(text[1:])
        return f"[ sh:inversePath {term} ]", rest
    if text.startswith("<"):
        end = text.index(">") + 1
        return _again(text[:end], text[end:])
    if not text.startswith("("):
        raise ValueError(f"not a property path: {text!r}")
    term, rest = _path(text[1:])
    members, separator = [term], ""
    while rest[:1] in ("/", "|"):
        separator = rest[0]
        term, rest = _path(rest[1:])
        members.append(term)
    if rest[:1] != ")":
        raise ValueError(f"not a property path: {text!r}")
    if separator == "|":
        return _again(f"[ sh:alternativePath ( {' '.join(members)} ) ]", rest[1:])
    return _again(f"( {' '.join(members)} )" if separator else members[0], rest[1:])


def _again(term: str, rest: str) -> tuple[str, str]:
    while rest[:1] in _REPEATED:
        term, rest = f"[ {_REPEATED[rest[0]]} {term} ]", rest[1:]
    return term, rest


def report_json(findings: Iterable[Finding], outcome: Outcome | None = None) -> str:
    """The findings as one JSON object: conforms, counts, findings, and how the run went.

    Of `outcome` only the engine and what was not run are taken; its findings are not.
    """
    found = merged(findings)
    document: dict[str, object] = {"conforms": not found, "counts": counts(found)}
    if outcome is not None:
        document |= {
            "engine": outcome.engine,
            "not_run": outcome.not_run,
            "left_out": list(outcome.left_out),
            "slowly": list(outcome.slowly),
        }
    document["findings"] = found
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"
