"""Promises about reading a reviewer's library, and about what counts as standing in it."""

from __future__ import annotations

import contextlib
import json
import random
from pathlib import Path

import pytest
from listed_items import ALL

from pss_kg.errors import DamagedInput, PssKgError, UnknownFormat, UnreadableInput
from pss_kg.listing.library.entry import Entry
from pss_kg.listing.library.opening import Library, read
from pss_kg.listing.matching import Index
from pss_kg.listing.output import WRITERS

DOI = ("doi", "10.5555/made-up.1")
PMID = ("pmid", "99000001")
PMC = ("pmcid", "PMC9900001")


def opened(folder: Path, content: str | bytes) -> Library:
    path = folder / "library"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read(path)


def only(folder: Path, content: str | bytes) -> Entry:
    library = opened(folder, content)
    assert len(library.entries) == 1
    return library.entries[0]


# -- formats ----------------------------------------------------------------------------------

SAMPLES = {
    "RIS": "TY  - JOUR\r\nTI  - A made-up\r\n title\r\nPY  - 2020//\r\nDO  - https://doi.org/10.5555%2FMade-Up.1\r\n"
    "AN  - 99000001\r\nDB  - PubMed\r\nC2  - PMC9900001\r\nER  - \r\n",
    "NBIB": "\nPMID- 99000001\nDP  - 2020 Mar 1\nTI  - A made-up\n      title\nLID - e1 [pii]\n"
    "LID - 10.5555/made-up.1 [doi]\nPMC - PMC9900001\n",
    "BibTeX": "@article{a2020, title = {A {M}ade-up title}, year = 2020, doi = {10.5555/made-up.1},\n"
    " pmid = {99000001}, pmcid = {PMC9900001}}\n",
    "CSL-JSON": json.dumps(
        [
            {
                "id": "x",
                "title": "A made-up title",
                "issued": {"date-parts": [["2020", 1]]},
                "DOI": "10.5555/made-up.1",
                "note": "PMID: 99000001\nPMCID: PMC9900001",
            }
        ]
    ),
    "EndNote XML": '<?xml version="1.0"?><xml><records><record><titles><title><style>A made-up </style>'
    "<style>title</style></title></titles><dates><year>2020</year></dates><accession-num>99000001</accession-num>"
    "<remote-database-name>Medline</remote-database-name><custom2>PMC9900001</custom2><electronic-resource-num>"
    "10.5555/made-up.1</electronic-resource-num></record></records></xml>",
    "CSV": "Title;Year;DOI;PubMed ID;PMCID\nA made-up title;2020;10.5555/MADE-UP.1;99000001.0;PMC9900001\n",
    "Web of Science text": "FN Invented\nPT J\nTI A made-up\n   title\nPY 2020\nDI 10.5555/made-up.1\n"
    "PM 99000001\nD2 PMC9900001\nER\n\nEF\n",
    "Refer": "%0 Journal Article\n%T A made-up title\n%D 2020\n%R 10.5555/made-up.1\n%M 99000001\n%~ PubMed\n"
    "%2 PMC9900001\n",
}


@pytest.mark.parametrize("form", SAMPLES)
def test_each_format_is_told_by_its_content(tmp_path: Path, form: str) -> None:
    library = opened(tmp_path, SAMPLES[form])
    assert library.format == form
    (entry,) = library.entries
    assert entry.title.replace("{M}", "m").lower() == "a made-up title"
    assert entry.year == "2020"
    assert {DOI, PMID} <= set(entry.identifiers)
    assert PMC in entry.identifiers or form == "Web of Science text"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_byte_order_marks_and_old_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    entry = only(tmp_path, "TY  - JOUR\r\nTI  - Sjælden støtte\r\nER  - \r\n".encode(encoding))
    assert entry.title == "Sjælden støtte"


