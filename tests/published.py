"""A small published graph for tests: Turtle-like text in, a workspace out."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pss_kg.vocabulary import BASE, PREFIXES
from pss_kg.workspace import Manifest, ShardFile, Workspace

HEAD = f"@base <{BASE}> .\n" + "".join(f"@prefix {p}: <{n}> .\n" for p, n in PREFIXES.items())


def publish(root: Path, lines: dict[str, list[str]], shards: int = 1) -> Workspace:
    """A workspace whose graphs hold these N-Quads lines (graph name -> "s p o"), cut into shards."""
    workspace = Workspace.create(root)
    files = []
    for graph, triples in sorted(lines.items()):
        size = -(-len(triples) // shards)
        for n in range(shards):
            part = triples[n * size : (n + 1) * size]
            if not part:
                continue
            content = "".join(f"{t} <{BASE}graph/{graph}> .\n" for t in part).encode()
            digest = hashlib.sha256(content).hexdigest()
            name = f"{graph}/{n:02x}.{digest[:12]}.nq"
            path = workspace.graph / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            files.append(ShardFile(graph, f"{n:02x}", name, len(part), len(content), digest))
    workspace.publish(Manifest(files=tuple(files)))
    return workspace


def publish_trig(root: Path, text: str) -> Workspace:
    """A workspace that holds what the TriG text says; our prefixes and base are known."""
    from pyoxigraph import RdfFormat, parse

    lines: dict[str, list[str]] = {}
    for quad in parse(HEAD + text, format=RdfFormat.TRIG):
        name = str(quad.graph_name.value).removeprefix(f"{BASE}graph/")  # type: ignore[union-attr]
        lines.setdefault(name, []).append(f"{quad.subject} {quad.predicate} {quad.object}")
    return publish(root, lines)
