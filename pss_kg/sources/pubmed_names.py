"""Authors, editors and investigators of a PubMed article, with their affiliations."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml.etree import _Element

from pss_kg.identifiers import normalise_orcid, normalise_ror
from pss_kg.records import Affiliation, Contributor
from pss_kg.sources.pubmed_draft import Draft, unique
from pss_kg.sources.pubmed_text import flat, loose

_GROUP = re.compile(
    r"\b(?:group|consortium|committee|collaborat\w*|network|investigators?|society|association|initiative|team"
    r"|stud(?:y|ies)|trial|project|program(?:me)?|institut\w*|universit\w*|department|cent(?:er|re)|hospital"
    r"|organi[sz]ation|ministry|federation|foundation|council|academy|college|registry|taskforce|task force"
    r"|agency|board|commission|alliance|union|unit|panel|authors?|editors?|staff|members)\b",
    re.IGNORECASE,
)


def names_a_group(name: str) -> bool:
    """Whether a name has a word that names of groups have and people's have not."""
    return bool(_GROUP.search(name))


def read_people(element: _Element, role: str, draft: Draft) -> list[Contributor]:
    """The contributors of an AuthorList or InvestigatorList, in order.

    A name that the list itself marks as not valid (ValidYN="N", a misprint that a later entry
    corrects) is left out with a note.
    """
    people = []
    for person in element:
        if person.get("ValidYN") == "N":
            draft.note(f"{person.tag}", loose(person), "marked as not valid; left out")
            continue
        if contributor := _person(person, role, draft):
            people.append(contributor)
    return people


def _person(element: _Element, role: str, draft: Draft) -> Contributor | None:
    family = given = initials = suffix = group = orcid = ""
    identifiers: list[tuple[str, str]] = []
    affiliations: list[Affiliation] = []
    for child in element:
        tag = child.tag
        if tag == "LastName":
            family = flat(child)
        elif tag == "ForeName" or tag == "FirstName":
            given = flat(child)
        elif tag == "Initials":
            initials = flat(child)
        elif tag == "AffiliationInfo":
            affiliations.append(_affiliation(child, draft))
        elif tag == "Identifier":
            scheme, value = _identifier(child, draft)
            if scheme == "orcid" and not orcid:
                orcid = value
            elif value and (scheme, value) != ("orcid", orcid):
                identifiers.append((scheme, value))
        elif tag == "Suffix":
            suffix = flat(child).lstrip(", ")
        elif tag == "CollectiveName":
            group = flat(child)
        elif tag == "Affiliation":  # before 2015
            affiliations.append(Affiliation(flat(child)))
        elif isinstance(tag, str):
            draft.note(f"{element.tag}/{tag}", flat(child), "an element that is not read")
    kept = tuple(a for a in affiliations if a.text or a.identifiers)
    ids = unique(identifiers)
    if not family and not group:
        if given or initials:
            family, given = given or initials, ""
        else:
            draft.note(element.tag, "", "a contributor without a name; left out")
            return None
    if group and not family:
        return Contributor(
            name=group, kind="organization", role=role, orcid=orcid, identifiers=ids, affiliations=kept
        )
    if not given and not initials and " " in family:
        if _GROUP.search(family):
            draft.note(f"{element.tag}/LastName", family, "a group's name; taken as an organisation")
            return Contributor(
                name=family, kind="organization", role=role, orcid=orcid, identifiers=ids, affiliations=kept
            )
        draft.note(f"{element.tag}/LastName", family, "seems to hold the whole name; it is not taken apart")
        return Contributor(
            name=family, suffix=suffix, role=role, orcid=orcid, identifiers=ids, affiliations=kept
        )
    if group:
        draft.note(f"{element.tag}/CollectiveName", group, "stands beside a person's name; left out")
    first = given or initials
    name = f"{first} {family}" if first else family
    return Contributor(
        name=f"{name} {suffix}" if suffix else name,
        family=family,
        given=given,
        initials=initials,
        suffix=suffix,
        role=role,
        orcid=orcid,
        identifiers=ids,
        affiliations=kept,
    )


def _affiliation(element: _Element, draft: Draft) -> Affiliation:
    text = ""
    identifiers: list[tuple[str, str]] = []
    for child in element:
        if child.tag == "Affiliation":
            text = flat(child)
        elif child.tag == "Identifier":
            scheme, value = _identifier(child, draft)
            if scheme == "orcid":
                draft.note(
                    "AffiliationInfo/Identifier", value, "an ORCID stands among the affiliation's identifiers"
                )
            elif value:
                identifiers.append((scheme, value))
    return Affiliation(text, unique(identifiers)) if identifiers else _plain(text)


@lru_cache(maxsize=1024)
def _plain(text: str) -> Affiliation:
    """Authors of one paper mostly share an affiliation."""
    return Affiliation(text)


def _identifier(element: _Element, draft: Draft) -> tuple[str, str]:
    """(scheme, normal form) of an Identifier; the form is "" where it is none."""
    scheme = (element.get("Source") or "unknown").strip().lower()
    text = (element.text or "").strip()
    if scheme == "orcid":
        value = normalise_orcid(text)
    elif scheme == "ror":
        value = normalise_ror(text)
    elif scheme == "isni":
        value = "".join(text.split()).upper()
    else:
        value = text
    if text and not value:
        draft.note(
            f"Identifier {element.get('Source')}", text, "truncated or mistyped: the check digits do not fit"
        )
    return scheme, value
