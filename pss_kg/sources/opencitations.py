"""Files of OpenCitations: CSV of Meta and of the Index, and replies of both saved as JSON."""

from __future__ import annotations

import csv
import re
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator
from typing import IO, Any

from pss_kg.errors import DamagedInput
from pss_kg.records import Read, Unusable
from pss_kg.sources.base import Input
from pss_kg.sources.formats import decoded
from pss_kg.sources.json_records import values
from pss_kg.sources.opencitations_record import SOURCE, Cells, citation, coci, metadata

Reader = Callable[[Cells, str], Read]

_META = frozenset({"id", "title", "author", "pub_date", "venue", "type"})
_COCI = frozenset({"doi", "citation", "citation_count", "reference"})
_CITATION = (
    frozenset({"citing", "cited"}),
    frozenset({"citing_id", "cited_id"}),
    frozenset({"citing", "referenced"}),
)
# What else a table of citations may hold. Other columns make it another's.
_BESIDE = frozenset().union(*_CITATION) | frozenset(
    {"oci", "id", "creation", "timespan", "journal_sc", "author_sc", "source"}
    | {"citing_publication_date", "cited_publication_date"}
)
_KEY = re.compile(r'"([a-z_]+)"\s*:')
_ROWS = re.compile(r"\s*\[\s*\{")
# How a last line without an end shows that it is whole: what can't go on after this.
_WHOLE = re.compile(r'(?:["\n]|,(?:yes|no|[0-9]{4}-[0-9]{2}-[0-9]{2}))\Z')
_PIECE = 1 << 18
_LINE = 64 << 20
_TODO = "Fetch or save the file again; rows before the damage are kept."


def reader_of(columns: frozenset[str]) -> Reader | None:
    """What reads rows with these columns; None where they are not OpenCitations' rows."""
    if columns >= _META:
        return metadata
    if columns >= _COCI:
        return coci
    if columns <= _BESIDE and any(columns >= pair for pair in _CITATION):
        return citation
    return None


class OpenCitations:
    """The source `opencitations`."""

    name = SOURCE
    title = "OpenCitations Meta and Index (CSV, JSON)"

    def detect(self, head: bytes, name: str) -> bool:
        """Whether the file begins with the columns of Meta or of the Index."""
        text = decoded(head).lstrip("\ufeff")
        if _ROWS.match(text):
            return reader_of(frozenset(_KEY.findall(text.partition("}")[0]))) is not None
        return reader_of(frozenset(_header(text))) is not None

    def read(self, stream: IO[bytes], given: Input) -> Iterator[Read]:
        """Every row of the table in order, one at a time.

        Raises DamagedInput, with file and line, behind the last whole row before the damage.
        """
        head = b""
        while not head.strip(b" \t\r\n\xef\xbb\xbf") and (piece := stream.read(_PIECE)):
            head += piece
        again = _Again(head, stream)
        if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"["):
            yield from _of_json(again, given)  # type: ignore[arg-type]
        else:
            yield from _of_csv(again, given)


class _Again:
    """The bytes that were read already, then the rest of the stream."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head, self._rest = head, rest

    def read(self, size: int) -> bytes:
        head, self._head = self._head, b""
        return head or self._rest.read(size)


def _header(text: str) -> list[str]:
    try:
        return _names(next(csv.reader([text.lstrip().partition("\n")[0]]), []))
    except csv.Error:
        return []


def _names(row: list[str]) -> list[str]:
    return [name.strip().lower() for name in row]


class _Lines:
    """The lines of a text in UTF-8, for the csv reader; `last` is the one given last."""

    def __init__(self, stream: _Again, given: Input) -> None:
        self._stream, self._given = stream, given
        self.number = 0
        self.last = ""

    def __iter__(self) -> Iterator[str]:
        decode = getincrementaldecoder("utf-8-sig")("replace").decode
        rest = ""
        limit = max(20 * self._given.max_field, _LINE)
        while data := self._read():
            *lines, rest = (rest + decode(data)).split("\n")
            for line in lines:
                yield self._give(line + "\n")
            if len(rest) > limit:
                raise self.damaged("a line is longer than any row")
        rest += decode(b"", final=True)
        if rest:
            yield self._give(rest)

    def _read(self) -> bytes:
        try:
            return self._stream.read(_PIECE)
        except DamagedInput as error:
            raise self.damaged(error.what.rstrip(".")) from error

    def _give(self, line: str) -> str:
        self.number += 1
        self.last = line
        return line

    @property
    def cut(self) -> bool:
        """Whether the last line may be cut: it has no end, and its last cell may go on."""
        return bool(self.last) and not _WHOLE.search(self.last)

    def damaged(self, what: str) -> DamagedInput:
        return DamagedInput(f"{what}.", where=f"{self._given.name}:{self.number}", todo=_TODO)


def _of_csv(stream: _Again, given: Input) -> Iterator[Read]:
    csv.field_size_limit(max(csv.field_size_limit(), given.max_field))
    lines = _Lines(stream, given)
    rows = csv.reader(iter(lines), strict=True)
    columns: list[str] = []
    read: Reader | None = None
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            if "end of data" in str(error):
                raise lines.damaged("the file ends inside a row") from error
            row, reason = [], f"the row can't be read ({error})"
        else:
            reason = ""
        where = f"{given.name}:{lines.number}"
        if lines.cut:
            what = "the last line has no end, so it may be cut"
            raise DamagedInput(
                f"{what}.",
                where=where,
                todo="Fetch the file again; if it is whole, end it with a line break.",
            )
        if read is None:
            if not any(row):
                continue
            columns = _names(row)
            read = reader_of(frozenset(columns))
            if read is None:
                raise lines.damaged("the columns are not those of OpenCitations")
        elif reason:
            yield Unusable(SOURCE, reason, where=where, excerpt=lines.last[:2000])
        elif not any(row):
            continue
        elif len(row) == len(columns):
            yield _checked(dict(zip(columns, row, strict=True)), read, where, given)
        elif not lines.last.endswith("\n"):
            raise lines.damaged("the file ends inside a row")
        else:
            reason = f"the row has {len(row)} cells, its table {len(columns)} columns"
            yield Unusable(SOURCE, reason, where=where, excerpt=",".join(row)[:2000])


def _of_json(stream: IO[bytes], given: Input) -> Iterator[Read]:
    for found in values(stream, given, {}):
        where = f"{given.name}:{found.line}"
        cells = cells_of(found.value)
        read = reader_of(frozenset(cells)) if cells else None
        if cells is None or read is None:
            reason = "this is no row of Meta or the Index"
            yield Unusable(SOURCE, reason, where=where, excerpt=repr(found.value)[:2000])
        else:
            yield _checked(cells, read, where, given)


def cells_of(row: Any) -> dict[str, str] | None:
    """A row of a JSON reply as texts; None if it is no object of texts and numbers."""
    if not isinstance(row, dict):
        return None
    cells = {}
    for name, value in row.items():
        if value is None:
            cells[name] = ""
        elif isinstance(value, str | int | float):
            cells[name] = str(value)
        else:
            return None
    return cells


def _checked(cells: Cells, read: Reader, where: str, given: Input) -> Read:
    for name, value in cells.items():
        if len(value) > given.max_field:
            reason = f"a field holds {len(value):,} characters, more than {given.max_field:,}"
            return Unusable(SOURCE, reason, where=where, field=name, excerpt=value[:2000])
    return read(cells, where)
