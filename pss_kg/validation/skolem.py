"""Names for the blank shapes of a shapes graph, so that a result can be traced to its shape."""

from __future__ import annotations

import pyoxigraph as ox

from pss_kg.vocabulary import RDF, SH

SKOLEM = "urn:pss-kg:shape:"

TO_SHAPE = (f"{SH}property", f"{SH}node", f"{SH}not", f"{SH}qualifiedValueShape")
TO_SHAPES = (f"{SH}and", f"{SH}or", f"{SH}xone")
TARGETS = tuple(
    SH + t for t in ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf", "target")
)
SHAPE_CLASSES = (f"{SH}NodeShape", f"{SH}PropertyShape")


def text_of(node: object) -> str:
    """A node's IRI, or `_:label`; "" for a literal."""
    if isinstance(node, ox.BlankNode):
        return str(node)
    return node.value if isinstance(node, ox.NamedNode) else ""


def with_named_shapes(given: list[ox.Triple]) -> list[ox.Triple]:
    """Blank shapes get IRIs; blank paths and lists stay blank, as SHACL wants them."""
    rest = {t.subject: t.object for t in given if t.predicate.value == f"{RDF}rest"}
    first = {t.subject: t.object for t in given if t.predicate.value == f"{RDF}first"}
    blank: dict[object, ox.NamedNode] = {}

    def name(node: object) -> None:
        if isinstance(node, ox.BlankNode) and node not in blank:
            blank[node] = ox.NamedNode(f"{SKOLEM}{len(blank) + 1}")

    for triple in given:
        predicate = triple.predicate.value
        if predicate in TARGETS or (predicate == f"{RDF}type" and text_of(triple.object) in SHAPE_CLASSES):
            name(triple.subject)
        if predicate in TO_SHAPE:
            name(triple.object)
        elif predicate in TO_SHAPES:
            head: object = triple.object
            seen: set[object] = set()
            while head in first and head not in seen:
                seen.add(head)
                name(first[head])  # type: ignore[index]
                head = rest.get(head)  # type: ignore[call-overload]
    if not blank:
        return given
    return [
        ox.Triple(blank.get(t.subject, t.subject), t.predicate, blank.get(t.object, t.object)) for t in given
    ]
