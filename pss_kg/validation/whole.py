"""Rules that compare things far apart, over the whole of a graph that is kept in shards."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable
from pathlib import Path

from pss_kg.errors import GraphError, UnreadableInput
from pss_kg.validation.axioms import subclass_axioms
from pss_kg.validation.engines import findings_of
from pss_kg.validation.fast import run_sparql
from pss_kg.validation.findings import Finding
from pss_kg.validation.setwise import kept_lines
from pss_kg.validation.shapes import Shapes


def validate_whole(shards: Iterable[str | Path], shapes: Shapes | None = None) -> list[Finding]:
    """The findings of the shapes with `pss:scope pss:global`, sorted, each once.

    shards: the N-Quads files of one named graph (graph/main), `.gz` or plain, in any order. All of
        them: a part would hide what these rules look for. Each line as the build writes it.
    shapes: by default our own; of them only those with that mark run, and of those only sh:sparql.
        `Shapes.local()` are the others.

    In memory are only the triples with a predicate that the rules and their targets name
    (`Shapes.overall().sparql.predicates`; docs/validation.md lists them).

    Raises UnreadableInput for a file that can't be read, GraphError for one that is not N-Quads of
    one graph, or for a global shape that can't be run set at a time.
    """
    used = (Shapes.load() if shapes is None else shapes).overall()
    for shape, why in sorted(used.sparql.apart.items()):
        raise GraphError(
            f"the shape can't run over the whole graph: {why}.", where=f"<{shape}>", todo="Mend it."
        )
    if not used.sparql.rules:
        return []
    kept = [subclass_axioms(used).encode()]
    for shard in shards:
        kept += (line + b"\n" for line in _projected(Path(shard), used.sparql.predicates))
    return findings_of(run_sparql(b"".join(kept), used, "the whole graph"), used)


def _projected(path: Path, predicates: frozenset[str] | None) -> list[bytes]:
    """The lines of a shard with one of the predicates, without the name of their graph."""
    try:
        raw = path.read_bytes()
        text = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableInput(
            f"can't be read: {error}.", where=str(path), todo="Build the graph again."
        ) from error
    lines = [line for line in kept_lines(text, predicates) if line]
    if not lines:
        return []
    suffix = b" %s ." % lines[0].rsplit(b" ", 2)[1]
    if not all(line.endswith(suffix) for line in lines):
        raise GraphError("is not N-Quads of one graph.", where=str(path), todo="Build the graph again.")
    return [line.removesuffix(suffix) + b" ." for line in lines]
