"""Our shapes: each one finds what it is for, says it in plain words, and leaves good data alone."""

from __future__ import annotations

import json
from pathlib import Path

import made_up_articles as made_up
import pyoxigraph as ox
import pytest

from pss_kg.resources import folder
from pss_kg.validation import Shapes, ntriples, validate
from pss_kg.vocabulary import PREFIXES, PSS, SH

CASES = Path(__file__).parent / "cases" / "shapes"
SHAPE = "https://w3id.org/pss-kg/shape/"
BASE = made_up.IRIS.base
PUBLICATION = f"{BASE}publication/pmid-1"


@pytest.fixture(scope="module")
def shapes() -> Shapes:
    return Shapes.load()


@pytest.fixture(scope="module")
def good() -> str:
    return made_up.graph(articles=1)


def full(text: str) -> str:
    """`pub`, `role/1` and prefixed names written out: "pub dcterms:title 'x'" as an N-Triples line."""
    subject, predicate, obj = text.split(" ", 2)
    return f"{_term(subject)} {_term(predicate)} {_term(obj)} .\n"


THINGS = {
    "pub": PUBLICATION,
    "work": f"{BASE}work/pmid-1",
    "role": f"{BASE}role/pmid-1/author/1",
    "agent": f"{BASE}agent/pmid-1/author/1",
    "org": f"{BASE}organization/pmid-1/1",
    "journal": f"{BASE}journal/issnl-1234-5679",
    "volume": f"{BASE}journal/issnl-1234-5679/volume/7",
    "issue": f"{BASE}journal/issnl-1234-5679/volume/7/issue/6",
    "doi-node": f"{BASE}identifier/doi/10.5555/care.1",
    "pmid-node": f"{BASE}identifier/pmid/1",
    "abstract": f"{BASE}publication/pmid-1/abstract",
    "section": f"{BASE}publication/pmid-1/abstract/1",
    "list": f"{BASE}reference-list/pmid-1",
    "reference": f"{BASE}reference/pmid-1/1",
    "citation": f"{BASE}citation/pmid-1/pmid-10000005",
    "mention": f"{BASE}publication/pmid-10000005",
    "grant": f"{BASE}grant/invented-fund/1",
    "count": f"{BASE}citation-count/pmid-1/article-page",
    "status": f"{BASE}status/pmid-1/retracted",
    "subject": "http://id.nlm.nih.gov/mesh/D000001",
    "book": f"{BASE}book/ncbibook-invcare",
    "series": f"{BASE}book-series/ncbibook-invcoll",
    "ghost": f"{BASE}publication/pmid-99",
}


def _term(text: str) -> str:
    if text in THINGS:
        return f"<{THINGS[text]}>"
    if text.startswith('"'):
        value, _, datatype = text.partition("^^")
        return f"{value}^^{_term(datatype)}" if datatype else text
    prefix, _, name = text.partition(":")
    return f"<{PREFIXES[prefix]}{name}>"


