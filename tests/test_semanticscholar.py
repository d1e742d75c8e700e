"""What is read from Semantic Scholar: papers, and how they are cited."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from sources_support import only, read_all, read_text

from pss_kg.errors import ServiceError
from pss_kg.http.asking import Answer, BadReply, Reply, Request
from pss_kg.records import Publication, Reference, Unusable
from pss_kg.sources.contract import ServiceContract, SourceContract
from pss_kg.sources.replaying import ReplayAsk, below
from pss_kg.sources.semanticscholar import SemanticScholar
from pss_kg.sources.semanticscholar_service import SemanticScholarService


def sha(number: int) -> str:
    return f"{number:040x}"


def paper(number: int, **more: Any) -> dict[str, Any]:
    return {
        "paperId": sha(number),
        "externalIds": {"DOI": f"10.5555/P{number}", "CorpusId": number},
        "title": f"Made-up paper {number}",
        "year": 2020,
    } | more


FULL = paper(
    1,
    externalIds={
        "DOI": "10.5555/P1",
        "PubMed": "11",
        "PubMedCentral": "12",
        "MAG": "13",
        "CorpusId": 1,
        "DBLP": "x/y",
    },
    abstract="It is made up.",
    publicationDate="2020-05-02",
    publicationTypes=["JournalArticle", "Review"],
    publicationVenue={"id": "v1", "name": "Journal of Made Up", "type": "journal", "issn": "1234-5679"},
    journal={"name": "J Made Up", "volume": " 7", "pages": "\n          11 - 19\n        "},
    authors=[
        {"authorId": "21", "name": "J. Doe"},
        {"authorId": None, "name": "A. Roe"},
        {"authorId": "22", "name": None},
    ],
    citationCount=127,
    openAccessPdf={"url": "https://a.example/1.pdf", "status": "GOLD", "license": "CCBY"},
    tldr={"text": "Made by a machine."},
)


def lines(*papers: object) -> bytes:
    return b"".join(msgspec.json.encode(p) + b"\n" for p in papers)


class TestFiles(SourceContract):
    source = SemanticScholar()
    cut = "between"
    examples = (
        (lines(FULL, paper(2)), (sha(1), sha(2))),
        (json.dumps([paper(2), None, paper(3)], indent=1).encode(), (sha(2), sha(3))),
        (msgspec.json.encode({"authorId": "21", "papers": [paper(2), paper(3)]}), (sha(2), sha(3))),
        (
            msgspec.json.encode({"source": "semantic_scholar", "s2_paper_id": sha(4), "title": "Made up"}),
            (sha(4),),
        ),
    )
    broken = ((lines(paper(2), {"paperId": None, "title": "No id", "year": 2020}), 1),)

    def many(self, count: int) -> bytes:
        return lines(*(paper(n) for n in range(count)))


def test_a_paper_becomes_a_record(tmp_path: Path) -> None:
    record = only(read_text(tmp_path, lines(FULL)))
    assert record.identifiers == (
        ("s2", sha(1)),
        ("doi", "10.5555/p1"),
        ("pmid", "11"),
        ("pmcid", "PMC12"),
        ("corpusid", "1"),
        ("mag", "13"),
        ("dblp", "x/y"),
    )
    assert [kind.name for kind in record.types] == ["JournalArticle", "Review"]
    assert record.issued is not None
    assert record.issued.value == "2020-05-02"
    assert record.journal is not None
    assert (record.journal.title, record.journal.issn) == ("Journal of Made Up", "1234-5679")
    assert (record.volume, record.pages, record.start_page, record.end_page) == ("7", "11-19", "11", "19")
    assert [p.name for p in record.contributors] == ["J. Doe", "A. Roe", ""]
    assert record.contributors[0].identifiers == (("s2", "21"),)
    assert record.claim is not None
    assert record.claim.value == 127
    assert (record.licence, record.access) == ("CCBY", "GOLD")
    assert [note.problem for note in record.notes] == ["no name"]


def test_a_paper_with_an_arxiv_id_alone_has_the_doi_that_arxiv_registers(tmp_path: Path) -> None:
    record = only(read_text(tmp_path, lines(paper(1, externalIds={"ArXiv": "2001.00001"}, corpusId=5))))
    assert ("doi", "10.48550/arxiv.2001.00001") in record.identifiers
    assert ("corpusid", "5") in record.identifiers


def test_a_conference_is_no_journal(tmp_path: Path) -> None:
    venue = {"name": "Meeting of the Made Up", "type": "conference"}
    record = only(read_text(tmp_path, lines(paper(1, publicationVenue=venue))))
    assert record.journal is None
    assert record.book is not None
    assert record.book.title == "Meeting of the Made Up"


def test_lists_within_a_paper_are_its_references_and_citing_articles(tmp_path: Path) -> None:
    lists = {"references": [paper(2), {"paperId": None, "title": "Known by title"}], "citations": [paper(3)]}
    record = only(read_text(tmp_path, lines(paper(1, **lists))))
    assert [r.identifiers[:1] for r in record.references] == [(("s2", sha(2)),), ()]
    assert record.references[1].text == "Known by title"
    assert record.cited_by[0].identifiers[1] == ("doi", "10.5555/p3")


def test_a_page_of_a_list_does_not_say_whose_it_is(tmp_path: Path) -> None:
    page = {"offset": 0, "data": [{"intents": [], "citingPaper": paper(1, citationCount=1)}]}
    records, error = read_text(tmp_path, msgspec.json.encode(page))
    assert error is None
    assert [type(r) for r in records] == [Unusable]


# Live ------------------------------------------------------------------------------------------


def row(number: int, **more: Any) -> dict[str, Any]:
    return {"contexts": [], "intents": [], "isInfluential": False, "citingPaper": paper(number)} | more


def cited(number: int) -> dict[str, Any]:
    return {"contexts": None, "intents": None, "citedPaper": paper(number)}


class TestService(ServiceContract):
    service = SemanticScholarService()
    wanted = (("doi", "10.5555/p1"),)
    described_ids = (sha(1),)
    citing_ids = ("doi:10.5555/p1/citations",)
    reference_ids = ("doi:10.5555/p1/references",)
    unknown = (("doi", "10.5555/unknown"),)
    replies = (
        (lambda request: "unknown" in request.json, [None]),
        (below("/paper/batch"), [FULL]),
        (below("/paper/DOI:10.5555/p1/citations"), {"offset": 0, "data": [row(7, intents=["background"])]}),
        (below("/paper/DOI:10.5555/p1/references"), {"offset": 0, "data": [cited(8)]}),
    )
    errors = (
        b'{"error": "Something went wrong"}',
        b'{"message": "Internal Server Error"}',
        b'{"error": "Response would exceed maximum size"}',
        b'{"offset": 0, "data": [1]}',
    )


class Statuses(ReplayAsk):
    """Replies with a status: (status, body)."""

    def __call__(self, request: Request, read: Callable[[Reply], Answer], *, fresh: bool = False) -> Answer:
        self.requests.append(request)
        ready = [body for which, body in self._replies if which(request)]  # type: ignore[operator]
        place = min(self._used.get(request, 0), len(ready) - 1)
        self._used[request] = place + 1
        status, body = cast(tuple[int, Any], ready[place])
        reply = Reply(request, status, msgspec.json.encode(body), "", "")
        if status >= 400 and not reply.absent:
            raise ServiceError(f"status {status}")
        try:
            return read(reply)
        except BadReply as error:
            raise ServiceError(error.what) from error


Paged = Callable[[Request], bool]


def at(offset: int) -> Paged:
    return lambda request: ("offset", str(offset)) in request.params


def _list(ask: ReplayAsk) -> Publication:
    (record,) = SemanticScholarService().citing([("s2", sha(1))], ask)
    assert isinstance(record, Publication)
    return record


def numbers(record: Publication) -> list[int]:
    return [int(reference.identifiers[0][1], 16) for reference in record.cited_by]


def page(start: int, end: int, offset: int = 0, more: bool = False) -> dict[str, Any]:
    return {"offset": offset, "data": [row(n) for n in range(start, end)]} | (
        {"next": offset + end - start} if more else {}
    )


def test_how_a_paper_is_cited_is_kept() -> None:
    said = row(7, intents=["methodology", "background"], contexts=["We follow [1]."], isInfluential=True)
    record = _list(ReplayAsk([(below("/"), {"offset": 0, "data": [said]})]))
    (reference,) = record.cited_by
    assert reference.intents == ("methodology", "background")
    assert reference.contexts == ("We follow [1].",)
    assert reference.influential
    assert record.id == f"{sha(1)}/citations"


def test_pages_are_put_together_and_each_begins_with_the_last_entry_of_the_one_before() -> None:
    ask = ReplayAsk([(at(0), page(100, 1100, 0, True)), (at(999), page(1099, 1110, 999))])
    record = _list(ask)
    assert numbers(record) == list(range(100, 1110))
    assert record.notes == ()
    assert len(ask.requests) == 2


@pytest.mark.parametrize("moved", [-1, 1])
def test_a_list_that_changed_between_its_pages_is_asked_for_anew(moved: int) -> None:
    # One entry came (or went) at the front after the first page was read: all others move.
    first = page(100, 1100, 0, True)
    changed = page(100 + moved, 1100 + moved, 0, True)
    behind = page(1099 + moved, 1110, 999)
    record = _list(ReplayAsk([(at(0), first), (at(0), changed), (at(999), behind), (at(999), behind)]))
    assert numbers(record) == list(range(100 + moved, 1110))
    assert record.notes == ()


def test_a_list_that_changes_each_time_gives_all_entries_seen_and_says_so() -> None:
    ask = ReplayAsk([(at(0), page(100, 1100, 0, True)), (at(999), page(2000, 2010, 999))])
    record = _list(ask)
    assert numbers(record) == [*range(100, 1100), *range(2000, 2010)]
    assert "changed each time" in record.notes[0].problem


def test_beyond_ten_thousand_entries_the_gap_is_said() -> None:
    def endless(request: Request) -> bool:
        return True

    class Endless(ReplayAsk):
        def __call__(
            self, request: Request, read: Callable[[Reply], Answer], *, fresh: bool = False
        ) -> Answer:
            self.requests.append(request)
            offset, limit = (int(dict(request.params)[name]) for name in ("offset", "limit"))
            assert offset + limit < 10_000
            body = {
                "offset": offset,
                "next": offset + limit,
                "data": [row(n) for n in range(offset, offset + limit)],
            }
            return read(Reply(request, 200, msgspec.json.encode(body), "", ""))

    record = _list(Endless([(endless, [])]))
    assert numbers(record) == list(range(9_999))
    assert "9,999 entries" in record.notes[0].problem


def test_a_next_page_that_does_not_stand_behind_is_an_error() -> None:
    with pytest.raises(ServiceError):
        _list(ReplayAsk([(below("/"), {"offset": 0, "next": 0, "data": [row(1)]})]))


def test_an_unknown_paper_has_an_empty_list_that_says_so() -> None:
    record = _list(Statuses([(below("/"), (404, {"error": "Paper not found"}))]))
    assert record.cited_by == ()
    assert "does not know" in record.notes[0].problem


def test_a_list_that_the_publisher_withholds_is_a_gap() -> None:
    body = {"data": None, "citingPaperInfo": {"paperId": sha(1), "openAccessPdf": {"disclaimer": "elided"}}}
    ask = ReplayAsk([(below("/"), body)])
    (record,) = SemanticScholarService().references([("doi", "10.5555/p1")], ask)
    assert isinstance(record, Publication)
    assert record.identifiers == (("doi", "10.5555/p1"), ("s2", sha(1)))
    assert "publisher" in record.notes[0].problem


def test_a_cited_paper_that_is_not_held_keeps_its_title() -> None:
    body = {"offset": 0, "data": [{"intents": ["result"], "citedPaper": {"paperId": None, "title": "Lost"}}]}
    (record,) = SemanticScholarService().references([("pmid", "1")], ReplayAsk([(below("/"), body)]))
    assert isinstance(record, Publication)
    assert record.references == (Reference(text="Lost", title="Lost", intents=("result",)),)


def test_a_batch_gives_each_paper_once_with_what_it_was_found_by() -> None:
    ask = ReplayAsk([(below("/paper/batch"), [FULL, None, FULL, paper(2)])])
    wanted = [("doi", "10.5555/p1"), ("doi", "10.5555/no"), ("arxiv", "2001.00001"), ("pmid", "77")]
    found = [r for r in SemanticScholarService().describe(wanted, ask) if isinstance(r, Publication)]
    assert [r.id for r in found] == [sha(1), sha(2)]
    assert ("arxiv", "2001.00001") in found[0].identifiers
    assert ("pmid", "77") in found[1].identifiers
    assert json.loads(ask.requests[0].json)["ids"] == [
        "DOI:10.5555/p1",
        "DOI:10.5555/no",
        "ARXIV:2001.00001",
        "PMID:77",
    ]


def test_a_batch_of_unknown_papers_is_an_answer() -> None:
    ask = Statuses([(below("/"), (400, {"error": "No valid paper ids given"}))])
    assert list(SemanticScholarService().describe([("doi", "10.5555/no")], ask)) == []


def test_a_batch_that_is_too_large_is_asked_for_in_halves() -> None:
    def of(count: int) -> Callable[[Request], bool]:
        return lambda request: len(json.loads(request.json)["ids"]) == count

    too_large = (400, {"error": "Response would exceed maximum size. Ask for less."})
    ask = Statuses([(of(3), too_large), (of(1), (200, [paper(1)])), (of(2), (200, [paper(2), paper(3)]))])
    wanted = [("doi", f"10.5555/p{n}") for n in (1, 2, 3)]
    assert [r.id for r in SemanticScholarService().describe(wanted, ask)] == [sha(1), sha(2), sha(3)]


def test_a_pmcid_is_asked_without_its_prefix() -> None:
    ask = ReplayAsk([(below("/paper/PMCID:12/citations"), {"offset": 0, "data": []})])
    assert len(list(SemanticScholarService().citing([("pmcid", "PMC12")], ask))) == 1


@pytest.mark.shared
def test_every_real_paper_is_read_without_loss(shared_data: Path) -> None:
    folder = shared_data / "semanticscholar"
    counts = {}
    for path in sorted(folder.rglob("*.json*")):
        if path.parent.name == "scicite":
            continue
        records, error = read_all(path)
        assert error is None
        counts[path.name] = sum(isinstance(r, Publication) for r in records)
        unusable = [r for r in records if isinstance(r, Unusable)]
        assert len(unusable) == path.name.endswith("10_1234_test.json")  # it has no id
    assert counts["semanticscholar_records.dev.jsonl.gz"] == 1068
    assert counts["Author.json"] == 60
    (whole,), _ = read_all(folder / "danielnsilva" / "Paper.json")
    assert isinstance(whole, Publication)
    assert (len(whole.cited_by), len(whole.references)) == (1000, 14)
