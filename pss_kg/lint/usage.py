"""Which terms a graph uses, how often, and on which subject first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import IO, AnyStr, cast

import pyoxigraph as ox
from isal import igzip

from pss_kg.errors import GraphError, UnknownFormat, UnreadableInput
from pss_kg.lint.declared import Kind
from pss_kg.vocabulary import MESH, OWL, PREFIXES, RDF, RDFS, VOID

Usage = dict[tuple[Kind, str], tuple[int, str]]
"""(kind, term) -> (how often, first subject)."""

TYPE = f"{RDF}type"

NAMESPACES = tuple(sorted({*PREFIXES.values()} - {MESH}))
"""Whose IRIs are terms wherever they stand. MeSH headings are data."""

# Their objects are documents and ontologies, not terms.
_OWL_POINTERS = ("imports", "versionIRI", "priorVersion", "backwardCompatibleWith", "incompatibleWith")
POINTERS = frozenset(
    {f"{OWL}{name}" for name in _OWL_POINTERS} | {f"{RDFS}isDefinedBy", f"{RDFS}seeAlso", f"{VOID}vocabulary"}
)
_IRI = re.compile(r'<([^<>"\s]*)>\Z')
_SUBJECT = re.compile(r'(?:<[^<>"\s]*>|_:\S+)\Z')


def _heads() -> tuple[str, ...]:
    """The fewest beginnings that cover NAMESPACES: hosts that only hold vocabularies are cut
    short, because the loop below compares each object with all of them."""
    short = ("http://purl.org/", "http://www.w3.org/")
    heads = {next((s for s in short if n.startswith(s)), n) for n in NAMESPACES}
    return tuple(f"<{head}" for head in sorted(heads))


_HEADS = _heads()


def is_term(iri: str) -> bool:
    """Whether the IRI must be a declared term where it stands as an object: it has a plain local
    name in a namespace of the prefix map."""
    for namespace in NAMESPACES:
        if iri.startswith(namespace):
            name = iri[len(namespace) :]
            return bool(name) and "/" not in name and "#" not in name
    return False


def merge(into: Usage, more: Usage) -> None:
    """Add the usage of a later part. The first example stays."""
    for key, (count, example) in more.items():
        before, first = into.get(key, (0, example))
        into[key] = (before + count, first)


def count_lines(lines: Iterable[AnyStr], name: str = "") -> Usage:
    """Count the terms in lines of N-Triples or N-Quads, without a parser.

    For files as pss-kg writes them: one statement a line, one space between terms. A line that
    looks otherwise is parsed. `name` is what messages call the file.

    Raises GraphError, with file and line, for a line that is seen to be no statement.
    """
    rest = iter(lines)
    first = next(rest, None)
    if first is None:
        return {}
    if isinstance(first, bytes):
        heads = tuple(head.encode() for head in _HEADS)
        raw = cast("Iterator[bytes]", chain((first,), rest))
        return _count(raw, b" ", f"<{TYPE}>".encode(), heads, name)
    return _count(cast("Iterator[str]", chain((first,), rest)), " ", f"<{TYPE}>", _HEADS, name)


def _count(
    lines: Iterable[AnyStr], space: AnyStr, type_: AnyStr, heads: tuple[AnyStr, ...], name: str
) -> Usage:
    predicates: dict[AnyStr, int] = {}
    classes: dict[AnyStr, int] = {}
    objects: dict[AnyStr, int] = {}
    subjects: dict[tuple[Kind, AnyStr], AnyStr] = {}
    parsed: Usage = {}
    others = 0  # lines that `predicates` does not count
    for line in lines:
        # This runs once a quad: a split, two look-ups, one comparison. What is rare, the first
        # sight of a term, is told by the exception, because a `try` that holds costs nothing.
        try:
            subject, predicate, obj, _ = line.split(space, 3)
            predicates[predicate] += 1
            if predicate == type_:
                classes[obj] += 1
            elif obj.startswith(heads):
                objects[obj] += 1
            continue
        except ValueError:
            regular = False
        except KeyError:
            regular = bool(_IRI.match(_text(predicate)) and _SUBJECT.match(_text(subject)))
            if not regular and predicate in predicates:
                predicates[predicate] -= 1  # what looked like a known predicate was none
        if not regular:
            others += 1
            merge(parsed, _count_line(_text(line), name, sum(predicates.values()) + others))
            continue
        if predicate not in predicates:
            predicates[predicate] = 1
            subjects["property", predicate] = subject
        target = _IRI.match(_text(obj))
        if target and predicate == type_:
            classes[obj] = classes.get(obj, 0) + 1
            subjects.setdefault(("class", obj), subject)
        elif target and _text(predicate)[1:-1] not in POINTERS and is_term(target[1]):
            objects[obj] = objects.get(obj, 0) + 1
            subjects.setdefault(("individual", obj), subject)
    usage: Usage = {}
    counts: tuple[tuple[Kind, dict[AnyStr, int]], ...] = (
        ("property", predicates),
        ("class", classes),
        ("individual", objects),
    )
    for kind, numbers in counts:
        for token, number in numbers.items():
            usage[kind, _text(token)[1:-1]] = (number, _text(subjects[kind, token]))
    merge(usage, parsed)
    return usage


def _text(token: str | bytes) -> str:
    return token.decode("utf-8", "replace") if isinstance(token, bytes) else token


def _count_line(line: str, name: str, number: int) -> Usage:
    """The usage of one line, by the parser. A blank line or a comment is none."""
    try:
        return count_quads(ox.parse(line, format=ox.RdfFormat.N_QUADS))
    except SyntaxError as error:
        raise _broken(f"{name or 'input'}, line {number}", str(error)) from error


def _broken(where: str, problem: str) -> GraphError:
    return GraphError(
        f"this is no RDF of the expected format: {problem}.", where=where, todo="Mend or remove the file."
    )


def count_quads(quads: Iterable[ox.Quad | ox.Triple]) -> Usage:
    """Count the terms of parsed statements."""
    usage: Usage = {}

    def add(kind: Kind, term: str) -> None:
        count, example = usage.get((kind, term), (0, ""))
        usage[kind, term] = (count + 1, example or str(quad.subject))

    for quad in quads:
        predicate, obj = quad.predicate.value, quad.object
        add("property", predicate)
        if not isinstance(obj, ox.NamedNode):
            continue
        if predicate == TYPE:
            add("class", obj.value)
        elif predicate not in POINTERS and is_term(obj.value):
            add("individual", obj.value)
    return usage


def _unpacked(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", igzip.IGzipFile(path, "rb"))  # type: ignore[no-untyped-call]


def count_file(path: Path) -> Usage:
    """Count the terms of an RDF file of any format, as a stream, by a parser (some 400,000
    quads a second). The name tells the format: .ttl, .trig, .nq, .nt, .jsonld, .rdf, .owl …, and
    .gz after it.

    Raises UnreadableInput for a file that can't be opened, UnknownFormat for a name that tells
    no format, GraphError with file and line for one that does not parse.
    """
    packed = path.suffix == ".gz"
    suffix = Path(path.stem).suffix if packed else path.suffix
    try:
        rdf_format = ox.RdfFormat.from_extension("rdf" if suffix == ".owl" else suffix.removeprefix("."))
    except ValueError:
        rdf_format = None
    if rdf_format is None:
        raise UnknownFormat(
            "the name tells no RDF format.",
            where=path.name,
            todo="Name it .ttl, .trig, .nq, .nt, .jsonld or .rdf, with .gz after it where it is packed.",
        )
    try:
        stream: IO[bytes] = _unpacked(path) if packed else path.open("rb")
    except OSError as error:
        raise UnreadableInput(f"the file can't be opened: {error.strerror}.", where=path.name) from error
    with stream:
        try:
            # A base lets relative IRIs pass; what they become does not matter here.
            return count_quads(ox.parse(stream, format=rdf_format, base_iri="file:///"))
        except SyntaxError as error:
            where = f"{path.name}, line {error.lineno}" if error.lineno else path.name
            if "LoadDocumentCallback" in error.msg:
                raise _broken(where, "its @context stands on the web, and nothing is fetched") from error
            raise _broken(where, error.msg) from error
        except (OSError, EOFError, ValueError) as error:
            raise _broken(path.name, str(error)) from error
