"""Several records of one publication -> the one description that main holds, and what is left.

Each field comes from the first record, in source order, that has it. Identifiers go scheme by
scheme; pages go together; contributors and the reference list come from one record each.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any, NamedTuple

from msgspec.structs import replace

from pss_kg.mapping.dates import issued_of, typed
from pss_kg.mapping.entry import Entry
from pss_kg.mapping.identifiers import one_each
from pss_kg.records import AbstractSection, Contributor, Date, Identifiers, Publication
from pss_kg.vocabulary import BIRO, C4O, CO, DATACITE, DCTERMS, FABIO, FRAPO, FRBR, PRISM, PRO, PSO, PSS, RDF

# Fields that say something about the record, or are mapped from all records at once.
_APART = frozenset(
    {"source", "id", "version", "identifiers", "listing", "revised", "authors_complete", "retracted"}
    | {"cited_by", "claim", "notes", "publication_status", "title_language"}
)
_PAGES = ("pages", "start_page", "end_page")
_FIELDS = tuple(name for name in Publication.__struct_fields__ if name not in _APART and name not in _PAGES)
_LISTS = frozenset(
    {"alternative_titles", "types", "subjects", "keywords", "chemicals", "grants", "databanks", "languages"}
)
_DEFAULTS: dict[str, Any] = dict(
    zip(
        Publication.__struct_fields__[-len(Publication.__struct_defaults__) :],
        Publication.__struct_defaults__,
        strict=True,
    )
)


class Merged(NamedTuple):
    """The reconciled record, and from which of the records (index) each field came.

    A field that `origin` does not name came from record 0, or no record has it. Identifiers
    stand in it as `identifiers:<scheme>`.
    """

    record: Publication
    origin: dict[str, int]

    def origin_of(self, field: str) -> int:
        return self.origin.get(field, 0)


def merge(records: Sequence[Publication], key: str = "") -> Merged:
    """Reconcile records that stand in source order. `key` decides between two values of a scheme.

    Raises ValueError where there is no record.
    """
    if not records:
        raise ValueError("nothing to reconcile")
    first = records[0]
    if len(records) == 1:
        kept = one_each(first.identifiers, key)
        return Merged(first if kept is first.identifiers else replace(first, identifiers=kept), {})
    taken: dict[str, Any] = {}
    origin: dict[str, int] = {}
    for field in _FIELDS:
        for n, record in enumerate(records):
            value = getattr(record, field)
            if value and not (isinstance(value, Date) and not _dated(value)):
                taken[field] = value
                origin[field] = n
                break
    for n, record in enumerate(records):
        if record.pages or record.start_page:
            for field in _PAGES:
                taken[field] = getattr(record, field)
                origin[field] = n
            break
    identifiers: list[tuple[str, str]] = []
    for n, record in enumerate(records):
        for scheme, value in record.identifiers:
            if origin.setdefault(f"identifiers:{scheme}", n) == n:
                identifiers.append((scheme, value))
    taken["identifiers"] = one_each(tuple(dict.fromkeys(identifiers)), key)
    taken["retracted"] = any(record.retracted for record in records)
    if "issued" in taken and any(
        taken.get(name) is not None and typed(taken[name].value) for name in ("issue_date", "electronic_date")
    ):
        # A date of no kind counts only where no other is known; it stays with its source.
        taken["issued"] = None
        del origin["issued"]
    people = taken.get("contributors", ())
    if people:
        taken["contributors"] = _with_orcids(people, records, origin["contributors"])
    return Merged(replace(first, **taken), origin)


def _dated(given: Date) -> bool:
    """Whether a date says anything: a real date, or a text."""
    return bool(typed(given.value) or given.text.strip())


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in plain if c.isalnum())


def _agree(one: Contributor, other: Contributor) -> bool:
    """The same family name and first initial, or the same whole name."""
    if one.family and other.family:
        initials = _fold(one.given or one.initials)[:1], _fold(other.given or other.initials)[:1]
        return _fold(one.family) == _fold(other.family) and ("" in initials or initials[0] == initials[1])
    return bool(_fold(one.name)) and _fold(one.name) == _fold(other.name)


def _positions(people: Sequence[Contributor]) -> list[tuple[tuple[str, int], Contributor]]:
    counts: dict[str, int] = {}
    placed = []
    for person in people:
        counts[person.role] = counts.get(person.role, 0) + 1
        placed.append(((person.role, counts[person.role]), person))
    return placed


def _with_orcids(
    people: tuple[Contributor, ...], records: Sequence[Publication], taken_from: int
) -> tuple[Contributor, ...]:
    """An ORCID comes from another source only where position and name agree."""
    told: dict[tuple[str, int], list[Contributor]] = {}
    for n, record in enumerate(records):
        if n != taken_from:
            for place, person in _positions(record.contributors):
                if person.orcid:
                    told.setdefault(place, []).append(person)
    if not told:
        return people
    used = {person.orcid for person in people if person.orcid}
    result = []
    for place, person in _positions(people):
        if not person.orcid:
            for other in told.get(place, ()):
                if other.orcid not in used and _agree(person, other):
                    used.add(other.orcid)
                    person = replace(person, orcid=other.orcid)
                    break
        result.append(person)
    return tuple(result)


def residual(record: Publication, merged: Merged) -> Publication | None:
    """The record with every field that equals main's left out; None where nothing is left.

    A contributor that says no more than main's at its position becomes an empty one, so that
    the others keep theirs.
    """
    main = merged.record
    left: dict[str, Any] = {}
    rest = False
    for field in (*_FIELDS, *_PAGES, "identifiers"):
        value = getattr(record, field)
        if not value:
            continue
        mine = getattr(main, field)
        if value == mine:
            left[field] = _DEFAULTS[field]
        elif field == "contributors":
            people = _others(value, mine)
            left[field] = people
            rest = rest or bool(people)
        elif field == "identifiers" or field in _LISTS:
            kept = tuple(item for item in value if item not in mine)
            left[field] = kept
            rest = rest or bool(kept)
        elif (field == "abstract" and mine is not None and _said(value.sections) == _said(mine.sections)) or (
            field == "issued" and value.value == issued_of(main) and not value.text
        ):
            left[field] = None
        else:
            rest = True
    return replace(record, **left) if rest else None


def _said(sections: Sequence[AbstractSection]) -> list[tuple[str, str]]:
    return [(section.label.casefold(), section.text) for section in sections]


def _others(people: tuple[Contributor, ...], mine: tuple[Contributor, ...]) -> tuple[Contributor, ...]:
    main = dict(_positions(mine))
    result = tuple(
        Contributor(role=place[0]) if place in main and _covered(person, main[place]) else person
        for place, person in _positions(people)
    )
    return result if any(person.name or person.family or person.given for person in result) else ()


def _covered(person: Contributor, mine: Contributor) -> bool:
    for field in ("name", "family", "given", "suffix", "orcid"):
        value = getattr(person, field)
        if value and value != getattr(mine, field):
            return False
    identifiers: Identifiers = person.identifiers
    return set(identifiers) <= set(mine.identifiers) and set(person.affiliations) <= set(mine.affiliations)


_PATHS = {
    f"{DCTERMS}title": "title",
    f"{DCTERMS}alternative": "vernacular_title",
    f"{DCTERMS}language": "languages",
    f"{DCTERMS}type": "types",
    f"{RDF}type": "types",
    f"{FRBR}realizationOf": "types",
    f"{DCTERMS}issued": "",
    f"{DCTERMS}date": "issue_date",
    f"{PRISM}publicationDate": "issue_date",
    f"{FABIO}hasPublicationYear": "issue_date",
    f"{FABIO}hasDateReceived": "received",
    f"{DCTERMS}dateSubmitted": "received",
    f"{DCTERMS}dateAccepted": "accepted",
    f"{PRISM}doi": "identifiers:doi",
    f"{FABIO}hasPubMedId": "identifiers:pmid",
    f"{FABIO}hasPubMedCentralId": "identifiers:pmcid",
    f"{FABIO}hasPII": "identifiers:pii",
    f"{PRISM}isbn": "identifiers:isbn",
    f"{DATACITE}hasIdentifier": "identifiers",
    f"{FRBR}partOf": "journal",
    f"{PRISM}volume": "volume",
    f"{PRISM}issueIdentifier": "issue",
    f"{PRISM}startingPage": "start_page",
    f"{PRISM}endingPage": "end_page",
    f"{PRISM}pageRange": "pages",
    f"{PRISM}edition": "edition",
    f"{FABIO}hasElectronicArticleIdentifier": "article_number",
    f"{DCTERMS}publisher": "publisher",
    f"{DCTERMS}creator": "contributors",
    f"{PRO}isDocumentContextFor": "contributors",
    f"{DCTERMS}abstract": "abstract",
    f"{FABIO}hasSubjectTerm": "subjects",
    f"{FABIO}hasPrimarySubjectTerm": "subjects",
    f"{PRISM}keyword": "keywords",
    f"{FRAPO}isFundedBy": "grants",
    f"{PSS}conflictOfInterestText": "conflict_of_interest",
    f"{DCTERMS}license": "licence",
    f"{DCTERMS}accessRights": "access",
    f"{CO}element": "references",
    f"{BIRO}references": "references",
    f"{C4O}hasGlobalCitationFrequency": "claim",
    f"{PSO}holdsStatusInTime": "retracted",
}
"""The path of a validation result -> the field that main took its value from."""


_PARTS = {
    "work": "types",
    "agent": "contributors",
    "role": "contributors",
    "organization": "contributors",
    "reference-list": "references",
    "reference": "references",
    "citation": "references",
    "citation-count": "claim",
    "status": "retracted",
}
"""Kind of a thing that belongs to one publication -> the field that it was made from."""


def _field_of(iri: str, key: str) -> str:
    """The field that a part of the publication was made from; "" for the publication itself."""
    before, found, rest = iri.strip("<>").partition(f"/{key}/")
    kind = before.rpartition("/")[2]
    if not found:  # the key ends the IRI: a reference list, a Work
        kind = iri.strip("<>").removesuffix(f"/{key}").rpartition("/")[2]
    if kind == "publication":
        return "abstract" if rest.startswith("abstract") else ""
    return "relations" if rest.startswith("relation-") else _PARTS.get(kind, "")


def record_at_fault(path: str, entry: Entry, focus: str = "", value: str = "") -> tuple[str, str] | None:
    """(source, id) of the record to blame for a violation whose path is this predicate's IRI.

    The record whose value main took for the path; where there is none, the publication's last
    describing record in the source order. None for a publication that no record describes. `focus` and
    `value` are those of the result: they tell the part (a role, the abstract) that is at fault.
    """
    records = [resolved.record for resolved in entry.records]
    if not entry.described:
        return None
    merged = merge(records, entry.key)
    part = value if path == f"{FRBR}part" else focus
    field = _field_of(part, entry.key) or _PATHS.get(path, "")
    if path == f"{DCTERMS}issued":
        chosen = issued_of(merged.record)
        for name in ("electronic_date", "issue_date", "issued"):
            given = getattr(merged.record, name)
            if given is not None and given.value == chosen:
                field = name
                break
    guilty = [record for record in records if not record.listing][-1]
    if field in ("claim", "retracted"):
        guilty = next((record for record in records if getattr(record, field)), guilty)
    elif field.startswith("identifiers:"):
        scheme = field.partition(":")[2]
        if any(name == scheme for name, _ in merged.record.identifiers):
            guilty = records[merged.origin_of(field)]
    elif field and getattr(merged.record, field):
        guilty = records[merged.origin_of(field)]
    return guilty.source, guilty.id
