"""Abstracts: the whole text, and its sections where it has any."""

from __future__ import annotations

from pss_kg.mapping.frame import LABEL, A, Frame
from pss_kg.mapping.languages import tag
from pss_kg.records import Abstract, AbstractSection
from pss_kg.terms import quoted
from pss_kg.vocabulary import C4O, DCTERMS, DEO, DOCO, FABIO, FRBR, PSS

ABSTRACT = f" <{DCTERMS}abstract> "
RIGHTS = f" <{DCTERMS}rights> "
PART = f" <{FRBR}part> "
CONTENT = f" <{C4O}hasContent> "
SEQUENCE = f" <{FABIO}hasSequenceIdentifier> "

_A_ABSTRACT = f"{A}<{DOCO}Abstract>"
_BACKGROUND = f"{A}<{DEO}Background>"
_OBJECTIVE = f"{A}<{PSS}Objective>"
_METHODS = f"{A}<{DEO}Methods>"
_RESULTS = f"{A}<{DEO}Results>"
_CONCLUSION = f"{A}<{DEO}Conclusion>"
_OTHER = f"{A}<{DEO}DiscourseElement>"

_CATEGORIES = {
    "BACKGROUND": _BACKGROUND,
    "OBJECTIVE": _OBJECTIVE,
    "METHODS": _METHODS,
    "RESULTS": _RESULTS,
    "CONCLUSIONS": _CONCLUSION,
}

# Labels as printed, without a plural's s and in lower case. A label of several words
# ("background and aims", "study design") counts by its first word that stands here.
_LEXICON = {
    word: kind
    for kind, words in (
        (_BACKGROUND, "background context introduction rationale importance backdrop"),
        (_OBJECTIVE, "objective aim purpose goal hypothesis question"),
        (
            _METHODS,
            "method methodology design setting participant patient material intervention measure "
            "measurement procedure subject sample approach population eligibility search analysi",
        ),
        (_RESULTS, "result finding outcome"),
        (_CONCLUSION, "conclusion interpretation implication significance summary relevance"),
    )
    for word in words.split()
}


def section_class(section: AbstractSection) -> str:
    """The section's class, ready after its IRI: by NlmCategory, else by the label's words."""
    known = _CATEGORIES.get(section.category.strip().upper())
    if known:
        return known
    for word in section.label.lower().replace("/", " ").replace("-", " ").split():
        kind = _LEXICON.get(word.strip(":,.()").removesuffix("s"))
        if kind:
            return kind
    return _OTHER


def text_of(abstract: Abstract) -> str:
    """The whole text: a line for each section, "Label: text" where it has a label."""
    lines = []
    for section in abstract.sections:
        text, label = section.text.strip(), section.label.strip()
        if text:
            lines.append(f"{label}: {text}" if label else text)
    return "\n".join(lines)


def describe(frame: Frame, abstract: Abstract, language: str) -> None:
    """dcterms:abstract; a doco:Abstract with sections where there is a label or a second section.

    `language` is the tag to use where the abstract names none.
    """
    whole = text_of(abstract)
    if not whole:
        return
    out, s, iris = frame.out, frame.s, frame.iris
    spoken = tag(abstract.language) or language
    suffix = f"@{spoken}" if spoken else ""
    out.append(f"{s}{ABSTRACT}{quoted(whole)}{suffix}")
    sections = [section for section in abstract.sections if section.text.strip()]
    structured = len(sections) > 1 or bool(sections[0].label.strip())
    if not structured and not abstract.copyright.strip():
        return
    node = f"<{iris.abstract(frame.place)}>"
    out.append(f"{s}{PART}{node}")
    out.append(f"{node}{_A_ABSTRACT}")
    if abstract.copyright.strip():
        out.append(f"{node}{RIGHTS}{quoted(abstract.copyright)}")
    if not structured:
        return
    stem = frame.stem(iris.section(frame.place, 0))
    for n, section in enumerate(sections, 1):
        part = f"{stem}{n}>"
        out.append(f"{node}{PART}{part}")
        out.append(f"{part}{section_class(section)}")
        out.append(f'{part}{SEQUENCE}"{n}"')
        if section.label.strip():
            out.append(f"{part}{LABEL}{quoted(section.label)}")
        out.append(f"{part}{CONTENT}{quoted(section.text)}{suffix}")


def others(frame: Frame, abstracts: tuple[Abstract, ...]) -> None:
    """Abstracts beside the publisher's own: a doco:Abstract each, at abstract/other-<n>.

    They get no dcterms:abstract, so that a publication has one.
    """
    out, s = frame.out, frame.s
    stem = frame.stem(frame.iris.section(frame.place, 0))
    for n, abstract in enumerate(abstracts, 1):
        whole = text_of(abstract)
        if not whole:
            continue
        spoken = tag(abstract.language)
        node = f"{stem}other-{n}>"
        out.append(f"{s}{PART}{node}")
        out.append(f"{node}{_A_ABSTRACT}")
        out.append(f"{node}{CONTENT}{quoted(whole)}{'@' + spoken if spoken else ''}")
        if abstract.kind.strip():
            out.append(f"{node}{LABEL}{quoted(abstract.kind)}")
        if abstract.copyright.strip():
            out.append(f"{node}{RIGHTS}{quoted(abstract.copyright)}")
