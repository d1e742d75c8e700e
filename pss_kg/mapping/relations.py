"""Relations between publications: a source's word -> properties.

The direct word stands on the publication that does something (the comment, the notice); the
inverse one on the publication to which it is done. Main holds the direct property only, so an
inverse word tells which properties the *other* publication has to this one.
"""

from __future__ import annotations

from pss_kg.vocabulary import PREFIXES

CITES = "cito:cites"
RETRACTS = "cito:retracts"
PART_OF = "frbr:partOf"

_DIRECT: dict[str, tuple[str, ...]] = {
    # PubMed, CommentsCorrections/@RefType
    "Cites": (CITES,),
    "CommentOn": ("cito:discusses",),
    "ErratumFor": ("cito:corrects",),
    "CorrectedandRepublishedFrom": ("cito:corrects",),
    "RetractionOf": ("cito:retracts",),
    "RetractedandRepublishedFrom": ("cito:retracts", "dcterms:replaces"),
    "ExpressionOfConcernFor": ("cito:qualifies",),
    "UpdateOf": ("cito:updates",),
    "OriginalReportIn": ("cito:citesAsSourceDocument",),
    "AssociatedDataset": ("cito:citesAsDataSource",),
    "RepublishedFrom": ("dcterms:isVersionOf",),
    "ReprintOf": ("dcterms:isVersionOf",),
    # Crossref, update-to on the notice
    "correction": ("cito:corrects",),
    "corrigendum": ("cito:corrects",),
    "erratum": ("cito:corrects",),
    "partial_retraction": ("cito:corrects",),
    "retraction": ("cito:retracts",),
    "withdrawal": ("cito:retracts",),
    "removal": ("cito:retracts",),
    "expression_of_concern": ("cito:qualifies",),
    "clarification": ("cito:qualifies",),
    "new_version": ("cito:updates",),
    "new_edition": ("cito:updates",),
    "addendum": ("cito:extends",),
    # Crossref, relation
    "is-review-of": ("cito:reviews",),
    "is-comment-on": ("cito:discusses",),
    "is-reply-to": ("cito:repliesTo",),
    "references": (CITES,),
    "is-based-on": ("cito:citesAsSourceDocument",),
}

_INVERSE: dict[str, tuple[str, ...]] = {
    "CommentIn": _DIRECT["CommentOn"],
    "ErratumIn": _DIRECT["ErratumFor"],
    "CorrectedandRepublishedIn": _DIRECT["CorrectedandRepublishedFrom"],
    "RetractionIn": _DIRECT["RetractionOf"],
    "RetractedandRepublishedIn": _DIRECT["RetractedandRepublishedFrom"],
    "ExpressionOfConcernIn": _DIRECT["ExpressionOfConcernFor"],
    "UpdateIn": _DIRECT["UpdateOf"],
    "SummaryForPatientsIn": _DIRECT["OriginalReportIn"],
    "AssociatedPublication": _DIRECT["AssociatedDataset"],
    "RepublishedIn": _DIRECT["RepublishedFrom"],
    "ReprintIn": _DIRECT["ReprintOf"],
}

RETRACTED_BY = frozenset({"RetractionIn", "RetractedandRepublishedIn"})
"""The words that say that the publication itself was retracted."""


def direct(word: str) -> tuple[str, ...]:
    """The properties, as prefixed names, in which the publication stands to the other one."""
    return _DIRECT.get(word, ())


def inverse(word: str) -> tuple[str, ...]:
    """The properties, as prefixed names, in which the *other* publication stands to this one."""
    return _INVERSE.get(word, ())


def words() -> tuple[str, ...]:
    """All words of the table, direct ones first."""
    return (*_DIRECT, *_INVERSE)


def property_iri(name: str) -> str:
    """The IRI of a prefixed name of the table. Raises KeyError for an unknown prefix."""
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local
