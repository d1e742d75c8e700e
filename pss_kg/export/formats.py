"""The formats of an export: names, endings of file names, media types."""

from __future__ import annotations

import os
from typing import NamedTuple

from pss_kg.errors import UsageError


class Format(NamedTuple):
    """One format. `quads`: it keeps the graphs apart; the others hold one graph."""

    endings: tuple[str, ...]
    media_type: str
    quads: bool = False


FORMATS = {
    "n-quads": Format((".nq",), "application/n-quads", quads=True),
    "trig": Format((".trig",), "application/trig", quads=True),
    "n-triples": Format((".nt",), "application/n-triples"),
    "turtle": Format((".ttl",), "text/turtle"),
    "json-ld": Format((".jsonld", ".json"), "application/ld+json"),
    "json-ld-framed": Format((".ndjson", ".jsonl"), "application/x-ndjson"),
    "rdf-xml": Format((".rdf",), "application/rdf+xml"),
}
"""Name -> format. Behind each ending `.gz` or `.zst` may follow."""

COMPRESSIONS = (".gz", ".zst")


def format_of(name: str) -> str:
    """The format that a file name means.

    Raises UsageError for an ending that is none of ours.
    """
    plain = name.lower()
    for ending in COMPRESSIONS:
        plain = plain.removesuffix(ending)
    for form, known in FORMATS.items():
        if plain.endswith(known.endings):
            return form
    endings = ", ".join(ending for known in FORMATS.values() for ending in known.endings)
    raise UsageError(
        f"no format is known by the name {os.path.basename(name)!r}.",
        todo=f"Give --format, or a name ending in {endings} (and {' or '.join(COMPRESSIONS)} behind it).",
    )


def check_format(form: str) -> str:
    """The format's name, if it is one.

    Raises UsageError.
    """
    if form not in FORMATS:
        raise UsageError(f"there is no format {form!r}.", todo=f"The formats are {', '.join(FORMATS)}.")
    return form
