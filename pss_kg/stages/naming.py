"""Words for what a report points at, read from the graph without loading the whole of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pss_kg.iris import Iris
from pss_kg.stages.quads import MAIN
from pss_kg.validation import Finding, Naming, naming_from_triples
from pss_kg.validation.naming import publication_key
from pss_kg.workspace import Workspace


def naming_of(workspace: Workspace, findings: Iterable[Finding]) -> Naming:
    """Names for the nodes of these findings, from main.

    A publication that went to quarantine is not in main any more; it goes by its key.
    """
    iris = Iris(workspace.base)
    wanted = set()
    for finding in findings:
        for node in (finding.focus, finding.value.strip("<>")):
            wanted.add(f"<{node}>")
            if key := publication_key(node):
                wanted.add(f"<{iris.publication(key)}>")
    return naming_from_triples(_lines(workspace, iris, wanted) if wanted else ())


def _lines(workspace: Workspace, iris: Iris, wanted: set[str]) -> Iterator[str]:
    """The lines of main with these subjects, as N-Triples."""
    end = f" <{iris.graph(MAIN)}> .\n"
    journals = f"<{iris.base}journal/"
    for path in workspace.shard_paths(MAIN):
        with open(path, encoding="utf-8", newline="\n") as lines:
            for line in lines:
                # Journals are few, and articles are told by journal.
                if line[: line.find(" ")] in wanted or line.startswith(journals):
                    yield f"{line.removesuffix(end)} ."
