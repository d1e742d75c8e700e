"""Items as CSL-JSON, after the input schema of the Citation Style Language, 1.0.2."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from pss_kg.listing.item import Item, Name, doi_page, kinds


def write(items: Iterable[Item]) -> Iterator[str]:
    """A JSON array, one item a line."""
    before = "[\n"
    for item in items:
        yield before + json.dumps(entry(item), ensure_ascii=False)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def entry(item: Item) -> dict[str, Any]:
    """One item. A field that the graph has not is left out; dates stand at their own precision."""
    found: dict[str, Any] = {
        "id": item.key,
        "type": kinds(item)[2],
        "title": item.name,
        "author": [_name(name) for name in item.authors],
        "editor": [_name(name) for name in item.editors],
        "issued": _date(item.issued or item.year),
        "container-title": item.container,
        "container-title-short": item.abbreviation if item.abbreviation != item.container else "",
        "volume": item.volume,
        "issue": item.issue,
        "page": item.page_range,
        "number": item.article_number if item.article_number != item.page_range else "",
        "publisher": item.publisher,
        "ISSN": ", ".join(item.issns),
        "DOI": item.doi,
        "PMID": item.pmid,
        "PMCID": item.pmcid,
        "URL": doi_page(item.doi) if item.doi else "",
        "language": item.language,
        "abstract": item.abstract,
        "keyword": "; ".join(dict.fromkeys((*item.keywords, *item.subjects))),
        "note": item.note,
    }
    return {name: value for name, value in found.items() if value}


def _name(name: Name) -> dict[str, str]:
    if not name.family:
        return {"literal": name.literal or name.given}
    parts = {"family": name.family, "given": name.given, "suffix": name.suffix}
    return {part: value for part, value in parts.items() if value}


def _date(issued: str) -> dict[str, list[list[int]]]:
    return {"date-parts": [[int(part) for part in issued.split("-")]]} if issued else {}
