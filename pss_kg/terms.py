"""RDF terms as N-Triples strings. The only place that escapes.

The record loop makes millions of these, so terms are plain strings and the common case
(nothing to escape) costs one search. Specification: RDF 1.1 N-Triples, sections 2 and 3.
"""

from __future__ import annotations

import re

from pss_kg.vocabulary import XSD

# STRING_LITERAL_QUOTE allows everything but these four; the other control characters are
# legal as they stand, but many readers choke on them, so they are written as \uXXXX. NEL, LS
# and PS (U+0085, U+2028, U+2029) are escaped because line-based tools split on them.
_LITERAL = re.compile('[\x00-\x1f"\\\\\x7f\x85\u2028\u2029\ud800-\udfff\ufffe\uffff]')
_SHORT = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}

# IRIREF excludes these characters (production [8]).
_IRI = re.compile('[\x00-\x20<>"{}|^`\\\\\ud800-\udfff]')
_LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*\Z")


def _escape_literal(match: re.Match[str]) -> str:
    character = match.group()
    if character == "\x00" or "\ud800" <= character <= "\udfff":
        return "\ufffd"  # U+0000 and lone surrogates can stand in no RDF store
    return _SHORT.get(character) or f"\\u{ord(character):04X}"


def _escape_iri(match: re.Match[str]) -> str:
    character = match.group()
    if "\ud800" <= character <= "\udfff":
        return "%EF%BF%BD"
    return f"%{ord(character):02X}"


def quoted(text: str) -> str:
    """The text in quotes, escaped, without datatype or language."""
    # No printable character but these two needs an escape, and this test is the cheaper one.
    if text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    if _LITERAL.search(text):
        text = _LITERAL.sub(_escape_literal, text)
    return f'"{text}"'


def literal(text: str, language: str = "", datatype: str = "") -> str:
    """A literal term. `language` is a BCP 47 tag (written in lower case); `datatype` an IRI.

    Raises ValueError for a language tag that is not well-formed.
    """
    if language:
        if not _LANGUAGE.match(language):
            raise ValueError(f"not a language tag: {language!r}")
        return f"{quoted(text)}@{language.lower()}"
    if datatype:
        return f"{quoted(text)}^^<{datatype}>"
    return quoted(text)


def integer(number: int) -> str:
    """An xsd:integer literal."""
    return f'"{number}"^^<{XSD}integer>'


def non_negative(number: int) -> str:
    """An xsd:nonNegativeInteger literal."""
    return f'"{number}"^^<{XSD}nonNegativeInteger>'


def iri(text: str) -> str:
    """An IRI term. Characters that IRIREF forbids are percent-encoded."""
    if _IRI.search(text):
        text = _IRI.sub(_escape_iri, text)
    return f"<{text}>"


def line(subject: str, predicate: str, obj: str, graph: str = "") -> str:
    """One N-Triples or N-Quads line, newline included, from ready terms."""
    return f"{subject} {predicate} {obj} {graph} .\n" if graph else f"{subject} {predicate} {obj} .\n"
