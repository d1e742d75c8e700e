"""Lines of a saved page: cleaned, known as headings or as the trail, gathered to paragraphs. Pure."""

from __future__ import annotations

import re

_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060\ufeff\u00ad]")
_MARKUP = re.compile(r"^[#*>\s]+|[*:\s]+$")
_COUNT = re.compile(r"\s*\([0-9][0-9,. ]*\)\Z")
_CRUMB = re.compile(
    r"[\s/>»›|•:-]*(?:(?:Home|Search|Articles?)\b[\s/>»›|•:-]*)+(?:PMID\s*:?\s*([0-9]+))?\Z"
    r"|PMID\s*:?\s*([0-9]+)\Z"
)
_BEGINNING = re.compile(r"[\s/>»›|•:-]*(?:(?:Home|Search|Articles?)\b[\s/>»›|•:-]*)+PMID\s*:?\s*[0-9]+\Z")

HEADINGS = {
    "overview": "overview",
    "article overview": "overview",
    "details": "overview",
    "author": "authors",
    "authors": "authors",
    "affiliation": "affiliations",
    "affiliations": "affiliations",
    "author affiliations": "affiliations",
    "abstract": "abstract",
    "summary": "abstract",
    "keywords": "keywords",
    "key words": "keywords",
    "citing articles": "cited by",
    "cited by": "cited by",
    "cited by articles": "cited by",
    "citing papers": "cited by",
    "references": "references",
    "reference list": "references",
    "bibliography": "references",
    "literature cited": "references",
    "similar articles": "other",
    "related articles": "other",
    "recommended articles": "other",
}
"""A line that is nothing but one of these, and a count in brackets, begins a section."""


def clean(line: str) -> str:
    """One line without invisible characters, every run of blanks one blank."""
    return " ".join(_INVISIBLE.sub("", line).split())


def heading_of(line: str) -> str:
    """The section that a line begins, "" if it begins none."""
    if len(line) > 50:
        return ""
    return HEADINGS.get(_MARKUP.sub("", _COUNT.sub("", _MARKUP.sub("", line))).lower(), "")


def crumb(line: str) -> str | None:
    """The PMID of a trail (`» Articles » PMID: 1`), "" where it names none; None for another line."""
    match = _CRUMB.match(line) if line else None
    return (match[1] or match[2] or "") if match else None


def is_crumb(line: str) -> bool:
    """Whether a line is the trail above a page's title."""
    return crumb(line) is not None


def begins_page(line: str) -> bool:
    """Whether a line can be nothing but the first one of a page."""
    return bool(_BEGINNING.match(line))


def paragraphs(lines: list[str]) -> list[list[str]]:
    """Runs of lines between blank ones."""
    found: list[list[str]] = []
    open_ = False
    for line in lines:
        if not line:
            open_ = False
        elif open_:
            found[-1].append(line)
        else:
            found.append([line])
            open_ = True
    return found


def is_absent(text: str) -> bool:
    """Whether a line says that nothing is there yet."""
    return text.lower().rstrip(".") == "soon will be listed here"
