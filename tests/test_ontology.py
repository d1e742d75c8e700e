"""What ontology/ promises: the terms of the profile are declared, the traps are not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from pss_kg import vocabulary
from pss_kg.lint import Declared
from pss_kg.resources import folder
from pss_kg.vocabulary import BASE, CITO, DCTERMS, FABIO, FRBR, MESH, OWL, PREFIXES, RDF, RDFS, SKOS

ONTOLOGY = folder("ontology")
AXIOMS = ONTOLOGY / "axioms"


def words(text: str) -> list[str]:
    return text.split()


# The terms of docs/mapping.md, by where they stand there.
CLASSES = words(
    """
    biro:BibliographicReference biro:ReferenceList c4o:BibliographicInformationSource
    c4o:GlobalCitationCount cito:AffilationSelfCitation cito:AuthorSelfCitation cito:Citation
    cito:FunderSelfCitation cito:JournalSelfCitation datacite:Identifier deo:Background
    deo:Conclusion deo:DiscourseElement deo:Methods deo:Results doco:Abstract fabio:Expression
    fabio:Journal fabio:JournalIssue fabio:JournalVolume fabio:Work foaf:Organization foaf:Person
    frapo:Grant frbr:Expression frbr:Work pro:RoleInTime prov:Entity pso:StatusInTime pss:Objective
    skos:Concept
    """
)

EXPRESSIONS = words(
    """
    Book BookChapter Comment DataFile Expression JournalArticle JournalEditorial JournalNewsItem
    Letter Preprint ProceedingsPaper ReferenceEntry ReportDocument RetractionNotice ReviewArticle
    SpecificationDocument Thesis
    """
)

WORKS = words(
    """
    ClinicalCaseReport ClinicalGuideline ClinicalTrialDesign ClinicalTrialReport Dataset Erratum
    NewsReport Opinion ResearchPaper Retraction ReviewPaper SystematicReview Work
    """
)

PROPERTIES = words(
    """
    biro:references c4o:hasContent c4o:hasGlobalCitationFrequency c4o:hasGlobalCountDate
    c4o:hasGlobalCountSource c4o:hasGlobalCountValue cito:hasCitationCharacterization
    cito:hasCitationCreationDate cito:hasCitationTimeSpan cito:hasCitedEntity cito:hasCitingEntity
    cito:isCitedAsPontentialSolutionBy cito:sharesAuthorInstitutionWith cito:sharesAuthorWith
    cito:sharesFundingAgencyWith cito:sharesJournalWith co:element datacite:hasIdentifier
    datacite:usesIdentifierScheme dcterms:abstract dcterms:accessRights dcterms:alternative
    dcterms:creator dcterms:date dcterms:dateAccepted dcterms:hasVersion dcterms:isReplacedBy
    dcterms:isVersionOf dcterms:issued dcterms:language dcterms:license dcterms:publisher
    dcterms:replaces dcterms:title dcterms:type fabio:hasCorrectionDate fabio:hasDateReceived
    fabio:hasElectronicArticleIdentifier fabio:hasIssnL fabio:hasNLMJournalTitleAbbreviation
    fabio:hasNationalLibraryOfMedicineJournalId fabio:hasPII fabio:hasPrimarySubjectTerm
    fabio:hasPubMedCentralId fabio:hasPubMedId fabio:hasPublicationYear fabio:hasRetractionDate
    fabio:hasSequenceIdentifier fabio:hasSubjectTerm foaf:familyName foaf:givenName foaf:name
    foaf:page frapo:hasGrantNumber frapo:hasPersonalInformation frapo:isAwardedBy frapo:isFundedBy
    frapo:isSupportedBy frbr:part frbr:partOf frbr:realizationOf literal:hasLiteralValue oco:hasNext
    owl:sameAs prism:doi prism:eIssn prism:endingPage prism:issn prism:issueIdentifier prism:keyword
    prism:pageRange prism:publicationDate prism:startingPage prism:volume pro:isDocumentContextFor
    pro:isHeldBy pro:relatesToOrganization pro:withRole prov:wasAttributedTo prov:wasDerivedFrom
    pso:holdsStatusInTime pso:withStatus pss:affiliationText pss:conflictOfInterestText pss:remedy
    pss:sourceField rdf:type rdfs:label schema:position skos:prefLabel
    """
)

CITED_BY_RELATIONS = words(
    """
    cites citesAsDataSource citesAsSourceDocument corrects discusses extends obtainsBackgroundFrom
    qualifies repliesTo retracts reviews updates usesMethodIn
    """
)

INVERSES = {
    "cites": "isCitedBy",
    "discusses": "isDiscussedBy",
    "corrects": "isCorrectedBy",
    "retracts": "isRetractedBy",
    "qualifies": "isQualifiedBy",
    "updates": "isUpdatedBy",
    "citesAsSourceDocument": "isCitedAsSourceDocumentBy",
    "citesAsDataSource": "isCitedAsDataSourceBy",
}

INDIVIDUALS = words(
    """
    datacite:doi datacite:isbn datacite:local-resource-identifier-scheme datacite:oci datacite:omid
    datacite:openalex datacite:orcid datacite:pmcid datacite:pmid datacite:ror pro:author
    pro:contributor pro:editor pso:retracted-from-publication
    """
)

TRAPS = words(
    """
    cito:AffiliationSelfCitation cito:hasCitationCharacterisation cito:isCitedAsPotentialSolutionBy
    deo:Conclusions deo:Objective fabio:Guideline fabio:MetaAnalysis fabio:hasDOI fabio:hasPMID
    fabio:hasPMCID fabio:hasISSN prism:number pro:investigator
    """
)


def full(name: str) -> str:
    prefix, local = name.split(":", 1)
    return PREFIXES[prefix] + local


def values(path: Path, predicate: str) -> Iterator[tuple[str, str]]:
    """(subject, object) of every statement with this predicate between IRIs."""
    for triple in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE):
        subject, obj = triple.subject, triple.object
        if triple.predicate.value == predicate and isinstance(subject, ox.NamedNode):
            yield subject.value, obj.value if isinstance(obj, ox.NamedNode | ox.Literal) else ""


def above(term: str, predicate: str, path: Path) -> set[str]:
    """Everything above the term in the hierarchy of one file."""
    pairs = list(values(path, predicate))
    found: set[str] = set()
    todo = [term]
    while todo:
        here = todo.pop()
        more = {up for low, up in pairs if low == here} - found
        found |= more
        todo += more
    return found


@pytest.fixture(scope="module")
def declared() -> Declared:
    return Declared.load()


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_of_the_profile_is_declared(declared: Declared, name: str) -> None:
    assert full(name) in declared.classes


@pytest.mark.parametrize("name", PROPERTIES)
def test_a_property_of_the_profile_is_declared(declared: Declared, name: str) -> None:
    assert full(name) in declared.properties


@pytest.mark.parametrize("name", INDIVIDUALS)
def test_an_individual_of_the_profile_is_declared(declared: Declared, name: str) -> None:
    assert full(name) in declared.individuals


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_a_class_of_an_expression_is_one(declared: Declared, name: str) -> None:
    assert FABIO + name in declared.classes
    assert name == "Expression" or FABIO + "Expression" in above(
        FABIO + name, f"{RDFS}subClassOf", AXIOMS / "fabio.ttl"
    )


@pytest.mark.parametrize("name", WORKS)
def test_a_class_of_a_work_is_one(declared: Declared, name: str) -> None:
    assert FABIO + name in declared.classes
    assert name == "Work" or FABIO + "Work" in above(FABIO + name, f"{RDFS}subClassOf", AXIOMS / "fabio.ttl")


@pytest.mark.parametrize("name", CITED_BY_RELATIONS)
def test_a_relation_is_a_kind_of_citing(declared: Declared, name: str) -> None:
    assert CITO + name in declared.properties
    assert name == "cites" or CITO + "cites" in above(
        CITO + name, f"{RDFS}subPropertyOf", AXIOMS / "cito.ttl"
    )


def test_relations_have_the_inverses_of_the_profile() -> None:
    pairs = set(values(AXIOMS / "cito.ttl", f"{OWL}inverseOf"))
    for name, inverse in INVERSES.items():
        assert {(CITO + name, CITO + inverse), (CITO + inverse, CITO + name)} & pairs, name


def test_what_inference_is_allowed_to_use_is_there() -> None:
    symmetric = {
        s for s, kind in values(AXIOMS / "cito.ttl", f"{RDF}type") if kind == f"{OWL}SymmetricProperty"
    }
    assert symmetric == {
        CITO + name for name in ("sharesAuthorInstitutionWith", "sharesAuthorWith", "sharesFundingAgencyWith")
    }
    kinds = set(values(AXIOMS / "frbr.ttl", f"{RDF}type"))
    assert (f"{FRBR}partOf", f"{OWL}TransitiveProperty") in kinds


@pytest.mark.parametrize("name", TRAPS)
def test_a_name_that_is_often_written_wrong_is_not_declared(declared: Declared, name: str) -> None:
    assert not any(declared.has(full(name), kind) for kind in ("class", "property", "individual"))


def test_every_trap_names_a_declared_term_instead(declared: Declared) -> None:
    assert {full(name) for name in TRAPS} <= set(declared.traps)
    for wrong, (right, _) in declared.traps.items():
        assert not declared.has(wrong, "individual"), wrong
        assert declared.has(right, "individual"), right


def spelt_in_code() -> Iterator[tuple[str, str]]:
    """(file, IRI) of every term that the package spells as f"{FABIO}name" or "cito:name"."""
    namespaces = {n: v for n, v in vars(vocabulary).items() if v in PREFIXES.values()} | PREFIXES
    pattern = re.compile(r"\{([A-Z0-9]+)\}([A-Za-z][\w-]*)|[\"'`]([a-z0-9]+):([A-Za-z][\w-]*)[\"'`]")
    for path in sorted(Path(vocabulary.__file__).parent.rglob("*.py")):
        for match in pattern.finditer(path.read_text(encoding="utf-8")):
            prefix, name = match[1] or match[3], match[2] or match[4]
            if prefix in namespaces and prefix not in ("MESH", "mesh"):
                yield path.name, namespaces[prefix] + name


def test_every_term_that_the_code_spells_is_declared(declared: Declared) -> None:
    syntax = {
        f"{PREFIXES['rdf']}{name}" for name in ("Description", "about", "nodeID")
    }  # of RDF/XML, no terms
    unknown = [(file, term) for file, term in spelt_in_code() if not declared.has(term, "individual")]
    assert [(file, term) for file, term in unknown if term not in syntax] == []


@pytest.mark.parametrize("path", sorted(AXIOMS.glob("*.ttl")), ids=lambda p: p.stem)
def test_the_axioms_are_facts_without_prose(path: Path) -> None:
    version = {f"{OWL}versionInfo", f"{DCTERMS}modified"}
    for triple in ox.parse(path=str(path)):
        assert isinstance(triple.subject, ox.NamedNode)
        if isinstance(triple.object, ox.Literal):
            assert triple.predicate.value in version | {f"{OWL}deprecated"}
        else:
            assert isinstance(triple.object, ox.NamedNode)
        assert triple.predicate.value != f"{OWL}imports"


def test_our_terms_are_described() -> None:
    path = ONTOLOGY / "pss.ttl"
    ours = {s for s, _ in values(path, f"{RDF}type") if s != PREFIXES["pss"]}
    assert f"{PREFIXES['pss']}affiliationText" in ours
    for predicate in ("label", "comment", "isDefinedBy"):
        assert {s for s, _ in values(path, RDFS + predicate)} == ours
    header = {p for p in ("title", "license") if list(values(path, DCTERMS + p))}
    assert header == {"title", "license"}
    assert list(values(path, f"{OWL}versionInfo"))


def test_each_external_term_says_where_it_is_defined() -> None:
    path = ONTOLOGY / "external-terms.ttl"
    terms = {s for s, _ in values(path, f"{RDF}type")}
    assert {s for s, _ in values(path, f"{RDFS}isDefinedBy")} == terms
    assert {s for s, _ in values(path, f"{RDFS}comment")} == terms


CONTEXT = json.loads((ONTOLOGY / "context.jsonld").read_text(encoding="utf-8"))["@context"]
TERMS = {
    name: value.get("@id") or value["@reverse"] if isinstance(value, dict) else value
    for name, value in CONTEXT.items()
    if name not in PREFIXES and not name.startswith("@") and not str(value).startswith("@")
}


class TestContext:
    def test_it_has_every_prefix(self) -> None:
        assert {name: CONTEXT.get(name) for name in PREFIXES} == PREFIXES

    def test_every_term_is_a_declared_property(self, declared: Declared) -> None:
        assert [name for name, iri in TERMS.items() if full(iri) not in declared.properties] == []

    def test_no_two_terms_are_the_same_property(self) -> None:
        forward = [name for name in TERMS if "@reverse" not in CONTEXT[name]]
        assert len({TERMS[name] for name in forward}) == len(forward)

    def test_it_coerces_to_iris_and_where_the_mapping_has_one_datatype_to_that(self) -> None:
        rest = {name: v for name, v in CONTEXT.items() if isinstance(v, dict)}
        assert all(v.keys() in ({"@id", "@type"}, {"@reverse", "@type"}) for v in rest.values())
        assert {name: v["@type"] for name, v in rest.items() if v["@type"] != "@id"} == {
            "publicationYear": "xsd:gYear",
            "dateReceived": "xsd:dateTime",
            "globalCountValue": "xsd:nonNegativeInteger",
            "position": "xsd:integer",
        }

    def test_links_are_coerced_and_texts_are_not(self) -> None:
        assert CONTEXT["cites"] == {"@id": "cito:cites", "@type": "@id"}
        assert CONTEXT["title"] == "dcterms:title"

    def test_a_processor_of_json_ld_reads_it(self) -> None:
        document = {
            "@context": CONTEXT,
            "id": f"{BASE}publication/pmid-1",
            "type": "fabio:JournalArticle",
            "title": "A made-up title",
            "cites": f"{BASE}publication/pmid-2",
            "publicationYear": {"@value": "2020", "@type": "xsd:gYear"},
        }
        quads = list(ox.parse(json.dumps(document), format=ox.RdfFormat.JSON_LD))
        found = {q.predicate.value: q.object for q in quads}
        assert found[f"{CITO}cites"] == ox.NamedNode(f"{BASE}publication/pmid-2")
        assert found[f"{DCTERMS}title"] == ox.Literal("A made-up title")
        assert found[f"{RDF}type"] == ox.NamedNode(f"{FABIO}JournalArticle")
        assert len(quads) == 4


class TestTopics:
    path = ONTOLOGY / "topics.ttl"

    def concepts(self) -> set[str]:
        return {s for s, kind in values(self.path, f"{RDF}type") if kind == f"{SKOS}Concept"}

    def test_each_concept_has_one_label_and_one_scheme(self) -> None:
        for predicate in ("prefLabel", "inScheme"):
            subjects = [s for s, _ in values(self.path, SKOS + predicate)]
            assert sorted(subjects) == sorted(self.concepts())

    def test_broader_leads_to_a_concept_and_ends_at_a_top_concept(self) -> None:
        tops = {s for s, _ in values(self.path, f"{SKOS}topConceptOf")}
        assert tops == {o for _, o in values(self.path, f"{SKOS}hasTopConcept")}
        for concept in self.concepts():
            assert concept in tops or above(concept, f"{SKOS}broader", self.path) & tops

    def test_no_label_stands_for_two_concepts(self) -> None:
        labels = [o.casefold() for p in ("prefLabel", "altLabel") for _, o in values(self.path, SKOS + p)]
        assert len(labels) == len(set(labels))

    def test_matches_are_mesh_descriptors(self) -> None:
        for predicate in ("exactMatch", "closeMatch", "relatedMatch"):
            assert all(o.startswith(f"{MESH}D") for _, o in values(self.path, SKOS + predicate))