def test_line_ends_may_be_mixed(tmp_path: Path) -> None:
    library = opened(
        tmp_path, b"1.\r\nTY  - JOUR\rTI  - One\r\nER  -\n2.\nTY  - JOUR\nTI  - Two\r\nER  - \r\n"
    )
    assert [entry.title for entry in library.entries] == ["One", "Two"]


def test_a_plain_list_may_hold_pmids_and_dois_in_any_writing(tmp_path: Path) -> None:
    library = opened(
        tmp_path,
        "# mine\n99000001\nPMID: 2\nhttps://doi.org/10.5555/a\n\nPMC3, 10.5555/b\nnot an identifier\n",
    )
    assert library.format == "list"
    assert [entry.identifiers[0] for entry in library.entries] == [
        PMID,
        ("pmid", "2"),
        ("doi", "10.5555/a"),
        ("pmcid", "PMC3"),
        ("doi", "10.5555/b"),
    ]
    assert library.damaged == 3


def test_a_csv_of_one_column_is_a_table(tmp_path: Path) -> None:
    assert opened(tmp_path, "pmid\n99000001\n2\n").format == "CSV"


# -- numbers that are no PMIDs ----------------------------------------------------------------


def test_an_accession_number_of_another_database_is_no_pmid(tmp_path: Path) -> None:
    for database in ("DB  - PsycInfo\n", "DP  - EBSCOhost\n", ""):
        assert only(tmp_path, f"TY  - JOUR\nTI  - T\nAN  - 99000001\n{database}ER  - \n").identifiers == ()
    assert only(tmp_path, "TY  - JOUR\nAN  - 99000001\nDP  - NLM\nER  - \n").identifiers == (PMID,)


def test_custom_field_2_is_the_pmid_in_scopus_alone(tmp_path: Path) -> None:
    assert only(tmp_path, "TY  - JOUR\nC2  - 99000001\nDB  - Scopus\nER  -\n").identifiers == (PMID,)
    assert only(tmp_path, "TY  - JOUR\nTI  - T\nC2  - 99000001\nER  -\n").identifiers == ()


def test_a_note_tells_the_pmid_unless_it_is_that_of_another(tmp_path: Path) -> None:
    head = "TY  - JOUR\nTI  - T\nN1  - "
    assert only(
        tmp_path, f"{head}Accession Number: 2020-1-001. PMID: 99000001 More\nER  -\n"
    ).identifiers == (PMID,)
    assert only(tmp_path, f"{head}Comment in: J Made Up. 2020. PMID: 99000001\nER  -\n").identifiers == ()
    assert only(tmp_path, f"{head}PMID: 99000001 and PMID: 2\nER  -\n").identifiers == ()


# -- damage -----------------------------------------------------------------------------------


def test_an_entry_without_end_costs_no_other_one(tmp_path: Path) -> None:
    library = opened(tmp_path, "TY  - JOUR\nTI  - One\nTY  - JOUR\nTI  - Two\nER  -\nTY  - JOUR\nTI  - Three")
    assert [entry.title for entry in library.entries] == ["One", "Two", "Three"]


def test_damaged_bibtex_is_counted_and_the_rest_read(tmp_path: Path) -> None:
    library = opened(
        tmp_path,
        "@article{a, title={One}}\n@article{b, title={Broken\n@article{c, title={Three}}\n"
        "@article{a, title={The same key}}\n@misc{\n  title = {No key}, year = {1999}\n}\n",
    )
    titles = [entry.title for entry in library.entries]
    assert {"One", "Three", "The same key", "No key"} <= set(titles)
    assert library.damaged == 1
    assert "1 could not be read" in library.summary()


def test_endnote_xml_that_breaks_off_gives_what_stands_before(tmp_path: Path) -> None:
    whole = SAMPLES["EndNote XML"]
    library = opened(tmp_path, whole[: whole.index("</records>")] + "<record><titles><ti")
    assert len(library.entries) >= 1
    assert library.damaged


