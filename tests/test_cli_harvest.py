"""What `pss-kg harvest` and `build ID` take and refuse before anything is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pss_kg.cli import main
from pss_kg.cli.build import is_identifier
from pss_kg.cli.harvesting import seeds_of
from pss_kg.errors import UsageError

RIS = """TY  - JOUR
TI  - One with a DOI
DO  - 10.5555/one
ER  -
TY  - JOUR
TI  - One with nothing
ER  -
TY  - JOUR
TI  - One with a PMID
DO  - 10.5555/three
C2  - PMID: 3
AN  - 3
DB  - PubMed
ER  -
"""


def run(*args: str, kg: Path) -> Result:
    return CliRunner().invoke(main, [*args, "--kg", str(kg)])


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["harvest"], "nothing to harvest"),
        (["harvest", "pmid:1", "--offline", "--refresh"], "contradict"),
        (["harvest", "pmid:1", "--depth", "2"], "needs a direction"),
        (["harvest", "--query", "peers", "--since", "last May"], "is no date"),
        (["harvest", "pmid:1", "--since", "2020"], "nothing to search"),
        (["harvest", "pmid:1", "--source", "pubmet"], "Did you mean"),
        (["harvest", "not-an-identifier"], "not-an-identifier"),
        (["harvest", "--query", "peers", "--source", "opencitations"], "can be searched"),
        (["harvest", "pmid:1", "--mailto", "nobody"], "e-mail address"),
    ],
)
def test_what_can_not_be_meant_is_refused_before_a_folder_is_made(
    args: list[str], says: str, tmp_path: Path
) -> None:
    result = run(*args, kg=tmp_path / "kg")
    assert result.exit_code == 2, result.output
    assert says in result.stderr
    assert not (tmp_path / "kg" / "graph").exists() or "--mailto" in args


def test_offline_in_an_empty_workspace_says_what_to_do(tmp_path: Path) -> None:
    result = run("harvest", "pmid:1", "--offline", "--source", "pubmed", kg=tmp_path / "kg")
    assert result.exit_code == 3
    assert "Run without --offline" in result.stderr


def test_identifiers_come_from_a_reference_manager(tmp_path: Path) -> None:
    path = tmp_path / "included.ris"
    path.write_text(RIS)
    seeds, notes = seeds_of((), [str(path)])
    assert ("doi", "10.5555/one") in seeds
    assert len(seeds) == 2
    assert ["One with nothing" in note for note in notes] == [True]


def test_a_library_without_identifiers_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "none.ris"
    path.write_text("TY  - JOUR\nTI  - One with nothing\nER  -\n")
    with pytest.raises(UsageError, match="no entry has"):
        seeds_of((), [str(path)])


def test_identifiers_come_from_a_text_file_and_a_bad_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "ids.txt"
    path.write_text("# included\n1, 2\n10.5555/one\n")
    assert seeds_of(("pmid:9",), [str(path)])[0] == [
        ("pmid", "9"),
        ("pmid", "1"),
        ("pmid", "2"),
        ("doi", "10.5555/one"),
    ]
    path.write_text("1\nsome words\n")
    with pytest.raises(UsageError, match="line 2"):
        seeds_of((), [str(path)])


@pytest.mark.parametrize(
    "text", ["pmid:32357127", "doi:10.2196/15572", "https://doi.org/10.2196/15572", "PMC7312261"]
)
def test_build_takes_a_named_article(text: str) -> None:
    assert is_identifier(text)


@pytest.mark.parametrize("text", ["32357127", "article.txt", "pubmed/*.xml.gz", "folder"])
def test_build_takes_the_rest_for_files(text: str) -> None:
    assert not is_identifier(text)


def test_build_of_bare_digits_says_how_to_harvest(tmp_path: Path) -> None:
    result = run("build", "32357127", kg=tmp_path / "kg")
    assert result.exit_code == 3
    assert "pmid:32357127" in result.stderr
