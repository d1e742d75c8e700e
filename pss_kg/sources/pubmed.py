"""PubMed XML: `PubmedArticleSet` and its kin, plain or compressed, as one stream.

Format: NLM, PubMed DTD 250101. Records are read one at a time; what was read is freed. No DTD
is fetched, no entity is expanded, and a file that declares entities is refused.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import IO, Any

from lxml import etree

from pss_kg.errors import DamagedInput
from pss_kg.identifiers import normalise_pmid
from pss_kg.records import Deletion, Read, Unusable
from pss_kg.sources.base import Input
from pss_kg.sources.formats import decoded, root_of
from pss_kg.sources.pubmed_article import read_article
from pss_kg.sources.pubmed_book import read_book
from pss_kg.sources.pubmed_text import flat, is_element

ROOTS = frozenset(
    {"PubmedArticleSet", "PubmedArticle", "PubmedBookArticleSet", "PubmedBookArticle", "DeleteCitation"}
)
_RECORDS = ("PubmedArticle", "PubmedBookArticle", "DeleteCitation")
_EXCERPT = 2000
_PROLOGUE = 1 << 20  # a document type longer than this is no PubMed file's
_RECORD_FLOOR = 64 << 20  # bytes that one record may have, however small the field limit
_MENDABLE = "Fetch or save the file again; records before the damage are kept."


class PubmedXml:
    """The source `pubmed`."""

    name = "pubmed"
    title = "PubMed XML"

    def detect(self, head: bytes, name: str) -> bool:
        """Whether the root element is one of PubMed's."""
        return root_of(head) in ROOTS

    def read(self, stream: IO[bytes], given: Input) -> Iterator[Read]:
        """Every article, deletion and unusable record, in the order of the file.

        Raises DamagedInput, with file and line, after the last whole record before the damage,
        and at once for a file that declares entities.
        """
        feed = _Feed(stream, given)
        feed.check_prologue()
        events = etree.iterparse(
            feed,
            events=("end",),
            tag=_RECORDS,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            remove_comments=True,
            remove_pis=True,
            huge_tree=True,  # one field over 10 MB must not end the whole file
        )
        first = True
        line = 0
        try:
            for _, element in events:
                if first:
                    first = False
                    _refuse_entities(element, given)
                line = element.sourceline or line
                size = feed.record_size()
                yield from _read_element(element, given, size)
                element.clear()
                parent = element.getparent()
                if parent is not None:
                    while element.getprevious() is not None:
                        del parent[0]
        except etree.XMLSyntaxError as error:
            raise DamagedInput(
                f"the XML is damaged ({_reason(error)}).",
                where=f"{given.name}:{error.lineno or line}",
                todo=_MENDABLE,
            ) from error
        except DamagedInput as error:
            if error.where.startswith(f"{given.name}:"):
                raise
            raise DamagedInput(error.what, where=f"{given.name}:{line or 1}", todo=error.todo) from error
        except OSError as error:
            raise DamagedInput(
                f"the file can't be read to its end ({error.strerror or error}).",
                where=f"{given.name}:{line or 1}",
                todo="Check the disk; records before this are kept.",
            ) from error


def _reason(error: etree.XMLSyntaxError) -> str:
    return " ".join((error.msg or "").split()).rsplit(" (", 1)[0] or "no XML at all"


