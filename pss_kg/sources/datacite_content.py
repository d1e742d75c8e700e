"""Parts of a DataCite record: dates, people, funders, descriptions and related identifiers."""

from __future__ import annotations

from typing import Any

from pss_kg.identifiers import NORMALISERS, normalise_orcid, normalise_ror
from pss_kg.records import (
    Abstract,
    AbstractSection,
    Affiliation,
    Contributor,
    Grant,
    Identifiers,
    Reference,
    Relation,
)
from pss_kg.sources.dates import read_date
from pss_kg.sources.json_values import Draft, names, object_of, objects, text, texts
from pss_kg.sources.markup import plain, sections

PLAIN_DATES = {"Issued": "issued", "Available": "electronic_date"}
_WHOLE_DATES = {"Submitted": "received", "Accepted": "accepted"}
_PASSED_DATES = frozenset(
    {
        "Created",
        "Updated",
        "Collected",
        "Copyrighted",
        "Valid",
        "Withdrawn",
        "Coverage",
        "Other",
        "created",
        "",
    }
)
UNAVAILABLE = names(":unav (:unav) :unkn (:unkn) :none (:none) :null (:null) :tba (:tba) :unas (:unas)")
"""DataCite's codes for a value that there is not (schema, appendix 3), in lower case."""

_CITES = frozenset({"Cites", "References"})
_CITED_BY = frozenset({"IsCitedBy", "IsReferencedBy"})
_SCHEMES = {"doi": "doi", "pmid": "pmid", "isbn": "isbn", "issn": "issn", "eissn": "issn", "lissn": "issn"}


def dates(record: dict[str, Any], draft: Draft) -> dict[str, Any]:
    """The dates of a record, by the name of their field; the year of publication where none is issued."""
    found: dict[str, Any] = {}
    for item in objects(record.get("dates")):
        kind, printed = text(item.get("dateType")), text(item.get("date"))
        field = PLAIN_DATES.get(kind)
        if field and printed and field not in found:
            if "/" in printed:  # RKMS-ISO8601: a period
                start = read_date(printed.partition("/")[0])
                found[field] = type(start)(start.value, printed) if start else read_date(printed)
            else:
                # 2020-05-02T10:00:00Z: the day is what was published.
                found[field] = read_date(printed.partition("T")[0] if printed[10:11] == "T" else printed)
        elif kind in _WHOLE_DATES and printed:
            date = read_date(printed[:10])
            if date and len(date.value) == 10:
                found.setdefault(_WHOLE_DATES[kind], date.value)
            else:
                draft.note(f"dates {kind}", printed, "not a whole date")
        elif printed and kind not in _PASSED_DATES:
            draft.note(f"dates {kind}", printed, "not read")
    found = {key: value for key, value in found.items() if value}
    if "issued" not in found and "electronic_date" not in found:
        year = read_date(text(record.get("publicationYear"))) or read_date(text(record.get("datePublished")))
        if year:
            found["issued"] = year
    if updated := text(record.get("updated")):
        found["revised"] = updated[:10]
    return found


def contributors(record: dict[str, Any], draft: Draft) -> tuple[Contributor, ...]:
    """Creators as authors, then contributors that are editors; the others are noted."""
    people = []
    for person in objects(record.get("creators")) or objects(record.get("creator")):
        if found := _contributor(person, "author", draft):
            people.append(found)
    for person in objects(record.get("contributors")):
        kind = text(person.get("contributorType"))
        if kind == "Editor":
            if found := _contributor(person, "editor", draft):
                people.append(found)
        elif name := text(person.get("name")):
            draft.note(f"contributors {kind}".strip(), name, "a role that is not read")
    return tuple(people)


def _contributor(person: dict[str, Any], role: str, draft: Draft) -> Contributor | None:
    family, given = plain(text(person.get("familyName"))), plain(text(person.get("givenName")))
    whole = plain(text(person.get("name")) or text(person.get("raw_name")) or text(person.get("rawName")))
    if whole.lower() in UNAVAILABLE:
        draft.note(role, whole, "says that there is none")
        return None
    group = (text(person.get("nameType")) or text(person.get("type"))) in ("Organizational", "Organization")
    name = whole if group or not family else " ".join(part for part in (given, family) if part)
    if not group and not family and whole.count(",") == 1:
        # "Family, Given" is how DataCite asks names to be written.
        family, given = (part.strip() for part in whole.split(","))
        name = " ".join(part for part in (given, family) if part)
    if not name:
        draft.note(role, person, "no name")
        return None
    orcid, identifiers = _name_identifiers(person, draft)
    places = (
        person.get("affiliation") if person.get("affiliation") is not None else person.get("affiliations")
    )
    affiliations = [
        found for item in (places if isinstance(places, list) else [places]) if (found := _affiliation(item))
    ]
    return Contributor(
        name=name,
        family="" if group else family,
        given="" if group else given,
        kind="organization" if group else "person",
        role=role,
        orcid=orcid,
        identifiers=identifiers,
        affiliations=tuple(dict.fromkeys(affiliations)),
    )


