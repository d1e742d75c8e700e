"""Typed literals of one value, as Oxigraph keeps them."""

from __future__ import annotations

from pss_kg.triplestores.product import Difference


def canonical(term: str) -> str:
    """A typed literal in one form for each value, as Oxigraph keeps it; other terms as they are.

    The embedded store is the same engine as the server, so it is asked.
    """
    import pyoxigraph as ox

    if '"^^<' not in term:
        return term
    store = ox.Store()
    line = f"<urn:x> <urn:x> {term} .".encode()
    store.extend(ox.parse(line, format=ox.RdfFormat.N_TRIPLES, lenient=True))
    return next((str(quad.object) for quad in store.quads_for_pattern(None, None, None)), term)


def same_value(sent: str, there: str) -> bool:
    """Whether both are typed literals of one value, of one datatype."""
    return '"^^<' in sent and '"^^<' in there and canonical(sent) == canonical(there)


BY_VALUE = Difference('literals are kept by value ("007" of xsd:integer comes back as "7")', same_value)
