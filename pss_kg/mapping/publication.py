"""One publication's entry -> its triples, graph by graph. The mapping's front door."""

from __future__ import annotations

import re

from pss_kg.iris import Iris, encode
from pss_kg.mapping import (
    abstract,
    agents,
    book,
    citation,
    claims,
    classes,
    dates,
    funding,
    identifiers,
    intents,
    journal,
    mention,
    references,
    subjects,
)
from pss_kg.mapping.entry import Entry, Mapped, Resolved, Shared
from pss_kg.mapping.frame import A, Frame
from pss_kg.mapping.languages import tag
from pss_kg.mapping.reconcile import Merged, merge, residual
from pss_kg.records import Identifiers, Publication
from pss_kg.terms import quoted
from pss_kg.vocabulary import DCTERMS, FRBR, PRISM, PSS

TITLE = f" <{DCTERMS}title> "
ALTERNATIVE = f" <{DCTERMS}alternative> "
LANGUAGE = f" <{DCTERMS}language> "
LICENCE = f" <{DCTERMS}license> "
RIGHTS = f" <{DCTERMS}rights> "
ACCESS = f" <{DCTERMS}accessRights> "
HAS_VERSION = f" <{DCTERMS}hasVersion> "
REPLACED_BY = f" <{DCTERMS}isReplacedBy> "
VERSION_IDENTIFIER = f" <{PRISM}versionIdentifier> "
REALIZATION_OF = f" <{FRBR}realizationOf> "
INTERESTS = f" <{PSS}conflictOfInterestText> "

_WEB = re.compile(
    r"https?://[A-Za-z0-9.-]+(?::[0-9]+)?(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?\Z"
)


def map_entry(entry: Entry, iris: Iris) -> Mapped:
    """All triples of one publication. Pure: the same entry gives the same lists.

    Graphs come in the order main, source/…, intent/…, attribution, identity; empty ones are left out.
    """
    if graphs := mention.simple(entry, iris):
        return Mapped(graphs, [])
    shared: list[Shared] = []
    attribution: list[str] = []
    sources: dict[str, list[str]] = {}
    frame = Frame(iris, entry.key, shared, "")
    s = frame.s
    described = entry.described
    if described:
        merged = merge([resolved.record for resolved in entry.records], entry.key)
        _describe_main(frame, entry, merged)
        title = merged.record.title or merged.record.vernacular_title
        for resolved in entry.records:
            record = resolved.record
            sayer = citation.record_term(iris, record.source, record.id)
            attribution.append(f"{s}{citation.DERIVED_FROM}{sayer}")
    else:
        title = mention.describe(frame, entry, attribution)
    if entry.versions:
        _versions(frame, entry, attribution)
    if entry.records or entry.assertions:
        citation.describe(frame, entry, attribution)
    if described:
        _describe_sources(frame, entry, merged, sources)
    if described or len(entry.mentions) > 1 or any(len(m.reference.identifiers) > 1 for m in entry.mentions):
        mention.additions(frame, entry, title, sources)
    graphs = {"main": list(dict.fromkeys(frame.out))}
    for name in sorted(sources):
        triples = list(dict.fromkeys(sources[name]))
        if triples:
            graphs[name] = triples
    if entry.records or entry.assertions:
        graphs.update(intents.graphs(entry, iris))
    if attribution:
        graphs["attribution"] = list(dict.fromkeys(attribution))
    if entry.aliases:
        graphs["identity"] = [
            f"<{iris.publication(alias)}>{REPLACED_BY}{s}" for alias in dict.fromkeys(entry.aliases)
        ]
    return Mapped(graphs, shared)


