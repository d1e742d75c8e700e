"""A made-up article page in three spellings: text, text wrapped at 72 columns, HTML."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from html import escape

from hypothesis import strategies as st


@dataclass
class Entry:
    """One line of a list: who, what, where, and its identifiers as printed."""

    authors: str
    title: str
    place: str
    ids: list[tuple[str, str]]


@dataclass
class MadeUp:
    """What a page says."""

    title: str
    overview: list[tuple[str, str]]
    authors: list[str] = field(default_factory=list)
    affiliations: list[str] = field(default_factory=list)
    abstract: list[tuple[str, str]] = field(default_factory=list)
    citing: list[Entry] = field(default_factory=list)
    references: list[Entry] = field(default_factory=list)


def as_text(page: MadeUp, *, wrap: bool = False) -> str:
    """The page as a browser saves it as text; `wrap`: no line over 72 characters."""
    pmid = dict(page.overview).get("PMID", "")
    lines = [f"» Articles » PMID: {pmid}" if pmid else "Home / Articles", "", page.title, "", "Overview"]
    lines += [f"{label} {value}" for label, value in page.overview]
    lines += ["Authors", *([", ".join(page.authors)] if page.authors else []), "Affiliations"]
    lines += page.affiliations or ([] if page.authors else ["Soon will be listed here."])
    if page.abstract:
        lines += ["Abstract", ""]
        for label, text in page.abstract:
            lines += [f"{label}: {text}" if label else text, ""]
    if page.citing:
        lines += ["Citing Articles", ""]
        for entry in page.citing:
            lines += [entry.title, "", f"{entry.authors} {entry.place}", ""]
            lines += [_printed(entry.ids), "", ""]
    if page.references:
        lines += ["References"]
        for number, entry in enumerate(page.references, 1):
            lines += [f"{number}.", f"{_reference(entry)} View", ""]
    if not wrap:
        return "\n".join(lines) + "\n"
    cut = (textwrap.wrap(line, 72, break_long_words=False, break_on_hyphens=False) or [""] for line in lines)
    return "\n".join(part for parts in cut for part in parts) + "\n"


def _printed(ids: list[tuple[str, str]]) -> str:
    return " ".join(f"{scheme}: {value}." for scheme, value in ids)


def _reference(entry: Entry) -> str:
    return f"{entry.authors} . {entry.title} {entry.place} {_printed(entry.ids)}".strip()


_LINKS = {"DOI": "https://doi.org/{}", "PMID": "https://pubmed.ncbi.nlm.nih.gov/{}/"}


def _linked(ids: list[tuple[str, str]]) -> str:
    parts = []
    for scheme, value in ids:
        link = _LINKS.get(scheme, "/pmc/{}").format(value)
        parts.append(f'<b>{scheme}</b>: <a class="id" href="{escape(link)}">{escape(value)}</a>.')
    return "\n    ".join(parts)


def as_html(page: MadeUp) -> str:
    """The page as a browser saves it as HTML, with all that stands around an article."""
    pmid = dict(page.overview).get("PMID", "")
    rows = "".join(
        f"<tr><th>{label}</th><td><span>{escape(value)}</span></td></tr>\n" for label, value in page.overview
    )
    people = ", ".join(f"<span class='name'>{escape(name)}</span>" for name in page.authors)
    places = "".join(f"<div>{escape(place)}</div>" for place in page.affiliations)
    if not page.affiliations and not page.authors:
        places = "<p>Soon will be listed here.</p>"
    abstract = "".join(
        f"<p>{f'<strong>{escape(label)}:</strong> ' if label else ''}{escape(text)}</p>\n"
        for label, text in page.abstract
    )
    citing = "".join(
        f'<div class="item"><h3><a href="/article/{n}">{escape(e.title)}</a></h3>\n<div>{escape(e.authors)} '
        f"<i>{escape(e.place)}</i></div>\n<div>{_linked(e.ids)}</div></div>\n"
        for n, e in enumerate(page.citing)
    )
    references = "".join(
        f"<li><div>{escape(e.authors)} . <span><span>{escape(e.title)}</span></span> {escape(e.place)}\n"
        f'{_linked(e.ids)} <a href="/article/{n}">View</a></div></li>\n'
        for n, e in enumerate(page.references)
    )
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(page.title)} | A made-up site</title>
<style>h1 {{ content: "Abstract" }}</style><script>var a = "<h2>References</h2>";</script></head>
<body><!-- <h2>Overview</h2> --><noscript>Switch scripts on.</noscript>
<nav><a href="/">Home</a> <a href="/login">Log in</a></nav>
<div class="trail">&raquo; <a href="/a">Articles</a> &raquo; {f"PMID: {pmid}" if pmid else ""}</div>
<main><h1>{escape(page.title)}</h1>
<section><h2>Overview</h2><table>{rows}</table></section>
<h2>Authors</h2><p>{people}</p><h2>Affiliations</h2>{places}
{f"<section><h2>Abstract</h2>{abstract}</section>" if page.abstract else ""}
{f"<section><h2>Citing Articles</h2>{citing}</section>" if page.citing else ""}
{f"<section><h2>References</h2><ol>{references}</ol></section>" if page.references else ""}
</main><aside>Try our newsletter.</aside><footer>&copy; A made-up site<br>Imprint</footer></body></html>
"""


