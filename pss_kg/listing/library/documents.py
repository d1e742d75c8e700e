"""Formats that a parser reads whole: BibTeX, CSL-JSON, EndNote XML."""

from __future__ import annotations

import contextlib
import json
import logging
import re
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from pss_kg.errors import DamagedInput
from pss_kg.listing.library import entry
from pss_kg.listing.library.entry import Entry

if TYPE_CHECKING:
    from lxml.etree import _Element

# ProQuest leaves the key out, without which the parser takes no entry.
_KEYLESS = re.compile(r"^(\s*@[A-Za-z]+\s*\{)\s*(?=[A-Za-z][\w-]*\s*=)", re.MULTILINE)


def bibtex(text: str) -> tuple[list[Entry], int]:
    """The entries of a BibTeX file, and how many blocks could not be read."""
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.model import DuplicateBlockKeyBlock, DuplicateFieldKeyBlock
    from bibtexparser.model import Entry as Block

    with _quiet():
        library = parse_string(_KEYLESS.sub(r"\1entry,", text))
    blocks = list(library.entries)
    lost = 0
    for failed in library.failed_blocks:
        # The same key twice, or a field twice, is whole but for that.
        whole = failed.ignore_error_block
        if isinstance(failed, DuplicateBlockKeyBlock | DuplicateFieldKeyBlock) and isinstance(whole, Block):
            blocks.append(whole)
        else:
            lost += 1
    found = []
    for number, block in enumerate(blocks, 1):
        fields = {field.key.lower(): _unclosed(str(field.value)) for field in block.fields}
        database = fields.get("eprinttype", "") + fields.get("archiveprefix", "")
        identifiers = [
            *entry.doi(_bare(fields.get("doi", ""))),
            *entry.pmid(fields.get("pmid", "")),
            *entry.pmcid(fields.get("pmcid", fields.get("pmc", ""))),
            *(entry.accession(fields.get("eprint", ""), database) if database else ()),
            *(
                pair
                for name in ("url", "note", "annote", "ee")
                for pair in entry.anywhere(_bare(fields.get(name, "")))
            ),
        ]
        year = fields.get("year", "") or fields.get("date", "")
        found.append(entry.make(number, fields.get("title", ""), year, identifiers))
    return found, lost


def _unclosed(text: str) -> str:
    """A value without the braces or quotes around it, which blocks with a doubled key still have."""
    return text[1:-1] if text[:1] + text[-1:] in ("{}", '""') else text


def _bare(text: str) -> str:
    """A field without TeX: `{10.1000/a\\_b}` → 10.1000/a_b."""
    return (
        text.replace("\\_", "_")
        .replace("\\%", "%")
        .replace("\\&", "&")
        .replace("{", "")
        .replace("}", "")
        .strip()
    )


def csl_json(text: str, where: str) -> tuple[list[Entry], int]:
    """The items of CSL-JSON, and how many of them are no items. Raises DamagedInput."""
    try:
        given = json.loads(text)
    except ValueError as error:
        raise DamagedInput(
            f"this is not JSON from here on ({error}).", where=where, todo="Export the library again."
        ) from error
    if isinstance(given, dict):
        given = given.get("items", [given])
    items = [item for item in given if isinstance(item, dict)] if isinstance(given, list) else []
    found = []
    for number, item in enumerate(items, 1):
        fields = {
            str(name).upper(): str(value) for name, value in item.items() if isinstance(value, str | int)
        }
        identifiers = [
            *entry.doi(fields.get("DOI", "")),
            *entry.pmid(fields.get("PMID", "")),
            *entry.pmcid(fields.get("PMCID", "")),
            *(pair for name in ("URL", "ID") for pair in entry.anywhere(fields.get(name, ""))),
            *entry.said(fields.get("NOTE", "")),
        ]
        found.append(entry.make(number, fields.get("TITLE", ""), _csl_year(item.get("issued")), identifiers))
    return found, (len(given) - len(items)) if isinstance(given, list) else 1


def _csl_year(issued: Any) -> str:
    if not isinstance(issued, dict):
        return str(issued or "")
    parts = issued.get("date-parts")
    if isinstance(parts, list) and parts and isinstance(parts[0], list) and parts[0]:
        return str(parts[0][0])
    return str(issued.get("raw") or issued.get("literal") or "")


def endnote_xml(content: bytes) -> tuple[list[Entry], int]:
    """The records of EndNote XML, and how many errors the parser stepped over."""
    from lxml import etree

    found: list[Entry] = []
    parse = etree.iterparse(
        BytesIO(content), events=("end",), tag="record", recover=True, huge_tree=True, resolve_entities=False
    )
    with contextlib.suppress(etree.XMLSyntaxError):
        for _, record in parse:
            found.append(_record(len(found) + 1, record))
            record.clear()
    return found, len(parse.error_log)


def _record(number: int, record: _Element) -> Entry:
    def texts(path: str) -> list[str]:
        return [" ".join("".join(map(str, e.itertext())).split()) for e in record.iterfind(path)]

    database = " ".join(texts("remote-database-name") + texts("remote-database-provider"))
    identifiers = [
        *(pair for text in texts("electronic-resource-num") for pair in entry.doi(text)),
        *(pair for text in texts("accession-num") for pair in entry.accession(text, database)),
        *(pair for text in texts("custom2") + texts("notes") for pair in entry.anywhere(text)),
        *(pair for text in texts("urls//url") for pair in entry.anywhere(text)),
    ]
    title = next(iter(texts("titles/title")), "")
    return entry.make(
        number, title, " ".join(texts("dates/year") + texts("dates/pub-dates/date")), identifiers
    )


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """The parser logs each damaged block; they are counted and told instead."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)
