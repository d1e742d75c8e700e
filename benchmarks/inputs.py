"""The records that are measured: real files as they are, cut, split in parts, or multiplied."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measuring import CHECKOUT, apart
from benchmarks.multiply import copies, unpacked, write_packed

DEFAULT = CHECKOUT.parent / "shared" / "data" / "pubmed" / "bulk"
"""Where PubMed XML is looked for if no folder is named."""

_RECORD = re.compile(rb"<PubmedArticle\b.*?</PubmedArticle>\s*", re.DOTALL)
_HEAD = b'<?xml version="1.0" encoding="utf-8"?>\n<PubmedArticleSet>\n'
_END = b"</PubmedArticleSet>\n"


class Inputs:
    """One folder of PubMed XML, and what is made of it, in a folder of work."""

    def __init__(self, given: Path, work: Path, records: int = 0) -> None:
        """`records`: only so many of the first; 0 for all. Raises SystemExit where there is no file."""
        self._work = work
        self.files = sorted(p for p in given.glob("*.xml*") if p.name.endswith((".xml", ".xml.gz")))
        if not self.files:
            raise SystemExit(f"There is no .xml or .xml.gz in {given}. Name a folder of PubMed XML: --input.")
        self.digest = self._digest(records)
        if records:
            self.files = [self.cut(records)]

    def _digest(self, records: int) -> str:
        digest = hashlib.sha256(str(records).encode())
        for path in self.files:
            with open(path, "rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        return digest.hexdigest()[:16]

    def _made(self, name: str) -> Path:
        folder = self._work / "inputs" / self.digest
        folder.mkdir(parents=True, exist_ok=True)
        return folder / name

    def _records(self) -> Iterator[bytes]:
        for path in self.files:
            for match in _RECORD.finditer(unpacked(path)):
                yield match[0]

    def cut(self, records: int) -> Path:
        """The first so many records, in one file."""
        path = self._made(f"first{records}.xml.gz")
        if not path.exists():
            apart(self._cut, records, path)
        return path

    def _cut(self, records: int, path: Path) -> None:
        chosen = [record for _, record in zip(range(records), self._records(), strict=False)]
        write_packed(path, _HEAD + b"".join(chosen) + _END)

    def parts(self, count: int) -> list[Path]:
        """All records in `count` files of the same number of records, but for one."""
        paths = [self._made(f"part{number}of{count}.xml.gz") for number in range(count)]
        if not all(path.exists() for path in paths):
            apart(self._split, paths)
        return paths

    def _split(self, paths: list[Path]) -> None:
        records = list(self._records())
        size = -(-len(records) // len(paths))
        for number, path in enumerate(paths):
            chosen = records[number * size : (number + 1) * size]
            write_packed(path, _HEAD + b"".join(chosen) + _END)

    def multiple(self, times: int) -> list[Path]:
        """The records `times` over (`multiply.py`); copy 0 is the records themselves."""
        folder = self._made("copies")
        apart(copies, self.files, times, folder)
        return copies(self.files, times, folder)  # they are there: their paths
