"""More records than there are: copies of real PubMed records with other identifiers.

    python benchmarks/multiply.py FILE.xml.gz COPIES FOLDER

Writes one .xml.gz a copy. In copy k every PMID grows by k times 100,000,000, every PMC id too,
and every DOI ends in `.k`, in records, references and relations alike, so that each copy has
the citations of the first among its own records. Journals, headings and ORCIDs stay shared.
"""

from __future__ import annotations

import gzip
import re
import sys
from pathlib import Path

_PMID = re.compile(rb'(<PMID Version="\d+">|<ArticleId IdType="pubmed">)(\d+)(?=<)')
_PMC = re.compile(rb'(<ArticleId IdType="(?:pmc|pmcid)">(?:PMC)?)(\d+)(?=[<.])')
_DOI = re.compile(rb'(<ArticleId IdType="doi">|<ELocationID EIdType="doi"[^>]*>)([^<]+)(?=<)')


def copy(content: bytes, number: int) -> bytes:
    """The content of copy `number`; copy 0 is the content itself."""
    if not number:
        return content

    def shifted(match: re.Match[bytes]) -> bytes:
        return match[1] + b"%d" % (int(match[2]) + number * 100_000_000)

    content = _PMID.sub(shifted, content)
    content = _PMC.sub(shifted, content)
    return _DOI.sub(lambda match: match[1] + match[2].strip() + b".%d" % number, content)


def main() -> None:
    source, copies, folder = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    content = gzip.decompress(source.read_bytes())
    for number in range(copies):
        path = folder / f"copy{number:03}.xml.gz"
        path.write_bytes(gzip.compress(copy(content, number), compresslevel=1, mtime=0))
        print(path)


if __name__ == "__main__":
    main()
