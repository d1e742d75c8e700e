"""A PubmedBookArticle is a book, or a chapter that says which book it stands in."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Quad, RdfFormat, parse
from sources_support import only, read_all, read_text

from pss_kg import pipeline
from pss_kg.identifiers import normalise_isbn
from pss_kg.mapping.classes import classify
from pss_kg.records import Date, Heading, Publication, Series, Type, Unusable
from pss_kg.vocabulary import DCTERMS, FABIO, FRBR, PRISM, RDF
from pss_kg.workspace import Workspace

BOOK = """<Book><Publisher><PublisherName>Invented Press</PublisherName><PublisherLocation>Nowhere (NW)
</PublisherLocation></Publisher><BookTitle book="invcare">A Handbook of Invented Care</BookTitle>
<PubDate><Year>2001</Year>
</PubDate><BeginningDate><Year>2001</Year></BeginningDate><EndingDate><Year>2012</Year></EndingDate>
<AuthorList
Type="editors"><Author><LastName>Example</LastName><ForeName>Ada</ForeName><Suffix>Jr</Suffix></Author>
</AuthorList>
<VolumeTitle>Feet</VolumeTitle><Edition>2nd</Edition>
<CollectionTitle book="invcoll">Made-up Handbooks</CollectionTitle>
<Isbn>0-306-40615-2</Isbn><Isbn>123</Isbn><Medium>Internet</Medium><ReportNumber>R 7</ReportNumber>
</Book>"""
REST = """<Language>eng</Language><AuthorList Type="authors"><Author><LastName>Roe</LastName>
<ForeName>Jo</ForeName>
</Author></AuthorList><PublicationType UI="D016454">Review</PublicationType><Abstract>
<AbstractText>Round and round.
</AbstractText></Abstract><Sections><Section><SectionTitle>Left</SectionTitle><Section><LocationLabel
Type="chapter">1.1</LocationLabel><SectionTitle>Further left</SectionTitle></Section></Section><Section>
<LocationLabel
Type="appendix">A</LocationLabel><SectionTitle>Shoes</SectionTitle></Section></Sections><KeywordList>
<Keyword>feet</Keyword>
</KeywordList><ContributionDate><Year>2010</Year><Month>05</Month></ContributionDate><DateRevised>
<Year>2015</Year>
<Month>1</Month><Day>2</Day></DateRevised><ItemList ListType="Synonyms"><Item>Circling</Item></ItemList>
<ReferenceList>
<Reference><Citation>Roe J. Feet. 1999.</Citation><ArticleIdList>
<ArticleId IdType="pubmed">77</ArticleId></ArticleIdList>
</Reference></ReferenceList>"""
CHAPTER_TITLE = (
    '<LocationLabel Type="chapter">3</LocationLabel><ArticleTitle>Walking in circles.</ArticleTitle>'
)


def document(pmid: int, inner: str) -> str:
    return (
        f'<PubmedBookArticle><BookDocument><PMID Version="1">{pmid}</PMID><ArticleIdList><ArticleId '
        f'IdType="bookaccession">NBK{pmid}</ArticleId></ArticleIdList>{inner}</BookDocument><PubmedBookData>'
        f'<PublicationStatus>ppublish</PublicationStatus><ArticleIdList><ArticleId IdType="pubmed">{pmid}'
        "</ArticleId></ArticleIdList></PubmedBookData></PubmedBookArticle>"
    )


def file_of(*documents: str) -> str:
    return f"<PubmedArticleSet>{''.join(documents)}</PubmedArticleSet>"


CHAPTER = document(101, BOOK + CHAPTER_TITLE + REST)
WHOLE = document(100, BOOK + "<Language>eng</Language>")


def test_a_chapter_and_its_book(tmp_path: Path) -> None:
    chapter = only(read_text(tmp_path, file_of(CHAPTER)))
    assert chapter.identifiers == (("pmid", "101"), ("bookaccession", "NBK101"))
    assert (chapter.title, chapter.sequence) == ("Walking in circles.", "3")
    assert chapter.alternative_titles == ("Circling",)
    assert [kind.name for kind in chapter.types] == ["Chapter", "Review"]
    assert (chapter.issued, chapter.issue_date, chapter.revised) == (Date("2010-05"), None, "2015-01-02")
    assert [person.name for person in chapter.contributors] == ["Jo Roe"]
    assert chapter.contents == (
        Heading("Left"),
        Heading("Further left", "1.1", 1),
        Heading("Shoes", "Appendix A"),
    )
    assert chapter.keywords == ("feet",)
    assert chapter.references[0].identifiers == (("pmid", "77"),)
    book = chapter.book
    assert book is not None
    assert (book.title, book.publisher, book.edition) == (
        "A Handbook of Invented Care",
        "Invented Press",
        "2nd",
    )
    assert (book.place, book.date) == ("Nowhere (NW)", Date("2001", "2001-2012"))
    assert book.identifiers == (("ncbibook", "invcare"), ("isbn", "9780306406157"), ("report", "R 7"))
    assert book.series == Series("Made-up Handbooks", (("ncbibook", "invcoll"),))
    assert [(person.name, person.role) for person in book.contributors] == [("Ada Example Jr", "editor")]
    assert {note.field for note in chapter.notes} == {"Isbn", "Medium"}


def test_a_whole_book(tmp_path: Path) -> None:
    book = only(read_text(tmp_path, file_of(WHOLE)))
    assert book.title == "A Handbook of Invented Care"
    assert book.identifiers[1:3] == (("bookaccession", "NBK100"), ("ncbibook", "invcare"))
    assert [kind.name for kind in book.types] == ["Book"]
    assert (book.issue_date, book.place, book.book) == (Date("2001", "2001-2012"), "Nowhere (NW)", None)
    assert [(person.name, person.role) for person in book.contributors] == [("Ada Example Jr", "editor")]
    assert book.alternative_titles == ("Feet",)


def test_a_chapter_without_a_date_of_its_own_has_its_book_s(tmp_path: Path) -> None:
    chapter = only(read_text(tmp_path, file_of(document(1, BOOK + CHAPTER_TITLE))))
    assert (chapter.issued, chapter.issue_date) == (None, Date("2001", "2001-2012"))


def test_one_without_a_pmid_is_unusable(tmp_path: Path) -> None:
    records, _ = read_text(tmp_path, "<PubmedBookArticle><BookDocument/></PubmedBookArticle>")
    assert isinstance(records[0], Unusable)


@pytest.mark.parametrize(
    ("text", "isbn"),
    [
        ("9780306406157", "9780306406157"),
        ("ISBN 978-0-306-40615-7 (pbk.)", "9780306406157"),
        ("0-306-40615-2", "9780306406157"),
        ("080442957X", "9780804429573"),
        ("0-306-40615-3", ""),
        ("9770306406157", ""),
        ("123", ""),
    ],
)
def test_an_isbn_has_thirteen_digits(text: str, isbn: str) -> None:
    assert normalise_isbn(text) == isbn


def test_a_book_s_type_of_article_gives_the_work_only() -> None:
    expressions, work, untold = classify([Type("Chapter"), Type("Review"), Type("Practice Guideline")])
    assert expressions == [f"<{FABIO}BookChapter>"]
    assert work == f"<{FABIO}ClinicalGuideline>"
    assert [kind.name for kind in untold] == ["Review", "Practice Guideline"]


def build(folder: Path, *documents: str) -> set[tuple[str, str, str]]:
    """Main's triples after a build; subjects and objects without the base."""
    path = folder / "books.xml"
    path.write_text(file_of(*documents), encoding="utf-8")
    summary = pipeline.build([str(path)], folder / "kg", store=False)
    assert not summary.quarantined
    workspace = Workspace.open(folder / "kg")
    quads: list[Quad] = []
    for file in workspace.manifest().files:
        if file.graph == "main":
            quads += parse(path=str(workspace.graph / file.file), format=RdfFormat.N_QUADS)
    base = "https://w3id.org/pss-kg/"
    triples = [(q.subject.value, q.predicate.value, q.object.value) for q in quads]  # type: ignore[union-attr]
    assert len(set(triples)) == len(triples)
    return {(s.removeprefix(base), p, o.removeprefix(base)) for s, p, o in triples}


