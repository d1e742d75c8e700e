"""Promises about `list`: what is chosen, in which order, and what is said of a library."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from published import publish_trig

from pss_kg import store
from pss_kg.cli import main
from pss_kg.errors import BadParameter, NotFound
from pss_kg.iris import Iris
from pss_kg.listing import folding
from pss_kg.listing.reading import Reader
from pss_kg.listing.selection import Criteria, select, years

ODD = """
<graph/main> {
  <publication/pmid-1> a fabio:JournalArticle ; frbr:realizationOf <work/pmid-1> ;
    dcterms:title "Über Peers"@de ; fabio:hasPublicationYear "2019"^^xsd:gYear ;
    dcterms:issued "2018-12-30"^^xsd:date ; fabio:hasPubMedId "1" ;
    prism:keyword "peer work" ; fabio:hasSubjectTerm mesh:D008603Q000123 ; dcterms:type mesh:D016449 ;
    dcterms:creator <agent/pmid-1/author/1>, <agent/pmid-1/author/2>, <agent/orcid-0000-0002-1825-0097> ;
    pro:isDocumentContextFor <role/pmid-1/author/1>, <role/pmid-1/author/2>, <role/pmid-1/author/10> ;
    frbr:partOf <journal/issnl-1234-5679/volume/7/issue/1> ;
    cito:cites <publication/pmid-3>, <publication/pmid-2>, <publication/hash-a> ;
    frbr:part <reference-list/pmid-1> .
  <work/pmid-1> a fabio:ClinicalTrialReport .
  mesh:D016449 skos:prefLabel "Randomized Controlled Trial" .
  mesh:D008603Q000123 skos:prefLabel "Mental Health/inventions" .
  <role/pmid-1/author/1> pro:withRole pro:author ; pro:isHeldBy <agent/pmid-1/author/1> ; schema:position 1 .
  <role/pmid-1/author/2> pro:withRole pro:author ; pro:isHeldBy <agent/pmid-1/author/2> ; schema:position 2 .
  <role/pmid-1/author/10> pro:withRole pro:author ; pro:isHeldBy <agent/orcid-0000-0002-1825-0097> ;
    schema:position 10 .
  <agent/pmid-1/author/1> a foaf:Person ; foaf:name "Åse B van der Berg Jr" ; foaf:givenName "Åse B" ;
    foaf:familyName "van der Berg" .
  <agent/pmid-1/author/2> a foaf:Organization ; foaf:name "Team of Peers, Nowhere" .
  <agent/orcid-0000-0002-1825-0097> a foaf:Person ; foaf:name "Josiah Carberry" ; foaf:givenName "Josiah" ;
    foaf:familyName "Carberry" .
  <journal/issnl-1234-5679> a fabio:Journal ;
    dcterms:title "Annals of Invented Care" ; prism:issn "1234-5679" ;
    fabio:hasNLMJournalTitleAbbreviation "Ann Invent Care" .
  <journal/issnl-1234-5679/volume/7> frbr:partOf <journal/issnl-1234-5679> .
  <journal/issnl-1234-5679/volume/7/issue/1> frbr:partOf <journal/issnl-1234-5679/volume/7> .
  <reference-list/pmid-1> a biro:ReferenceList ; co:element <reference/pmid-1/1>, <reference/pmid-1/2>,
    <reference/pmid-1/10> .
  <reference/pmid-1/1> biro:references <publication/pmid-3> ; c4o:hasContent "Third." .
  <reference/pmid-1/2> biro:references <publication/hash-a> ;
    c4o:hasContent "Nobody N. Printed once. 2001." .
  <reference/pmid-1/10> biro:references <publication/pmid-3> .
  <publication/pmid-2> a fabio:Expression ; fabio:hasPubMedId "2" ; prism:doi "10.5555/two" ;
    dcterms:title "Two" .
  <publication/pmid-3> a fabio:ReviewArticle ; frbr:realizationOf <work/pmid-3> ; fabio:hasPubMedId "3" ;
    dcterms:title "A review" ; fabio:hasPublicationYear "2010"^^xsd:gYear ;
    pso:holdsStatusInTime <status/pmid-3/r> .
  <work/pmid-3> a fabio:ReviewPaper .
  <status/pmid-3/r> pso:withStatus pso:retracted-from-publication .
  <publication/hash-a> a fabio:Expression .
  <publication/pmid-1/abstract> a doco:Abstract ; dcterms:title "Über nothing" .
}
<graph/identity> { <publication/doi-10.5555%2Fother> dcterms:isReplacedBy <publication/pmid-2> }
<graph/source/files> { <publication/pmid-3> prism:doi "10.5555/three" }
"""


@pytest.fixture(scope="module")
def odd_kg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("odd") / "kg"
    publish_trig(root, ODD)
    return root


@pytest.fixture(scope="module")
def reader(odd_kg: Path) -> Reader:
    from pss_kg.workspace import Workspace

    return Reader(store.ensure(Workspace.open(odd_kg)), Iris())


def keys(reader: Reader, **criteria: object) -> list[str]:
    found = select(reader, Criteria(**criteria))  # type: ignore[arg-type]
    return [iri.removeprefix(reader.iris.publication_base) for iri in found]


# -- selections -------------------------------------------------------------------------------


def test_without_a_selection_all_described_ones_are_listed(reader: Reader) -> None:
    assert keys(reader) == ["pmid-1", "pmid-3"]
    assert keys(reader, known="mentioned") == ["hash-a", "pmid-2"]


def test_cited_by_keeps_the_order_of_the_references_and_adds_the_others(reader: Reader) -> None:
    assert keys(reader, cited_by="pmid:1") == ["pmid-3", "hash-a", "pmid-2"]


def test_citing_takes_any_identifier_or_alias(reader: Reader) -> None:
    for name in ("2", "pmid-2", "10.5555/two", "https://doi.org/10.5555/other"):
        assert keys(reader, citing=name) == ["pmid-1"]
    with pytest.raises(NotFound, match="find-by-title"):
        keys(reader, citing="404")


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        ({"year": "2019"}, ["pmid-1"]),
        ({"year": "2010-2018"}, ["pmid-3"]),
        ({"year": "2010-"}, ["pmid-1", "pmid-3"]),
        ({"year": "-2010"}, ["pmid-3"]),
        ({"author": "van der berg"}, ["pmid-1"]),
        ({"author": "Berg ÅB"}, ["pmid-1"]),
        ({"author": "Berg X"}, []),
        ({"author": "0000-0002-1825-0097"}, ["pmid-1"]),
        ({"author": "team of peers"}, ["pmid-1"]),
        ({"journal": "1234-5679"}, ["pmid-1"]),
        ({"journal": "ann invent care"}, ["pmid-1"]),
        ({"journal": "Invented"}, ["pmid-1"]),
        ({"journal": "Another"}, []),
        ({"topic": "D008603"}, ["pmid-1"]),
        ({"topic": "mental health"}, ["pmid-1"]),
        ({"topic": "Peer Work"}, ["pmid-1"]),
        ({"topic": "uber"}, ["pmid-1"]),
        ({"types": ("review",)}, ["pmid-3"]),
        ({"types": ("clinical trials",)}, ["pmid-1"]),
        ({"types": ("randomized controlled trial", "review")}, ["pmid-1", "pmid-3"]),
        ({"retracted": True}, ["pmid-3"]),
        ({"cited_by": "1", "known": "described"}, ["pmid-3"]),
        ({"cited_by": "1", "year": "2019"}, []),
        ({"year": "2019", "topic": "peer work", "author": "carberry"}, ["pmid-1"]),
    ],
)
def test_selections_combine_with_and(reader: Reader, criteria: dict[str, object], found: list[str]) -> None:
    assert keys(reader, **criteria) == found


def test_what_can_not_be_read_is_told() -> None:
    assert years("2018-2020") == (2018, 2020)
    for wrong in ("20", "2020-2018", "-", "2018 2020", "soon"):
        with pytest.raises(BadParameter):
            years(wrong)


def test_an_unknown_type_names_those_of_the_graph(reader: Reader) -> None:
    with pytest.raises(BadParameter, match=r"Review Article"):
        keys(reader, types=("sonnet",))


def test_names_fit_by_words_and_initials() -> None:
    assert folding.is_name("Reham A H Shalaby", folding.words("Shalaby RAH"))
    assert not folding.is_name("Reham A H Shalaby", folding.words("R A"))
    assert not folding.is_name("Reham A H Shalaby", folding.words("Shalab"))


# -- items ------------------------------------------------------------------------------------


def test_names_are_in_parts_and_in_order(reader: Reader) -> None:
    item = reader.item(f"{reader.iris.publication_base}pmid-1")
    assert [name.inverted() for name in item.authors] == [
        "van der Berg, Åse B, Jr",
        "Team of Peers, Nowhere",
        "Carberry, Josiah",
    ]
    assert (item.container, item.abbreviation, item.issns) == (
        "Annals of Invented Care",
        "Ann Invent Care",
        ("1234-5679",),
    )
    assert (item.year, item.issued, item.described) == ("2019", "2018-12-30", True)


def test_a_mention_without_title_has_its_printed_text(reader: Reader) -> None:
    item = reader.item(f"{reader.iris.publication_base}hash-a")
    assert (item.title, item.printed, item.described, item.cited) == (
        "",
        "Nobody N. Printed once. 2001.",
        False,
        1,
    )


def test_aliases_and_what_sources_say_are_identifiers_too(reader: Reader) -> None:
    def pairs(key: str) -> set[tuple[str, str]]:
        return set(reader.identifiers(reader.item(f"{reader.iris.publication_base}{key}")))

    assert pairs("pmid-2") == {("pmid", "2"), ("doi", "10.5555/two"), ("doi", "10.5555/other")}
    assert ("doi", "10.5555/three") in pairs("pmid-3")


# -- the command ------------------------------------------------------------------------------


def run(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["list", *arguments, "--kg", str(root)])


def test_the_library_takes_away_what_it_has_and_says_how(odd_kg: Path, tmp_path: Path) -> None:
    library = tmp_path / "library.ris"
    library.write_text(
        "TY  - JOUR\nTI  - x\nDO  - 10.5555/OTHER\nER  - \nTY  - JOUR\nAN  - 3\nDB  - PubMed\nER  - \n"
    )
    result = run(odd_kg, "--cited-by", "1", "--not-in", str(library), "--format", "ids")
    assert result.exit_code == 0
    assert result.stdout == "hash-a\n"
    assert "3 found, 2 of them in library.ris (1 by DOI, 1 by PMID), 1 not." in result.stderr


def test_what_is_perhaps_the_same_is_listed_and_told(odd_kg: Path, tmp_path: Path) -> None:
    library = tmp_path / "library.ris"
    library.write_text("TY  - JOUR\nTI  - über peers.\nPY  - 2018\nER  - \n")
    result = run(odd_kg, "--not-in", str(library), "--format", "ids")
    assert result.stdout.split() == ["1", "3"]
    assert "pmid-1 is perhaps entry 1: über peers. (2018)" in result.stderr


def test_nothing_found_is_0_with_a_word(odd_kg: Path) -> None:
    result = run(odd_kg, "--year", "1900")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "no publication fits" in result.stderr


def test_something_unknown_is_1_and_a_wrong_value_2(odd_kg: Path, tmp_path: Path) -> None:
    assert run(odd_kg, "--citing", "404").exit_code == 1
    assert run(odd_kg, "--year", "soon").exit_code == 2
    assert run(odd_kg, "--not-in", str(tmp_path / "none")).exit_code == 3


def test_lists_can_be_sorted_and_cut(odd_kg: Path) -> None:
    def ids(*arguments: str) -> list[str]:
        return run(odd_kg, "--format", "ids", *arguments).stdout.split()

    assert ids("--sort", "year") == ["1", "3"]
    assert ids("--sort", "cited") == ["3", "1"]
    assert ids("--sort", "title", "--limit", "1") == ["3"]


def test_a_file_is_the_same_as_stdout(odd_kg: Path, tmp_path: Path) -> None:
    for form in ("ris", "bibtex", "csl-json", "csv", "ids"):
        path = tmp_path / f"out.{form}"
        assert run(odd_kg, "--format", form, "-o", str(path)).exit_code == 0
        assert path.read_bytes() == run(odd_kg, "--format", form).stdout_bytes
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(
        f"out.{form}" for form in ("ris", "bibtex", "csl-json", "csv", "ids")
    )


def test_counts_are_those_of_most_cited(example_kg: Path) -> None:
    query = ["query", "most-cited", "-p", "limit=100", "--format", "json", "--kg", str(example_kg)]
    rows = json.loads(CliRunner().invoke(main, query).stdout)["results"]["bindings"]
    wanted = {row["publication"]["value"].rpartition("/")[2]: int(row["citations"]["value"]) for row in rows}
    listed = {}
    for known in ("--described", "--mentioned"):
        text = run(example_kg, known, "--format", "csv").stdout_bytes.decode()
        for row in csv.DictReader(io.StringIO(text, newline="")):
            listed[row["key"]] = int(row["cited"])
    assert {key: n for key, n in listed.items() if n} == wanted


@pytest.mark.shared
def test_real_libraries_are_read_whole(shared_data: Path) -> None:
    from pss_kg.listing.library.opening import read

    for name, form, entries in (
        ("ris/asreview_demo/pubmed_endnote.txt", "RIS", 6),
        ("ris/revtools/restoration_pubmed.nbib", "NBIB", 104),
        ("ris/CiteSource/valid_data/WoS_79.ris", "RIS", 79),
        ("endnote_xml/ASySD/zotero_export.xml", "EndNote XML", 1233),
        ("refman_misc/deep-review_csl/manual-references-2020-01-29.json", "CSL-JSON", 602),
    ):
        library = read(shared_data / name)
        assert (library.format, len(library.entries), library.damaged) == (form, entries, 0)
    # ProQuest's accession numbers are no PMIDs, PubMed's are.
    assert not any(
        scheme == "pmid"
        for entry in read(shared_data / "ris/asreview_demo/proquest.ris").entries
        for scheme, _ in entry.identifiers
    )
