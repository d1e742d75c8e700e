"""What a source says about a publication's fate: how often it is cited, whether it is retracted."""

from __future__ import annotations

from pss_kg.mapping.dates import typed
from pss_kg.mapping.entry import Entry
from pss_kg.mapping.frame import RDF_TYPE, RDFS_LABEL, A, Frame
from pss_kg.mapping.relations import RETRACTED_BY, RETRACTS
from pss_kg.records import CitationClaim, Publication
from pss_kg.terms import non_negative, quoted
from pss_kg.vocabulary import C4O, PSO

FREQUENCY = f" <{C4O}hasGlobalCitationFrequency> "
VALUE = f" <{C4O}hasGlobalCountValue> "
DATE = f" <{C4O}hasGlobalCountDate> "
SOURCE = f" <{C4O}hasGlobalCountSource> "
HOLDS_STATUS = f" <{PSO}holdsStatusInTime> "

_A_COUNT = f"{A}<{C4O}GlobalCitationCount>"
_INFORMATION_SOURCE = f"<{C4O}BibliographicInformationSource>"
_A_STATUS = f"{A}<{PSO}StatusInTime>"
_RETRACTED = f" <{PSO}withStatus> <{PSO}retracted-from-publication>"


def count(frame: Frame, claim: CitationClaim, source: str) -> None:
    """ "Citations 127": the count that a source gives, dated only where its reply is."""
    if claim.value < 0:
        return
    out, iris = frame.out, frame.iris
    node = f"<{iris.citation_count(frame.place, source)}>"
    teller = f"<{iris.source(source)}>"
    out.append(f"{frame.s}{FREQUENCY}{node}")
    out.append(f"{node}{_A_COUNT}")
    out.append(f"{node}{VALUE}{non_negative(claim.value)}")
    out.append(f"{node}{SOURCE}{teller}")
    if len(claim.date) == 10 and typed(claim.date):
        out.append(f"{node}{DATE}{typed(claim.date)}")
    frame.share(teller, RDF_TYPE, _INFORMATION_SOURCE)
    frame.share(teller, RDFS_LABEL, quoted(source), True)


def retracted_unseen(record: Publication, keys: tuple[str, ...]) -> bool:
    """Whether the record says that the publication is retracted, without a notice we can point at."""
    notices = [
        key
        for relation, key in zip(record.relations, keys or ("",) * len(record.relations), strict=False)
        if relation.type in RETRACTED_BY
    ]
    said = record.retracted or any(t.name.strip().lower() == "retracted publication" for t in record.types)
    return (said or bool(notices)) and not any(notices)


def status(frame: Frame, entry: Entry) -> None:
    """The status "retracted", where some record says so and no notice is known: none is named by
    these records, and no record of a notice names this publication."""
    records = entry.records
    if not any(retracted_unseen(each.record, each.relations) for each in records):
        return
    if any(RETRACTS in mention.properties for mention in entry.mentions):
        return
    for each in records:
        for relation, key in zip(each.record.relations, each.relations, strict=False):
            if relation.type in RETRACTED_BY and key:
                return
    node = f"<{frame.iris.status(frame.key, 'retracted')}>"
    frame.out.append(f"{frame.s}{HOLDS_STATUS}{node}")
    frame.out.append(f"{node}{_A_STATUS}")
    frame.out.append(f"{node}{_RETRACTED}")
