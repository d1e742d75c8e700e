"""Promises about lists for other programs: another library reads back what was written."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import jsonschema
import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from hypothesis import given
from hypothesis import strategies as st
from listed_items import ALL, ARTICLE, CHAPTER, MENTION, item
from pybtex.database import parse_string as pybtex
from pylatexenc.latex2text import LatexNodes2Text

from pss_kg.listing import bibtex, csl, ris, table
from pss_kg.listing.item import Item, Name

# The parts of csl-data.json 1.0.2 that concern us, written by hand from the specification.
_TEXT = {"type": "string"}
_NAMES = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {part: _TEXT for part in ("family", "given", "suffix", "literal")},
        "additionalProperties": False,
    },
}
_FIELDS = (
    "title container-title container-title-short volume issue page number publisher ISSN DOI PMID PMCID URL "
    "language abstract keyword note"
)
CSL_SCHEMA: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["type", "id"],
        "additionalProperties": False,
        "properties": {
            "id": _TEXT,
            "type": {
                "enum": [
                    "article",
                    "article-journal",
                    "book",
                    "chapter",
                    "dataset",
                    "document",
                    "entry-encyclopedia",
                    "paper-conference",
                    "report",
                    "standard",
                    "thesis",
                ]
            },
            "author": _NAMES,
            "editor": _NAMES,
            "issued": {
                "type": "object",
                "properties": {
                    "date-parts": {
                        "type": "array",
                        "maxItems": 2,
                        "items": {
                            "type": "array",
                            "minItems": 1,
                            "maxItems": 3,
                            "items": {"type": "integer"},
                        },
                    }
                },
                "additionalProperties": False,
            },
            **{name: _TEXT for name in _FIELDS.split()},
        },
    },
}


DOI_PAGE = "https://doi.org/10.5555/made_up(2020)1%3C1:a%3E2.0.co%3B2-b"


def plain(text: str) -> str:
    return LatexNodes2Text(keep_comments=True).latex_to_text(text).replace("ˆ", "^")


# -- RIS --------------------------------------------------------------------------------------


def read_ris(items: tuple[Item, ...]) -> list[dict[str, Any]]:
    text = "".join(ris.write(items))
    assert all(line.endswith("\r") for line in text.split("\n")[:-1])
    return rispy.loads(text)


def test_ris_is_read_back_by_rispy_with_every_field() -> None:
    found = read_ris(ALL)[0]
    assert found["type_of_reference"] == "JOUR"
    assert found["title"] == ARTICLE.title
    assert found["authors"] == [
        "van der Müller-Østby, Åse B",
        "King, Martin, Jr",
        "Team of Peers, Nurses and Others",
        "李, 小龙",
        "Sand, and Rock",
        "Plato",
    ]
    assert (found["year"], found["date"]) == ("2020", "2020/06/09/")
    assert found["secondary_title"] == ARTICLE.container
    assert (found["volume"], found["number"]) == ("7", "6 Suppl 1")
    assert (found["start_page"], found["end_page"]) == ("187", "194")
    assert found["doi"] == ARTICLE.doi
    assert (found["accession_number"], found["name_of_database"]) == ("99000101", "PubMed")
    assert found["custom2"] == "PMC9900101"
    assert found["abstract"] == " ".join(ARTICLE.abstract.split())
    assert found["keywords"] == [*ARTICLE.keywords, *ARTICLE.subjects]
    assert found["urls"] == [DOI_PAGE, "https://pubmed.ncbi.nlm.nih.gov/99000101/"]
    assert found["notes"] == ["Retracted by pmid-99000105."]


def test_ris_marks_a_mention_and_keeps_its_printed_text() -> None:
    found = read_ris(ALL)[2]
    assert found["type_of_reference"] == "GEN"
    assert found["title"] == MENTION.printed
    assert "Only a citation is known." in found["notes"][0]
    assert "authors" not in found


def test_ris_keeps_pages_that_are_more_than_a_range_as_printed() -> None:
    assert read_ris((CHAPTER,))[0]["start_page"] == "3-4, 11"


# -- BibTeX -----------------------------------------------------------------------------------


def test_bibtex_is_read_back_by_two_parsers_with_every_field() -> None:
    text = "".join(bibtex.write(ALL))
    fields = {f.key: f.value for f in parse_string(text).entries[0].fields}
    database = pybtex(text, "bibtex")
    entry = database.entries["vandermullerostby2020peer"]
    assert entry.type == "article"
    for read in (fields, entry.fields):
        assert plain(read["title"]) == ARTICLE.title
        assert plain(read["journal"]) == ARTICLE.container
        assert plain(read["abstract"]) == " ".join(ARTICLE.abstract.split())
        assert read["doi"] == ARTICLE.doi
        assert (read["pmid"], read["pmcid"], read["year"]) == ("99000101", "PMC9900101", "2020")
        assert (read["volume"], read["number"], read["pages"]) == ("7", "6 Suppl 1", "187--94")
        assert read["issn"] == "1234-5679, 2345-678X"
        assert read["note"] == "Retracted by pmid-99000105."


def test_bibtex_keeps_particles_suffixes_and_groups_apart() -> None:
    people = (
        pybtex("".join(bibtex.write(ALL)), "bibtex").entries["vandermullerostby2020peer"].persons["author"]
    )
    assert len(people) == 6
    assert (people[0].prelast_names, people[0].last_names) == (["van", "der"], ["Müller-Østby"])
    assert (people[1].last_names, people[1].lineage_names, people[1].first_names) == (
        ["King"],
        ["Jr"],
        ["Martin"],
    )
    assert str(people[2]) == "{Team of Peers, Nurses and Others}"
    assert (people[3].last_names, people[3].first_names) == (["李"], ["小龙"])
    assert plain(" ".join(people[4].first_names)) == "and Rock"
    assert str(people[5]) == "{Plato}"


def test_bibtex_keys_are_unique_and_always_the_same() -> None:
    keys = [entry.key for entry in parse_string("".join(bibtex.write(ALL))).entries]
    assert keys == [
        "vandermullerostby2020peer",
        "okafor2019chapter",
        "pmid-99000199",
        "okafor2019second",
        "okafor2019chaptera",
    ]


def test_bibtex_makes_no_dash_or_quotation_mark_of_two_signs() -> None:
    title = "Dentistry--for music's sake in Cp'''Co: ``what?`"
    (entry,) = parse_string("".join(bibtex.write([item("pmid-1", title=title)]))).entries
    assert plain(entry.fields_dict["title"].value) == title


def test_bibtex_has_the_type_of_the_class() -> None:
    kinds = [entry.entry_type for entry in parse_string("".join(bibtex.write(ALL))).entries]
    assert kinds == ["article", "incollection", "misc", "misc", "book"]


# Words, as the graph has titles: without blanks at the ends, two in a row, or control characters.
TITLES = st.lists(
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1), min_size=1
).map(" ".join)


@given(TITLES)
def test_any_title_survives_bibtex(title: str) -> None:
    text = "".join(bibtex.write([item("pmid-1", title=title, classes=("Book",))]))
    library = parse_string(text)
    assert not library.failed_blocks
    found = pybtex(text, "bibtex").entries
    assert len(found) == 1
    escaped = library.entries[0].fields_dict["title"].value
    assert escaped.count("{") == escaped.count("}")


@given(TITLES)
def test_any_title_survives_ris_csv_and_csl(title: str) -> None:
    given_item = item("pmid-1", title=title, classes=("Book",))
    assert json.loads("".join(csl.write([given_item])))[0]["title"] == title
    rows = list(csv.DictReader(io.StringIO("".join(table.write_csv([given_item])), newline="")))
    assert rows[0]["title"] == title
    assert rispy.loads("".join(ris.write([given_item])))[0]["title"] == " ".join(title.split())


# -- CSL-JSON ---------------------------------------------------------------------------------


def test_csl_json_is_valid_by_the_schema() -> None:
    jsonschema.validate(json.loads("".join(csl.write(ALL))), CSL_SCHEMA)


def test_csl_json_has_names_in_parts_and_dates_at_their_precision() -> None:
    article, chapter, mention, preprint, book = json.loads("".join(csl.write(ALL)))
    assert article["author"][1] == {"family": "King", "given": "Martin", "suffix": "Jr"}
    assert article["author"][2] == {"literal": "Team of Peers, Nurses and Others"}
    assert article["issued"] == {"date-parts": [[2020, 6, 9]]}
    assert chapter["issued"] == {"date-parts": [[2019]]}
    assert preprint["issued"] == {"date-parts": [[2019, 11]]}
    assert "issued" not in mention
    assert (article["type"], chapter["type"], mention["type"]) == ("article-journal", "chapter", "document")
    assert (article["page"], preprint["page"]) == ("187-94", "e15572")
    assert book["type"] == "book"


@pytest.mark.parametrize(("writer", "empty"), [(csl.write, "[]\n"), (ris.write, ""), (table.write_ids, "")])
def test_a_list_of_nothing_is_well_formed(writer: Any, empty: str) -> None:
    assert "".join(writer([])) == empty


# -- CSV, ids, table --------------------------------------------------------------------------


def test_csv_is_rfc_4180_with_a_header() -> None:
    text = "".join(table.write_csv(ALL))
    assert text.count("\r\n") == len(ALL) + 1
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert rows[0]["title"] == ARTICLE.title
    assert rows[0]["authors"].startswith("van der Müller-Østby, Åse B; King, Martin, Jr; Team of Peers")
    assert (rows[0]["cited"], rows[0]["known"], rows[0]["retracted"]) == ("3", "record", ARTICLE.retracted)
    assert (rows[2]["known"], rows[2]["title"], rows[2]["reference"]) == ("citation", "", MENTION.printed)


def test_ids_are_one_a_line_the_pmid_first() -> None:
    assert "".join(table.write_ids(ALL)).split() == [
        "99000101",
        "10.5555/chapter",
        "99000199",
        "99000102",
        "pmid-99000103",
    ]


def test_the_table_marks_what_one_must_not_miss() -> None:
    notes = [table.row(each)[-1] for each in ALL]
    assert notes == ["RETRACTED", "", "mention", "", ""]
    assert table.row(ARTICLE)[3] == "van der Müller-Østby ÅB et al."
    assert Name(family="Østby", given="Åse-Marie").short() == "Østby ÅM"
