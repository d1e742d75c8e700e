"""DataCite's JSON: replies of the REST API, older plain forms, and one DOI a line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from pss_kg.records import Read
from pss_kg.sources.base import Input
from pss_kg.sources.datacite_record import SOURCE, read_doi
from pss_kg.sources.json_records import has, outline, read_records
from pss_kg.sources.json_values import list_note

_ENVELOPE = {"data": None}
_ATTRIBUTES = ("attributes", "data[].attributes", "data.attributes", "[].attributes")
_MARKS = (
    "types",
    "publicationYear",
    "publication-year",
    "schemaVersion",
    "schema-version",
    "resource-type-general",
)


class DataCiteJson:
    """The source `datacite`."""

    name = SOURCE
    title = "DataCite JSON"

    def detect(self, head: bytes, name: str) -> bool:
        """Whether there are DOIs with their creators and titles, or an empty list of DOIs."""
        keys = outline(head)
        if has(keys, _ATTRIBUTES, "doi", "titles") or has(keys, _ATTRIBUTES, "doi", "creators"):
            return True
        if any(has(keys, ("", "[]"), *named, mark) for mark in _MARKS for named in _NAMED):
            return True
        return {"data", "meta.resourceTypes"} <= keys

    def read(self, stream: IO[bytes], given: Input) -> Iterator[Read]:
        """Every DOI, in the order of the file. Raises DamagedInput as `json_records` does."""
        yield from read_records(stream, given, SOURCE, _ENVELOPE, read_doi, complaint)


_NAMED = (("creators", "titles"), ("creator", "title", "publisher"))


def complaint(reply: dict[str, Any]) -> str:
    """What a reply says went wrong; "" for one that says nothing of the kind."""
    if reply.get("errors") and "attributes" not in reply and "doi" not in reply:
        return f"DataCite says: {list_note(reply['errors'])[:300]}"
    return ""
