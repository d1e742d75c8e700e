"""Replies of the E-utilities: what they say, or the fault that they hide inside a 200. Pure.

Format: NCBI E-utilities, eSearchResult (DTD 20060628) and eLinkResult (DTD 20101123); The
E-utilities In-Depth, NBK25499. The ID converter: PMC ID Converter API v1, JSON.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from lxml import etree

from pss_kg.errors import DamagedInput
from pss_kg.http.asking import BadReply, Reply
from pss_kg.identifiers import NORMALISERS, normalise_pmid
from pss_kg.records import Read
from pss_kg.sources.base import Input
from pss_kg.sources.formats import root_of
from pss_kg.sources.pubmed import ROOTS, PubmedXml

# What is wrong with the request itself; asking again brings the same.
_HOPELESS = re.compile(
    r"id list is empty|empty id list|empty term|invalid (?:db|uid|id)|retstart|api key|wrong db|not supported"
    r"|cannot be larger|unknown field|badly formed",
    re.IGNORECASE,
)
_SHOWN = 300


class Found(NamedTuple):
    """What a search found: the total, the first ids, and what of the phrase was not understood."""

    total: int
    ids: tuple[str, ...]
    unknown: tuple[str, ...] = ()  # phrases that are in no field
    fields: tuple[str, ...] = ()  # fields that do not exist


def read_records(reply: Reply) -> list[Read]:
    """The records of an efetch reply. Raises BadReply for half a reply or another thing."""
    _check(reply, ROOTS)
    given = Input(Path("efetch.xml"), "efetch")
    try:
        return list(PubmedXml().read(io.BytesIO(reply.body), given))
    except DamagedInput as error:
        raise BadReply(error.what.rstrip(".")) from error


def read_search(reply: Reply) -> Found:
    """An esearch reply. Raises BadReply for one that says an error or no total."""
    root = _parsed(reply, "eSearchResult")
    count = _text(root.find("Count"))
    if not count.isdecimal():
        raise BadReply("the search reply has no total")
    ids = tuple(pmid for each in root.iterfind("IdList/Id") if (pmid := normalise_pmid(_text(each))))
    unknown = [*root.iterfind("ErrorList/PhraseNotFound"), *root.iterfind("WarningList/QuotedPhraseNotFound")]
    return Found(
        int(count),
        tuple(dict.fromkeys(ids)),
        tuple(dict.fromkeys(word for each in unknown if (word := _text(each)))),
        tuple(word for each in root.iterfind("ErrorList/FieldNotFound") if (word := _text(each))),
    )


def read_links(reply: Reply, name: str) -> dict[str, tuple[str, ...]]:
    """PMID -> the PMIDs that the links of that name lead to, in the reply's order, each once.

    Raises BadReply where an article has no set of its own: then nobody can tell whose links
    they are.
    """
    root = _parsed(reply, "eLinkResult")
    links: dict[str, tuple[str, ...]] = {}
    for group in root.iterfind("LinkSet"):
        own = [_text(each) for each in group.iterfind("IdList/Id")]
        if len(own) > 1:
            raise BadReply("one list of links for several articles", again=False)
        found = [
            _text(each)
            for kind in group.iterfind("LinkSetDb")
            if _text(kind.find("LinkName")) == name
            for each in kind.iterfind("Link/Id")
        ]
        if own and normalise_pmid(own[0]):
            pmids = (normalise_pmid(each) for each in found)
            links[own[0]] = tuple(dict.fromkeys((*links.get(own[0], ()), *(p for p in pmids if p))))
    return links


def read_conversion(reply: Reply, scheme: str) -> dict[str, str]:
    """Asked id in its normal form -> PMID, of those that PubMed Central knows.

    Raises BadReply for an error of the whole request; one of a single id is no error.
    """
    body = reply.json()
    if not isinstance(body, dict) or not isinstance(body.get("records"), list):
        raise _refused(body)
    found: dict[str, str] = {}
    for record in body["records"]:
        if not isinstance(record, dict):
            continue
        asked = NORMALISERS[scheme](str(record.get("requested-id") or record.get(scheme) or ""))
        pmid = normalise_pmid(str(record.get("pmid") or ""))
        if asked and pmid and record.get("status") != "error":
            found[asked] = pmid
    return found


def _refused(body: Any) -> BadReply:
    if not isinstance(body, dict):
        return BadReply("the reply is not what was asked for")
    errors = body.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    said = str(first.get("message") or body.get("message") or body.get("error") or "")[:_SHOWN]
    return BadReply(f"it says: {said}" if said else "the reply has no records", again=not first)


def _check(reply: Reply, roots: Sequence[str] | frozenset[str]) -> None:
    """Raise BadReply for a body that is empty, JSON, HTML, plain text or another kind of XML."""
    body = reply.body.lstrip()
    if not body:
        raise BadReply("the reply is empty")
    if body.startswith((b"{", b"[")):
        try:
            said = msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            said = None
        error = said.get("error") if isinstance(said, dict) else None
        raise BadReply(
            f"it says: {str(error)[:_SHOWN]}" if error else "the reply is JSON where XML was asked for"
        )
    root = root_of(body[:65536])
    if root not in roots:
        if root.lower() == "html" or body[:9].lower() == b"<!doctype":
            raise BadReply("the reply is a web page where XML was asked for")
        if root == "ERROR" or root.endswith("Result"):
            _parsed(reply, root)  # tells the error that it says
        if root:
            raise BadReply(f"the reply is XML with the root <{root}>")
        raise BadReply(f"the reply is text: {body[:80].decode('utf-8', 'replace')}")


def _parsed(reply: Reply, root: str) -> etree._Element:
    """The root element of a whole reply that says no error."""
    if root_of(reply.body.lstrip()[:65536]) != root:
        _check(reply, (root,))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        tree = etree.fromstring(reply.body.strip(), parser)
    except etree.XMLSyntaxError as error:
        raise BadReply(f"the XML is not whole ({(error.msg or '').split(',')[0]})") from error
    for fault in tree.iter("ERROR"):
        said = " ".join("".join(map(str, fault.itertext())).split())[:_SHOWN]
        raise BadReply(f"it says: {said or 'an error'}", again=not _HOPELESS.search(said))
    return tree


def _text(element: etree._Element | None) -> str:
    return " ".join((element.text or "").split()) if element is not None else ""
