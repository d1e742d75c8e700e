"""Promises about inference: what is concluded, what never is, and that owlrl concludes the same."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pubmed_files as pubmed
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from published import publish, publish_trig

from pss_kg import pipeline, store
from pss_kg.cli import main
from pss_kg.errors import BadParameter, GraphError, WorkspaceBusy
from pss_kg.inference import Axioms, allowed, closure, declared, oracle, rules
from pss_kg.stages.inferred import infer
from pss_kg.stages.reports import stored
from pss_kg.vocabulary import (
    BASE,
    BIRO,
    CITO,
    DATACITE,
    DCTERMS,
    FABIO,
    FOAF,
    FRAPO,
    FRBR,
    OWL,
    PREFIXES,
    RDFS,
)
from pss_kg.workspace import PROVENANCE, Workspace

RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def lines(text: str) -> set[str]:
    """`x cito:cites y; x a fabio:Book` as N-Triples lines; names without a prefix are made up."""

    def term(word: str) -> str:
        if word == "a":
            return f"<{RDF_TYPE}>"
        prefix, colon, name = word.partition(":")
        return f"<{PREFIXES[prefix]}{name}>" if colon else f"<urn:{word}>"

    return {
        f"{' '.join(term(word) for word in triple.split())} ." for triple in text.split(";") if triple.strip()
    }


def concluded(text: str) -> set[str]:
    return closure(rules(), lines(text))


# -- what is concluded --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("x a fabio:ReviewArticle", "x a fabio:Article; x a fabio:Expression; x a frbr:Expression"),
        ("x a pss:Objective", "x a deo:DiscourseElement"),
        ("x cito:corrects y", "x cito:cites y; y cito:isCorrectedBy x; y cito:isCitedBy x"),
        ("x cito:isRetractedBy y", "y cito:retracts x; y cito:cites x; x cito:isCitedBy y"),
        ("x frbr:partOf y", "y frbr:part x"),
        ("x frbr:realizationOf y", "y frbr:realization x"),
        ("x biro:references y", "y biro:isReferencedBy x"),
        ("x cito:sharesAuthorWith y", "y cito:sharesAuthorWith x"),
        (
            "x frbr:partOf y; y frbr:partOf z",
            "y frbr:part x; z frbr:part y; x frbr:partOf z; z frbr:part x",
        ),
        ("x frbr:part y; y frbr:part z", "y frbr:partOf x; z frbr:partOf y; z frbr:partOf x; x frbr:part z"),
    ],
)
def test_the_allow_list_is_followed_to_its_end(stated: str, expected: str) -> None:
    found = concluded(stated)
    assert lines(expected) <= found
    if " a " not in stated:
        assert found == lines(expected)


def test_a_chain_is_followed_however_long_and_a_circle_ends() -> None:
    chain = "; ".join(f"n{n} frbr:partOf n{n + 1}" for n in range(20))
    assert len({line for line in concluded(chain) if "partOf" in line}) == 20 * 21 // 2 - 20
    assert lines("x frbr:partOf x") <= concluded("x frbr:partOf y; y frbr:partOf x")


def test_what_is_stated_is_not_concluded() -> None:
    stated = "x cito:corrects y; x cito:cites y"
    assert not concluded(stated) & lines(stated)


def test_literals_are_left_alone() -> None:
    assert closure(rules(), [f'<urn:x> <{CITO}corrects> "y" .', f'<urn:x> <{FRBR}partOf> "1"@en .']) == set()


# -- what never is ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "stated",
    [
        "x foaf:name y; x frapo:hasPersonalInformation z",  # else every organisation is a person
        "x datacite:hasIdentifier i; y datacite:hasIdentifier i",  # else two publications are one
        "x fabio:hasPublicationYear y",  # else an article has a second date
        "x fabio:hasShortTitle y; x fabio:hasNLMJournalTitleAbbreviation z",  # else a second title
        "x frapo:isAwardedBy y; x frapo:isAwardedBy z",  # else funders are merged
        "x owl:sameAs y; x cito:discusses z",
        "x dcterms:isPartOf y; y dcterms:isPartOf z",
        "x pro:isHeldBy y",
        "x frbr:creator y",
    ],
)
def test_nothing_else_is_concluded(stated: str) -> None:
    found = concluded(stated)
    allowed_here = {line for line in found if CITO in line or f"{FRBR}creatorOf" in line}
    assert found == allowed_here
    assert not any(f"<{OWL}" in line or f"<{DCTERMS}" in line or f"<{RDFS}" in line for line in found)


def test_only_allowed_axioms_are_taken_however_they_are_declared() -> None:
    found = allowed(
        [
            (f"{FABIO}hasPublicationYear", f"{RDFS}subPropertyOf", f"{DCTERMS}issued"),
            (f"{CITO}cites", f"{RDFS}subPropertyOf", f"{OWL}topObjectProperty"),
            (f"{CITO}cites", f"{RDFS}subPropertyOf", f"{DCTERMS}relation"),
            (f"{FRAPO}funds", f"{OWL}inverseOf", f"{FRAPO}isFundedBy"),
            (f"{FRBR}part", RDF_TYPE, f"{OWL}TransitiveProperty"),
            (f"{DCTERMS}relation", RDF_TYPE, f"{OWL}SymmetricProperty"),
            (f"{DATACITE}hasIdentifier", RDF_TYPE, f"{OWL}InverseFunctionalProperty"),
            (f"{FOAF}name", f"{RDFS}domain", f"{OWL}Thing"),
            (f"{FABIO}Work", f"{RDFS}subClassOf", f"{OWL}Thing"),
            (f"{BIRO}references", f"{OWL}equivalentProperty", f"{CITO}cites"),
        ]
    )
    assert found == Axioms((), (), (), (), ())


def test_the_declared_axioms_hold_each_kind() -> None:
    found = declared()
    assert found.transitive == (f"{FRBR}partOf",)
    assert len(found.symmetric) == 3
    assert len(found.sub_classes) > 400
    assert all(a.startswith(CITO) and b.startswith(CITO) for a, b in found.sub_properties)
    assert (f"{CITO}cites", f"{CITO}isCitedBy") in found.inverses
    assert (f"{BIRO}isReferencedBy", f"{BIRO}references") in found.inverses


# -- the oracle ---------------------------------------------------------------------------

SMALL = [
    "x a fabio:JournalArticle; x frbr:realizationOf w; w a fabio:ResearchPaper",
    "x cito:retracts y; y cito:isCitedBy z; c a cito:AuthorSelfCitation",
    "a frbr:partOf i; i frbr:partOf v; v frbr:partOf j; a frbr:part s; s frbr:part t",
    "l a biro:ReferenceList; a frbr:part l; r biro:references b; g a frapo:Grant",
    "a cito:sharesAuthorWith b; b cito:sharesFundingAgencyWith c",
]


@pytest.mark.parametrize("stated", SMALL)
def test_owlrl_concludes_the_same(stated: str) -> None:
    assert oracle.closure(lines(stated)) == concluded(stated)


NAMES = st.sampled_from("abcde")
TRIPLES = st.one_of(
    st.tuples(
        NAMES,
        st.sampled_from(
            [
                "frbr:partOf",
                "frbr:part",
                "frbr:realization",
                "cito:cites",
                "cito:corrects",
                "cito:isCitedBy",
                "cito:sharesAuthorWith",
                "cito:usesMethodIn",
                "biro:isReferencedBy",
                "dcterms:isPartOf",
            ]
        ),
        NAMES,
    ),
    st.tuples(
        NAMES,
        st.just("a"),
        st.sampled_from(
            ["fabio:Erratum", "fabio:Retraction", "doco:Abstract", "foaf:Person", "pro:RoleInTime"]
        ),
    ),
)
# A dozen axioms of each kind are enough here: owlrl takes a second over all of them.
FEW = Axioms(
    tuple(pair for pair in declared().sub_classes if pair[0].startswith(FABIO) and "R" in pair[0])[:30],
    tuple(pair for pair in declared().sub_properties if pair[0][-3:] in ("cts", "dIn", "nds"))[:12],
    tuple(pair for pair in declared().inverses if "cites" in pair[0] or "part" in pair[0] or BIRO in pair[0]),
    declared().transitive,
    declared().symmetric,
)


@settings(max_examples=25, deadline=None)
@given(st.lists(TRIPLES, max_size=12))
def test_owlrl_concludes_the_same_from_anything(triples: list[tuple[str, str, str]]) -> None:
    stated = lines(";".join(map(" ".join, triples)))
    assert oracle.closure(stated, FEW) == closure(rules(FEW), stated)


@settings(max_examples=100, deadline=None)
@given(st.lists(TRIPLES, max_size=12))
def test_conclusions_lead_to_no_further_conclusions(triples: list[tuple[str, str, str]]) -> None:
    stated = lines(";".join(map(" ".join, triples)))
    found = closure(rules(), stated)
    assert closure(rules(), stated | found) == set()


# -- in a workspace -----------------------------------------------------------------------


def graph_lines(root: Path, graph: str) -> list[str]:
    end = f" <{BASE}graph/{graph}> .\n"
    texts = [path.read_text("utf-8") for path in Workspace.open(root).shard_paths(graph)]
    return [f"{line.removesuffix(end)} ." for text in texts for line in text.splitlines(keepends=True)]


@pytest.fixture
def kg(tmp_path: Path, example_kg: Path) -> Path:
    shutil.copytree(example_kg, tmp_path / "kg")
    return tmp_path / "kg"


def test_a_workspace_gets_what_the_rules_give_over_the_whole_of_main(kg: Path) -> None:
    done = infer(kg, jobs=1)
    main_lines, inferred = graph_lines(kg, "main"), graph_lines(kg, "inferred")
    stated = {line for line in main_lines if line.split(" ", 2)[2].startswith("<")}
    assert set(inferred) == closure(rules(), stated)
    assert len(inferred) == len(set(inferred)) == done.triples > 100
    assert not set(inferred) & set(main_lines)


def test_chains_cross_shards(tmp_path: Path) -> None:
    # Four publications, each part of the next, most likely in four shards.
    chain = "".join(f"<publication/pmid-{n}> frbr:partOf <publication/pmid-{n + 1}> .\n" for n in range(1, 9))
    publish_trig(tmp_path / "kg", f"GRAPH <graph/main> {{\n{chain}}}")
    infer(tmp_path / "kg")
    parts = [line for line in graph_lines(tmp_path / "kg", "inferred") if "partOf" in line]
    assert len(parts) == 8 * 9 // 2 - 8


NODES = st.sampled_from(
    [f"<{BASE}publication/pmid-{n}>" for n in range(5)] + [f"<{BASE}journal/j{n}>" for n in range(3)]
)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(NODES, st.sampled_from(["partOf", "part"]), NODES), min_size=1, max_size=14))
def test_shard_by_shard_is_the_same_as_all_at_once(links: list[tuple[str, str, str]]) -> None:
    stated = [f"{s} <{FRBR}{p}> {o}" for s, p, o in dict.fromkeys(links)]
    with tempfile.TemporaryDirectory() as folder:
        publish(Path(folder) / "kg", {"main": stated}, shards=4)
        infer(Path(folder) / "kg", jobs=1)
        found = set(graph_lines(Path(folder) / "kg", "inferred"))
    assert found == closure(rules(), [f"{triple} ." for triple in stated])


def test_an_inference_that_was_interrupted_leaves_the_old_state(
    kg: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (kg / "graph" / "manifest.json").read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(Workspace, "publish", lambda *given: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            infer(kg, jobs=1)
    assert (kg / "graph" / "manifest.json").read_bytes() == before
    assert infer(kg, jobs=1).triples > 100


def test_what_main_states_elsewhere_is_not_inferred_again(tmp_path: Path) -> None:
    text = """GRAPH <graph/main> { <publication/pmid-1> cito:cites <publication/pmid-2> .
                                   <publication/pmid-2> cito:isCitedBy <publication/pmid-1> }"""
    publish_trig(tmp_path / "kg", text)
    assert infer(tmp_path / "kg").triples == 0


def test_every_other_graph_stays_as_it_is_and_so_does_the_report(kg: Path) -> None:
    before = Workspace.open(kg).manifest()
    infer(kg, jobs=1)
    workspace = Workspace.open(kg)
    after = workspace.manifest()
    assert after.built() == before
    assert [f for f in after.files if f.graph == PROVENANCE] == [
        f for f in before.files if f.graph == PROVENANCE
    ]
    assert stored(workspace) is not None, "the validation report is still that of this graph"
    assert not (workspace.work / "inferring").exists()


def test_both_engines_and_any_number_of_processes_give_the_same_bytes(
    kg: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, third = tmp_path / "other", tmp_path / "third"
    shutil.copytree(kg, other)
    shutil.copytree(kg, third)
    infer(kg, jobs=1)
    infer(other, engine="owlrl")
    monkeypatch.setattr("pss_kg.stages.inferred._SMALL", 0)
    infer(third, jobs=2)
    assert len({Workspace.open(root).manifest().digest() for root in (kg, other, third)}) == 1


def test_inferring_again_does_nothing(kg: Path) -> None:
    assert not infer(kg, jobs=1).unchanged
    before = (kg / "graph" / "manifest.json").read_bytes()
    assert infer(kg, jobs=1).unchanged
    assert (kg / "graph" / "manifest.json").read_bytes() == before


def test_a_new_build_never_leaves_stale_conclusions(tmp_path: Path) -> None:
    first = pubmed.write(tmp_path / "a.xml", pubmed.article(1, relations=[("ErratumFor", 2)]))
    second = pubmed.write(tmp_path / "b.xml", pubmed.article(2))
    pipeline.build([str(first)], tmp_path / "kg", store=False, jobs=1)
    infer(tmp_path / "kg", jobs=1)
    pipeline.build([str(first)], tmp_path / "kg", store=False, jobs=1)
    assert "inferred" in Workspace.open(tmp_path / "kg").manifest().graphs(), "nothing changed"
    summary = pipeline.build([str(second)], tmp_path / "kg", store=False, jobs=1)
    assert "What was inferred from the graph before is dropped" in summary.text()
    manifest = Workspace.open(tmp_path / "kg").manifest()
    assert "inferred" not in manifest.graphs()
    assert manifest.inferred_from == ""
    assert not list((tmp_path / "kg" / "graph" / "inferred").glob("*.nq"))
    assert not infer(tmp_path / "kg", jobs=1).unchanged


def test_inference_does_not_make_the_next_build_a_whole_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = pubmed.write(tmp_path / "a.xml", *(pubmed.article(n, f"Study {n}") for n in range(1, 30)))
    one = pubmed.write(tmp_path / "b.xml", pubmed.article(99, "One more"))
    pipeline.build([str(many)], tmp_path / "kg", store=False, jobs=1)
    infer(tmp_path / "kg", jobs=1)
    monkeypatch.delattr("pss_kg.pipeline.whole.make")
    pipeline.build([str(one)], tmp_path / "kg", store=False, jobs=1)
    assert "inferred" not in Workspace.open(tmp_path / "kg").manifest().graphs()


def test_refusals_say_what_to_do(kg: Path, tmp_path: Path) -> None:
    with pytest.raises(BadParameter, match="rules or owlrl"):
        infer(kg, engine="magic")
    Workspace.create(tmp_path / "empty")
    with pytest.raises(GraphError, match="pss-kg build"):
        infer(tmp_path / "empty")
    with Workspace.open(kg).lock(), pytest.raises(WorkspaceBusy):
        infer(kg)


def test_the_command_says_what_it_did(kg: Path) -> None:
    first = CliRunner().invoke(main, ["infer", "--kg", str(kg), "--no-store"])
    assert (first.exit_code, first.stdout) == (0, "")
    assert "triples inferred" in first.stderr
    assert "nothing to infer" in CliRunner().invoke(main, ["infer", "--kg", str(kg), "--no-store"]).stderr


def test_build_infers_where_it_is_told_to_and_a_query_sees_it_where_it_asks(tmp_path: Path) -> None:
    path = pubmed.write(tmp_path / "a.xml", pubmed.article(1, relations=[("ErratumFor", 2)]))
    root = tmp_path / "kg"
    result = CliRunner().invoke(main, ["build", str(path), "--kg", str(root), "--infer", "--jobs", "1"])
    assert result.exit_code == 0
    assert store.is_current(Workspace.open(root))
    loaded = store.ensure(Workspace.open(root))
    ask = f"ASK {{ GRAPH <{BASE}graph/%s> {{ ?corrected <{CITO}isCorrectedBy> ?by }} }}"
    assert bool(loaded.query(ask % "inferred"))
    assert not bool(loaded.query(ask % "main"))
