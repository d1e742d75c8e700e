"""Made-up articles of the profile, as N-Triples, for the tests of validation."""

from __future__ import annotations

from pss_kg.iris import Iris
from pss_kg.terms import integer, iri, line, literal, non_negative
from pss_kg.vocabulary import (
    BIRO,
    C4O,
    CITO,
    CO,
    DATACITE,
    DCTERMS,
    DEO,
    DOCO,
    FABIO,
    FOAF,
    FRAPO,
    FRBR,
    LITERAL,
    MESH,
    OCO,
    PRISM,
    PRO,
    PSO,
    RDF,
    SCHEMA,
    SKOS,
    XSD,
)

IRIS = Iris()
TYPE = f"<{RDF}type>"


class Lines:
    """Collects N-Triples lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, subject: str, predicate: str, obj: str) -> None:
        self.lines.append(line(iri(subject), iri(predicate), obj))


def journal() -> str:
    """A journal with one volume and one issue, conforming."""
    g = Lines()
    whole, volume, issue = (
        IRIS.journal("issnl-1234-5679"),
        IRIS.volume("issnl-1234-5679", "7"),
        IRIS.issue("issnl-1234-5679", "7", "6"),
    )
    g.add(whole, f"{RDF}type", f"<{FABIO}Journal>")
    g.add(whole, f"{DCTERMS}title", literal("Annals of Invented Care"))
    g.add(whole, f"{FABIO}hasIssnL", literal("1234-5679"))
    for thing, above, kind, number in (
        (volume, whole, "JournalVolume", "7"),
        (issue, volume, "JournalIssue", "6"),
    ):
        g.add(thing, f"{RDF}type", f"<{FABIO}{kind}>")
        g.add(thing, f"{FABIO}hasSequenceIdentifier", literal(number))
        g.add(thing, f"{FRBR}partOf", iri(above))
    heading = f"{MESH}D000001"
    g.add(heading, f"{RDF}type", f"<{FABIO}SubjectTerm>")
    g.add(heading, f"{SKOS}prefLabel", literal("Invented Heading", "en"))
    return "".join(g.lines)


def mention(pmid: int) -> str:
    """A publication that is only cited: type, flat identifier and title."""
    g = Lines()
    publication = IRIS.publication(f"pmid-{pmid}")
    g.add(publication, f"{RDF}type", f"<{FABIO}Expression>")
    g.add(publication, f"{FABIO}hasPubMedId", literal(str(pmid)))
    g.add(publication, f"{DCTERMS}title", literal(f"A cited study, number {pmid}"))
    return "".join(g.lines)


def article(pmid: int, cited: tuple[int, ...] = (), authors: int = 2) -> str:
    """A described article with all that the profile gives it, conforming without any finding."""
    g = Lines()
    key = f"pmid-{pmid}"
    publication, work = IRIS.publication(key), IRIS.work(key)
    doi = f"10.5555/care.{pmid}"
    g.add(publication, f"{RDF}type", f"<{FABIO}JournalArticle>")
    g.add(publication, f"{FRBR}realizationOf", iri(work))
    g.add(work, f"{RDF}type", f"<{FABIO}ResearchPaper>")
    g.add(publication, f"{DCTERMS}title", literal(f"Walking and mood, part {pmid}", "en"))
    g.add(publication, f"{DCTERMS}language", literal("en"))
    g.add(publication, f"{FABIO}hasPubMedId", literal(str(pmid)))
    g.add(publication, f"{PRISM}doi", literal(doi))
    for scheme, value in (("pmid", str(pmid)), ("doi", doi)):
        identifier = IRIS.identifier(scheme, value)
        g.add(publication, f"{DATACITE}hasIdentifier", iri(identifier))
        g.add(identifier, f"{RDF}type", f"<{DATACITE}Identifier>")
        g.add(identifier, f"{DATACITE}usesIdentifierScheme", f"<{DATACITE}{scheme}>")
        g.add(identifier, f"{LITERAL}hasLiteralValue", literal(value))
    g.add(publication, f"{DCTERMS}issued", literal("2020-05", datatype=f"{XSD}gYearMonth"))
    g.add(publication, f"{FABIO}hasPublicationYear", literal("2020", datatype=f"{XSD}gYear"))
    g.add(publication, f"{FRBR}partOf", iri(IRIS.issue("issnl-1234-5679", "7", "6")))
    g.add(publication, f"{PRISM}startingPage", literal("11"))
    _authors(g, key, publication, authors)
    _abstract(g, key, publication)
    g.add(publication, f"{FABIO}hasSubjectTerm", f"<{MESH}D000001>")
    grant = IRIS.grant("Invented Fund", str(pmid))
    g.add(publication, f"{FRAPO}isFundedBy", iri(grant))
    g.add(grant, f"{RDF}type", f"<{FRAPO}Grant>")
    g.add(grant, f"{FRAPO}hasGrantNumber", literal(str(pmid)))
    count = IRIS.citation_count(key, "article-page")
    g.add(publication, f"{C4O}hasGlobalCitationFrequency", iri(count))
    g.add(count, f"{RDF}type", f"<{C4O}GlobalCitationCount>")
    g.add(count, f"{C4O}hasGlobalCountValue", non_negative(pmid % 100))
    g.add(count, f"{C4O}hasGlobalCountSource", iri(IRIS.source("article-page")))
    status = IRIS.status(key, "retracted")
    g.add(publication, f"{PSO}holdsStatusInTime", iri(status))
    g.add(status, f"{RDF}type", f"<{PSO}StatusInTime>")
    g.add(status, f"{PSO}withStatus", f"<{PSO}retracted-from-publication>")
    _references(g, key, publication, cited)
    return "".join(g.lines)


def _authors(g: Lines, key: str, publication: str, authors: int) -> None:
    for n in range(1, authors + 1):
        role, agent = IRIS.role(key, "author", n), IRIS.agent(key, "author", n)
        g.add(publication, f"{DCTERMS}creator", iri(agent))
        g.add(publication, f"{PRO}isDocumentContextFor", iri(role))
        g.add(role, f"{RDF}type", f"<{PRO}RoleInTime>")
        g.add(role, f"{PRO}withRole", f"<{PRO}author>")
        g.add(role, f"{PRO}isHeldBy", iri(agent))
        g.add(role, f"{SCHEMA}position", integer(n))
        if n < authors:
            g.add(role, f"{OCO}hasNext", iri(IRIS.role(key, "author", n + 1)))
        g.add(agent, f"{RDF}type", f"<{FOAF}Person>")
        g.add(agent, f"{FOAF}name", literal(f"Ada Example {n}"))
        g.add(agent, f"{FOAF}familyName", literal(f"Example {n}"))
        organization = IRIS.organization(key, n)
        g.add(role, f"{PRO}relatesToOrganization", iri(organization))
        g.add(organization, f"{RDF}type", f"<{FOAF}Organization>")
        g.add(organization, f"{FOAF}name", literal("Invented University"))


def _abstract(g: Lines, key: str, publication: str) -> None:
    abstract = IRIS.abstract(key)
    g.add(publication, f"{DCTERMS}abstract", literal("Walking may lift the mood. We walked. It did."))
    g.add(publication, f"{FRBR}part", iri(abstract))
    g.add(abstract, f"{RDF}type", f"<{DOCO}Abstract>")
    for n, kind in enumerate(("Background", "Methods", "Results"), 1):
        section = IRIS.section(key, n)
        g.add(abstract, f"{FRBR}part", iri(section))
        g.add(section, f"{RDF}type", f"<{DEO}{kind}>")
        g.add(section, f"{C4O}hasContent", literal("We walked."))
        g.add(section, f"{FABIO}hasSequenceIdentifier", literal(str(n)))


def _references(g: Lines, key: str, publication: str, cited: tuple[int, ...]) -> None:
    if not cited:
        return
    whole = IRIS.reference_list(key)
    g.add(publication, f"{FRBR}part", iri(whole))
    g.add(whole, f"{RDF}type", f"<{BIRO}ReferenceList>")
    for n, pmid in enumerate(cited, 1):
        other, reference = f"pmid-{pmid}", IRIS.reference(key, n)
        g.add(whole, f"{CO}element", iri(reference))
        g.add(reference, f"{RDF}type", f"<{BIRO}BibliographicReference>")
        g.add(reference, f"{C4O}hasContent", literal(f"Example A. A cited study, number {pmid}. 2019."))
        g.add(reference, f"{FABIO}hasSequenceIdentifier", literal(str(n)))
        g.add(reference, f"{BIRO}references", iri(IRIS.publication(other)))
        g.add(publication, f"{CITO}cites", iri(IRIS.publication(other)))
        citation = IRIS.citation(key, other)
        g.add(citation, f"{RDF}type", f"<{CITO}Citation>")
        g.add(citation, f"{CITO}hasCitingEntity", iri(publication))
        g.add(citation, f"{CITO}hasCitedEntity", iri(IRIS.publication(other)))
        g.add(citation, f"{CITO}hasCitationCharacterization", f"<{CITO}cites>")


def graph(articles: int = 3, authors: int = 2) -> str:
    """A conforming data graph: `articles` articles that cite five mentions each, and a journal."""
    parts = [journal()]
    for n in range(1, articles + 1):
        cited = tuple(range(10_000_000 + n * 5, 10_000_000 + n * 5 + 5))
        parts.append(article(n, cited, authors))
        parts += [mention(pmid) for pmid in cited]
    return "".join(parts)
