"""OpenAlex's JSON: replies of the API, arrays, the snapshot, and one work a line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from pss_kg.records import Read
from pss_kg.sources.base import Input
from pss_kg.sources.json_records import has, outline, read_records
from pss_kg.sources.json_values import text
from pss_kg.sources.openalex_record import SOURCE, read_work

_ENVELOPE = {"results": None}
_PLACES = ("", "[]", "results[]")
_MARKS = ("authorships", "referenced_works", "primary_location", "abstract_inverted_index", "cited_by_count")


class OpenAlexJson:
    """The source `openalex`."""

    name = SOURCE
    title = "OpenAlex JSON"

    def detect(self, head: bytes, name: str) -> bool:
        """Whether there are works with an OpenAlex id, or the envelope of a list without any."""
        keys = outline(head)
        if {"results", "meta.db_response_time_ms"} <= keys:
            return True
        return b"openalex.org/" in head and any(
            has(keys, _PLACES, "id", "display_name", mark) for mark in _MARKS
        )

    def read(self, stream: IO[bytes], given: Input) -> Iterator[Read]:
        """Every work, in the order of the file. Raises DamagedInput as `json_records` does."""
        yield from read_records(stream, given, SOURCE, _ENVELOPE, read_work, complaint)


def complaint(reply: dict[str, Any]) -> str:
    """What a reply says went wrong; "" for one that says nothing of the kind."""
    if "error" in reply and "id" not in reply:
        return f"OpenAlex says: {text(reply['error'])}, {text(reply.get('message')) or 'no reason'}"
    return ""
