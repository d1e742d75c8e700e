"""Why one publication cites another, as a service tells it: the graph intent/<source>.

Such words are a machine's reading of the sentences that cite, so they stand apart from main and
are attributed. Counts of citations are taken over cito:cites in main and know nothing of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pss_kg.iris import Iris, encode
from pss_kg.mapping.entry import Assertion, Entry, rank
from pss_kg.mapping.frame import A
from pss_kg.mapping.relations import CITES
from pss_kg.records import Reference
from pss_kg.terms import quoted
from pss_kg.vocabulary import CITO, PROV, PSS, XSD

PROPERTIES = {
    # Semantic Scholar
    "background": "obtainsBackgroundFrom",
    "methodology": "usesMethodIn",
    "result": "discusses",
}
"""A source's word -> the CiTO property."""

_A_CITATION = f"{A}<{CITO}Citation>"
_CITING = f" <{CITO}hasCitingEntity> "
_CITED = f" <{CITO}hasCitedEntity> "
_CHARACTER = f" <{CITO}hasCitationCharacterization> "
_ATTRIBUTED = f" <{PROV}wasAttributedTo> "
_CONTEXT = f" <{PSS}citationContext> "
_WORD = f" <{PSS}citationIntent> "
_INFLUENTIAL = f' <{PSS}influentialCitation> "true"^^<{XSD}boolean>'


class Intent(NamedTuple):
    """What is said of how one publication cites another; tuples in order, each value once."""

    intents: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()
    influential: bool = False

    def joined(self, other: Intent | Reference | Assertion) -> Intent:
        """Both together."""
        return Intent(
            tuple(dict.fromkeys(self.intents + other.intents)),
            tuple(dict.fromkeys(self.contexts + other.contexts)),
            self.influential or other.influential,
        )


NONE = Intent()


def told(lists: Iterable[tuple[Reference, str]]) -> dict[str, Intent]:
    """Key of the other publication -> what its entries in a list say; only where they say anything."""
    found: dict[str, Intent] = {}
    for reference, key in lists:
        if key and (reference.intents or reference.contexts or reference.influential):
            found[key] = found.get(key, NONE).joined(reference)
    return found


def graphs(entry: Entry, iris: Iris) -> Iterator[tuple[str, list[str]]]:
    """(graph name, triples) of each source that tells how this publication cites, by source."""
    found: dict[str, dict[str, Intent]] = {}
    for resolved in entry.records:
        record = resolved.record
        for cited, intent in told(zip(record.references, resolved.references, strict=False)).items():
            of_source = found.setdefault(record.source, {})
            of_source[cited] = of_source.get(cited, NONE).joined(intent)
    for said in entry.assertions:
        if said.property == CITES and (said.intents or said.contexts or said.influential):
            of_source = found.setdefault(said.source, {})
            of_source[said.cited] = of_source.get(said.cited, NONE).joined(said)
    for source in sorted(found, key=rank):
        triples: list[str] = []
        for cited in sorted(found[source].keys() - {entry.key}):
            triples += _triples(iris, entry.key, cited, source, found[source][cited])
        if triples:
            yield f"intent/{encode(source)}", triples


def _triples(iris: Iris, citing: str, cited: str, source: str, intent: Intent) -> Iterator[str]:
    """One typed citation for each intent that CiTO has a property for. The sentences and the
    influence are said of the whole citation, so each of its nodes has them. Where there is no such
    intent they stand on the citation itself, which has its characterization in main."""
    s, target = f"<{iris.publication(citing)}>", f"<{iris.publication(cited)}>"
    names = [PROPERTIES[word.lower()] for word in sorted(intent.intents) if word.lower() in PROPERTIES]
    unknown = [word for word in sorted(intent.intents) if word.lower() not in PROPERTIES]
    for name in dict.fromkeys(names):
        node = f"<{iris.typed_citation(citing, cited, name)}>"
        yield f"{s} <{CITO}{name}> {target}"
        yield f"{node}{_A_CITATION}"
        yield f"{node}{_CITING}{s}"
        yield f"{node}{_CITED}{target}"
        yield f"{node}{_CHARACTER}<{CITO}{name}>"
        yield from _said(iris, node, source, intent, unknown)
    if not names:
        node = f"<{iris.citation(citing, cited)}>"
        yield f"{node}{_CITING}{s}"
        yield f"{node}{_CITED}{target}"
        yield from _said(iris, node, source, intent, unknown)


def _said(iris: Iris, node: str, source: str, intent: Intent, unknown: list[str]) -> Iterator[str]:
    yield f"{node}{_ATTRIBUTED}<{iris.source(source)}>"
    for word in unknown:
        yield f"{node}{_WORD}{quoted(word)}"
    for context in sorted(intent.contexts):
        yield f"{node}{_CONTEXT}{quoted(context)}"
    if intent.influential:
        yield f"{node}{_INFLUENTIAL}"
