"""Europe PMC's JSON: replies to a search, lists of citations and references, results one a line.

Format: Europe PMC Articles RESTful API 6.9, `format=json`. Results are read one at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

import msgspec

from pss_kg.records import Note, Publication, Read, Unusable
from pss_kg.sources.base import Input
from pss_kg.sources.europepmc_record import SOURCE, read_result
from pss_kg.sources.europepmc_text import plain
from pss_kg.sources.europepmc_values import Item, entry, identifiers, objects, own_id, text
from pss_kg.sources.json_records import has, outline, read_records
from pss_kg.sources.service import listed

_ENVELOPE = {"resultList": {"result": None}, "result": None}
_LISTS = {"citationList": "citation", "referenceList": "reference"}
_PLACES = ("", "[]", "result", "resultList.result[]")
_TELLING = ("authorString", "authorList", "pubYear", "journalInfo", "inEPMC", "fullTextIdList")


class EuropePmcJson:
    """The source `europepmc`."""

    name = SOURCE
    title = "Europe PMC JSON"

    def detect(self, head: bytes, name: str) -> bool:
        """Whether this is a reply of the service, or results with their id and source."""
        keys = outline(head)
        if "hitCount" in keys and not keys.isdisjoint(("resultList", *_LISTS)):
            return True
        # CSL JSON may have an id and a source too; it has none of these.
        return any(has(keys, _PLACES, "id", "source", told) for told in _TELLING)

    def read(self, stream: IO[bytes], given: Input) -> Iterator[Read]:
        """Every result, in the order of the file; a list of citations or references is one record.

        Raises DamagedInput, with file and line, after the last whole result before the damage.
        """
        yield from read_records(stream, given, SOURCE, _ENVELOPE, _read, complaint)


def complaint(reply: Item) -> str:
    """What a reply says went wrong; "" for one that says nothing of the kind."""
    if "errCode" not in reply and "errMsg" not in reply:
        return ""
    return f"Europe PMC says: {text(reply.get('errMsg'))[:300] or text(reply.get('errCode'))}"


def _read(item: Item) -> Read:
    for outer in _LISTS:
        if outer in item:
            return _list(item, outer)
    record = read_result(item)
    if isinstance(record, Publication):
        return record
    return Unusable(SOURCE, record, title=plain(text(item.get("title")))[:2000], field="id")


def _list(reply: Item, outer: str) -> Read:
    """A list of citing articles or references; the reply says in `request` whose it is."""
    request = reply.get("request")
    request = request if isinstance(request, dict) else {}
    own = own_id(text(request.get("source")).upper(), text(request.get("id")))
    if not own:
        return Unusable(SOURCE, "a list that does not say whose it is", field="request")
    entries = tuple(map(entry, objects(reply[outer], _LISTS[outer])))
    kind = "citations" if outer == "citationList" else "references"
    record = listed(
        SOURCE,
        f"{own[1]}/{kind}",
        identifiers({"source": request.get("source"), "id": request.get("id")}),
        cited_by=entries if kind == "citations" else (),
        references=entries if kind == "references" else (),
    )
    total = text(reply.get("hitCount"))
    if total.isdecimal() and int(total) != len(entries):
        return with_count(record, total, len(entries))
    return record


def with_count(record: Publication, total: str, got: int) -> Publication:
    """A list that holds more or fewer than its count says, told in a note."""
    note = Note("hitCount", total, f"the list holds {got}")
    return msgspec.structs.replace(record, notes=(*record.notes, note))