# shape | what goes ("-" subject predicate, every value) and what comes ("+" subject predicate object)
BROKEN: list[tuple[str, list[str]]] = [
    ("PublicationType", ["- pub rdf:type"]),
    ("PublicationTitle", ["- pub dcterms:title"]),
    ("PublicationOneTitle", ['+ pub dcterms:title "Another title"']),
    ("PublicationTitleText", ["- pub dcterms:title", '+ pub dcterms:title ""']),
    ("PublicationWork", ["- work rdf:type"]),
    ("PublicationOneIssued", ['+ pub dcterms:issued "2021"^^xsd:gYear']),
    ("PublicationIssuedForm", ["- pub dcterms:issued", '+ pub dcterms:issued "2020-13-01"^^xsd:date']),
    ("PublicationIssued", ["- pub dcterms:issued"]),
    ("PublicationYear", ["- pub fabio:hasPublicationYear", '+ pub fabio:hasPublicationYear "2020"']),
    ("PublicationOneYear", ['+ pub fabio:hasPublicationYear "2021"^^xsd:gYear']),
    ("PublicationIssueDate", ['+ pub prism:publicationDate "May 2020"']),
    ("PublicationReceived", ['+ pub fabio:hasDateReceived "2020-05-02"^^xsd:date']),
    ("PublicationAccepted", ['+ pub dcterms:dateAccepted "2020-02-31"^^xsd:date']),
    ("PublicationIdentifier", ["- pub datacite:hasIdentifier"]),
    ("PublicationContainer", ["- issue rdf:type"]),
    ("PublicationLanguage", ["- pub dcterms:language"]),
    ("PublicationLanguageForm", ['+ pub dcterms:language "English, mostly"']),
    ("PublicationAbstract", ["- pub dcterms:abstract"]),
    ("PublicationPart", ["- abstract rdf:type"]),
    ("PublicationLicence", ['+ pub dcterms:license "free"']),
    ("PublicationAuthors", ["- pub dcterms:creator"]),
    (
        "PublicationAuthorsOptional",
        ["- pub dcterms:creator", "- pub rdf:type", "+ pub rdf:type fabio:JournalEditorial"],
    ),
    ("PublicationJournal", ["- pub frbr:partOf"]),
    ("PublicationPages", ["- pub prism:startingPage"]),
    ("IdentifiedType", ["- mention rdf:type"]),
    ("PMIDForm", ["- mention fabio:hasPubMedId", '+ mention fabio:hasPubMedId "0123"']),
    ("OnePMID", ['+ pub fabio:hasPubMedId "2"']),
    ("DOIForm", ["- pub prism:doi", '+ pub prism:doi "https://doi.org/10.5555/x"']),
    ("OneDOI", ['+ pub prism:doi "10.5555/other"']),
    ("PMCIDForm", ['+ pub fabio:hasPubMedCentralId "7312261"']),
    ("OnePMCID", ['+ pub fabio:hasPubMedCentralId "PMC1"', '+ pub fabio:hasPubMedCentralId "PMC2"']),
    ("IdentifierValue", ["- doi-node literal:hasLiteralValue"]),
    ("IdentifierScheme", ["- doi-node datacite:usesIdentifierScheme"]),
    ("IdentifierSchemeIRI", ['+ doi-node datacite:usesIdentifierScheme "doi"']),
    ("IdentifierDOI", ["- doi-node literal:hasLiteralValue", '+ doi-node literal:hasLiteralValue "10.5"']),
    ("IdentifierPMID", ["- pmid-node literal:hasLiteralValue", '+ pmid-node literal:hasLiteralValue "x1"']),
    (
        "IdentifierPMCID",
        [
            "- doi-node datacite:usesIdentifierScheme",
            "+ doi-node datacite:usesIdentifierScheme datacite:pmcid",
        ],
    ),
    (
        "IdentifierORCID",
        [
            "- doi-node datacite:usesIdentifierScheme",
            "+ doi-node datacite:usesIdentifierScheme datacite:orcid",
        ],
    ),
    (
        "IdentifierISSN",
        [
            "- doi-node datacite:usesIdentifierScheme",
            "+ doi-node datacite:usesIdentifierScheme datacite:issn",
        ],
    ),
    ("JournalTitle", ["- journal dcterms:title"]),
    ("JournalOneTitle", ['+ journal dcterms:title "Annals"']),
    ("JournalISSN", ['+ journal prism:issn "12345679"']),
    ("JournalEISSN", ['+ journal prism:eIssn "1234-567x"']),
    ("JournalISSNL", ['+ journal fabio:hasIssnL "2345-6789"']),
    ("JournalNLM", ['+ journal fabio:hasNationalLibraryOfMedicineJournalId "101X"']),
    ("JournalNumbers", ["- journal fabio:hasIssnL"]),
    ("VolumeNumber", ["- volume fabio:hasSequenceIdentifier"]),
    ("VolumeJournal", ["- volume frbr:partOf"]),
    ("IssueNumber", ["- issue fabio:hasSequenceIdentifier"]),
    ("IssueVolume", ["- volume rdf:type"]),
    ("RoleHolder", ["- role pro:isHeldBy"]),
    ("RoleHolderDescribed", ["- agent rdf:type"]),
    ("RoleKind", ["+ role pro:withRole pro:editor"]),
    ("RolePosition", ["- role schema:position"]),
    ("RolePositionForm", ["- role schema:position", '+ role schema:position "first"']),
    ("RoleNext", ["+ role oco:hasNext agent"]),
    ("RoleAffiliation", ["- org rdf:type"]),
    ("PersonName", ["- agent foaf:name"]),
    ("PersonOneName", ['+ agent foaf:name "A. Example"']),
    ("PersonFamilyName", ["- agent foaf:familyName"]),
    ("OrganizationName", ["- org foaf:name"]),
    ("AbstractPart", ["- section rdf:type"]),
    ("SectionText", ["- section c4o:hasContent"]),
    ("SectionOneText", ['+ section c4o:hasContent "We ran."']),
    ("SectionNumber", ["- section fabio:hasSequenceIdentifier"]),
    ("ReferenceListEntry", ["- list co:element"]),
    ("ReferenceListEntryDescribed", ["- reference rdf:type"]),
    ("Reference", ["- reference c4o:hasContent", "- reference biro:references"]),
    ("ReferenceTarget", ["+ reference biro:references ghost"]),
    ("ReferenceOneTarget", ["+ reference biro:references pub"]),
    ("ReferenceNext", ["+ reference oco:hasNext role", "+ reference oco:hasNext agent"]),
    ("ReferenceNumber", ['+ reference fabio:hasSequenceIdentifier "2"']),
    ("CitationCiting", ["- citation cito:hasCitingEntity"]),
    ("CitationCitingDescribed", ["- pub rdf:type"]),
    ("CitationCited", ["+ citation cito:hasCitedEntity pub"]),
    ("CitationCitedDescribed", ["- mention rdf:type"]),
    ("CitationKind", ["- citation cito:hasCitationCharacterization"]),
    ("CitationKindTerm", ["+ citation cito:hasCitationCharacterization dcterms:replaces"]),
    ("CitationOfItself", ["- citation cito:hasCitedEntity", "+ citation cito:hasCitedEntity pub"]),
    ("CitationDate", ['+ citation cito:hasCitationCreationDate "2020"']),
    ("CitationSpan", ['+ citation cito:hasCitationTimeSpan "P1"^^xsd:duration']),
    ("FundedBy", ["- grant rdf:type"]),
    ("Grant", ["- grant frapo:hasGrantNumber"]),
    ("GrantNumber", ['+ grant frapo:hasGrantNumber "2"']),
    ("GrantNumberKnown", ["- grant frapo:hasGrantNumber"]),
    ("GrantAgency", ["+ grant frapo:isAwardedBy org", "+ grant frapo:isAwardedBy agent"]),
    ("GrantAgencyDescribed", ["+ grant frapo:isAwardedBy ghost"]),
    ("CountedBy", ["- count rdf:type"]),
    ("CountValue", ["- count c4o:hasGlobalCountValue"]),
    (
        "CountValueForm",
        ["- count c4o:hasGlobalCountValue", '+ count c4o:hasGlobalCountValue "-1"^^xsd:nonNegativeInteger'],
    ),
    ("CountSource", ["- count c4o:hasGlobalCountSource"]),
    ("CountDate", ['+ count c4o:hasGlobalCountDate "lately"']),
    ("StatedBy", ["- status rdf:type"]),
    ("StatusKind", ["- status pso:withStatus"]),
    ("IndexedWith", ['+ pub fabio:hasSubjectTerm "walking"']),
    ("IndexedPrimarilyWith", ['+ pub fabio:hasPrimarySubjectTerm "walking"']),
    ("SubjectLabel", ["- subject skos:prefLabel"]),
    ("BookTitle", ["+ book rdf:type fabio:Book"]),
    (
        "BookOneTitle",
        ["+ book rdf:type fabio:Book", '+ book dcterms:title "A"', '+ book dcterms:title "B"'],
    ),
    ("BookISBN", ["+ book rdf:type fabio:Book", '+ book prism:isbn "12"']),
    ("BookPlace", ["+ book rdf:type fabio:Book", "+ book fabio:hasPlaceOfPublication ghost"]),
    ("BookSeriesTitle", ["+ series rdf:type fabio:BookSeries"]),
    (
        "CitedLater",
        ['+ mention dcterms:issued "2020-06-01"^^xsd:date'],
    ),
    ("RetractedLater", ["+ pub cito:retracts mention", '+ mention dcterms:issued "2021"^^xsd:gYear']),
    (
        "PublicationPageOrder",
        ["- pub prism:startingPage", '+ pub prism:startingPage "30"', '+ pub prism:endingPage "21"'],
    ),
    ("RoleGaps", ["- role schema:position", '+ role schema:position "3"^^xsd:integer']),
    (
        "IdentifierORCIDCheck",
        [
            "- doi-node datacite:usesIdentifierScheme",
            "+ doi-node datacite:usesIdentifierScheme datacite:orcid",
            "- doi-node literal:hasLiteralValue",
            '+ doi-node literal:hasLiteralValue "0000-0002-1825-0098"',
        ],
    ),
    ("DOITwice", ['+ mention prism:doi "10.5555/care.1"', "+ mention frbr:realizationOf work"]),
    ("JournalISSNCheck", ['+ journal prism:issn "1234-5678"']),
    ("SubjectOneLabel", ['+ subject skos:prefLabel "Another"@en']),
]