# Random pages ----------------------------------------------------------------------------------

_WORD = st.sampled_from(
    [
        *("walking", "peers", "care", "towns", "support", "groups", "nobody", "imagined", "studies", "&"),
        *("<b>", "“quoted”", "naïve", "evidence-based", "10%", "non-existent", "β-blockers", "R&D", "years"),
    ]
)
_SENTENCE = st.lists(_WORD, min_size=3, max_size=14).map(lambda words: "An " + " ".join(words) + ".")
_PERSON = st.builds(
    "{} {}".format,
    st.sampled_from(["Roe", "von Doe", "Li", "O'Poe", "Ibáñez"]),
    st.sampled_from(["A", "BC", "JP"]),
)
_AUTHORS = st.lists(_PERSON, min_size=1, max_size=5, unique=True).map(", ".join)
_PLACE = st.builds(
    "{}. {}; {}.".format,
    st.sampled_from(["Ann Made-up", "J Invent Care", "Int J Nobody Stud"]),
    st.sampled_from(["2020", "1998", "2020 Jun 9", "2019 Mar-Apr"]),
    st.sampled_from(["7(6):e15572", "", "34():e1", "12:1-9", "7(6)", "40(11 Suppl 2):S1-S9", "8(3-4)"]),
)


@st.composite
def _ids(draw: st.DrawFn) -> list[tuple[str, str]]:
    number = draw(st.integers(1, 99_999_999))
    pairs = [("PMID", str(number)), ("PMC", str(number + 1)), ("DOI", f"10.5555/made.{number}(1)-x")]
    return [pair for pair in pairs if draw(st.booleans())]


def _entries(min_ids: int) -> st.SearchStrategy[list[Entry]]:
    entry = st.builds(Entry, _AUTHORS, _SENTENCE, _PLACE, _ids().filter(lambda ids: len(ids) >= min_ids))
    return st.lists(entry, max_size=12)


@st.composite
def pages(draw: st.DrawFn) -> MadeUp:
    """Small pages with every part there or not."""
    pmid = draw(st.booleans())
    overview = [("Date", draw(st.sampled_from(["2020 May 2", "2020", "2020 May"])))]
    overview += [("PMID", "90000001")] if pmid else [("DOI", "10.5555/page.1")]
    if draw(st.booleans()):
        overview.append(("Journal", draw(_PLACE.filter(lambda place: "; ." not in place))))
    if draw(st.booleans()):
        overview.append(
            (draw(st.sampled_from(["Citations", "Cited by"])), draw(st.sampled_from(["7", "1,204"])))
        )
    listed = draw(st.booleans())
    places = draw(st.integers(0, 3)) if listed else 0
    marks = [f" {draw(st.integers(1, places))}" if places else "" for _ in range(5)]
    authors = draw(st.lists(_PERSON, min_size=1, max_size=5, unique=True)) if listed else []
    return MadeUp(
        title=draw(_SENTENCE).rstrip("."),
        overview=overview,
        authors=[f"{name}{mark}" for name, mark in zip(authors, marks, strict=False)],
        affiliations=[f"{n} Institute {n} of Walking, Nowhere." for n in range(1, places + 1)],
        abstract=draw(
            st.lists(
                st.tuples(st.sampled_from(["", "Background", "Methods", "Main results"]), _SENTENCE),
                max_size=4,
            )
        ),
        citing=draw(_entries(1)),
        references=draw(_entries(0)),
    )
