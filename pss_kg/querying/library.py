"""The query library: .rq files that describe themselves.

A file's header is YAML behind `#+` (the convention of grlc); docs/queries.md defines it.
"""

from __future__ import annotations

import difflib
import functools
from pathlib import Path
from typing import Any

import msgspec

from pss_kg.errors import UnknownQuery, UsageError
from pss_kg.resources import folder

EXAMPLES = {
    "iri": "http://id.nlm.nih.gov/mesh/D008603",
    "publication": "32357127 or doi:10.2196/15572",
    "integer": "10",
    "string": "peer support",
    "year": "2020",
    "language": "en",
    "boolean": "true",
}
"""The types a parameter may have, each with an example."""


class Parameter(msgspec.Struct, frozen=True):
    """One parameter; `default` as a user would type it, None where there is none."""

    name: str
    type: str = "string"
    description: str = ""
    default: str | None = None
    required: bool = False


class Query(msgspec.Struct, frozen=True):
    """One query with what its header says of it."""

    name: str
    topic: str
    text: str
    where: str  # the file, for messages
    summary: str = ""
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    columns: dict[str, str] = {}
    default_graph: str = "main"
    tags: tuple[str, ...] = ()
    test: dict[str, str] = {}


@functools.cache
def library() -> dict[str, Query]:
    """The queries that ship with pss-kg, by name, in the order of topic and name."""
    root = folder("queries")
    found = {}
    for path in sorted(root.rglob("*.rq")):
        query = parse(path.read_text("utf-8"), path.stem, str(path), topic=path.parent.name)
        if query.name in found:
            raise UsageError(f"two queries are called {query.name!r}.", where=str(path), todo="Rename one.")
        found[query.name] = query
    return found


def load(name: str, text: str | None = None) -> Query:
    """The query `name`: of the library, or a file's path; `text` where it was read already (standard input).

    Raises UnknownQuery, or UsageError for a file that can't be read or has a broken header.
    """
    if text is not None:
        return parse(text, name, "standard input" if name == "-" else name)
    if name in library():
        return library()[name]
    path = Path(name)
    if path.suffix in (".rq", ".sparql") or path.is_file():
        try:
            return parse(path.read_bytes().decode("utf-8-sig"), path.stem, str(path))
        except UnicodeDecodeError as error:
            raise UsageError(
                "this file is not text in UTF-8.", where=str(path), todo="Save it as UTF-8."
            ) from error
        except OSError as error:
            raise UsageError(
                f"the query file can't be read: {error.strerror}.", where=str(path), todo="Check the path."
            ) from error
    near = difflib.get_close_matches(name, library(), n=3, cutoff=0.4)
    raise UnknownQuery(
        f"there is no query {name!r}.",
        todo=(f"Did you mean {', '.join(near)}? " if near else "") + "`pss-kg queries` lists them all.",
    )


def parse(text: str, name: str, where: str, topic: str = "") -> Query:
    """A query from its text; a text without header is a query without parameters.

    Raises UsageError for a header that is not as docs/queries.md says.
    """
    lines = text.splitlines()
    header = "\n".join(line[2:].removeprefix(" ") for line in lines if line.startswith("#+"))
    if not header:
        return Query(name=name, topic=topic, text=text, where=where)
    import yaml

    try:
        said = yaml.safe_load(header)
        return _from_header(said or {}, name, topic, text, where)
    except (yaml.YAMLError, TypeError, ValueError, AttributeError) as error:
        detail = " ".join(str(error).split())
        raise UsageError(
            f"the header is not as it should be: {detail}.", where=where, todo="docs/queries.md shows one."
        ) from error


def _from_header(said: dict[str, Any], name: str, topic: str, text: str, where: str) -> Query:
    parameters = []
    for key, value in (said.get("parameters") or {}).items():
        kind = value.get("type", "string")
        if kind not in EXAMPLES:
            raise ValueError(f"parameter {key}: no type {kind!r}; the types are {', '.join(EXAMPLES)}")
        parameters.append(
            Parameter(
                name=str(key),
                type=kind,
                description=_plain(value.get("description", "")),
                default=_typed(value.get("default")),
                required=bool(value.get("required", False)),
            )
        )
    return Query(
        name=name,
        topic=topic,
        text=text,
        where=where,
        summary=_plain(said.get("summary", "")),
        description=_plain(said.get("description", "")),
        parameters=tuple(parameters),
        columns={str(k): _plain(v) for k, v in (said.get("columns") or {}).items()},
        default_graph=str(said.get("default_graph", "main")),
        tags=tuple(str(tag) for tag in said.get("tags") or ()),
        test={str(k): str(_typed(v)) for k, v in (said.get("test") or {}).items()},
    )


def _plain(text: object) -> str:
    return " ".join(str(text).split())


def _typed(value: object) -> str | None:
    """A YAML value as a user would type it."""
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def describe(name: str) -> str:
    """A query of the library, or a file, in words: question, parameters, columns."""
    query = load(name)
    lines = [query.name, f"  {query.summary}", ""]
    if query.description:
        lines += [*_wrapped(query.description), ""]
    lines.append("Parameters" if query.parameters else "No parameters")
    for p in query.parameters:
        said = "required" if p.required else f"default {p.default}" if p.default is not None else "optional"
        lines.append(f"  {p.name}  ({p.type}, {said})  {p.description}".rstrip())
    lines += ["", "Columns", *(f"  {column}  {text}".rstrip() for column, text in query.columns.items())]
    example = "".join(
        f" -p {p.name}='{EXAMPLES[p.type].split(' or ')[0]}'" for p in query.parameters if p.required
    )
    lines += ["", f"Reads graph/{query.default_graph}. Run it: pss-kg query {query.name}{example}"]
    return "\n".join(lines) + "\n"


def _wrapped(text: str) -> list[str]:
    import textwrap

    return textwrap.wrap(text, 88, initial_indent="  ", subsequent_indent="  ", break_long_words=False)
