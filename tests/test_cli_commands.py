"""What each command prints, and how it ends, on the shipped examples."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pss_kg.cli import main

CHECKOUT = Path(__file__).resolve().parent.parent
PAGE = CHECKOUT / "examples" / "article-page-32357127.txt"


@pytest.fixture
def pss_kg(example_kg: Path):  # type: ignore[no-untyped-def]
    def run(*arguments: str, given: str | None = None) -> Result:
        return CliRunner().invoke(main, [*arguments, "--kg", str(example_kg)], input=given)

    return run


# -- build --------------------------------------------------------------------------------


def test_build_says_on_stderr_what_became_of_the_records(tmp_path: Path) -> None:
    arguments = ["build", str(PAGE), "--kg", str(tmp_path / "kg"), "--jobs", "1"]
    first = CliRunner().invoke(main, arguments)
    assert first.exit_code == 0
    assert first.stdout == ""
    assert "article-page" in first.stderr
    again = CliRunner().invoke(main, arguments)
    assert again.exit_code == 0
    assert "Nothing changed" in again.stderr


def test_no_store_leaves_the_store_to_the_first_query(tmp_path: Path) -> None:
    root = tmp_path / "kg"
    assert CliRunner().invoke(main, ["build", str(PAGE), "--kg", str(root), "--no-store"]).exit_code == 0
    assert not (root / "store").exists()
    assert CliRunner().invoke(main, ["query", "most-cited", "--kg", str(root)]).exit_code == 0
    assert (root / "store").is_dir()


def test_one_bad_file_among_good_ones_is_4(tmp_path: Path) -> None:
    bad = tmp_path / "picture.xml"
    bad.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    result = CliRunner().invoke(main, ["build", str(PAGE), str(bad), "--kg", str(tmp_path / "kg")])
    assert result.exit_code == 4
    assert "picture.xml" in result.stderr


def test_only_bad_files_are_3(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["build", str(tmp_path / "none"), "--kg", str(tmp_path / "kg")])
    assert result.exit_code == 3
    assert result.stderr.startswith("pss-kg: ")


# -- validate, lint -----------------------------------------------------------------------


def test_validate_shows_the_builds_report(pss_kg) -> None:  # type: ignore[no-untyped-def]
    result = pss_kg("validate")
    assert result.exit_code == 0
    assert "PMID 32357127  Peer Support in Mental Health: Literature Review" in result.stdout


def test_validate_ends_with_1_at_the_severity_asked_for(pss_kg) -> None:  # type: ignore[no-untyped-def]
    assert pss_kg("validate", "--fail-on", "warning").exit_code == 1


@pytest.mark.parametrize("engine", ["pyshacl", "fast"])
def test_validate_runs_anew_with_an_engine(pss_kg, engine: str) -> None:  # type: ignore[no-untyped-def]
    report = json.loads(pss_kg("validate", "--engine", engine, "--format", "json").stdout)
    stored = json.loads(pss_kg("validate", "--format", "json").stdout)
    assert report["counts"] == stored["counts"]
    assert report["findings"] == stored["findings"]


def test_validate_writes_a_standard_report(pss_kg) -> None:  # type: ignore[no-untyped-def]
    from rdflib import SH, Graph

    graph = Graph().parse(data=pss_kg("validate", "--format", "turtle").stdout, format="turtle")
    assert len(set(graph.objects(None, SH.result))) == 5


def test_validate_takes_files_and_other_shapes(pss_kg, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    data, shapes = tmp_path / "data.ttl", tmp_path / "shapes.ttl"
    data.write_text('<http://example.org/a> a <http://example.org/C> ; <http://example.org/p> "x" .\n')
    shapes.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        "<http://example.org/S> a sh:NodeShape ; sh:targetClass <http://example.org/C> ;\n"
        "  sh:property [ sh:path <http://example.org/p> ; sh:maxLength 0 ; sh:message 'Too long.' ] .\n"
    )
    result = pss_kg("validate", str(data), "--shapes", str(shapes))
    assert result.exit_code == 1
    assert "Too long." in result.stdout


def test_validate_of_a_missing_file_is_3(pss_kg, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    result = pss_kg("validate", str(tmp_path / "none.ttl"))
    assert result.exit_code == 3
    assert "none.ttl" in result.stderr


def test_lint_finds_nothing_in_what_we_write(pss_kg) -> None:  # type: ignore[no-untyped-def]
    result = pss_kg("lint")
    assert result.exit_code == 0
    assert result.stdout == ""


def test_lint_names_the_nearest_term_and_is_3(pss_kg, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    data = tmp_path / "data.nt"
    data.write_text("<http://example.org/a> <http://purl.org/spar/cito/citess> <http://example.org/b> .\n")
    result = pss_kg("lint", str(data))
    assert result.exit_code == 3
    assert "cito:cites" in result.stdout
    assert "1 term is not declared" in result.stderr


@pytest.mark.parametrize("name", ["none.ttl", "none.rq"])
def test_lint_of_a_missing_file_is_3(pss_kg, tmp_path: Path, name: str) -> None:  # type: ignore[no-untyped-def]
    result = pss_kg("lint", str(tmp_path / name))
    assert result.exit_code == 3
    assert name in result.stderr
    assert "bug" not in result.stderr


# -- queries, query -----------------------------------------------------------------------


def test_queries_lists_the_library_without_a_workspace(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["queries", "--kg", str(tmp_path)])
    assert result.exit_code == 0
    assert "most-cited" in result.stdout


def test_queries_describes_one(pss_kg) -> None:  # type: ignore[no-untyped-def]
    assert "limit  (integer, default 10)" in pss_kg("queries", "most-cited").stdout
    assert pss_kg("queries", "most-sited").exit_code == 2


def test_query_prints_a_table(pss_kg) -> None:  # type: ignore[no-untyped-def]
    lines = pss_kg("query", "most-cited", "-p", "limit=1").stdout.splitlines()
    assert lines[0].startswith("publication")
    assert lines[2].startswith("pmid-32357127")
    assert len(lines) == 3


def test_query_prints_csv_and_json(pss_kg) -> None:  # type: ignore[no-untyped-def]
    rows = list(csv.reader(io.StringIO(pss_kg("query", "most-cited", "--format", "csv").stdout)))
    assert rows[0] == ["publication", "title", "year", "citations"]
    answer = json.loads(pss_kg("query", "most-cited", "--format", "json").stdout)
    assert answer["head"]["vars"] == rows[0]


@pytest.mark.parametrize(
    "arguments",
    [
        ["most-sited"],
        ["most-cited", "-p", "limit=many"],
        ["most-cited", "-p", "x=1"],
        ["most-cited", "-p", "x"],
    ],
)
def test_an_unknown_query_or_parameter_is_2(pss_kg, arguments: list[str]) -> None:  # type: ignore[no-untyped-def]
    assert pss_kg("query", *arguments).exit_code == 2


def test_query_reads_stdin(pss_kg) -> None:  # type: ignore[no-untyped-def]
    assert pss_kg("query", "-", given="SELECT * { ?s ?p ?o } LIMIT 1").exit_code == 0


def test_no_rows_is_0_and_a_false_ask_is_1(pss_kg) -> None:  # type: ignore[no-untyped-def]
    assert pss_kg("query", "-", given="SELECT * { <x:y> ?p ?o }").exit_code == 0
    assert pss_kg("query", "-", given="ASK { <x:y> ?p ?o }").exit_code == 1
    assert pss_kg("query", "-", given="ASK { ?s ?p ?o }").exit_code == 0


# -- export -------------------------------------------------------------------------------


def test_export_writes_to_stdout(pss_kg) -> None:  # type: ignore[no-untyped-def]
    result = pss_kg("export", "--format", "n-triples")
    assert result.exit_code == 0
    assert result.stderr == ""
    assert result.stdout.endswith(" .\n")


def test_the_files_name_tells_the_format_and_the_compression(pss_kg, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    target = tmp_path / "kg.nt.gz"
    assert pss_kg("export", "-o", str(target)).exit_code == 0
    assert gzip.decompress(target.read_bytes()).decode() == pss_kg("export", "--format", "n-triples").stdout


def test_export_to_a_name_that_tells_nothing_is_2(pss_kg, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    assert pss_kg("export", "-o", str(tmp_path / "kg.doc")).exit_code == 2


def test_export_leaves_a_device_in_its_place(pss_kg) -> None:  # type: ignore[no-untyped-def]
    assert pss_kg("export", "--format", "n-quads", "-o", "/dev/null").exit_code == 0
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize("place", ["", "none/kg.nt"])
def test_export_to_a_place_that_can_not_be_written_is_3(pss_kg, tmp_path: Path, place: str) -> None:  # type: ignore[no-untyped-def]
    result = pss_kg("export", "--format", "n-triples", "-o", str(tmp_path / place))
    assert result.exit_code == 3
    assert "bug" not in result.stderr


# -- show, info ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["32357127", "PMID:32357127", "pmid-32357127"])
def test_show_prints_the_publication(pss_kg, name: str) -> None:  # type: ignore[no-untyped-def]
    result = pss_kg("show", name)
    assert result.exit_code == 0
    assert "Peer Support in Mental Health: Literature Review" in result.stdout


def test_show_of_something_unknown_is_1(pss_kg) -> None:  # type: ignore[no-untyped-def]
    result = pss_kg("show", "1")
    assert result.exit_code == 1
    assert result.stdout == ""


def test_info_counts(pss_kg) -> None:  # type: ignore[no-untyped-def]
    text = pss_kg("info").stdout
    assert "cito:Citation" in text
    assert "127 citations claimed" in text