def broken(good: str, edits: list[str]) -> str:
    lines = good.splitlines(keepends=True)
    for edit in edits:
        sign, rest = edit[0], edit[2:]
        if sign == "+":
            lines.append(full(rest))
        else:
            subject, predicate = rest.split(" ")
            start = f"{_term(subject)} {_term(predicate)} "
            kept = [line for line in lines if not line.startswith(start)]
            assert len(kept) < len(lines), f"nothing to take away: {edit}"
            lines = kept
    return "".join(lines)


def test_a_conforming_article_has_no_finding_at_all(shapes: Shapes, good: str) -> None:
    assert validate(good, shapes, "pyshacl").findings == []
    assert validate(good, shapes, "fast").findings == []


@pytest.mark.parametrize(("shape", "edits"), BROKEN, ids=[shape for shape, _ in BROKEN])
def test_each_shape_finds_what_it_is_for(shapes: Shapes, good: str, shape: str, edits: list[str]) -> None:
    found = validate(broken(good, edits), shapes, "fast").findings
    assert f"{SHAPE}{shape}" in {finding.shape for finding in found}


def test_both_engines_agree_on_everything_that_can_be_broken(shapes: Shapes, good: str) -> None:
    for start in range(5):
        data = good
        for _, edits in BROKEN[start::5]:
            lines = [edit for edit in edits if edit[0] == "+" or f"{_gone(edit)} " in data]
            data = broken(data, lines)
        slow = validate(data, shapes, "pyshacl").findings
        assert slow
        assert validate(data, shapes, "fast").findings == slow


