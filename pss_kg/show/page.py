"""What is shown of one publication, and how it reads: like the article page it may have come from. Pure."""

from __future__ import annotations

import textwrap

import msgspec

_ONLY_MENTIONED = "Only mentioned: no record that was read describes this publication, others cite it."
_WIDEST = 100
"""Lines longer than this are hard to read, however wide the terminal."""


class Other(msgspec.Struct, frozen=True):
    """Another publication, or an entry of the reference list that nothing resolves."""

    key: str = ""
    title: str = ""
    text: str = ""  # as printed
    issued: str = ""
    identifiers: tuple[tuple[str, str], ...] = ()  # ("PMID", "1") …
    number: int = 0  # in the reference list; 0 = not in it


class Author(msgspec.Struct, frozen=True):
    """One author in order; `affiliations` are places in Shown.affiliations, from 1."""

    name: str
    orcid: str = ""
    affiliations: tuple[int, ...] = ()


class Shown(msgspec.Struct, frozen=True):
    """What the graph says of one publication. Texts as they are, lists in reading order."""

    iri: str
    key: str
    described: bool  # False: known only from a citation
    title: str = ""
    types: tuple[str, ...] = ()
    issued: str = ""
    journal: str = ""
    book: str = ""  # the title of the book that a chapter stands in
    editors: tuple[str, ...] = ()
    publisher: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    identifiers: tuple[tuple[str, str], ...] = ()
    claims: tuple[tuple[str, str], ...] = ()  # (source, count claimed)
    citations: int = 0  # distinct citing publications in the graph
    authors: tuple[Author, ...] = ()
    affiliations: tuple[str, ...] = ()
    abstract: tuple[tuple[str, str], ...] = ()  # (label, text)
    subjects: tuple[tuple[str, bool], ...] = ()  # (label, major)
    keywords: tuple[str, ...] = ()
    references: tuple[Other, ...] = ()
    citing: tuple[Other, ...] = ()  # newest first
    warnings: tuple[tuple[str, Other | None], ...] = ()  # ("RETRACTED", by)
    relations: tuple[tuple[str, Other], ...] = ()  # ("Corrects", what)
    conflicts: tuple[tuple[str, str, str, str], ...] = ()  # (field, main, source, its value)
    records: tuple[str, ...] = ()  # "pubmed 32357127"


def format_text(shown: Shown, width: int = 80) -> str:
    """The publication as a page of text, warnings first; lines of `width` columns, 40 to 100."""
    width = max(40, min(width, _WIDEST))
    lines: list[str] = []
    for said, by in shown.warnings:
        lines += _wrap(f"!! {_warning(said, by)}", width, "   ")
    if shown.warnings:
        lines.append("")
    lines += [*_wrap(shown.title or "(no title)", width), ""]
    if not shown.described:
        lines += [*_wrap(_ONLY_MENTIONED, width), ""]
    lines += _overview(shown, width)
    if shown.authors:
        lines += ["", "Authors", *_wrap("; ".join(map(_author, shown.authors)), width - 2, indent="  ")]
    if shown.affiliations:
        lines += ["", "Affiliations"]
        for number, text in enumerate(shown.affiliations, 1):
            lines += _wrap(f"  {number}. {text}", width, "     ")
    if shown.abstract:
        lines += ["", "Abstract"]
        for label, text in shown.abstract:
            lines += [*_wrap(f"{label}: {text}" if label else text, width - 2, indent="  "), ""]
        lines.pop()
    if shown.subjects:
        marked = [f"{label}{'*' if major else ''}" for label, major in shown.subjects]
        lines += ["", "Subjects (* major)", *_wrap("; ".join(marked), width - 2, indent="  ")]
    if shown.keywords:
        lines += ["", "Keywords", *_wrap("; ".join(shown.keywords), width - 2, indent="  ")]
    for said, what in shown.relations:
        lines += ["", f"{said}:", *_other(what, width)]
    lines += _list(f"Citing articles ({len(shown.citing)})", shown.citing, width)
    lines += _list(f"References ({len(shown.references)})", shown.references, width)
    if shown.conflicts:
        lines += ["", "Sources that say otherwise"]
        for field, ours, source, theirs in shown.conflicts:
            lines += _wrap(f"  {field}: {theirs} by {source}; here {ours or 'nothing'}", width, "     ")
    return "\n".join(lines) + "\n"


def _warning(said: str, by: Other | None) -> str:
    if by is None:
        return f"{said}; no notice is known."
    on = f" on {by.issued}" if by.issued else ""
    title = f": {by.title}" if by.title else ""
    return f"{said} by {_name(by)}{on}{title}"


def _name(other: Other) -> str:
    return " ".join(other.identifiers[0]) if other.identifiers else other.key


def _overview(shown: Shown, width: int) -> list[str]:
    place = " ".join(
        part
        for part in (
            f"{shown.volume}" if shown.volume else "",
            f"({shown.issue})" if shown.issue else "",
        )
        if part
    ).replace(" (", "(")
    if shown.pages:
        place = f"{place}:{shown.pages}" if place else shown.pages
    claimed = [f"{count} claimed by {source}" for source, count in shown.claims]
    rows = [
        ("Date", shown.issued),
        ("Journal", f"{shown.journal}. {place}" if shown.journal and place else shown.journal or place),
        ("Book", shown.book),
        ("Editors", "; ".join(shown.editors)),
        ("Publisher", shown.publisher),
        ("Type", ", ".join(shown.types) if shown.described else ""),
        *shown.identifiers,
        ("Citations", "; ".join([*claimed, f"{shown.citations} found here"])),
        ("Records", ", ".join(shown.records)),
        ("IRI", shown.iri),
    ]
    lines = ["Overview"]
    for name, value in rows:
        if value:
            lines += _wrap(f"  {name:<10} {value}", width, " " * 13)
    return lines


def _author(author: Author) -> str:
    numbers = f" [{','.join(map(str, author.affiliations))}]" if author.affiliations else ""
    orcid = f" (ORCID {author.orcid})" if author.orcid else ""
    return f"{author.name}{numbers}{orcid}"


def _list(title: str, others: tuple[Other, ...], width: int) -> list[str]:
    if not others:
        return []
    lines = ["", title]
    for other in others:
        lines += _other(other, width)
    return lines


def _other(other: Other, width: int) -> list[str]:
    head = f"{other.number}. " if other.number and other.number < 10**9 else "- "
    said = other.text or " ".join(part for part in (other.title, other.issued) if part) or other.key
    names = " ".join(f"{name} {value}" for name, value in other.identifiers)
    lines = _wrap(f"  {head}{said}", width, "     ")
    return lines + _wrap(f"     {names}", width, "     ") if names else lines


def _wrap(text: str, width: int, following: str = "", indent: str = "") -> list[str]:
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        lines += textwrap.wrap(
            paragraph,
            width + len(indent),
            initial_indent=indent,
            subsequent_indent=indent + following,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [""]
    return lines
