"""Reference lists and CommentsCorrections of a PubMed article."""

from __future__ import annotations

import re

from lxml.etree import _Element

from pss_kg.identifiers import normalise_doi, normalise_pmid
from pss_kg.records import Reference, Relation
from pss_kg.sources.pubmed_draft import Draft, article_id, unique
from pss_kg.sources.pubmed_text import flat

_PRINTED_DOI = re.compile(
    r"(?:\bdoi\s*:?\s*|\bdoi\.org/)(?:https?://(?:dx\.)?doi\.org/)?(10\.[0-9]{4,9}/\S+)", re.IGNORECASE
)
_PRINTED_PMID = re.compile(r"\bPMID\s*:?\s*([0-9]{4,8})\b", re.IGNORECASE)


def read_references(element: _Element, draft: Draft, heading: str = "") -> list[Reference]:
    """The references of a ReferenceList and of the lists in it, in the order of the file."""
    references: list[Reference] = []
    for child in element:
        tag = child.tag
        if tag == "Reference":
            text = ""
            pairs: list[tuple[str, str]] = []
            for part in child:
                if part.tag == "Citation":
                    text = flat(part)
                elif part.tag == "ArticleIdList":
                    for one in part:
                        pair = article_id(
                            one.get("IdType") or "", one.text or "", "Reference/ArticleId", draft
                        )
                        if pair:
                            pairs.append(pair)
            if not pairs and text:
                pairs = printed_identifiers(text)
            if text or pairs:
                references.append(Reference(text=text, identifiers=unique(pairs), heading=heading))
            else:
                draft.note("Reference", "", "a reference without text and identifier; left out")
        elif tag == "ReferenceList":
            references += read_references(child, draft, heading)
        elif tag == "Title":
            heading = flat(child) or heading
    return references


def printed_identifiers(text: str) -> list[tuple[str, str]]:
    """The PMID and DOI that a reference prints, where it prints one and no second."""
    pairs: list[tuple[str, str]] = []
    if "PMID" in text:
        pmids = {normalise_pmid(found) for found in _PRINTED_PMID.findall(text)} - {""}
        if len(pmids) == 1:
            pairs.append(("pmid", pmids.pop()))
    if "10." in text:
        dois = {normalise_doi(found) for found in _PRINTED_DOI.findall(text)} - {""}
        if len(dois) == 1:
            pairs.append(("doi", dois.pop()))
    return pairs


def read_relations(element: _Element, draft: Draft) -> tuple[Relation, ...]:
    """The relations of a CommentsCorrectionsList. One without a PMID keeps its text."""
    relations = []
    for child in element:
        text = note = ""
        pairs: list[tuple[str, str]] = []
        for part in child:
            if part.tag == "PMID":
                pair = article_id("pubmed", part.text or "", "CommentsCorrections/PMID", draft)
                if pair:
                    pairs.append(pair)
            elif part.tag == "RefSource":
                text = flat(part)
            elif part.tag == "Note":
                note = flat(part)
        if not pairs and text:
            pairs = printed_identifiers(text)
        kind = child.get("RefType") or ""
        if kind and (pairs or text):
            relations.append(Relation(kind, tuple(pairs), text, note))
        else:
            draft.note(
                "CommentsCorrections", text or note, "a relation without its type or its other side; left out"
            )
    return tuple(relations)
