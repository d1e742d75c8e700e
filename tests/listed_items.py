"""Made-up items with what breaks formats: groups, particles, markup, braces, commas, other scripts."""

from __future__ import annotations

from pss_kg.listing.item import Item, Name

BASE = "https://w3id.org/pss-kg/publication/"


def item(key: str, **fields: object) -> Item:
    return Item(iri=BASE + key, key=key, **{"described": True, **fields})  # type: ignore[arg-type]


def of_2019(key: str, kind: str, title: str, **fields: object) -> Item:
    """By C. Okafor, in 2019: their citation keys are nearly the same."""
    okafor = (Name(family="Okafor", given="C"),)
    return item(key, classes=(kind,), title=title, year="2019", **{"authors": okafor, **fields})


ARTICLE = item(
    "pmid-99000101",
    classes=("JournalArticle",),
    title="Peer support & {braces}: 5% of <i>β-DNA</i> costs $3_a #1 ~ x^2 \\ \"said\" 'so'",
    authors=(
        Name(family="van der Müller-Østby", given="Åse B"),
        Name(family="King", given="Martin", suffix="Jr"),
        Name(literal="Team of Peers, Nurses and Others"),
        Name(family="李", given="小龙"),
        Name(family="Sand", given="and Rock"),
        Name(family="Plato"),
    ),
    issued="2020-06-09",
    year="2020",
    container="Annals of Invented Care & Cure",
    abbreviation="Ann Invent Care",
    issns=("1234-5679", "2345-678X"),
    volume="7",
    issue="6 Suppl 1",
    first_page="187",
    last_page="194",
    pages="187-94",
    pmid="99000101",
    doi="10.5555/made_up(2020)1<1:a>2.0.co;2-b",
    pmcid="PMC9900101",
    language="en",
    abstract="BACKGROUND: 50% had {none}.\nMETHODS: p < 0.05 & more.\n  TY  - not a tag.",
    keywords=("peer support", "m-health"),
    subjects=("Mental Health", "Social Support/trends"),
    cited=3,
    retracted="retracted by pmid-99000105",
)
CHAPTER = of_2019(
    "doi-10.5555%2Fchapter",
    "BookChapter",
    "A chapter that was made up",
    authors=(Name(family="Okafor", given="Chidi"),),
    editors=(Name(family="Rossi", given="Giulia"),),
    issued="2019",
    container="A Book of Inventions",
    publisher="Nowhere Press",
    pages="3-4, 11",
    first_page="3",
    doi="10.5555/chapter",
)
MENTION = item(
    "pmid-99000199",
    described=False,
    classes=("Expression",),
    printed="Nobody N. A thing that was printed once. Ann Invent Care. 2001;1:1-2.",
    pmid="99000199",
)
SAME_KEY = of_2019(
    "pmid-99000102",
    "Preprint",
    "A second chapter of 2019",
    issued="2019-11",
    article_number="e15572",
    pmid="99000102",
)
THIRD_KEY = of_2019("pmid-99000103", "Book", "Chapter and verse")
ALL = (ARTICLE, CHAPTER, MENTION, SAME_KEY, THIRD_KEY)