def _describe_main(frame: Frame, entry: Entry, merged: Merged) -> None:
    record = merged.record
    records = [resolved.record for resolved in entry.records]
    several = len(records) > 1

    def told(field: str) -> Resolved:
        """The record that main took the field from; the frame speaks for its source from here."""
        resolved = entry.records[merged.origin_of(field)]
        frame.source = resolved.record.source
        return resolved

    frame.source = records[0].source
    if several:
        told("types")
    _types(frame, record)
    _titles(frame, record, told("title").record, told("vernacular_title").record)
    if several:
        for scheme in dict.fromkeys(scheme for scheme, _ in record.identifiers):
            told(f"identifiers:{scheme}")
            own: Identifiers = tuple(pair for pair in record.identifiers if pair[0] == scheme)
            identifiers.describe(frame, own, entry.ambiguous)
    else:
        identifiers.describe(frame, record.identifiers, entry.ambiguous)
    dates.describe(frame, record)
    told("publisher")
    journal.flat(frame, record)
    journal.chain(frame, record, told("journal").journal)
    if record.book is not None or record.series is not None or record.contents or record.place:
        book.describe(frame, record, told("book").book)
    told("contributors")
    agents.describe(frame, record.contributors)
    if record.abstract is not None:
        abstract.describe(frame, record.abstract, _spoken(told("abstract").record))
    abstract.others(frame, record.other_abstracts)
    told("subjects")
    subjects.headings(frame, record.subjects)
    told("chemicals")
    subjects.chemicals(frame, record.chemicals)
    subjects.keywords(frame, record.keywords)
    told("databanks")
    subjects.databanks(frame, record.databanks)
    _rights(frame, record)
    told("grants")
    funding.describe(frame, record.grants)
    counted: set[str] = set()
    for other in records:
        if other.claim is not None and other.source not in counted:
            counted.add(other.source)
            frame.source = other.source
            claims.count(frame, other.claim, other.source)
    claims.status(frame, entry)
    references.describe(frame, record.references, told("references").references)
    references.loose(frame, record.relations, told("relations").relations)


def _describe_sources(frame: Frame, entry: Entry, merged: Merged, sources: dict[str, list[str]]) -> None:
    """What each record says and main does not repeat, in its source's graph."""
    said: set[str] = set()
    seen: set[str] = set()
    counted: set[str] = set()
    for resolved in entry.records:
        record = resolved.record
        source = record.source
        place = f"{entry.key}/{encode(source)}"
        if source in seen:
            place = f"{place}/{encode(record.id)}"
        seen.add(source)
        left = None if merged.record is record else residual(record, merged)
        lost = dates.losing(record)
        again = record.claim is not None and source in counted
        if record.claim is not None:
            counted.add(source)
        unnamed = [t for t in record.types if not t.id.strip() and not classes.known(t)]
        if left is None and not lost and not again and not unnamed:
            continue
        said = said or set(frame.out)
        graph = f"source/{encode(source)}"
        other = Frame(frame.iris, entry.key, frame.shared, source, place, graph)
        if left is not None:
            _describe_residual(other, entry, left, resolved)
        subjects.types(other, unnamed)
        if lost:
            other.out.append(f"{other.s}{dates.ISSUED}{dates.typed(lost)}")
        if again and record.claim is not None:
            claims.count(other, record.claim, source)
        fresh = [triple for triple in other.out if triple not in said]
        if fresh:
            sources.setdefault(graph, []).extend(fresh)


def _describe_residual(frame: Frame, entry: Entry, left: Publication, whole: Resolved) -> None:
    if left.types:
        _types(frame, left)
    _titles(frame, left, left, left)
    identifiers.describe(frame, left.identifiers, entry.ambiguous)
    dates.describe(frame, left)
    journal.flat(frame, left)
    if left.journal is not None or left.volume or left.issue:
        journal.chain(frame, whole.record, whole.journal)
    book.describe(frame, left, whole.book)
    agents.describe(frame, left.contributors)
    if left.abstract is not None:
        abstract.describe(frame, left.abstract, _spoken(whole.record))
    abstract.others(frame, left.other_abstracts)
    subjects.headings(frame, left.subjects)
    subjects.chemicals(frame, left.chemicals)
    subjects.keywords(frame, left.keywords)
    subjects.databanks(frame, left.databanks)
    _rights(frame, left)
    funding.describe(frame, left.grants)
    references.describe(frame, left.references, whole.references)
    references.loose(frame, left.relations, whole.relations)


