"""Finds ontology/, shapes/ and queries/, installed or in a checkout."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def folder(name: str) -> Path:
    """The data folder `name` ("ontology", "shapes" or "queries").

    In a wheel the folders are sub-packages of pss_kg; in an editable install or a bare
    checkout they stand beside the package.

    Raises FileNotFoundError where neither exists, which means a broken installation.
    """
    inside = Path(str(files("pss_kg"))) / name
    if inside.is_dir():
        return inside
    beside = Path(__file__).resolve().parent.parent / name
    if beside.is_dir():
        return beside
    raise FileNotFoundError(f"the data folder {name!r} of pss-kg is missing; install it again")
