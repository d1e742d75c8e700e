"""Parts of a Crossref work: dates, people, funders, licence, references and relations."""

from __future__ import annotations

from typing import Any

from pss_kg.identifiers import normalise_orcid, normalise_ror
from pss_kg.records import Affiliation, Contributor, Databank, Date, Grant, Identifiers, Reference, Relation
from pss_kg.sources.dates import date_of_parts, read_date
from pss_kg.sources.json_values import Draft, names, object_of, objects, text, texts, whole_number
from pss_kg.sources.markup import plain

_ROLES = ("author", "editor", "chair", "translator")
_LICENCES = ("vor", "unspecified", "", "am")
"""Of several licences the first of these kinds counts: the version of record before the
author's manuscript. `tdm` and the like are about machines that read the text."""

_REGISTERS = {
    "10.18810/clinical-trials-gov": "ClinicalTrials.gov",
    "10.18810/isrctn": "ISRCTN",
    "10.18810/anzctr": "ANZCTR",
    "10.18810/chictr": "ChiCTR",
    "10.18810/drks": "DRKS",
    "10.18810/ntr": "NTR",
    "10.18810/euctr": "EudraCT",
    "10.18810/ctri": "CTRI",
    "10.18810/pactr": "PACTR",
    "10.18810/irct": "IRCT",
}
_REFERENCE = names(
    """
    key DOI doi-asserted-by unstructured year author journal-title volume issue first-page
    article-title volume-title series-title edition ISSN issn-type ISBN isbn-type
    standard-designator standards-body component type
    """
)
_SCHEMES = {"doi": "doi", "pmid": "pmid", "pmcid": "pmcid", "issn": "issn", "isbn": "isbn"}


def date_of(value: Any) -> Date | None:
    """The date of `{"date-parts": [[2020, 5, 2]]}`; None for `[[null]]`, `[[]]` and no value."""
    parts = object_of(value).get("date-parts")
    first = parts[0] if isinstance(parts, list) and parts else None
    if first is not None and not isinstance(first, list):
        first = parts
    year, month, day = ([text(part) for part in first or []] + ["", "", ""])[:3]
    if not year or year == "0":
        return None
    return date_of_parts(year, "" if month == "0" else month, "" if day == "0" else day)


def dates(work: dict[str, Any], draft: Draft) -> dict[str, Any]:
    """The dates of a work, by the name of their field.

    `issued`, the earlier of print and online, stands only where neither is told. `revised` is
    when Crossref last indexed the record: that moves with a deposit, with DOIs matched to
    references and with notices, so of two records the later one says more.
    """
    found: dict[str, Any] = {}
    in_issue = object_of(work.get("journal-issue"))
    printed = date_of(work.get("published-print")) or date_of(in_issue.get("published-print"))
    online = (
        date_of(work.get("published-online"))
        or date_of(work.get("posted"))
        or date_of(in_issue.get("published-online"))
    )
    if printed:
        found["issue_date"] = printed
    if online:
        found["electronic_date"] = online
    if (
        not printed
        and not online
        and (issued := date_of(work.get("issued")) or date_of(work.get("published")))
    ):
        found["issued"] = issued
    for name in ("issued", "published-print", "published-online", "posted"):
        if work.get(name) and not date_of(work[name]) and text(object_of(work[name]).get("date-parts")):
            draft.note(name, object_of(work[name]).get("date-parts"), "no date that can be read")
    if accepted := date_of(work.get("accepted")):
        if len(accepted.value) == 10:
            found["accepted"] = accepted.value
        else:
            draft.note("accepted", accepted.value or accepted.text, "not a whole date")
    for item in objects(work.get("assertion")):
        name = text(item.get("name")).lower()
        if name not in ("received", "accepted", "date_received", "date_accepted"):
            continue
        name = name.removeprefix("date_")
        date = read_date(text(item.get("value")))
        if date and len(date.value) == 10:
            found.setdefault(name, date.value)
        else:
            draft.note(f"assertion {name}", item.get("value"), "not a whole date")
    for name in ("indexed", "deposited"):
        if (date := date_of(work.get(name))) and len(date.value) == 10:
            found["revised"] = date.value
            break
    return found


