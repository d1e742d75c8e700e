"""config.toml of a workspace: defaults for options. A flag or an environment variable goes before it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pss_kg.errors import UsageError

KEYS = {"jobs": int, "fail-on": str, "format": dict, "services": dict}
"""Key -> its type. `format` is a table: command -> format; `services` one of services
(docs/services.md)."""


def defaults(path: Path, command: str) -> dict[str, Any]:
    """Parameter -> default, for one command; parameters that it has not do no harm.

    Raises UsageError for a file that is no TOML, or holds an unknown key or a value of the wrong type.
    """
    said = _read(path)
    for key, value in said.items():
        if key not in KEYS:
            from pss_kg.cli.group import did_you_mean

            known = ", ".join(KEYS)
            raise UsageError(
                f"there is no key {key!r}.{did_you_mean(key, list(KEYS))}",
                where=str(path),
                todo=f"The keys are {known}.",
            )
        if not isinstance(value, KEYS[key]) or isinstance(value, bool):
            kind = {int: "a whole number", str: "a text", dict: f"a table: [{key}]"}[KEYS[key]]
            raise UsageError(f"the value of {key!r} is not {kind}.", where=str(path), todo="Correct it.")
    found: dict[str, Any] = {}
    if "jobs" in said:
        found["jobs"] = said["jobs"]
    if "fail-on" in said:
        found["fail_on"] = said["fail-on"]
    if command in said.get("format", {}):
        found["form"] = said["format"][command]
    return found


def services(path: Path) -> dict[str, Any]:
    """The table `[services]`: addresses, keys and rates. Raises UsageError as `defaults`."""
    found = _read(path).get("services", {})
    return found if isinstance(found, dict) else {}


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(
            f"this can't be read as TOML: {error}.", where=str(path), todo="docs/workspace.md shows one."
        ) from error
