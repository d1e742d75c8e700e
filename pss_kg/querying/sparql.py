"""Reading a SPARQL text as tokens: where its parameters stand, and what it must not do.

A parameter `name` stands in the query as

    VALUES ?name { <its default> }        any parameter; UNDEF for "not given"
    LIMIT 10, OFFSET 0                    the integer parameters `limit` and `offset`

so a file is a complete SPARQL query with its defaults, for any engine. Binding replaces the one
term between the braces (or the number) by another term, at positions that the tokens give; text
that a user typed reaches the query only as an escaped RDF term. Specification: SPARQL 1.1 Query
Language, sections 10.2 and 19.8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pss_kg.errors import BadParameter, UsageError
from pss_kg.terms import literal

_TOKEN = re.compile(
    r"""(?P<blank>\s+|\#[^\n\r]*)
      |(?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
      |(?P<string>'''(?:(?:'|'')?(?:[^'\\]|\\.))*'''|\"""(?:(?:"|"")?(?:[^"\\]|\\.))*\"""
                  |'(?:[^'\\\n\r]|\\.)*'|"(?:[^"\\\n\r]|\\.)*")
      |(?P<variable>[?$]\w+)
      |(?P<name>[^\W\d_][\w.-]*:(?:[\w.:%-]|\\.)*|:(?:[\w.:%-]|\\.)*|_:[\w.-]+)
      |(?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
      |(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
      |(?P<word>[A-Za-z_]\w*)
      |(?P<sign>\^\^|.)""",
    re.VERBOSE | re.DOTALL,
)
_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"}
_FORMS = {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}
_COUNTS = {"limit": "LIMIT", "offset": "OFFSET"}

# An escaped backslash before u or U: engines that expand \uXXXX before they read the query, as
# section 19.2 has it, take `\\u0022` for a quotation mark. Writing the u as \U00000075 suits both.
_BACKSLASH_U = re.compile(r"(?<!\\)((?:\\\\)+)([uU])")


class Token(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


class Place(NamedTuple):
    """Where a parameter stands: the span that binding replaces."""

    parameter: str
    start: int
    end: int
    is_count: bool = False


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a query without blanks and comments."""
    for match in _TOKEN.finditer(text):
        if match.lastgroup != "blank":
            yield Token(match.lastgroup or "", match.group(), match.start(), match.end())


def places(text: str) -> list[Place]:
    """Every place where a parameter may be bound, in the order of the text."""
    read = list(tokens(text))
    found: list[Place] = []
    for n, token in enumerate(read[:-1]):
        word = token.text.upper() if token.kind == "word" else ""
        following = read[n + 1]
        if (
            word == "VALUES"
            and following.kind == "variable"
            and n + 2 < len(read)
            and read[n + 2].text == "{"
        ):
            closing = next((t for t in read[n + 3 :] if t.text == "}" and t.kind == "sign"), None)
            if closing:
                found.append(Place(following.text[1:], read[n + 2].end, closing.start))
        elif word in ("LIMIT", "OFFSET") and following.kind == "number":
            found.append(Place(word.lower(), following.start, following.end, is_count=True))
    return found


def substitute(text: str, terms: Mapping[str, str]) -> str:
    """The query with each parameter's term (SPARQL syntax, from `string_term` and the like) in its place.

    Raises BadParameter for a parameter that has no place in the query.
    """
    found = places(text)
    for name in terms:
        if all(place.parameter != name for place in found):
            form = f"{_COUNTS[name]} 10" if name in _COUNTS else f"VALUES ?{name} {{ UNDEF }}"
            raise BadParameter(
                f"the query has no place for the parameter {name!r}.", todo=f"Write `{form}` where it acts."
            )
    for place in reversed(found):
        if place.parameter in terms:
            # Blanks keep the term apart from its braces; a number after LIMIT stands apart already.
            term = terms[place.parameter] if place.is_count else f" {terms[place.parameter]} "
            text = text[: place.start] + term + text[place.end :]
    return text


def string_term(text: str, language: str = "") -> str:
    """A string as a SPARQL literal that every engine reads as the same string."""
    return _BACKSLASH_U.sub(lambda m: f"{m.group(1)}\\U{ord(m.group(2)):08X}", literal(text, language))


def check_reads_only(text: str, where: str) -> None:
    """Refuse what pss-kg never does for a query: change the graph, or ask another server.

    Raises UsageError.
    """
    words = [(t.text.upper(), t) for t in tokens(text) if t.kind == "word"]
    form = next((word for word, _ in words if word in _FORMS | _UPDATES), "")
    if form in _UPDATES:
        raise UsageError(
            f"this is an update ({form}); a query only reads.",
            where=where,
            todo="The graph is made by `pss-kg build`; use SELECT, ASK, CONSTRUCT or DESCRIBE.",
        )
    for word, token in words:
        if word == "SERVICE":
            line = text.count("\n", 0, token.start) + 1
            raise UsageError(
                "SERVICE asks another server, and pss-kg never does so from a query.",
                where=f"{where}, line {line}",
                todo="Ask that server yourself and join the answers, or harvest its records first.",
            )


def names_dataset(text: str) -> bool:
    """Whether the query itself says FROM which graphs it reads."""
    return any(t.kind == "word" and t.text.upper() == "FROM" for t in tokens(text))
