"""What both engines give back, before shapes and words are joined to it."""

from __future__ import annotations

from typing import NamedTuple

from pss_kg.errors import GraphError


class Raw(NamedTuple):
    """A result as an engine gives it. Terms as in N-Triples; "" where there is none."""

    focus: str
    path: str
    value: str
    shape: str  # IRI
    component: str  # IRI
    severity: str  # IRI
    message: str


def malformed(error: Exception, where: str) -> GraphError:
    """The error for a data graph that is not N-Triples."""
    return GraphError(f"the data graph is not N-Triples: {error}.", where=where, todo="Write it again.")
