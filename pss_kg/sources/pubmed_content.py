"""What a PubMed article is about: abstracts, headings, keywords, substances, funding, data."""

from __future__ import annotations

from lxml.etree import _Element

from pss_kg.records import Abstract, AbstractSection, Chemical, Databank, Grant, Subject
from pss_kg.sources.pubmed_draft import Draft
from pss_kg.sources.pubmed_text import flat


def _sections(element: _Element) -> tuple[tuple[AbstractSection, ...], str]:
    sections = []
    copyright_ = ""
    for child in element:
        if child.tag == "AbstractText":
            label = " ".join((child.get("Label") or "").split())
            text = flat(child)
            if text or label:
                sections.append(AbstractSection(text, label, child.get("NlmCategory") or ""))
        elif child.tag == "CopyrightInformation":
            copyright_ = flat(child)
    return tuple(sections), copyright_


def read_abstract(element: _Element, draft: Draft) -> None:
    """An Abstract: sections with label and category as printed, and its copyright line."""
    sections, copyright_ = _sections(element)
    if sections or copyright_:
        draft.fields["abstract"] = Abstract(sections, copyright=copyright_)


def read_other_abstract(element: _Element, draft: Draft) -> None:
    """An OtherAbstract: its Type is the kind, its Language as PubMed spells it."""
    sections, copyright_ = _sections(element)
    if sections:
        kind = (element.get("Type") or "other").lower()
        abstract = Abstract(sections, language=element.get("Language") or "", kind=kind, copyright=copyright_)
        draft.fields.setdefault("other_abstracts", []).append(abstract)


def read_headings(element: _Element, draft: Draft) -> None:
    """A MeshHeadingList: descriptors with their qualifiers.

    A heading without its id can't be pointed at; its label becomes a keyword, with a note.
    """
    for heading in element:
        descriptor = None
        qualifiers: list[tuple[str, str, bool]] = []
        for child in heading:
            if child.tag == "DescriptorName":
                descriptor = child
            elif child.tag == "QualifierName":
                ui, name = child.get("UI") or "", flat(child)
                if ui:
                    qualifiers.append((ui, name, child.get("MajorTopicYN") == "Y"))
                else:
                    draft.note("QualifierName", name, "a qualifier without a MeSH id; left out")
        if descriptor is None:
            continue
        _subject(descriptor, draft, major=descriptor.get("MajorTopicYN") == "Y", qualifiers=tuple(qualifiers))


def read_supplementary(element: _Element, draft: Draft) -> None:
    """A SupplMeshList: diseases, organisms and protocols that have no descriptor yet."""
    for child in element:
        _subject(child, draft)


def _subject(
    element: _Element,
    draft: Draft,
    *,
    major: bool = False,
    qualifiers: tuple[tuple[str, str, bool], ...] = (),
) -> None:
    ui, label = element.get("UI") or "", flat(element)
    if ui:
        draft.subjects.append(Subject("mesh", ui, label, major, qualifiers))
    elif label:
        draft.keywords.append(label)
        draft.note(str(element.tag), label, "a heading without a MeSH id; taken as a keyword")


def read_keywords(element: _Element, draft: Draft) -> None:
    """A KeywordList. One Keyword that holds a list is split at "; ", the only clear separator."""
    count = 0
    for child in element:
        text = flat(child)
        if not text:
            continue
        count += 1
        if "; " in text:
            draft.keywords += [part for part in (p.strip() for p in text.rstrip(";").split("; ")) if part]
        else:
            draft.keywords.append(text)
    if count == 1 and draft.keywords and draft.keywords[-1].count(", ") >= 2:
        draft.note("Keyword", draft.keywords[-1], "seems to hold a whole list; kept as one")


def read_chemicals(element: _Element, draft: Draft) -> None:
    """A ChemicalList. A substance without its MeSH id becomes a keyword, with a note."""
    chemicals = []
    for chemical in element:
        number = ui = name = ""
        for child in chemical:
            if child.tag == "RegistryNumber":
                number = flat(child)
            elif child.tag == "NameOfSubstance":
                ui, name = child.get("UI") or "", flat(child)
        if ui:
            chemicals.append(Chemical(ui, name, number))
        elif name:
            draft.keywords.append(name)
            draft.note(
                "NameOfSubstance", f"{name} ({number})", "a substance without a MeSH id; taken as a keyword"
            )
    draft.fields["chemicals"] = tuple(chemicals)


def read_gene_symbols(element: _Element, draft: Draft) -> None:
    """A GeneSymbolList (1991 to 1995): symbols as keywords."""
    draft.keywords += [text for text in map(flat, element) if text]


def read_grants(element: _Element, draft: Draft) -> None:
    """A GrantList; an entry with neither number nor agency says nothing and is noted."""
    grants = []
    for grant in element:
        values = {str(child.tag): flat(child) for child in grant}
        if values.get("GrantID") or values.get("Agency"):
            grants.append(
                Grant(
                    values.get("GrantID", ""),
                    values.get("Agency", ""),
                    values.get("Acronym", ""),
                    values.get("Country", ""),
                )
            )
        else:
            draft.note("Grant", " ".join(values.values()), "a grant without number and agency; left out")
    draft.fields["grants"] = tuple(grants)


def read_databanks(element: _Element, draft: Draft) -> None:
    """A DataBankList: one entry for each accession number."""
    banks = []
    for bank in element:
        name = ""
        numbers: list[str] = []
        for child in bank:
            if child.tag == "DataBankName":
                name = flat(child)
            elif child.tag == "AccessionNumberList":
                numbers += [text for text in map(flat, child) if text]
        if numbers:
            banks += [Databank(name, number) for number in numbers]
        else:
            draft.note("DataBank", name, "a databank without an accession number; left out")
    draft.fields["databanks"] = tuple(dict.fromkeys(banks))
