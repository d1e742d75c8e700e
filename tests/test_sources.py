"""Damaged files, plain and packed, through the front door. The contract is in test_contract.py."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest
from sources_support import PAGE, PUBMED, read_all, read_text

from pss_kg.errors import PssKgError
from pss_kg.records import Publication

FIXTURES = {"pubmed": PUBMED, "article-page": PAGE}


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
