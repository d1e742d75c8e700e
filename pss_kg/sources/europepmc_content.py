"""What a Europe PMC record is about: abstract, headings, substances, funding, relations. Pure."""

from __future__ import annotations

from typing import Any

import msgspec

from pss_kg.records import Abstract, Chemical, Grant, Note, Relation, Subject
from pss_kg.sources.europepmc_text import plain, sections
from pss_kg.sources.europepmc_values import SHOWN, Item, identifiers, objects, text
from pss_kg.sources.pubmed_citations import printed_identifiers

# Europe PMC writes NLM's words with blanks; "Erratum for" is ErratumFor.
_RELATIONS = (
    "CommentOn CommentIn ErratumFor ErratumIn RetractionOf RetractionIn UpdateOf UpdateIn ReprintOf ReprintIn"
    " CorrectedandRepublishedFrom CorrectedandRepublishedIn RetractedandRepublishedFrom"
    " RetractedandRepublishedIn RepublishedFrom RepublishedIn ExpressionOfConcernFor ExpressionOfConcernIn"
    " OriginalReportIn SummaryForPatientsIn AssociatedDataset AssociatedPublication Cites"
)
_RELATION = {word.lower(): word for word in _RELATIONS.split()}


def told(value: Any) -> str:
    """A value in a note."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def abstract(item: Item) -> Abstract | None:
    """The abstract in its labelled parts."""
    found = sections(text(item.get("abstractText")))
    return Abstract(found) if found else None


def headings(item: Item) -> tuple[Subject, ...]:
    """MeSH headings by their names: Europe PMC does not give MeSH's ids."""
    found = []
    for heading in objects(item.get("meshHeadingList"), "meshHeading"):
        label = plain(text(heading.get("descriptorName")))
        qualifiers = tuple(
            ("", plain(text(each.get("qualifierName"))), text(each.get("majorTopic_YN")) == "Y")
            for each in objects(heading.get("meshQualifierList"), "meshQualifier")
        )
        if label:
            found.append(Subject("mesh", "", label, text(heading.get("majorTopic_YN")) == "Y", qualifiers))
    return tuple(found)


def chemicals(item: Item) -> tuple[Chemical, ...]:
    """Substances by their names and registry numbers, without MeSH ids."""
    found = []
    for each in objects(item.get("chemicalList"), "chemical"):
        if name := plain(text(each.get("name"))):
            found.append(Chemical("", name, text(each.get("registryNumber"))))
    return tuple(dict.fromkeys(found))


def grants(item: Item, notes: list[Note]) -> tuple[Grant, ...]:
    """Grants, each once; one that says nothing is noted."""
    found = []
    for each in objects(item.get("grantsList"), "grant"):
        number, agency = plain(text(each.get("grantId"))), plain(text(each.get("agency")))
        if number or agency:
            found.append(Grant(number, agency, text(each.get("acronym")), text(each.get("country"))))
        else:
            notes.append(Note("grant", told(each)[:SHOWN], "a grant without number and agency; left out"))
    return tuple(dict.fromkeys(found))


def relations(item: Item, notes: list[Note]) -> tuple[Relation, ...]:
    """Comments and corrections, with NLM's word for the kind; another word stays as it is."""
    found = []
    for each in objects(item.get("commentCorrectionList"), "commentCorrection"):
        printed = text(each.get("type"))
        kind = _RELATION.get("".join(printed.lower().split()), printed)
        described = plain(text(each.get("reference")))
        ids = identifiers(each) or tuple(printed_identifiers(described))
        if kind and (ids or described):
            found.append(Relation(kind, ids, described, plain(text(each.get("note")))))
        else:
            notes.append(
                Note("commentCorrection", described, "a relation without its type or other side; left out")
            )
    return tuple(found)
