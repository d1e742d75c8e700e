"""Records in JSON files: API replies, dumps, arrays and JSON Lines, one record at a time.

A file is a sequence of JSON values. Each is a record, an array of records, or an envelope that
holds them at a known place (`message.items`). Only one record is in memory at a time, whatever
the size of the file.
"""

from __future__ import annotations

import json
import re
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import IO, Any, NamedTuple

from pss_kg.errors import DamagedInput
from pss_kg.records import Read, Unusable
from pss_kg.sources.base import Input
from pss_kg.sources.formats import decoded

Envelope = Mapping[str, "Envelope | None"]
"""Where the records of an envelope stand: {"message": {"items": None}, "items": None}."""

EXCERPT = 2000
_PIECE = 1 << 15
_RECORD_FLOOR = 64 << 20  # characters that one record may have, however small the field limit
_BLANK = re.compile(r"[\s\ufeff]*")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]', re.DOTALL)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_TODO = "Fetch or save the file again; records before the damage are kept."


class Found(NamedTuple):
    """One value of a file: a record, or what an envelope says beside its records."""

    value: Any
    line: int
    size: int
    is_record: bool


@lru_cache(maxsize=8)
def outline(head: bytes, depth: int = 4) -> frozenset[str]:
    """The keys of JSON text that may be cut: `message.items[].DOI`. Empty for what is no JSON."""
    text = decoded(head).lstrip("\ufeff \t\r\n")
    if not text.startswith(("{", "[")):
        return frozenset()
    found: set[str] = set()
    path: list[str] = []
    key = ""
    last = ""
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token in "{[":
            path.append(f"{path[-1] if path else ''}{key and '.'}{key}{'[]' if token == '[' else ''}")
            key = ""
        elif token in "}]":
            if not path:
                break
            path.pop()
            key = ""
        elif token == ":":
            key = last[1:-1]
            if path and len(path) <= depth:
                found.add(f"{path[-1]}.{key}".lstrip("."))
        elif token == ",":
            key = ""
        last = token
    return frozenset(found)


def has(keys: frozenset[str], places: tuple[str, ...], *wanted: str) -> bool:
    """Whether at one of the places (`message.items[]`, "" for the file itself) all keys stand."""
    return any(all(f"{place}.{key}".lstrip(".") in keys for key in wanted) for place in places)


def values(stream: IO[bytes], given: Input, envelope: Envelope) -> Iterator[Found]:
    """Every record of the stream, and after each envelope what stood beside its records.

    Raises DamagedInput after the last whole record before the damage.
    """
    text = _Text(stream, given)
    while text.skip_blanks():
        if text.peek() not in "{[":
            raise text.damaged("the text is no JSON here")
        start, line = text.total, text.line
        yield from _value(text, envelope, line, start)


def _value(text: _Text, envelope: Envelope | None, line: int, start: int) -> Iterator[Found]:
    """A value: an array of records, an envelope, or a record."""
    if text.peek() == "[":
        yield from _array(text)
    elif not envelope or text.peek() != "{":
        value, size = text.decode()
        yield Found(value, line, size, isinstance(value, dict))
    else:
        rest, opened = yield from _object(text, envelope)
        yield Found(rest, line, text.total - start, not opened)


def _array(text: _Text) -> Iterator[Found]:
    text.take("[")
    if text.next_is("]"):
        return
    while True:
        text.skip_blanks()
        line = text.line
        value, size = text.decode()
        yield Found(value, line, size, True)
        if text.next_is("]"):
            return
        text.take(",")


def _object(text: _Text, envelope: Envelope) -> Any:
    """The members of an object that are no envelope, and whether one of them was."""
    rest: dict[str, Any] = {}
    opened = False
    text.take("{")
    if text.next_is("}"):
        return rest, opened
    while True:
        text.skip_blanks()
        key, _ = text.decode()
        text.take(":")
        text.skip_blanks()
        inner = envelope.get(key) if isinstance(key, str) else None
        if key in envelope and (text.peek() == "{" or (text.peek() == "[" and inner is None)):
            opened = True
            yield from _value(text, inner, text.line, text.total)
        else:
            rest[str(key)], _ = text.decode()
        if text.next_is("}"):
            return rest, opened
        text.take(",")


