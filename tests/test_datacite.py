"""DataCite JSON: every field of a DOI arrives in its record, in today's spelling and older ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sources_support import FOLDER, noted, only, publications, read_all, read_text

from pss_kg.records import Affiliation, CitationClaim, Date, Grant, Publication, Reference, Relation, Type

SMALL = FOLDER / "datacite_small.json"


@pytest.fixture(scope="module")
def dois() -> list[Publication]:
    return publications(SMALL)


def test_titles_by_their_type(dois: list[Publication]) -> None:
    assert dois[0].title == "Data on care: and more"
    assert dois[0].alternative_titles == ("Soin",)
    assert dois[1].title == ""


def test_creators_and_editors(dois: list[Publication]) -> None:
    assert [(p.name, p.family, p.kind, p.role) for p in dois[0].contributors] == [
        ("Ann Example", "Example", "person", "author"),
        ("Made-Up Group", "", "organization", "author"),
        ("Bob Sample", "Sample", "person", "author"),
        ("Ed Itor", "Itor", "person", "editor"),
    ]
    ann = dois[0].contributors[0]
    assert ann.orcid == "0000-0002-1825-0097"
    assert ann.affiliations == (
        Affiliation("Nowhere University", (("ror", "05dxps055"),)),
        Affiliation("A plain one"),
    )
    assert noted(dois[0])["author"] == "(:unav)"
    assert noted(dois[0])["contributors ContactPerson"] == "A Person"


def test_dates_by_their_kind(dois: list[Publication]) -> None:
    data = dois[0]
    assert (data.issued, data.electronic_date) == (Date("2020-05-02"), Date("2020-06"))
    assert (data.received, data.accepted, data.revised) == ("2020-01-01", "", "2021-01-02")
    assert noted(data)["dates Accepted"] == "2020"
    assert dois[1].issued == Date("2541")  # the year of publication, where no date is issued


def test_related_identifiers_are_citations_or_relations(dois: list[Publication]) -> None:
    data = dois[0]
    assert data.references == (
        Reference(identifiers=(("doi", "10.5555/cited.1"),)),
        Reference(identifiers=(("pmid", "90000002"),)),
    )
    assert data.cited_by == (Reference(identifiers=(("doi", "10.5555/citing.1"),)),)
    assert data.relations == (
        Relation("IsSupplementTo", (("doi", "10.5555/made.up.one"),)),
        Relation("IsPartOf", text="URL https://nowhere.example/set"),
        Relation("IsVersionOf", text="DOI no doi"),
    )


def test_the_rest(dois: list[Publication]) -> None:
    data = dois[0]
    assert data.types == (Type("Dataset"), Type("Survey"))
    assert data.publisher == "Nowhere Archive"
    assert data.keywords == ("care",)
    assert data.licence == "https://creativecommons.org/licenses/by/4.0/legalcode"
    assert data.claim == CitationClaim(3)
    assert data.grants == (
        Grant("R01-1", "Invented Institute", identifiers=(("doi", "10.13039/100000025"),)),
    )
    assert data.abstract is not None
    assert data.abstract.sections[0].text == "One line. Another & more."
    assert data.journal is not None
    assert (data.journal.title, data.volume, data.pages) == ("Journal of Invented Data", "2", "1-9")
    told = noted(data)
    assert told["descriptions Methods"] == "How it was made"
    assert told["version"] == "1.0"
    assert told["mystery"] == "a new field"
    assert told["identifiers"] == "local x-1"


def test_older_spellings(tmp_path: Path) -> None:
    old = {
        "id": "https://doi.org/10.5555/old",
        "creator": {"type": "Person", "id": "https://orcid.org/0000-0002-1825-0097", "name": "Ann Example"},
        "title": "Old data",
        "publisher": "Nowhere Archive",
        "publication-year": "2016",
        "resource-type-general": "Software",
    }
    record = only(read_text(tmp_path, json.dumps(old)))
    assert (record.id, record.title, record.issued) == ("10.5555/old", "Old data", Date("2016"))
    assert record.types == (Type("Software"),)
    assert record.contributors[0].orcid == "0000-0002-1825-0097"


def test_one_a_line_and_alone_give_the_same(tmp_path: Path, dois: list[Publication]) -> None:
    data = json.loads(SMALL.read_text(encoding="utf-8"))["data"]
    assert only(read_text(tmp_path, json.dumps(data[0]))) == dois[0]
    assert only(read_text(tmp_path, json.dumps({"data": data[0]}))) == dois[0]
    records, error = read_text(tmp_path, "\n".join(json.dumps(item) for item in data))
    assert (records, error) == (dois, None)


@pytest.mark.shared
def test_all_real_dois_are_read(shared_data: Path) -> None:
    folder = shared_data / "datacite"
    counts = {"fatcat/datacite_1k_records.jsonl.gz": 1000, "fatcat/datacite_api.json": 1}
    counts |= {f"fatcat/datacite/datacite_doc_{n:02d}.json": 1 for n in range(37)}
    for name in ("crosscite", "datacite", "datacite_software", "datacite_software_overlapping_keys"):
        counts[f"bolognese/{name}.json"] = 1
    for name, count in counts.items():
        records, error = read_all(folder / name)
        assert error is None, name
        assert len(records) == count, name
        assert all(isinstance(record, Publication) for record in records), name
