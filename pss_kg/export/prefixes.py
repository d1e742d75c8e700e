"""Prefixes of a document: the vocabularies' from the one prefix map, and those of the workspace's rooms.

A room is the first step of our IRIs behind the base: `publication/`, `role/`. Each is a prefix
of its own, so the IRI of a publication reads `publication:pmid-1`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from pss_kg.vocabulary import PREFIXES

ROOMS = (
    "agent",
    "citation",
    "citation-count",
    "grant",
    "graph",
    "identifier",
    "input",
    "journal",
    "organization",
    "publication",
    "record",
    "reference",
    "reference-list",
    "role",
    "run",
    "software",
    "source",
    "status",
    "work",
)
"""The first steps that pss_kg.iris and pss_kg.provenance make. None is also a prefix of a vocabulary."""

LOCAL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]|%[0-9A-Fa-f]{2}|\.(?!>|\Z))*"
"""What may follow a prefix and needs no escape. Turtle allows more, but not every reader does."""

LOCAL_OF_ROOM = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]|%[0-9A-Fa-f]{2}|[./](?!>|\Z))*"
"""The same with `/`, which Turtle escapes."""

_CHUNK = 8 << 20
_OVERLAP = 4096
"""An IRI across two chunks is found up to this length; a longer one would be written whole."""


def prefixes(base: str) -> dict[str, str]:
    """Prefix -> namespace for a workspace of this base: vocabularies and rooms."""
    return {**PREFIXES, **{room: f"{base}{room}/" for room in ROOMS}}


def used(paths: Iterable[Path], namespaces: dict[str, str]) -> dict[str, str]:
    """Those prefixes of `namespaces` that an IRI in the files can be written with, in alphabetical order."""
    missing = {prefix: f"<{namespace}".encode() for prefix, namespace in namespaces.items()}
    for path in paths:
        with open(path, "rb") as stream:
            tail = b""
            while missing and (chunk := stream.read(_CHUNK)):
                window = tail + chunk
                # The plain search is the fast one, and mostly says no.
                for prefix in [p for p, start in missing.items() if start in window]:
                    local = LOCAL_OF_ROOM if prefix in ROOMS else LOCAL
                    if re.search(re.escape(missing[prefix]) + local.encode() + b">", window):
                        del missing[prefix]
                tail = window[-_OVERLAP:]
        if not missing:
            break
    return {prefix: namespaces[prefix] for prefix in sorted(namespaces) if prefix not in missing}
