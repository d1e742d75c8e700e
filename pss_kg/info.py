"""What a workspace holds: counts by class, graph and source, coverage, versions.

Everything comes from the manifest, which the last build wrote; nothing is counted anew.
"""

from __future__ import annotations

import platform
import re
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from pss_kg import __version__
from pss_kg.errors import printable
from pss_kg.resources import folder
from pss_kg.vocabulary import compact
from pss_kg.workspace import Manifest, Workspace

LIBRARIES = (
    "rdflib",
    "pyoxigraph",
    "pyshacl",
    "shacl",
    "owlrl",
    "lxml",
    "isal",
    "msgspec",
    "zstandard",
    "click",
)
"""Distributions whose version may change a result."""

FATES = ("read", "described", "merged", "superseded", "deleted", "quarantined")
"""Records read, and what became of them; the last five add up to the first."""

LARGEST_GAPS = 10
"""How many publications the text names under coverage; the JSON has them all."""

_VERSION = re.compile(r'owl:versionInfo\s+"([^"]+)"|owl:versionIRI\s+<([^>]+)>')
_CLAIM = "claimed "


def describe(workspace: Workspace) -> dict[str, Any]:
    """Counts, coverage and versions as plain data, ready for JSON.

    Raises GraphError if the manifest can't be read.
    """
    manifest = workspace.manifest()
    graphs = manifest.graphs()
    return {
        "workspace": str(workspace.root),
        "base": manifest.base,
        "digest": manifest.digest(),
        "inputs": len(manifest.inputs),
        "shards": manifest.shards,
        "quads": sum(graphs.values()),
        "bytes": sum(file.bytes for file in manifest.files),
        "counts": dict(sorted(manifest.counts.items())),
        "classes": {compact(name): count for name, count in _largest_first(manifest.classes)},
        "graphs": graphs,
        "sources": {name: manifest.sources[name] for name in sorted(manifest.sources)},
        "coverage": coverage(manifest),
        "versions": versions(),
    }


def coverage(manifest: Manifest) -> dict[str, Any]:
    """What the sources claim against what the graph holds.

    A claim is a source's own count of citing publications. Of several claims on one
    publication the highest is taken, because a source that has seen less does not refute it.
    `publications` is largest gap first, then by key.
    """
    rows: list[dict[str, Any]] = []
    for key, entry in manifest.ledger.items():
        claims = {name.removeprefix(_CLAIM): n for name, n in entry.items() if name.startswith(_CLAIM)}
        if claims:
            claimed, found = max(claims.values()), entry.get("found", 0)
            rows.append(
                {
                    "publication": key,
                    "claimed": claimed,
                    "found": found,
                    "missing": max(claimed - found, 0),
                    "claims": dict(sorted(claims.items())),
                }
            )
    rows.sort(key=lambda row: (-row["missing"], row["publication"]))
    return {
        "publications_with_claim": len(rows),
        "claimed": sum(row["claimed"] for row in rows),
        "found": sum(row["found"] for row in rows),
        "missing": sum(row["missing"] for row in rows),
        "publications": rows,
    }


def versions() -> dict[str, Any]:
    """Versions of pss-kg, Python, the libraries, and the ontologies in use (by file)."""
    libraries = {}
    for name in LIBRARIES:
        try:
            libraries[name] = version(name)
        except PackageNotFoundError:
            libraries[name] = "not installed"
    return {
        "pss-kg": __version__,
        "python": platform.python_version(),
        "libraries": libraries,
        "ontologies": ontologies(),
    }


def ontologies() -> dict[str, str]:
    """File under ontology/ -> its owl:versionInfo or owl:versionIRI; files that state none are left out.

    Read as text: parsing every ontology for one line would take seconds.
    """
    root = folder("ontology")
    found = {}
    for path in sorted(root.rglob("*.ttl")):
        match = _VERSION.search(path.read_text(encoding="utf-8"))
        if match:
            found[path.relative_to(root).as_posix()] = match[1] or match[2]
    return found


def as_text(info: dict[str, Any]) -> str:
    """The description as people read it."""
    lines = [
        f"Workspace  {printable(info['workspace'])}",
        f"Graph      {info['digest'][:12]}, base {info['base']}",
    ]
    lines.append(f"Inputs     {info['inputs']:,} in {info['shards']} shards")
    lines += _table("Counts", info["counts"])
    lines += _table("Classes", info["classes"])
    lines += _table("Graphs (quads)", info["graphs"], total=True)
    lines += _sources(info["sources"])
    lines += _coverage(info["coverage"])
    known = info["versions"]
    lines += ["", "Versions", f"  pss-kg {known['pss-kg']}, Python {known['python']}"]
    lines += [f"  {name} {number}" for name, number in known["libraries"].items()]
    lines += [f"  {name}: {number}" for name, number in known["ontologies"].items()]
    return "\n".join(lines) + "\n"


def _table(title: str, counts: dict[str, int], total: bool = False) -> list[str]:
    if not counts:
        return ["", title, "  none"]
    rows = [(name, f"{count:,}") for name, count in counts.items()]
    if total:
        rows.append(("total", f"{sum(counts.values()):,}"))
    left, right = (max(len(row[i]) for row in rows) for i in (0, 1))
    return ["", title, *(f"  {name:<{left}}  {count:>{right}}" for name, count in rows)]


def _sources(sources: dict[str, dict[str, int]]) -> list[str]:
    heads = ("source", *FATES)
    rows = [heads, *((name, *(f"{counts.get(h, 0):,}" for h in FATES)) for name, counts in sources.items())]
    widths = [max(len(row[i]) for row in rows) for i in range(len(heads))]
    return [
        "",
        "Records",
        *(
            f"  {row[0]:<{widths[0]}}"
            + "".join(f"  {cell:>{w}}" for cell, w in zip(row[1:], widths[1:], strict=True))
            for row in rows
        ),
    ]


def _coverage(known: dict[str, Any]) -> list[str]:
    lines = ["", "Coverage"]
    if not known["publications_with_claim"]:
        return [*lines, "  no source claims a citation count"]
    lines.append(
        f"  {known['claimed']:,} citations claimed of {known['publications_with_claim']:,} publications, "
        f"{known['found']:,} found, {known['missing']:,} missing"
    )
    for row in known["publications"][:LARGEST_GAPS]:
        lines.append(f"  {row['publication']}: {row['claimed']:,} claimed, {row['found']:,} found")
    left_out = len(known["publications"]) - LARGEST_GAPS
    return [*lines, f"  and {left_out:,} more"] if left_out > 0 else lines


def _largest_first(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
