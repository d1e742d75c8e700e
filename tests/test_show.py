"""One publication is shown as a person reads it, with warnings first and conflicts in the open."""
# ruff: noqa: E501  data reads best in lines of its own

from __future__ import annotations

from pathlib import Path

import pytest
from published import publish_trig
from pyoxigraph import Store

from pss_kg import show, store
from pss_kg.errors import NotFound

GRAPH = """
GRAPH <graph/main> {
    <publication/pmid-1> a fabio:JournalArticle ; frbr:realizationOf <work/pmid-1> ;
        dcterms:title "Peers in mental health"@en ; dcterms:issued "2020-06-09"^^xsd:date ;
        fabio:hasPubMedId "1" ; fabio:hasPubMedCentralId "PMC11" ; prism:doi "10.1000/one" ;
        frbr:partOf <journal/x/volume/7/issue/6> ; prism:volume "7" ; prism:issueIdentifier "6" ; prism:startingPage "12" ; prism:endingPage "19" ;
        pro:isDocumentContextFor <role/pmid-1/author/1>, <role/pmid-1/author/2>, <role/pmid-1/author/10>, <role/pmid-1/editor/1> ;
        frbr:part <publication/pmid-1/abstract>, <reference-list/pmid-1> ;
        dcterms:abstract "Why: Because.\\nHow: So." ;
        fabio:hasSubjectTerm mesh:D1, mesh:D2 ; fabio:hasPrimarySubjectTerm mesh:D2 ; prism:keyword "peer support" ;
        c4o:hasGlobalCitationFrequency <citation-count/pmid-1/article-page> ;
        cito:cites <publication/pmid-5>, <publication/pmid-6> ; cito:corrects <publication/pmid-7> .
    <journal/x/volume/7/issue/6> frbr:partOf <journal/x/volume/7> .
    <journal/x/volume/7> frbr:partOf <journal/x> .
    <journal/x> a fabio:Journal ; dcterms:title "Listening" .
    <role/pmid-1/author/1> pro:withRole pro:author ; schema:position 1 ; pro:isHeldBy <agent/orcid-0000-0001-2345-6789> ;
        pss:affiliationText "House of Peers" .
    <role/pmid-1/author/2> pro:withRole pro:author ; schema:position 2 ; pro:isHeldBy <agent/pmid-1/author/2> ;
        pss:affiliationText "House of Peers", "School of Groups" .
    <role/pmid-1/author/10> pro:withRole pro:author ; schema:position 10 ; pro:isHeldBy <agent/pmid-1/author/10> .
    <role/pmid-1/editor/1> pro:withRole pro:editor ; schema:position 1 ; pro:isHeldBy <agent/pmid-1/editor/1> .
    <agent/orcid-0000-0001-2345-6789> foaf:name "Ana Roe" .
    <agent/pmid-1/author/2> foaf:givenName "Lee" ; foaf:familyName "Wu" .
    <agent/pmid-1/author/10> foaf:name "The Listening Group" .
    <agent/pmid-1/editor/1> foaf:name "Ed Itor" .
    <publication/pmid-1/abstract> a doco:Abstract ; frbr:part <publication/pmid-1/abstract/1>, <publication/pmid-1/abstract/2> .
    <publication/pmid-1/abstract/1> fabio:hasSequenceIdentifier "1" ; rdfs:label "Why" ; c4o:hasContent "Because." .
    <publication/pmid-1/abstract/2> fabio:hasSequenceIdentifier "2" ; rdfs:label "How" ; c4o:hasContent "So." .
    <reference-list/pmid-1> a biro:ReferenceList ; co:element <reference/pmid-1/1>, <reference/pmid-1/2>, <reference/pmid-1/10> .
    <reference/pmid-1/1> fabio:hasSequenceIdentifier "1" ; c4o:hasContent "Ash B. On groups. 2001." ; biro:references <publication/pmid-5> .
    <reference/pmid-1/2> fabio:hasSequenceIdentifier "2" ; c4o:hasContent "Personal communication." .
    <reference/pmid-1/10> fabio:hasSequenceIdentifier "10" ; c4o:hasContent "Last one." .
    <publication/pmid-5> a fabio:Expression ; dcterms:title "On groups" ; prism:doi "10.1000/five" .
    <publication/pmid-7> frbr:realizationOf <work/pmid-7> ; pso:holdsStatusInTime <status/pmid-7/retracted> .
    <status/pmid-7/retracted> pso:withStatus pso:retracted-from-publication .
    mesh:D2 skos:prefLabel "Peer Group"@en .
    <citation-count/pmid-1/article-page> c4o:hasGlobalCountValue "127"^^xsd:nonNegativeInteger ; c4o:hasGlobalCountSource <source/article-page> .
    <publication/pmid-8> fabio:hasPubMedId "8" ; dcterms:title "Older" ; dcterms:issued "2021"^^xsd:gYear .
    <publication/pmid-9> fabio:hasPubMedId "9" ; dcterms:title "Newer" ; dcterms:issued "2024-01"^^xsd:gYearMonth .
    <citation/pmid-8/pmid-1> cito:hasCitingEntity <publication/pmid-8> ; cito:hasCitedEntity <publication/pmid-1> ; cito:hasCitationCharacterization cito:cites .
    <citation/pmid-9/pmid-1> cito:hasCitingEntity <publication/pmid-9> ; cito:hasCitedEntity <publication/pmid-1> ; cito:hasCitationCharacterization cito:cites .
    <citation/pmid-9/pmid-1/retracts> cito:hasCitingEntity <publication/pmid-9> ; cito:hasCitedEntity <publication/pmid-1> ; cito:hasCitationCharacterization cito:retracts .
    <publication/pmid-9> cito:retracts <publication/pmid-1> .
}
GRAPH <graph/source/article-page> { <publication/pmid-1> dcterms:issued "2020-05-02"^^xsd:date . }
GRAPH <graph/attribution> { <publication/pmid-1> prov:wasDerivedFrom <record/pubmed/1>, <record/article-page/1> . }
GRAPH <graph/identity> { <publication/doi-10.1000%2Fone> dcterms:isReplacedBy <publication/pmid-1> . }
"""


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> show.Shown:
    return show.show(opened(tmp_path_factory.mktemp("kg")), "10.1000/one")


