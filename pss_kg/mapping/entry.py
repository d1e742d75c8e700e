"""What the mapping is given for one publication, and what it gives back.

The shuffle gathers an `Entry`; `publication.map_entry` turns it into `Mapped`. Both are plain
data, so a bucket can be mapped in any process.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from pss_kg.records import SOURCE_ORDER, Identifiers, Publication, Reference, rank

__all__ = ["SOURCE_ORDER", "Assertion", "Entry", "Mapped", "Mention", "Resolved", "Shared", "rank"]


class Resolved(msgspec.Struct, frozen=True, omit_defaults=True):
    """A record with the publication keys that its references and relations lead to.

    The tuples run parallel to the record's own; "" = nothing resolves it.
    """

    record: Publication
    references: tuple[str, ...] = ()
    relations: tuple[str, ...] = ()
    cited_by: tuple[str, ...] = ()
    journal: str = ""  # key of its journal, "" where it has none
    book: str = ""  # key of the publication that is a chapter's book, "" where no record describes it


class Mention(msgspec.Struct, frozen=True, omit_defaults=True):
    """A partial description of this publication found in a record of another one."""

    source: str
    record: str  # id of the record that mentions it
    citing: str  # key of the publication that the record describes
    position: int  # place in its list, from 1; references and citing articles are counted apart
    reference: Reference
    properties: tuple[str, ...] = ()
    """How the citing publication stands to this one by that record: "cito:cites",
    "cito:retracts"; empty where this one cites the other."""


class Assertion(msgspec.Struct, frozen=True, omit_defaults=True):
    """This publication stands in `property` to `cited`, said by a record of another one.

    `property` is a prefixed name from the mapping's table of relations: "cito:cites",
    "cito:retracts", "dcterms:replaces". How it cites is told beside "cito:cites" only.
    """

    cited: str
    property: str
    source: str
    record: str
    intents: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()
    influential: bool = False


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything known of one publication.

    records:    best source first, lists that stand apart (`Publication.listing`) after all others;
                empty where it is only mentioned
    versions:   lower PMID versions: (number, identifiers, source, record id)
    mentions:   by source order, citing key, position
    assertions: citations that the cited side or an inverse relation told
    ambiguous:  its identifiers that another publication has too
    aliases:    other keys that lead to it
    """

    key: str
    records: tuple[Resolved, ...] = ()
    versions: tuple[tuple[int, Identifiers, str, str], ...] = ()
    mentions: tuple[Mention, ...] = ()
    assertions: tuple[Assertion, ...] = ()
    ambiguous: Identifiers = ()
    aliases: tuple[str, ...] = ()

    @property
    def described(self) -> bool:
        """Whether a record says what it is. A list of what it cites, or of who cites it, does not."""
        return bool(self.records) and not self.records[0].record.listing


class Shared(NamedTuple):
    """One statement on a thing that many publications share: a journal, a MeSH heading, an
    agent with ORCID, an organisation, a grant, an ambiguous identifier.

    The reduction writes each thing once. Of a `single` statement (one title, one label) the
    value of the best source wins, then the most frequent, then the smallest; the others go to
    the source's graph. Other statements are all kept, each once.

    A statement whose `graph` is not "main" comes from a record that main did not take its value
    from. It stands in that graph and only there; where main has the same triple, it is dropped.
    """

    subject: str  # ready terms, as in N-Triples
    predicate: str
    object: str
    single: bool
    source: str
    graph: str = "main"  # or "source/<source>"


class Mapped(NamedTuple):
    """Triples of one publication ("s p o", no full stop), by graph name ("main",
    "source/pubmed", "intent/semanticscholar", "attribution", "identity"), each once per graph, in
    the mapping's order."""

    graphs: dict[str, list[str]]
    shared: list[Shared]
