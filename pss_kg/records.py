"""What one source says about one publication. Frozen structs; no RDF, no I/O.

Values are normalised where a normal form exists (identifiers, dates) and verbatim elsewhere.
Whatever a source said and no field could take is told in `Publication.notes`: nothing is
dropped in silence. Wide enough for every source; one that lacks a field leaves it empty.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Identifiers = tuple[tuple[str, str], ...]
"""(scheme, normalised value) pairs, in the source's order, each once. Schemes are lower case:
pmid, doi, pmcid, openalex, pii, isbn, issn, orcid, ror, mid, bookaccession …"""


class Record(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """Base of all records: frozen, defaults left out when written."""


class Date(Record, frozen=True):
    """A date at its own precision.

    value: `2020-05-02`, `2020-05` or `2020`; "" where no year could be read
    text:  verbatim, only where it says more than `value` (`1979 Nov-1980 May`, `2004 Winter`)
    """

    value: str = ""
    text: str = ""


class Text(Record, frozen=True):
    """A text and its language (BCP 47, lower case; "" = not said)."""

    text: str
    language: str = ""


class Affiliation(Record, frozen=True):
    """One affiliation as printed on this paper, and the organisation's identifiers (ror, grid, isni …)."""

    text: str = ""
    identifiers: Identifiers = ()


class Contributor(Record, frozen=True):
    """One author, editor or investigator, person or group, in the position it stands in."""

    name: str = ""  # the whole name as it reads, "Given Family" or a group's
    family: str = ""
    given: str = ""
    initials: str = ""
    suffix: str = ""
    kind: Literal["person", "organization"] = "person"
    role: str = "author"  # author, editor, investigator
    orcid: str = ""  # 0000-0000-0000-000X, checksum verified
    identifiers: Identifiers = ()  # others: isni, scopus, s2, openalex …
    affiliations: tuple[Affiliation, ...] = ()


class AbstractSection(Record, frozen=True):
    """A labelled part of an abstract; label and category "" where the source has none."""

    text: str
    label: str = ""  # as printed: "OBJECTIVE", "Conclusions"
    category: str = ""  # NlmCategory: BACKGROUND, OBJECTIVE, METHODS, RESULTS, CONCLUSIONS, UNASSIGNED


class Abstract(Record, frozen=True):
    """One abstract. The publisher's own has kind "" ; other kinds: plain-language-summary …"""

    sections: tuple[AbstractSection, ...] = ()
    language: str = ""
    kind: str = ""
    copyright: str = ""


class Subject(Record, frozen=True):
    """A controlled heading. For MeSH `id` is D…, C… or Q…; each qualifier is (id, label, major)."""

    scheme: str  # mesh, openalex-topic …
    id: str
    label: str = ""
    major: bool = False
    qualifiers: tuple[tuple[str, str, bool], ...] = ()


class Chemical(Record, frozen=True):
    """A substance: MeSH id, name, registry number (CAS or UNII; "0" = none)."""

    id: str
    name: str = ""
    registry_number: str = ""


class Grant(Record, frozen=True):
    """Funding: number and agency as printed; both may be missing, not at once."""

    number: str = ""
    agency: str = ""
    acronym: str = ""
    country: str = ""
    identifiers: Identifiers = ()  # of the agency: ror, funder doi


class Databank(Record, frozen=True):
    """A register and an accession number in it: ("ClinicalTrials.gov", "NCT00000001")."""

    name: str
    accession: str


class Type(Record, frozen=True):
    """A publication type in the source's words, with its MeSH id where it has one."""

    name: str
    id: str = ""


class Journal(Record, frozen=True):
    """The serial or book series a publication stands in. ISSNs as NNNN-NNNX."""

    title: str = ""
    abbreviation: str = ""  # ISO
    nlm_abbreviation: str = ""  # MedlineTA
    issn: str = ""  # print
    eissn: str = ""
    issnl: str = ""
    nlm_id: str = ""
    publisher: str = ""
    country: str = ""
    identifiers: Identifiers = ()


class Series(Record, frozen=True):
    """A series or collection of books."""

    title: str = ""
    identifiers: Identifiers = ()


class Book(Record, frozen=True):
    """The book that a chapter stands in, as the chapter's record describes it."""

    title: str = ""
    alternative_titles: tuple[str, ...] = ()
    identifiers: Identifiers = ()  # isbn, doi, ncbibook (the book's name on NCBI Bookshelf) …
    date: Date | None = None
    publisher: str = ""
    place: str = ""
    edition: str = ""
    volume: str = ""
    series: Series | None = None
    contributors: tuple[Contributor, ...] = ()


