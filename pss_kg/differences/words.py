"""A change in words: "changed  PMID 1  A title: title; cites +2 −1; authors"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

import msgspec

from pss_kg.differences.comparing import MAIN, Change, Triple
from pss_kg.errors import printable
from pss_kg.validation.naming import label_of_key
from pss_kg.vocabulary import (
    BASE,
    C4O,
    DATACITE,
    DCTERMS,
    FABIO,
    FRBR,
    PRISM,
    PRO,
    PSO,
    RDF,
    compact,
)

_PARTS = {
    "work": "work",
    "identifier": "identifiers",
    "reference-list": "reference list",
    "reference": "reference list",
    "citation": "citations",
    "citation-count": "citation count",
    "status": "status",
    "organization": "affiliations",
    "grant": "grants",
}
_PEOPLE = {"author": "authors", "editor": "editors", "investigator": "investigators"}
_LINKS = {
    f"{FRBR}part": "parts",
    f"{FRBR}realizationOf": "work",
    f"{DATACITE}hasIdentifier": "identifiers",
    f"{DCTERMS}creator": "authors",
    f"{PRO}isDocumentContextFor": "authors",
    f"{C4O}hasGlobalCitationFrequency": "citation count",
    f"{PSO}holdsStatusInTime": "status",
}
"""What a publication says only to point at its parts: their word, and no count."""

_WORDS = {
    f"{RDF}type": "kind",
    f"{PRISM}doi": "DOI",
    f"{FABIO}hasPubMedId": "PMID",
    f"{FABIO}hasPubMedCentralId": "PMCID",
    f"{DCTERMS}issued": "date",
    f"{FRBR}partOf": "journal",
    f"{FABIO}hasSubjectTerm": "subjects",
    f"{FABIO}hasPrimarySubjectTerm": "major subjects",
}
_GRAPHS = {"attribution": "who said it", "identity": "other keys", "inferred": "inferred"}
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LONG = 80


def describe(change: Change) -> str:
    """The change on one line, without a newline."""
    title = _text(change.title)
    name = f"{label(change)}  {title}" if title else label(change)
    if change.kind != "changed" or change.what == "alias":
        return f"{change.kind:<7}  {name}"
    return f"changed  {name}: {'; '.join(_changed(change))}"


def label(change: Change) -> str:
    """`PMID 1`, `journal/issn-1234-5679`, or for an alias where it leads."""
    if change.what == "shared":
        iri = change.key[1:-1]
        return iri.removeprefix(BASE) if iri.startswith(BASE) else compact(iri)
    name = label_of_key(change.key) or change.key
    if change.what == "alias":
        before, after = (", ".join(map(_end, _all(side))) for side in (change.removed, change.added))
        ends = f"{before}, now of {after}" if before and after else before or after
        return f"alias {name} of {ends}"
    return name


def _end(triple: Triple) -> str:
    key = triple[2][1:-1].rsplit("/", 1)[-1]
    return label_of_key(key) or key


def _all(triples: Mapping[str, list[Triple]]) -> list[Triple]:
    return [triple for some in triples.values() for triple in some]


def _changed(change: Change) -> list[str]:
    """What changed: counted where the publication itself says it, else named alone."""
    added: Counter[str] = Counter()
    removed: Counter[str] = Counter()
    named: dict[str, None] = {}
    for counts, side in ((removed, change.removed), (added, change.added)):
        for graph in sorted(side, key=lambda graph: (graph != MAIN, graph)):
            for triple in side[graph]:
                word, counted = _word(change, graph, triple)
                named[word] = None
                if counted:
                    counts[word] += 1
    # What was said of the publication first, then what else was.
    last = tuple(_GRAPHS.values())
    words = sorted(named, key=lambda word: word in last or " in source/" in word)
    return [_counted(word, added[word], removed[word]) for word in words]


def _counted(word: str, added: int, removed: int) -> str:
    if added == removed and added <= 1:
        return word
    signs = [f"+{added:,}"] if added else []
    return " ".join([word, *signs, *([f"−{removed:,}"] if removed else [])])


def _word(change: Change, graph: str, triple: Triple) -> tuple[str, bool]:
    subject, predicate, _ = triple
    if graph in _GRAPHS:
        return _GRAPHS[graph], True
    word, counted = _word_of_main(change, subject[1:-1], predicate[1:-1])
    return (word, counted) if graph == MAIN else (f"{word} in {graph}", counted)


def _word_of_main(change: Change, subject: str, predicate: str) -> tuple[str, bool]:
    itself = f"<{subject}>" == change.key or subject.endswith(f"/publication/{change.key}")
    if not itself and "/abstract" in subject:
        return "abstract", False
    if not itself:
        for part, word in _PEOPLE.items():
            if f"/{part}/" in subject:
                return word, False
        kinds = [word for part, word in _PARTS.items() if f"/{part}/" in subject]
        return (kinds[0], False) if kinds else (_plain(predicate), True)
    if change.what == "publication" and predicate in _LINKS:
        return _LINKS[predicate], False
    return _WORDS.get(predicate) or _plain(predicate), True


def _plain(predicate: str) -> str:
    """`fabio:hasPublicationYear` as "publication year"."""
    name = compact(predicate).rpartition(":")[2].rpartition("/")[2]
    return _CAPITAL.sub(" ", name).lower().removeprefix("has ")


def _text(literal: str) -> str:
    """A literal as N-Triples as plain text on one line; cut where it is long."""
    if not literal.startswith('"'):
        return ""
    # terms.py escapes as JSON does.
    quoted = literal[: literal.rindex('"') + 1]
    text = " ".join(printable(msgspec.json.decode(quoted, type=str)).split())
    return text if len(text) <= _LONG else f"{text[: _LONG - 1]}…"
