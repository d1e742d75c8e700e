"""Authors and affiliations of an article page. Pure."""

from __future__ import annotations

import re

from pss_kg.records import Affiliation, Contributor, Note
from pss_kg.sources.page_lines import is_absent

_PERSON = re.compile(r"(?P<family>\S.*?) (?P<initials>[A-Z]{1,3})(?: (?P<suffix>Jr|Sr|2nd|3rd|II|III))?\Z")
_MARKS = re.compile(r"[\s*†‡§]*((?:[0-9]{1,2}(?:[\s,]+|(?![0-9])))*)[*†‡§]*\Z")


def read_people(sections: dict[str, list[str]], notes: list[Note]) -> tuple[list[Contributor], bool]:
    """Authors with their affiliations by the numbers behind them; False: the page names none."""
    places: dict[str, str] = {}
    last = ""
    for line in sections.get("affiliations", []):
        if line and not is_absent(line):
            number = re.match(r"\[?([0-9]{1,2})[.\])]?\s+(.*)\Z", line)
            if number or not last:
                place = number[1] if number else f"n{len(places)}"
                places[place] = number[2] if number else line
                last = place if number else ""
            else:  # behind a numbered one, a line without number is its rest
                places[last] = f"{places[last]} {line}"
    people: list[Contributor] = []
    lines = [line for line in sections.get("authors", []) if line and not is_absent(line)]
    linked = False
    for name in re.split(r"(?<![0-9]),\s*|[;\n]\s*|,\s+(?=[^\W\d])", _one_list(lines)):
        marks = _MARKS.search(name)
        numbers = re.findall("[0-9]+", marks[1]) if marks else []
        plain = (name[: marks.start()] if marks else name).strip(" .,")
        if not plain:
            continue
        mine = tuple(Affiliation(places[n]) for n in numbers if n in places)
        if not numbers and len(places) == 1:
            mine = tuple(Affiliation(text) for text in places.values())
        linked = linked or bool(mine)
        people.append(_person(plain, mine))
    if places and not linked:
        told = "; ".join(places.values())
        notes.append(Note("Affiliations", told, "the page does not say whose they are"))
    return people, bool(people) or "authors" not in sections


_SEPARATOR = re.compile(r";|(?<![0-9]),|,\s+(?=[^\W\d])")


def _one_list(lines: list[str]) -> str:
    """A name on each line; where the lines have separators they are one list that was wrapped."""
    wrapped = any(_SEPARATOR.search(line.rstrip(" ,;")) for line in lines[:1])
    return (" " if wrapped else "\n").join(lines)


def _person(name: str, affiliations: tuple[Affiliation, ...]) -> Contributor:
    if match := _PERSON.match(name):
        family, initials, suffix = match["family"], match["initials"], match["suffix"] or ""
        whole = f"{initials} {family} {suffix}".strip()
        return Contributor(whole, family, "", initials, suffix, affiliations=affiliations)
    given, _, family = name.rpartition(" ")
    if given and len(name.split()) < 5:
        return Contributor(name, family, given, affiliations=affiliations)
    return Contributor(name, affiliations=affiliations)
