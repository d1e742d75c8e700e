"""Books: the chapter's book, the book's series, its place of publication, its contents.

The book of a chapter is a shared thing at `book/<key>`, unless a record describes the book: then
the chapter is part of that publication, and says nothing more of it.
"""

from __future__ import annotations

from pss_kg.iris import encode, slug
from pss_kg.mapping.agents import (
    CONTEXT,
    FAMILY,
    GIVEN,
    HELD_BY,
    NAME,
    ORGANIZATION,
    PERSON,
    SAME_AS,
    SUFFIX,
    full_name,
)
from pss_kg.mapping.dates import DATE, ISSUED, typed
from pss_kg.mapping.frame import RDF_TYPE, RDFS_LABEL, Frame
from pss_kg.mapping.identifiers import FLAT, HAS_IDENTIFIER, NO_NODE, shared_node
from pss_kg.mapping.journal import (
    ALTERNATIVE,
    EDITION,
    PART_OF,
    PUBLISHER,
    SEQUENCE,
    TITLE,
    VOLUME,
    named_organization,
)
from pss_kg.records import Book, Contributor, Heading, Identifiers, Publication, Series
from pss_kg.terms import quoted
from pss_kg.vocabulary import DCTERMS, FABIO, FRBR, PRO

PLACE_OF_PUBLICATION = f"<{FABIO}hasPlaceOfPublication>"
CONTENTS = f" <{DCTERMS}tableOfContents> "
PLACE = f"<{FRBR}Place>"
BOOK = f"<{FABIO}Book>"
BOOK_SERIES = f"<{FABIO}BookSeries>"

_ROLE = f"<{PRO}RoleInTime>"
_WITH_ROLE = f"<{PRO}withRole>"
_ROLES = {"author": f"<{PRO}author>", "editor": f"<{PRO}editor>"}
_CONTRIBUTOR = f"<{PRO}contributor>"
_KEYS = ("ncbibook", "isbn", "doi")


def book_key(book: Book) -> str:
    """The key of a book that no record describes: its name on NCBI Bookshelf, else the smallest
    ISBN, else the DOI, else title and year; "" of nothing."""
    for scheme in _KEYS:
        values = sorted(value for name, value in book.identifiers if name == scheme and value.strip())
        if values:
            return f"{scheme}-{encode(values[0])}"
    if not book.title.strip():
        return ""
    year = book.date.value[:4] if book.date else ""
    return f"title-{slug(f'{book.title} {year}')}"


def describe(frame: Frame, record: Publication, publication: str) -> None:
    """What a chapter or book is part of, where it appeared, and what it contains.

    `publication` is the key of the publication that is the chapter's book, "" where no record
    describes the book.
    """
    out, s, iris = frame.out, frame.s, frame.iris
    if record.place.strip():
        out.append(f"{s} {PLACE_OF_PUBLICATION} {_place(frame, record.place)}")
    if record.series is not None and (node := _series(frame, record.series)):
        out.append(f"{s} {PART_OF} {node}")
    if record.book is not None:
        if publication:
            if publication != frame.key:
                out.append(f"{s} {PART_OF} <{iris.publication(publication)}>")
        elif key := book_key(record.book):
            out.append(f"{s} {PART_OF} <{iris.book(key)}>")
            _book(frame, record.book, key)
    if record.sequence.strip():
        out.append(f"{s} {SEQUENCE} {quoted(record.sequence)}")
    if contents := _contents(record.contents):
        out.append(f"{s}{CONTENTS}{quoted(contents)}")


def _contents(headings: tuple[Heading, ...]) -> str:
    """A line a heading, two blanks a level."""
    return "\n".join(f"{'  ' * each.level}{f'{each.label} {each.title}'.strip()}" for each in headings)


def _place(frame: Frame, name: str) -> str:
    node = f"<{frame.iris.place(name)}>"
    frame.share(node, RDF_TYPE, PLACE)
    frame.share(node, RDFS_LABEL, quoted(name), True)
    return node


def _series(frame: Frame, series: Series) -> str:
    """The term of a series; "" of one without title and identifier."""
    code = next((value for scheme, value in series.identifiers if scheme == "ncbibook" and value.strip()), "")
    if not code and not series.title.strip():
        return ""
    node = (
        f"<{frame.iris.book_series(f'ncbibook-{encode(code)}' if code else f'title-{slug(series.title)}')}>"
    )
    frame.share(node, RDF_TYPE, BOOK_SERIES)
    if series.title.strip():
        frame.share(node, TITLE, quoted(series.title), True)
    _identifiers(frame, node, series.identifiers)
    return node


def _identifiers(frame: Frame, node: str, identifiers: Identifiers) -> None:
    for scheme, value in identifiers:
        if value.strip():
            if flat := FLAT.get(scheme):
                frame.share(node, flat.strip(), quoted(value))
            if scheme not in NO_NODE:
                frame.share(node, HAS_IDENTIFIER.strip(), shared_node(frame, scheme, value))


def _book(frame: Frame, book: Book, key: str) -> None:
    """The book itself, a shared thing: all its chapters describe it, mostly alike.

    Of what there is one of (title, date, publisher …) the most frequent value stands in main.
    """
    share = frame.share
    node = f"<{frame.iris.book(key)}>"
    share(node, RDF_TYPE, BOOK)
    for value, predicate, single in (
        (book.title, TITLE, True),
        *((title, ALTERNATIVE, False) for title in book.alternative_titles),
        (book.edition, EDITION.strip(), True),
        (book.volume, VOLUME.strip(), True),
    ):
        if value.strip():
            share(node, predicate, quoted(value), single)
    _identifiers(frame, node, book.identifiers)
    if book.date is not None:
        if date := typed(book.date.value):
            share(node, ISSUED.strip(), date, True)
        if book.date.text.strip():
            share(node, DATE.strip(), quoted(book.date.text), True)
    if book.publisher.strip():
        share(node, PUBLISHER, named_organization(frame, book.publisher), True)
    if book.place.strip():
        share(node, PLACE_OF_PUBLICATION, _place(frame, book.place), True)
    if book.series is not None and (series := _series(frame, book.series)):
        share(node, PART_OF, series)
    for person in book.contributors:
        _person(frame, node, key, person)


def _person(frame: Frame, book: str, key: str, person: Contributor) -> None:
    """An author or editor of the book. No position: the chapters' records may differ in it. No
    dcterms:creator either: counts of an author's publications go by it, and this is none."""
    name = full_name(person)
    if not name:
        return
    share, iris = frame.share, frame.iris
    role = person.role or "contributor"
    own = iris.book_agent(key, encode(role), name)
    agent = f"<{iris.orcid_agent(person.orcid)}>" if person.orcid else f"<{own}>"
    context = f"<{own}/role>"
    share(book, CONTEXT.strip(), context)
    share(context, RDF_TYPE, _ROLE)
    share(context, _WITH_ROLE, _ROLES.get(role, _CONTRIBUTOR))
    share(context, HELD_BY.strip(), agent, True)
    share(agent, RDF_TYPE, PERSON if person.kind == "person" else ORGANIZATION, True)
    share(agent, NAME, quoted(name), True)
    if person.orcid:
        share(agent, SAME_AS, f"<https://orcid.org/{encode(person.orcid)}>")
    if person.kind == "person":
        for value, predicate in ((person.given, GIVEN), (person.family, FAMILY), (person.suffix, SUFFIX)):
            if value.strip():
                share(agent, predicate, quoted(value), True)
