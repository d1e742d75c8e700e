"""Items as BibTeX, in UTF-8 with TeX's special characters escaped.

Read by Biber, by BibTeX with a UTF-8 input encoding, and by reference managers. Letters outside
ASCII stay as they are. Words with capitals inside (`DNA`, `mHealth`) are put in braces, so that a
style which lowers titles leaves them. `doi`, `url` and the like are verbatim. Entry keys are
family name, year and first word of the title, with a, b … where two would be the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pss_kg.listing import folding
from pss_kg.listing.item import Item, Name, kinds

_ESCAPED = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
}
_SPECIAL = re.compile(r"[\\{}~^&%$#_]")
_BALANCED = {**_ESCAPED, "{": r"\{", "}": r"\}"}
# What TeX would make one sign of (a dash, a quotation mark) is kept apart by an empty group.
_LIGATURE = re.compile(r"-(?=-)|'(?=')|`(?=`)|,(?=,)|[?!](?=`)")
_CAPITAL_INSIDE = re.compile(r"(?<=[^\W_])[^\W\d_]")
_EMPTY = frozenset(["a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "the", "to", "with"])
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_HEAD = "% Encoding: UTF-8\n\n"


def write(items: Iterable[Item]) -> Iterator[str]:
    """One text an item, a line that names the encoding first."""
    used: set[str] = set()
    yield _HEAD
    for item in items:
        lines = [f"@{kinds(item)[1]}{{{_unique(entry_key(item), used)},\n"]
        lines += [f"  {name:<9} = {value},\n" for name, value in _fields(item) if value not in ("{}", "")]
        yield "".join([*lines, "}\n\n"])


def entry_key(item: Item) -> str:
    """`shalaby2020peer`; the publication's own key where there is no author or no title."""
    name = item.authors[0] if item.authors else None
    family = _plain(name.family or name.literal) if name else ""
    word = next((w for w in map(_plain, folding.words(item.title)) if len(w) > 1 and w not in _EMPTY), "")
    if not family or not word:
        return re.sub(r"[^A-Za-z0-9]+", "-", item.key).strip("-")
    return f"{family[:40]}{item.year}{word[:40]}"


def _plain(text: str) -> str:
    return "".join(c for word in folding.words(text) for c in word if c.isascii())


def _unique(key: str, used: set[str]) -> str:
    """`key`, or the first of keya … keyz, keyaa … that is free. Upper and lower case are the same."""
    found, n = key, 0
    while found.lower() in used:
        n += 1
        found = key + _letters(n)
    used.add(found.lower())
    return found


def _letters(n: int) -> str:
    text = ""
    while n:
        n, rest = divmod(n - 1, 26)
        text = chr(97 + rest) + text
    return text


def _fields(item: Item) -> Iterator[tuple[str, str]]:
    kind = kinds(item)[1]
    yield "author", _names(item.authors)
    yield "editor", _names(item.editors)
    yield "title", _title(item.name)
    holder = "journal" if kind == "article" else "booktitle" if kind.startswith("in") else "howpublished"
    if kind != "book":
        yield holder, _text(item.container)
    yield "shortjournal", _text(item.abbreviation if item.abbreviation != item.container else "")
    yield "year", _text(item.year or item.issued[:4])
    if item.issued[:4] == item.year and len(item.issued) >= 7:
        yield "month", _MONTHS[int(item.issued[5:7]) - 1]
        yield "day", _text(item.issued[8:10].lstrip("0"))
    yield "volume", _text(item.volume)
    yield "number", _text(item.issue)
    yield "pages", re.sub(r"(?<=\w)-(?=\w)", "--", _text(item.page_range))
    yield "eid", _text(item.article_number if item.article_number != item.page_range else "")
    yield "publisher", _text(item.publisher)
    yield "issn", _text(", ".join(item.issns))
    yield "doi", _verbatim(item.doi)
    yield "pmid", _text(item.pmid)
    yield "pmcid", _text(item.pmcid)
    yield "url", _verbatim(f"https://pubmed.ncbi.nlm.nih.gov/{item.pmid}/" if item.pmid else "")
    yield "language", _text(item.language)
    yield "keywords", _text("; ".join(dict.fromkeys((*item.keywords, *item.subjects))))
    yield "abstract", _text(item.abstract)
    yield "note", _text(item.note)


def _text(text: str) -> str:
    return f"{{{_escaped(' '.join(text.split()))}}}"


def _escaped(text: str) -> str:
    """BibTeX counts braces, escaped ones too, so those without a partner are spelt out."""
    table = _BALANCED if _is_balanced(text) else _ESCAPED
    return _LIGATURE.sub(r"\g<0>{}", _SPECIAL.sub(lambda match: table[match[0]], text))


def _is_balanced(text: str) -> bool:
    depth = 0
    for character in text:
        depth += (character == "{") - (character == "}")
        if depth < 0:
            return False
    return depth == 0


def _title(text: str) -> str:
    """Escaped, words with capitals inside in braces."""
    kept = []
    for word in text.split():
        escaped = _escaped(word)
        inside = any(m[0].isupper() for m in _CAPITAL_INSIDE.finditer(word))
        kept.append(f"{{{escaped}}}" if inside else escaped)
    return f"{{{' '.join(kept)}}}"


def _verbatim(text: str) -> str:
    """As it is, but for what would end the field or the line; percent-encoded as in a URL."""
    for character in "{}\\ ":
        text = text.replace(character, f"%{ord(character):02X}")
    return f"{{{text}}}"


def _names(names: tuple[Name, ...]) -> str:
    return "{" + " and ".join(map(_name, names)) + "}"


def _name(name: Name) -> str:
    """`Family, Suffix, Given`, BibTeX's own order; a group in braces, so that nothing cuts it."""
    if not name.family:
        return _text(name.literal or name.given)
    parts = [_part(part) for part in (name.family, name.suffix, name.given) if part]
    if not name.given:  # a name without a comma would be cut at its blanks
        parts = [_text(f"{name.family} {name.suffix}".strip())]
    return ", ".join(parts)


def _part(text: str) -> str:
    """One part of a name; in braces if it holds what BibTeX reads as a border."""
    cut = "," in text or "and" in text.lower().split()
    return _text(text) if cut else _text(text)[1:-1]
