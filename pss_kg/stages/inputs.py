"""What the user named -> the files to read."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from pss_kg.errors import UnreadableInput

_MAGIC = frozenset("*?[")


class Found(NamedTuple):
    """A file to read; `named` where the user named it and did not only name its folder."""

    path: Path
    named: bool


def expand(inputs: Iterable[str]) -> list[Found]:
    """Files, folders (whole trees, hidden files and workspaces left out) and globs, each file once.

    Raises UnreadableInput, before anything is read, for a name that leads to nothing.
    """
    found: dict[Path, Found] = {}
    for name in inputs:
        paths = [Path(name)]
        if not os.path.lexists(name) and _MAGIC & set(name):
            paths = [Path(p) for p in sorted(glob.glob(name, recursive=True))]
            if not paths:
                raise UnreadableInput("no file fits this pattern.", where=name, todo="Check the path.")
        for path in paths:
            if path.is_dir():
                listed = [Found(p, False) for p in _walk(path)]
                if not listed:
                    raise UnreadableInput("the folder holds no files.", where=name, todo="Check the path.")
            elif path.exists():
                listed = [Found(path, True)]
            else:
                todo = (
                    f"To harvest the article, write pmid:{name}." if name.isdecimal() else "Check the path."
                )
                raise UnreadableInput("no such file or folder.", where=name, todo=todo)
            for each in listed:
                resolved = each.path.resolve()
                if resolved not in found or each.named:
                    found[resolved] = each
    return list(found.values())


def _walk(folder: Path) -> Iterator[Path]:
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and not _is_workspace(Path(here, f)))
        yield from (Path(here, f) for f in sorted(files) if not f.startswith("."))


def _is_workspace(folder: Path) -> bool:
    return (folder / "workspace.json").is_file() and (folder / "graph").is_dir()
