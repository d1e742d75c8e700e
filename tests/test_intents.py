"""Why publications cite: told by a service, kept apart from main, and never counted."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from test_increment import build, check, graph, incremental, many  # noqa: F401

from pss_kg.cli import main
from pss_kg.iris import Iris
from pss_kg.mapping.entry import Assertion, Entry, Resolved
from pss_kg.mapping.intents import PROPERTIES, graphs
from pss_kg.records import Publication, Reference
from pss_kg.stages.entries import gather
from pss_kg.stages.rows import Asserted
from pss_kg.vocabulary import CITO
from pss_kg.workspace import Workspace

NAME = "intent/semanticscholar"
BACKGROUND = f"<{CITO}obtainsBackgroundFrom>"


def paper(number: int, **more: Any) -> dict[str, Any]:
    identifiers = {"PubMed": str(number), "CorpusId": number}
    return {
        "paperId": f"{number:040x}",
        "externalIds": identifiers,
        "title": f"Study {number}",
        "year": 2020,
    } | more


def entry(
    number: int, *intents: str, contexts: Iterable[str] = (), influential: bool = False
) -> dict[str, Any]:
    return paper(number, intents=intents, contexts=list(contexts), isInfluential=influential)


def write(path: Path, *papers: dict[str, Any]) -> Path:
    path.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in papers))
    return path


def quads(root: Path, name: str) -> list[str]:
    files = [content for (of, _), content in sorted(graph(root)[0].items()) if of == name]
    return b"".join(files).decode().splitlines()


def counts(root: Path) -> dict[str, int]:
    counted = Workspace.open(root).manifest().counts
    return {name: counted[name] for name in ("citations", "typed_citations")}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Paper 1 cites 2 and is cited by 3, both with intents; 3 has no record of its own."""
    root = tmp_path_factory.mktemp("intents")
    one = paper(
        1,
        references=[entry(2, "background", "methodology", contexts=["As found [1]."], influential=True)],
        citations=[entry(3, "result", contexts=["It fits [4]."])],
    )
    build(root / "kg", write(root / "a.jsonl", one, paper(2)))
    plain = paper(1, references=[paper(2)], citations=[paper(3)])
    build(root / "plain", write(root / "b.jsonl", plain, paper(2)))
    return root


def test_both_ends_tell_and_each_goes_to_the_citing_publication(made: Path) -> None:
    lines = quads(made / "kg", NAME)
    found = {line.split(" ", 3)[0].partition("/citation/")[2] for line in lines if "/citation/" in line}
    assert found == {
        "pmid-1/pmid-2/obtainsBackgroundFrom>",
        "pmid-1/pmid-2/usesMethodIn>",
        "pmid-3/pmid-1/discusses>",
    }
    assert (
        sum("wasAttributedTo> <https://w3id.org/pss-kg/source/semanticscholar>" in line for line in lines)
        == 3
    )
    assert sum('citationContext> "As found [1]."' in line for line in lines) == 2
    assert sum("influentialCitation" in line for line in lines) == 2
    assert len(lines) == len(set(lines))


def test_main_and_its_counts_know_nothing_of_them(made: Path) -> None:
    assert quads(made / "kg", "main") == quads(made / "plain", "main")
    assert counts(made / "kg") == counts(made / "plain") == {"citations": 2, "typed_citations": 0}
    assert quads(made / "plain", NAME) == []


def test_the_graph_is_in_the_manifest_exported_linted_and_in_info(made: Path) -> None:
    kg = str(made / "kg")
    assert Workspace.open(made / "kg").manifest().graphs()[NAME] == len(quads(made / "kg", NAME))
    run = CliRunner().invoke
    exported = run(main, ["export", "--kg", kg, "--graph", NAME, "--format", "n-quads"])
    assert exported.exit_code == 0, exported.output
    assert sorted(exported.stdout.splitlines()) == sorted(quads(made / "kg", NAME))
    assert run(main, ["lint", "--kg", kg]).exit_code == 0
    assert NAME in run(main, ["info", "--kg", kg]).stdout


