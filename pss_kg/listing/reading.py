"""Publications -> items of a list, from the store by its indexes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from pss_kg.listing.item import Item, Name
from pss_kg.listing.lookup import Lookup, Said, one
from pss_kg.store import graph_node
from pss_kg.vocabulary import BIRO, C4O, CITO, DCTERMS, FABIO, FOAF, FRBR, PRISM, PRO, PSO, RDF, SCHEMA, SKOS

_LAST = 10**9
_JOURNAL, _BOOK = f"{FABIO}Journal", f"{FABIO}Book"
_YEAR = f"{FABIO}hasPublicationYear"
_ISSUED = f"{DCTERMS}issued"
_TITLE = f"{DCTERMS}title"


class Reader(Lookup):
    """Reads items of one store. Not for use by several threads."""

    def items(self, publications: Iterable[str]) -> Iterator[Item]:
        """The items of these IRIs, in their order, one at a time."""
        for iri in publications:
            yield self.item(iri)

    def item(self, iri: str) -> Item:
        """One publication, whole. What the graph has twice (two DOIs) stands once, the smallest."""
        said = self.said(iri)
        title = one(said, _TITLE) or one(said, f"{DCTERMS}alternative")
        container, abbreviation, issns = self.container(said)
        people = self.people(said)
        issued = one(said, _ISSUED)
        return Item(
            iri=iri,
            key=iri.removeprefix(self.iris.publication_base),
            described=f"{FRBR}realizationOf" in said,
            classes=self.classes(said),
            title=title,
            printed="" if title else self.printed(iri),
            authors=tuple(people.get("author", ())),
            editors=tuple(people.get("editor", ())),
            issued=issued,
            year=(one(said, _YEAR) or issued)[:4],
            container=container,
            abbreviation=abbreviation,
            issns=issns,
            publisher=self.publisher(said),
            volume=one(said, f"{PRISM}volume"),
            issue=one(said, f"{PRISM}issueIdentifier"),
            first_page=one(said, f"{PRISM}startingPage"),
            last_page=one(said, f"{PRISM}endingPage"),
            pages=one(said, f"{PRISM}pageRange"),
            article_number=one(said, f"{FABIO}hasElectronicArticleIdentifier"),
            pmid=one(said, f"{FABIO}hasPubMedId"),
            doi=one(said, f"{PRISM}doi"),
            pmcid=one(said, f"{FABIO}hasPubMedCentralId"),
            language=one(said, f"{DCTERMS}language"),
            abstract=one(said, f"{DCTERMS}abstract"),
            keywords=tuple(sorted(set(said.get(f"{PRISM}keyword", ())))),
            subjects=self.subject_labels(said),
            cited=self.cited(iri),
            retracted=self.retracted(iri, said),
        )

    def brief(self, iri: str) -> Item:
        """What a node of a network needs: the first author alone, no journal, no subjects."""
        said = self.said(iri)
        title = one(said, _TITLE) or one(said, f"{DCTERMS}alternative")
        first = f"{self.iris.base}role/{iri.removeprefix(self.iris.publication_base)}/author/1"
        held = self.objects(first, f"{PRO}isHeldBy") if f"{DCTERMS}creator" in said else []
        return Item(
            iri=iri,
            key=iri.removeprefix(self.iris.publication_base),
            described=f"{FRBR}realizationOf" in said,
            title=title,
            printed="" if title else self.printed(iri),
            authors=tuple(self.name(agent) for agent in held),
            year=(one(said, _YEAR) or one(said, _ISSUED))[:4],
            pmid=one(said, f"{FABIO}hasPubMedId"),
            doi=one(said, f"{PRISM}doi"),
            cited=self.cited(iri),
        )

    def year(self, iri: str) -> int:
        """Its year, 0 where none is known."""
        found = self.objects(iri, _YEAR) or self.objects(iri, _ISSUED)
        return int(found[0][:4]) if found and found[0][:4].isdecimal() else 0

    def title(self, iri: str) -> str:
        """Its title; without one the reference as printed."""
        return next(iter(self.objects(iri, _TITLE)), "") or self.printed(iri)

    def classes(self, said: Said) -> tuple[str, ...]:
        """Local names of the FaBiO classes of the Expression."""
        return tuple(sorted(t.removeprefix(FABIO) for t in said.get(f"{RDF}type", ()) if t.startswith(FABIO)))

    def container(self, said: Said) -> tuple[str, str, tuple[str, ...]]:
        """Title, abbreviation and ISSNs of the journal, or of the book that a chapter stands in."""
        for _ in range(4):
            place = one(said, f"{FRBR}partOf")
            if not place:
                break
            said = self.shared(place)
            types = said.get(f"{RDF}type", ())
            if _JOURNAL in types or _BOOK in types:
                issns = {
                    value
                    for p in (f"{PRISM}issn", f"{PRISM}eIssn", f"{FABIO}hasIssnL")
                    for value in said.get(p, ())
                }
                abbreviation = one(said, f"{FABIO}hasNLMJournalTitleAbbreviation")
                return one(said, _TITLE) or abbreviation, abbreviation, tuple(sorted(issns))
        return "", "", ()

    def publisher(self, said: Said) -> str:
        place = one(said, f"{DCTERMS}publisher")
        return one(self.shared(place), f"{FOAF}name") if place else ""

    def people(self, said: Said) -> dict[str, list[Name]]:
        """Role ("author", "editor") -> names in order."""
        found: list[tuple[str, int, str]] = []
        for role in said.get(f"{PRO}isDocumentContextFor", ()):
            told = self.said(role)
            held = one(told, f"{PRO}isHeldBy")
            word = one(told, f"{PRO}withRole").removeprefix(PRO)
            if held:
                found.append((word, _number(one(told, f"{SCHEMA}position")), held))
        if not found:
            found = [("author", n, held) for n, held in enumerate(sorted(said.get(f"{DCTERMS}creator", ())))]
        people: dict[str, list[Name]] = {}
        for word, _, held in sorted(found):
            people.setdefault(word, []).append(self.name(held))
        return people

    def name(self, agent: str) -> Name:
        """The parts of a person's name, a group's name whole."""
        shared = agent.startswith(f"{self.iris.base}agent/orcid-")
        said = self.shared(agent) if shared else self.said(agent)
        whole = one(said, f"{FOAF}name")
        family, given = one(said, f"{FOAF}familyName"), one(said, f"{FOAF}givenName")
        if not family or f"{FOAF}Organization" in said.get(f"{RDF}type", ()):
            return Name(literal=whole or given)
        # The graph has no property for a suffix: it is what the whole name has and the parts have not.
        both = f"{given} {family}".strip()
        suffix = whole.removeprefix(both).strip(" ,") if whole.startswith(f"{both} ") else ""
        return Name(family=family, given=given, suffix=suffix)

    def subject_labels(self, said: Said) -> tuple[str, ...]:
        terms = {*said.get(f"{FABIO}hasSubjectTerm", ()), *said.get(f"{FABIO}hasPrimarySubjectTerm", ())}
        labels = {one(self.shared(term), f"{SKOS}prefLabel") for term in terms}
        return tuple(sorted(label for label in labels if label))

    def printed(self, iri: str) -> str:
        """The reference as printed; of several the first by the alphabet, as the queries have it."""
        texts = (
            text
            for entry in self.subjects(f"{BIRO}references", iri)
            for text in self.objects(entry, f"{C4O}hasContent")
        )
        return min(texts, default="")

    def cited(self, iri: str) -> int:
        """Distinct publications that cite it; corrections, comments and retractions do not count."""
        return sum(1 for _ in self.subjects(f"{CITO}cites", iri))

    def retracted(self, iri: str, said: Said) -> str:
        """Whether it is retracted, and by which notice if that is known."""
        notice = min(self.subjects(f"{CITO}retracts", iri), default="")
        if notice:
            return f"retracted by {notice.removeprefix(self.iris.publication_base)}"
        for status in said.get(f"{PSO}holdsStatusInTime", ()):
            if f"{PSO}retracted-from-publication" in self.objects(status, f"{PSO}withStatus"):
                return "retracted"
        return ""

    def identifiers(self, item: Item) -> Iterator[tuple[str, str]]:
        """Every (scheme, value) that any source gives the publication, the ones of the item first."""
        from pyoxigraph import NamedNode

        for scheme, value in (("doi", item.doi), ("pmid", item.pmid), ("pmcid", item.pmcid)):
            if value:
                yield scheme, value
        node = NamedNode(item.iri)
        for scheme, predicate in _FLAT:
            for quad in self.store.quads_for_pattern(node, NamedNode(predicate), None, None):
                yield scheme, str(quad.object.value)  # type: ignore[union-attr]
        replaced = NamedNode(f"{DCTERMS}isReplacedBy")
        identity = graph_node(self.iris, "identity")
        for quad in self.store.quads_for_pattern(None, replaced, node, identity):
            alias = str(quad.subject.value)  # type: ignore[union-attr]
            scheme, _, value = alias.removeprefix(self.iris.publication_base).partition("-")
            yield scheme, unquote(value)


_FLAT = (
    ("doi", f"{PRISM}doi"),
    ("pmid", f"{FABIO}hasPubMedId"),
    ("pmcid", f"{FABIO}hasPubMedCentralId"),
)


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else _LAST