class _Text:
    """The text of a stream, decoded value by value; what was read is let go."""

    def __init__(self, stream: IO[bytes], given: Input) -> None:
        self._stream = stream
        self._given = given
        self._decoder = getincrementaldecoder("utf-8-sig")("strict")
        self._scan = json.JSONDecoder(strict=False).raw_decode
        self._buffer = ""
        self._at = 0
        self._ended = False
        self._limit = max(20 * given.max_field, _RECORD_FLOOR)
        self.line = 1
        self.total = 0

    def damaged(self, what: str) -> DamagedInput:
        return DamagedInput(f"{what}.", where=f"{self._given.name}:{self.line}", todo=_TODO)

    def peek(self) -> str:
        return self._buffer[self._at : self._at + 1]

    def take(self, character: str) -> None:
        if not self.next_is(character):
            raise self.damaged(f"the JSON is damaged (no {character!r} where one must stand)")

    def next_is(self, character: str) -> bool:
        self.skip_blanks()
        if self.peek() != character:
            return False
        self._advance(self._at + 1)
        return True

    def skip_blanks(self) -> bool:
        """Go on to the next character that is no blank; False at the end of the stream."""
        while True:
            match = _BLANK.match(self._buffer, self._at)
            assert match
            self._advance(match.end())
            if self._at < len(self._buffer):
                return True
            if not self._more(_PIECE):
                return False

    def decode(self) -> tuple[Any, int]:
        """The value that begins here, and its size in characters."""
        wanted = _PIECE
        while True:
            try:
                value, end = self._scan(self._buffer, self._at)
                # A number or word at the very end of the buffer may go on in the next piece.
                if end < len(self._buffer) or not self._more(_PIECE):
                    break
            except (ValueError, RecursionError) as error:
                pending = len(self._buffer) - self._at
                if isinstance(error, RecursionError):
                    raise self.damaged("the JSON is nested too deep") from error
                if pending > self._limit or not self._more(wanted):
                    reason = error.args[0].split(":")[0] if error.args else "no value"
                    raise self.damaged(f"the JSON is damaged or cut ({reason})") from error
                wanted = pending  # doubling what is scanned again keeps the time linear
        size = end - self._at
        if _SURROGATE.search(self._buffer, self._at, end):
            value = _whole(value)
        self._advance(end)
        return value, size

    def _advance(self, place: int) -> None:
        self.line += self._buffer.count("\n", self._at, place)
        self.total += place - self._at
        self._at = place

    def _more(self, wanted: int) -> bool:
        """Read on; False at the end of the stream."""
        if self._ended:
            return False
        pieces = [self._buffer[self._at :]]
        self._at = 0
        read = 0
        try:
            while read < wanted and not self._ended:
                data = self._stream.read(_PIECE)
                self._ended = not data
                read += len(data)
                pieces.append(self._decoder.decode(data, final=self._ended))
        except UnicodeDecodeError as error:
            self._buffer = "".join(pieces)
            raise self.damaged("the text is not UTF-8") from error
        except DamagedInput as error:
            raise DamagedInput(
                error.what, where=f"{self._given.name}:{self.line}", todo=error.todo
            ) from error
        except OSError as error:
            raise self.damaged(f"the file can't be read to its end ({error.strerror or error})") from error
        self._buffer = "".join(pieces)
        return read > 0


def _whole(value: Any) -> Any:
    """The value with halves of surrogate pairs replaced: no text in UTF-8 can hold them."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {_whole(key): _whole(item) for key, item in value.items()}
    return value


def too_long(value: Any, limit: int, field: str = "") -> str:
    """The name of the first field that holds a text over the limit; "" if none does."""
    if isinstance(value, str):
        return field or "text" if len(value) > limit else ""
    members = (
        value.items()
        if isinstance(value, dict)
        else ((field, item) for item in value)
        if isinstance(value, list)
        else ()
    )
    return next((found for key, item in members if (found := too_long(item, limit, str(key)))), "")


def read_records(
    stream: IO[bytes],
    given: Input,
    source: str,
    envelope: Envelope,
    make: Callable[[dict[str, Any]], Read],
    complaint: Callable[[dict[str, Any]], str],
) -> Iterator[Read]:
    """Every record of a JSON file, as `make` reads it.

    `complaint` says what an envelope tells of a request that failed, "" where it did not. A
    record with a field over the limit, or that is no object, is Unusable.
    """
    for value, line, size, is_record in values(stream, given, envelope):
        where = f"{given.name}:{line}"
        if not is_record:
            if isinstance(value, dict) and (reason := complaint(value)):
                yield Unusable(source, reason, where=where, excerpt=_excerpt(value))
            continue
        if not isinstance(value, dict):
            yield Unusable(source, "the record is no JSON object", where=where, excerpt=_excerpt(value))
            continue
        if reason := complaint(value):
            yield Unusable(source, reason, where=where, excerpt=_excerpt(value))
            continue
        if size > given.max_field and (field := too_long(value, given.max_field)):
            yield Unusable(source, "a field is too long", where=where, field=field, excerpt=_excerpt(value))
            continue
        record = make(value)
        if isinstance(record, Unusable):
            record = Unusable(
                source, record.reason, record.id, record.title, where, record.field, _excerpt(value)
            )
        yield record


def _excerpt(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:EXCERPT]
