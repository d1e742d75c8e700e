"""A list that stands apart from its article's record cites, and describes nothing."""

from __future__ import annotations

from pss_kg.iris import Iris
from pss_kg.mapping.entry import Resolved
from pss_kg.mapping.publication import map_entry
from pss_kg.records import Identifiers, Publication, Reference, Type
from pss_kg.sources.service import listed
from pss_kg.stages.entries import citing, gather
from pss_kg.stages.rows import Asserted, Described, Row

IRIS = Iris()
ONE: Identifiers = (("pmid", "1"),)
WHOLE = Publication("europepmc", "MED/1", identifiers=ONE, title="Peers", types=(Type("Journal Article"),))
TWO = Reference(identifiers=(("pmid", "2"),))
CITATIONS = listed("europepmc", "MED/1/citations", ONE, cited_by=[TWO])
REFERENCES = listed("pubmed", "1/references", ONE, references=[TWO, Reference(text="A book.")])


def main_of(*rows: Row) -> str:
    (entry,) = (e for e in gather(rows, frozenset(), {}).entries.values() if e.key == "pmid-1")
    return "\n".join(map_entry(entry, IRIS).graphs["main"])


def test_it_adds_no_second_description() -> None:
    alone = main_of(Described("pmid-1", Resolved(WHOLE)))
    both = main_of(
        Described("pmid-1", Resolved(CITATIONS, cited_by=("pmid-2",))), Described("pmid-1", Resolved(WHOLE))
    )
    assert both == alone


def test_its_citing_articles_are_counted() -> None:
    rows = [
        Described("pmid-1", Resolved(WHOLE)),
        Described("pmid-1", Resolved(CITATIONS, cited_by=("pmid-2",))),
    ]
    (entry,) = gather(rows, frozenset(), {}).entries.values()
    assert entry.described
    assert citing(entry) == {"pmid-2"}


def test_its_references_are_the_list_where_no_record_has_one_and_its_source_goes_first() -> None:
    text = main_of(
        Described("pmid-1", Resolved(WHOLE)),
        Described("pmid-1", Resolved(REFERENCES, references=("pmid-2", ""))),
    )
    assert '"A book."' in text
    assert "<https://w3id.org/pss-kg/citation/pmid-1/pmid-2>" in text
    assert text.count("http://purl.org/dc/terms/title") == 1


def test_alone_it_makes_a_mention_that_cites() -> None:
    rows = [Described("pmid-1", Resolved(REFERENCES, references=("pmid-2", "")))]
    (entry,) = gather(rows, frozenset(), {}).entries.values()
    assert not entry.described
    text = main_of(*rows)
    assert "realizationOf" not in text
    assert "hasPubMedId" in text
    assert "citation/pmid-1/pmid-2" in text


def test_alone_it_says_who_said_so() -> None:
    rows = [Described("pmid-1", Resolved(REFERENCES, references=("pmid-2", "")))]
    (entry,) = gather(rows, frozenset(), {}).entries.values()
    attribution = map_entry(entry, IRIS).graphs["attribution"]
    assert any("record/pubmed/1%2Freferences" in triple and "citation/" in triple for triple in attribution)
    assert any(triple.startswith("<https://w3id.org/pss-kg/publication/pmid-1>") for triple in attribution)


def test_a_row_of_another_kind_leaves_it_as_it_is() -> None:
    from pss_kg.mapping.entry import Assertion

    rows: list[Row] = [
        Described("pmid-1", Resolved(CITATIONS, cited_by=("pmid-2",))),
        Asserted("pmid-1", Assertion("pmid-3", "cito:cites", "pubmed", "9")),
    ]
    (entry,) = gather(rows, frozenset(), {}).entries.values()
    assert not entry.described
    assert "citation/pmid-1/pmid-3" in main_of(*rows)
