"""Subject headings, chemicals, keywords and databanks."""

from __future__ import annotations

from pss_kg.iris import encode
from pss_kg.mapping.frame import RDF_TYPE, Frame
from pss_kg.mapping.identifiers import shared_identifier
from pss_kg.records import Chemical, Databank, Subject, Type
from pss_kg.terms import quoted
from pss_kg.vocabulary import DCTERMS, FABIO, MESH, PRISM, SKOS

SUBJECT = f" <{FABIO}hasSubjectTerm> "
PRIMARY = f" <{FABIO}hasPrimarySubjectTerm> "
KEYWORD = f" <{PRISM}keyword> "
TYPE = f" <{DCTERMS}type> "
SUBJECT_TERM = f"<{FABIO}SubjectTerm>"
PREF_LABEL = f"<{SKOS}prefLabel>"
NOTATION = f"<{SKOS}notation>"


def mesh(identifier: str) -> str:
    """The term of a MeSH descriptor, supplementary concept, or descriptor with qualifier."""
    return f"<{MESH}{identifier if identifier.isalnum() and identifier.isascii() else encode(identifier)}>"


def _name(frame: Frame, node: str, label: str) -> None:
    frame.share(node, RDF_TYPE, SUBJECT_TERM)
    if label and not label.isspace():
        frame.share(node, PREF_LABEL, f"{quoted(label)}@en", True)


def headings(frame: Frame, subjects: tuple[Subject, ...]) -> None:
    """Each heading, and each pair of it with a qualifier; major ones are primary as well.

    A heading counts as major if it or one of its qualifiers is. One without an IRI of its own
    is kept as a keyword.
    """
    out, s = frame.out, frame.s
    for subject in subjects:
        identifier = subject.id.strip()
        if subject.scheme != "mesh" or not identifier:
            if subject.label.strip():
                out.append(f"{s}{KEYWORD}{quoted(subject.label)}")
            continue
        node = mesh(identifier)
        out.append(f"{s}{SUBJECT}{node}")
        if subject.major or any(major for _, _, major in subject.qualifiers):
            out.append(f"{s}{PRIMARY}{node}")
        _name(frame, node, subject.label)
        for qualifier, label, major in subject.qualifiers:
            if not qualifier.strip():
                continue
            pair = mesh(f"{identifier}{qualifier.strip()}")
            out.append(f"{s}{SUBJECT}{pair}")
            if major:
                out.append(f"{s}{PRIMARY}{pair}")
            _name(frame, pair, f"{subject.label}/{label}" if subject.label.strip() and label.strip() else "")


def chemicals(frame: Frame, substances: tuple[Chemical, ...]) -> None:
    """Substances: MeSH terms, or a keyword where there is no MeSH id."""
    out, s = frame.out, frame.s
    for substance in substances:
        identifier = substance.id.strip()
        if not identifier:
            if substance.name.strip():
                out.append(f"{s}{KEYWORD}{quoted(substance.name)}")
            continue
        node = mesh(identifier)
        out.append(f"{s}{SUBJECT}{node}")
        _name(frame, node, substance.name)
        number = substance.registry_number.strip()
        if number and number != "0":
            frame.share(node, NOTATION, quoted(number))


def keywords(frame: Frame, words: tuple[str, ...]) -> None:
    """Keywords as printed."""
    out, s = frame.out, frame.s
    for word in words:
        if word and not word.isspace():
            out.append(f"{s}{KEYWORD}{quoted(word)}")


def databanks(frame: Frame, banks: tuple[Databank, ...]) -> None:
    """Accession numbers: identifiers of the publication in the register's own scheme."""
    for bank in banks:
        if bank.accession.strip():
            shared_identifier(frame, frame.s, bank.name.strip() or "databank", bank.accession)


def types(frame: Frame, untold: list[Type]) -> None:
    """Publication types that no class tells in full: the MeSH publication type.

    One without a MeSH id stands as text, and only in the source's graph.
    """
    for kind in untold:
        identifier = kind.id.strip()
        if identifier:
            node = mesh(identifier)
            frame.out.append(f"{frame.s}{TYPE}{node}")
            if kind.name.strip():
                frame.share(node, PREF_LABEL, f"{quoted(kind.name)}@en", True)
        elif not frame.main and kind.name.strip():
            frame.out.append(f"{frame.s}{TYPE}{quoted(kind.name)}")
