"""What a workspace holds: counts by class, graph and source, coverage, versions.

Everything comes from the manifest, which the last build wrote; nothing is counted anew.
"""

from __future__ import annotations

import platform
import re
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from pss_kg import __version__, ledger
from pss_kg.errors import printable
from pss_kg.resources import folder
from pss_kg.vocabulary import compact
from pss_kg.workspace import Workspace

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

_VERSION = re.compile(r'owl:versionInfo\s+"([^"]+)"|owl:versionIRI\s+<([^>]+)>')


def describe(workspace: Workspace, plugins: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Counts, coverage and versions as plain data, ready for JSON.

    `plugins` are the packages with plug-ins and their versions.

    Raises GraphError if the manifest can't be read.
    """
    manifest = workspace.manifest()
    graphs = manifest.graphs()
    return {
        "workspace": str(workspace.root),
        "base": manifest.base,
        "digest": manifest.digest(),
        "kept": list(workspace.kept),
        "inputs": len(manifest.inputs),
        "shards": manifest.shards,
        "quads": sum(graphs.values()),
        "bytes": sum(file.bytes for file in manifest.files),
        "counts": dict(sorted(manifest.counts.items())),
        "classes": {compact(name): count for name, count in _largest_first(manifest.classes)},
        "graphs": graphs,
        "sources": {name: manifest.sources[name] for name in sorted(manifest.sources)},
        "coverage": ledger.coverage(manifest),
        "versions": versions(plugins),
    }


def versions(plugins: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Versions of pss-kg, Python, the libraries, the plug-ins, and the ontologies in use (by file)."""
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
        "plugins": dict(plugins or {}),
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
    if "records" not in info["kept"]:
        lines.append(f"Kept       {', '.join(info['kept'])}; nothing can be added")
    lines += _table("Counts", info["counts"])
    lines += _table("Classes", info["classes"])
    lines += _table("Graphs (quads)", info["graphs"], total=True)
    lines += _sources(info["sources"])
    lines += ledger.as_lines(info["coverage"])
    known = info["versions"]
    lines += ["", "Versions", f"  pss-kg {known['pss-kg']}, Python {known['python']}"]
    lines += [f"  {name} {number}" for name, number in known["libraries"].items()]
    lines += [f"  plug-in {name} {number}" for name, number in known["plugins"].items()]
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


def _largest_first(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
