"""What products change: whether a term that came back is what was sent, written otherwise.

Each `same_…` takes the object that was sent and the one that came back, as N-Triples terms. A
product lists those that hold for it; what one product alone does stands in its own file.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from pss_kg.triplestores.product import Difference
from pss_kg.vocabulary import XSD

_TYPED = re.compile(r'"([^"\\]*)"\^\^<([^>]*)>\Z')
_TAGGED = re.compile(r'("(?:[^"\\]|\\.)*")@([A-Za-z0-9-]+)\Z')
_SECONDS = re.compile(r"(:\d\d)\.(\d*?)0*(?=Z|[+-]\d\d:\d\d|\Z)")
_NUMBERS = {XSD + name for name in ("decimal", "double", "float", "integer")}


def same_number(sent: str, there: str) -> bool:
    """One number written otherwise ("007" and "7"), or an integer as xsd:decimal."""
    a, b = _TYPED.match(sent), _TYPED.match(there)
    if not (a and b and a[2] in _NUMBERS):
        return False
    if a[2] != b[2] and (a[2], b[2]) != (XSD + "integer", XSD + "decimal"):
        return False
    try:
        return Decimal(a[1]) == Decimal(b[1])
    except InvalidOperation:
        return False


def same_boolean(sent: str, there: str) -> bool:
    """ "1" and "true", "0" and "false"."""
    a, b = _TYPED.match(sent), _TYPED.match(there)
    if not (a and b and a[2] == b[2] == XSD + "boolean"):
        return False
    return (a[1] in ("1", "true")) == (b[1] in ("1", "true"))


def same_tag(sent: str, there: str) -> bool:
    """One text in one language, the tag in other letters (en-gb and en-GB)."""
    a, b = _TAGGED.match(sent), _TAGGED.match(there)
    return bool(a and b and a[1] == b[1] and a[2].lower() == b[2].lower())


def same_time(sent: str, there: str) -> bool:
    """One xsd:dateTime, without zeros at the end of the seconds' fraction."""
    a, b = _TYPED.match(sent), _TYPED.match(there)
    return bool(a and b and a[2] == b[2] == XSD + "dateTime" and _trimmed(a[1]) == _trimmed(b[1]))


def _trimmed(time: str) -> str:
    return _SECONDS.sub(lambda m: m[1] + ("." + m[2] if m[2] else ""), time)


def same_value(sent: str, there: str) -> bool:
    """One value of one datatype, as Oxigraph keeps typed literals: numbers, booleans, times, durations."""
    return '"^^<' in sent and '"^^<' in there and _as_kept(sent) == _as_kept(there)


def _as_kept(term: str) -> str:
    # The embedded store is the same engine as the server, so it is asked.
    import pyoxigraph as ox

    store = ox.Store()
    line = f"<urn:x> <urn:x> {term} .".encode()
    store.extend(ox.parse(line, format=ox.RdfFormat.N_TRIPLES, lenient=True))
    return next(str(quad.object) for quad in store)


BY_VALUE = Difference('literals are kept by value ("007" of xsd:integer comes back as "7")', same_value)
TAG_CASE = Difference("language tags come back in another case", same_tag)
