"""The example package of docs/plugins.md is installed, read with, tested, and removed."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pss_kg import info
from pss_kg.workspace import Workspace

CHECKOUT = Path(__file__).resolve().parent.parent
EXAMPLE = CHECKOUT / "docs" / "examples" / "pss-kg-journal-club"
LIST = EXAMPLE / "reading-list.csv"

pytestmark = pytest.mark.skipif(
    not importlib.util.find_spec("pip") or not importlib.util.find_spec("setuptools"),
    reason="needs pip and setuptools",
)


def run(*words: str, path: Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PSS_KG_")}
    environment["PYTHONPATH"] = os.pathsep.join([str(path), str(CHECKOUT)])
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which pip installed the example. Built from a copy: building leaves files behind."""
    copy = tmp_path_factory.mktemp("copy") / "example"
    shutil.copytree(EXAMPLE, copy, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "build"))
    site = tmp_path_factory.mktemp("site")
    words = ("install", "--no-index", "--no-build-isolation", "--no-deps", "--quiet", "--target", str(site))
    done = run("pip", "--disable-pip-version-check", *words, str(copy), path=site, cwd=copy)
    assert done.returncode == 0, done.stderr
    return site


def test_its_file_is_read_and_stands_in_the_graph(site: Path, tmp_path: Path) -> None:
    done = run("pss_kg", "build", str(LIST), "--jobs", "1", path=site, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    known = info.describe(Workspace.open(tmp_path / "kg"))
    assert known["sources"]["journal-club"]["described"] == 3
    shown = run("pss_kg", "show", "10.5555/club.2", path=site, cwd=tmp_path)
    assert "Peers, and who they are" in shown.stdout
    told = run("pss_kg", "info", path=site, cwd=tmp_path)
    assert "plug-in pss-kg-journal-club 1.0" in told.stdout


def test_its_own_tests_pass(site: Path, tmp_path: Path) -> None:
    tests = tmp_path / "example"
    shutil.copytree(EXAMPLE / "tests", tests / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(LIST, tests)
    done = run("pytest", "-q", "-p", "no:cacheprovider", "tests", path=site, cwd=tests)
    assert done.returncode == 0, done.stdout
    assert "failed" not in done.stdout


def test_without_it_the_file_is_unknown_again(site: Path, tmp_path: Path) -> None:
    with_it = run("pss_kg", "build", str(EXAMPLE / "pyproject.toml"), path=site, cwd=tmp_path)
    assert with_it.returncode == 3
    assert "reading lists of journal clubs (CSV)" in with_it.stderr
    removed = tmp_path / "site"
    shutil.copytree(site, removed)
    for left in removed.glob("pss_kg_journal_club*"):
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()
    without = run("pss_kg", "build", str(LIST), path=removed, cwd=tmp_path)
    assert without.returncode == 3
    assert "pss-kg reads PubMed XML" in without.stderr
    assert "journal club" not in without.stderr


def test_the_guide_shows_the_example_as_it_is() -> None:
    guide = (CHECKOUT / "docs" / "plugins.md").read_text("utf-8")
    blocks = [block.partition("\n")[2].strip() for block in guide.split("```")[1::2]]
    shown = "\n".join(path.read_text("utf-8") for path in sorted(EXAMPLE.rglob("*")) if path.is_file())
    lines = {line.strip() for line in shown.splitlines()}
    for block in blocks:
        for line in block.splitlines():
            assert not line.strip() or line.strip() in lines or line.strip() == "…", (
                f"not in the example: {line}"
            )