def contributors(work: dict[str, Any], draft: Draft) -> tuple[Contributor, ...]:
    """Authors, then editors, chairs and translators, each in their order."""
    people = []
    for role in _ROLES:
        for person in objects(work.get(role)):
            if found := _contributor(person, role, draft):
                people.append(found)
    return tuple(people)


def _contributor(person: dict[str, Any], role: str, draft: Draft) -> Contributor | None:
    family, given = plain(text(person.get("family"))), plain(text(person.get("given")))
    group = plain(text(person.get("name")))
    literal = plain(text(person.get("literal")))
    name = group or literal or " ".join(part for part in (given, family) if part)
    if not name:
        draft.note(role, person, "a name without letters")
        return None
    if group and (family or given):
        draft.note(role, f"{given} {family}".strip(), f"stands beside the name {group!r}")
    orcid = ""
    for value in texts(person.get("ORCID")):
        if found := normalise_orcid(value):
            orcid = orcid or found
        else:
            draft.note("ORCID", value, "no ORCID iD that can be read")
    return Contributor(
        name=name,
        family="" if group else family,
        given="" if group else given,
        suffix=plain(text(person.get("suffix"))),
        kind="organization" if group else "person",
        role=role,
        orcid=orcid,
        affiliations=tuple(
            place for item in objects(person.get("affiliation")) if (place := _affiliation(item, draft))
        ),
    )


def _affiliation(item: dict[str, Any], draft: Draft) -> Affiliation | None:
    words = [*texts(item.get("department")), text(item.get("name")), *texts(item.get("place"))]
    name = plain(", ".join(word for word in words if word))
    pairs: dict[tuple[str, str], None] = {}
    for each in objects(item.get("id")):
        kind, value = text(each.get("id-type")).lower(), text(each.get("id"))
        if kind == "ror" or "ror.org" in value:
            if ror := draft.normal("ror", value, "affiliation ROR"):
                pairs["ror", ror] = None
        elif value:
            pairs[kind or "unknown", value.rstrip("/").rpartition("/")[2]] = None
    return Affiliation(text=name, identifiers=tuple(pairs)) if name or pairs else None


def grants(work: dict[str, Any], draft: Draft) -> tuple[Grant, ...]:
    """A grant for each award of a funder; a funder without any is one without a number."""
    found: dict[Grant, None] = {}
    for funder in objects(work.get("funder")):
        name = plain(text(funder.get("name")))
        pairs: dict[tuple[str, str], None] = {}
        if doi := draft.normal("doi", funder.get("DOI"), "funder DOI"):
            pairs["doi", doi] = None
        for each in objects(funder.get("id")):
            value = text(each.get("id"))
            if ror := normalise_ror(value):
                pairs["ror", ror] = None
            elif text(each.get("id-type")).lower() == "doi" and (
                doi := draft.normal("doi", value, "funder DOI")
            ):
                pairs["doi", doi] = None
            elif value and text(each.get("id-type")).lower() != "doi":
                draft.note("funder id", value, "an identifier of a kind that is not read")
        awards = [plain(award) for award in texts(funder.get("award"))]
        if not name and not awards:
            draft.note("funder", funder, "neither a name nor an award")
        for award in awards or ([""] if name else []):
            found[Grant(number=award, agency=name, identifiers=tuple(pairs))] = None
    return tuple(found)


def accession_numbers(work: dict[str, Any], draft: Draft) -> tuple[Databank, ...]:
    """Registrations of clinical trials."""
    found: dict[Databank, None] = {}
    for trial in objects(work.get("clinical-trial-number")):
        number, register = text(trial.get("clinical-trial-number")), text(trial.get("registry")).lower()
        if not number:
            continue
        number = number.upper()
        name = _REGISTERS.get(register) or ("ClinicalTrials.gov" if number.startswith("NCT") else register)
        found[Databank(name or "clinical trial", number)] = None
    return tuple(found)


