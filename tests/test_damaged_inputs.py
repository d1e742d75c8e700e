"""Bad input: a clear message, the right exit code, nothing lost and nothing half-written."""

from __future__ import annotations

import gzip
import hashlib
import os
import random
import shutil
from pathlib import Path

import pubmed_files as pubmed
import pytest

from pss_kg import pipeline
from pss_kg.errors import PssKgError
from pss_kg.stages import checking
from pss_kg.stages.summary import BECAME, Summary
from pss_kg.workspace import Workspace

SET = pubmed.article_set(
    *(
        pubmed.article(
            n,
            f"Study {n} – ärztlich",
            doi=f"10.5555/{n}",
            references=[("Made up. 2001.", pubmed.pmid(n + 1)), ("No identifier", ())],
            relations=[("CommentOn", n + 2)],
        )
        for n in range(1, 6)
    ),
    deleted=[99],
).encode()
PAGE = pubmed.page().encode()


def build(root: Path, *inputs: Path) -> Summary:
    return pipeline.build([str(i) for i in inputs], root, jobs=1, store=False)


WHOLLY_BAD = {
    "an empty file": (b"", "empty"),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3 made up", "PDF"),
    "a PNG named .xml": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "PNG"),
    "XML of another kind": (
        b"<?xml version='1.0'?><eSearchResult><Count>1</Count></eSearchResult>",
        "eSearchResult",
    ),
    "a gzip of nothing": (gzip.compress(b""), "empty"),
    "a zip": (b"PK\x03\x04 made up", "zip"),
    "a JSON file": (b'{"message": "made up"}', "JSON"),
    "plain text": (b"Dear colleague, this is no article page.", "text"),
    "NUL bytes alone": (b"\x00" * 400, ""),
}


@pytest.mark.parametrize("kind", WHOLLY_BAD)
def test_a_file_that_is_no_input_is_named_with_what_it_seems_to_be(tmp_path: Path, kind: str) -> None:
    content, word = WHOLLY_BAD[kind]
    path = tmp_path / "input.xml"
    path.write_bytes(content)
    with pytest.raises(PssKgError) as caught:
        build(tmp_path / "kg", path)
    assert caught.value.exit_code == 3
    assert "input.xml" in str(caught.value)
    assert word.lower() in str(caught.value).lower()
    assert not (tmp_path / "kg").exists()


def test_it_does_not_keep_the_others_from_being_read(tmp_path: Path) -> None:
    (tmp_path / "bad.xml").write_bytes(b"%PDF-1.7")
    (tmp_path / "good.xml").write_bytes(SET)
    summary = build(tmp_path / "kg", tmp_path / "bad.xml", tmp_path / "good.xml")
    assert summary.exit_code == 4
    assert summary.counts["described"] == 5
    assert len(summary.unread) == 1


