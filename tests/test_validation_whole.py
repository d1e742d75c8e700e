"""Rules over the whole graph: they see across shards, and read no more than they need."""

from __future__ import annotations

import gzip
from pathlib import Path

import made_up_articles as made_up
import pytest

from pss_kg.errors import GraphError, UnreadableInput
from pss_kg.validation import Shapes, validate, validate_whole
from pss_kg.vocabulary import CITO, DCTERMS, PRISM, XSD

MAIN = "https://w3id.org/pss-kg/graph/main"
DOCS = Path(__file__).parents[1] / "docs" / "validation.md"
SHAPE = "https://w3id.org/pss-kg/shape/"


def publication(number: int) -> str:
    return made_up.IRIS.publication(f"pmid-{number}")


ONE = (
    f'<{publication(1)}> <{DCTERMS}issued> "2019-12"^^<{XSD}gYearMonth> .\n'
    f"<{publication(1)}> <{CITO}cites> <{publication(2)}> .\n"
    f'<{publication(1)}> <{PRISM}doi> "10.5555/x" .\n'
    f'<{publication(1)}> <{DCTERMS}title> "An emoji \U0001f6b6 and a tab\\t" .\n'
)
TWO = (
    f'<{publication(2)}> <{DCTERMS}issued> "2020-01-01"^^<{XSD}date> .\n'
    f'<{publication(2)}> <{PRISM}doi> "10.5555/x" .\n'
)


def quads(text: str) -> bytes:
    return text.replace(" .\n", f" <{MAIN}> .\n").encode()


@pytest.fixture
def shards(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "00.nq", tmp_path / "01.nq.gz", tmp_path / "02.nq"]
    paths[0].write_bytes(quads(ONE))
    paths[1].write_bytes(gzip.compress(quads(TWO)))
    paths[2].write_bytes(b"")
    return paths


def test_it_sees_across_shards_in_any_order(shards: list[Path]) -> None:
    found = validate_whole(shards)
    assert [(f.severity, f.shape.removeprefix(SHAPE), f.focus, f.value) for f in found] == [
        ("warning", "DOITwice", publication(1), f"<{publication(2)}>"),
        ("warning", "CitedLater", publication(1), f"<{publication(2)}>"),
    ]
    assert validate_whole(reversed(shards)) == found
    assert validate_whole(shards[:1]) == []


def test_it_finds_what_a_run_over_everything_finds(shards: list[Path]) -> None:
    shapes = Shapes.load()
    everything = validate(ONE + TWO, shapes, "fast").findings
    local = validate(ONE + TWO, shapes.local(), "fast").findings
    assert sorted(local + validate_whole(shards)) == everything
    assert everything == validate(ONE + TWO, shapes, "pyshacl").findings


def test_local_shapes_are_all_but_those_marked(shards: list[Path]) -> None:
    shapes = Shapes.load()
    marked = {rule.shape.removeprefix(SHAPE) for rule, _ in shapes.overall().sparql.rules}
    assert marked == {"CitedLater", "RetractedLater", "DOITwice"}
    assert not marked & {rule.shape.removeprefix(SHAPE) for rule, _ in shapes.local().sparql.rules}
    assert shapes.local().local().triples == shapes.local().triples


def test_the_docs_list_the_predicates_that_are_held_in_memory() -> None:
    text = DOCS.read_text("utf-8")
    for predicate in Shapes.load().overall().sparql.predicates or ():
        name = predicate.replace("#", "/").rsplit("/", 1)[-1]
        assert f":{name}`" in text or name == "integer", predicate


def test_a_damaged_shard_is_an_error_that_names_it(tmp_path: Path, shards: list[Path]) -> None:
    with pytest.raises(UnreadableInput, match=r"absent\.nq"):
        validate_whole([tmp_path / "absent.nq"])
    shards[0].write_bytes(quads(ONE) + TWO.encode())
    with pytest.raises(GraphError, match=r"00\.nq"):
        validate_whole(shards)
    torn = tmp_path / "torn.nq"
    torn.write_bytes(shards[1].read_bytes()[:40])
    with pytest.raises(UnreadableInput, match=r"torn\.nq"):
        validate_whole([torn])


def test_a_global_shape_must_run_set_at_a_time(tmp_path: Path, shards: list[Path]) -> None:
    path = tmp_path / "mine.ttl"
    path.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix pss: <https://w3id.org/pss-kg/ontology/> .\n"
        "<urn:s> a sh:NodeShape ; pss:scope pss:global ; sh:targetSubjectsOf <urn:p> ;\n"
        '    sh:sparql [ sh:select "SELECT $this { $this <urn:p> ?x } LIMIT 1" ] .\n'
    )
    with pytest.raises(GraphError, match="LIMIT"):
        validate_whole(shards, Shapes.load([path]))
