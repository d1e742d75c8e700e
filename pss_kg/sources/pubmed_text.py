"""Text of PubMed elements: inline markup flattened, blanks normalised, double escapes undone.

Markup is dropped and its text kept (`H<sub>2</sub>O` -> H2O), with one exception: a number
raised or lowered right behind a digit becomes Unicode (`10<sup>5</sup>` -> 10⁵), because 105
would be another statement. MathML is written on one line, a fraction with `/`.
"""

from __future__ import annotations

import re
from html.entities import html5

from lxml.etree import _Element

_SUPERSCRIPT = str.maketrans("0123456789+-−–=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾")
_SUBSCRIPT = str.maketrans("0123456789+-−–=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎")
_RAISABLE = re.compile(r"[+\-−–]?[0-9]+\Z")

_ESCAPED = re.compile(r"&(#[0-9]{2,7}|#[xX][0-9a-fA-F]{2,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_INLINE_TAG = re.compile(r"</?(?:i|b|u|em|strong|sub|sup)>", re.IGNORECASE)
_SUP_TAG = re.compile(r"(?<=[0-9])<(sup|sub)>([^<]*)</\1>", re.IGNORECASE)
_MATHML = "{http://www.w3.org/1998/Math/MathML}"


def flat(element: _Element) -> str:
    """The whole text of an element, on one line."""
    text = _mixed(element) if len(element) else element.text
    if not text:
        return ""
    if "&" in text:
        text = unescape(text)
    # Printable text has no blank but the plain one, so mostly there is nothing to join again.
    if "  " not in text and text.isprintable():
        return text.strip()
    return " ".join(text.split())


def loose(element: _Element) -> str:
    """The texts of all that is in an element, apart by a blank: for notes, not for fields."""
    parts: list[str] = [str(part) for part in element.itertext()]
    return " ".join(" ".join(parts).split())


def is_element(element: _Element) -> bool:
    """False for an entity that nothing declares (`&nbsp;`), which lxml keeps as a node."""
    tag: object = element.tag
    return isinstance(tag, str)


def unescape(text: str) -> str:
    """Undo one level of escaping that the source put in by mistake: `&#945;`, `&lt;sup&gt;`.

    Only a whole reference to a known character counts; `R&D` and `a&b;` stay.
    """
    if ";" not in text:
        return text
    plain = _ESCAPED.sub(_character, text)
    if plain != text and "<" in plain:
        plain = _SUP_TAG.sub(lambda m: _raised(m[2], m[1].lower()), plain)
        plain = _INLINE_TAG.sub("", plain)
    return plain


def _character(match: re.Match[str]) -> str:
    name = match[1]
    if name[0] != "#":
        return html5.get(f"{name};", match[0])
    number = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
    if number < 32 or 0x7F <= number <= 0x9F or 0xD800 <= number <= 0xDFFF or number > 0x10FFFF:
        return match[0]
    return chr(number)


def _raised(text: str, tag: str) -> str:
    text = text.strip()
    if _RAISABLE.match(text):
        return text.translate(_SUPERSCRIPT if tag == "sup" else _SUBSCRIPT)
    return text


def _mixed(element: _Element) -> str:
    parts = [element.text or ""]
    for child in element:
        tag = child.tag
        if not is_element(child):
            inner = child.text or ""
        elif tag.startswith(_MATHML):
            inner = _math(child)
        else:
            inner = _mixed(child) if len(child) else child.text or ""
            if tag in ("sup", "sub") and _ends_in_digit(parts):
                inner = _raised(inner, tag)
        parts.append(inner)
        parts.append(child.tail or "")
    return "".join(parts)


def _ends_in_digit(parts: list[str]) -> bool:
    for part in reversed(parts):
        if part:
            return part[-1].isdigit()
    return False


def _math(element: _Element) -> str:
    """MathML on one line: tokens in order, scripts like sub and sup, fractions with `/`."""
    if not is_element(element):
        return element.text or ""
    name = element.tag.rpartition("}")[2]
    if name in ("annotation", "annotation-xml"):
        return ""
    if name == "mspace":
        return " "
    if len(element) == 0:
        return " ".join((element.text or "").split())
    inner = [_math(child) for child in element]
    if name == "mfrac" and len(inner) == 2:
        return "/".join(f"({part})" if len(part) > 1 and not part.isalnum() else part for part in inner)
    if name in ("msup", "msub") and len(inner) == 2 and _ends_in_digit(inner[:1]):
        inner[1] = _raised(inner[1], name[1:])
    if name == "msqrt":
        return f"√({''.join(inner)})"
    return "".join([(element.text or "").strip(), *inner])
