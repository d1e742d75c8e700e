"""Promises about the house: size, names, layers, and what no file may hold."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
MODULES = sorted((CHECKOUT / "pss_kg").rglob("*.py"))
LONGEST = 350
BANNED = re.compile(r"(^|_)(utils?|helpers?|managers?|process|misc|common)(_|$)")
# Folders that stand on one machine and not on another; /tmp and /dev are everywhere.
MACHINE = re.compile(r"(?<![\w.:/-])/(?:home|root|Users|work|opt|mnt|srv)/[\w.]")


def name(path: Path) -> str:
    return path.relative_to(CHECKOUT).as_posix()


def tracked() -> list[Path]:
    """Files under version control, and those that would be."""
    if not (CHECKOUT / ".git").exists() or not shutil.which("git"):
        pytest.skip("this is no checkout with git")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT,
        capture_output=True,
        check=True,
    )
    paths = [CHECKOUT / item for item in listed.stdout.decode().split("\0") if item]
    return [path for path in paths if path.is_file()]


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_is_no_longer_than_a_room(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_has_a_name_that_says_something(path: Path) -> None:
    assert not BANNED.search(path.stem)
    defined = [
        node.name
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef | ast.FunctionDef)
    ]
    assert not [known for known in defined if BANNED.search(known.lower())]


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_no_error_is_swallowed(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ExceptHandler):
            broad = node.type is None or (
                isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")
            )
            assert not (broad and isinstance(node.body[0], ast.Pass)), f"line {node.lineno}"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_the_environment_is_not_read_at_import(path: Path) -> None:
    def outside_functions(node: ast.AST) -> list[ast.AST]:
        found: list[ast.AST] = []
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                found += [child, *outside_functions(child)]
        return found

    for node in outside_functions(ast.parse(path.read_text("utf-8"))):
        assert not (isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv"))


def test_no_file_names_a_folder_of_one_machine() -> None:
    found = []
    for path in tracked():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue  # a compressed fixture
        found += [f"{name(path)}: {match[0]}" for match in MACHINE.finditer(text)]
    assert not found


def test_every_page_that_a_module_refers_to_exists() -> None:
    missing = {
        f"{name(path)}: {page}"
        for path in MODULES
        for page in re.findall(r"\bdocs/[a-z-]+\.md", path.read_text("utf-8"))
        if not (CHECKOUT / page).is_file()
    }
    assert not missing


def test_every_page_of_the_documentation_is_in_its_index() -> None:
    index = (CHECKOUT / "docs" / "index.md").read_text("utf-8")
    pages = {path.name for path in (CHECKOUT / "docs").glob("*.md")} - {"index.md"}
    assert not {page for page in pages if f"]({page})" not in index}


def test_the_layers_hold() -> None:
    """import-linter's contracts in setup.cfg: data flows one way, and SHACL engines have one door."""
    pytest.importorskip("importlinter")
    code = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