def books(triples: set[tuple[str, str, str]]) -> list[str]:
    return sorted(s for s, p, o in triples if (p, o) == (f"{RDF}type", f"{FABIO}Book"))


def test_chapters_share_their_book(tmp_path: Path) -> None:
    second = document(102, BOOK + "<ArticleTitle>Standing.</ArticleTitle>")
    triples = build(tmp_path, CHAPTER, second)
    assert books(triples) == ["book/ncbibook-invcare"]
    parts = sorted(s for s, p, o in triples if p == f"{FRBR}partOf" and o == "book/ncbibook-invcare")
    assert parts == ["publication/pmid-101", "publication/pmid-102"]
    assert ("book/ncbibook-invcare", f"{PRISM}isbn", "9780306406157") in triples


def test_a_book_with_a_record_stands_once(tmp_path: Path) -> None:
    triples = build(tmp_path, CHAPTER, WHOLE)
    assert books(triples) == ["publication/pmid-100"]
    assert ("publication/pmid-101", f"{FRBR}partOf", "publication/pmid-100") in triples
    assert [o for s, p, o in triples if s == "publication/pmid-100" and p == f"{DCTERMS}title"] == [
        "A Handbook of Invented Care"
    ]


def test_a_book_s_record_that_comes_later_takes_the_chapters_over(tmp_path: Path) -> None:
    build(tmp_path, CHAPTER)
    assert build(tmp_path, WHOLE) == build_at_once(tmp_path)


def build_at_once(folder: Path) -> set[tuple[str, str, str]]:
    other = folder / "other"
    other.mkdir()
    return build(other, CHAPTER, WHOLE)


@pytest.mark.shared
@pytest.mark.parametrize(
    "file", ["jabref/MedlineImporterTestPubmedBook.xml", "eutils-json/samples/efetch.pubmedbook.xml"]
)
def test_real_books(file: str, shared_data: Path) -> None:
    (record,) = read_all(shared_data / "pubmed" / file)[0]
    assert isinstance(record, Publication)
    assert record.title
    assert record.publisher
    assert record.contents
