"""One publication as a line of a list: what reference managers and spreadsheets ask for. Pure."""

from __future__ import annotations

from urllib.parse import quote

import msgspec


class Name(msgspec.Struct, frozen=True):
    """An author or editor. A group has `literal` alone; so has a person whose parts nobody gave."""

    family: str = ""
    given: str = ""
    suffix: str = ""
    literal: str = ""

    def inverted(self) -> str:
        """`Family, Given, Suffix`; the literal name where there are no parts."""
        if not self.family:
            return self.literal or self.given
        return ", ".join(part for part in (self.family, self.given, self.suffix) if part)

    def short(self) -> str:
        """`Family AB`, as a reference list has it."""
        if not self.family:
            return self.literal or self.given
        initials = "".join(
            word[0].upper() for word in self.given.replace("-", " ").split() if word[0].isalpha()
        )
        return f"{self.family} {initials}".rstrip()


class Item(msgspec.Struct, frozen=True):
    """Texts are as the graph has them, "" where it has none; lists are in their order."""

    iri: str
    key: str
    described: bool  # False: only a citation is known, no record
    classes: tuple[str, ...] = ()  # local names of FaBiO classes, sorted
    title: str = ""
    printed: str = ""  # as some reference list prints it, where there is no title
    authors: tuple[Name, ...] = ()
    editors: tuple[Name, ...] = ()
    issued: str = ""  # YYYY, YYYY-MM or YYYY-MM-DD
    year: str = ""  # as the queries count: the issue's year
    container: str = ""  # journal, or the book of a chapter
    abbreviation: str = ""
    issns: tuple[str, ...] = ()
    publisher: str = ""
    volume: str = ""
    issue: str = ""
    first_page: str = ""
    last_page: str = ""
    pages: str = ""  # as printed: `187-94`
    article_number: str = ""
    pmid: str = ""
    doi: str = ""
    pmcid: str = ""
    language: str = ""
    abstract: str = ""
    keywords: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    cited: int = 0  # distinct publications in the graph that cite it
    retracted: str = ""  # "", "retracted", or "retracted by <key of the notice>"

    @property
    def name(self) -> str:
        """The title; without one the reference as printed."""
        return self.title or self.printed

    @property
    def page_range(self) -> str:
        """Pages as printed, else first to last, else the article's number."""
        if self.pages:
            return self.pages
        if self.first_page and self.last_page and self.first_page != self.last_page:
            return f"{self.first_page}-{self.last_page}"
        return self.first_page or self.article_number

    @property
    def note(self) -> str:
        """What a reader must not miss: a retraction, or that only a citation is known; "" if neither."""
        said = []
        if self.retracted:
            said.append(f"{self.retracted[0].upper()}{self.retracted[1:]}.")
        if not self.described:
            said.append("Only a citation is known.")
            if not self.title and self.printed:
                said.append("The title is the reference as printed.")
        return " ".join(said)


# FaBiO class -> (RIS type, BibTeX type, CSL type); the first class of this table that applies.
_KINDS = {
    "BookChapter": ("CHAP", "incollection", "chapter"),
    "Book": ("BOOK", "book", "book"),
    "ProceedingsPaper": ("CPAPER", "inproceedings", "paper-conference"),
    "Thesis": ("THES", "phdthesis", "thesis"),
    "ReportDocument": ("RPRT", "techreport", "report"),
    "DataFile": ("DATA", "misc", "dataset"),
    "ReferenceEntry": ("ENCYC", "incollection", "entry-encyclopedia"),
    "SpecificationDocument": ("STAND", "misc", "standard"),
    "Preprint": ("UNPB", "misc", "article"),
}
_IN_A_JOURNAL = frozenset(
    [
        "JournalArticle",
        "ReviewArticle",
        "JournalEditorial",
        "JournalNewsItem",
        "Letter",
        "Comment",
        "RetractionNotice",
    ]
)
_ARTICLE = ("JOUR", "article", "article-journal")
_UNKNOWN = ("GEN", "misc", "document")


def doi_page(doi: str) -> str:
    """The DOI's page; what a URL or a list of URLs would read as a border is percent-encoded."""
    return f"https://doi.org/{quote(doi, safe='/:()')}"


def kinds(item: Item) -> tuple[str, str, str]:
    """The types of RIS, BibTeX and CSL that the FaBiO classes mean; a thing in a journal is an article."""
    for name, found in _KINDS.items():
        if name in item.classes:
            return found
    if item.container or any(name in _IN_A_JOURNAL for name in item.classes):
        return _ARTICLE
    return _UNKNOWN
