"""One PubmedArticle element -> one record. One pass, dispatched on the tag."""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml.etree import _Element

from pss_kg.identifiers import normalise_pmid
from pss_kg.records import Publication, Type
from pss_kg.sources.pubmed_citations import read_references, read_relations
from pss_kg.sources.pubmed_content import (
    read_abstract,
    read_chemicals,
    read_databanks,
    read_gene_symbols,
    read_grants,
    read_headings,
    read_keywords,
    read_other_abstract,
    read_supplementary,
)
from pss_kg.sources.pubmed_draft import Draft, article_id
from pss_kg.sources.pubmed_journal import (
    make_journal,
    read_article_date,
    read_history,
    read_journal,
    read_journal_info,
    read_pagination,
    whole_date,
)
from pss_kg.sources.pubmed_names import read_people
from pss_kg.sources.pubmed_text import flat, loose

Handler = Callable[[_Element, Draft], None]

RETRACTED = "D016441"
"""MeSH id of the publication type "Retracted Publication"."""

_SAYS_RETRACTED = re.compile(r"\W*(?:retracted(?: article)?\b|withdrawn\s*:)", re.IGNORECASE)
_NO_TITLE = frozenset({"not available", "in process citation"})


def read_article(element: _Element) -> Publication | str:
    """The record of a PubmedArticle, or the reason why there is none."""
    draft = Draft()
    for part in element:
        if part.tag == "MedlineCitation":
            walk(part, draft, _CITATION)
        elif part.tag == "PubmedData":
            walk(part, draft, _DATA)
    fields = draft.fields
    pmid = fields.pop("pmid", "")
    if not pmid:
        return "an article without a PMID"
    return finish(pmid, draft)


def walk(element: _Element, draft: Draft, table: dict[str, Handler]) -> None:
    for child in element:
        tag = child.tag
        handler = table.get(tag)
        if handler is not None:
            handler(child, draft)
        elif isinstance(tag, str):
            draft.note(tag, loose(child), "an element that is not read")


def finish(pmid: str, draft: Draft) -> Publication:
    fields = draft.fields
    for scheme, value in draft.identifiers:
        if scheme == "pmid" and value != pmid:
            draft.note("ArticleId", value, f"another PMID than the record's own, {pmid}")
    own = [("pmid", pmid)] + [pair for pair in draft.identifiers if pair[0] != "pmid"]
    journal = make_journal(fields.pop("journal", {}))
    if journal:
        fields["journal"] = journal
    if draft.subjects:
        fields["subjects"] = tuple(draft.subjects)
    if draft.keywords:
        fields["keywords"] = tuple(dict.fromkeys(draft.keywords))
    types = fields.get("types", ())
    if any(kind.id == RETRACTED or kind.name == "Retracted Publication" for kind in types):
        fields["retracted"] = True
    _check_title(draft)
    for name in ("languages", "contributors", "other_abstracts", "references", "relations"):
        if name in fields:
            fields[name] = tuple(fields[name])
    return Publication("pubmed", pmid, identifiers=tuple(own), notes=tuple(draft.notes), **fields)


def _check_title(draft: Draft) -> None:
    fields = draft.fields
    title = fields.get("title", "")
    if not title and not fields.get("vernacular_title"):
        draft.note("ArticleTitle", "", "the article has no title")
    if _SAYS_RETRACTED.match(title) and not fields.get("retracted"):
        noticed = any(relation.type == "RetractionIn" for relation in fields.get("relations", ()))
        if not noticed:
            draft.note("ArticleTitle", title, "the title says that it is retracted; no type or notice does")


# MedlineCitation -------------------------------------------------------------------------------


def take_pmid(element: _Element, draft: Draft) -> None:
    pmid = normalise_pmid(element.text or "")
    if not pmid or "pmid" in draft.fields:
        draft.note("PMID", element.text or "", "not the PMID of this article")
        return
    draft.fields["pmid"] = pmid
    version = element.get("Version") or "1"
    if version != "1" and version.isascii() and version.isdecimal():
        draft.fields["version"] = int(version)


def _article(element: _Element, draft: Draft) -> None:
    draft.pub_model = element.get("PubModel") or ""
    walk(element, draft, _ARTICLE)


def take_revised(element: _Element, draft: Draft) -> None:
    if date := whole_date(element):
        draft.fields["revised"] = date


def _journal_info(element: _Element, draft: Draft) -> None:
    read_journal_info(element, draft, draft.fields.setdefault("journal", {}))


def take_relations(element: _Element, draft: Draft) -> None:
    draft.fields.setdefault("relations", []).extend(read_relations(element, draft))


def take_investigators(element: _Element, draft: Draft) -> None:
    draft.fields.setdefault("contributors", []).extend(read_people(element, "investigator", draft))


def _interests(element: _Element, draft: Draft) -> None:
    text = flat(element)
    before = draft.fields.get("conflict_of_interest")
    draft.fields["conflict_of_interest"] = f"{before} {text}" if before else text


