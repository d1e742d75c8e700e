"""Every file is opened by its content, and one that can't be read says why."""

from __future__ import annotations

import bz2
import gzip
import os
import subprocess
import sys
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from sources_support import PAGE, PUBMED, read_all

from pss_kg.errors import DamagedInput, UnknownFormat, UnreadableInput
from pss_kg.sources.opening import detect, open_input


def test_a_gzip_file_is_told_by_its_bytes_not_its_name(tmp_path: Path) -> None:
    named_plain = tmp_path / "a.xml"
    named_plain.write_bytes(gzip.compress(PUBMED.read_bytes()))
    named_gzip = tmp_path / "a.xml.gz"
    named_gzip.write_bytes(PUBMED.read_bytes())
    (packed, error), (plain, _) = read_all(named_plain), read_all(named_gzip)
    assert error is None
    assert packed[0] == plain[0]
    assert len(packed) == len(plain)
    stream, head = open_input(named_plain)
    with stream:
        assert head.startswith(b"<?xml")
        assert b"".join(iter(lambda: stream.read(1000), b"")) == PUBMED.read_bytes()


def test_members_behind_each_other_are_one_stream(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(b"one ") + gzip.compress(b"two") + b"\0" * 512)
    stream, head = open_input(path)
    assert head == b"one two"
    stream.close()


@pytest.mark.parametrize(("file", "source"), [(PUBMED, "pubmed"), (PAGE, "article-page")])
def test_a_known_format_is_detected(file: Path, source: str, tmp_path: Path) -> None:
    assert detect(file).name == source
    strange = tmp_path / "strange.pdf"
    strange.write_bytes(file.read_bytes())
    assert detect(strange).name == source


def test_missing_folder_and_empty(tmp_path: Path) -> None:
    (tmp_path / "empty.xml").write_bytes(b"")
    (tmp_path / "nothing.gz").write_bytes(gzip.compress(b""))
    for name, words in (
        ("no", "no such file"),
        ("", "a folder"),
        ("empty.xml", "empty"),
        ("nothing.gz", "empty"),
    ):
        with pytest.raises(UnreadableInput, match=words) as caught:
            detect(tmp_path / name)
        assert str(tmp_path) in caught.value.where
        assert caught.value.todo


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(b"<a/>")
    path.chmod(0)
    with pytest.raises(UnreadableInput, match="permission"):
        detect(path)


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UnreadableInput, match="ordinary"):
        detect(tmp_path / "pipe")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7\n", "a PDF"),
        (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
        (b"PK\x03\x04rest", "a zip archive"),
        (bz2.compress(b"text"), "a bzip2 file"),
        (gzip.compress(gzip.compress(b"text")), "a gzip file inside"),
        (b'<?xml version="1.0"?>\n<!-- <a> --><eSearchResult/>', "XML with the root <eSearchResult>"),
        (b"<!DOCTYPE html><html></html>", "an HTML page"),
        (b'{"a": 1}', "JSON"),
        (b"PMID- 1\n", "a MEDLINE"),
        (b"TY  - JOUR\n", "a RIS"),
        (b"@article{a,\n", "a BibTeX"),
        (b"Dear reader", "text of another kind"),
        (bytes(range(256)), "a binary file"),
    ],
)
def test_an_unknown_file_is_called_by_what_it_seems_to_be(content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(content)
    with pytest.raises(UnknownFormat, match=words) as caught:
        detect(path)
    assert "pss-kg reads" in caught.value.todo


def test_a_truncated_gzip_gives_every_byte_before_its_end(tmp_path: Path) -> None:
    content = os.urandom(300_000)
    whole = gzip.compress(content)
    path = tmp_path / "a.gz"
    path.write_bytes(whole[:-8])
    assert _read_until_damage(path) == content


@pytest.mark.parametrize("place", [1_000, 100_000, 200_000])
def test_a_damaged_gzip_gives_every_byte_that_zlib_can_get(place: int, tmp_path: Path) -> None:
    content = b"".join(f"{n * n} line {n}\n".encode() for n in range(60_000))
    damaged = bytearray(gzip.compress(content))
    for n in range(8):
        damaged[place + n] ^= 0xA5
    path = tmp_path / "a.gz"
    path.write_bytes(bytes(damaged))
    plain, got = zlib.decompressobj(wbits=31), []
    with suppress(zlib.error):
        for byte in damaged:
            got.append(plain.decompress(bytes([byte])))
    assert b"".join(got)
    assert _read_until_damage(path) == b"".join(got)


def _read_until_damage(path: Path) -> bytes:
    stream, _ = open_input(path)
    parts: list[bytes] = []
    with stream, pytest.raises(DamagedInput, match="gzip file"):
        parts.extend(iter(lambda: stream.read(10_000), b""))
    return b"".join(parts)


def test_a_gzip_without_any_content_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(b"text")[:8])
    with pytest.raises(DamagedInput):
        detect(path)


def test_the_table_of_sources_is_cheap() -> None:
    code = "import sys, pss_kg.sources.opening; sys.exit('lxml' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
