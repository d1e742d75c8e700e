"""Crossref's JSON: replies of the REST API, the public data file, and one work a line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Any

from pss_kg.records import Read
from pss_kg.sources.base import Input
from pss_kg.sources.crossref_record import SOURCE, read_work
from pss_kg.sources.json_records import has, outline, read_records
from pss_kg.sources.json_values import list_note, text

_ENVELOPE = {"message": {"items": None}, "items": None}
_PLACES = ("", "[]", "message", "message.items[]", "items[]")
_OF_WORKS = re.compile(rb'"message-type"\s*:\s*"(?:work|work-list|validation-failure|exception|error)"')
_MARKS = ("indexed", "deposited", "prefix", "member", "reference-count", "is-referenced-by-count")


class CrossrefJson:
    """The source `crossref`."""

    name = SOURCE
    title = "Crossref JSON"

    def detect(self, head: bytes, name: str) -> bool:
        """Whether there are works with a DOI and a field that only Crossref has, or a reply's envelope."""
        keys = outline(head)
        if {"message-type", "status"} <= keys:
            return _OF_WORKS.search(head) is not None
        return any(has(keys, _PLACES, "DOI", mark) for mark in _MARKS)

    def read(self, stream: IO[bytes], given: Input) -> Iterator[Read]:
        """Every work, in the order of the file. Raises DamagedInput as `json_records` does."""
        yield from read_records(stream, given, SOURCE, _ENVELOPE, read_work, complaint)


def complaint(reply: dict[str, Any]) -> str:
    """What a reply says went wrong; "" for one that says nothing of the kind."""
    status = text(reply.get("status"))
    if status and status != "ok" and "DOI" not in reply:
        return f"Crossref says: {status}, {list_note(reply.get('message'))[:300] or 'no reason'}"
    return ""
