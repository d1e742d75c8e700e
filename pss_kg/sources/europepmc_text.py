"""Texts of Europe PMC: HTML marks, escaped ones too, off; labelled abstracts apart. Pure."""

from __future__ import annotations

import re

from pss_kg.records import AbstractSection
from pss_kg.sources.pubmed_text import unescape

_RAISED = re.compile(r"(?<=[0-9])\s?<(sup|sub)>([^<]*)</\1>", re.IGNORECASE)
_INLINE = re.compile(
    r"</?(?:i|b|u|em|strong|sub|sup|span|a|small|sc|italic|bold|underline|mml:[a-z]+|math|m[iont]|mrow|msu[bp])"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"</?(?:p|br|div|ul|ol|li|h[1-6]|hr|title|sec)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_LABEL = re.compile(r"<h[1-6](?:\s[^<>]*)?>(.*?)</h[1-6]>", re.IGNORECASE | re.DOTALL)
_SUPERSCRIPT = str.maketrans("0123456789+-−–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻")
_SUBSCRIPT = str.maketrans("0123456789+-−–", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋")
_RAISABLE = re.compile(r"[+\-−–]?[0-9]+\Z")


def plain(text: str) -> str:
    """A text on one line without marks: `&lt;i&gt;C. elegans&lt;/i&gt;` -> C. elegans, and as in
    PubMed's texts a number raised behind a digit becomes Unicode: `10<sup>5</sup>` -> 10⁵."""
    if "&" in text:
        text = _apart(text)
    if "<" in text:
        text = _unmarked(text)
    if "&" in text:
        text = unescape(text)
    return " ".join(text.split())


def _apart(text: str) -> str:
    """The angle brackets of marks that were escaped; others (`p &lt; 0.05`) wait."""
    return re.sub(r"&lt;(/?[A-Za-z][A-Za-z0-9:]*(?:\s[^<>&]*)?/?)&gt;", r"<\1>", text)


def _unmarked(text: str) -> str:
    text = _RAISED.sub(_unicode, text)
    return _BLOCK.sub(" ", _INLINE.sub("", text))


def _unicode(match: re.Match[str]) -> str:
    inner = match[2].strip()
    if not _RAISABLE.match(inner):
        return match[0]
    return inner.translate(_SUPERSCRIPT if match[1].lower() == "sup" else _SUBSCRIPT)


def sections(text: str) -> tuple[AbstractSection, ...]:
    """The parts of an abstract: a heading (`<h4>Methods</h4>`) is the label of what follows it.
    Two headings on end make one label."""
    found: list[AbstractSection] = []
    label = ""
    place = 0
    text = _apart(text) if "&lt;h" in text else text
    for match in _LABEL.finditer(text):
        before = plain(text[place : match.start()])
        if before:
            found.append(AbstractSection(before, label))
            label = ""
        inner = plain(match[1]).rstrip(":").rstrip()
        label = f"{label}: {inner}" if label and inner else label or inner
        place = match.end()
    last = plain(text[place:])
    if last or label:
        found.append(AbstractSection(last, label))
    return tuple(found)
