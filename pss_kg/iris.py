"""Record -> IRI, by the table of IRIs in docs/mapping.md. Pure.

Every function takes ready keys and gives an IRI without angle brackets. A `key` is already
percent-encoded (`publication_key`, `encode`, `slug` make them); `Iris` only joins.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote

from pss_kg.vocabulary import BASE

KEY_SCHEMES = ("pmid", "doi", "pmcid", "openalex", "ncbibook", "europepmc", "s2", "omid")
"""The schemes that may name a publication, first one first. `ncbibook`, the name of a book on
NCBI Bookshelf, leads from a chapter to the record of its book; such a record has a PMID too. The
last three are services' own ids (`PPR/PPR7`, a paper's id in Semantic Scholar, `br/0612`): a list
of theirs may name an article by nothing else."""

_OF_A_PUBLICATION = frozenset(
    [
        "publication",
        "work",
        "agent",
        "role",
        "organization",
        "reference-list",
        "reference",
        "citation",
        "citation-count",
        "status",
    ]
)
_SHARED_KEYS = ("orcid-", "ror-", "name-")

_SLUG_LIMIT = 96
_PLAIN = re.compile(r"[A-Za-z0-9._-]*\Z").match
_PLAIN_PARTS = re.compile(r"[A-Za-z0-9._/-]*\Z").match
_NOT_WORD = re.compile(r"[\W_]+")


@lru_cache(maxsize=1 << 16)
def encode(key: str) -> str:
    """Percent-encode every character outside `[A-Za-z0-9._-]`, `/` too."""
    if _PLAIN(key):
        return key
    if _PLAIN_PARTS(key):  # most DOIs
        return key.replace("/", "%2F")
    return quote(key, safe="", errors="replace").replace("~", "%7E")


def slug(text: str) -> str:
    """A readable key from a name: accents off, lower case, words joined by `-`, encoded.

    A long name is cut and ends in a digest, so two long names never share a slug.
    """
    folded = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(c for c in folded if not unicodedata.combining(c))
    words = _NOT_WORD.sub("-", plain).strip("-")
    if not words:
        words = "x" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]
    elif len(words) > _SLUG_LIMIT:
        digest = hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:12]
        words = f"{words[:_SLUG_LIMIT]}-{digest}"
    return encode(words)


def publication_key(identifiers: Iterable[tuple[str, str]]) -> str:
    """The key of a publication from its normalised (scheme, value) pairs; "" where none fits.

    The first scheme of `KEY_SCHEMES` wins; of two values of one scheme the smaller.
    """
    best: dict[str, str] = {}
    for scheme, value in identifiers:
        if scheme not in best or value < best[scheme]:
            best[scheme] = value
    for scheme in KEY_SCHEMES:
        if scheme in best:
            return f"{scheme}-{encode(best[scheme])}"
    return ""


def hash_key(*parts: str) -> str:
    """The key of a publication that no identifier names, from title, year and first author."""
    folded = "\x1f".join(" ".join(_NOT_WORD.sub(" ", p.casefold()).split()) for p in parts)
    return "hash-" + hashlib.sha256(folded.encode("utf-8", "replace")).hexdigest()[:20]


class Iris:
    """All IRIs under one base. `key` is the publication's key, in a source graph `key/source`."""

    def __init__(self, base: str = BASE) -> None:
        self.base = base
        self.publication_base = f"{base}publication/"

    def publication(self, key: str) -> str:
        return f"{self.base}publication/{key}"

    def version(self, key: str, number: int) -> str:
        return f"{self.base}publication/{key}/version/{number}"

    def work(self, key: str) -> str:
        return f"{self.base}work/{key}"

    def abstract(self, key: str) -> str:
        return f"{self.base}publication/{key}/abstract"

    def section(self, key: str, n: int) -> str:
        return f"{self.base}publication/{key}/abstract/{n}"

    def journal(self, key: str) -> str:
        return f"{self.base}journal/{key}"

    def volume(self, journal_key: str, volume: str) -> str:
        return f"{self.base}journal/{journal_key}/volume/{encode(volume)}"

    def issue(self, journal_key: str, volume: str, issue: str) -> str:
        """The issue; a missing volume is skipped."""
        middle = f"/volume/{encode(volume)}" if volume else ""
        return f"{self.base}journal/{journal_key}{middle}/issue/{encode(issue)}"

    def orcid_agent(self, orcid: str) -> str:
        return f"{self.base}agent/orcid-{encode(orcid)}"

    def agent(self, key: str, role: str, n: int) -> str:
        return f"{self.base}agent/{key}/{role}/{n}"

    def role(self, key: str, role: str, n: int) -> str:
        return f"{self.base}role/{key}/{role}/{n}"

    def book(self, key: str) -> str:
        return f"{self.base}book/{key}"

    def book_agent(self, key: str, role: str, name: str) -> str:
        """An agent of a book, by name: chapters may list its editors in different orders."""
        return f"{self.base}book/{key}/{role}/{slug(name)}"

    def book_series(self, key: str) -> str:
        return f"{self.base}book-series/{key}"

    def place(self, name: str) -> str:
        return f"{self.base}place/{slug(name)}"

    def ror_organization(self, ror: str) -> str:
        return f"{self.base}organization/ror-{encode(ror)}"

    def named_organization(self, name: str) -> str:
        return f"{self.base}organization/name-{slug(name)}"

    def organization(self, key: str, n: int) -> str:
        return f"{self.base}organization/{key}/{n}"

    def reference_list(self, key: str) -> str:
        return f"{self.base}reference-list/{key}"

    def reference(self, key: str, n: int) -> str:
        return f"{self.base}reference/{key}/{n}"

    def citation(self, citing: str, cited: str) -> str:
        return f"{self.base}citation/{citing}/{cited}"

    def typed_citation(self, citing: str, cited: str, prop: str) -> str:
        return f"{self.base}citation/{citing}/{cited}/{prop}"

    def grant(self, agency: str, number: str) -> str:
        return f"{self.base}grant/{slug(agency)}/{encode(number)}"

    def citation_count(self, key: str, source: str) -> str:
        return f"{self.base}citation-count/{key}/{encode(source)}"

    def status(self, key: str, status: str) -> str:
        return f"{self.base}status/{key}/{encode(status)}"

    def source(self, name: str) -> str:
        return f"{self.base}source/{encode(name)}"

    def record(self, source: str, identifier: str) -> str:
        return f"{self.base}record/{encode(source)}/{encode(identifier)}"

    def discovery(self, seed: str, key: str) -> str:
        """That a harvest from the publication `seed` came to the publication `key`."""
        return f"{self.base}discovery/{seed}/{key}"

    def coverage(self, key: str, source: str, metric: str) -> str:
        """What a source has of a publication's citations, counted by one metric."""
        return f"{self.base}coverage/{key}/{encode(source)}/{metric}"

    def identifier(self, scheme: str, value: str) -> str:
        """Lower case; the only place where `/` stays in a key."""
        return f"{self.base}identifier/{scheme}/{quote(value.lower(), safe='/').replace('~', '%7E')}"

    def publication_key_of(self, iri: str) -> str:
        """The key of the publication that an IRI belongs to; "" for a thing that is shared."""
        if not iri.startswith(self.base):
            return ""
        kind, _, rest = iri[len(self.base) :].partition("/")
        key = rest.partition("/")[0]
        return key if kind in _OF_A_PUBLICATION and not key.startswith(_SHARED_KEYS) else ""

    def graph(self, name: str) -> str:
        return f"{self.base}graph/{name}"
