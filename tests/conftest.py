"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real records. Tests that use it carry the mark `shared`."""
    folder = Path(os.environ.get("PSS_KG_SHARED", CHECKOUT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"real records are not here ({folder}); set PSS_KG_SHARED to their folder")
    return folder


@pytest.fixture(scope="session")
def example_kg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace built from examples/, not to be changed."""
    from pss_kg.pipeline import build

    root = tmp_path_factory.mktemp("example") / "kg"
    summary = build([str(CHECKOUT / "examples")], root, jobs=1)
    assert summary.exit_code == 0
    return root
