"""Parts of an OpenAlex work: people and where they worked, subjects, grants."""

from __future__ import annotations

from typing import Any

from pss_kg.identifiers import normalise_openalex, normalise_orcid
from pss_kg.records import Affiliation, Contributor, Grant, Subject
from pss_kg.sources.json_values import Draft, object_of, objects, text, texts
from pss_kg.sources.markup import plain


def people(work: dict[str, Any], draft: Draft) -> tuple[Contributor, ...]:
    """The authors in order, named as printed where OpenAlex has that, else as in its profile of them."""
    found = []
    for authorship in objects(work.get("authorships")):
        author = object_of(authorship.get("author"))
        name = plain(text(authorship.get("raw_author_name")) or text(author.get("display_name")))
        if not name:
            draft.note("authorships", authorship, "an author without a name")
            continue
        given = text(author.get("orcid")) or text(authorship.get("raw_orcid"))
        orcid = normalise_orcid(given)
        if given and not orcid:
            draft.note("orcid", given, "no ORCID iD that can be read")
        own = normalise_openalex(text(author.get("id")))
        found.append(
            Contributor(
                name=name,
                orcid=orcid,
                identifiers=(("openalex", own),) if own else (),
                affiliations=_affiliations(authorship),
            )
        )
    return tuple(found)


def _affiliations(authorship: dict[str, Any]) -> tuple[Affiliation, ...]:
    """Each printed affiliation with the ROR of its institution, where that is exactly one, then
    institutions that no printed one names."""
    institutions = {text(item.get("id")): item for item in objects(authorship.get("institutions"))}
    found: dict[Affiliation, None] = {}
    used: set[str] = set()
    printed = objects(authorship.get("affiliations"))
    if not printed:
        strings = texts(authorship.get("raw_affiliation_strings")) or texts(
            authorship.get("raw_affiliation_string")
        )
        alone = list(institutions) if len(strings) == 1 and len(institutions) == 1 else []
        printed = [{"raw_affiliation_string": each, "institution_ids": alone} for each in strings]
    for item in printed:
        ids = [each for each in texts(item.get("institution_ids")) if each in institutions]
        used.update(ids)
        words = plain(text(item.get("raw_affiliation_string")))
        pairs = _of_institution(institutions[ids[0]]) if len(ids) == 1 else ()
        if len(ids) > 1:
            used.difference_update(ids)
        if words or pairs:
            found[Affiliation(text=words, identifiers=pairs)] = None
    for own, item in institutions.items():
        if own not in used and (name := plain(text(item.get("display_name")))):
            found[Affiliation(text=name, identifiers=_of_institution(item))] = None
    return tuple(found)


def _of_institution(item: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    draft = Draft()
    draft.identify("ror", item.get("ror"))
    draft.identify("openalex", item.get("id"))
    return tuple(draft.identifiers)


def mesh(work: dict[str, Any]) -> list[Subject]:
    """MeSH headings; OpenAlex repeats a heading for each of its qualifiers."""
    headings: dict[str, tuple[str, bool, dict[tuple[str, str, bool], None]]] = {}
    for item in objects(work.get("mesh")):
        own, label = text(item.get("descriptor_ui")), text(item.get("descriptor_name"))
        if not own:
            continue
        name, major, qualifiers = headings.get(own, (label, False, {}))
        qualifier, star = text(item.get("qualifier_ui")), item.get("is_major_topic") is True
        if qualifier:
            qualifiers[qualifier, text(item.get("qualifier_name")), star] = None
        headings[own] = name, major or (star and not qualifier), qualifiers
    return [
        Subject(scheme="mesh", id=own, label=label, major=major, qualifiers=tuple(qualifiers))
        for own, (label, major, qualifiers) in headings.items()
    ]


def topics(work: dict[str, Any]) -> list[Subject]:
    """OpenAlex's own topics, the first one first."""
    return [
        Subject(scheme="openalex-topic", id=own, label=text(item.get("display_name")))
        for item in objects(work.get("topics"))
        if (own := normalise_openalex(text(item.get("id"))))
    ]


def grants(work: dict[str, Any], draft: Draft) -> tuple[Grant, ...]:
    """Awards with their funders, then funders of whom no award is known."""
    rors = {text(item.get("id")): text(item.get("ror")) for item in objects(work.get("funders"))}
    found: dict[Grant, None] = {}
    funded: set[str] = set()
    awards = [
        (
            item.get("funder_award_id"),
            item.get("funder_id"),
            item.get("funder_display_name"),
            item.get("display_name"),
        )
        for item in objects(work.get("awards"))
    ] + [
        (item.get("award_id"), item.get("funder"), item.get("funder_display_name"), None)
        for item in objects(work.get("grants"))
    ]
    for number, funder, name, title in awards:
        funded.add(text(funder))
        if text(number) or text(name):
            found[Grant(plain(text(number)), plain(text(name)), identifiers=_funder(funder, rors))] = None
        elif text(title):
            draft.note("awards", title, "neither a number nor a funder")
    for item in objects(work.get("funders")):
        name = plain(text(item.get("display_name")))
        if name and text(item.get("id")) not in funded:
            found[Grant(agency=name, identifiers=_funder(item.get("id"), rors))] = None
    return tuple(found)


def _funder(own: Any, rors: dict[str, str]) -> tuple[tuple[str, str], ...]:
    draft = Draft()
    draft.identify("ror", rors.get(text(own), ""))
    draft.identify("openalex", own)
    return tuple(draft.identifiers)
