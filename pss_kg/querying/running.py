"""A query and a store -> its answer, from the graph that the query names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pss_kg.errors import UsageError
from pss_kg.iris import Iris
from pss_kg.querying import sparql
from pss_kg.querying.binding import bind
from pss_kg.querying.library import Query
from pss_kg.querying.results import Result
from pss_kg.store import graph_node

if TYPE_CHECKING:
    from pyoxigraph import Store

_PLACE = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


def run(
    store: Store, query: Query, values: Mapping[str, str] | None = None, iris: Iris | None = None
) -> Result:
    """The query's answer, whole, from the graph its header names or those of its own FROM; never a union.

    Raises BadParameter, or UsageError for a query that is not SPARQL, that is an update, or that
    asks another server.
    """
    iris = iris or Iris()
    sparql.check_reads_only(query.text, query.where)
    text = bind(query, values or {}, store, iris)
    given: dict[str, Any] = {}
    if not sparql.names_dataset(text):
        given["default_graph"] = graph_node(iris, query.default_graph)
    from pyoxigraph import QueryBoolean, QueryTriples

    try:
        answer = store.query(text, **given)
        if isinstance(answer, QueryBoolean):
            return Result(kind="ask", boolean=bool(answer))
        if isinstance(answer, QueryTriples):
            rows = [(t.subject, t.predicate, t.object) for t in answer]
            return Result(
                kind="graph", columns=("subject", "predicate", "object"), rows=sorted(rows, key=str)
            )
        columns = tuple(variable.value for variable in answer.variables)
        return Result(kind="select", columns=columns, rows=[tuple(row) for row in answer])
    except SyntaxError as error:
        raise _not_sparql(error, query) from error


def _not_sparql(error: SyntaxError, query: Query) -> UsageError:
    match = _PLACE.match(str(error))
    if not match:
        return UsageError(
            f"this is not SPARQL: {error}.", where=query.where, todo="Correct it and run it again."
        )
    line, column, expected = int(match.group(1)), int(match.group(2)), " ".join(match.group(3).split())
    lines = query.text.splitlines()
    shown = lines[line - 1].strip()[:80] if line <= len(lines) else ""
    hint = f" ({expected})" if len(expected) < 120 else ""
    return UsageError(
        f"this is not SPARQL from here on{hint}: {shown}",
        where=f"{query.where}, line {line}, column {column}",
        todo="Correct it and run it again.",
    )
