"""Parameters: what a user typed -> RDF terms in the query."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pss_kg.errors import BadParameter
from pss_kg.iris import Iris
from pss_kg.querying import sparql
from pss_kg.querying.library import EXAMPLES, Parameter, Query
from pss_kg.store import candidate, find_publication
from pss_kg.terms import iri as iri_term

if TYPE_CHECKING:
    from pyoxigraph import Store

_INTEGER = re.compile(r"\d{1,18}\Z", re.ASCII)
_YEAR = re.compile(r"\d{4}\Z", re.ASCII)
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*\Z")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|^`\\]+\Z")


def bind(
    query: Query, values: Mapping[str, str], store: Store | None = None, iris: Iris | None = None
) -> str:
    """The query with the parameters bound as RDF terms; those not given keep their default.

    With a store, a parameter of type publication follows aliases and flat identifiers; without
    one it is the IRI that the identifier has by itself.

    Raises BadParameter for a parameter that is unknown, missing or of the wrong type.
    """
    declared = {p.name: p for p in query.parameters}
    for name in values:
        if name not in declared:
            names = ", ".join(declared) or "none"
            raise BadParameter(
                f"the query {query.name!r} has no parameter {name!r}.",
                todo=f"Its parameters: {names}."
                + ("" if declared else " A parameter is declared in the file's header (docs/queries.md)."),
            )
    terms = {}
    for p in query.parameters:
        value = values.get(p.name, p.default)
        if value is not None:
            terms[p.name] = _term(p, value, store, iris or Iris())
        elif p.required:
            raise BadParameter(
                f"the query {query.name!r} needs the parameter {p.name!r} ({p.type}).",
                todo=f"Give one, as -p {p.name}={_example(p)}.",
            )
    return sparql.substitute(query.text, terms)


def _example(p: Parameter) -> str:
    return f"'{EXAMPLES[p.type].split(' or ')[0]}'"


def _term(p: Parameter, value: str, store: Store | None, iris: Iris) -> str:
    value = value if p.type == "string" else value.strip()
    if p.type == "string":
        return sparql.string_term(value)
    if p.type == "integer" and _INTEGER.match(value):
        return str(int(value))
    if (p.type == "year" and _YEAR.match(value)) or (p.type == "language" and _LANGUAGE.match(value)):
        return sparql.string_term(value.lower())
    if p.type == "boolean" and value.lower() in ("true", "false"):
        return value.lower()
    if p.type == "iri" and _ABSOLUTE.match(value.removeprefix("<").removesuffix(">")):
        return iri_term(value.removeprefix("<").removesuffix(">"))
    if p.type == "publication":
        iri, identifier = candidate(iris, value)
        if store is not None and (iri or identifier):
            iri = find_publication(store, iris, value) or iri
        if iri:
            return iri_term(iri)
    raise BadParameter(
        f"the parameter {p.name!r} must be of type {p.type}, and {value!r} is not.",
        todo=f"An example: -p {p.name}={_example(p)}.",
    )
