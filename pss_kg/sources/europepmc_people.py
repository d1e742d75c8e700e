"""Authors and investigators of a Europe PMC record: the list of core, or the line of lite. Pure."""

from __future__ import annotations

import re
from typing import Any, Literal

from pss_kg.identifiers import normalise_orcid, normalise_ror
from pss_kg.records import Affiliation, Contributor, Note
from pss_kg.sources.europepmc_text import plain
from pss_kg.sources.europepmc_values import SHOWN, Item, objects, text
from pss_kg.sources.pubmed_names import names_a_group

_PRINTED = re.compile(
    r"(?P<family>\S.*?) (?P<initials>[^\W\d_a-z]{1,4}(?:-[^\W\d_a-z]{1,2})?)"
    r"(?: (?P<suffix>Jr|Sr|2nd|3rd|4th|II|III|IV))?\Z"
)
_AND_OTHERS = re.compile(r"(?:,\s*|\s+)et\.? al\.?\s*\Z", re.IGNORECASE)


def people(item: Item, notes: list[Note]) -> tuple[tuple[Contributor, ...], bool]:
    """The contributors in order, and whether the list of authors is whole."""
    listed = objects(item.get("authorList"), "author")
    found = [person for each in listed if (person := _person(each, "author", notes))]
    whole = True
    if not found:
        found, whole = _printed(text(item.get("authorString")))
    for each in objects(item.get("investigatorList"), "investigator"):
        if person := _person(each, "investigator", notes):
            found.append(person)
    return tuple(found), whole


def _person(author: Item, role: str, notes: list[Note]) -> Contributor | None:
    family, given = plain(text(author.get("lastName"))), plain(text(author.get("firstName")))
    initials, suffix = plain(text(author.get("initials"))), plain(text(author.get("suffix"))).lstrip(", ")
    whole, group = plain(text(author.get("fullName"))), plain(text(author.get("collectiveName")))
    orcid, ids = _ids(author, notes)
    common: dict[str, Any] = {
        "role": role,
        "orcid": orcid,
        "identifiers": ids,
        "affiliations": _affiliations(author, notes),
    }
    if group and not family:
        return Contributor(group, kind="organization", **common)
    if not family:
        if not (whole or given):
            notes.append(Note("author", "", "a contributor without a name; left out"))
            return None
        return Contributor(whole or given, kind=_kind(whole or given), **common)
    first = given or initials
    name = f"{first} {family}" if first else family
    if group:
        notes.append(Note("author/collectiveName", group, "stands beside a person's name; left out"))
    return Contributor(f"{name} {suffix}" if suffix else name, family, given, initials, suffix, **common)


def _ids(author: Item, notes: list[Note]) -> tuple[str, tuple[tuple[str, str], ...]]:
    orcid = ""
    others: dict[tuple[str, str], None] = {}
    for each in objects({"id": author.get("authorId")}, "id"):
        scheme, value = text(each.get("type")).lower(), text(each.get("value"))
        if scheme == "orcid":
            normal = normalise_orcid(value)
            if value and not normal:
                notes.append(Note("authorId", value[:SHOWN], "truncated or mistyped: no ORCID iD"))
            orcid = orcid or normal
        elif scheme and value:
            others[scheme, value] = None
    return orcid, tuple(others)


def _affiliations(author: Item, notes: list[Note]) -> tuple[Affiliation, ...]:
    found: dict[Affiliation, None] = {}
    for each in objects(author.get("authorAffiliationDetailsList"), "authorAffiliation"):
        ids = []
        for org in objects({"id": each.get("affiliationOrgId")}, "id"):
            scheme, value = text(org.get("type")).lower(), text(org.get("value"))
            normal = normalise_ror(value) if scheme == "ror" else value
            if scheme and normal:
                ids.append((scheme, normal))
            elif value:
                notes.append(
                    Note("affiliationOrgId", value[:SHOWN], f"not an identifier of the type {scheme}")
                )
        one = Affiliation(plain(text(each.get("affiliation"))), tuple(dict.fromkeys(ids)))
        if one.text or one.identifiers:
            found[one] = None
    if not found and (old := plain(text(author.get("affiliation")))):
        found[Affiliation(old)] = None
    return tuple(found)


def _printed(line: str) -> tuple[list[Contributor], bool]:
    """`Romanovsky AA, Almeida MC, A Study Group.`: names in the order of the line."""
    line = plain(line)
    cut = _AND_OTHERS.search(line)
    line = (line[: cut.start()] if cut else line).removesuffix(".")
    found = []
    for name in re.split(r"[,;]\s+", line):
        name = name.strip(" ,;")
        if not name:
            continue
        match = _PRINTED.match(name)
        if match and not names_a_group(name):
            family, initials, suffix = match["family"], match["initials"], match["suffix"] or ""
            whole = f"{initials} {family} {suffix}".strip()
            found.append(Contributor(whole, family, "", initials, suffix))
        else:
            found.append(Contributor(name, kind=_kind(name)))
    return found, not cut


def _kind(name: str) -> Literal["person", "organization"]:
    return "organization" if names_a_group(name) else "person"