def _other_id(element: _Element, draft: Draft) -> None:
    source, value = (element.get("Source") or "other").lower(), (element.text or "").strip()
    if source == "nlm" and value.upper().startswith("PMC"):
        source = "pmc"
        value = value.split()[0]
    if pair := article_id(source, value, "OtherID", draft):
        draft.identify(*pair)


def told(element: _Element, draft: Draft) -> None:
    draft.note(str(element.tag), loose(element), "no field of the record takes it")


def skip(element: _Element, draft: Draft) -> None:
    """An element about PubMed's own work; docs/sources.md lists them."""


# Article ---------------------------------------------------------------------------------------


def _journal(element: _Element, draft: Draft) -> None:
    read_journal(element, draft, draft.fields.setdefault("journal", {}))


def take_title(element: _Element, draft: Draft) -> None:
    title = flat(element)
    if title.startswith("["):
        inner = unbracketed(title)
        if inner.rstrip(".").lower() in _NO_TITLE:
            return
        if inner != title:
            title = inner
            draft.fields["title_language"] = "en"
    if title:
        draft.fields["title"] = title


def unbracketed(title: str) -> str:
    """NLM's sign of a translated title taken off: `[A title].` -> `A title.`

    Only where the first bracket is closed by the last one; `[11C] and [18F].` stays.
    """
    body = title.rstrip()
    stop = body.endswith(".")
    body = body[:-1].rstrip() if stop else body
    if not (body.startswith("[") and body.endswith("]")):
        return title
    depth = 0
    for position, character in enumerate(body):
        if character == "[":
            depth += 1
        elif character == "]":
            depth -= 1
            if depth == 0 and position < len(body) - 1:
                return title
    inner = body[1:-1].strip()
    return f"{inner}." if stop and inner and inner[-1] not in ".?!" else inner


def take_vernacular(element: _Element, draft: Draft) -> None:
    title = flat(element)
    draft.fields["vernacular_title"] = unbracketed(title) if title.startswith("[") else title


def _location_id(element: _Element, draft: Draft) -> None:
    kind, text = element.get("EIdType") or "", element.text or ""
    if element.get("ValidYN") == "N":
        draft.note(f"ELocationID {kind}", text, "marked as not valid; left out")
    elif pair := article_id(kind, text, "ELocationID", draft):
        draft.identify(*pair)


def take_authors(element: _Element, draft: Draft) -> None:
    role = "editor" if element.get("Type") == "editors" else "author"
    draft.fields.setdefault("contributors", []).extend(read_people(element, role, draft))
    if element.get("CompleteYN") == "N":
        draft.fields["authors_complete"] = False


def take_language(element: _Element, draft: Draft) -> None:
    if text := (element.text or "").strip():
        draft.fields.setdefault("languages", []).append(text)


def _types(element: _Element, draft: Draft) -> None:
    draft.fields["types"] = tuple(Type(flat(child), child.get("UI") or "") for child in element)


# PubmedData ------------------------------------------------------------------------------------


def take_status(element: _Element, draft: Draft) -> None:
    draft.fields["publication_status"] = (element.text or "").strip()


def take_article_ids(element: _Element, draft: Draft) -> None:
    for child in element:
        pair = article_id(child.get("IdType") or "pubmed", child.text or "", "ArticleId", draft)
        if pair:
            draft.identify(*pair)


def take_references(element: _Element, draft: Draft) -> None:
    draft.fields.setdefault("references", []).extend(read_references(element, draft))


_CITATION: dict[str, Handler] = {
    "PMID": take_pmid,
    "Article": _article,
    "DateRevised": take_revised,
    "MedlineJournalInfo": _journal_info,
    "ChemicalList": read_chemicals,
    "SupplMeshList": read_supplementary,
    "MeshHeadingList": read_headings,
    "KeywordList": read_keywords,
    "CommentsCorrectionsList": take_relations,
    "CoiStatement": _interests,
    "OtherAbstract": read_other_abstract,
    "OtherID": _other_id,
    "InvestigatorList": take_investigators,
    "GeneSymbolList": read_gene_symbols,
    "PersonalNameSubjectList": told,
    "SpaceFlightMission": told,
    "GeneralNote": told,
    "DateCompleted": skip,
    "DateCreated": skip,
    "CitationSubset": skip,
    "NumberOfReferences": skip,
}
_ARTICLE: dict[str, Handler] = {
    "Journal": _journal,
    "ArticleTitle": take_title,
    "VernacularTitle": take_vernacular,
    "Pagination": read_pagination,
    "ELocationID": _location_id,
    "Abstract": read_abstract,
    "AuthorList": take_authors,
    "Language": take_language,
    "DataBankList": read_databanks,
    "GrantList": read_grants,
    "PublicationTypeList": _types,
    "ArticleDate": read_article_date,
}
_DATA: dict[str, Handler] = {
    "History": read_history,
    "PublicationStatus": take_status,
    "ArticleIdList": take_article_ids,
    "ReferenceList": take_references,
    "ObjectList": told,
}
