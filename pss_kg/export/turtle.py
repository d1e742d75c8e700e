"""Turtle from blocks: prefixes, subjects grouped, `a` first. Pure.

Prefixed names are written only where the local part needs no more than `\\/` escaped; every
other IRI stands whole. There is no @base: a base makes readers resolve, and so change, IRIs
with dots. Specification: RDF 1.1 Turtle, section 6.5.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable

from pss_kg.export.blocks import Block
from pss_kg.export.prefixes import LOCAL_OF_ROOM
from pss_kg.vocabulary import RDF, XSD

_LOCAL = re.compile(LOCAL_OF_ROOM + r"\Z", re.ASCII)
_INTEGER = re.compile(r'"([+-]?[0-9]+)"\Z')
_TYPE = f"<{RDF}type>"
_MANY = ",\n        "


def head(prefixes: dict[str, str]) -> str:
    """The @prefix lines and a blank line."""
    return "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in prefixes.items()) + "\n"


def compactor(prefixes: dict[str, str], base: str) -> Callable[[str], str]:
    """A function from an N-Triples term to the Turtle term, remembering the last 100,000.

    `prefixes` may hold the rooms below `base`; an IRI there is cut behind its room.
    """
    by_namespace = {namespace: prefix for prefix, namespace in prefixes.items()}
    behind_base = len(base)

    def iri(term: str) -> str:
        text = term[1:-1]
        cut = max(text.rfind("#"), text.rfind("/")) + 1
        prefix = by_namespace.get(text[:cut])
        if prefix is None and text.startswith(base):
            cut = text.find("/", behind_base) + 1
            prefix = by_namespace.get(text[:cut])
        if prefix is None:
            return term
        local = text[cut:]
        if not _LOCAL.match(local):
            return term
        if "/" in local:
            local = local.replace("/", "\\/")
        return f"{prefix}:{local}"

    @functools.lru_cache(maxsize=100_000)
    def compact(term: str) -> str:
        if term[0] == "<":
            return iri(term)
        if term[0] == "_":
            return term
        quotes, marks, datatype = term.rpartition("^^")
        kind = datatype[1:-1]
        if kind == f"{XSD}integer" and (number := _INTEGER.match(quotes)):
            return number[1]
        if kind == f"{XSD}boolean" and quotes in ('"true"', '"false"'):
            return quotes[1:-1]
        return f"{quotes}{marks}{iri(datatype)}"

    return compact


def body(block: Block, compact: Callable[[str], str]) -> str:
    """The subjects of one block, each with a blank line behind it."""
    out = []
    for subject, predicates in block.items():
        lines: list[str] = []
        for predicate, values in predicates.items():
            # A literal without datatype ends in its quotes or a language tag and stands as it is.
            terms = [compact(v) if v[-1] == ">" else v for v in values]
            text = terms[0] if len(terms) == 1 else _MANY.join(terms)
            if predicate == _TYPE:
                lines.insert(0, f"a {text}")
            else:
                lines.append(f"{compact(predicate)} {text}")
        out.append(f"{compact(subject)} {(' ;' + chr(10) + '    ').join(lines)} .\n\n")
    return "".join(out)


def documents(parts: Iterable[Block], compact: Callable[[str], str]) -> Iterable[bytes]:
    """The blocks as encoded pieces of a document."""
    for block in parts:
        yield body(block, compact).encode()
