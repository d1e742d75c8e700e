"""Which terms a SPARQL query uses. rdflib's parser and algebra; a query is small."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pyparsing import ParseException
from rdflib import URIRef
from rdflib.paths import Path as PropertyPath
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.parserutils import CompValue

from pss_kg.errors import GraphError
from pss_kg.lint.declared import Kind
from pss_kg.lint.usage import TYPE, Usage, is_term
from pss_kg.vocabulary import PREFIXES

_TRIPLES = frozenset({"triples", "template"})

# Strings and comments are matched so that nothing inside them is; SPARQL 1.1, section 19.8.
_TOKEN = re.compile(
    r'(?s:"""(?:[^\\]|\\.)*?""")'
    r"|(?s:'''(?:[^\\]|\\.)*?''')"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*'"
    r'|<(?P<iri>[^<>"{}|^`\\\s]*)>'
    r"|\#[^\n]*"
    r"|(?P<prefix>[^\W\d][\w.-]*|):(?P<name>[\w%:.-]*[\w%:-]|)"
)


def count_query(text: str, name: str = "") -> Usage:
    """The terms of a query in the namespaces of the prefix map; the example says "line 7".

    Prefixes of the prefix map need no PREFIX line. Raises GraphError, with line, for text that
    is no SPARQL query.
    """
    try:
        query = prepareQuery(text, initNs=PREFIXES)
    except ParseException as error:
        where = f"{name or 'query'}, line {error.lineno}"
        raise GraphError(f"this is no SPARQL query: {error.msg}.", where=where) from error
    except Exception as error:  # rdflib raises bare Exception for an unknown prefix and for bad aggregates
        raise GraphError(f"this is no SPARQL query: {error}.", where=name or "query") from error
    prefixes = {p: str(n) for p, n in query.prologue.namespace_manager.namespaces()}
    lines = _written(text, prefixes)
    usage: Usage = {}
    for kind, iri in _uses(query.algebra):
        term = str(iri)
        if is_term(term):
            count, _ = usage.get((kind, term), (0, ""))
            usage[kind, term] = (count + 1, lines.get(term, ""))
    # rdflib's parser loses the property of `!(^a)`. What is written counts, whatever its role.
    seen = {term for _, term in usage}
    usage.update({("individual", t): (1, line) for t, line in lines.items() if t not in seen and is_term(t)})
    return usage


def _uses(node: Any) -> Iterator[tuple[Kind, URIRef]]:
    """Every IRI below a node of the algebra, with the role it stands in."""
    if isinstance(node, CompValue):
        for key, value in sorted(node.items()):
            if key in _TRIPLES and value:
                for triple in value:
                    yield from _triple(*triple)
            elif key not in ("_vars", "datasetClause"):
                yield from _uses(value)
    elif isinstance(node, URIRef):
        yield "individual", node
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _uses(key)
            yield from _uses(value)
    elif isinstance(node, list | tuple | set):
        for part in node:
            yield from _uses(part)


def _triple(subject: Any, predicate: Any, obj: Any) -> Iterator[tuple[Kind, URIRef]]:
    if isinstance(subject, URIRef):
        yield "individual", subject
    for prop in _properties(predicate):
        yield "property", prop
    if isinstance(obj, URIRef):
        yield ("class" if TYPE in {str(p) for p in _properties(predicate)} else "individual"), obj


def _properties(predicate: Any) -> list[URIRef]:
    """The properties of a predicate or a property path."""
    if isinstance(predicate, URIRef):
        return [predicate]
    if isinstance(predicate, PropertyPath):
        parts = [p for key in ("arg", "args", "path") for p in _listed(getattr(predicate, key, None))]
        return [prop for part in parts for prop in _properties(part)]
    return []


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _written(text: str, prefixes: dict[str, str]) -> dict[str, str]:
    """Every IRI of the text, in full or with a prefix -> "line 7", where it stands first."""
    found: dict[str, str] = {}
    for match in _TOKEN.finditer(text):
        if match["iri"] is not None:
            iri = match["iri"]
        elif match["name"] and match["prefix"] in prefixes:
            iri = prefixes[match["prefix"]] + match["name"]
        else:
            continue
        found.setdefault(iri, f"line {text.count(chr(10), 0, match.start()) + 1}")
    return found