class Heading(Record, frozen=True):
    """One line of a table of contents. level: 0 for the outermost; label: "Chapter 2", "2", "" """

    title: str
    label: str = ""
    level: int = 0


class Reference(Record, frozen=True):
    """Another publication as a record mentions it: an entry of its reference list or of its
    citing articles. Identifiers are what resolves it; one without any keeps its text."""

    text: str = ""  # verbatim
    identifiers: Identifiers = ()
    title: str = ""
    authors: str = ""  # as printed
    journal: str = ""  # as printed, often an abbreviation
    year: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    label: str = ""  # the number or key printed beside it
    heading: str = ""  # of the (nested) list it stands in
    intents: tuple[str, ...] = ()  # in the source's words: background, methodology, result
    contexts: tuple[str, ...] = ()  # the sentences that cite it, verbatim
    influential: bool = False  # the source says that the citing article builds on it


class Relation(Record, frozen=True):
    """A relation to another publication, in the source's word: CommentOn, RetractionIn …"""

    type: str
    identifiers: Identifiers = ()
    text: str = ""  # the source's verbatim description of the other one
    note: str = ""


class CitationClaim(Record, frozen=True):
    """How often the source says the publication is cited. `date` only if the reply dates it."""

    value: int
    date: str = ""


class Note(Record, frozen=True):
    """Something the source said that could not be used as it stood: which field, what, why."""

    field: str
    value: str
    problem: str


class Publication(Record, frozen=True):
    """One record: what `source` says about one publication.

    The record's key is (source, id, version).
    """

    source: str
    id: str
    version: int = 1
    identifiers: Identifiers = ()
    listing: bool = False  # only a list of citing articles or references; it describes nothing
    title: str = ""
    title_language: str = ""  # BCP 47, where it is not the publication's: a title that was translated
    vernacular_title: str = ""
    alternative_titles: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()  # as the source spells them: eng, en
    types: tuple[Type, ...] = ()
    issued: Date | None = None  # where the source does not say of which
    issue_date: Date | None = None  # of the issue, or of print
    electronic_date: Date | None = None
    received: str = ""  # ISO date
    accepted: str = ""
    revised: str = ""  # when the source last touched the record; decides which of two is later
    journal: Journal | None = None
    volume: str = ""
    issue: str = ""
    pages: str = ""  # verbatim
    start_page: str = ""
    end_page: str = ""
    article_number: str = ""
    edition: str = ""
    publisher: str = ""
    place: str = ""
    book: Book | None = None  # a chapter's
    series: Series | None = None  # a book's
    sequence: str = ""  # its place in the book, as printed: "12", "A"
    contents: tuple[Heading, ...] = ()
    contributors: tuple[Contributor, ...] = ()
    authors_complete: bool = True
    abstract: Abstract | None = None
    other_abstracts: tuple[Abstract, ...] = ()
    subjects: tuple[Subject, ...] = ()
    keywords: tuple[str, ...] = ()
    chemicals: tuple[Chemical, ...] = ()
    grants: tuple[Grant, ...] = ()
    databanks: tuple[Databank, ...] = ()
    conflict_of_interest: str = ""
    licence: str = ""  # IRI
    access: str = ""
    publication_status: str = ""
    retracted: bool = False  # said by a flag or a type, not by a notice
    references: tuple[Reference, ...] = ()
    cited_by: tuple[Reference, ...] = ()
    relations: tuple[Relation, ...] = ()
    claim: CitationClaim | None = None
    notes: tuple[Note, ...] = ()


class Deletion(Record, frozen=True):
    """The source withdraws a record: PubMed's DeleteCitation."""

    source: str
    id: str
    version: int = 1


class Unusable(Record, frozen=True):
    """A record that was read and can't be used; it goes to quarantine with its reason."""

    source: str
    reason: str
    id: str = ""  # the source's id where it could be read
    title: str = ""
    where: str = ""  # file and line
    field: str = ""  # the source's field at fault
    excerpt: str = ""  # the beginning of the record as received, 2,000 characters at most


Read = Publication | Deletion | Unusable
"""What a source yields, in the order of its file."""

SOURCE_ORDER = (
    "pubmed",
    "crossref",
    "europepmc",
    "openalex",
    "datacite",
    "semanticscholar",
    "opencitations",
    "file",
    "article-page",
)
"""Which source wins, field by field; a source not listed comes last, by name."""


def rank(source: str) -> tuple[int, str]:
    """Sort key of a source in the source order."""
    try:
        return SOURCE_ORDER.index(source), ""
    except ValueError:
        return len(SOURCE_ORDER), source
