"""Pieces of a workspace that are missing, cut or from the future: a clear message, never a wrong answer."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pubmed_files as pubmed
import pytest
from click.testing import CliRunner, Result

from pss_kg.cli import COMMANDS, main

CHECKOUT = Path(__file__).resolve().parent.parent
EXAMPLES = str(CHECKOUT / "examples")

READING: dict[str, list[str]] = {
    "info": [],
    "show": ["32357127"],
    "query": ["most-cited"],
    "validate": [],
    "lint": [],
    "export": ["--format", "n-triples"],
}
"""Commands that only read, with arguments that make them read."""
ANEW = ["--engine", "fast"]
ARGUMENTS = {**READING, "build": [EXAMPLES, "--jobs", "1"]}
WITHOUT_WORKSPACE = {"queries", "completion"}


def run(name: str, root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, [name, *ARGUMENTS.get(name, []), *arguments, "--kg", str(root)])


@pytest.fixture
def kg(tmp_path: Path, example_kg: Path) -> Path:
    """A copy of the example workspace, to be damaged."""
    return Path(shutil.copytree(example_kg, tmp_path / "kg"))


def says(result: Result, *words: str) -> None:
    """The command failed, said so with these words, and gave no answer."""
    assert result.exit_code == 3, result.output
    for word in words:
        assert word in result.stderr, result.stderr
    assert "bug" not in result.stderr, result.stderr
    assert "Traceback" not in result.stderr


def cut(path: Path, to: int = -7) -> None:
    os.truncate(path, to if to >= 0 else path.stat().st_size + to)


def mended(root: Path, example: Path) -> bool:
    """Whether the next build brings the graph back as it was."""
    assert run("build", root).exit_code == 0
    return manifest(root)["files"][:-1] == manifest(example)["files"][:-1]  # the last is provenance


def manifest(root: Path) -> dict[str, list[object]]:
    found: dict[str, list[object]] = json.loads((root / "graph" / "manifest.json").read_text("utf-8"))
    return found


# -- a newer layout -----------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in WITHOUT_WORKSPACE])
def test_every_command_refuses_a_workspace_of_a_newer_layout(tmp_path: Path, name: str) -> None:
    (tmp_path / "workspace.json").write_text('{"format": 9, "base": "https://example.org/"}')
    result = run(name, tmp_path)
    if name in ARGUMENTS or result.exit_code != 2:
        says(result, "layout 9", "newer pss-kg")
    assert [path.name for path in tmp_path.iterdir() if path.name != "lock"] == ["workspace.json"]


@pytest.mark.parametrize("name", ARGUMENTS)
def test_a_manifest_of_a_newer_layout_is_refused_and_kept(kg: Path, name: str) -> None:
    path = kg / "graph" / "manifest.json"
    path.write_text(json.dumps({**manifest(kg), "format": 9}))
    before = path.read_bytes()
    says(run(name, kg, *(ANEW if name == "validate" else [])), "layout 9", "newer pss-kg")
    assert path.read_bytes() == before


# -- what was published -------------------------------------------------------------------


@pytest.mark.parametrize("content", ["hello", "[1]", "", '{"format": "x"}'])
def test_a_damaged_marker_says_what_to_put_into_it(kg: Path, content: str) -> None:
    (kg / "workspace.json").write_text(content)
    for name in ARGUMENTS:
        says(run(name, kg), "workspace.json", '"format": 1')


@pytest.mark.parametrize("gone", ["graph/manifest.json", "graph"])
def test_a_missing_manifest_is_no_empty_graph(kg: Path, example_kg: Path, gone: str) -> None:
    path = kg / gone
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    for name in READING:
        says(run(name, kg, *(ANEW if name == "validate" else [])), "no graph is published", "pss-kg build")
    assert mended(kg, example_kg)


def test_a_damaged_manifest_is_mended_by_a_build(kg: Path, example_kg: Path) -> None:
    cut(kg / "graph" / "manifest.json", 500)
    for name in READING:
        says(run(name, kg), "manifest is damaged", "pss-kg build")
    assert mended(kg, example_kg)


def truncate_shard(root: Path) -> None:
    cut(next(iter(sorted((root / "graph" / "main").glob("*.nq")))))


def remove_shard(root: Path) -> None:
    next(iter(sorted((root / "graph" / "main").glob("*.nq")))).unlink()


@pytest.mark.parametrize("damage", [truncate_shard, remove_shard])
def test_a_shard_that_is_cut_or_gone_is_named_and_mended_by_a_build(
    kg: Path, example_kg: Path, damage: Callable[[Path], None]
) -> None:
    damage(kg)
    for name, more in (("validate", ANEW), ("lint", []), ("export", [])):
        says(run(name, kg, *more), "graph/main/", ".nq", "pss-kg build")
    shutil.rmtree(kg / "store")
    says(run("show", kg), "graph/main/")
    assert not list((kg / "store").glob("*"))
    assert mended(kg, example_kg)


# -- what can be made again ---------------------------------------------------------------


@pytest.mark.parametrize("name", ["show", "query"])
def test_a_store_that_is_cut_is_made_again(kg: Path, name: str) -> None:
    whole = run(name, kg).stdout
    for path in (kg / "store").rglob("*"):
        if path.is_file():
            cut(path, path.stat().st_size // 2)
    result = run(name, kg)
    assert (result.exit_code, result.stdout) == (0, whole)


def test_a_file_in_place_of_the_store_is_named(kg: Path) -> None:
    shutil.rmtree(kg / "store")
    (kg / "store").write_text("x")
    says(run("query", kg), "store", "a file stands where a folder should be", "Move it away")


def test_a_missing_index_is_made_again(kg: Path, example_kg: Path) -> None:
    (kg / "index.sqlite").unlink()
    assert mended(kg, example_kg)


def test_a_damaged_index_says_to_delete_it_and_readers_do_without(kg: Path, example_kg: Path) -> None:
    (kg / "index.sqlite").write_text("hello" * 500)
    says(run("build", kg), "index is damaged", "Delete index.sqlite")
    for name in READING:
        assert run(name, kg).exit_code == 0
    (kg / "index.sqlite").unlink()
    assert mended(kg, example_kg)


# -- what can't be made again -------------------------------------------------------------


def test_records_that_are_cut_are_never_taken_for_whole(kg: Path) -> None:
    for path in (kg / "records").iterdir():
        cut(path, path.stat().st_size // 2)
    (kg / "graph" / "manifest.json").unlink()
    says(run("build", kg), "record file is damaged", "records/", "index.sqlite")


def test_following_the_advice_on_damaged_records_mends_them(kg: Path, example_kg: Path) -> None:
    path = next(iter(sorted((kg / "records").iterdir())))
    name = path.name.removesuffix(".jsonl.zst")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1  # one bit
    path.write_bytes(content)
    (kg / "graph" / "manifest.json").unlink()
    says(run("build", kg), f"raw/{name}.json")
    for gone in (path, kg / "raw" / f"{name}.json", kg / "index.sqlite"):
        gone.unlink()
    assert mended(kg, example_kg)


def test_a_damaged_entry_of_raw_is_named(kg: Path, example_kg: Path) -> None:
    path = next(iter(sorted((kg / "raw").iterdir())))
    cut(path, 40)
    says(run("build", kg), path.name, "index.sqlite")
    path.unlink()
    (kg / "index.sqlite").unlink()
    assert mended(kg, example_kg)


def test_inputs_that_raw_has_lost_are_no_silent_loss(kg: Path) -> None:
    shutil.rmtree(kg / "raw")
    says(run("build", kg), "raw/", "index.sqlite")


def test_a_missing_report_is_not_told_as_no_findings(kg: Path) -> None:
    shutil.rmtree(kg / "reports")
    result = run("build", kg)
    assert result.exit_code == 0
    assert "0 violations" not in result.stderr


@pytest.mark.parametrize("name", ["violations.jsonl", "made-up.jsonl"])
def test_a_damaged_file_of_quarantine_is_named(kg: Path, name: str) -> None:
    (kg / "quarantine" / name).write_text('{"source": 1')
    says(run("build", kg), name, "damaged")


# -- a workspace that can't be written ----------------------------------------------------


@pytest.fixture
def read_only(kg: Path) -> Iterator[Callable[[], Path]]:
    """Gives a function that makes the workspace one that nobody may write to, and says where it is."""
    if os.geteuid() != 0:

        def close() -> Path:
            subprocess.run(["chmod", "-R", "a-w", str(kg)], check=True)
            return kg

        yield close
        subprocess.run(["chmod", "-R", "u+w", str(kg)], check=True)
        return
    # Root may write whatever the permissions say, but not on a file system mounted read-only.
    mounted: list[str] = []

    def mount() -> Path:
        for options in (["--bind", str(kg)], ["-o", "remount,ro,bind"]):
            line = ["mount", *options, str(kg)]
            if shutil.which("mount") is None or subprocess.run(line, capture_output=True).returncode:
                pytest.skip("nothing can be mounted here")
            mounted[:] = [str(kg)]
        return kg

    yield mount
    for place in mounted:
        subprocess.run(["umount", place], check=True)


def test_a_workspace_that_can_only_be_read_serves_all_that_reads(read_only: Callable[[], Path]) -> None:
    root = read_only()
    for name in READING:
        assert run(name, root).exit_code == 0
    says(run("build", root), "permission denied")


def test_it_says_what_to_do_where_the_store_must_be_made(kg: Path, read_only: Callable[[], Path]) -> None:
    shutil.rmtree(kg / "store")
    root = read_only()
    for name in ("query", "show"):
        says(run(name, root), "permission denied", "copy the workspace")
    assert run("info", root).exit_code == 0


# -- names --------------------------------------------------------------------------------

NAMES = {
    "blanks": "a file with blanks",
    "quotes": 'it\'s "quoted"',
    "a newline": "new\nline",
    "letters": "Überprüfung 評価",
    "a dash": "-dash",
    "an option": "--kg",
    "a pattern": "[glob]*?",
    "an escape": "red\x1b[31m",
    "a long name": "n" * 240,
    "an equals sign": "a=b",
    "a backslash": "back\\slash",
}


@pytest.mark.parametrize("kind", NAMES)
def test_files_and_workspaces_may_have_any_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.chdir(tmp_path)
    name = NAMES[kind]
    pubmed.write(Path(f"{name}.xml"), pubmed.article(1, "Study 1"))
    place = f"--kg={name}.kg"
    runner = CliRunner()

    def ends(code: int, *arguments: str) -> Result:
        result = runner.invoke(main, list(arguments))
        assert result.exit_code == code, (arguments, result.output)
        return result

    ends(0, "build", "--jobs=1", "--no-store", place, "--", f"{name}.xml")
    assert "Nothing changed" in ends(0, "build", "--no-store", place, "--", f"./{name}.xml").stderr
    ends(0, "info", place)
    ends(0, "validate", place)
    ends(0, "export", place, f"--output={name}.nt.gz")
    assert Path(f"{name}.nt.gz").is_file()
    said = ends(3, "build", place, "--", f"{name}/none.xml").stderr
    assert "\x1b" not in said
    assert said.count("\n") == 1


def test_a_name_that_is_no_utf_8_can_be_read_and_is_refused_for_a_workspace(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"bad\xff\xfe.xml")
    try:
        pubmed.write(path, pubmed.article(1, "Study 1"))
    except OSError:
        pytest.skip("this file system has no such names")
    runner = CliRunner()
    result = runner.invoke(main, ["build", "--no-store", "--kg", str(tmp_path / "kg"), str(path)])
    assert result.exit_code == 0, result.output
    place = str(tmp_path / os.fsdecode(b"kg\xff"))
    result = runner.invoke(main, ["build", "--no-store", "--kg", place, str(path)])
    assert result.exit_code == 3
    assert "UTF-8" in result.stderr
