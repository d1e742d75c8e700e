"""What a file seems to be, in words, for the message on a file that no source reads. Pure."""

from __future__ import annotations

import re

_MAGIC = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"PK\x03\x04", "a zip archive or an office document"),
    (b"\x1f\x8b", "a gzip file inside a gzip file"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ\x00", "an xz file"),
    (b"\x28\xb5\x2f\xfd", "a zstd file"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a rar archive"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"\x7fELF", "a program"),
)
_TEXTS = (
    (re.compile(r"\s*(?:<!doctype html|<html\b)", re.IGNORECASE), "an HTML page"),
    (re.compile(r"\s*PMID- ?[0-9]"), "a MEDLINE (nbib) export"),
    (re.compile(r"\s*TY  - "), "a RIS export"),
    (re.compile(r"\s*(?:%[^\n]*\n\s*)*@[A-Za-z]+\s*\{"), "a BibTeX file"),
    (re.compile(r"\s*FN (?:Clarivate|Thomson|ISI)"), "a Web of Science export"),
    (re.compile(r"\s*(?:@prefix|@base|PREFIX)\s", re.IGNORECASE), "an RDF file (Turtle)"),
    (re.compile(r"\s*[\[{]\s*(?:[\"\[{\]}0-9-]|true|false|null)"), "JSON"),
)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_ROOT = re.compile(r"<([^\W\d][\w.:-]*)")
_XML_START = re.compile(r"\s*<(?:\?xml|!DOCTYPE|!--|[^\W\d][\w.:-]*[\s/>])")


def decoded(head: bytes) -> str:
    """The head as text, for a look at it: by its byte order mark, else as UTF-8."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace")
    if head.startswith(b"<\x00"):
        return head.decode("utf-16-le", "replace")
    if head.startswith(b"\x00<"):
        return head.decode("utf-16-be", "replace")
    return head.decode("utf-8-sig", "replace")


def root_of(head: bytes) -> str:
    """The name of an XML file's root element, without its prefix; "" if this is no XML."""
    text = _COMMENT.sub("", decoded(head))
    if not _XML_START.match(text):
        return ""
    match = _ROOT.search(text)
    return match[1].rpartition(":")[2] if match else ""


def seems_to_be(head: bytes) -> str:
    """What a file with this beginning seems to be: "a PDF", "XML with the root <a>" …"""
    for magic, words in _MAGIC:
        if head.startswith(magic):
            return words
    if head[257:262] == b"ustar":
        return "a tar archive"
    text = decoded(head)
    for pattern, words in _TEXTS:
        if pattern.match(text):
            return words
    if root := root_of(head):
        return f"XML with the root <{root}>"
    if "\x00" in text:
        return "a binary file"
    strange = sum(c == "\ufffd" or (c < " " and c not in "\t\r\n\f") for c in text)
    return "a binary file" if strange * 5 > len(text) else "text of another kind"