class _Feed(io.RawIOBase):
    """The stream as the parser is given it: counts bytes and bounds the size of a record."""

    def __init__(self, stream: IO[bytes], given: Input) -> None:
        self._stream = stream
        self._given = given
        self._head = b""
        self._count = 0
        self._last = 0
        self._largest_piece = 0
        self._limit = max(20 * given.max_field, _RECORD_FLOOR)

    def check_prologue(self) -> None:
        """Raise DamagedInput where the file declares entities before its root element."""
        try:
            while len(self._head) < _PROLOGUE and (piece := self._stream.read(1 << 16)):
                self._head += piece
                if root_of(self._head):
                    break
        except DamagedInput:
            pass  # raised again by the read that comes to it
        if self._head.startswith((b"\x4c\x6f\xa7\x94", b"\x00\x00\xfe\xff", b"\xff\xfe\x00\x00")):
            raise DamagedInput(
                "the encoding is not read.", where=f"{self._given.name}:1", todo="Save it as UTF-8."
            )
        if "<!ENTITY" in decoded(self._head[: 2 * _PROLOGUE]).upper():
            raise _declares_entities(self._given)

    def record_size(self) -> int:
        """An upper bound for the bytes of the record that has just ended."""
        size = self._count - self._last + 2 * self._largest_piece
        self._last = self._count
        return size

    def read(self, size: int = -1) -> bytes:
        if self._head:
            data, self._head = self._head[:size], self._head[size:]
        else:
            data = self._stream.read(size)
        self._count += len(data)
        self._largest_piece = max(self._largest_piece, len(data))
        if self._count - self._last > self._limit:
            raise DamagedInput(
                f"one record has more than {self._limit} bytes.",
                where=str(self._given.name),
                todo="Check the file; raise --max-field if it is right.",
            )
        return data


def _declares_entities(given: Input) -> DamagedInput:
    return DamagedInput(
        "the file declares entities of its own, which PubMed files never do; it is not read.",
        where=f"{given.name}:1",
        todo="Fetch the file from PubMed itself.",
    )


def _refuse_entities(element: etree._Element, given: Input) -> None:
    """The second fence, which no encoding gets round: what the parser itself has seen declared."""
    dtd: Any = element.getroottree().docinfo.internalDTD
    if dtd is not None and any(True for _ in dtd.iterentities()):
        raise _declares_entities(given)


def _read_element(element: etree._Element, given: Input, size: int) -> Iterator[Read]:
    where = f"{given.name}:{element.sourceline}"
    if element.tag == "DeleteCitation":
        yield from _deletions(element, where)
        return
    if size >= given.max_field and (found := _too_long(element, given.max_field)):
        tag, length = found
        yield _unusable(
            element, where, f"{tag} has {length} characters; the limit is {given.max_field}", field=tag
        )
        return
    record = read_book(element) if element.tag == "PubmedBookArticle" else read_article(element)
    yield _unusable(element, where, record, field="PMID") if isinstance(record, str) else record


def _deletions(element: etree._Element, where: str) -> Iterator[Read]:
    for child in element.iterchildren("PMID"):
        pmid = normalise_pmid(child.text or "")
        version = child.get("Version") or "1"
        if pmid and version.isdecimal():
            yield Deletion("pubmed", pmid, int(version))
        else:
            yield Unusable(
                "pubmed",
                "a deletion without a PMID",
                where=where,
                field="DeleteCitation",
                excerpt=(child.text or "")[:_EXCERPT],
            )


def _too_long(element: etree._Element, limit: int) -> tuple[str, int] | None:
    """The first field, mixed content counted whole, that is longer than `limit` characters."""
    for node in element.iter():
        if not is_element(node):
            continue
        own = len(node.text or "") + sum(len(child.tail or "") for child in node)
        if own > limit:
            return node.tag, own
        for key, value in node.attrib.items():
            if len(value) > limit:
                return f"{node.tag}@{key!s}", len(value)
    return None


def _unusable(element: etree._Element, where: str, reason: str, *, field: str) -> Unusable:
    pmid = element.find("*/PMID")
    title = element.find(".//ArticleTitle")
    if title is None:
        title = element.find(".//BookTitle")
    # Only the beginning is wanted, and the element may be huge.
    excerpt = " ".join(_beginning(element).split())[:_EXCERPT]
    return Unusable(
        "pubmed",
        reason,
        id=normalise_pmid(pmid.text or "") if pmid is not None else "",
        title=flat(title)[:_EXCERPT] if title is not None else "",
        where=where,
        field=field,
        excerpt=excerpt,
    )


def _beginning(element: etree._Element) -> str:
    parts: list[str] = []
    length = 0
    for node in element.iter():
        if is_element(node):
            parts.append(f"<{node.tag}>{(node.text or '')[:_EXCERPT].strip()}")
            length += len(parts[-1])
            if length > _EXCERPT:
                break
    return " ".join(parts)
