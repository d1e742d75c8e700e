"""Files of Semantic Scholar: papers as JSON, one a line, one a file, a batch, or within an author."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Any

from pss_kg.records import Read, Unusable
from pss_kg.sources.base import Input
from pss_kg.sources.formats import decoded
from pss_kg.sources.json_records import Envelope, values
from pss_kg.sources.semanticscholar_record import SOURCE, record_of

_START = re.compile(r"\ufeff?\s*(?:\[\s*(?:null\s*,\s*)*)?\{")
_PAPER = re.compile(r'"paperId"\s*:\s*(?:"[0-9a-f]{40}"|null)')
_SIGN = re.compile(
    r'"(?:externalIds|corpusId|citationCount|influentialCitationCount|publicationVenue|authorId)"\s*:'
)
_RENAMED = re.compile(r'\ufeff?\s*\{\s*"source"\s*:\s*"semantic_scholar"')
_ENVELOPE: Envelope = {"papers": None, "data": None}

# pyeuropepmc saves the reply with names of its own.
_NAMES = {
    "s2_paper_id": "paperId",
    "corpus_id": "corpusId",
    "external_ids": "externalIds",
    "publication_date": "publicationDate",
    "publication_types": "publicationTypes",
    "citation_count": "citationCount",
    "author_id": "authorId",
}


class SemanticScholar:
    """The source `semanticscholar`."""

    name = SOURCE
    title = "Semantic Scholar papers (JSON)"

    def detect(self, head: bytes, name: str) -> bool:
        """Whether the file begins with a paper, a batch of them, or an author with papers."""
        text = decoded(head)
        if not _START.match(text):
            return False
        if _RENAMED.match(text):
            return True
        return _PAPER.search(text) is not None and _SIGN.search(text) is not None

    def read(self, stream: IO[bytes], given: Input) -> Iterator[Read]:
        """Every paper in order, one at a time.

        Papers that stand within another paper's lists are mentions of that one. Raises
        DamagedInput behind the last whole paper before the damage.
        """
        for found in values(stream, given, _ENVELOPE):
            if found.is_record and found.value is not None:  # a batch has null for an unknown paper
                yield _read(found.value, given, f"{given.name}:{found.line}")


def _read(paper: Any, given: Input, where: str) -> Read:
    if not isinstance(paper, dict):
        return Unusable(SOURCE, "this is no paper", where=where, excerpt=repr(paper)[:2000])
    if paper.get("source") == "semantic_scholar":
        paper = _named(paper)
    if "citingPaper" in paper or "citedPaper" in paper:
        reason = "an entry of a list does not say whose list it is"
        return Unusable(SOURCE, reason, where=where, excerpt=repr(paper)[:2000])
    if name := _too_long(paper, given.max_field):
        own = str(paper.get("paperId") or "")
        reason = f"a field holds more than {given.max_field:,} characters"
        return Unusable(SOURCE, reason, own, where=where, field=name)
    return record_of(paper, where)


def _named(thing: Any) -> Any:
    if isinstance(thing, dict):
        return {_NAMES.get(name, name): _named(value) for name, value in thing.items() if name != "source"}
    return [_named(value) for value in thing] if isinstance(thing, list) else thing


def _too_long(thing: Any, limit: int, name: str = "") -> str:
    """The name of a field whose text is beyond the limit; "" where there is none."""
    if isinstance(thing, str):
        return (name or "text") if len(thing) > limit else ""
    if isinstance(thing, dict):
        return next((found for key, value in thing.items() if (found := _too_long(value, limit, key))), "")
    if isinstance(thing, list):
        return next((found for value in thing if (found := _too_long(value, limit, name))), "")
    return ""
