"""Colours, few: what is grave or in need of attention. click.echo strips them where they are not wanted."""

from __future__ import annotations

import re

import click

_FINDING = re.compile(r"^(VIOLATION|WARNING|INFO)(?=  )", re.MULTILINE)
_OF_SEVERITY = {"VIOLATION": "red", "WARNING": "yellow", "INFO": "blue"}
_HELD = re.compile(r"^(In quarantine|Damaged files|Files that were not read)\b.*$", re.MULTILINE)


def findings(text: str) -> str:
    """A validation report in words, its severities coloured."""
    return _FINDING.sub(lambda found: click.style(found[0], fg=_OF_SEVERITY[found[0]], bold=True), text)


def summary(text: str) -> str:
    """A build's summary; the heads of what could not be used stand out."""
    return _HELD.sub(lambda found: click.style(found[0], fg="yellow", bold=True), text)


def page(text: str) -> str:
    """A publication as `show` prints it; the warnings before its title stand out."""
    if not text.startswith("!! "):
        return text
    warnings, blank, rest = text.partition("\n\n")
    return click.style(warnings, fg="red", bold=True) + blank + rest
