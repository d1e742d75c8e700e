"""The reference engine: pyshacl. Inference and SHACL Advanced Features off, no imports followed."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import pyoxigraph as ox
import pyshacl
import rdflib
from pyshacl.entrypoints import meta_validate
from rdflib.namespace import RDF, SH
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result
from rdflib.term import Node

from pss_kg.errors import GraphError
from pss_kg.terms import literal
from pss_kg.validation.results import Raw, malformed


def _term(node: object) -> Node:
    if isinstance(node, ox.NamedNode):
        return rdflib.URIRef(node.value)
    if isinstance(node, ox.BlankNode):
        return rdflib.BNode(node.value)
    if not isinstance(node, ox.Literal):
        raise GraphError(f"a quoted triple can't be validated: {node}.", todo="Take it out.")
    if node.language:
        return rdflib.Literal(node.value, lang=node.language)
    if node.datatype.value == "http://www.w3.org/2001/XMLSchema#string":
        return rdflib.Literal(node.value)
    # rdflib would write "01" as "1"; a report must name the value that stands in the data.
    return rdflib.Literal(node.value, datatype=rdflib.URIRef(node.datatype.value), normalize=False)


@contextmanager
def _quiet() -> Iterator[None]:
    """rdflib logs a traceback for every ill-formed literal; finding those is the point here."""
    log = logging.getLogger("rdflib.term")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            yield
    finally:
        log.setLevel(level)


class _Graph(rdflib.Graph):
    """A graph that parses a query once: pyshacl asks the same one for every focus node."""

    def query(self, query_object: str | Query, *given: Any, **named: Any) -> Result:
        return super().query(_prepared(str(query_object)), *given, **named)


@lru_cache(maxsize=256)
def _prepared(text: str) -> Query:
    return prepareQuery(text)


def graph(triples: Iterable[ox.Triple]) -> rdflib.Graph:
    """An rdflib graph with the very literals and blank node labels of the triples."""
    result = _Graph(bind_namespaces="none")
    with _quiet():
        for triple in triples:
            result.add((_term(triple.subject), _term(triple.predicate), _term(triple.object)))
    return result


def meta_problem(shapes: rdflib.Graph) -> str:
    """What makes a shapes graph malformed, by the SHACL of SHACL; "" where nothing does."""
    with _quiet():
        conforms, report, _ = meta_validate(shapes, inference="none")
    if conforms:
        return ""
    problems = sorted(
        " ".join(
            part
            for part in (
                _shown(report.value(result, SH.focusNode)),
                _shown(report.value(result, SH.resultPath)),
                min((str(m) for m in report.objects(result, SH.resultMessage)), default=""),
            )
            if part
        )
        for result in report.subjects(RDF.type, SH.ValidationResult)
    )
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{problems[0]}{more}."


def _shown(node: Node | None) -> str:
    return "" if node is None or isinstance(node, rdflib.BNode) else f"<{node}>"


def _ntriples(node: Node | None) -> str:
    if node is None:
        return ""
    if isinstance(node, rdflib.Literal):
        text = literal(str(node), node.language or "", str(node.datatype or "") if not node.language else "")
        return text.removesuffix("^^<http://www.w3.org/2001/XMLSchema#string>")
    return f"_:{node}" if isinstance(node, rdflib.BNode) else f"<{node}>"


def run(data: bytes, shapes: rdflib.Graph, where: str) -> list[Raw]:
    """All results of a data graph (N-Triples), in no order.

    Raises GraphError where the data can't be parsed or pyshacl gives up.
    """
    try:
        parsed = graph(q.triple for q in ox.parse(input=data, format=ox.RdfFormat.N_TRIPLES))
    except SyntaxError as error:
        raise malformed(error, where) from error
    try:
        with _quiet():
            _, report, text = pyshacl.validate(
                parsed,
                shacl_graph=shapes,
                inference="none",
                advanced=False,
                js=False,
                inplace=True,
                do_owl_imports=False,
            )
    except Exception as error:  # rdflib raises Exception itself for an unknown prefix
        raise GraphError(
            f"pyshacl gave up: {error}.", where=where, todo="Look at the shapes graph."
        ) from error
    if not isinstance(report, rdflib.Graph):
        raise GraphError(f"pyshacl gave up: {text}.", where=where, todo="Look at the shapes graph.")
    return [
        Raw(
            _ntriples(report.value(result, SH.focusNode)),
            _ntriples(report.value(result, SH.resultPath)),
            _ntriples(report.value(result, SH.value)),
            str(report.value(result, SH.sourceShape) or ""),
            str(report.value(result, SH.sourceConstraintComponent) or ""),
            str(report.value(result, SH.resultSeverity) or SH.Violation),
            min((str(message) for message in report.objects(result, SH.resultMessage)), default=""),
        )
        for head in report.subjects(RDF.type, SH.ValidationReport)
        for result in report.objects(head, SH.result)
    ]
