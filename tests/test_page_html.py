"""The same page saved as text, as wrapped text and as HTML gives the same record."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from page_rendering import Entry, MadeUp, as_html, as_text, pages
from sources_support import only, read_text

from pss_kg.errors import UnknownFormat
from pss_kg.records import Abstract, CitationClaim, Date, Publication, Read, Unusable
from pss_kg.sources.article_page import ArticlePage
from pss_kg.sources.base import Input

WALK = Entry(
    "Roe J, von Doe A",
    "Is walking real?",
    "Ann Made-up. 2022; .",
    [("PMID", "90000012"), ("DOI", "10.5555/a")],
)
PAGE = MadeUp(
    title="Walking Together: a Review",
    overview=[("Date", "2020 May 2"), ("PMID", "90000001"), ("Citations", "1,204")],
    authors=["Roe J 1", "Poe E 1,2"],
    affiliations=["1 Institute of Walking.", "2 Office of Steps."],
    abstract=[("Background", "Nobody knows why people walk."), ("Main results", "They do.")],
    citing=[WALK],
    references=[Entry("Loe B", "A first thing.", "Old J. 1999; 34():e1.", []), WALK],
)


def record(text: str) -> list[Read]:
    source, content = ArticlePage(), text.encode()
    assert source.detect(content[: 1 << 16], "page")
    return list(source.read(io.BytesIO(content), Input(Path("page"), "page")))


def test_a_page_in_three_spellings_is_one_record(tmp_path: Path) -> None:
    page = only(read_text(tmp_path, as_html(PAGE)))
    assert (
        page
        == only(read_text(tmp_path, as_text(PAGE)))
        == only(read_text(tmp_path, as_text(PAGE, wrap=True)))
    )
    assert (page.title, page.issued, page.claim) == (PAGE.title, Date("2020-05-02"), CitationClaim(1204))
    assert [(c.family, len(c.affiliations)) for c in page.contributors] == [("Roe", 1), ("Poe", 2)]
    assert page.cited_by[0].identifiers == (("pmid", "90000012"), ("doi", "10.5555/a"))
    assert [r.label for r in page.references] == ["1", "2"]
    assert page.references[0].pages == "e1"
    assert page.notes == ()


@settings(max_examples=60, deadline=None)
@given(pages())
def test_every_page_gives_the_same_record_in_each_spelling(page: MadeUp) -> None:
    found = record(as_text(page))
    assert record(as_text(page, wrap=True)) == found
    assert record(as_html(page)) == found
    assert len(found) == 1
    assert isinstance(found[0], Publication)
    assert len(found[0].references) == len(page.references)
    assert len(found[0].cited_by) == len(page.citing)


HTML = as_html(PAGE)


@pytest.mark.parametrize(
    "variant",
    [
        HTML.replace("\n", "\r\n"),
        HTML.replace("Is walking", "Is&nbsp;walking").replace("real?", "re&#97;l&quest;"),
        HTML.encode("utf-16"),
        b"\xef\xbb\xbf" + HTML.encode(),
        HTML.replace("Overview", "OVERVIEW").replace("<h2>References", "<h2><span>References</span> (2)"),
        HTML.replace("<th>Citations</th><td><span>1,204", "<th>Cited by</th><td><span>1,204"),
        HTML.replace("tr>", "p>").replace("<th>", "<div>").replace("</th>", "</div>"),
        HTML.replace("<strong>Background:</strong> ", "<h3>Background</h3>"),
        HTML.replace("<main>", "<main><div hidden>Abstract</div><p style='display: none'>Overview</p>"),
        '<?xml version="1.0" encoding="utf-8"?>\n' + HTML,
    ],
    ids=[
        "Windows line ends", "entities", "UTF-16", "a byte order mark", "headings in other case", "Cited by",
        "divisions for a table", "a label as heading", "hidden parts", "XHTML",
    ],
)  # fmt: skip
def test_the_same_record_whatever_the_markup(variant: str | bytes, tmp_path: Path) -> None:
    assert only(read_text(tmp_path, variant)) == only(read_text(tmp_path, as_text(PAGE)))


def test_the_encoding_is_the_declared_one(tmp_path: Path) -> None:
    page = HTML.replace("Nobody knows", "Café owners know").replace("utf-8", "iso-8859-1").encode("cp1252")
    abstract = only(read_text(tmp_path, page)).abstract
    assert isinstance(abstract, Abstract)
    assert abstract.sections[0].text.startswith("Café owners")


def test_an_identifier_that_only_a_link_tells_is_read(tmp_path: Path) -> None:
    page = HTML.replace('<a href="/article/0">View</a>', '<a href="https://doi.org/10.5555/HIDDEN">View</a>')
    assert only(read_text(tmp_path, page)).references[0].identifiers == (("doi", "10.5555/hidden"),)


def test_no_entity_of_the_page_is_expanded(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    page = HTML.replace("<!DOCTYPE html>", bomb).replace("Nobody knows", "&b; Nobody knows")
    records, _ = read_text(tmp_path, page)
    assert "aaaaaaaaaa" not in repr(records)


def test_a_page_of_any_depth_is_read(tmp_path: Path) -> None:
    page = HTML.replace("<main>", "<div>" * 5_000 + "<main>")
    read_text(tmp_path, page)


def test_a_page_that_is_cut_keeps_its_whole_entries(tmp_path: Path) -> None:
    page = only(read_text(tmp_path, HTML[: HTML.rindex("10.5555/a") + 8]))
    assert [reference.label for reference in page.references] == ["1"]
    assert page.notes[-1].problem == "the page ends in the middle of this entry; left out"


def test_html_of_another_site_is_no_article_page(tmp_path: Path) -> None:
    headings = "".join(f"<h2>{name}</h2>" for name in ("Abstract", "Cited by", "References"))
    _, error = read_text(tmp_path, f"<html><h1>News</h1>{headings}</html>")
    assert isinstance(error, UnknownFormat)
    assert "an HTML page" in error.what


@pytest.mark.parametrize("spell", [as_text, as_html])
def test_two_pages_in_one_file_are_two_records(spell: object, tmp_path: Path) -> None:
    second = MadeUp("Another page", [("PMID", "90000002")])
    assert callable(spell)
    records, error = read_text(tmp_path, spell(PAGE) + spell(second))
    assert error is None
    assert [record.title for record in records if isinstance(record, Publication)] == [
        PAGE.title,
        "Another page",
    ]
    assert records[0] == only(read_text(tmp_path, spell(PAGE)))


def test_a_second_page_without_its_trail_is_told(tmp_path: Path) -> None:
    second = as_text(MadeUp("Another page", [("DOI", "10.5555/two")])).replace("Home / Articles\n", "")
    records, _ = read_text(tmp_path, as_text(PAGE) + second)
    assert isinstance(records[1], Unusable)
    assert "second page" in records[1].reason
