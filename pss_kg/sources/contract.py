"""The contract of sources as test classes, for the tests of pss-kg and of plug-ins.

A subclass gives a source and made-up examples; a test runner finds the promises by their names
(`test_…`). Nothing here imports one. `ServiceContract` does the same for live services.

    class TestReadingList(SourceContract):
        source = ReadingList()
        examples = ((b"read on,title,doi\\n2020-01-02,Made up,10.5555/1\\n", ("10.5555/1",)),)
"""

from __future__ import annotations

import io
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Literal, cast

from pss_kg.errors import DamagedInput
from pss_kg.records import Publication, Read, Unusable
from pss_kg.sources.base import DEFAULT_MAX_FIELD, Input, Source
from pss_kg.sources.opening import HEAD, recognise
from pss_kg.sources.record_contract import check_record, identifiers_in, publication_ids
from pss_kg.sources.service_contract import ServiceContract

__all__ = ["ServiceContract", "SourceContract"]

SAMPLES = {
    "pubmed": (
        b'<?xml version="1.0"?>\n<PubmedArticleSet><PubmedArticle><MedlineCitation>'
        b'<PMID Version="1">1</PMID><Article><ArticleTitle>Made up</ArticleTitle></Article>'
        b"</MedlineCitation></PubmedArticle></PubmedArticleSet>"
    ),
    "crossref": b'{"status":"ok","message-type":"work","message":{"DOI":"10.5555/1","member":"1"}}',
    "openalex": b'{"id":"https://openalex.org/W123","display_name":"Made up","authorships":[]}',
    "datacite": b'{"data":[{"id":"10.5555/1","attributes":{"doi":"10.5555/1","titles":[],"creators":[]}}]}',
    "europepmc": b'{"hitCount":1,"resultList":{"result":[{"id":"1","source":"MED"}]}}',
    "semanticscholar": b'{"paperId":"' + b"1" * 40 + b'","externalIds":{},"citationCount":0}',
    "opencitations": b"oci,citing,cited,creation,timespan\n1-2,10.5555/1,10.5555/2,2020,P1Y\n",
    "article-page": (
        b"\xc2\xbb Articles \xc2\xbb PMID: 1\n\nMade up\n\nOverview\nPMID 1\nCitations 2\n"
        b"Authors\nAffiliations\nAbstract\n\nMade up.\n\nReferences\n"
    ),
}
"""Beginnings of files of the built-in sources, which no other source may take for its own."""

_CUTS = 150
_SEED = 7


class _Stream(io.RawIOBase):
    """A stream as sources are given it: raw, so that a read may give less than was asked for."""

    def __init__(self, content: bytes, at_once: int = HEAD) -> None:
        self._content = io.BytesIO(content)
        self._at_once = at_once

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._content.read(min(len(buffer), self._at_once))
        buffer[: len(data)] = data
        return len(data)

    @property
    def given(self) -> int:
        """Bytes that were read so far."""
        return self._content.tell()


class _Breaking(_Stream):
    """Gives its bytes, then raises DamagedInput as a damaged gzip file does."""

    def readinto(self, buffer: Any) -> int:
        size = super().readinto(buffer)
        if not size and len(buffer):
            raise DamagedInput("the gzip file is damaged.", where="made-up", todo="Fetch it again.")
        return size


