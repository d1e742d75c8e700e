"""Adding input gives the same graph, byte for byte, as building from scratch."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pubmed_files as pubmed
import pytest

from pss_kg import pipeline
from pss_kg.pipeline import increment, made, whole
from pss_kg.stages import checking, reports, shuffle
from pss_kg.stages.summary import Summary
from pss_kg.validation import Finding
from pss_kg.workspace import PROVENANCE, Manifest, Workspace


def build(root: Path, *inputs: Path) -> Summary:
    return pipeline.build([str(i) for i in inputs], root, jobs=1, store=False)


def graph(root: Path) -> tuple[dict[tuple[str, str], bytes], Manifest]:
    """Every file of every graph but provenance, and the manifest without provenance."""
    workspace = Workspace.open(root)
    manifest = workspace.manifest()
    files = [f for f in manifest.files if f.graph != PROVENANCE]
    content = {(f.graph, f.shard): (workspace.graph / f.file).read_bytes() for f in files}
    return content, Manifest(
        base=manifest.base,
        software=manifest.software,
        shards=manifest.shards,
        inputs=manifest.inputs,
        files=tuple(files),
        classes=manifest.classes,
        counts=manifest.counts,
        sources=manifest.sources,
        ledger=manifest.ledger,
    )


def findings(root: Path) -> list[Finding]:
    report = reports.stored(Workspace.open(root))
    assert report is not None
    return report.findings


@pytest.fixture
def incremental(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Notes for each build whether it was an increment; and lets small sets be increments."""
    taken: list[bool] = []
    make = increment.make

    def noted(*args: object) -> object:
        result = make(*args)  # type: ignore[arg-type]
        taken.append(result is not None)
        return result

    monkeypatch.setattr(increment, "make", noted)
    monkeypatch.setattr(increment, "MOST_TOUCHED", 100.0)
    return taken


def check(tmp_path: Path, *steps: Path) -> Summary:
    """Add the inputs one by one; after each, compare with a build from scratch."""
    for number, step in enumerate(steps):
        summary = build(tmp_path / "kg", step)
        build(tmp_path / f"scratch{number}", *steps[: number + 1])
        one, other = graph(tmp_path / "kg"), graph(tmp_path / f"scratch{number}")
        assert one == other, f"after {step.name}"
        assert findings(tmp_path / "kg") == findings(tmp_path / f"scratch{number}"), f"after {step.name}"
    return summary


def many(path: Path, first: int = 1, number: int = 30) -> Path:
    return pubmed.write(
        path,
        *(
            pubmed.article(
                n,
                f"Study {n}",
                doi=f"10.5555/{n}",
                references=[("by PMID", pubmed.pmid(n + 3)), ("by DOI", pubmed.doi(f"10.5555/{n + 7}"))],
            )
            for n in range(first, first + number)
        ),
    )


def test_one_more_record_is_an_increment_with_the_same_result(
    tmp_path: Path, incremental: list[bool]
) -> None:
    one = pubmed.write(tmp_path / "b.xml", pubmed.article(99, references=[("x", pubmed.pmid(3))]))
    check(tmp_path, many(tmp_path / "a.xml"), one)
    assert incremental == [False, False, True, False]


def test_a_record_for_what_was_only_mentioned_takes_its_place(
    tmp_path: Path, incremental: list[bool]
) -> None:
    known_by_doi = pubmed.write(tmp_path / "b.xml", pubmed.article(500, doi="10.5555/37"))
    check(tmp_path, many(tmp_path / "a.xml"), known_by_doi)
    assert True in incremental


def test_a_revised_record_replaces_the_old_one(tmp_path: Path, incremental: list[bool]) -> None:
    revised = pubmed.write(
        tmp_path / "b.xml",
        pubmed.article(5, "Study 5, revised", revised="2022-02-02", references=[("other", pubmed.pmid(1))]),
    )
    check(tmp_path, many(tmp_path / "a.xml"), revised)
    assert True in incremental


def test_a_deletion_takes_a_record_out(tmp_path: Path, incremental: list[bool]) -> None:
    check(tmp_path, many(tmp_path / "p20n0001.xml"), pubmed.write(tmp_path / "p20n0002.xml", deleted=[5, 6]))


def test_a_clash_of_identifiers_changes_keys_of_others(tmp_path: Path, incremental: list[bool]) -> None:
    clash = pubmed.write(tmp_path / "b.xml", pubmed.article(700, doi="10.5555/5"))
    check(tmp_path, many(tmp_path / "a.xml"), clash)
    assert True in incremental


def test_a_record_leaves_quarantine_when_another_source_fills_the_gap(
    tmp_path: Path, incremental: list[bool]
) -> None:
    bad = pubmed.write(tmp_path / "b.xml", pubmed.article(1000, title="", references=[("x", pubmed.pmid(2))]))
    page = tmp_path / "page.txt"
    page.write_text(pubmed.page(1000, title="The title after all"), encoding="utf-8")
    summary = check(tmp_path, many(tmp_path / "a.xml"), bad, page)
    assert summary.sources["pubmed"]["quarantined"] == 0
    assert incremental.count(True) >= 2


