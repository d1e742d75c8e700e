"""Which records become one publication. Promises of docs/identity.md."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pss_kg.identity.components import Assignment, Candidate, assign
from pss_kg.identity.index import Index, Row
from pss_kg.identity.journals import KnownJournals
from pss_kg.records import Journal


def record(name: str, *identifiers: str) -> Candidate:
    pairs = tuple((i.partition(":")[0], i.partition(":")[2]) for i in identifiers)
    return Candidate(name, pairs, f"hash-{name}")


def keys(*records: Candidate) -> dict[str, str]:
    return assign(records).keys


def test_records_that_share_an_identifier_are_one_publication() -> None:
    found = keys(record("pubmed/1", "pmid:1", "doi:10.1/a"), record("crossref/a", "doi:10.1/a"))
    assert found == {"pubmed/1": "pmid-1", "crossref/a": "pmid-1"}


def test_a_chain_of_shared_identifiers_joins_its_ends() -> None:
    found = keys(record("a/1", "pmid:1"), record("b/1", "pmid:1", "doi:10.1/a"), record("c/1", "doi:10.1/a"))
    assert set(found.values()) == {"pmid-1"}


def test_records_without_a_common_identifier_stay_apart() -> None:
    assert keys(record("a/1", "pmid:1"), record("b/2", "doi:10.1/b")) == {
        "a/1": "pmid-1",
        "b/2": "doi-10.1%2Fb",
    }


def test_one_doi_on_two_pmids_joins_nothing_and_is_listed() -> None:
    result = assign([record("pubmed/1", "pmid:1", "doi:10.1/a"), record("pubmed/2", "pmid:2", "doi:10.1/a")])
    assert result.keys == {"pubmed/1": "pmid-1", "pubmed/2": "pmid-2"}
    assert result.refusals[0].identifier == ("doi", "10.1/a")
    assert "two PMIDs: 1, 2" in result.refusals[0].reason


def test_an_identifier_of_several_publications_leads_to_the_smallest_key() -> None:
    result = assign([record("pubmed/2", "pmid:2", "doi:10.1/a"), record("pubmed/1", "pmid:1", "doi:10.1/a")])
    assert result.aliases["doi", "10.1/a"] == "pmid-1"
    assert result.ambiguous == {("doi", "10.1/a"): ("pmid-1", "pmid-2")}


def test_a_union_that_would_hold_two_dois_is_refused() -> None:
    # pmid 1 joins a and b; the PMC id would then bring in c, with another DOI.
    result = assign(
        [
            record("a/1", "pmid:1", "doi:10.1/a"),
            record("b/1", "pmid:1", "pmcid:PMC9"),
            record("c/1", "doi:10.1/c", "pmcid:PMC9"),
        ]
    )
    assert result.keys == {"a/1": "pmid-1", "b/1": "pmid-1", "c/1": "doi-10.1%2Fc"}
    assert result.refusals[0].identifier == ("pmcid", "PMC9")


def test_a_pmid_with_two_dois_names_neither_publication() -> None:
    result = assign([record("a/1", "pmid:1", "doi:10.1/a"), record("b/1", "pmid:1", "doi:10.1/b")])
    assert result.keys == {"a/1": "doi-10.1%2Fa", "b/1": "doi-10.1%2Fb"}
    assert result.aliases["pmid", "1"] == "doi-10.1%2Fa"


def test_no_two_publications_share_a_key_even_if_all_their_identifiers_clash() -> None:
    result = assign(
        [
            record("a/1", "pmid:1", "doi:10.1/a"),
            record("b/1", "pmid:1", "doi:10.1/b"),
            record("c/2", "pmid:2", "doi:10.1/a"),
        ]
    )
    assert len(set(result.keys.values())) == 3
    assert result.keys["a/1"].startswith("hash-")


IDENTIFIERS = st.one_of(
    st.integers(1, 4).map(lambda n: ("pmid", str(n))),
    st.integers(1, 4).map(lambda n: ("doi", f"10.1/{n}")),
    st.integers(1, 3).map(lambda n: ("pmcid", f"PMC{n}")),
)
RECORDS = st.lists(st.lists(IDENTIFIERS, max_size=3, unique=True), max_size=8).map(
    lambda sets: [Candidate(f"s/{n}", tuple(ids), f"hash-{n}") for n, ids in enumerate(sets)]
)


def summarise(result: Assignment) -> tuple[object, ...]:
    refusals = [(r.identifier, r.records, r.reason) for r in result.refusals]
    return result.keys, sorted(result.aliases.items()), sorted(result.ambiguous.items()), refusals


@given(RECORDS, st.randoms())
def test_the_order_of_records_plays_no_part(records: list[Candidate], random: object) -> None:
    shuffled = list(records)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert summarise(assign(records)) == summarise(assign(shuffled))


@given(RECORDS)
def test_a_publication_joined_from_several_records_has_one_pmid_and_one_doi(records: list[Candidate]) -> None:
    found = assign(records).keys
    for key in set(found.values()):
        members = [r for r in records if found[r.name] == key]
        for scheme in ("pmid", "doi"):
            values = {v for r in members for s, v in r.identifiers if s == scheme}
            assert len(values) <= 1 or len(members) == 1


@given(RECORDS)
def test_every_identifier_of_a_record_leads_to_a_publication(records: list[Candidate]) -> None:
    result = assign(records)
    for each in records:
        for identifier in each.identifiers:
            assert result.aliases[identifier] in result.keys.values()


# ---- the index


def row(
    position: int,
    record_id: str,
    *identifiers: str,
    version: int = 1,
    revised: str = "",
    source: str = "pubmed",
) -> Row:
    pairs = tuple((i.partition(":")[0], i.partition(":")[2]) for i in identifiers)
    return Row(position, source, record_id, version, revised, b"%d" % position, f"hash-{record_id}", pairs)


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(tmp_path / "index.sqlite")


def test_the_later_of_two_records_with_one_key_wins(index: Index) -> None:
    with index:
        index.add_input("old", 200001, [row(0, "1", "pmid:1", revised="2020-01-01")], [])
        index.add_input("new", 210001, [row(0, "1", "pmid:1", revised="2021-01-01")], [])
        index.settle()
        assert index.places("new")[0] == ("pmid-1", "described")
        assert index.places("old")[0].state == "superseded"


def test_a_higher_file_number_wins_where_dates_are_equal(index: Index) -> None:
    with index:
        index.add_input("b", 210002, [row(0, "1", "pmid:1")], [])
        index.add_input("a", -1, [row(0, "1", "pmid:1")], [])
        index.settle()
        assert index.places("b")[0].state == "described"


def test_a_deletion_reaches_files_with_a_smaller_number_only(index: Index) -> None:
    with index:
        index.add_input("a", 200001, [row(0, "1", "pmid:1")], [])
        index.add_input("b", 200002, [row(0, "2", "pmid:2")], [("pubmed", "1", 1), ("pubmed", "2", 1)])
        index.settle()
        assert index.places("a")[0].state == "deleted"
        assert index.places("b")[0].state == "described"


def test_a_lower_version_belongs_to_the_publication_of_the_highest(index: Index) -> None:
    with index:
        rows = [row(0, "7", "pmid:7", "doi:10.1/v1"), row(1, "7", "pmid:7", "doi:10.1/v2", version=2)]
        index.add_input("a", -1, rows, [])
        index.settle()
        assert index.places("a") == {0: ("pmid-7", "version"), 1: ("pmid-7", "described")}


def test_states_add_up_and_the_next_record_steps_in_for_one_in_quarantine(index: Index) -> None:
    with index:
        index.add_input("a", -1, [row(0, "1", "pmid:1")], [])
        index.add_input("b", -1, [row(0, "p", "pmid:1", source="article-page")], [])
        index.settle()
        assert index.states() == {("pubmed", "described"): 1, ("article-page", "merged"): 1}
        held = index.states([("pubmed", "1")])
        assert held == {("pubmed", "quarantined"): 1, ("article-page", "described"): 1}


def test_the_index_resolves_every_identifier_of_a_record(index: Index) -> None:
    with index:
        index.add_input("a", -1, [row(0, "1", "pmid:1", "doi:10.1/a"), row(1, "2", "doi:10.1/b")], [])
        index.settle()
        assert index.resolve(["doi:10.1/a", "doi:10.1/b", "doi:10.1/c"]) == {
            "doi:10.1/a": "pmid-1",
            "doi:10.1/b": "doi-10.1%2Fb",
        }


def test_a_failed_transaction_leaves_the_index_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    with Index(path) as index:
        index.add_input("a", -1, [row(0, "1", "pmid:1")], [])

    def fail() -> None:
        with Index(path) as index:
            index.add_input("b", -1, [row(0, "2", "pmid:2")], [])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with Index(path, read_only=True) as index:
        assert index.inputs() == {"a"}


# ---- journals


def test_an_issn_leads_to_the_journal_with_its_linking_issn() -> None:
    known = KnownJournals([Journal(title="A", issn="1111-1111", eissn="2222-2222", issnl="1111-1111")])
    assert known.key(Journal(eissn="2222-2222")) == "issnl-1111-1111"


def test_an_abbreviation_of_exactly_one_journal_leads_to_it() -> None:
    known = KnownJournals([Journal(title="Annals of Examples", abbreviation="Ann. Ex.", issnl="1111-1111")])
    assert known.key(Journal(abbreviation="Ann Ex")) == "issnl-1111-1111"


def test_an_abbreviation_of_two_journals_leads_to_neither() -> None:
    known = KnownJournals(
        [Journal(abbreviation="Ann Ex", issnl="1111-1111"), Journal(abbreviation="Ann Ex", issnl="2222-2222")]
    )
    assert known.key(Journal(abbreviation="Ann Ex")) == "title-ann-ex"


def test_a_journal_without_issn_goes_by_its_nlm_id_then_its_title() -> None:
    known = KnownJournals([])
    assert known.key(Journal(title="A", nlm_id="0401")) == "nlm-0401"
    assert known.key(Journal(title="Études de cas")) == "title-etudes-de-cas"
    assert known.key(Journal()) == known.key(None) == ""
