"""Made-up titles, names, journals and numbers. No such articles, people or journals exist."""

from __future__ import annotations

import hashlib

FIRST = ("Ada", "Bo", "Chidi", "Dana", "Eluned", "Faisal", "Giulia", "Hana", "Ivo", "Jörg", "Kaia", "Lúcia")
LAST: tuple[str, ...] = (
    "Carberry",
    "Dvořák",
    "Ekström",
    "Fjord",
    "Goodenough",
    "Hollow",
    "Imagin",
    "Jansdóttir",
    "Kestrel",
)
LAST += ("Lindqvist", "Mbeki", "Nowhere", "O'Third", "Pretend", "Quillon", "Rossi", "Saint-Unreal", "Tallis")
THINGS: tuple[str, ...] = (
    "peer work",
    "night wards",
    "shared kitchens",
    "quiet rooms",
    "letter writing",
    "walking groups",
)
THINGS += (
    "telephone lines",
    "garden plots",
    "paper diaries",
    "waiting lists",
    "choir practice",
    "bus routes",
)
WAYS = ("A trial", "An account", "A survey", "A review", "The history", "Two years", "The cost", "A theory")
PLACES = ("Lower Nowhere", "Elsewhere", "Atlantis", "the Invented Isles", "Saint-Exemple", "Königsfaden")
JOURNALS = 24


def number(*parts: object) -> int:
    """A number that depends on nothing but these parts."""
    return int.from_bytes(hashlib.sha256("\0".join(map(str, parts)).encode()).digest()[:6], "big")


def orcid(n: int) -> str:
    """An ORCID iD with its right check character (ISO 7064 mod 11-2)."""
    digits = f"{9_0000_0000_0000 + n:015d}"
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    whole = digits + ("X" if check == 10 else str(check))
    return "-".join(whole[i : i + 4] for i in range(0, 16, 4))


def issn(n: int) -> str:
    """An ISSN with its right check character."""
    digits = f"{9_900_000 + n:07d}"
    check = -sum(int(d) * w for d, w in zip(digits, range(8, 1, -1), strict=True)) % 11
    return f"{digits[:4]}-{digits[4:]}{'X' if check == 10 else check}"


def title(n: int) -> str:
    """A title that no other number has."""
    way, thing, place = WAYS[n % 8], THINGS[n // 8 % 12], PLACES[n // 96 % 6]
    return f"{way} of {thing} in {place}, part {n + 1}"


def abstract(n: int) -> str:
    """A few sentences about nothing."""
    return (
        f"{THINGS[n % 12].capitalize()} were never looked at in {PLACES[n % 6]}. "
        f"We asked {20 + n % 300} people who do not exist. "
        f"All of them felt {n % 90 + 5} % better, p < 0.0{n % 9 + 1}."
    )


def people(seed: int, n: int) -> list[tuple[str, str, str]]:
    """The authors of publication n: (given, family, ORCID iD or "")."""
    found = []
    for place in range(1 + number(seed, "authors", n) % 4):
        who = number(seed, "author", n, place) % 900
        iD = orcid(who) if who % 3 == 0 else ""
        found.append((FIRST[who % 12], LAST[who % 18], iD))
    return found