def _types(frame: Frame, record: Publication) -> None:
    expressions, work, untold = classes.classify(record.types)
    out, s = frame.out, frame.s
    for term in expressions:
        out.append(f"{s}{A}{term}")
    if frame.main:
        node = f"<{frame.iris.work(frame.key)}>"
        out.append(f"{s}{REALIZATION_OF}{node}")
        out.append(f"{node}{A}{work}")
    subjects.types(frame, untold)


def _spoken(record: Publication) -> str:
    """The language of a record's English-or-own texts: PubMed's abstracts are English."""
    if record.source == "pubmed":
        return "en"
    return tag(record.languages[0]) if len(record.languages) == 1 else ""


def _title_language(record: Publication) -> str:
    """PubMed translates titles: one of an article in another language is English where the record
    says so or gives the vernacular one beside it, and else in a language that nobody tells."""
    said = tag(record.title_language)
    if said:
        return said
    if record.source != "pubmed":
        return tag(record.languages[0]) if len(record.languages) == 1 else ""
    spoken = [tag(code) for code in record.languages]
    if not spoken or "en" in spoken or record.vernacular_title:
        return "en"
    return ""


def _titles(frame: Frame, record: Publication, titled: Publication, vernacular: Publication) -> None:
    """One title. The vernacular one takes its place where there is no other.

    `titled` and `vernacular` are the whole records that the two come from.
    """
    out, s = frame.out, frame.s
    native = ""
    if record.vernacular_title.strip():
        spoken = [code for code in map(tag, vernacular.languages) if code != "en"]
        suffix = f"@{spoken[0]}" if len(spoken) == 1 and spoken[0] else ""
        native = f"{quoted(record.vernacular_title)}{suffix}"
    if record.title.strip():
        language = _title_language(titled)
        out.append(f"{s}{TITLE}{quoted(record.title)}{'@' + language if language else ''}")
        if native:
            out.append(f"{s}{ALTERNATIVE}{native}")
    elif native:
        out.append(f"{s}{TITLE}{native}")
    for other in record.alternative_titles:
        if other.strip():
            out.append(f"{s}{ALTERNATIVE}{quoted(other)}")
    for code in record.languages:
        if code.strip():
            out.append(f"{s}{LANGUAGE}{quoted(tag(code) or code.strip().lower())}")


def _rights(frame: Frame, record: Publication) -> None:
    out, s = frame.out, frame.s
    licence = record.licence.strip()
    if licence:
        # dcterms:license needs a thing to point at; words about rights are dcterms:rights.
        out.append(f"{s}{LICENCE}<{licence}>" if _WEB.match(licence) else f"{s}{RIGHTS}{quoted(licence)}")
    if record.access.strip():
        out.append(f"{s}{ACCESS}{quoted(record.access)}")
    if record.conflict_of_interest.strip():
        out.append(f"{s}{INTERESTS}{quoted(record.conflict_of_interest)}")


def _versions(frame: Frame, entry: Entry, attribution: list[str]) -> None:
    """Lower PMID versions. The PMID is the publication's own, so it is not said again."""
    said = set(frame.out) if entry.versions else set()
    for number, own, source, identifier in entry.versions:
        node = f"<{frame.iris.version(entry.key, number)}>"
        frame.out.append(f"{frame.s}{HAS_VERSION}{node}")
        frame.out.append(f"{node}{A}{classes.EXPRESSION}")
        frame.out.append(f'{node}{VERSION_IDENTIFIER}"{number}"')
        for triple in identifiers.flat_triples("", own):
            if f"{frame.s}{triple}" not in said:
                frame.out.append(f"{node}{triple}")
        attribution.append(
            f"{node}{citation.DERIVED_FROM}{citation.record_term(frame.iris, source, identifier)}"
        )
