"""More records than there are: copies of real PubMed records with other identifiers.

    python benchmarks/multiply.py FILE.xml.gz COPIES FOLDER

Writes one .xml.gz a copy, 24 at most. In copy k every PMID grows by k times 40,000,000, every PMC
id too (both stay within nine digits, which our shapes ask for), and every DOI ends in `.k`, in
records, references and relations alike, so that each copy has the citations of the first among
its own records. Journals, headings and ORCIDs stay shared.
"""

from __future__ import annotations

import gzip
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from isal import igzip

_PMID = re.compile(rb'(<PMID Version="\d+">|<ArticleId IdType="pubmed">)(\d+)(?=<)')
_PMC = re.compile(rb'(<ArticleId IdType="(?:pmc|pmcid)">(?:PMC)?)(\d+)(?=[<.])')
_DOI = re.compile(rb'(<ArticleId IdType="doi">|<ELocationID EIdType="doi"[^>]*>)([^<]+)(?=<)')

STEP = 40_000_000
"""What identifiers grow by from copy to copy: more than there are PMIDs."""

MOST = 24
"""Copies that can be told apart within nine digits."""


def copy(content: bytes, number: int) -> bytes:
    """The content of copy `number`; copy 0 is the content itself."""
    if not number:
        return content

    def shifted(match: re.Match[bytes]) -> bytes:
        return match[1] + b"%d" % (int(match[2]) + number * STEP)

    content = _PMID.sub(shifted, content)
    content = _PMC.sub(shifted, content)
    return _DOI.sub(lambda match: match[1] + match[2].strip() + b".%d" % number, content)


def copies(sources: Sequence[Path], count: int, folder: Path) -> list[Path]:
    """Write `count` copies of each source into the folder, those that are not there; gives their paths."""
    if count > MOST:
        raise ValueError(f"{count} copies are too many; {MOST} at most keep their PMIDs within nine digits")
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for place, source in enumerate(sources):
        content = b""
        for number in range(count):
            name = f"copy{number:03}" + (f"-{place:03}" if len(sources) > 1 else "")
            path = folder / f"{name}.xml.gz"
            paths.append(path)
            if path.exists():
                continue
            content = content or unpacked(source)
            write_packed(path, copy(content, number))
    return paths


def unpacked(path: Path) -> bytes:
    """The XML of a file, gzipped or not."""
    content = path.read_bytes()
    return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content


def write_packed(path: Path, content: bytes) -> None:
    """Write gzipped, beside and then in place: what is there is whole."""
    beside = path.with_name(f".{path.name}.tmp")
    beside.write_bytes(igzip.compress(content, 1, mtime=0))
    beside.replace(path)


def main() -> None:
    source, count, folder = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    for path in copies([source], count, folder):
        print(path)


if __name__ == "__main__":
    main()
