"""The journal chain: issue -> volume -> journal, the flat volume and pages, the journal itself."""

from __future__ import annotations

from pss_kg.mapping.frame import RDF_TYPE, Frame
from pss_kg.mapping.identifiers import HAS_IDENTIFIER, shared_node
from pss_kg.records import Journal, Publication
from pss_kg.terms import quoted
from pss_kg.vocabulary import DCTERMS, FABIO, FOAF, FRAPO, FRBR, PRISM

PART_OF = f"<{FRBR}partOf>"
SEQUENCE = f"<{FABIO}hasSequenceIdentifier>"
VOLUME = f" <{PRISM}volume> "
ISSUE = f" <{PRISM}issueIdentifier> "
START = f" <{PRISM}startingPage> "
END = f" <{PRISM}endingPage> "
RANGE = f" <{PRISM}pageRange> "
ARTICLE_NUMBER = f" <{FABIO}hasElectronicArticleIdentifier> "
EDITION = f" <{PRISM}edition> "

TITLE = f"<{DCTERMS}title>"
ALTERNATIVE = f"<{DCTERMS}alternative>"
PUBLISHER = f"<{DCTERMS}publisher>"
ABBREVIATION = f"<{FABIO}hasNLMJournalTitleAbbreviation>"
ISSN = f"<{PRISM}issn>"
E_ISSN = f"<{PRISM}eIssn>"
ISSN_L = f"<{FABIO}hasIssnL>"
NLM_ID = f"<{FABIO}hasNationalLibraryOfMedicineJournalId>"
COUNTRY = f"<{FRAPO}hasCountry>"
JOURNAL = f"<{FABIO}Journal>"
JOURNAL_VOLUME = f"<{FABIO}JournalVolume>"
JOURNAL_ISSUE = f"<{FABIO}JournalIssue>"
ORGANIZATION = f"<{FOAF}Organization>"
NAME = f"<{FOAF}name>"

_PART_OF_S = f" {PART_OF} "
_PUBLISHER_S = f" {PUBLISHER} "
_FLAT = (
    ("volume", VOLUME),
    ("issue", ISSUE),
    ("start_page", START),
    ("end_page", END),
    ("pages", RANGE),
    ("article_number", ARTICLE_NUMBER),
    ("edition", EDITION),
)


def flat(frame: Frame, record: Publication) -> None:
    """Volume, issue, pages and article number as literals on the publication."""
    out, s = frame.out, frame.s
    for field, predicate in _FLAT:
        value: str = getattr(record, field)
        if value and not value.isspace():
            out.append(f"{s}{predicate}{quoted(value)}")
    if record.publisher.strip():
        out.append(f"{s}{_PUBLISHER_S}{named_organization(frame, record.publisher)}")


def chain(frame: Frame, record: Publication, key: str) -> None:
    """What the publication is part of. A missing link is skipped.

    `key` is the journal's key. `record` is a whole one, not a residual one: a link left out
    because main has it would join the issue to the wrong thing.
    """
    if not key:
        return
    iris = frame.iris
    whole = f"<{iris.journal(key)}>"
    volume, issue = record.volume.strip(), record.issue.strip()
    parent = whole
    if volume:
        node = f"<{iris.volume(key, volume)}>"
        frame.share(node, RDF_TYPE, JOURNAL_VOLUME)
        frame.share(node, SEQUENCE, quoted(volume))
        frame.share(node, PART_OF, whole)
        parent = node
    if issue:
        node = f"<{iris.issue(key, volume, issue)}>"
        frame.share(node, RDF_TYPE, JOURNAL_ISSUE)
        frame.share(node, SEQUENCE, quoted(issue))
        frame.share(node, PART_OF, parent)
        parent = node
    frame.out.append(f"{frame.s}{_PART_OF_S}{parent}")
    if record.journal is not None:
        describe(frame, whole, record.journal)
    else:
        frame.share(whole, RDF_TYPE, JOURNAL)


def describe(frame: Frame, node: str, journal: Journal) -> None:
    """The journal, a shared thing: one title, one abbreviation, every ISSN."""
    share = frame.share
    share(node, RDF_TYPE, JOURNAL)
    for value, predicate, single in (
        (journal.title, TITLE, True),
        (journal.nlm_abbreviation, ABBREVIATION, True),
        (journal.issn, ISSN, False),
        (journal.eissn, E_ISSN, False),
        (journal.issnl, ISSN_L, True),
        (journal.country, COUNTRY, True),
    ):
        if value and not value.isspace():
            share(node, predicate, quoted(value), single)
    other = journal.abbreviation.strip()
    if other and other not in (journal.nlm_abbreviation, journal.title):
        share(node, ALTERNATIVE, quoted(other))
    if journal.publisher.strip():
        share(node, PUBLISHER, named_organization(frame, journal.publisher))
    nlm_id = journal.nlm_id.strip()
    if nlm_id.isascii() and nlm_id.isdigit():  # the property's own pattern is [0-9]+
        share(node, NLM_ID, quoted(nlm_id), True)
    elif nlm_id:
        _identified(frame, node, "nlm", nlm_id)
    for scheme, value in journal.identifiers:
        if value.strip():
            _identified(frame, node, scheme, value)


def _identified(frame: Frame, node: str, scheme: str, value: str) -> None:
    frame.share(node, HAS_IDENTIFIER.strip(), shared_node(frame, scheme, value))


def named_organization(frame: Frame, name: str) -> str:
    """The term of an organisation known by name only; its type and name are shared."""
    node = f"<{frame.iris.named_organization(name)}>"
    frame.share(node, RDF_TYPE, ORGANIZATION)
    frame.share(node, NAME, quoted(name), True)
    return node
