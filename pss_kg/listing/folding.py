"""Texts made comparable: case, accents and markup off. Pure."""

from __future__ import annotations

import re
import unicodedata

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,80}>")
_COMMAND = re.compile(r"\\[a-zA-Z]+\s?|\\.")
# Letters that Unicode does not take apart, as people without them on the keyboard write them.
_LETTERS = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ð": "d", "đ": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i"}
)
_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """The words of a text in lower case without accents: `Müller-Lüdenscheid` → muller, ludenscheid."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
        return _WORD.findall(text.casefold().translate(_LETTERS))
    return _WORD.findall(text.casefold())


def title(text: str) -> str:
    """A title without what programs change in it: case, accents, punctuation, tags, TeX commands, braces."""
    if "<" in text:
        text = _TAG.sub("", text)
    if "\\" in text:
        text = _COMMAND.sub("", text)
    return " ".join(words(text.replace("{", "").replace("}", "").replace("'", "").replace("’", "")))


def holds(text: list[str], asked: list[str]) -> bool:
    """Whether the words stand together in the text, in order."""
    if not asked:
        return False
    first, size = asked[0], len(asked)
    return any(word == first and text[n : n + size] == asked for n, word in enumerate(text))


def is_name(name: str, asked: list[str]) -> bool:
    """Whether every word of `asked` is a word of the name, in any order, initials counting as words.

    `shalaby r`, `Reham Shalaby` and `Shalaby` fit "Reham A H Shalaby"; `Shalaby RA` fits it too.
    At least one word must stand in full.
    """
    have = words(name)
    initials = {word[0] for word in have}
    full = False
    for word in asked:
        if word in have:
            full = full or len(word) > 1
        elif len(word) > 3 or not all(letter in initials for letter in word):
            return False
    return full
