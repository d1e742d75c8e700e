"""The reference list, and references that belong to no list."""

from __future__ import annotations

from pss_kg.mapping.frame import LABEL, A, Frame
from pss_kg.mapping.relations import direct, inverse
from pss_kg.records import Reference, Relation
from pss_kg.terms import quoted
from pss_kg.vocabulary import BIRO, C4O, CO, FABIO, FRBR, OCO, RDFS

PART = f" <{FRBR}part> "
ELEMENT = f" <{CO}element> "
SEQUENCE = f" <{FABIO}hasSequenceIdentifier> "
NEXT = f" <{OCO}hasNext> "
CONTENT = f" <{C4O}hasContent> "
REFERENCES = f" <{BIRO}references> "
COMMENT = f" <{RDFS}comment> "

_A_LIST = f"{A}<{BIRO}ReferenceList>"
_A_REFERENCE = f"{A}<{BIRO}BibliographicReference>"


def text_of(reference: Reference) -> str:
    """The reference as printed; where the source gave parts only, the parts in that order."""
    if reference.text and not reference.text.isspace():
        return reference.text
    parts = (
        reference.authors,
        reference.title,
        reference.journal,
        reference.year,
        reference.volume,
        reference.issue,
        reference.pages,
    )
    return ". ".join(part.strip() for part in parts if part.strip())


def describe(frame: Frame, references: tuple[Reference, ...], keys: tuple[str, ...]) -> None:
    """The list with its references in order.

    A reference that nothing resolves stays, and so does one to the publication itself; neither
    has biro:references. `keys` runs parallel to `references`.
    """
    if not references:
        return
    out, s, iris, own = frame.out, frame.s, frame.iris, frame.key
    whole = f"<{iris.reference_list(frame.place)}>"
    out.append(f"{s}{PART}{whole}")
    out.append(f"{whole}{_A_LIST}")
    stem = frame.stem(iris.reference(frame.place, 0))
    publications = f"{REFERENCES}<{iris.publication_base}"
    last = len(references)
    resolved = len(keys)
    append = out.append
    for n, reference in enumerate(references, 1):
        node = f"{stem}{n}>"
        label = reference.label
        out += (
            f"{whole}{ELEMENT}{node}",
            f"{node}{_A_REFERENCE}",
            f"{node}{SEQUENCE}{quoted(label)}" if label.strip() else f'{node}{SEQUENCE}"{n}"',
        )
        if n < last:
            append(f"{node}{NEXT}{stem}{n + 1}>")
        text = text_of(reference)
        if text:
            append(f"{node}{CONTENT}{quoted(text)}")
        key = keys[n - 1] if n <= resolved else ""
        if key and key != own:
            append(f"{node}{publications}{key}>")
    _lists(frame, references, whole, stem)


def _lists(frame: Frame, references: tuple[Reference, ...], whole: str, stem: str) -> None:
    """The lists that a list is made of, each with its heading ("Studies included in this review").

    One heading over all of them says nothing ("References") and makes no list of its own.
    """
    headings = {each.heading for each in references if each.heading.strip()}
    if not headings or (len(headings) == 1 and all(each.heading.strip() for each in references)):
        return
    out = frame.out
    nodes: dict[str, str] = {}
    for n, reference in enumerate(references, 1):
        heading = reference.heading
        if not heading.strip():
            continue
        node = nodes.get(heading)
        if node is None:
            node = nodes[heading] = f"{whole[:-1]}/{len(nodes) + 1}>"
            out.append(f"{whole}{PART}{node}")
            out.append(f"{node}{_A_LIST}")
            out.append(f"{node}{LABEL}{quoted(heading)}")
        out.append(f"{node}{ELEMENT}{stem}{n}>")


def loose(frame: Frame, relations: tuple[Relation, ...], keys: tuple[str, ...]) -> None:
    """Relations as printed: a reference with the source's word and text, at reference/…/relation-<n>.

    One that leads to a publication has biro:references, and its CiTO property besides if the
    table of relations knows its word. One that says no more than that property makes none.
    """
    out, s = frame.out, frame.s
    stem = frame.stem(frame.iris.reference(frame.place, 0))
    for n, relation in enumerate(relations, 1):
        key = keys[n - 1] if n <= len(keys) else ""
        told = bool(relation.text.strip() or relation.note.strip())
        if key == frame.key and key:
            continue
        if key and (direct(relation.type) or inverse(relation.type)):
            # Older records list their whole reference list under this word.
            if not told or relation.type == "Cites":
                continue
        elif not (told or key):
            continue
        node = f"{stem}relation-{n}>"
        out.append(f"{s}{PART}{node}")
        out.append(f"{node}{_A_REFERENCE}")
        if relation.type.strip():
            out.append(f"{node}{LABEL}{quoted(relation.type)}")
        if relation.text.strip():
            out.append(f"{node}{CONTENT}{quoted(relation.text)}")
        if relation.note.strip():
            out.append(f"{node}{COMMENT}{quoted(relation.note)}")
        if key:
            out.append(f"{node}{REFERENCES}<{frame.iris.publication(key)}>")