def test_a_truncated_gz_gives_every_whole_record_before_the_damage(tmp_path: Path) -> None:
    noise = random.Random(1)
    articles = [
        pubmed.article(n, abstract="".join(noise.choices("abcdefghij ", k=4000))) for n in range(1, 60)
    ]
    whole = gzip.compress(pubmed.article_set(*articles).encode())
    path = tmp_path / "cut.xml.gz"
    path.write_bytes(whole[: len(whole) * 2 // 3])
    summary = build(tmp_path / "kg", path)
    assert summary.exit_code == 4
    assert 20 < summary.counts["described"] < 50
    assert "cut.xml.gz" in summary.damaged[0]


def test_xml_that_ends_in_the_middle_names_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "cut.xml"
    path.write_bytes(SET[: SET.rindex(b"<PubmedArticle>") + 200])
    summary = build(tmp_path / "kg", path)
    assert summary.sources["pubmed"]["described"] == 4
    assert "cut.xml:" in summary.damaged[0]


def test_the_wrong_encoding_is_damage_not_another_letter(tmp_path: Path) -> None:
    path = tmp_path / "latin.xml"
    path.write_bytes(SET.decode().replace("Study 3", "Stud\u00ef 3").encode("cp1252"))
    with pytest.raises(PssKgError, match=r"latin\.xml"):
        build(tmp_path / "kg", path)


def test_a_page_cut_in_the_middle_keeps_what_stands_before(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_bytes(PAGE[: PAGE.index(b"References")])
    summary = build(tmp_path / "kg", path)
    assert summary.counts["described"] == 1
    assert summary.counts["citations"] == 1


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE PubmedArticleSet [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(
        b'<!ENTITY a%d "%s">' % (n, b"&a%s;" % (b"" if n == 1 else b"%d" % (n - 1)) * 10) for n in range(1, 9)
    )
    + b"]><PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>&a8;"
    b"</ArticleTitle></Article></MedlineCitation></PubmedArticle></PubmedArticleSet>"
)
EXTERNAL = (
    b'<?xml version="1.0"?><!DOCTYPE PubmedArticleSet [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    b"<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>&x;"
    b"</ArticleTitle></Article></MedlineCitation></PubmedArticle></PubmedArticleSet>"
)


@pytest.mark.parametrize("content", [BOMB, EXTERNAL], ids=["an entity bomb", "an external entity"])
def test_entities_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "evil.xml"
    path.write_bytes(content)
    with pytest.raises(PssKgError, match=r"evil\.xml.*entit"):
        build(tmp_path / "kg", path)


BOOK = (
    b"<?xml version='1.0' encoding='utf-8'?>\n<PubmedArticleSet><PubmedBookArticle><BookDocument>"
    b'<PMID Version="1">20301295</PMID><ArticleIdList><ArticleId IdType="bookaccession">NBK1</ArticleId>'
    b"</ArticleIdList><Book><Publisher><PublisherName>Invented Press</PublisherName>"
    b"<PublisherLocation>Nowhere</PublisherLocation></Publisher>"
    b'<BookTitle book="made-up">A Book that Nobody Wrote</BookTitle><PubDate><Year>2001</Year></PubDate>'
    b'<AuthorList Type="editors"><Author><LastName>Example</LastName><ForeName>Ada</ForeName></Author>'
    b'</AuthorList><Isbn>9780306406157</Isbn></Book><ArticleTitle book="made-up" part="1">A chapter'
    b"</ArticleTitle><Language>eng</Language><Abstract><AbstractText>Invented.</AbstractText></Abstract>"
    b"</BookDocument></PubmedBookArticle></PubmedArticleSet>\n"
)
HTML = (
    "<!DOCTYPE html>\n<html><head><meta charset='utf-8'><title>A made-up study</title></head><body><p>"
    + pubmed.page().replace("\n", "</p>\n<p>")
    + "</p></body></html>\n"
).encode()
SAMPLES = (
    ("a.xml", SET),
    ("a.xml.gz", gzip.compress(SET, mtime=0)),
    ("page.txt", PAGE),
    ("book.xml", BOOK),
    ("page.html", HTML),
)


def mutation(number: int) -> tuple[str, bytes]:
    """A damaged copy of a sample: cut, flipped, doubled, blanked, shuffled. The same for the same number."""
    noise = random.Random(20200502 + number)
    name, content = SAMPLES[number % len(SAMPLES)]
    at = noise.randrange(len(content))
    end = min(len(content), at + noise.randrange(1, 200))
    if noise.random() < 0.2:
        return name, content[:at]
    piece = noise.choice(
        [
            b"",
            bytes([noise.randrange(256)]),
            bytes(noise.randrange(256) for _ in range(20)),
            b"\x00" * (end - at),
            content[at:end] * 2,
            b"<",
            b"]]>",
            b"&#0;",
            b"</PubmedArticle>",
            b"<b>",
            b'"',
            b"9" * 400,
            "\ufeff\u2028\u202e".encode(),
            b"\r\n\t",
            bytes(noise.sample(content[at:end], end - at)),
        ]
    )
    return name, content[:at] + piece + content[end:]


@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    "numbers",
    [pytest.param(range(300), id="300"), pytest.param(range(300, 2000), id="2000", marks=pytest.mark.slow)],
)
def test_damaged_inputs_give_no_traceback_and_counts_that_add_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, numbers: range
) -> None:
    # Two things that play no part here and would take most of the time.
    monkeypatch.setattr(checking, "SMALL", 0)  # the fast engine validates
    monkeypatch.setattr(os, "fsync", lambda _: None)
    errors: list[tuple[str, int]] = []
    for number in numbers:
        name, content = mutation(number)
        path, root = tmp_path / name, tmp_path / "kg"
        path.write_bytes(content)
        shutil.rmtree(root, ignore_errors=True)
        try:
            summary = build(root, path)
        except PssKgError as error:
            errors.append((str(error), error.exit_code))
            continue
        for source, counts in summary.sources.items():
            assert counts["read"] == sum(counts[state] for state in BECAME), (number, source, counts)
        summary.text()
        manifest = Workspace.open(root).manifest()
        for file in manifest.files:
            written = (root / "graph" / file.file).read_bytes()
            assert written.count(b"\n") == file.quads, (number, file)
            assert hashlib.sha256(written).hexdigest() == file.sha256, (number, file)
    assert all(said and code == 3 for said, code in errors)
    assert 0 < len(errors) < len(numbers) * 2 / 3