def test_entries_that_say_nothing_are_counted(tmp_path: Path) -> None:
    library = opened(tmp_path, "TY  - JOUR\nTI  - One\nER  -\nTY  - JOUR\nKW  - word\nER  -\n")
    assert (len(library.entries), library.empty) == (1, 1)
    assert library.summary() == "RIS with 1 entry; 1 with neither identifier nor title."


def test_what_is_no_library_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="empty"):
        opened(tmp_path, " \n")
    with pytest.raises(UnreadableInput):
        read(tmp_path / "none")
    with pytest.raises(UnknownFormat, match="Give RIS"):
        opened(tmp_path, "This is a letter to the editor.\nIt goes on.\n")
    with pytest.raises(UnknownFormat, match="EndNote"):
        opened(tmp_path, "<html/>")
    with pytest.raises(DamagedInput):
        opened(tmp_path, '[{"id": "a"')


def test_our_own_lists_are_libraries(tmp_path: Path) -> None:
    for form, write in WRITERS.items():
        library = opened(tmp_path, "".join(write(ALL)))
        assert len(library.entries) == len(ALL) or form == "ids"
        index = Index(library.entries)
        for each in ALL:
            pairs = [p for p in (("doi", each.doi), ("pmid", each.pmid)) if p[1]]
            assert index.scheme(pairs) or not pairs or form == "ids", (form, each.key)
        assert not library.damaged or form == "ids"


# -- matching ---------------------------------------------------------------------------------


def test_the_doi_tells_before_the_pmid_before_the_pmcid() -> None:
    index = Index([Entry(1, identifiers=(PMC,)), Entry(2, identifiers=(PMID,)), Entry(3, identifiers=(DOI,))])
    assert index.scheme([PMC, PMID, DOI]) == "doi"
    assert index.scheme([PMC, PMID]) == "pmid"
    assert index.scheme([("doi", "10.5555/other"), PMC]) == "pmcid"
    assert index.scheme([("pmid", "1")]) == ""


def test_a_title_is_the_same_whatever_case_accents_and_markup() -> None:
    index = Index(
        [Entry(1, title="{Støtte} til peers: a \\emph{mHealth} study of <i>10</i> wards.", year="2020")]
    )
    assert index.perhaps("Støtte til Peers; a MHealth Study of 10 Wards", "", "2020")
    assert index.perhaps("Støtte til peers a mhealth study of 10 wards", "", "2021")  # electronic and print
    assert index.perhaps("Støtte til peers a mhealth study of 10 wards", "", "")
    assert not index.perhaps("Støtte til peers a mhealth study of 10 wards", "", "2015")
    assert not index.perhaps("Støtte til peers a mhealth study of 11 wards", "", "2020")


def test_a_short_title_tells_nothing_without_years() -> None:
    index = Index([Entry(1, title="Editorial"), Entry(2, title="A reply", year="2020")])
    assert not index.perhaps("Editorial", "", "2020")
    assert not index.perhaps("A reply", "", "")
    assert index.perhaps("A reply", "", "2020")


def test_a_title_is_looked_for_in_a_printed_reference() -> None:
    index = Index([Entry(1, title="A thing that was printed once", year="2001")])
    printed = "Nobody N. A thing that was printed once. Ann Invent Care. 2001;1:1-2."
    assert index.perhaps("", printed, "")
    assert not index.perhaps("", printed.replace("2001", "1990"), "")
    assert not index.perhaps("", printed.replace("once", "twice"), "")


def test_a_damaged_file_is_read_or_refused_never_more(tmp_path: Path) -> None:
    chance = random.Random(7)
    for _ in range(300):
        content = bytearray((chance.choice(list(SAMPLES.values())) * 2).encode())
        for _ in range(chance.randint(1, 5)):
            place = chance.randrange(len(content) + 1)
            if chance.random() < 0.5:
                del content[place : place + chance.randint(1, 40)]
            else:
                content[place:place] = bytes(chance.randrange(256) for _ in range(4))
        with contextlib.suppress(PssKgError):
            opened(tmp_path, bytes(content)).summary()
