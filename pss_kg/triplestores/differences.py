"""What more than one product changes: whether a term that came back is what was sent, in its way."""

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
    """One value as SPARQL compares typed literals: numbers, booleans, times and durations."""
    if not (sent.endswith(">") and there.endswith(">") and sent[:1] == there[:1] == '"'):
        return False
    from pyoxigraph import Store

    # N-Triples literals are SPARQL literals too. What can't be compared is an error, and so false.
    return bool(Store().query(f"ASK {{ FILTER({sent} = {there}) }}"))


BY_VALUE = Difference("literals of the same value in another form", same_value)
TAG_CASE = Difference("language tags in another case", same_tag)