def _name_identifiers(person: dict[str, Any], draft: Draft) -> tuple[str, Identifiers]:
    orcid = ""
    pairs: dict[tuple[str, str], None] = {}
    given = [
        (text(item.get("nameIdentifierScheme")), text(item.get("nameIdentifier")))
        for item in objects(person.get("nameIdentifiers"))
    ] + [("", each) for each in texts(person.get("id"))]
    for scheme, value in given:
        if not value:
            continue
        if scheme.upper() == "ORCID" or "orcid.org" in value:
            if found := normalise_orcid(value):
                orcid = orcid or found
            else:
                draft.note("nameIdentifier", value, "no ORCID iD that can be read")
        elif found := normalise_ror(value):
            pairs["ror", found] = None
        elif scheme:
            pairs[scheme.lower(), value.rstrip("/").rpartition("/")[2]] = None
        else:
            draft.note("nameIdentifier", value, "an identifier of a kind that is not said")
    return orcid, tuple(pairs)


def _affiliation(item: Any) -> Affiliation | None:
    if not isinstance(item, dict):
        words = plain(text(item))
        return Affiliation(text=words) if words else None
    words = plain(text(item.get("name")))
    ror = normalise_ror(text(item.get("affiliationIdentifier")))
    return Affiliation(text=words, identifiers=(("ror", ror),) if ror else ()) if words or ror else None


def organisation_name(value: Any) -> str:
    """The publisher's name: a text, or since schema 4.5 an object."""
    return plain(text(object_of(value).get("name") if isinstance(value, dict) else value))


def descriptions(
    record: dict[str, Any], draft: Draft
) -> tuple[tuple[AbstractSection, ...], tuple[Abstract, ...]]:
    """The first abstract; further ones, in another language; other descriptions are noted."""
    first: tuple[AbstractSection, ...] = ()
    others = []
    for item in objects(record.get("descriptions")):
        raw, kind = item.get("description"), text(item.get("descriptionType"))
        if not isinstance(raw, str) or not raw.strip():
            continue
        if kind in ("Abstract", ""):
            found = sections(raw)
            if found and not first:
                first = found
            elif found and found != first:
                others.append(Abstract(sections=found, language=text(item.get("lang")).lower()))
        else:
            draft.note(f"descriptions {kind}", plain(raw), "no abstract")
    return first, tuple(dict.fromkeys(others))


def grants(record: dict[str, Any], draft: Draft) -> tuple[Grant, ...]:
    """Funders and awards."""
    found: dict[Grant, None] = {}
    for item in objects(record.get("fundingReferences")):
        number, agency = plain(text(item.get("awardNumber"))), plain(text(item.get("funderName")))
        own = text(item.get("funderIdentifier"))
        pairs: dict[tuple[str, str], None] = {}
        if ror := normalise_ror(own):
            pairs["ror", ror] = None
        elif doi := NORMALISERS["doi"](own):
            pairs["doi", doi] = None
        elif own:
            draft.note("funderIdentifier", own, "an identifier of a kind that is not read")
        if number or agency:
            found[Grant(number=number, agency=agency, identifiers=tuple(pairs))] = None
        else:
            draft.note("fundingReferences", item, "neither a number nor a funder")
    return tuple(found)


def licence(record: dict[str, Any], draft: Draft) -> str:
    """The first IRI of the rights that is a licence; statements without one are noted."""
    found = ""
    for item in objects(record.get("rightsList")):
        uri, words = text(item.get("rightsUri") or item.get("rightsURI")), text(item.get("rights"))
        if uri.startswith("info:eu-repo/semantics/") or not uri:
            if words:
                draft.note("rightsList", words, "no IRI of a licence")
        elif not found:
            found = uri
        elif uri != found:
            draft.note("rightsList", uri, "another licence")
    return found


def related(
    record: dict[str, Any], draft: Draft, own: str
) -> tuple[tuple[Reference, ...], tuple[Reference, ...], tuple[Relation, ...]]:
    """What it cites, what cites it, and the other relations in DataCite's words.

    A related identifier that is no publication's (a URL, a handle) is kept as text.
    """
    references: dict[Reference, None] = {}
    cited_by: dict[Reference, None] = {}
    relations: dict[Relation, None] = {}
    for item in objects(record.get("relatedIdentifiers")):
        word, kind = text(item.get("relationType")), text(item.get("relatedIdentifierType"))
        value = text(item.get("relatedIdentifier"))
        if not value or not word:
            continue
        scheme = _SCHEMES.get(kind.lower(), "")
        normal = (
            NORMALISERS[scheme](value) if scheme else NORMALISERS["doi"](value) if "doi.org/" in value else ""
        )
        if scheme and not normal:
            draft.note(f"relatedIdentifiers {word}", value, f"no {kind} that can be read")
        pairs: Identifiers = ((scheme or "doi", normal),) if normal else ()
        if ("doi", own) in pairs:
            draft.note(f"relatedIdentifiers {word}", value, "the record itself")
        elif word in _CITES:
            references[Reference(text="" if pairs else value, identifiers=pairs)] = None
        elif word in _CITED_BY:
            if pairs:
                cited_by[Reference(identifiers=pairs)] = None
            else:
                draft.note(f"relatedIdentifiers {word}", value, "no identifier of a publication")
        elif pairs and pairs[0][0] == "issn":
            draft.note(f"relatedIdentifiers {word}", value, "an ISSN; the journal is read from the container")
        else:
            relations[Relation(word, pairs, text="" if pairs else f"{kind} {value}".strip())] = None
    for item in objects(record.get("relatedItems")):
        names = [text(each.get("title")) for each in objects(item.get("titles"))]
        draft.note(f"relatedItems {text(item.get('relationType'))}", "; ".join(names) or item, "not read")
    return tuple(references), tuple(cited_by), tuple(relations)
