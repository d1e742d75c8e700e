"""What every source promises, whatever its format: the contract of sources/base.py."""

from __future__ import annotations

import gzip
import io
import random
from pathlib import Path

import pytest
from sources_support import PAGE, PUBMED, read_all, read_text

from pss_kg.errors import PssKgError
from pss_kg.records import Deletion, Publication, Unusable
from pss_kg.sources.base import Input, Source
from pss_kg.sources.opening import BUILT_IN, HEAD, built_in

FIXTURES = {"pubmed": PUBMED, "article-page": PAGE}
SOURCES = pytest.mark.parametrize("source", built_in(), ids=lambda source: source.name)


def test_every_built_in_source_has_a_fixture() -> None:
    assert list(BUILT_IN) == [source.name for source in built_in()]
    assert FIXTURES.keys() == BUILT_IN.keys()


@SOURCES
class TestContract:
    def test_it_has_a_name_for_iris_and_a_title_for_people(self, source: Source) -> None:
        assert source.name == source.name.lower()
        assert source.name.replace("-", "").isalnum()
        assert source.title

    def test_it_knows_its_own_format_and_no_other(self, source: Source) -> None:
        for name, path in FIXTURES.items():
            assert source.detect(path.read_bytes()[:HEAD], path.name) == (name == source.name)

    def test_its_detector_never_raises(self, source: Source) -> None:
        noise = random.Random(7)
        for _ in range(200):
            source.detect(noise.randbytes(noise.randrange(300)), "a\0b")

    def test_it_yields_records_of_its_own(self, source: Source) -> None:
        records, error = read_all(FIXTURES[source.name])
        assert error is None
        assert records
        for record in records:
            assert isinstance(record, Publication | Deletion | Unusable)
            assert record.source == source.name

    def test_every_record_is_identified(self, source: Source) -> None:
        for record in read_all(FIXTURES[source.name])[0]:
            if isinstance(record, Publication):
                assert record.id
                assert record.id in dict(record.identifiers).values()
                assert len(set(record.identifiers)) == len(record.identifiers)

    def test_reading_twice_gives_the_same(self, source: Source) -> None:
        assert read_all(FIXTURES[source.name]) == read_all(FIXTURES[source.name])

    def test_short_reads_make_no_difference(self, source: Source) -> None:
        path = FIXTURES[source.name]

        class Slow(io.BytesIO):
            def read(self, size: int | None = -1, /) -> bytes:
                return super().read(min(7, size) if size and size > 0 else 7)

        given = Input(path, path.name)
        assert list(source.read(Slow(path.read_bytes()), given)) == read_all(path)[0]


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("name", sorted(FIXTURES))
def test_damaged_files_raise_only_our_errors(name: str, packed: bool, tmp_path: Path) -> None:
    rng = random.Random(f"{name}{packed}")
    content = FIXTURES[name].read_bytes()
    if packed:
        content = gzip.compress(content, mtime=0)
    for _ in range(100):
        damaged = bytearray(content)
        if rng.random() < 0.4:
            del damaged[rng.randrange(len(damaged)) :]
        else:
            for _ in range(rng.randrange(1, 4)):
                damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        _, error = read_text(tmp_path, bytes(damaged))
        assert error is None or isinstance(error, PssKgError)


def test_no_record_that_stood_whole_before_the_damage_is_lost(tmp_path: Path) -> None:
    rng = random.Random(3)
    content = PUBMED.read_bytes()
    whole = read_all(PUBMED)[0]
    ends = _ends(content)
    for _ in range(100):
        place = rng.randrange(ends[0], len(content))
        damaged = bytearray(content)
        if rng.random() < 0.5:
            del damaged[place:]
        else:
            damaged[place] ^= rng.randrange(1, 256)
        records, _ = read_text(tmp_path, bytes(damaged))
        before = sum(end <= place for end in ends)
        for got, expected in zip(records[:before], whole, strict=False):
            if isinstance(expected, Publication):
                assert got == expected
        assert len(records) >= before


def _ends(content: bytes) -> list[int]:
    """Where each article of the fixture ends."""
    found = []
    for tag in (b"</PubmedArticle>", b"</PubmedBookArticle>"):
        place = content.find(tag)
        while place >= 0:
            found.append(place + len(tag))
            place = content.find(tag, place + 1)
    return sorted(found)
