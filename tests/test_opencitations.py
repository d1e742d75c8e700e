"""What is read from OpenCitations: tables of Meta and the Index, and the two services."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from sources_support import only, read_all, read_text

from pss_kg.errors import DamagedInput, ServiceError
from pss_kg.records import Publication, Read, Unusable
from pss_kg.sources.base import Input
from pss_kg.sources.contract import ServiceContract, SourceContract
from pss_kg.sources.opencitations import OpenCitations
from pss_kg.sources.opencitations_record import read_ids
from pss_kg.sources.opencitations_service import OpenCitationsService
from pss_kg.sources.replaying import ReplayAsk, below

META = (
    '"id","title","author","pub_date","venue","volume","issue","page","type","publisher","editor"\n'
    '"omid:br/0601 doi:10.5555/A pmid:01","A made-up study",'
    '"Doe, Jane [orcid:0000-0002-1825-0097 omid:ra/0601]; The Group [omid:ra/0602]; Roe,","2025-2",'
    '"Journal of Made Up [omid:br/0602 issn:1234-5679]","7","6","5-5",'
    '"journal article","Made Up Press [crossref:1 omid:ra/0603]",""\n'
    '"doi:10.5555/b","A chapter","","2023-4-1","The book [isbn:9783161484100]","","","12-19","book chapter",'
    '"Made Up Press","Poe, Ann; Moe, Al"\n'
)
INDEX = "oci,citing,cited,creation,timespan,journal_sc,author_sc\n" + "".join(
    f"06{n}-06{n + 1},omid:br/06{n} doi:10.5555/{n},omid:br/06{n + 1} pmid:{n + 1},2020-05,P1Y,no,no\n"
    for n in (11, 12)
)
REPLY = (
    b'[{"oci": "0611-0612", "citing": "omid:br/0611 doi:10.5555/11", "cited": "omid:br/0612 pmid:12",'
    b' "creation": "2020-05", "timespan": "P1Y", "journal_sc": "no", "author_sc": "no"}]'
)


class TestFiles(SourceContract):
    source = OpenCitations()
    cut = "between"
    examples = (
        (META.encode(), ("omid:br/0601", "doi:10.5555/b")),
        (INDEX.encode(), ("0611-0612/references", "0612-0613/references")),
        (REPLY, ("0611-0612/references",)),
    )
    broken = ((INDEX.encode() + b"0613-0614,no identifier,omid:br/0614,,,,\n0614-0615,doi:10.5555/1\n", 2),)

    def many(self, count: int) -> bytes:
        rows = (
            f"06{n}-069,doi:10.5555/{n},doi:10.5555/{n}/cited,2020-05-02,P1Y,no,no\n" for n in range(count)
        )
        return ("oci,citing,cited,creation,timespan,journal_sc,author_sc\n" + "".join(rows)).encode()


def test_a_row_of_meta_is_a_record(tmp_path: Path) -> None:
    records, error = read_text(tmp_path, META)
    assert error is None
    article, chapter = records
    assert isinstance(article, Publication)
    assert isinstance(chapter, Publication)
    assert article.identifiers == (("omid", "br/0601"), ("doi", "10.5555/a"), ("pmid", "1"))
    assert article.issued is not None
    assert article.issued.value == "2025-02"
    assert [(p.name, p.kind, p.orcid) for p in article.contributors] == [
        ("Jane Doe", "person", "0000-0002-1825-0097"),
        ("The Group", "organization", ""),
        ("Roe", "person", ""),
    ]
    assert article.journal is not None
    assert (article.journal.title, article.journal.issn) == ("Journal of Made Up", "1234-5679")
    assert article.journal.publisher == "Made Up Press"
    assert (article.pages, article.start_page, article.end_page) == ("5-5", "5", "")
    assert chapter.book is not None
    assert chapter.book.identifiers == (("isbn", "9783161484100"),)
    assert [p.role for p in chapter.contributors] == ["editor", "editor"]


def test_no_row_of_the_index_supersedes_another(tmp_path: Path) -> None:
    rows = "citing,cited\n10.5555/a,10.5555/b\n10.5555/a,10.5555/c\n1,2\n"
    records, error = read_text(tmp_path, rows)
    assert error is None
    found = [r for r in records if isinstance(r, Publication)]
    assert all(r.listing for r in found)
    assert [(r.identifiers, r.references[0].identifiers) for r in found] == [
        ((("doi", "10.5555/a"),), (("doi", "10.5555/b"),)),
        ((("doi", "10.5555/a"),), (("doi", "10.5555/c"),)),
        ((("pmid", "1"),), (("pmid", "2"),)),
    ]
    assert len({r.id for r in found}) == 3


@pytest.mark.parametrize("header", ["citing_id,cited_id", "citing,referenced"])
def test_older_tables_name_their_columns_otherwise(tmp_path: Path, header: str) -> None:
    record = only(read_text(tmp_path, f"{header}\n1,2\n"))
    assert record.references[0].identifiers == (("pmid", "2"),)


def test_a_number_that_may_be_cut_is_no_citation(tmp_path: Path) -> None:
    records, error = read_text(tmp_path, "citing,cited\n1,2\n3,4567")
    assert len(records) == 1
    assert isinstance(error, DamagedInput)
    assert "line break" in str(error)


def test_of_the_first_index_both_lists_are_read(tmp_path: Path) -> None:
    body = (
        '[{"doi": "10.5555/a", "title": "A", "author": "Doe, Jane", "year": "2020", "source_title": "J",'
        ' "citation": "10.5555/b; 10.5555/c", "reference": "10.5555/d", "citation_count": "2"}]'
    )
    record = only(read_text(tmp_path, body))
    assert [r.identifiers[0][1] for r in record.cited_by] == ["10.5555/b", "10.5555/c"]
    assert record.claim is not None
    assert record.claim.value == 2


def test_a_cell_may_hold_several_identifiers_of_any_age() -> None:
    assert read_ids("coci => 10.5555/A")[0] == (("doi", "10.5555/a"),)
    assert read_ids("omid:br/061 doi:10.5555/a pmid:007 issn:bad")[1] == ("issn:bad",)
    sici = "10.5555/0099-1234(2007)12:77<1:net>3.0.co;2-x"
    assert read_ids(f"doi:{sici}; 10.5555/b;")[0] == (("doi", sici), ("doi", "10.5555/b"))
    assert read_ids("br/061 7")[0] == (("omid", "br/061"), ("pmid", "7"))


# Live ------------------------------------------------------------------------------------------

ROW = {
    "id": "omid:br/0611 doi:10.5555/11",
    "title": "A made-up study",
    "author": "Doe, Jane",
    "editor": "",
    "pub_date": "2020-05",
    "venue": "",
    "volume": "",
    "issue": "",
    "page": "",
    "type": "journal article",
    "publisher": "",
}
CITING = {"oci": "0699-0611", "citing": "omid:br/0699 doi:10.5555/99", "cited": "omid:br/0611 doi:10.5555/11"}


class TestService(ServiceContract):
    service = OpenCitationsService()
    wanted = (("doi", "10.5555/11"),)
    described_ids = ("omid:br/0611",)
    citing_ids = ("doi:10.5555/11/citations",)
    reference_ids = ("doi:10.5555/11/references",)
    unknown = (("doi", "10.5555/404"),)
    replies = (
        (below("/meta/v1/metadata/doi:10.5555/11"), [ROW]),
        (below("/index/v2/citations/doi:10.5555/11"), [CITING | {"creation": "2021-03"}]),
        (
            below("/index/v2/references/"),
            [{"citing": CITING["cited"], "cited": "doi:10.5555/12 pmid:12", "creation": "2020"}],
        ),
        (below("/"), []),
    )
    errors = (
        b'{"error": true, "message": "no"}',
        b'{"error": 500, "message": "HTTP status code 500"}',
        b'[{"a": 1}]',
    )


def _records(found: object) -> list[Publication]:
    return [r for r in found if isinstance(r, Publication)]  # type: ignore[attr-defined]


def test_who_cites_is_one_list_with_the_year_of_the_citing_article() -> None:
    rows = [CITING | {"creation": "2021-03"}] * 2 + [{"citing": "omid:br/0698", "cited": "doi:10.5555/11"}]
    ask = ReplayAsk([(below("/"), rows)])
    (record,) = _records(OpenCitationsService().citing([("doi", "10.5555/11")], ask))
    assert record.listing
    assert record.identifiers == (("doi", "10.5555/11"), ("omid", "br/0611"))
    assert [(r.identifiers[-1], r.year) for r in record.cited_by] == [
        (("doi", "10.5555/99"), "2021"),
        (("omid", "br/0698"), ""),
    ]


def test_nobody_is_a_list_too() -> None:
    ask = ReplayAsk([(below("/"), [])])
    (record,) = _records(OpenCitationsService().references([("pmid", "1")], ask))
    assert record == Publication(
        "opencitations", "pmid:1/references", identifiers=(("pmid", "1"),), listing=True
    )


def test_a_request_for_metadata_holds_ten_identifiers_and_no_ambiguous_joint() -> None:
    wanted = [("doi", f"10.5555/{n}") for n in range(12)] + [("doi", "10.5555/a__b")]
    ask = ReplayAsk([(below("/"), [])])
    assert list(OpenCitationsService().describe(wanted, ask)) == []
    assert [request.path.count("__") for request in ask.requests] == [9, 1, 1]


def test_what_was_not_asked_for_is_left_out_and_each_comes_once() -> None:
    ask = ReplayAsk([(below("/"), [ROW, ROW, ROW | {"id": "doi:10.5555/other"}])])
    found = list(OpenCitationsService().describe([("doi", "10.5555/11"), ("omid", "br/0611")], ask))
    assert [r.id for r in found] == ["omid:br/0611"]


@pytest.mark.parametrize("body", [b"", b"<html>busy</html>", b'{"error": true}', b'[{"citing": "doi:10'])
def test_a_reply_that_is_no_list_is_asked_for_again(body: bytes) -> None:
    ask = ReplayAsk([(below("/"), body), (below("/"), [CITING])])
    (record,) = _records(OpenCitationsService().citing([("doi", "10.5555/11")], ask))
    assert len(record.cited_by) == 1
    with pytest.raises(ServiceError):
        list(OpenCitationsService().citing([("doi", "10.5555/11")], ReplayAsk([(below("/"), body)])))


# Real tables -----------------------------------------------------------------------------------

_OPEN_ENDED = 11  # tables of the collection whose last line may be cut


@pytest.mark.shared
def test_every_real_table_is_read_without_loss(shared_data: Path) -> None:
    source = OpenCitations()
    read = rows = odd = cut = 0
    for path in sorted((shared_data / "opencitations").rglob("*")):
        if path.suffix not in (".csv", ".json") or "oc_meta_rdf" in path.parts:
            continue
        body = path.read_bytes()
        if not source.detect(body[: 1 << 16], path.name):
            continue
        records: list[Read] = []
        try:
            records.extend(source.read(io.BytesIO(body), Input(path, path.name)))
        except DamagedInput:
            records, error = read_all(path)
            assert error is not None
            cut += 1
        read += 1
        rows += len(records)
        odd += sum(isinstance(r, Unusable) for r in records)
    assert read >= 100
    assert rows > 13_000
    assert odd < 20  # rows with OMIDs alone, and mocks of invalid rows
    assert cut == _OPEN_ENDED
