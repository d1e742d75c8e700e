"""One publication as a person reads it, gathered from the store by its indexes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pss_kg.errors import NotFound
from pss_kg.iris import Iris
from pss_kg.show.near import near_pmids
from pss_kg.show.page import Author, Other, Shown
from pss_kg.store import find_publication, graph_node
from pss_kg.vocabulary import (
    BIRO,
    C4O,
    CITO,
    CO,
    DCTERMS,
    DOCO,
    FABIO,
    FOAF,
    FRBR,
    PRISM,
    PRO,
    PROV,
    PSO,
    RDF,
    RDFS,
    SCHEMA,
    SKOS,
    compact,
)
from pss_kg.vocabulary import PSS as PSS_TERMS

if TYPE_CHECKING:
    from pyoxigraph import Store

_TYPE = f"{RDF}type"
_TITLE = f"{DCTERMS}title"
_ISSUED = f"{DCTERMS}issued"
_HELD_BY = f"{PRO}isHeldBy"
_KEPT_FOR_LAST = 10**9
_RELATIONS = (
    # (property, warning on the cited side, note on the citing side)
    ("retracts", "RETRACTED", "Retracts"),
    ("qualifies", "EXPRESSION OF CONCERN", "Expression of concern for"),
    ("corrects", "CORRECTED", "Corrects"),
    ("updates", "UPDATED", "Updates"),
)
_CONFLICTS = ((_ISSUED, "date"), (_TITLE, "title"), (f"{PRISM}doi", "DOI"))


def show(store: Store, text: str, iris: Iris | None = None) -> Shown:
    """The publication that `text` names: any identifier, key, IRI or alias (see store.find_publication).

    Raises NotFound.
    """
    iris = iris or Iris()
    iri = find_publication(store, iris, text)
    if not iri:
        near = " or ".join(f"PMID {pmid}" for pmid in near_pmids(store, iris, text))
        raise NotFound(
            f"the graph holds no publication {text!r}." + (f" Did you mean {near}?" if near else ""),
            todo="Give a PMID, DOI, PMC id or IRI of one that it holds; "
            "`pss-kg query find-by-title -p words=…` looks for words of a title.",
        )
    return _Reader(store, iris, iri).read()


class _Reader:
    def __init__(self, store: Store, iris: Iris, iri: str) -> None:
        self.store, self.iris, self.iri = store, iris, iri
        self.main = graph_node(iris, "main")

    # -- the store, by its indexes --------------------------------------------------------

    def values(self, subject: str, predicate: str, graph: str = "main") -> list[str]:
        """The objects' values, sorted; languages and datatypes dropped."""
        from pyoxigraph import NamedNode

        where = self.main if graph == "main" else graph_node(self.iris, graph)
        found = self.store.quads_for_pattern(NamedNode(subject), NamedNode(predicate), None, where)
        return sorted({str(quad.object.value) for quad in found})  # type: ignore[union-attr]

    def value(self, subject: str, predicate: str) -> str:
        if not subject:
            return ""
        return next(iter(self.values(subject, predicate)), "")

    def subjects(self, predicate: str, value: str) -> list[str]:
        from pyoxigraph import NamedNode

        found = self.store.quads_for_pattern(None, NamedNode(predicate), NamedNode(value), self.main)
        return sorted({quad.subject.value for quad in found})  # type: ignore[union-attr]

    # -- parts ----------------------------------------------------------------------------

    def read(self) -> Shown:
        iri = self.iri
        authors, affiliations = self.authors()
        citing = sorted(self.citing(), key=lambda o: o.key)
        return Shown(
            iri=iri,
            key=iri.removeprefix(self.iris.publication_base),
            described=bool(self.value(iri, f"{FRBR}realizationOf")),
            title=self.value(iri, _TITLE) or self.value(iri, f"{DCTERMS}alternative"),
            types=tuple(_words(t) for t in self.values(iri, _TYPE) if t != f"{FABIO}Expression"),
            issued=self.value(iri, _ISSUED) or self.value(iri, f"{DCTERMS}date"),
            journal=self.journal(),
            book=self.book(),
            editors=tuple(self.name(self.value(role, _HELD_BY)) for _, role in self.roles("editor")),
            publisher=self.value(self.value(iri, f"{DCTERMS}publisher"), f"{FOAF}name"),
            volume=self.value(iri, f"{PRISM}volume"),
            issue=self.value(iri, f"{PRISM}issueIdentifier"),
            pages=self.pages(),
            identifiers=self.identifiers(iri),
            claims=tuple(self.claims()),
            citations=len(citing),
            authors=authors,
            affiliations=affiliations,
            abstract=self.abstract(),
            subjects=self.subject_terms(),
            keywords=tuple(self.values(iri, f"{PRISM}keyword")),
            references=self.references(),
            citing=tuple(sorted(citing, key=lambda o: o.issued, reverse=True)),
            warnings=tuple(self.warnings()),
            relations=tuple(
                (said, self.other(cited))
                for name, _, said in _RELATIONS
                for cited in self.values(iri, f"{CITO}{name}")
            ),
            conflicts=tuple(self.conflicts()),
            records=tuple(
                record.removeprefix(f"{self.iris.base}record/").replace("/", " ", 1)
                for record in self.values(iri, f"{PROV}wasDerivedFrom", "attribution")
            ),
        )

    def other(self, iri: str, number: int = 0, text: str = "") -> Other:
        return Other(
            key=iri.removeprefix(self.iris.publication_base),
            title=self.value(iri, _TITLE),
            text=text,
            issued=self.value(iri, _ISSUED),
            identifiers=self.identifiers(iri),
            number=number,
        )

    def identifiers(self, iri: str) -> tuple[tuple[str, str], ...]:
        named = (
            ("PMID", f"{FABIO}hasPubMedId"),
            ("PMC", f"{FABIO}hasPubMedCentralId"),
            ("DOI", f"{PRISM}doi"),
        )
        return tuple((name, value) for name, predicate in named for value in self.values(iri, predicate))

    def journal(self) -> str:
        """The title at the end of the chain issue, volume, journal."""
        place = self.iri
        for _ in range(4):
            place = self.value(place, f"{FRBR}partOf")
            if not place:
                return ""
            if f"{FABIO}Journal" in self.values(place, _TYPE):
                break
        return self.value(place, _TITLE) or self.value(place, f"{FABIO}hasNLMJournalTitleAbbreviation")

    def book(self) -> str:
        """The title of the book that this is a chapter of."""
        wholes = self.values(self.iri, f"{FRBR}partOf")
        return next((self.value(w, _TITLE) for w in wholes if f"{FABIO}Book" in self.values(w, _TYPE)), "")

    def roles(self, name: str) -> list[tuple[int, str]]:
        """(position, role) of the authors, or the editors, in order."""
        return sorted(
            (_number(self.value(role, f"{SCHEMA}position")), role)
            for role in self.values(self.iri, f"{PRO}isDocumentContextFor")
            if f"{PRO}{name}" in self.values(role, f"{PRO}withRole")
        )

    def pages(self) -> str:
        first, last = (self.value(self.iri, f"{PRISM}{name}") for name in ("startingPage", "endingPage"))
        return (
            self.value(self.iri, f"{PRISM}pageRange")
            or (f"{first}-{last}" if first and last and first != last else first)
            or self.value(self.iri, f"{FABIO}hasElectronicArticleIdentifier")
        )

    def claims(self) -> Iterator[tuple[str, str]]:
        for count in self.values(self.iri, f"{C4O}hasGlobalCitationFrequency"):
            source = self.value(count, f"{C4O}hasGlobalCountSource")
            yield (
                source.removeprefix(f"{self.iris.base}source/"),
                self.value(count, f"{C4O}hasGlobalCountValue"),
            )

    def authors(self) -> tuple[tuple[Author, ...], tuple[str, ...]]:
        places: dict[str, int] = {}
        found: list[tuple[int, str, Author]] = []
        roles = self.roles("author")
        for position, role in roles:
            agent = self.value(role, _HELD_BY)
            texts = self.values(role, f"{PSS_TERMS}affiliationText")
            if not texts:
                organisations = self.values(role, f"{PRO}relatesToOrganization")
                texts = [name for o in organisations if (name := self.value(o, f"{FOAF}name"))]
            numbers = tuple(places.setdefault(text, len(places) + 1) for text in texts)
            found.append((position, role, Author(self.name(agent), self.orcid(agent), numbers)))
        authors = [author for _, _, author in found]
        if not roles:
            authors = [
                Author(self.name(a), self.orcid(a)) for a in self.values(self.iri, f"{DCTERMS}creator")
            ]
        return tuple(authors), tuple(places)

    def name(self, agent: str) -> str:
        name = self.value(agent, f"{FOAF}name")
        parts = (self.value(agent, f"{FOAF}givenName"), self.value(agent, f"{FOAF}familyName"))
        return name or " ".join(part for part in parts if part) or "(no name)"

    def orcid(self, agent: str) -> str:
        head = f"{self.iris.base}agent/orcid-"
        return agent.removeprefix(head) if agent.startswith(head) else ""

    def abstract(self) -> tuple[tuple[str, str], ...]:
        """Labelled sections in order; where there are none, the whole text."""
        sections = []
        for part in self.values(self.iri, f"{FRBR}part"):
            if f"{DOCO}Abstract" not in self.values(part, _TYPE):
                continue
            for section in self.values(part, f"{FRBR}part"):
                place = _number(self.value(section, f"{FABIO}hasSequenceIdentifier"))
                text = self.value(section, f"{C4O}hasContent")
                sections.append((place, section, self.value(section, f"{RDFS}label"), text))
        if sections:
            return tuple((label, text) for _, _, label, text in sorted(sections))
        return tuple(("", text) for text in self.values(self.iri, f"{DCTERMS}abstract"))

    def subject_terms(self) -> tuple[tuple[str, bool], ...]:
        major = set(self.values(self.iri, f"{FABIO}hasPrimarySubjectTerm"))
        found = [
            (self.value(term, f"{SKOS}prefLabel") or compact(term), term in major)
            for term in self.values(self.iri, f"{FABIO}hasSubjectTerm")
        ]
        return tuple(sorted(set(found)))

    def references(self) -> tuple[Other, ...]:
        """The reference list in order, then what other sources say it cites."""
        found = []
        for part in self.values(self.iri, f"{FRBR}part"):
            if f"{BIRO}ReferenceList" not in self.values(part, _TYPE):
                continue
            for entry in self.values(part, f"{CO}element"):
                number = _number(self.value(entry, f"{FABIO}hasSequenceIdentifier"))
                text = self.value(entry, f"{C4O}hasContent")
                cited = self.value(entry, f"{BIRO}references")
                found.append(self.other(cited, number, text) if cited else Other(text=text, number=number))
        listed = {other.key for other in found}
        more = [self.other(cited) for cited in self.values(self.iri, f"{CITO}cites")]
        found.sort(key=lambda o: (o.number or _KEPT_FOR_LAST, o.key))
        return tuple(found + [other for other in more if other.key not in listed])

    def citing(self) -> Iterator[Other]:
        """Distinct publications with a citation of characterization cito:cites."""
        citing = {
            publication
            for citation in self.subjects(f"{CITO}hasCitedEntity", self.iri)
            if f"{CITO}cites" in self.values(citation, f"{CITO}hasCitationCharacterization")
            for publication in self.values(citation, f"{CITO}hasCitingEntity")
        }
        for publication in citing:
            yield self.other(publication)

    def warnings(self) -> Iterator[tuple[str, Other | None]]:
        for name, said, _ in _RELATIONS:
            notices = self.subjects(f"{CITO}{name}", self.iri)
            for notice in notices:
                yield said, self.other(notice)
            if name == "retracts" and not notices and self.retracted_by_status():
                yield said, None

    def retracted_by_status(self) -> bool:
        return any(
            f"{PSO}retracted-from-publication" in self.values(status, f"{PSO}withStatus")
            for status in self.values(self.iri, f"{PSO}holdsStatusInTime")
        )

    def conflicts(self) -> Iterator[tuple[str, str, str, str]]:
        head = self.iris.graph("source/")
        graphs = sorted(g.value for g in self.store.named_graphs() if g.value.startswith(head))
        for graph in graphs:
            source = graph.removeprefix(head)
            for predicate, field in _CONFLICTS:
                for value in self.values(self.iri, predicate, f"source/{source}"):
                    yield field, self.value(self.iri, predicate), source, value


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"\d{1,9}", text) else _KEPT_FOR_LAST


def _words(iri: str) -> str:
    """`fabio:JournalArticle` -> `Journal Article`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", compact(iri).partition(":")[2])
