"""PubMed XML: every field of an article arrives in its record, and nothing is dropped in silence."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import pytest
from sources_support import PUBMED, only, read_all, read_text

from pss_kg.errors import DamagedInput
from pss_kg.records import (
    AbstractSection,
    Chemical,
    Databank,
    Date,
    Deletion,
    Grant,
    Publication,
    Relation,
    Subject,
    Unusable,
)
from pss_kg.sources.pubmed import PubmedXml

XML = PUBMED.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def article() -> Publication:
    records, error = read_all(PUBMED)
    assert error is None
    assert isinstance(records[0], Publication)
    return records[0]


def made(
    folder: Path, article: str = "", citation: str = "", data: str = "", model: str = "Print"
) -> Publication:
    """The record of an article with these elements."""
    return only(
        read_text(
            folder,
            f"<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID>"
            f"<Article PubModel='{model}'>{article}</Article>{citation}</MedlineCitation>"
            f"<PubmedData>{data}</PubmedData></PubmedArticle></PubmedArticleSet>",
        )
    )


def test_identity_and_version(article: Publication) -> None:
    assert (article.source, article.id, article.version) == ("pubmed", "90000001", 2)
    assert article.identifiers == (
        ("pmid", "90000001"),
        ("doi", "10.5555/made.up.1"),
        ("pii", "S0000-1"),
        ("pmcid", "PMC6134338"),
    )


def test_markup_in_a_title_is_flattened_but_numbers_are_not_joined(article: Publication) -> None:
    assert article.title == "Walking with CO2 and 10⁵ other things & more."


def test_every_date_stands_at_its_own_precision(article: Publication) -> None:
    assert article.issued is None
    assert article.issue_date == Date("2021-02")
    assert article.electronic_date == Date("2020-12-31")
    assert (article.received, article.accepted, article.revised) == ("2020-01-02", "", "2021-08-05")


def test_the_journal_and_the_place_in_it(article: Publication) -> None:
    journal = article.journal
    assert journal is not None
    assert (journal.title, journal.abbreviation) == ("Annals of made-up things", "Ann. Made-up")
    assert (journal.nlm_abbreviation, journal.nlm_id, journal.country) == (
        "Ann Made-up",
        "0000001",
        "Nowhere",
    )
    assert (journal.issn, journal.eissn) == ("", "2049-3630")
    assert (article.volume, article.issue) == ("7", "6")
    assert (article.pages, article.start_page, article.end_page) == ("187-94", "187", "194")


def test_people_stand_in_order_with_orcid_affiliation_and_role(article: Publication) -> None:
    first, second, whole, group, collective, helper = article.contributors
    assert (first.name, first.family, first.given, first.suffix) == ("Ada B Müller", "Müller", "Ada B", "")
    assert first.orcid == "0000-0002-1825-0097"
    assert first.affiliations[0].text == "Institute of Walking, Nowhere."
    assert first.affiliations[0].identifiers == (("grid", "grid.1.2"),)
    assert (second.name, second.suffix, second.orcid) == ("Orcid Short Jr", "Jr", "")
    assert (whole.name, whole.family, whole.kind) == ("Jane Whole Name", "", "person")
    assert (group.name, group.kind) == ("Walking Study Group", "organization")
    assert (collective.name, collective.kind) == ("The Walkers", "organization")
    assert (helper.name, helper.role) == ("H Helper", "investigator")
    assert not article.authors_complete


def test_abstracts(article: Publication) -> None:
    assert article.abstract is not None
    assert article.abstract.sections == (
        AbstractSection("People walk.", "BACKGROUND", "BACKGROUND"),
        AbstractSection("They walk < 10³ steps.", "WHAT WE FOUND", ""),
    )
    assert article.abstract.copyright == "© Nobody."
    (other,) = article.other_abstracts
    assert (other.kind, other.language) == ("plain-language-summary", "eng")


def test_subjects_keywords_substances_funding_and_data(article: Publication) -> None:
    assert article.subjects == (
        Subject("mesh", "D016138", "Walking", False, (("Q000523", "psychology", True),)),
    )
    assert article.keywords == ("walking", "steps", "feet")
    assert article.chemicals == (Chemical("D000001", "Stuff", "0"),)
    assert article.grants == (Grant("G 1", "An Agency", "X", "Nowhere"),)
    assert article.databanks == (Databank("ClinicalTrials.gov", "NCT00000001"),)
    assert article.conflict_of_interest == "None."
    assert article.languages == ("eng",)
    assert article.publication_status == "ppublish"


def test_references_of_nested_lists_stand_in_order(article: Publication) -> None:
    assert [(r.text, r.identifiers, r.heading) for r in article.references] == [
        ("First. 2001.", (("pmcid", "PMC1234567"),), "References"),
        ("", (("doi", "10.5555/twice"),), "Further reading"),
        ("Third. 2003. doi: 10.5555/printed.", (("doi", "10.5555/printed"),), "Further reading"),
    ]


def test_relations_keep_their_type_and_those_without_a_pmid_their_text(article: Publication) -> None:
    assert article.relations == (
        Relation("RetractionIn", (("pmid", "90000009"),), "Ann Made-up. 2022;1:1"),
        Relation("CommentOn", (), "A book. 1999"),
    )
    assert article.retracted


def test_what_no_field_takes_is_told(article: Publication) -> None:
    assert [note.field for note in article.notes] == [
        "Identifier ORCID",
        "Author/LastName",
        "Author/LastName",
        "Author",
        "GeneralNote",
        "PubMedPubDate accepted",
        "Reference/ArticleId",
        "Reference",
    ]


def test_a_translated_title_loses_its_brackets_and_is_english() -> None:
    second = read_all(PUBMED)[0][1]
    assert isinstance(second, Publication)
    assert (second.title, second.title_language) == ("A walk [in two parts].", "en")
    assert second.vernacular_title == "Ein Spaziergang in zwei Teilen."
    assert second.languages == ("ger",)
    assert second.issue_date == Date("1979", "1979 Nov-1980 May")
    assert (second.pages, second.start_page, second.article_number) == ("e15572", "", "e15572")


@pytest.mark.parametrize(
    ("title", "expected", "language"),
    [
        ("[Is it so?]", "Is it so?", "en"),
        ("[11C] and [18F].", "[11C] and [18F].", ""),
        ("[Not Available].", "", ""),
        ("A title [corrected].", "A title [corrected].", ""),
        ("x &amp;#945; &amp;lt;sup&amp;gt;a&amp;lt;/sup&amp;gt; R&amp;D;", "x α a R&D;", ""),
        (
            "p <m:math xmlns:m='http://www.w3.org/1998/Math/MathML'><m:mfrac><m:mn>1</m:mn><m:mn>2</m:mn></m:mfrac>"
            "<m:msup><m:mn>10</m:mn><m:mn>5</m:mn></m:msup></m:math>",
            "p 1/210⁵",
            "",
        ),
    ],
)
def test_titles(title: str, expected: str, language: str, tmp_path: Path) -> None:
    record = made(tmp_path, f"<ArticleTitle>{title}</ArticleTitle>")
    assert (record.title, record.title_language) == (expected, language)


def test_an_empty_title_leaves_the_vernacular_one() -> None:
    last = read_all(PUBMED)[0][4]
    assert isinstance(last, Publication)
    assert (last.title, last.vernacular_title) == ("", "Egy séta.")
    assert last.issue_date == Date("2004", "2004 Winter")
    assert last.notes == ()


def test_a_title_that_says_retracted_is_told(tmp_path: Path) -> None:
    record = made(tmp_path, "<ArticleTitle>Retracted: a thing.</ArticleTitle>")
    assert not record.retracted
    assert "no type or notice" in record.notes[0].problem


def test_identifiers_inside_references_are_not_the_articles_own(tmp_path: Path) -> None:
    record = made(
        tmp_path,
        "<ArticleTitle>T</ArticleTitle>",
        data="<ReferenceList><Reference><Citation>C</Citation><ArticleIdList><ArticleId IdType='doi'>"
        "10.5555/x</ArticleId></ArticleIdList></Reference></ReferenceList>",
    )
    assert record.identifiers == (("pmid", "1"),)


def test_headings_without_an_id_become_keywords(tmp_path: Path) -> None:
    record = made(
        tmp_path,
        "<ArticleTitle>T</ArticleTitle>",
        "<MeshHeadingList><MeshHeading><DescriptorName>Feet</DescriptorName></MeshHeading></MeshHeadingList>"
        "<SupplMeshList><SupplMeshName UI='C1' Type='Disease'>Sore</SupplMeshName></SupplMeshList>",
    )
    assert record.keywords == ("Feet",)
    assert record.subjects == (Subject("mesh", "C1", "Sore"),)


def test_unusable_records_are_counted_with_their_reason() -> None:
    records, _ = read_all(PUBMED)
    unusable = [record for record in records if isinstance(record, Unusable)]
    assert [(u.reason, u.id) for u in unusable] == [("an article without a PMID", "")]
    assert unusable[0].where == "pubmed_small.xml:71"
    assert unusable[0].excerpt


def test_deletions() -> None:
    assert read_all(PUBMED)[0][-2:] == [Deletion("pubmed", "90000005"), Deletion("pubmed", "90000006", 3)]


def test_a_bare_article_is_read(tmp_path: Path) -> None:
    text = XML[XML.index("<PubmedArticle>") : XML.index("</PubmedArticle>") + 16]
    assert only(read_text(tmp_path, text)).id == "90000001"


def test_a_field_over_the_limit_makes_its_record_unusable_and_no_other(tmp_path: Path) -> None:
    long = XML.replace("People walk.", "People <i>walk</i>. " * 2_000)
    records, error = read_text(tmp_path, long, max_field=5_000)
    assert error is None
    assert isinstance(records[0], Unusable)
    assert (records[0].field, records[0].id) == ("AbstractText", "90000001")
    assert "limit is 5000" in records[0].reason
    assert isinstance(records[1], Publication)


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    "<PubmedArticleSet><PubmedArticle/></PubmedArticleSet>"
)
OUTSIDE = BOMB.replace('"aaaa"', 'SYSTEM "file:///etc/passwd"')
PARAMETER = BOMB.replace("<!ENTITY a", "<!ENTITY % a")


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        OUTSIDE,
        PARAMETER,
        BOMB.encode("utf-16"),
        BOMB.replace("<!DOCTYPE", f"<!--{'x' * 100_000}--><!DOCTYPE"),
    ],
)
def test_declared_entities_are_refused(text: str | bytes, tmp_path: Path) -> None:
    path = tmp_path / "input"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with open(path, "rb") as stream, pytest.raises(DamagedInput, match="declares entities"):
        list(PubmedXml().read(stream, _given(path)))


def _given(path: Path):  # type: ignore[no-untyped-def]
    from pss_kg.sources.base import Input

    return Input(path, path.name)


def test_an_undeclared_entity_is_read_as_its_character(tmp_path: Path) -> None:
    doctype = XML[XML.index("<!DOCTYPE") : XML.index("<PubmedArticleSet>")]
    text = (
        f"{doctype}<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>"
        "a &eacute; b</ArticleTitle></Article></MedlineCitation></PubmedArticle></PubmedArticleSet>"
    )
    assert only(read_text(tmp_path, text)).title == "a é b"


@pytest.mark.parametrize(
    "damage",
    [
        lambda raw, at: raw[:at],
        lambda raw, at: raw[:at] + b"\0" + raw[at:],
        lambda raw, at: raw[:at] + b"\xe9\xff" + raw[at:],
        lambda raw, at: raw[:at] + b"</Wrong>" + raw[at:],
        lambda raw, at: raw[:at] + b"& " + raw[at:],
    ],
)
def test_whole_records_before_damage_are_kept_and_the_line_is_told(damage, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    raw = PUBMED.read_bytes()
    at = raw.index(b"Egy s")
    records, error = read_text(tmp_path, damage(raw, at))
    assert len(records) == 4
    assert isinstance(error, DamagedInput)
    assert error.where.startswith("input:7")


def test_a_truncated_gzip_keeps_whole_records(tmp_path: Path) -> None:
    many = XML.replace(
        "<DeleteCitation>",
        XML[XML.index("<PubmedArticle>") : XML.index("<DeleteCitation>")] * 40 + "<DeleteCitation>",
    )
    whole, _ = read_text(tmp_path, many)
    records, error = read_text(tmp_path, gzip.compress(many.encode())[:-400])
    assert isinstance(error, DamagedInput)
    assert "ends early" in error.what
    assert error.where.startswith("input:")
    assert 0 < len(records) < len(whole)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("derived/oddities_20n0014.dev.xml.gz", {"Publication": 326}),
        ("derived/oddities_21n1298.dev.xml.gz", {"Publication": 441}),
        ("derived/deletecitation_21n1298.xml", {"Deletion": 20}),
        ("fatcat/pubmedsample_2019.xml", {"Publication": 176, "Deletion": 7}),
        ("jabref/MedlineImporterTestBookArticleSet.xml", {"Publication": 2}),
    ],
)
def test_real_files_give_as_many_records_as_they_hold(
    file: str, expected: dict[str, int], shared_data: Path
) -> None:
    records, error = read_all(shared_data / "pubmed" / file)
    assert error is None
    assert Counter(type(record).__name__ for record in records) == expected


@pytest.mark.shared
def test_every_recent_reply_with_its_reference_list(shared_data: Path) -> None:
    read = references = 0
    for path in sorted((shared_data / "pubmed/metapub").glob("*.xml")):
        records, error = read_all(path)
        assert error is None
        for record in records:
            assert isinstance(record, Publication)
            assert record.id == path.stem
            read += 1
            references += len(record.references)
    assert read > 100
    assert references > 4_000


@pytest.mark.shared
def test_real_oddities_survive(shared_data: Path) -> None:
    records = [
        record
        for name in ("oddities_20n0014", "oddities_21n1298")
        for record in read_all(shared_data / f"pubmed/derived/{name}.dev.xml.gz")[0]
        if isinstance(record, Publication)
    ]
    dates = {record.issue_date.text for record in records if record.issue_date}
    assert {"1979 Nov-1980 May", "2021 3rd Quarter"} <= dates
    assert any(record.version > 1 for record in records)
    assert any(not record.title and record.vernacular_title for record in records)
    assert all(record.identifiers[0] == ("pmid", record.id) for record in records)
    assert not any("\n" in c.suffix or c.suffix != c.suffix.strip() for r in records for c in r.contributors)
    assert any(reference.heading for record in records for reference in record.references)