def opened(folder: Path) -> Store:
    return store.ensure(publish_trig(folder / "kg", GRAPH))


def test_the_overview(shown: show.Shown) -> None:
    assert (shown.key, shown.described, shown.title) == ("pmid-1", True, "Peers in mental health")
    assert (shown.journal, shown.volume, shown.issue, shown.pages) == ("Listening", "7", "6", "12-19")
    assert shown.identifiers == (("PMID", "1"), ("PMC", "PMC11"), ("DOI", "10.1000/one"))
    assert shown.records == ("article-page 1", "pubmed 1")
    assert shown.types == ("Journal Article",)


def test_claimed_and_found_citations_stand_side_by_side(shown: show.Shown) -> None:
    assert shown.claims == (("article-page", "127"),)
    assert shown.citations == 2
    assert "127 claimed by article-page; 2 found here" in show.format_text(shown)


def test_authors_in_order_with_numbered_affiliations(shown: show.Shown) -> None:
    assert [(a.name, a.affiliations) for a in shown.authors] == [
        ("Ana Roe", (1,)), ("Lee Wu", (1, 2)), ("The Listening Group", ()),
    ]  # fmt: skip
    assert shown.authors[0].orcid == "0000-0001-2345-6789"
    assert shown.affiliations == ("House of Peers", "School of Groups")


def test_abstract_sections_and_references_in_order(shown: show.Shown) -> None:
    assert shown.abstract == (("Why", "Because."), ("How", "So."))
    assert [(r.number, r.key, r.text) for r in shown.references] == [
        (1, "pmid-5", "Ash B. On groups. 2001."), (2, "", "Personal communication."), (10, "", "Last one."), (0, "pmid-6", ""),
    ]  # fmt: skip
    assert shown.references[0].identifiers == (("DOI", "10.1000/five"),)


def test_citing_articles_newest_first(shown: show.Shown) -> None:
    assert [other.key for other in shown.citing] == ["pmid-9", "pmid-8"]


def test_subjects_with_the_major_ones_marked(shown: show.Shown) -> None:
    assert shown.subjects == (("Peer Group", True), ("mesh:D1", False))
    assert "Peer Group*" in show.format_text(shown)


def test_a_retraction_is_the_first_thing_one_reads(shown: show.Shown) -> None:
    assert show.format_text(shown).startswith("!! RETRACTED by PMID 9 on 2024-01: Newer\n")


def test_a_correction_is_told_and_a_retraction_without_notice_too(tmp_path: Path) -> None:
    text = show.format_text(show.show(opened(tmp_path), "7"))
    assert "!! RETRACTED; no notice is known." in text
    assert "!! CORRECTED by PMID 1 on 2020-06-09" in text


def test_what_sources_say_otherwise_is_told(shown: show.Shown) -> None:
    assert shown.conflicts == (("date", "2020-06-09", "article-page", "2020-05-02"),)
    assert "date: 2020-05-02 by article-page; here 2020-06-09" in show.format_text(shown)


def test_a_mention_is_shown_as_such(tmp_path: Path) -> None:
    other = show.show(opened(tmp_path), "pmid-5")
    assert not other.described
    assert "Only mentioned" in show.format_text(other)


def test_an_unknown_one_is_not_found_and_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="find-by-title") as caught:
        show.show(opened(tmp_path), "404")
    assert caught.value.exit_code == 1


@pytest.mark.parametrize("width", [40, 72, 100, 500])
def test_lines_fit_the_width(shown: show.Shown, width: int) -> None:
    lines = show.format_text(shown, width).splitlines()
    assert all(len(line) <= min(width, 100) or " " not in line.strip() for line in lines if "IRI" not in line)


BOOK = """
GRAPH <graph/main> {
    <publication/pmid-7> a fabio:BookChapter ; dcterms:title "A chapter" ; fabio:hasPubMedId "7" ;
        frbr:realizationOf <work/pmid-7> ; frbr:partOf <book/isbn-1> ; dcterms:publisher <organization/name-p> ;
        pro:isDocumentContextFor <role/pmid-7/editor/1>, <role/pmid-7/editor/2> .
    <book/isbn-1> a fabio:Book ; dcterms:title "A made-up book" .
    <organization/name-p> foaf:name "Invented Press" .
    <role/pmid-7/editor/2> pro:withRole pro:editor ; schema:position 2 ; pro:isHeldBy <agent/pmid-7/editor/2> .
    <role/pmid-7/editor/1> pro:withRole pro:editor ; schema:position 1 ; pro:isHeldBy <agent/pmid-7/editor/1> .
    <agent/pmid-7/editor/1> foaf:name "Ada First" .
    <agent/pmid-7/editor/2> foaf:name "Ben Second" .
}
"""


def test_a_chapter_names_its_book_with_editors_and_publisher(tmp_path: Path) -> None:
    shown = show.show(store.ensure(publish_trig(tmp_path, BOOK)), "7")
    assert shown.book == "A made-up book"
    assert shown.editors == ("Ada First", "Ben Second")
    assert shown.publisher == "Invented Press"
    assert "  Book       A made-up book" in show.format_text(shown)