class SourceContract:
    """The promises of a source of files. A subclass gives at least `source` and `examples`."""

    source: Source

    examples: tuple[tuple[bytes, tuple[str, ...]], ...]
    """(content, ids of its publications in order). At least one; whole files without damage."""

    broken: tuple[tuple[bytes, int], ...] = ()
    """(content, how many of its records are told as unusable): files with records that can't be used."""

    file_name = "example"
    """What the examples are called; only a hint to `detect`."""

    cut: Literal["told", "between", "noted"] = "told"
    """What a cut file looks like. told: the format has an end, so every cut is noticed; between:
    a cut between two records (or lines) can't be noticed, any other is; noted: a file is one
    record, which then holds less and says so."""

    def many(self, count: int) -> bytes:
        """A file of `count` records, to test that it is read in constant memory; b"" = not tested."""
        return b""

    # How examples are read ------------------------------------------------------------------

    def _read(
        self, stream: _Stream, max_field: int = DEFAULT_MAX_FIELD
    ) -> tuple[list[Read], DamagedInput | None]:
        given = Input(Path(self.file_name), self.file_name, max_field)
        records: list[Read] = []
        try:
            for record in self.source.read(cast(IO[bytes], stream), given):
                records.append(record)
        except DamagedInput as error:
            return records, error
        return records, None

    def _whole(self, content: bytes) -> list[Read]:
        records, error = self._read(_Stream(content))
        assert error is None, f"a whole file is told to be damaged: {error}"
        return records

    def _contents(self) -> list[bytes]:
        assert self.examples, "the contract needs an example"
        return [content for content, _ in self.examples] + [content for content, _ in self.broken]

    def _places(self, content: bytes) -> list[int]:
        """Where a file is cut: around the ends of lines, and anywhere."""
        rng = random.Random(_SEED)
        places = {match.end() + n for match in re.finditer(b"\n|>", content) for n in (-1, 0, 1)}
        places = set(rng.sample(sorted(places), min(len(places), _CUTS // 2)))
        places |= {rng.randrange(1, len(content)) for _ in range(_CUTS - len(places))}
        return sorted(place for place in places if 0 < place < len(content))

    # Name and detector ----------------------------------------------------------------------

    def test_it_has_a_name_for_iris_and_a_title_for_people(self) -> None:
        name = self.source.name
        assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name), f"{name!r}: lower case and hyphens only"
        assert self.source.title.strip() == self.source.title != "", f"{name} has no title"

    def test_it_detects_its_own_format(self) -> None:
        for content in self._contents():
            assert self.source.detect(content[:HEAD], self.file_name), "an example is not detected"

    def test_the_content_decides_and_not_the_name(self) -> None:
        for content in self._contents():
            for name in ("", "a.pdf", "a\0b", "\udcff"):
                assert self.source.detect(content[:HEAD], name), f"not detected when named {name!r}"

    def test_its_detector_never_raises_and_always_says_the_same(self) -> None:
        rng = random.Random(_SEED)
        heads = [rng.randbytes(rng.randrange(300)) for _ in range(100)]
        heads += [b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\0" * 50, b"{", b"<", b"[" * 5000, b"\n" * 5000]
        for content in self._contents():
            heads += [content[:place] for place in self._places(content)]
            for _ in range(50):
                spoilt = bytearray(content)
                spoilt[rng.randrange(len(spoilt))] = rng.randrange(256)
                heads.append(bytes(spoilt))
        first = [self.source.detect(head, self.file_name) for head in heads]
        assert all(isinstance(found, bool) for found in first), "detect gives something other than a bool"
        again = [self.source.detect(head, self.file_name) for head in reversed(heads)]
        assert first == again[::-1], "detect said something else at the second time"

    def test_it_takes_no_file_of_another_source_and_no_other_takes_its_files(self) -> None:
        for name, head in SAMPLES.items():
            if name != self.source.name:
                assert not self.source.detect(head, name), f"it takes a file of {name}"
        for content in self._contents():
            other = recognise(content[:HEAD], self.file_name)
            name = self.source.name if other is None else other.name
            assert name == self.source.name, f"the source {name} takes it, which is asked before"

    # Records --------------------------------------------------------------------------------

    def test_it_yields_the_records_in_the_order_of_the_file(self) -> None:
        for content, expected in self.examples:
            found = publication_ids(self._whole(content))
            assert found == list(expected), f"{found} instead of {list(expected)}"

    def test_every_record_keeps_the_promises_of_records(self) -> None:
        for content in self._contents():
            for record in self._whole(content):
                check_record(record, self.source.name)

    def test_no_two_records_of_a_file_have_one_key(self) -> None:
        for content in self._contents():
            keys = [(r.id, r.version) for r in self._whole(content) if isinstance(r, Publication)]
            assert len(set(keys)) == len(keys), f"a key stands twice in {keys}"

    def test_reading_twice_gives_the_same(self) -> None:
        for content in self._contents():
            assert self._whole(content) == self._whole(content), "another result at the second time"

    def test_short_reads_make_no_difference(self) -> None:
        for content in self._contents():
            assert self._read(_Stream(content, at_once=7)) == (self._whole(content), None), (
                "short reads matter"
            )

    def test_a_record_that_cannot_be_used_is_told_and_the_others_are_kept(self) -> None:
        for content, expected in self.broken:
            found = sum(isinstance(record, Unusable) for record in self._whole(content))
            assert found == expected, f"{found} records are told as unusable, not {expected}"

    def test_a_field_over_the_limit_makes_its_record_unusable_and_none_is_lost(self) -> None:
        for content in self._contents():
            whole = self._whole(content)
            records, error = self._read(_Stream(content), max_field=1)
            assert error is None, f"a long field is no damage: {error}"
            assert len(records) == len(whole), f"{len(whole)} records, but {len(records)} with max_field=1"
            kept = publication_ids(records)
            assert not kept, f"{kept} are no longer than one character in any field?"
            for record in records:
                check_record(record, self.source.name)

    # Damage and memory ----------------------------------------------------------------------

    def test_a_cut_file_gives_its_whole_records_and_no_wrong_one(self) -> None:
        for content in self._contents():
            whole = self._whole(content)
            for place in self._places(content):
                self._check_cut(content, place, whole, *self._read(_Stream(content[:place])))

    def _check_cut(
        self, content: bytes, place: int, whole: list[Read], records: list[Read], error: DamagedInput | None
    ) -> None:
        where = f"cut at byte {place} (after {content[max(0, place - 30) : place]!r})"
        if error is not None:
            assert error.where, f"{where}: the error names no place"
            assert error.todo, f"{where}: the error does not say what to do"
        if self.cut == "noted":
            wrong = identifiers_in(records) - identifiers_in(whole)
            assert not wrong, f"{where}: the identifiers {wrong} are made up"
            return
        assert records == whole[: len(records)], f"{where}: {records[-1:]} is not as in the whole file"
        ends = (content[place - 1 : place], content[place : place + 1])
        between = self.cut == "between" and any(end in (b"\n", b"\r") for end in ends)
        assert error is not None or between or records == whole, f"{where}: not noticed"

    def test_a_file_with_wrong_bytes_raises_nothing_but_damage(self) -> None:
        rng = random.Random(_SEED)
        for content in self._contents():
            for _ in range(_CUTS // 2):
                spoilt = bytearray(content)
                for _ in range(rng.randrange(1, 4)):
                    spoilt[rng.randrange(len(spoilt))] = rng.randrange(256)
                for record in self._read(_Stream(bytes(spoilt)))[0]:
                    assert record.source == self.source.name, f"{record!r} of another source"

    def test_damage_of_the_stream_comes_after_the_records_before_it(self) -> None:
        for content in self._contents():
            whole = self._whole(content)
            for place in self._places(content)[::5]:
                records, error = self._read(_Breaking(content[:place]))
                assert error is not None, f"broken at byte {place}: the damage is not told"
                if self.cut != "noted":
                    assert records == whole[: len(records)], f"broken at byte {place}: a wrong record"

    def test_a_large_file_is_read_as_it_is_needed(self) -> None:
        content = self.many(5000)
        if not content:
            return
        assert len(content) > 2 * HEAD, "many(5000) is too small to tell"
        stream = _Stream(content)
        records: Iterator[Read] = self.source.read(
            cast(IO[bytes], stream), Input(Path(self.file_name), self.file_name)
        )
        next(records)
        assert stream.given < len(content) // 2, "half of the file was read for the first record"
        assert sum(1 for _ in records) == 4999, "records are missing"
