"""Europe PMC's JSON as files: each case is a pair of files, a result and the record it becomes."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sources_support import read_all, read_text

from pss_kg.errors import DamagedInput
from pss_kg.records import Publication, Unusable
from pss_kg.sources.contract import SourceContract
from pss_kg.sources.europepmc import EuropePmcJson
from pss_kg.sources.europepmc_record import read_result
from pss_kg.sources.europepmc_text import plain, sections
from pss_kg.sources.opening import detect

CASES = Path(__file__).parent / "cases" / "europepmc"
NAMES = sorted(path.name for path in CASES.iterdir() if path.is_dir())


def case(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CASES / name / "result.json").read_text(encoding="utf-8"))
    return found


def search(*results: dict[str, Any], **more: Any) -> bytes:
    """A reply to a search."""
    request = {"queryString": "made up", "resultType": "core", "cursorMark": "*", "pageSize": 25}
    reply = {"version": "6.9", "hitCount": len(results), "request": request, **more}
    return json.dumps(reply | {"resultList": {"result": results}}).encode()


def cited(*entries: dict[str, Any], total: int | None = None) -> bytes:
    """A list of citing articles."""
    request = {"id": "900001", "source": "MED", "page": 1}
    reply = {"version": "6.9", "hitCount": len(entries) if total is None else total, "request": request}
    return json.dumps(reply | {"citationList": {"citation": entries}}).encode()


LINES = b"\n".join(json.dumps(case(name)).encode() for name in NAMES)
OWN = tuple(f"{case(name)['source'].upper()}/{case(name)['id']}" for name in NAMES)


class TestEuropePmcJson(SourceContract):
    source = EuropePmcJson()
    examples = ((search(case("core"), case("lite")), ("MED/900001", "MED/900002")), (LINES, OWN))
    cut = "between"

    def many(self, count: int) -> bytes:
        return search(
            *(
                {"id": str(n + 1), "source": "MED", "title": "Made up. " * 20, "pubYear": "2020"}
                for n in range(count)
            )
        )


@pytest.mark.parametrize("name", NAMES)
def test_a_result_becomes_the_record_beside_it(name: str) -> None:
    expected = json.loads((CASES / name / "record.json").read_text(encoding="utf-8"))
    assert json.loads(msgspec.json.encode(read_result(case(name)))) == expected


@pytest.mark.parametrize(
    "content",
    [
        search(case("lite"), nextCursorMark="AoI"),
        search(),
        json.dumps([case("core"), case("lite")], indent=1).encode(),
        json.dumps({"version": "6.9", "request": {}, "result": case("core")}).encode(),
        cited({"id": "1", "source": "MED"}),
        b"\xef\xbb\xbf" + json.dumps(case("preprint"), ensure_ascii=False).encode(),
        b'{"id": "1", "source": "MED", "page": 1}\n' + json.dumps(case("lite")).encode(),
    ],
)
def test_it_is_told_by_its_structure(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "strange.txt"
    path.write_bytes(gzip.compress(content))
    assert detect(path).name == "europepmc"


@pytest.mark.parametrize(
    "content",
    [
        b'{"id": "a", "source": "PMC", "type": "article-journal", "issued": {"date-parts": [[2020]]}}',
        b'{"hitCount": 3, "items": []}',
        b'{"data": [{"id": "1", "source": "MED"}]}',
        b'{"status": "ok", "message-type": "work", "message": {"DOI": "10.5555/1", "source": "MED"}}',
    ],
)
def test_other_json_is_not_taken(content: bytes) -> None:
    assert not EuropePmcJson().detect(content, "europepmc.json")


def test_a_list_of_citing_articles_is_a_record_of_its_own(tmp_path: Path) -> None:
    entries = (
        {
            "id": "900005",
            "source": "MED",
            "title": "Citing &amp; made up.",
            "authorString": "Maker A.",
            "pubYear": 2021,
        },
        {"id": "PPR7", "source": "PPR", "title": "A preprint", "pubYear": 2022},
    )
    records, error = read_text(tmp_path, cited(*entries, total=3))
    assert error is None
    (record,) = records
    assert isinstance(record, Publication)
    assert (record.id, record.listing, record.title) == ("MED/900001/citations", True, "")
    assert record.identifiers == (("pmid", "900001"), ("europepmc", "MED/900001"))
    assert [each.identifiers for each in record.cited_by] == [
        (("pmid", "900005"), ("europepmc", "MED/900005")),
        (("europepmc", "PPR/PPR7"),),
    ]
    assert (record.cited_by[0].title, record.cited_by[0].year) == ("Citing & made up.", "2021")
    assert [(note.value, note.problem) for note in record.notes] == [("3", "the list holds 2")]


def test_a_reference_without_an_id_keeps_what_it_says(tmp_path: Path) -> None:
    reply = {
        "hitCount": 2,
        "request": {"id": "PPR1", "source": "PPR"},
        "referenceList": {
            "reference": [
                {
                    "unstructuredInformation": "Early A. A book nobody has. 1950.",
                    "citedOrder": 1,
                    "match": "N",
                },
                {
                    "id": 12,
                    "source": "MED",
                    "doi": "10.5555/Cited",
                    "title": "Made up. " * 20,
                    "citedOrder": 2,
                    "match": "Y",
                },
            ]
        },
    }
    (record,) = read_text(tmp_path, json.dumps(reply))[0]
    assert isinstance(record, Publication)
    assert (record.references[0].text, record.references[0].label) == (
        "Early A. A book nobody has. 1950.",
        "1",
    )
    assert record.references[1].identifiers == (
        ("pmid", "12"),
        ("doi", "10.5555/cited"),
        ("europepmc", "MED/12"),
    )


def test_what_is_no_record_is_told(tmp_path: Path) -> None:
    records, _ = read_text(tmp_path, search({"title": "Nobody's"}, case("lite")))
    assert isinstance(records[0], Unusable)
    assert records[0].title == "Nobody's"
    assert isinstance(records[1], Publication)
    (fault,) = read_text(
        tmp_path, b'{"hitCount": 0, "errMsg": "made-up fault", "resultList": {"result": []}}'
    )[0]
    assert isinstance(fault, Unusable)
    assert "made-up fault" in fault.reason


def test_results_before_a_cut_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "cut.json"
    path.write_bytes(search(case("core"), case("lite"))[:-400])
    records, error = read_all(path)
    assert [record.id for record in records] == ["MED/900001"]
    assert isinstance(error, DamagedInput)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("H<sub>2</sub>O &amp; 10<sup>5</sup>", "H2O & 10⁵"),
        ("PL &lt;sup&gt;pro&lt;/sup&gt; in &lt;i&gt;C. elegans&lt;/i&gt;", "PL pro in C. elegans"),
        ("p &lt; 0.05 and a<b", "p < 0.05 and a<b"),
        ("one<br/>two <p>three</p>", "one two three"),
        ('<span class="x">in</span>side', "inside"),
    ],
)
def test_marks_are_taken_off(given: str, expected: str) -> None:
    assert plain(given) == expected


def test_an_abstract_comes_apart_at_its_headings() -> None:
    found = sections("Before. <h4>Methods</h4><h4>Design</h4>Made up. <h4>Empty</h4>")
    assert [(part.label, part.text) for part in found] == [
        ("", "Before."),
        ("Methods: Design", "Made up."),
        ("Empty", ""),
    ]


@pytest.mark.shared
def test_all_real_replies_are_read_without_loss(shared_data: Path) -> None:
    counts = {
        "derived/europepmc_records.dev.jsonl.gz": 1089,
        "lagotto/europe_pmc.json": 1,
        "lagotto/europe_pmc_fulltext.json": 13,
        "lagotto/europe_pmc_fulltext_nil.json": 0,
        "lagotto/europe_pmc_nil.json": 1,
        "pyeuropepmc/search_1000results_cancer.json": 1000,
        "pyeuropepmc/search_cancer.json": 25,
        "pyeuropepmc/search_cancer_core.json": 25,
        "pyeuropepmc/search_cancer_idlist.json": 25,
        "pyeuropepmc/search_cancer_page2.json": 5,
        "pyeuropepmc/search_cancer_sorted_cited.json": 25,
        "pyeuropepmc/search_no_results.json": 0,
        "pyeuropepmc/search_post_cancer.json": 25,
    }
    for name, count in counts.items():
        records, error = read_all(shared_data / "europepmc" / name)
        assert error is None, name
        assert [type(record) for record in records] == [Publication] * count, name
        told = {
            note.problem for record in records if isinstance(record, Publication) for note in record.notes
        }
        assert told <= {"the article has no title", "no field of the record takes it"}, name
    (citing,) = read_all(shared_data / "europepmc" / "lagotto/europe_pmc.json")[0]
    assert isinstance(citing, Publication)
    assert len(citing.cited_by) == 23
    assert all(entry.identifiers for entry in citing.cited_by)


@pytest.mark.shared
@pytest.mark.slow
def test_a_build_of_real_records_adds_up(shared_data: Path, tmp_path: Path) -> None:
    from pss_kg.pipeline import build

    path = shared_data / "europepmc" / "derived" / "europepmc_records.dev.jsonl.gz"
    summary = build([str(path)], tmp_path / "kg", jobs=1, store=False)
    row = summary.sources["europepmc"]
    assert row["read"] == sum(count for name, count in row.items() if name != "read") == 1089
    # Three rows are no results but echoes of a request, without a title.
    assert (row["described"], row["quarantined"]) == (1086, 3)
