"""The mapping's promises, one by one, on records made by hand."""

from __future__ import annotations

import pytest

from pss_kg.iris import Iris
from pss_kg.mapping.classes import classify
from pss_kg.mapping.dates import issued, typed
from pss_kg.mapping.entry import Assertion, Entry, Mention, Resolved
from pss_kg.mapping.languages import tag
from pss_kg.mapping.publication import map_entry
from pss_kg.mapping.reconcile import merge, record_at_fault, residual
from pss_kg.mapping.relations import direct, inverse
from pss_kg.records import Abstract, AbstractSection, Contributor, Date, Publication, Reference, Type
from pss_kg.vocabulary import C4O, CITO, DCTERMS, FRBR, PRISM, PRO

IRIS = Iris()


def _main(*records: Publication, key: str = "pmid-1", **more: object) -> list[str]:
    entry = Entry(key, tuple(Resolved(record) for record in records), **more)  # type: ignore[arg-type]
    return map_entry(entry, IRIS).graphs["main"]


@pytest.mark.parametrize(
    ("electronic", "issue", "chosen"),
    [
        ("2020-05-02", "2020-06", "2020-05-02"),
        ("2020-07-02", "2020-06", "2020-06"),
        ("2020-06-15", "2020-06", "2020-06-15"),
        ("2020", "2020-06-01", "2020-06-01"),
        ("", "2020", "2020"),
        ("", "", ""),
    ],
)
def test_issued_is_the_earlier_date_and_of_equal_ones_the_finer(
    electronic: str, issue: str, chosen: str
) -> None:
    assert issued(electronic, issue) == chosen


@pytest.mark.parametrize("text", ["2020-02-30", "20", "2020-W01-1", "0000", "2020-5", "soon", "٢٠٢٠"])
def test_what_is_no_date_gets_no_datatype(text: str) -> None:
    assert typed(text) == ""


@pytest.mark.parametrize(
    ("code", "expected"),
    [("eng", "en"), ("ger", "de"), ("DE", "de"), ("pt_BR", "pt-br"), ("mul", ""), ("?", "")],
)
def test_a_language_code_becomes_the_shortest_tag(code: str, expected: str) -> None:
    assert tag(code) == expected


def test_the_work_has_the_most_telling_class_and_the_expression_all() -> None:
    expressions, work, untold = classify([Type("Journal Article"), Type("Review"), Type("Video-Audio Media")])
    assert [term.rsplit("/", 1)[1] for term in expressions] == ["JournalArticle>", "ReviewArticle>"]
    assert work.endswith("ReviewPaper>")
    assert [kind.name for kind in untold] == ["Video-Audio Media"]


def test_an_inverse_word_is_turned_round() -> None:
    assert inverse("RetractionIn") == direct("RetractionOf") == ("cito:retracts",)
    assert direct("RetractionIn") == ()
    assert inverse("RepublishedIn") == ("dcterms:isVersionOf",)
    assert direct("no such word") == inverse("no such word") == ()


def test_each_field_comes_from_the_first_record_that_has_it() -> None:
    first = Publication("pubmed", "1", identifiers=(("pmid", "1"),), title="One")
    second = Publication(
        "crossref", "2", identifiers=(("doi", "10.5555/a"), ("doi", "10.5555/b")), volume="3"
    )
    merged = merge([first, second])
    assert (merged.record.title, merged.record.volume) == ("One", "3")
    assert merged.record.identifiers == (("pmid", "1"), ("doi", "10.5555/a"))
    assert (merged.origin_of("title"), merged.origin_of("volume")) == (0, 1)
    left = residual(second, merged)
    assert left is not None
    assert (left.volume, left.identifiers) == ("", (("doi", "10.5555/b"),))


def test_the_key_decides_which_of_two_dois_main_has() -> None:
    record = Publication("file", "x", identifiers=(("doi", "10.5555/b"), ("doi", "10.5555/a")))
    assert merge([record], "doi-10.5555%2Fa").record.identifiers == (("doi", "10.5555/a"),)


def test_an_orcid_is_taken_only_where_position_and_name_agree() -> None:
    ours = (Contributor("A B", "B", "A"), Contributor("C D", "D", "C"))
    theirs = (
        Contributor("Anna B", "B", "Anna", orcid="0000-0002-1825-0097"),
        Contributor("X Y", "Y", "X", orcid="0000-0001-5109-3700"),
    )
    merged = merge(
        [Publication("pubmed", "1", contributors=ours), Publication("crossref", "2", contributors=theirs)]
    )
    assert [person.orcid for person in merged.record.contributors] == ["0000-0002-1825-0097", ""]