def _gone(edit: str) -> str:
    subject, predicate = edit[2:].split(" ")
    return f"{_term(subject)} {_term(predicate)}"


def test_every_shape_with_a_message_is_broken_by_a_test(shapes: Shapes) -> None:
    speaking = {
        str(triple.subject)[1:-1].removeprefix(SHAPE)
        for triple in shapes.triples
        if triple.predicate.value == f"{SH}message"
    }
    assert speaking - {shape for shape, _ in BROKEN} == {"TypedType"}  # only ever reached through others


def test_every_finding_says_field_and_remedy_and_is_named(shapes: Shapes) -> None:
    by_shape: dict[str, set[str]] = {}
    for triple in shapes.triples:
        if isinstance(triple.subject, ox.NamedNode):
            by_shape.setdefault(triple.subject.value, set()).add(triple.predicate.value)
    for shape, predicates in by_shape.items():
        if f"{SH}message" in predicates and not shape.endswith("TypedType"):
            assert {f"{SH}severity", f"{PSS}sourceField", f"{PSS}remedy"} <= predicates, shape
            assert shape.startswith(SHAPE)


def test_messages_are_for_people(shapes: Shapes) -> None:
    for triple in shapes.triples:
        if triple.predicate.value == f"{SH}message":
            assert isinstance(triple.object, ox.Literal)
            text = triple.object.value
            assert text.endswith(".")
            assert not {"triple", "node", "literal", "shape", "datatype", "IRI"} & set(
                text.strip(".").split()
            )