def licence(work: dict[str, Any], draft: Draft) -> str:
    """The IRI of the licence of the best version; the others are noted."""
    given = [
        (text(item.get("content-version")).lower(), text(item.get("URL")))
        for item in objects(work.get("license"))
        if text(item.get("URL"))
    ]
    for version, url in given:
        if version not in _LICENCES:
            draft.note("license", f"{version} {url}", "a licence for this use only")
    usable = [pair for pair in given if pair[0] in _LICENCES]
    if not usable:
        return ""
    best = min(usable, key=lambda pair: _LICENCES.index(pair[0]))[1]
    for version, url in usable:
        if url != best:
            draft.note("license", f"{version} {url}", "another version's licence")
    return best


def references(work: dict[str, Any], draft: Draft) -> None:
    """The reference list; a count above 0 without a list is noted."""
    given = objects(work.get("reference"))
    count = whole_number(work.get("reference-count")) or whole_number(work.get("references-count")) or 0
    if count and not given:
        draft.note("reference", str(count), "a number of references without a list of them")
    for item in given:
        draft.references.append(_reference(item, draft))


def _reference(item: dict[str, Any], draft: Draft) -> Reference:
    pairs: dict[tuple[str, str], None] = {}
    if doi := draft.normal("doi", item.get("DOI"), "reference DOI"):
        pairs["doi", doi] = None
    if isbn := draft.normal("isbn", text(item.get("ISBN")).rpartition("/")[2], "reference ISBN"):
        pairs["isbn", isbn] = None
    draft.unread(item, _REFERENCE)
    return Reference(
        text=plain(text(item.get("unstructured"))),
        identifiers=tuple(pairs),
        title=plain(text(item.get("article-title")) or text(item.get("volume-title"))),
        authors=plain(text(item.get("author"))),
        journal=plain(
            text(item.get("journal-title"))
            or text(item.get("series-title"))
            or (text(item.get("volume-title")) if item.get("article-title") else "")
        ),
        year=text(item.get("year")),
        volume=text(item.get("volume")),
        issue=text(item.get("issue")),
        pages=text(item.get("first-page")),
        label=text(item.get("key")),
    )


def relations(work: dict[str, Any], draft: Draft) -> tuple[Relation, ...]:
    """Updates in both directions, then the deposited relations by type.

    `update-to` has Crossref's own words (`retraction`); `updated-by`, on the work that was
    updated, has them with `updated-by/` before them. Crossref's `references` are citations.
    """
    found: dict[Relation, None] = {}
    for field, prefix in (("update-to", ""), ("updated-by", "updated-by/")):
        for item in objects(work.get(field)):
            word = text(item.get("type")).lower().replace("-", "_").replace(" ", "_")
            label = plain(text(item.get("label")))
            date = date_of(item.get("updated"))
            note = " ".join(part for part in (label, date.value if date else "") if part)
            doi = draft.normal("doi", item.get("DOI"), field)
            if doi or word:
                found[Relation(f"{prefix}{word or 'update'}", (("doi", doi),) if doi else (), note=note)] = (
                    None
                )
    related = work.get("relation")
    for word, items in sorted(related.items()) if isinstance(related, dict) else ():
        if word == "cites":
            continue  # what older replies put here stands in the reference list
        for item in objects(items):
            found[_relation(word, item, draft)] = None
    return tuple(found)


def _relation(word: str, item: dict[str, Any], draft: Draft) -> Relation:
    scheme, value = _SCHEMES.get(text(item.get("id-type")).lower(), ""), text(item.get("id"))
    normal = draft.normal(scheme, value, f"relation {word}") if scheme else ""
    pairs: Identifiers = ((scheme, normal),) if normal else ()
    return Relation(word, pairs, text="" if normal else value)