def test_the_query_of_the_library_asks_for_it_and_others_do_not_see_it(made: Path) -> None:
    run = CliRunner().invoke
    found = run(
        main, ["query", "--kg", str(made / "kg"), "intents", "-p", "publication=2", "--format", "csv"]
    )
    assert found.exit_code == 0, found.output
    assert [row.split(",")[0].rpartition("/")[2] for row in found.stdout.splitlines()[1:]] == [
        "obtainsBackgroundFrom",
        "usesMethodIn",
    ]
    citing = ["citing-articles", "-p", "publication=2", "--format", "csv"]
    rows = [run(main, ["query", "--kg", str(made / kg), *citing]).stdout for kg in ("kg", "plain")]
    assert rows[0] == rows[1]


def test_a_record_with_intents_is_an_increment_with_the_same_result(
    tmp_path: Path,
    incremental: list[bool],  # noqa: F811
) -> None:
    first = write(
        tmp_path / "b.jsonl", paper(5, references=[entry(8, "background")], citations=[entry(4, "result")])
    )
    second = write(
        tmp_path / "c.jsonl",
        paper(4, references=[entry(5, "methodology", contexts=["We follow [1]."])]),
        paper(900, references=[entry(5, "background")]),
    )
    check(tmp_path, many(tmp_path / "a.xml"), first, second)
    assert incremental.count(True) == 2
    assert any("usesMethodIn" in line for line in quads(tmp_path / "kg", NAME))


def test_the_order_in_which_it_is_told_does_not_matter() -> None:
    told = [
        Asserted("pmid-3", Assertion("pmid-1", "cito:cites", "semanticscholar", record, intents, contexts))
        for record, intents, contexts in (
            ("a", ("result",), ("One.", "Two.")),
            ("a", ("background",), ()),
            ("b", ("methodology", "result"), ("Two.",)),
        )
    ]
    results = {
        str(list(graphs(gather(rows, frozenset(), {}).entries["pmid-3"], Iris())))
        for rows in itertools.permutations(told)
    }
    assert len(results) == 1


def test_each_source_has_its_graph_and_none_says_that_a_publication_cites_itself() -> None:
    def record(source: str) -> Resolved:
        references = (Reference(intents=("background",)), Reference(intents=("background",)))
        return Resolved(Publication(source, "x", references=references), references=("pmid-2", "pmid-1"))

    found = dict(graphs(Entry("pmid-1", (record("shelf"), record("semanticscholar"))), Iris()))
    assert list(found) == [NAME, "intent/shelf"]
    assert [sum(BACKGROUND in triple for triple in triples) for triples in found.values()] == [2, 2]
    assert not any("pmid-1/pmid-1" in triple for triples in found.values() for triple in triples)


def test_every_word_has_a_property_of_cito() -> None:
    assert PROPERTIES == {
        "background": "obtainsBackgroundFrom",
        "methodology": "usesMethodIn",
        "result": "discusses",
    }


@pytest.mark.shared
@pytest.mark.slow
def test_real_papers_and_tables_build_and_their_counts_add_up(tmp_path: Path, shared_data: Path) -> None:
    papers = shared_data / "semanticscholar" / "derived" / "semanticscholar_records.dev.jsonl.gz"
    tables = [
        shared_data / "opencitations" / "oc_meta_csv" / "endgame" / "input" / f"{n}.csv" for n in range(3)
    ]
    summary = build(
        tmp_path / "kg", papers, shared_data / "semanticscholar" / "danielnsilva" / "Paper.json", *tables
    )
    for source, count in summary.sources.items():
        kinds = ("described", "merged", "superseded", "deleted", "quarantined")
        assert count["read"] == sum(count[kind] for kind in kinds), source
        assert count["quarantined"] == 0, source
    assert summary.sources["semanticscholar"]["read"] == 1069
    assert counts(tmp_path / "kg")["citations"] >= 1000
