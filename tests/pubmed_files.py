"""Made-up PubMed XML with the real structure, for the tests of whole builds."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

Ids = tuple[tuple[str, str], ...]


def ids(pairs: Ids) -> str:
    if not pairs:
        return ""
    inner = "".join(f'<ArticleId IdType="{kind}">{escape(value)}</ArticleId>' for kind, value in pairs)
    return f"<ArticleIdList>{inner}</ArticleIdList>"


def article(
    pmid: int,
    title: str = "A made-up study",
    *,
    doi: str = "",
    version: int = 1,
    revised: str = "2021-01-02",
    references: Sequence[tuple[str, Ids]] = (),
    relations: Sequence[tuple[str, int | None]] = (),
    year: str = "2020",
    abstract: str = "We made this up.",
) -> str:
    """One PubmedArticle. `references` are (text, ids); `relations` (RefType, PMID or None)."""
    y, m, d = revised.split("-")
    listed = "".join(
        f"<Reference><Citation>{escape(t)}</Citation>{ids(i)}</Reference>" for t, i in references
    )
    related = "".join(
        f'<CommentsCorrections RefType="{kind}"><RefSource>Made-up J. 2020</RefSource>'
        + (f'<PMID Version="1">{other}</PMID>' if other else "")
        + "</CommentsCorrections>"
        for kind, other in relations
    )
    own: Ids = (("pubmed", str(pmid)), *((("doi", doi),) if doi else ()))
    return (
        '<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM">'
        f'<PMID Version="{version}">{pmid}</PMID>'
        f"<DateRevised><Year>{y}</Year><Month>{m}</Month><Day>{d}</Day></DateRevised>"
        '<Article PubModel="Print"><Journal><ISSN IssnType="Print">1234-5679</ISSN>'
        '<JournalIssue CitedMedium="Print"><Volume>7</Volume><Issue>6</Issue>'
        f"<PubDate><Year>{year}</Year></PubDate></JournalIssue><Title>Annals of Invented Care</Title>"
        "<ISOAbbreviation>Ann Invent Care</ISOAbbreviation></Journal>"
        f"<ArticleTitle>{escape(title)}</ArticleTitle><Pagination><MedlinePgn>1-9</MedlinePgn></Pagination>"
        f"<Abstract><AbstractText>{escape(abstract)}</AbstractText></Abstract>"
        '<AuthorList CompleteYN="Y"><Author ValidYN="Y"><LastName>Example</LastName><ForeName>Ada</ForeName>'
        "<Initials>A</Initials></Author></AuthorList><Language>eng</Language><PublicationTypeList>"
        '<PublicationType UI="D016428">Journal Article</PublicationType></PublicationTypeList></Article>'
        "<MedlineJournalInfo><MedlineTA>Ann Invent Care</MedlineTA><NlmUniqueID>1234567</NlmUniqueID>"
        "<ISSNLinking>1234-5679</ISSNLinking></MedlineJournalInfo>"
        + (f"<CommentsCorrectionsList>{related}</CommentsCorrectionsList>" if related else "")
        + f"</MedlineCitation><PubmedData><PublicationStatus>ppublish</PublicationStatus>{ids(own)}"
        + (f"<ReferenceList>{listed}</ReferenceList>" if listed else "")
        + "</PubmedData></PubmedArticle>"
    )


def article_set(*articles: str, deleted: Sequence[int] = ()) -> str:
    """A PubmedArticleSet, one article a line."""
    gone = "".join(f'<PMID Version="1">{pmid}</PMID>' for pmid in deleted)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<PubmedArticleSet>\n'
        + "\n".join(articles)
        + (f"\n<DeleteCitation>{gone}</DeleteCitation>" if gone else "")
        + "\n</PubmedArticleSet>\n"
    )


def write(path: Path, *articles: str, deleted: Sequence[int] = ()) -> Path:
    """Write a set to a file, gzipped where its name says so."""
    content = article_set(*articles, deleted=deleted).encode()
    path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)
    return path


def pmid(number: int) -> Ids:
    return (("pubmed", str(number)),)


def doi(value: str) -> Ids:
    return (("doi", value),)


def page(number: int = 1, claim: int = 12, title: str = "A made-up study") -> str:
    """An article page as text, with one citing article and one reference."""
    return f"""» Articles » PMID: {number}

{title}

Overview
Date 2019 May 2
PMID {number}
Citations {claim}
Authors
Affiliations
Soon will be listed here.
Abstract

Background: A gap was made up.

Conclusions: It was closed.

Citing Articles

A citing study that was made up.

Maker A, Other B Ann Invent Care. 2025; 15:14.

PMID: 900001 PMC: 11842349. DOI: 10.5555/citing.1.


References
1.
Early A, Bird B . A cited study. Ann Invent Care. 2010; 100(8):1380-7. DOI: 10.5555/cited.1. View
"""


def citing(number: int, *cited: int, year: str = "2010", **more: str) -> str:
    """An article of a year that cites others by PMID."""
    references = [("x", pmid(other)) for other in cited]
    return article(number, f"Study {number}", year=year, references=references, **more)