@pytest.mark.parametrize(
    ("seed", "small"),
    [(1, True), (2, False), *(pytest.param(seed, seed % 2, marks=pytest.mark.slow) for seed in range(3, 13))],
)
def test_any_steps_give_what_one_build_gives(
    tmp_path: Path, incremental: list[bool], monkeypatch: pytest.MonkeyPatch, seed: int, small: bool
) -> None:
    if not small:
        monkeypatch.setattr(checking, "SMALL", 0)
    noise = random.Random(seed)

    def some_article() -> str:
        number = noise.randrange(1, 25)
        pmids = [("p", pubmed.pmid(noise.randrange(1, 40))) for _ in range(noise.randrange(4))]
        dois = [("d", pubmed.doi(f"10.5555/{noise.randrange(1, 40)}")) for _ in range(noise.randrange(3))]
        both = [
            ("b", (*pubmed.pmid(noise.randrange(1, 40)), *pubmed.doi(f"10.5555/{noise.randrange(1, 40)}")))
            for _ in range(noise.randrange(2))
        ]
        kinds = ["CommentOn", "CommentIn", "RetractionIn", "RetractionOf", "ErratumIn", "Cites"]
        return pubmed.article(
            number,
            noise.choice(["", f"Study {number}", "Another title"]),
            doi=noise.choice(["", f"10.5555/{noise.randrange(1, 25)}"]),
            version=noise.choice([1, 1, 1, 2]),
            revised=f"202{noise.randrange(3)}-01-01",
            references=pmids + dois + both,
            relations=[(noise.choice(kinds), noise.choice([noise.randrange(1, 40), None]))]
            if noise.random() < 0.5
            else [],
        )

    steps = []
    for number in itertools.count(1):
        if number > 5:
            break
        if noise.random() < 0.3:
            path = tmp_path / f"page{number}.txt"
            path.write_text(pubmed.page(noise.randrange(1, 25), claim=noise.randrange(9)), encoding="utf-8")
            steps.append(path)
            continue
        articles = [some_article() for _ in range(noise.randrange(1, 12))]
        gone = [noise.randrange(1, 25)] if noise.random() < 0.4 else []
        steps.append(pubmed.write(tmp_path / f"p20n{number:04}.xml", *articles, deleted=gone))
    check(tmp_path, *steps)
    assert incremental.count(True) >= 3


def test_shards_made_by_several_processes_keep_their_own_counts(
    tmp_path: Path, incremental: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole, "SMALL", 0)
    first = many(tmp_path / "a.xml", number=60)
    # Another journal volume: shared things come, and those that only the old record named go.
    second = pubmed.write(tmp_path / "b.xml", pubmed.article(5, "Revised", revised="2022-02-02", year="2011"))
    pipeline.build([str(first)], tmp_path / "kg", jobs=2, store=False)
    state = made.load(Workspace(tmp_path / "kg"))
    build(tmp_path / "one", first)
    alone = made.load(Workspace(tmp_path / "one"))
    assert state is not None
    assert alone is not None
    assert state.parts == alone.parts
    pipeline.build([str(second)], tmp_path / "kg", jobs=2, store=False)
    build(tmp_path / "scratch", first, second)
    assert graph(tmp_path / "kg") == graph(tmp_path / "scratch")


def test_findings_on_things_of_others_are_looked_for_again_too() -> None:
    for thing in ("http://id.nlm.nih.gov/mesh/D008603", "https://w3id.org/pss-kg/journal/issnl-1234-5679"):
        shard = shuffle.shard_of(f"<{thing}>", 16)
        assert increment.concerned(thing, set(), {shard}, 16)
        assert not increment.concerned(thing, set(), set(range(16)) - {shard}, 16)
    assert increment.concerned("pmid-1", {"pmid-1"}, set(), 16)
    assert not increment.concerned("pmid-2", {"pmid-1"}, set(range(16)), 16)


def test_without_its_notes_a_build_starts_afresh(tmp_path: Path, incremental: list[bool]) -> None:
    build(tmp_path / "kg", many(tmp_path / "a.xml"))
    made.forget(Workspace(tmp_path / "kg"))
    build(tmp_path / "kg", pubmed.write(tmp_path / "b.xml", pubmed.article(99)))
    assert incremental == [False, False]


def test_many_increments_end_in_filling_the_buckets_anew(
    tmp_path: Path, incremental: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(increment, "MOST_GENERATIONS", 2)
    steps = [many(tmp_path / "a.xml")]
    steps += [pubmed.write(tmp_path / f"{n}.xml", pubmed.article(200 + n)) for n in range(4)]
    for step in steps:
        build(tmp_path / "kg", step)
    build(tmp_path / "scratch", *steps)
    assert incremental[:-1] == [False, True, True, False, True]
    assert graph(tmp_path / "kg") == graph(tmp_path / "scratch")
