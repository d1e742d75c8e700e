"""Values of JSON records as they are met: a text that is a number, a list that is one text.

Services and dumps change the type of a field between versions; what a field says is kept
whatever its type.
"""

from __future__ import annotations

from typing import Any

from pss_kg.identifiers import NORMALISERS
from pss_kg.records import Note, Reference
from pss_kg.sources.markup import plain

_SHOWN = 500


def names(text: str) -> frozenset[str]:
    """The names of fields, apart by blanks."""
    return frozenset(text.split())


def text(value: Any) -> str:
    """The value as text on one line; the first that says something of a list; "" for none."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip() if value.isprintable() else " ".join(value.split())
    if isinstance(value, bool):
        return ""
    if isinstance(value, int | float):
        return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    if isinstance(value, list):
        return next((found for item in value if (found := text(item))), "")
    return ""


def texts(value: Any) -> list[str]:
    """Every text of a list, or the one text; empty ones left out."""
    items = value if isinstance(value, list) else [value]
    return [found for item in items if (found := text(item))]


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list, or the one object."""
    if isinstance(value, dict):
        return [value] if value else []
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def object_of(value: Any) -> dict[str, Any]:
    """The object, an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def whole_number(value: Any) -> int | None:
    """A number that counts something; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if value >= 0 else None
    found = text(value)
    return int(found) if found.isascii() and found.isdigit() and len(found) < 19 else None


def list_note(value: Any) -> str:
    """A value of any kind in a few words, for a note."""
    if isinstance(value, list):
        return "; ".join(found for item in value if (found := list_note(item)))
    if isinstance(value, dict):
        return ", ".join(f"{key}: {found}" for key, item in value.items() if (found := list_note(item)))
    return text(value)


class Draft:
    """What is gathered of one record: identifiers in order and each once, and notes."""

    __slots__ = ("identifiers", "notes", "references")

    def __init__(self) -> None:
        self.identifiers: dict[tuple[str, str], None] = {}
        self.notes: list[Note] = []
        self.references: list[Reference] = []

    def note(self, field: str, value: Any, problem: str) -> None:
        """Tell of something that could not be used as it stood."""
        self.notes.append(Note(field, list_note(value)[:_SHOWN], problem))

    def identify(self, scheme: str, value: Any, field: str = "") -> str:
        """Add an identifier in its normal form, which is given back; one that has none is noted."""
        normal = self.normal(scheme, value, field)
        if normal:
            self.identifiers[scheme, normal] = None
        return normal

    def normal(self, scheme: str, value: Any, field: str = "") -> str:
        """The normal form of an identifier; "", with a note, for what is none."""
        found = text(value)
        if not found:
            return ""
        normal = NORMALISERS[scheme](found)
        if not normal:
            self.note(field or scheme, found, f"no {scheme} that can be read")
        return normal

    def unread(self, record: dict[str, Any], known: frozenset[str]) -> None:
        """A note for each field that says something and is neither read nor passed over on purpose."""
        if record.keys() <= known:
            return
        for key in sorted(record.keys() - known):
            if found := list_note(record[key]):
                self.note(key, found, "not read")


def titles(value: Any) -> list[str]:
    """The titles of a list, or the one title, without markup; each once."""
    return list(dict.fromkeys(found for item in texts(value) if (found := plain(item))))
