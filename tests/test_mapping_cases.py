"""Each case is a pair of files: what is known of a publication, and the graph it becomes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from mapping_cases import FOLDER, entry, lines, mapped, names
from pyoxigraph import RdfFormat, parse

from pss_kg.iris import Iris
from pss_kg.mapping.classes import _TABLE, classify
from pss_kg.mapping.relations import direct, inverse, words
from pss_kg.records import Type
from pss_kg.vocabulary import PREFIXES, RDF, compact

DOCS = Path(__file__).parent.parent / "docs" / "mapping.md"


@pytest.mark.parametrize("name", names())
def test_a_case_becomes_the_graph_beside_it(name: str) -> None:
    expected = (FOLDER / name / "expected.nq").read_text(encoding="utf-8")
    assert "".join(lines(mapped(name))) == expected


@pytest.mark.parametrize("name", names())
def test_a_case_is_valid_n_quads_and_says_nothing_twice(name: str) -> None:
    result = mapped(name)
    for graph, triples in result.graphs.items():
        assert triples, f"{graph} is empty"
        assert len(triples) == len(set(triples))
        text = "".join(f"{triple} <{Iris().graph(graph)}> .\n" for triple in triples)
        assert len(list(parse(text.encode(), format=RdfFormat.N_QUADS))) == len(triples)
    main = set(result.graphs["main"])
    for graph, triples in result.graphs.items():
        if graph.startswith("source/"):
            assert not main & set(triples), "a source's graph repeats main"


def _written() -> set[str]:
    """Every property and class that the cases and the table of types write, as prefixed names."""
    found: set[str] = set()
    for name in names():
        result = mapped(name)
        rows = [triple.split(" ", 2) for triples in result.graphs.values() for triple in triples]
        rows += [[row.subject, row.predicate, row.object] for row in result.shared]
        for _, predicate, obj in rows:
            found.add(compact(predicate[1:-1]))
            if predicate == f"<{RDF}type>":
                found.add(compact(obj[1:-1]))
    for kind in _TABLE:
        expressions, work, _ = classify([Type(kind)])
        found.update(compact(term[1:-1]) for term in (*expressions, work))
    for word in words():
        found.update(direct(word) or inverse(word))
    return found


def _documented() -> set[str]:
    code = " ".join(re.findall(r"`([^`]+)`", DOCS.read_text(encoding="utf-8")))
    names_of = r"\b(" + "|".join(PREFIXES) + r"):([A-Za-z][A-Za-z0-9]*)"
    return {f"{prefix}:{name}" for prefix, name in re.findall(names_of, code)}


def test_the_table_names_every_property_and_class_that_is_written() -> None:
    assert _written() - _documented() == set()


def test_everything_that_the_table_names_is_written_by_some_case() -> None:
    assert _documented() - _written() == set()


def test_the_table_names_every_type_and_relation() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert [kind for kind in _TABLE if f"| {kind} |" not in text] == []
    assert [word for word in words() if f"| {word} |" not in text] == []


def test_a_case_reads_the_same_whatever_is_mapped_before() -> None:
    first = {name: mapped(name) for name in names()}
    assert {name: mapped(name) for name in reversed(names())} == first
    assert entry("article").key == "pmid-1000001"
