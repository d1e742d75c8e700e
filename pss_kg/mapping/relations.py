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
    "is-derived-from": ("cito:citesAsSourceDocument",),
    "is-preprint-of": ("dcterms:isVersionOf",),
    "is-manuscript-of": ("dcterms:isVersionOf",),
    "is-version-of": ("dcterms:isVersionOf",),
    "is-translation-of": ("frbr:translationOf",),
    "is-supplement-to": ("frbr:supplementOf",),
    "replaces": ("dcterms:replaces",),
    # DataCite, relationType; Cites, References and their inverses are citations in the record
    "IsSupplementTo": ("frbr:supplementOf",),
    "IsVersionOf": ("dcterms:isVersionOf",),
    "IsNewVersionOf": ("cito:updates",),
    "IsTranslationOf": ("frbr:translationOf",),
    "IsDerivedFrom": ("cito:citesAsSourceDocument",),
    "Reviews": ("cito:reviews",),
    "Obsoletes": ("dcterms:replaces",),
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
    # Crossref, updated-by on what was updated
    **{
        f"updated-by/{word}": _DIRECT[word]
        for word in (
            "correction",
            "corrigendum",
            "erratum",
            "partial_retraction",
            "retraction",
            "withdrawal",
            "removal",
            "expression_of_concern",
            "clarification",
            "new_version",
            "new_edition",
            "addendum",
        )
    },
    # Crossref, relation
    "has-review": _DIRECT["is-review-of"],
    "has-comment": _DIRECT["is-comment-on"],
    "has-reply": _DIRECT["is-reply-to"],
    "is-referenced-by": _DIRECT["references"],
    "is-basis-for": _DIRECT["is-based-on"],
    "has-derivation": _DIRECT["is-derived-from"],
    "has-preprint": _DIRECT["is-preprint-of"],
    "has-manuscript": _DIRECT["is-manuscript-of"],
    "has-version": _DIRECT["is-version-of"],
    "has-translation": _DIRECT["is-translation-of"],
    "is-supplemented-by": _DIRECT["is-supplement-to"],
    "is-replaced-by": _DIRECT["replaces"],
    # DataCite
    "IsSupplementedBy": _DIRECT["IsSupplementTo"],
    "HasVersion": _DIRECT["IsVersionOf"],
    "IsPreviousVersionOf": _DIRECT["IsNewVersionOf"],
    "HasTranslation": _DIRECT["IsTranslationOf"],
    "IsSourceOf": _DIRECT["IsDerivedFrom"],
    "IsReviewedBy": _DIRECT["Reviews"],
    "IsObsoletedBy": _DIRECT["Obsoletes"],
}

RETRACTED_BY = frozenset(
    {
        "RetractionIn",
        "RetractedandRepublishedIn",
        "updated-by/retraction",
        "updated-by/withdrawal",
        "updated-by/removal",
    }
)
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
