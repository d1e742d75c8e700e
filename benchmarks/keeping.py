"""What was measured, one JSON file a measurement: an interrupted run goes on where it ended."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.measuring import DidNotRun

Measured = dict[str, Any]


class Results:
    """The measurements of one input, under OUT/measured/."""

    def __init__(self, out: Path, digest: str, *, again: bool = False) -> None:
        """`digest` is of the input: another input's results are not taken. `again` forgets all."""
        self.folder = out / "measured" / digest
        if again and self.folder.exists():
            shutil.rmtree(self.folder)
        self.folder.mkdir(parents=True, exist_ok=True)

    def get(self, name: str) -> Measured | None:
        """A measurement that is done; None where it is not, or did not run."""
        path = self.folder / f"{name}.json"
        if not path.exists():
            return None
        found: Measured = json.loads(path.read_text("utf-8"))
        return found

    def measured(self, name: str, measure: Callable[[], Measured]) -> Measured:
        """The measurement of this name, made if it is not there.

        One that could not run is put down as {"failed": why}, and tried again by the next run.
        """
        found = self.get(name)
        if found is not None and "failed" not in found:
            return found
        print(f"measuring {name} …", flush=True)
        try:
            found = measure()
        except DidNotRun as error:
            found = {"failed": str(error)}
            print(f"  did not run: {error}", flush=True)
        write_json(self.folder / f"{name}.json", found)
        return found

    def forget(self, name: str) -> None:
        """Measure this one anew at the next call."""
        (self.folder / f"{name}.json").unlink(missing_ok=True)

    def named(self, begin: str) -> list[Measured]:
        """Every measurement that ran and whose name begins so, in the order of names."""
        paths = sorted(self.folder.glob(f"{begin}*.json"))
        found = [json.loads(path.read_text("utf-8")) for path in paths]
        return [measured for measured in found if "failed" not in measured]

    def all(self) -> dict[str, Measured]:
        """Every measurement by name."""
        return {p.stem: json.loads(p.read_text("utf-8")) for p in sorted(self.folder.glob("*.json"))}


def write_json(path: Path, value: object) -> None:
    """Write beside and rename, keys in order."""
    beside = path.with_name(f".{path.name}.tmp")
    text = json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False)
    beside.write_text(text + "\n", encoding="utf-8")
    beside.replace(path)
