"""Which publications a list holds: criteria that all must apply."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from pss_kg.errors import BadParameter, NotFound
from pss_kg.identifiers import normalise_issn, normalise_orcid
from pss_kg.listing import folding
from pss_kg.listing.reading import Reader
from pss_kg.store import find_publication
from pss_kg.vocabulary import BIRO, CITO, CO, DCTERMS, FABIO, FOAF, FRBR, MESH, PRISM, PSO, RDF, SKOS, XSD

_MESH_ID = re.compile(r"[CDQ][0-9]{6,9}(?:Q[0-9]{6})?\Z")
_YEARS = re.compile(r"\s*([0-9]{4})?\s*([-–—])?\s*([0-9]{4})?\s*\Z", re.ASCII)
_EARLIEST, _LATEST = 1000, 2999
_LAST = 10**9


class Criteria(msgspec.Struct, frozen=True):
    """Each "" or empty one is no criterion; the others must all apply."""

    citing: str = ""  # an identifier: those that cite it
    cited_by: str = ""  # an identifier: those that it cites
    year: str = ""  # 2020, 2018-2020, 2018-, -2020
    author: str = ""  # a name, or an ORCID iD
    journal: str = ""  # a title, an abbreviation, or an ISSN
    topic: str = ""  # words, or a MeSH id
    types: tuple[str, ...] = ()  # words of a FaBiO class or publication type; any of them
    retracted: bool = False
    known: Literal["", "described", "mentioned"] = ""


def select(reader: Reader, criteria: Criteria) -> list[str]:
    """The IRIs of the publications, each once, those of `cited_by` in reference order, others by key.

    Without any criterion these are the described ones. Raises NotFound for an identifier that the
    graph does not hold, BadParameter for a value that can't be read.
    """
    ordered: list[str] | None = list(_cited_by(reader, criteria.cited_by)) if criteria.cited_by else None
    sets: list[set[str]] = []
    for value, found in (
        (criteria.citing, _citing),
        (criteria.year, _of_years),
        (criteria.author, _by_author),
        (criteria.journal, _in_journal),
        (criteria.topic, _about),
    ):
        if value:
            sets.append(reader.publications_among(found(reader, value)))
    if criteria.types:
        sets.append(reader.publications_among(_of_types(reader, criteria.types)))
    if criteria.retracted:
        sets.append(reader.publications_among(_retracted(reader)))
    if ordered is None and not sets and not criteria.known:
        return sorted(described(reader))
    if criteria.known == "mentioned":
        if ordered is None and not sets:
            sets.append(publications(reader))
        sets.append(publications(reader) - described(reader))
    elif criteria.known == "described":
        sets.append(described(reader))
    if ordered is None:
        return sorted(set.intersection(*sets))
    return [iri for iri in ordered if all(iri in each for each in sets)]


def resolve(reader: Reader, text: str) -> str:
    """The IRI of the publication that an identifier or alias names. Raises NotFound."""
    iri = find_publication(reader.store, reader.iris, text)
    if not iri:
        raise NotFound(
            f"the graph holds no publication {text!r}.",
            todo="Give a PMID, DOI, PMC id or IRI of one that it holds; "
            "`pss-kg query find-by-title -p words=…` looks for words of a title.",
        )
    return iri


def described(reader: Reader) -> set[str]:
    """Every publication of which there is a record."""
    return reader.publications_among(reader.having(f"{FRBR}realizationOf"))


def publications(reader: Reader) -> set[str]:
    """Every publication in graph/main, those known from citations among them."""
    return reader.publications_among(reader.having(f"{RDF}type"))


# -- criteria ---------------------------------------------------------------------------------


def _citing(reader: Reader, text: str) -> Iterator[str]:
    return reader.subjects(f"{CITO}cites", resolve(reader, text))


def _cited_by(reader: Reader, text: str) -> Iterator[str]:
    """Those of the reference list in its order, then those that another source says it cites."""
    iri = resolve(reader, text)
    cites = set(reader.objects(iri, f"{CITO}cites"))
    entries = []
    for part in reader.objects(iri, f"{FRBR}part"):
        for entry in reader.objects(part, f"{CO}element"):
            place = entry.rpartition("/")[2]
            number = int(place) if place.isdecimal() and place.isascii() else _LAST
            entries += [(number, cited) for cited in reader.objects(entry, f"{BIRO}references")]
    listed = dict.fromkeys(cited for _, cited in sorted(entries) if cited in cites)
    yield from listed
    yield from sorted(cites - listed.keys())


def _of_years(reader: Reader, text: str) -> Iterator[str]:
    from pyoxigraph import Literal, NamedNode

    first, last = years(text)
    predicate, kind = NamedNode(f"{FABIO}hasPublicationYear"), NamedNode(f"{XSD}gYear")
    for year in range(first, last + 1):
        value = Literal(f"{year:04d}", datatype=kind)
        for quad in reader.store.quads_for_pattern(None, predicate, value, reader.main):
            yield quad.subject.value  # type: ignore[union-attr]


def years(text: str) -> tuple[int, int]:
    """`2020` → (2020, 2020); `2018-2020`; `2018-` and `-2020` are open. Raises BadParameter."""
    match = _YEARS.match(text)
    if not match or not (match[1] or match[3]) or (match[1] and match[3] and not match[2]):
        raise BadParameter(
            f"{text!r} is no year.", where="--year", todo="Write 2020, 2018-2020, 2018- or -2020."
        )
    first = int(match[1]) if match[1] else _EARLIEST
    last = int(match[3]) if match[3] else (_LATEST if match[2] else first)
    if first > last:
        raise BadParameter(
            f"{first} is later than {last}.",
            where="--year",
            todo=f"Write {last}-{first} for the years between.",
        )
    return first, last


def _by_author(reader: Reader, text: str) -> Iterator[str]:
    creator = f"{DCTERMS}creator"
    if orcid := normalise_orcid(text):
        yield from reader.subjects(creator, reader.iris.orcid_agent(orcid))
        return
    asked = folding.words(text)
    if not any(len(word) > 1 for word in asked):
        raise BadParameter(
            f"{text!r} is no name.",
            where="--author",
            todo="Write a family name, or an ORCID iD with its 16 digits.",
        )
    for agent in reader.fitting(f"{FOAF}name", lambda name: folding.is_name(name, asked)):
        yield from reader.subjects(creator, agent)


def _in_journal(reader: Reader, text: str) -> Iterator[str]:
    """Journals of this ISSN; else of exactly this title or abbreviation; else with these words in it."""
    issn = normalise_issn(text)
    names = (f"{DCTERMS}title", f"{FABIO}hasNLMJournalTitleAbbreviation", f"{DCTERMS}alternative")
    if issn:
        properties = (f"{PRISM}issn", f"{PRISM}eIssn", f"{FABIO}hasIssnL")
        journals = {s for p in properties for s in reader.fitting(p, lambda value: value == issn)}
    else:
        asked = folding.words(text)
        found = {
            journal: [folding.words(v) for p in names for v in reader.objects(journal, p)]
            for journal in reader.subjects(f"{RDF}type", f"{FABIO}Journal")
        }
        journals = {j for j, known in found.items() if asked in known}
        journals = journals or {
            j for j, known in found.items() if any(folding.holds(w, asked) for w in known)
        }
    level = journals
    for _ in range(3):  # journal, volume, issue: whatever is part of one of them
        parts = {part for whole in level for part in reader.subjects(f"{FRBR}partOf", whole)}
        yield from parts
        level = {part for part in parts if not part.startswith(reader.iris.publication_base)}


def _about(reader: Reader, text: str) -> Iterator[str]:
    """With this heading, alone or qualified; else with these words in a heading, a keyword or the title."""
    term = f"{FABIO}hasSubjectTerm"
    mesh = text.strip().removeprefix(MESH).removeprefix("https://id.nlm.nih.gov/mesh/").upper()
    if _MESH_ID.match(mesh):
        head = f"{MESH}{mesh}"
        headings = {s for s in reader.having(f"{SKOS}prefLabel") if s == head or s.startswith(f"{head}Q")}
        for heading in headings | {head}:
            yield from reader.subjects(term, heading)
        return
    asked = folding.words(text)
    if not asked:
        raise BadParameter(
            f"{text!r} has no word.", where="--topic", todo="Write words, or a MeSH id such as D008603."
        )

    def fits(value: str) -> bool:
        return folding.holds(folding.words(value), asked)

    for heading in reader.fitting(f"{SKOS}prefLabel", fits):
        yield from reader.subjects(term, heading)
    yield from reader.fitting(f"{PRISM}keyword", fits)
    yield from reader.fitting(f"{DCTERMS}title", fits)


def _of_types(reader: Reader, types: Iterable[str]) -> Iterator[str]:
    """Of a class of the Expression or Work, or of a publication type, that has these words in its name."""
    labels = {label: name for name in _classes(reader) for label in [_spelt(name)]}
    kinds: dict[str, str] = {}
    from pyoxigraph import NamedNode

    for quad in reader.store.quads_for_pattern(None, NamedNode(f"{DCTERMS}type"), None, reader.main):
        kinds.setdefault(str(quad.object.value), "")  # type: ignore[union-attr]
    for kind in kinds:
        kinds[kind] = next(iter(reader.objects(kind, f"{SKOS}prefLabel")), kind)
    for text in types:
        asked = _singular(folding.words(_spelt(text)))
        named = [
            name for label, name in labels.items() if folding.holds(_singular(folding.words(label)), asked)
        ]
        typed = [
            kind for kind, label in kinds.items() if folding.holds(_singular(folding.words(label)), asked)
        ]
        if not named and not typed:
            known = sorted({*labels, *(label for label in kinds.values() if "/" not in label)})
            raise BadParameter(
                f"the graph has no type {text!r}.", where="--type", todo=f"It has: {', '.join(known)}."
            )
        for name in named:
            for subject in reader.subjects(f"{RDF}type", name):
                if subject.startswith(f"{reader.iris.base}work/"):
                    yield from reader.subjects(f"{FRBR}realizationOf", subject)
                else:
                    yield subject
        for kind in typed:
            yield from reader.subjects(f"{DCTERMS}type", kind)


def _retracted(reader: Reader) -> Iterator[str]:
    from pyoxigraph import NamedNode

    for quad in reader.store.quads_for_pattern(None, NamedNode(f"{CITO}retracts"), None, reader.main):
        yield quad.object.value  # type: ignore[union-attr]
    for status in reader.subjects(f"{PSO}withStatus", f"{PSO}retracted-from-publication"):
        yield from reader.subjects(f"{PSO}holdsStatusInTime", status)


_NO_TYPES = frozenset(["Journal", "JournalVolume", "JournalIssue", "Expression", "Work", "SubjectTerm"])


def _classes(reader: Reader) -> list[str]:
    """The telling FaBiO classes of publications and Works that occur in the graph."""
    found = reader.store.query("SELECT DISTINCT ?kind WHERE { ?thing a ?kind }", default_graph=reader.main)
    names = {str(row[0].value) for row in found}  # type: ignore[union-attr]
    return sorted(
        name for name in names if name.startswith(FABIO) and name.removeprefix(FABIO) not in _NO_TYPES
    )


def _spelt(name: str) -> str:
    """`fabio:JournalArticle` → `Journal Article`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.removeprefix(FABIO).rpartition(":")[2])


def _singular(asked: list[str]) -> list[str]:
    return [word.removesuffix("s") for word in asked]