def test_our_shapes_are_well_formed_and_all_of_them_run_set_at_a_time() -> None:
    checked = Shapes.load(check=True)
    assert checked.never_run == 0
    assert checked.sparql.apart == {}
    assert len(checked.sparql.rules) == checked.beyond_core
    assert checked.sparql.predicates is not None
    assert not [t for t in checked.triples if t.predicate.value == f"{SH}closed"]


def test_one_file_a_subject() -> None:
    assert sorted(path.stem for path in folder("shapes").glob("*.ttl")) == [
        "abstract",
        "agent",
        "book",
        "citation",
        "count",
        "funding",
        "identifier",
        "journal",
        "publication",
        "reference",
        "status",
        "subject",
    ]


def test_a_mention_needs_neither_work_nor_date_nor_authors(shapes: Shapes) -> None:
    assert not validate(made_up.mention(5), shapes, "fast").findings


@pytest.mark.parametrize("value", ["2020", "2020-05", "2020-05-02"])
@pytest.mark.parametrize("engine", ["pyshacl", "fast"])
def test_a_date_stands_at_its_own_precision(shapes: Shapes, good: str, value: str, engine: str) -> None:
    datatype = {4: "gYear", 7: "gYearMonth", 10: "date"}[len(value)]
    data = broken(good, ["- pub dcterms:issued", f'+ pub dcterms:issued "{value}"^^xsd:{datatype}'])
    assert not validate(data, shapes, engine).findings


@pytest.mark.parametrize(
    ("value", "datatype"),
    [
        ("20x1", "gYear"),
        ("2020-13", "gYearMonth"),
        ("2021-02-29", "date"),
        ("2020-5-2", "date"),
        ("", "date"),
        ("2020-05-02T00:00:00", "date"),
        ("99", "gYear"),
    ],
)
def test_both_engines_see_an_ill_formed_date(shapes: Shapes, good: str, value: str, datatype: str) -> None:
    data = broken(good, ["- pub dcterms:issued", f'+ pub dcterms:issued "{value}"^^xsd:{datatype}'])
    slow, fast = (validate(data, shapes, engine).findings for engine in ("pyshacl", "fast"))
    assert [finding.shape for finding in fast] == [f"{SHAPE}PublicationIssuedForm"]
    assert slow == fast


def pairs() -> list[Path]:
    return sorted(CASES.rglob("*.breaks.ttl"))


@pytest.mark.parametrize("path", pairs(), ids=lambda path: path.name.removesuffix(".breaks.ttl"))
@pytest.mark.parametrize("engine", ["pyshacl", "fast"])
def test_pairs_of_cases(shapes: Shapes, path: Path, engine: str) -> None:
    name = path.name.removesuffix(".breaks.ttl")
    conforming = ntriples(path.with_name(f"{name}.conforms.ttl"))
    expected = json.loads(path.with_name(f"{name}.expected.json").read_text("utf-8"))
    assert validate(conforming, shapes, engine).findings == []
    found = validate(ntriples(path), shapes, engine).findings
    seen = [
        {"severity": f.severity, "focus": f.focus, "path": f.path, "value": f.value, "message": f.message}
        for f in found
    ]
    assert seen == [expected]
