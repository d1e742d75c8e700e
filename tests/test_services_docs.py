"""docs/services.md states the limits that the code keeps to."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import pss_kg.sources
from pss_kg.http.asking import Access
from pss_kg.http.settings import plain
from pss_kg.sources.service import Service

PAGE = Path(__file__).parents[1] / "docs" / "services.md"


def accesses() -> list[Access]:
    """Of every service that stands in pss_kg/sources."""
    found: dict[str, Access] = {}
    for module in pkgutil.iter_modules(pss_kg.sources.__path__):
        if not module.name.endswith("_service"):
            continue
        for value in vars(importlib.import_module(f"pss_kg.sources.{module.name}")).values():
            if (
                isinstance(value, type)
                and value is not Service
                and isinstance(getattr(value, "accesses", None), tuple)
            ):
                found.update((access.name, access) for access in value.accesses)  # type: ignore[attr-defined]
    return [found[name] for name in sorted(found)]


def row(access: Access) -> str:
    """A row of the table of limits."""
    contact = f"{access.rate_with_contact:g}" if access.rate_with_contact else ""
    key = f"{access.rate_with_key:g}" if access.rate_with_key else ""
    places = f"{access.concurrency}"
    if access.concurrency_with_contact:
        places += f", {access.concurrency_with_contact} with an address"
    how = (
        {"param": "parameter `{}`", "header": "header `{}`"}[access.key[0]].format(access.key[1])
        if access.key
        else ""
    )
    service, name = f"[{access.title}]({access.documented})", f"`{plain(access.name).upper()}`"
    return f"| {service} | {name} | {access.rate:g} | {contact} | {key} | {places} | {how} |"


def test_the_table_of_limits_is_that_of_the_code() -> None:
    table = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| [")]
    assert table == [row(access) for access in accesses()]


if __name__ == "__main__":
    print("\n".join(row(access) for access in accesses()))
