"""Publications known only because others mention them, and what mentions add to the others."""

from __future__ import annotations

from pss_kg.iris import Iris, encode
from pss_kg.mapping.citation import DERIVED_FROM, record_term
from pss_kg.mapping.classes import EXPRESSION
from pss_kg.mapping.entry import Entry, Mention
from pss_kg.mapping.frame import A, Frame
from pss_kg.mapping.identifiers import FLAT, flat_triples
from pss_kg.terms import quoted
from pss_kg.vocabulary import DCTERMS

TITLE = f" <{DCTERMS}title> "
_AN_EXPRESSION = f"{A}{EXPRESSION}"
_SCHEMES = ("pmid", "doi", "pmcid")


def simple(entry: Entry, iris: Iris) -> dict[str, list[str]] | None:
    """The graphs of a publication with one mention and nothing else; None for any other.

    The same as `describe` gives. Four publications in five are of this kind.
    """
    if entry.records or entry.assertions or len(entry.mentions) != 1 or entry.aliases:
        return None
    mention = entry.mentions[0]
    reference = mention.reference
    if len(reference.identifiers) > 1 and len({scheme for scheme, _ in reference.identifiers}) < len(
        reference.identifiers
    ):
        return None
    s = f"<{iris.publication_base}{entry.key}>"
    main = [f"{s}{_AN_EXPRESSION}"]
    if len(reference.identifiers) == 1:
        scheme, value = reference.identifiers[0]
        if scheme in _SCHEMES and value and not value.isspace():
            main.append(f"{s}{FLAT[scheme]}{quoted(value)}")
    else:
        found = dict(reference.identifiers)
        main += flat_triples(s, [(scheme, found[scheme]) for scheme in _SCHEMES if scheme in found])
    if reference.title and not reference.title.isspace():
        main.append(f"{s}{TITLE}{quoted(reference.title)}")
    sayer = record_term(iris, mention.source, mention.record)
    return {"main": main, "attribution": [f"{s}{DERIVED_FROM}{sayer}"]}


def describe(frame: Frame, entry: Entry, attribution: list[str]) -> str:
    """Type, one identifier a scheme and one title, each from the first mention that has it.

    Returns the title. The identifier that the publication's key was made of goes first.
    """
    out, s, iris = frame.out, frame.s, frame.iris
    out.append(f"{s}{A}{EXPRESSION}")
    found: dict[str, tuple[str, Mention]] = {}
    title = ""
    told: dict[str, None] = {}
    for mention in entry.mentions:
        sayer = record_term(iris, mention.source, mention.record)
        for scheme, value in mention.reference.identifiers:
            if scheme in _SCHEMES and value.strip():
                earlier = found.get(scheme)
                if earlier is None or (earlier[0] != value and f"{scheme}-{encode(value)}" == entry.key):
                    found[scheme] = (value, mention)
        if not title and mention.reference.title.strip():
            title = mention.reference.title
            told[sayer] = None
        if not told:
            told[sayer] = None
    out.extend(flat_triples(s, [(x, found[x][0]) for x in _SCHEMES if x in found]))
    if title:
        out.append(f"{s}{TITLE}{quoted(title)}")
    for _, mention in found.values():
        told[record_term(iris, mention.source, mention.record)] = None
    attribution.extend(f"{s}{DERIVED_FROM}{sayer}" for sayer in told)
    return title


def additions(frame: Frame, entry: Entry, title: str, graphs: dict[str, list[str]]) -> None:
    """Titles and identifiers that mentions give and main has not, to the source that said them."""
    said: set[str] | None = None
    seen: set[tuple[object, str]] = set()
    for mention in entry.mentions:
        # Most mentions of a publication say the same of it, so each saying is looked at once.
        saying = (mention.source, mention.reference.identifiers), mention.reference.title
        if saying in seen:
            continue
        seen.add(saying)
        triples = flat_triples(frame.s, mention.reference.identifiers)
        other = mention.reference.title
        if other.strip() and other != title:
            triples.append(f"{frame.s}{TITLE}{quoted(other)}")
        if said is None:
            said = set(frame.out)
        fresh = [triple for triple in triples if triple not in said]
        if fresh:
            graphs.setdefault(f"source/{encode(mention.source)}", []).extend(fresh)
