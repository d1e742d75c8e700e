"""What is installed is what is in the tree."""

from __future__ import annotations

import ast
import configparser
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
DATA = ("ontology", "queries", "shapes")
SHIPPED = {".ttl", ".jsonld", ".rq", ".trig", ".csv"}
TEST_DATA = {".csv", ".trig"}  # beside the queries: expected rows and the data they come from


def setup_cfg() -> configparser.ConfigParser:
    settings = configparser.ConfigParser(interpolation=None)
    settings.read(CHECKOUT / "setup.cfg", encoding="utf-8")
    return settings


def lines(section: str, option: str) -> list[str]:
    return setup_cfg()[section][option].strip().splitlines()


def packages_in_the_tree() -> set[str]:
    found = {
        ".".join(path.parent.relative_to(CHECKOUT).parts)
        for path in (CHECKOUT / "pss_kg").rglob("*.py")
        if "__pycache__" not in path.parts
    }
    return found | {f"pss_kg.{name}" for name in DATA}


def data_files() -> set[str]:
    """Files of the data folders as they should stand in the wheel."""
    return {
        f"pss_kg/{path.relative_to(CHECKOUT).as_posix()}"
        for name in DATA
        for path in (CHECKOUT / name).rglob("*")
        if path.suffix in SHIPPED
    }


def modules() -> set[str]:
    return {path.relative_to(CHECKOUT).as_posix() for path in (CHECKOUT / "pss_kg").rglob("*.py")}


def test_every_package_in_the_tree_is_listed_and_no_other() -> None:
    assert set(lines("options", "packages")) == packages_in_the_tree()


def test_a_package_that_is_not_listed_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shutil.copytree(CHECKOUT / "pss_kg", tmp_path / "pss_kg", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "pss_kg" / "forgotten").mkdir()
    (tmp_path / "pss_kg" / "forgotten" / "new.py").touch()
    monkeypatch.setattr(sys.modules[__name__], "CHECKOUT", tmp_path)
    assert "pss_kg.forgotten" in packages_in_the_tree()


def test_the_lists_are_in_order() -> None:
    for section, option in (("options", "packages"), ("options", "install_requires")):
        listed = lines(section, option)
        assert listed == sorted(listed)


def test_every_data_folder_is_mapped_and_no_module_takes_its_name() -> None:
    assert lines("options", "package_dir") == [f"pss_kg.{name} = {name}" for name in DATA]
    for name in DATA:
        assert not (CHECKOUT / "pss_kg" / name).exists()
        assert not (CHECKOUT / "pss_kg" / f"{name}.py").exists()


def test_every_kind_of_data_file_is_shipped_or_known_to_be_test_data() -> None:
    kinds = {path.suffix for name in DATA for path in (CHECKOUT / name).rglob("*") if path.is_file()}
    assert kinds <= SHIPPED | TEST_DATA


def required_by(*lists: list[str]) -> set[str]:
    return {re.split(r"[<>=%]", line)[0].lower().replace("-", "_") for lines in lists for line in lines}


def imported_by(folder: str) -> set[str]:
    """Distributions that the modules of the folder import, wherever in the module."""
    named_otherwise = {"yaml": "pyyaml"}
    modules = list((CHECKOUT / folder).rglob("*.py"))
    own = {"pss_kg", "benchmarks", *(path.stem for path in modules), *(path.parent.name for path in modules)}
    found = set()
    for path in (CHECKOUT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.split(".")[0])
    foreign = found - set(sys.stdlib_module_names) - own
    return {named_otherwise.get(name, name.lower()) for name in foreign}


def test_every_package_that_the_code_imports_is_required() -> None:
    assert imported_by("pss_kg") <= required_by(lines("options", "install_requires"))


def test_every_package_that_the_tests_import_is_required() -> None:
    required = required_by(lines("options", "install_requires"), lines("options.extras_require", "test"))
    assert imported_by("tests") - {"importlinter"} <= required


def test_the_version_is_told_once() -> None:
    from pss_kg import __version__

    assert lines("metadata", "version") == ["attr: pss_kg.__version__"]
    assert f"version: {__version__}\n" in (CHECKOUT / "CITATION.cff").read_text("utf-8")
    assert f"## {__version__}" in (CHECKOUT / "CHANGELOG.md").read_text("utf-8")


def test_pyproject_holds_the_build_system_and_ruff_only() -> None:
    import tomllib

    settings = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))
    assert set(settings) == {"build-system", "tool"}
    assert set(settings["tool"]) == {"ruff"}


# -- what is built ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with sdist and wheel, built from a copy of the tree, without the network."""
    try:  # not imported: another test may have imported what setuptools wants to import first
        installed = metadata.version("setuptools")
    except metadata.PackageNotFoundError:
        pytest.skip("setuptools is not installed")
    if int(installed.split(".")[0]) < 71:
        pytest.importorskip("wheel", reason="setuptools is too old to build a wheel by itself")
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("dist")
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in ("pss_kg", *DATA, "docs", "examples", "tests"):
        shutil.copytree(CHECKOUT / name, source / name, ignore=ignored)
    for path in CHECKOUT.iterdir():
        if path.is_file():
            shutil.copy(path, source)
    code = (
        f"from setuptools import build_meta\nbuild_meta.build_sdist({str(target)!r})\n"
        f"build_meta.build_wheel({str(target)!r})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=source, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return target


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    return next(built.glob("*.whl"))


def test_the_wheel_holds_every_module_and_every_data_file(wheel: Path) -> None:
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("pss_kg/")}
    assert inside == modules() | data_files() | {"pss_kg/py.typed"}


def test_the_wheel_has_the_command_and_the_licence(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    entry_points = next(name for name in names if name.endswith("entry_points.txt"))
    assert b"pss-kg = pss_kg.cli:main" in zipfile.ZipFile(wheel).read(entry_points)
    assert any(name.endswith("LICENSE") for name in names)


def test_the_sdist_holds_what_the_wheel_and_the_tests_need(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    assert modules() <= inside
    assert {name.removeprefix("pss_kg/") for name in data_files()} <= inside
    tests = {path.relative_to(CHECKOUT).as_posix() for path in (CHECKOUT / "tests").rglob("*.py")}
    assert tests <= inside
    assert {"LICENSE", "README.md", "setup.cfg", "pyproject.toml"} <= inside
    assert "examples/article-page-32357127.txt" in inside


def test_the_installed_package_finds_its_data_and_answers(wheel: Path, tmp_path: Path) -> None:
    """The wheel alone on the path, in a folder that is no checkout."""
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    run = [sys.executable, "-m", "pss_kg"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site"), "PSS_KG_DIR": "kg"}
    page = CHECKOUT / "examples" / "article-page-32357127.txt"
    for arguments in (
        ["build", str(page), "--jobs", "1"],
        ["lint"],
        ["query", "most-cited", "-p", "limit=1"],
    ):
        done = subprocess.run(
            [*run, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
    assert "pmid-32357127" in done.stdout
