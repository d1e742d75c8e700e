"""How a person calls the thing that a finding is about: "PMID 32357127" and its title."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple
from urllib.parse import unquote

import pyoxigraph as ox

from pss_kg.errors import GraphError
from pss_kg.vocabulary import DCTERMS, FABIO, FOAF, FRBR, PRISM, RDFS, SCHEMA, SKOS, compact


class Named(NamedTuple):
    """A thing in a person's words; each is "" where none is known."""

    label: str
    title: str
    journal: str = ""
    year: str = ""


Naming = Callable[[str], Named | None]
"""Gives the words for a focus node; None where nothing better than its IRI is known."""

_FLAT = {
    f"{FABIO}hasPubMedId": "PMID {}",
    f"{PRISM}doi": "DOI {}",
    f"{FABIO}hasPubMedCentralId": "{}",
}
_TITLES = (
    f"{DCTERMS}title",
    f"{SKOS}prefLabel",
    f"{FOAF}name",
    f"{RDFS}label",
    f"{SCHEMA}name",
    "http://purl.org/dc/elements/1.1/title",
)
_YEAR = f"{FABIO}hasPublicationYear"
_PART_OF = f"{FRBR}partOf"
_JOURNAL = re.compile(r"/journal/[^/]+")
_LABELS = {"pmid": "PMID {}", "doi": "DOI {}", "pmcid": "{}", "openalex": "OpenAlex {}"}
_KEYED = re.compile(
    r"/(publication|work|role|agent|reference-list|reference|citation|citation-count|status|organization)"
    r"/((?:pmid|doi|pmcid|openalex|hash)-[^/]+)(/.*)?$"
)
# A grant without a number is named after the article: …/grant/<agency>/<key>%2F<n>.
_GRANT = re.compile(r"/(grant)/[^/]+/((?:pmid|doi|pmcid|openalex|hash)-[^/]+)(%2F[0-9]+)$")
_PLACE = re.compile(r"/(author|editor|investigator)/([0-9]+)$")


def _keyed(focus: str) -> re.Match[str] | None:
    return _KEYED.search(focus) or _GRANT.search(focus)


def publication_key(focus: str) -> str:
    """The key of the publication that a node belongs to, from its IRI; "" where it has none.

    `…/role/pmid-1/author/2` belongs to `pmid-1`, `…/citation/pmid-1/pmid-2` to the citing one.
    """
    match = _keyed(focus)
    return match.group(2) if match else ""


def label_of_key(key: str) -> str:
    """`pmid-1` as "PMID 1"; "" for a key that says nothing to a person."""
    scheme, _, value = key.partition("-")
    return _LABELS[scheme].format(unquote(value)) if scheme in _LABELS else ""


def detail(focus: str) -> str:
    """What part of its publication a node is: "author 2", "reference 14"; "" for the whole."""
    match = _keyed(focus)
    if not match:
        return ""
    kind, rest = match.group(1), match.group(3) or ""
    place = _PLACE.search(rest)
    if place:
        return f"{place.group(1)} {place.group(2)}"
    if kind == "reference" and rest:
        return f"reference {rest[1:]}"
    if kind == "citation" and rest:
        cited = label_of_key(rest[1:].split("/")[0])
        return f"citation of {cited}" if cited else "citation"
    if kind == "publication" and rest.startswith("/abstract"):
        section = rest.removeprefix("/abstract").strip("/")
        return f"abstract, section {section}" if section else "abstract"
    return {
        "reference-list": "reference list",
        "citation-count": "citation count",
        "status": "status",
        "grant": "grant",
        "organization": "affiliation",
        "work": "work",
    }.get(kind, "")


def naming_from_triples(lines: Iterable[str] | str) -> Naming:
    """Words for the nodes of a data graph, from its N-Triples lines.

    Flat identifiers and dcterms:title name a publication; its year, and the journal whose key stands
    in the IRI that frbr:partOf leads to, are told beside. A role, reference, citation … goes by
    the publication whose key stands in its IRI; other things by their title, label or name.

    Raises GraphError where a line that matters can't be parsed.
    """
    text = lines if isinstance(lines, str) else "\n".join(line.rstrip("\n") for line in lines)
    wanted = tuple(f"<{predicate}>" for predicate in (*_FLAT, *_TITLES, _YEAR, _PART_OF))
    kept = "\n".join(line for line in text.split("\n") if any(predicate in line for predicate in wanted))
    labels: dict[str, tuple[int, str]] = {}
    titles: dict[str, tuple[int, str]] = {}
    years: dict[str, str] = {}
    wholes: dict[str, str] = {}
    flat, worded = list(_FLAT), list(_TITLES)
    try:
        for quad in ox.parse(input=kept, format=ox.RdfFormat.N_TRIPLES):
            predicate = quad.predicate.value
            subject = str(quad.subject) if isinstance(quad.subject, ox.BlankNode) else quad.subject.value
            if not isinstance(quad.object, ox.Literal):
                match = _JOURNAL.search(quad.object.value) if predicate == _PART_OF else None
                if match and "/publication/" in subject:
                    wholes[subject] = quad.object.value[: match.end()]
                continue
            if predicate == _YEAR:
                years[subject] = min(quad.object.value, years.get(subject, quad.object.value))
            elif predicate in _FLAT:
                found = (flat.index(predicate), _FLAT[predicate].format(quad.object.value))
                labels[subject] = min(found, labels.get(subject, found))
            elif predicate in _TITLES:
                found = (worded.index(predicate), quad.object.value)
                titles[subject] = min(found, titles.get(subject, found))
    except SyntaxError as error:
        raise GraphError(f"the data graph is not N-Triples: {error}.", todo="Write it again.") from error

    def name(focus: str) -> Named | None:
        # The publication's own IRI, from the part's: …/role/pmid-1/author/2 -> …/publication/pmid-1
        match = _keyed(focus)
        own = focus
        if match:
            own = f"{focus[: match.start()]}/publication/{match.group(2)}"
        label = labels.get(own, labels.get(focus, (0, "")))[1] or label_of_key(publication_key(focus))
        # A part's own title (the name of an author) is none of an article that lacks one.
        title = titles.get(own, (0, "") if label else titles.get(focus, (0, "")))[1]
        if not label and not title:
            return None
        journal = titles.get(wholes.get(own, ""), (0, ""))[1]
        return Named(label or compact(focus), title, journal, years.get(own, ""))

    return name


def named(focus: str, name: Naming) -> Named:
    """What `name` says, else what the IRI tells, else the IRI in compact form."""
    known = name(focus)
    if known is not None:
        return known
    label = label_of_key(publication_key(focus))
    if label:
        return Named(label, "")
    return Named("a thing without a name" if focus.startswith("_:") else compact(focus), "")
