"""Publication types -> FaBiO classes of the Expression and of its Work.

One table for all sources: keys are the types' names in lower case. Checked against FaBiO
2026-05-18.
"""

from __future__ import annotations

from collections.abc import Sequence

from pss_kg.records import Type
from pss_kg.vocabulary import FABIO

_ARTICLE = "JournalArticle"

# type -> (class of the Expression, class of the Work, whether the pair says all the type says)
_TABLE: dict[str, tuple[str, str, bool]] = {
    # PubMed
    "journal article": (_ARTICLE, "ResearchPaper", True),
    "review": ("ReviewArticle", "ReviewPaper", True),
    "systematic review": ("ReviewArticle", "SystematicReview", True),
    "meta-analysis": ("ReviewArticle", "ReviewPaper", False),
    "randomized controlled trial": (_ARTICLE, "ClinicalTrialReport", False),
    "clinical trial": (_ARTICLE, "ClinicalTrialReport", True),
    "clinical trial, phase i": (_ARTICLE, "ClinicalTrialReport", False),
    "clinical trial, phase ii": (_ARTICLE, "ClinicalTrialReport", False),
    "clinical trial, phase iii": (_ARTICLE, "ClinicalTrialReport", False),
    "clinical trial, phase iv": (_ARTICLE, "ClinicalTrialReport", False),
    "controlled clinical trial": (_ARTICLE, "ClinicalTrialReport", False),
    "adaptive clinical trial": (_ARTICLE, "ClinicalTrialReport", False),
    "pragmatic clinical trial": (_ARTICLE, "ClinicalTrialReport", False),
    "equivalence trial": (_ARTICLE, "ClinicalTrialReport", False),
    "clinical trial protocol": (_ARTICLE, "ClinicalTrialDesign", True),
    "case reports": (_ARTICLE, "ClinicalCaseReport", True),
    "practice guideline": (_ARTICLE, "ClinicalGuideline", False),
    "guideline": (_ARTICLE, "ClinicalGuideline", True),
    "editorial": ("JournalEditorial", "Opinion", True),
    "letter": ("Letter", "Work", True),
    "comment": ("Comment", "Work", True),
    "news": ("JournalNewsItem", "NewsReport", True),
    "published erratum": (_ARTICLE, "Erratum", True),
    "retraction notice": ("RetractionNotice", "Retraction", True),
    "retraction of publication": ("RetractionNotice", "Retraction", True),
    "preprint": ("Preprint", "Work", True),
    "dataset": ("DataFile", "Dataset", True),
    "book": ("Book", "Work", True),
    "chapter": ("BookChapter", "Work", True),
    # Crossref
    "journal-article": (_ARTICLE, "ResearchPaper", True),
    "posted-content": ("Preprint", "Work", True),
    "monograph": ("Book", "Work", True),
    "edited-book": ("Book", "Work", True),
    "reference-book": ("Book", "Work", True),
    "book-chapter": ("BookChapter", "Work", True),
    "proceedings-article": ("ProceedingsPaper", "Work", True),
    "dissertation": ("Thesis", "Work", True),
    "report": ("ReportDocument", "Work", True),
    "reference-entry": ("ReferenceEntry", "Work", True),
    "standard": ("SpecificationDocument", "Work", True),
    # OpenAlex
    "article": (_ARTICLE, "ResearchPaper", True),
    "erratum": (_ARTICLE, "Erratum", True),
    "retraction": ("RetractionNotice", "Retraction", True),
    "book-review": (_ARTICLE, "BookReview", True),
    # Semantic Scholar
    "journalarticle": (_ARTICLE, "ResearchPaper", True),
    "metaanalysis": ("ReviewArticle", "ReviewPaper", False),
    "clinicaltrial": (_ARTICLE, "ClinicalTrialReport", True),
    "casereport": (_ARTICLE, "ClinicalCaseReport", True),
    "lettersandcomments": ("Letter", "Work", True),
    "conference": ("ProceedingsPaper", "Work", True),
    "booksection": ("BookChapter", "Work", True),
    # OpenCitations Meta
    "book chapter": ("BookChapter", "Work", True),
    "book part": ("BookChapter", "Work", True),
    "book section": ("BookChapter", "Work", True),
    "edited book": ("Book", "Work", True),
    "reference book": ("Book", "Work", True),
    "proceedings article": ("ProceedingsPaper", "Work", True),
    "posted content": ("Preprint", "Work", True),
    "reference entry": ("ReferenceEntry", "Work", True),
    "data file": ("DataFile", "Dataset", True),
}

# Super-classes among the classes of the table: they go where a sub-class applies too.
_BROADER = {"RetractionNotice": ("Comment",), "Thesis": ("Book",)}

# A chapter may be a review or a guideline; a journal's article it is not.
_BOOKS = ("Book", "BookChapter")
_ARTICLES = (_ARTICLE, "ReviewArticle")

# One Work has one class: the first of these that applies, the most telling one first.
_WORKS = (
    "Retraction",
    "Erratum",
    "ClinicalGuideline",
    "SystematicReview",
    "ClinicalTrialDesign",
    "ClinicalTrialReport",
    "ClinicalCaseReport",
    "BookReview",
    "ReviewPaper",
    "Opinion",
    "NewsReport",
    "Dataset",
    "ResearchPaper",
    "Work",
)
_RANK = {name: place for place, name in enumerate(_WORKS)}

EXPRESSION = f"<{FABIO}Expression>"
WORK = f"<{FABIO}Work>"


def classify(types: Sequence[Type]) -> tuple[list[str], str, list[Type]]:
    """Classes of the Expression (terms), class of the Work (a term), and the types that the
    classes do not tell in full: those without a class, and those that share one.

    No type at all gives fabio:Expression and fabio:Work.
    """
    names: dict[str, None] = {}
    work = "Work"
    untold = []
    for kind in types:
        row = _TABLE.get(kind.name.strip().lower())
        if row is None:
            untold.append(kind)
            continue
        names[row[0]] = None
        if _RANK[row[1]] < _RANK[work]:
            work = row[1]
        if not row[2]:
            untold.append(kind)
    for name in list(names):
        for broader in _BROADER.get(name, ()):
            names.pop(broader, None)
    if not names.keys().isdisjoint(_BOOKS):
        for article in _ARTICLES:
            names.pop(article, None)
        untold = [kind for kind in types if kind in untold or _untold_of_a_book(kind, work)]
    return [f"<{FABIO}{name}>" for name in names] or [EXPRESSION], f"<{FABIO}{work}>", untold


def _untold_of_a_book(kind: Type, work: str) -> bool:
    """Whether a type lost its class to the book's, and the Work has the class of another one."""
    expression, own, _ = _TABLE.get(kind.name.strip().lower(), ("", "", True))
    return expression in _ARTICLES and own != work


def known(kind: Type) -> bool:
    """Whether the table has a class for this type."""
    return kind.name.strip().lower() in _TABLE