def test_a_date_of_no_kind_counts_only_where_no_other_is_known() -> None:
    page = Publication("article-page", "1", issued=Date("2020-05-02"))
    assert any('issued> "2020-05-02"' in triple for triple in _main(page))
    graphs = map_entry(
        Entry("pmid-1", (Resolved(Publication("pubmed", "1", issue_date=Date("2020-06"))), Resolved(page))),
        IRIS,
    ).graphs
    assert any('issued> "2020-06"' in triple for triple in graphs["main"])
    assert any('issued> "2020-05-02"' in triple for triple in graphs["source/article-page"])


def test_a_citation_stands_once_whoever_says_it_and_names_all_who_do() -> None:
    record = Publication("pubmed", "1", references=(Reference("A"), Reference("A again"), Reference("Self")))
    entry = Entry(
        "pmid-1",
        (Resolved(record, ("pmid-2", "pmid-2", "pmid-1")),),
        assertions=(Assertion("pmid-2", "cito:cites", "article-page", "2"),),
    )
    graphs = map_entry(entry, IRIS).graphs
    edges = [triple for triple in graphs["main"] if f" <{CITO}cites> " in triple]
    assert [edge.rsplit("/", 1)[1] for edge in edges if "hasCitation" not in edge] == ["pmid-2>"]
    assert sum("citation/pmid-1/pmid-2>" in triple for triple in graphs["attribution"]) == 2


def test_a_typed_relation_is_a_citation_of_its_own_and_no_cites() -> None:
    entry = Entry("pmid-1", assertions=(Assertion("pmid-2", "cito:retracts", "pubmed", "2"),))
    main = map_entry(entry, IRIS).graphs["main"]
    assert any("citation/pmid-1/pmid-2/retracts>" in triple for triple in main)
    assert not any("cito/cites>" in triple for triple in main)


def test_the_record_at_fault_is_the_one_main_took_the_value_from() -> None:
    first = Publication("pubmed", "1", title="One", issue_date=Date("2020"))
    second = Publication(
        "crossref", "2", identifiers=(("doi", "10.5555/a"),), electronic_date=Date("2019-12-01")
    )
    entry = Entry("pmid-1", (Resolved(first), Resolved(second)))
    assert record_at_fault(f"{DCTERMS}title", entry) == ("pubmed", "1")
    assert record_at_fault(f"{PRISM}doi", entry) == ("crossref", "2")
    assert record_at_fault(f"{DCTERMS}issued", entry) == ("crossref", "2")
    assert record_at_fault(f"{DCTERMS}abstract", entry) == ("crossref", "2")
    assert record_at_fault(f"{DCTERMS}title", Entry("pmid-1")) is None


def test_at_fault_for_a_part_is_the_record_that_the_part_came_from() -> None:
    first = Publication("pubmed", "1", abstract=Abstract((AbstractSection("Text"),)))
    second = Publication("crossref", "2", references=(Reference("A"),), contributors=(Contributor("A B"),))
    entry = Entry("pmid-1", (Resolved(first), Resolved(second)))
    part, abstract, listed = f"{FRBR}part", IRIS.abstract("pmid-1"), IRIS.reference_list("pmid-1")
    assert record_at_fault(part, entry, IRIS.publication("pmid-1"), f"<{abstract}>") == ("pubmed", "1")
    assert record_at_fault(part, entry, IRIS.publication("pmid-1"), f"<{listed}>") == ("crossref", "2")
    assert record_at_fault(f"{C4O}hasContent", entry, f"{abstract}/1") == ("pubmed", "1")
    assert record_at_fault(f"{PRO}isHeldBy", entry, IRIS.role("pmid-1", "author", 1)) == ("crossref", "2")


def test_retracted_without_a_notice_is_a_status_and_with_one_it_is_not() -> None:
    record = Resolved(Publication("pubmed", "1", retracted=True))
    assert any("holdsStatusInTime" in triple for triple in _main(record.record))
    notice = Mention("pubmed", "2", "pmid-2", 1, Reference(identifiers=(("pmid", "1"),)), ("cito:retracts",))
    graphs = map_entry(Entry("pmid-1", (record,), mentions=(notice,)), IRIS).graphs
    assert not any("holdsStatusInTime" in triple for triple in graphs["main"])
