"""Identifiers: normalise and check. Pure functions.

Every `normalise_…` gives the canonical form, or "" for a text that is no such identifier.
Each is idempotent: a canonical form is its own canonical form.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import unquote

_BLANKS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffd-\uffff]")

# DOI -------------------------------------------------------------------------------------------

_PLAIN_DOI = re.compile(r"10\.[0-9]{4,9}/[a-z0-9][a-z0-9./_-]*[a-z0-9]\Z")
_DOI = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/\S+\Z")
_DOI_PREFIX = re.compile(
    r"(?:(?:https?://)?(?:[a-z0-9-]+\.)*doi\.org(?::[0-9]+)?/+|info:doi/|urn:doi:|doi\s*[:=]?\s*(?=[0-9dhiu]))+",
    re.IGNORECASE,
)
_PERCENT = re.compile("%[0-9A-Fa-f]{2}")
_BLANK_AT_JOINT = re.compile(r"(?<=[/._(<:;-])\s+|\s+(?=[/._)>:;-])")
_PAIRS = {")": "(", "]": "[", ">": "<", "}": "{"}
_TRAILING = ".,;:'\"`*\\’”»–—…"
_ASCII_LOWER = {c: c + 32 for c in range(ord("A"), ord("Z") + 1)}


def normalise_doi(text: str) -> str:
    """A DOI in lower case, without resolver or prefix: `10.2196/15572`.

    Percent-encoding is undone as long as that leaves a text (some sources encode twice); the
    brackets of a SICI stay, an unmatched one at the end and other trailing punctuation go;
    blanks are closed where they cut a DOI and else end it. Upper and lower case are
    the same only in ASCII (DOI Handbook, 3.4).
    """
    lower = text.strip().lower()
    if _PLAIN_DOI.match(lower) and text.isascii():
        return lower
    doi = _BLANKS.sub(" ", text).strip()
    if "://" in doi[:9]:
        doi = doi.split("?", 1)[0].split("#", 1)[0]
    while _PERCENT.search(doi):
        decoded = unquote(doi)
        if decoded == doi or _CONTROL.search(decoded):
            break
        doi = _BLANKS.sub(" ", decoded).strip()
    doi = doi.lstrip("<([{\"'“‘ ")
    if match := _DOI_PREFIX.match(doi):
        doi = doi[match.end() :].lstrip()
    doi = _trim_end(_close_blanks(doi)).translate(_ASCII_LOWER)
    return doi if _DOI.match(doi) and not _CONTROL.search(doi) else ""


def _close_blanks(doi: str) -> str:
    """Close blanks beside punctuation. Another one ends the DOI, unless what stands before it has
    no digit after the slash, which no whole DOI looks like (`10.1234/can j med.06-124`)."""
    head, blank, tail = _BLANK_AT_JOINT.sub("", doi).partition(" ")
    while blank and not any(c.isdigit() for c in head.partition("/")[2]):
        more, blank, tail = tail.partition(" ")
        head += more
    return head


def _trim_end(doi: str) -> str:
    """Drop trailing punctuation and closing brackets that nothing opens."""
    while doi:
        last = doi[-1]
        opening = _PAIRS.get(last)
        if last in _TRAILING or (opening and doi.count(opening) < doi.count(last)):
            doi = doi[:-1]
        else:
            break
    return doi


# PMID, PMCID -----------------------------------------------------------------------------------

_PMID = re.compile(
    r"\s*(?:pmid|pubmed)?\s*[:=]?\s*"
    r"(?:(?:https?://)?(?:pubmed\.ncbi\.nlm\.nih\.gov|(?:www\.)?ncbi\.nlm\.nih\.gov/(?:m/)?pubmed"
    r"|(?:www\.)?europepmc\.org/(?:article|abstract)/med|identifiers\.org/pubmed[:/])/?)?"
    r"0*([1-9][0-9]{0,9})(?:/|\.)?\s*\Z",
    re.IGNORECASE | re.ASCII,
)
_PMCID = re.compile(
    r"\s*(?:pmcid)?\s*[:=]?\s*"
    r"(?:(?:https?://)?(?:(?:www\.)?ncbi\.nlm\.nih\.gov/pmc/articles|pmc\.ncbi\.nlm\.nih\.gov/articles"
    r"|(?:www\.)?europepmc\.org/(?:articles?(?:/pmc)?|abstract/pmc))/)?"
    r"(?:pmc)?\s*[:-]?\s*(?:pmc)?0*([1-9][0-9]{0,9})(?:\.[0-9]+)?(?:/|\.)?\s*\Z",
    re.IGNORECASE | re.ASCII,
)


def normalise_pmid(text: str) -> str:
    """A PubMed id as digits without leading zeros, 1 to 10 of them."""
    if text.isdecimal() and text.isascii() and text[0] != "0" and len(text) <= 10:
        return text
    match = _PMID.match(text)
    return match[1] if match else ""


def normalise_pmcid(text: str) -> str:
    """A PubMed Central id with its prefix and without version: `PMC7312261`."""
    match = _PMCID.match(text)
    return f"PMC{match[1]}" if match else ""


# ORCID, ROR, ISSN, OpenAlex --------------------------------------------------------------------

_ORCID = re.compile(
    r"\s*(?:orcid\s*[:=]?\s*)?(?:(?:https?://)?(?:www\.)?orcid\.org/+)?"
    r"([0-9]{4})[- ‐-―]?([0-9]{4})[- ‐-―]?([0-9]{4})[- ‐-―]?([0-9]{3}[0-9Xx])/?\s*\Z",
    re.IGNORECASE | re.ASCII,
)
_ROR = re.compile(
    r"\s*(?:ror\s*:\s*)?(?:(?:https?://)?(?:www\.)?ror\.org/+)?(0[a-hj-km-np-tv-z0-9]{6}[0-9]{2})/?\s*\Z",
    re.IGNORECASE | re.ASCII,
)
_ISSN = re.compile(
    r"\s*(?:e-?issn|p-?issn|issn(?:-l)?)?\s*:?\s*([0-9]{4})[-‐-―]?([0-9]{3}[0-9Xx])\s*\Z",
    re.IGNORECASE | re.ASCII,
)
_OPENALEX = re.compile(
    r"\s*(?:openalex\s*:\s*)?(?:(?:https?://)?(?:www\.|api\.|explore\.)?openalex\.org/(?:[a-z-]+/)?)?"
    r"([waspifct][1-9][0-9]{2,})/?\s*\Z",
    re.IGNORECASE | re.ASCII,
)
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


def normalise_orcid(text: str) -> str:
    """An ORCID iD as `0000-0002-1825-0097`, its check digit verified (ISO 7064, MOD 11-2)."""
    match = _ORCID.match(text)
    if not match:
        return ""
    digits = "".join(match.groups()).upper()
    total = 0
    for digit in digits[:15]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    if digits[15] != ("X" if check == 10 else str(check)):
        return ""
    return f"{digits[:4]}-{digits[4:8]}-{digits[8:12]}-{digits[12:]}"


def normalise_ror(text: str) -> str:
    """A ROR id without its URL: `05dxps055`, its check digits verified (ISO 7064, MOD 97-10)."""
    match = _ROR.match(text)
    if not match:
        return ""
    ror = match[1].lower()
    number = 0
    for character in ror[:7]:
        number = number * 32 + _CROCKFORD.index(character)
    return ror if 98 - number * 100 % 97 == int(ror[7:]) else ""


@lru_cache(maxsize=65536)
def normalise_issn(text: str) -> str:
    """An ISSN as `NNNN-NNNX`, its check digit verified (ISO 3297)."""
    match = _ISSN.match(text)
    if not match:
        return ""
    digits = (match[1] + match[2]).upper()
    total = sum((8 - n) * int(digit) for n, digit in enumerate(digits[:7]))
    check = -total % 11
    return f"{digits[:4]}-{digits[4:]}" if digits[7] == ("X" if check == 10 else str(check)) else ""


def normalise_isbn(text: str) -> str:
    """The ISBN as 13 digits, with the check digit verified (ISO 2108); one of 10 digits is
    brought into that form. "" for anything else. Words behind it (`(pbk.)`) are passed over."""
    match = _ISBN.match(text)
    if not match:
        return ""
    digits = re.sub("[- \u2010-\u2015]", "", match[1]).upper()
    if len(digits) == 10 and "X" not in digits[:9]:
        total = sum((10 - n) * (10 if c == "X" else int(c)) for n, c in enumerate(digits))
        return _isbn13("978" + digits[:9]) if total % 11 == 0 else ""
    if len(digits) == 13 and digits.isdecimal() and digits.startswith(("978", "979")):
        return digits if _isbn13(digits[:12]) == digits else ""
    return ""


def _isbn13(first: str) -> str:
    total = sum(int(c) * (3 if n % 2 else 1) for n, c in enumerate(first))
    return f"{first}{-total % 10}"


def normalise_openalex(text: str) -> str:
    """An OpenAlex id without its URL: `W2741809807`."""
    match = _OPENALEX.match(text)
    return match[1].upper() if match else ""


NORMALISERS: dict[str, Callable[[str], str]] = {
    "pmid": normalise_pmid,
    "doi": normalise_doi,
    "pmcid": normalise_pmcid,
    "openalex": normalise_openalex,
    "orcid": normalise_orcid,
    "ror": normalise_ror,
    "issn": normalise_issn,
    "isbn": normalise_isbn,
}
"""Scheme -> its normaliser."""

# arXiv -----------------------------------------------------------------------------------------

_ARXIV = re.compile(
    r"\s*(?:(?:https?://)?(?:[a-z0-9-]+\.)?arxiv\.org/(?:abs|pdf|html|format)/|arxiv\s*[:=]\s*)+"
    r"([0-9]{4}\.[0-9]{4,5}|[a-z]+(?:-[a-z]+)?(?:\.[a-z]{2})?/[0-9]{7})"
    r"(?:v[0-9]+)?(?:\.pdf)?/?(?:[?#].*)?\s*\Z",
    re.IGNORECASE | re.ASCII,
)


def arxiv_doi(text: str) -> str:
    """The DOI that arXiv registers with DataCite for an arXiv id: `10.48550/arxiv.2101.01234`.

    Takes `arXiv:2101.01234v2`, `arXiv:hep-th/9901001` and pages of arxiv.org; "" for anything else.
    The DOI is that of all versions, and has no subject class (`math.GT/0309136` is `math/0309136`).
    """
    match = _ARXIV.match(text)
    if not match:
        return ""
    archive, slash, number = match[1].lower().rpartition("/")
    return f"10.48550/arxiv.{archive.partition('.')[0]}{slash}{number}"


# What a person types ---------------------------------------------------------------------------

_TYPED_SCHEMES = {
    "pmid": "pmid",
    "pubmed": "pmid",
    "doi": "doi",
    "pmcid": "pmcid",
    "pmc": "pmcid",
    "openalex": "openalex",
}
_ISBN = re.compile(
    r"\s*(?:ISBN(?:-?1[03])?\s*:?\s*)?([0-9](?:[- \u2010-\u2015]?[0-9Xx]){9,12})(?![0-9Xx])",
    re.IGNORECASE | re.ASCII,
)
_TYPED = re.compile(r"\s*(pmid|pubmed|doi|pmcid|pmc|openalex)\s*[:=-]\s*(.+)\Z", re.IGNORECASE | re.DOTALL)
_PMC_SITE = re.compile(r"/pmc/|pmc\.ncbi\.|europepmc\.org/articles?/(?!med/)|pmc", re.IGNORECASE)


def parse_identifier(text: str) -> tuple[str, str] | None:
    """(scheme, canonical value) of what a person types for a publication, None if it is nothing known.

    Takes `32357127`, `pmid:…`, `pmid-…` (as in our IRIs), `10.2196/15572`, `doi:…`, `PMC7312261`,
    `openalex:W…`, `W…`, `arxiv:…` (which gives a DOI) and the pages of PubMed, PMC, Europe PMC,
    doi.org, OpenAlex and arXiv.
    """
    if match := _TYPED.match(text):
        scheme = _TYPED_SCHEMES[match[1].lower()]
        value = NORMALISERS[scheme](match[2])
        return (scheme, value) if value else None
    if doi := arxiv_doi(text) or normalise_doi(text):
        return "doi", doi
    if "://" in text:
        text = text.split("?", 1)[0].split("#", 1)[0]
    if _PMC_SITE.search(text) and (pmcid := normalise_pmcid(text)):
        return "pmcid", pmcid
    if pmid := normalise_pmid(text):
        return "pmid", pmid
    openalex = normalise_openalex(text)
    return ("openalex", openalex) if openalex.startswith("W") else None


# OCI -------------------------------------------------------------------------------------------

# OpenCitations' look-up table gives each character two digits, in this order.
_OCI_CODES = {
    character: f"{n:02d}"
    for n, character in enumerate("0123456789abcdefghijklmnopqrstuvwxyz/.:;<=>?@[\\]^_`!\"#$%&'()*+,-{|}~")
}


def oci(citing_doi: str, cited_doi: str) -> str:
    """The Open Citation Identifier of a citation between two normalised DOIs.

    `oci:` + `020` + codes of what follows `10.`, for each side (OCI definition, Peroni and
    Shotton 2019). "" where one is no DOI or holds a character without a code in ASCII.
    """
    citing, cited = _oci_side(citing_doi), _oci_side(cited_doi)
    return f"oci:{citing}-{cited}" if citing and cited else ""


def _oci_side(doi: str) -> str:
    if not doi.startswith("10.") or len(doi) == 3:
        return ""
    try:
        return "020" + "".join([_OCI_CODES[character] for character in doi[3:]])
    except KeyError:
        return ""
