"""The SHACL test suites of W3C: every test passes, and the table in the docs says what is so."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest
from loaded_scripts import script


@pytest.fixture(scope="module")
def conformance() -> ModuleType:
    return script("make_conformance")


@pytest.mark.shared
@pytest.mark.filterwarnings("ignore")
def test_the_suites_of_w3c_pass_and_the_page_in_the_docs_is_right(
    conformance: ModuleType, shared_data: Path
) -> None:
    suites = shared_data / "testsuites" / "shacl"
    page = conformance.page(suites)
    # pyshacl, fast, auto
    assert "| core | 98 | 98 | 98 | 98 |\n| sparql | 23 | 21 | 23 | 23 |\n" in page
    assert conformance.PAGE.read_text("utf-8") == page
