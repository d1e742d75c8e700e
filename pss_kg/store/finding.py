"""Which publication a text names: an identifier, a key, an IRI of ours, or an alias of one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pss_kg.iris import Iris

if TYPE_CHECKING:
    from pyoxigraph import NamedNode, Store


def graph_node(iris: Iris, name: str) -> NamedNode:
    """The name of a graph ("main", "identity") as a node of the store."""
    from pyoxigraph import NamedNode

    return NamedNode(iris.graph(name))


_FLAT = (
    ("pmid", "http://purl.org/spar/fabio/hasPubMedId"),
    ("doi", "http://prismstandard.org/namespaces/basic/2.0/doi"),
    ("pmcid", "http://purl.org/spar/fabio/hasPubMedCentralId"),
)


def find_publication(store: Store, iris: Iris, text: str) -> str:
    """The IRI of the publication that `text` names; "" where the graph holds none.

    `text` is any identifier (PMID, DOI, PMC id, OpenAlex id; bare, with a prefix or as a URL), a
    key (`pmid-32357127`), an IRI of ours, or an alias of one. In this order: the publication
    itself, an alias in graph/identity, a flat identifier in graph/main.
    """
    iri, identifier = candidate(iris, text)
    if iri:
        if known(store, iris, iri):
            return iri
        for alias in _aliases(store, iris, iri):
            return alias
    return _by_flat_identifier(store, iris, *identifier) if identifier else ""


def candidate(iris: Iris, text: str) -> tuple[str, tuple[str, str] | None]:
    """The IRI that `text` would have, and its (scheme, value); ("", None) if it is no identifier."""
    from pss_kg.identifiers import parse_identifier
    from pss_kg.iris import KEY_SCHEMES, publication_key

    text = text.strip().removeprefix("<").removesuffix(">")
    if text.startswith(iris.publication_base):
        return text, None
    scheme, dash, rest = text.partition("-")
    if dash and rest and scheme in (*KEY_SCHEMES, "hash") and "/" not in rest and ":" not in rest:
        return iris.publication(text), None
    parsed = parse_identifier(text)
    if parsed is None:
        return "", None
    key = publication_key((parsed,))
    return (iris.publication(key) if key else ""), parsed


def known(store: Store, iris: Iris, iri: str) -> bool:
    """Whether graph/main says anything of the publication, or cites it."""
    from pyoxigraph import NamedNode

    node, main = NamedNode(iri), graph_node(iris, "main")
    return any(True for _ in store.quads_for_pattern(node, None, None, main)) or any(
        True for _ in store.quads_for_pattern(None, None, node, main)
    )


def _aliases(store: Store, iris: Iris, iri: str) -> Iterator[str]:
    from pyoxigraph import NamedNode

    replaced_by = NamedNode("http://purl.org/dc/terms/isReplacedBy")
    for quad in store.quads_for_pattern(NamedNode(iri), replaced_by, None, graph_node(iris, "identity")):
        if isinstance(quad.object, NamedNode):
            yield quad.object.value


def _by_flat_identifier(store: Store, iris: Iris, scheme: str, value: str) -> str:
    from pyoxigraph import Literal, NamedNode

    found = [
        quad.subject.value
        for name, predicate in _FLAT
        if name == scheme
        for quad in store.quads_for_pattern(
            None, NamedNode(predicate), Literal(value), graph_node(iris, "main")
        )
        if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(iris.publication_base)
    ]
    # Several publications may claim one DOI; PROFILE's rule for an ambiguous one: the smallest key.
    return min(found, default="")
