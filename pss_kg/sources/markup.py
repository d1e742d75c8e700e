"""Texts with markup inside a string -> plain text: JATS, HTML, MathML, and what was escaped twice.

Crossref's titles and abstracts hold JATS, DataCite's HTML, and both hold `&amp;lt;i&amp;gt;`.
The rules for inline markup are those of pubmed_text: `H<sub>2</sub>O` is H2O, `10<sup>5</sup>`
is 10⁵. Only tags that JATS, HTML and MathML know are markup; `p <a` and `<LOD>` are text.
"""

from __future__ import annotations

import re

from lxml import etree
from lxml.etree import _Element

from pss_kg.records import AbstractSection
from pss_kg.sources.pubmed_text import flat, is_element, unescape

_INLINE = (
    "i|b|u|s|em|strong|sub|sup|italic|bold|sc|monospace|underline|overline|roman|sans-serif|strike|small|big|tt|"
    "emph|inf|sup|font|span|a|abbr|cite|code|q|kbd|named-content|styled-content|ext-link|uri|email|xref|inline-formula|"
    "inline-graphic|inline-supplementary-material|alternatives|tex-math|mixed-citation|related-article|institution|scp|"
    "math|semantics|annotation|annotation-xml|m[a-z]{1,12}|msub|msup|fn|target|private-char|glyph-data|object-id"
)
_BLOCK = (
    "p|br|break|div|sec|title|label|abstract|trans-abstract|list|list-item|li|ul|ol|dl|dt|dd|h[1-6]|table|thead|tbody|"
    "tr|td|th|disp-formula|disp-quote|blockquote|pre|hr|section|article|header|body|html|graphic|fig|caption|"
    "table-wrap|def-list|def-item|def|term|speech|speaker|boxed-text|img|center|supplementary-material"
)
_NAME = rf"(?:[A-Za-z][\w.-]*:)?(?:{_INLINE}|{_BLOCK})"
_TAG = re.compile(
    rf"<(/?)({_NAME})(\s[^<>]*?)?(/?)>|<!--.*?-->|<!\[CDATA\[(.*?)\]\]>", re.IGNORECASE | re.DOTALL
)
_BLOCKS = re.compile(rf"(?:{_BLOCK})\Z", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_BLANK = re.compile("&#(?:0*(?:9|10|13)|[xX]0*[9aAdD]);")
_VOID = frozenset({"br", "hr", "img", "break", "inline-graphic", "graphic", "mspace"})
_MATH = "http://www.w3.org/1998/Math/MathML"
_HEADINGS = frozenset({"abstract", "summary", "abstract.", "résumé", "zusammenfassung", "resumen"})
_PARSER = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=True)


def plain(text: str) -> str:
    """The text on one line, without markup and escapes."""
    if text.isprintable() and "&" not in text and "<" not in text:
        return " ".join(text.split()) if "  " in text else text.strip()
    text = _CONTROL.sub(" ", text)
    if "&" in text:
        text = unescape(_BLANK.sub(" ", unescape(_BLANK.sub(" ", text))))
    if "<" not in text:
        return " ".join(text.split())
    if not _TAG.search(text):
        return " ".join(text.split())
    root = _tree(text)
    return flat(root) if root is not None else _stripped(text)


def sections(text: str) -> tuple[AbstractSection, ...]:
    """The sections of an abstract: a `sec` with its title as label, else a whole without one.

    A title that only says "Abstract" is no label.
    """
    text = _CONTROL.sub(" ", text)
    if not re.search(r"<(?:\w+:)?(?:sec|title)\b", text):
        whole = plain(text)
        return (AbstractSection(whole),) if whole else ()
    root = _tree(unescape(text) if "&lt;" in text or "&amp;" in text else text)
    if root is None:
        return (AbstractSection(_stripped(text)),)
    found: list[AbstractSection] = []
    _sections(root, "", found)
    return tuple(found)


def _sections(element: _Element, label: str, found: list[AbstractSection]) -> None:
    """Append what an element says; a `sec` inside gets a section of its own."""
    pieces = [element.text or ""]

    def close() -> None:
        body = plain(" ".join(pieces))
        pieces.clear()
        if body:
            found.append(AbstractSection(body, label))

    for child in element:
        if is_element(child) and child.tag == "title":
            title = flat(child).rstrip(":").strip()
            close()
            label = "" if title.lower() in _HEADINGS else title
        elif is_element(child) and (child.tag == "sec" or child.find("sec") is not None):
            close()
            before = len(found)
            _sections(child, label if child.tag != "sec" else "", found)
            if child.tag == "sec" and label and len(found) > before and not found[before].label:
                found[before] = AbstractSection(found[before].text, label)
        else:
            pieces.append(flat(child) if is_element(child) else child.text or "")
        pieces.append(child.tail or "")
    if label and not "".join(pieces).strip() and not any(section.label == label for section in found):
        pieces.append(label)
        label = ""
    close()


def _tree(text: str) -> _Element | None:
    """The text as a tree whose tags have no prefix but MathML's; None where text would be lost."""
    opened: list[str] = []
    pieces: list[str] = []
    place = 0
    for match in _TAG.finditer(text):
        pieces.append(_escaped(text[place : match.start()]))
        place = match.end()
        if match[2] is None:
            pieces.append(_escaped(match[5] or ""))
            continue
        prefix, _, name = match[2].lower().rpartition(":")
        math = prefix in ("mml", "m") or (name == "math" and not prefix) or (opened and opened[0] == "math")
        block = " " if _BLOCKS.match(name) and name != "label" else ""
        tag = f"mml:{name}" if math else name
        if match[4] or name in _VOID:
            pieces.append(block if block else f"<{tag}/>")
        elif not match[1]:
            opened.append(tag)
            pieces.append(f"{block}<{tag}>")
        elif tag in opened:
            while (last := opened.pop()) != tag:  # closes what was left open in between
                pieces.append(f"</{last}>")
            pieces.append(f"</{tag}>{block}")
    pieces.append(_escaped(text[place:]))
    pieces.extend(f"</{tag}>" for tag in reversed(opened))
    root = etree.fromstring(f'<text xmlns:mml="{_MATH}">{"".join(pieces)}</text>', _PARSER)
    if root is None:
        return None
    for formula in root.iter("alternatives", "inline-formula", "disp-formula"):
        if formula.find(f".//{{{_MATH}}}math") is not None:
            for tex in formula.findall(".//tex-math"):
                tex.text = ""
    return root


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") if text else ""


def _stripped(text: str) -> str:
    return " ".join(_TAG.sub(" ", text).split())
