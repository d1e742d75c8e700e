"""Findings that say the same, put together with the articles they are about: for reports that list all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import quote

from pss_kg.validation.findings import Finding, Severity, merged
from pss_kg.validation.headings import by_heading
from pss_kg.validation.naming import Named, Naming, named
from pss_kg.validation.words import fault_of

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class Thing(NamedTuple):
    """An article (or another thing), and what of it is at fault."""

    named: Named
    faults: tuple[str, ...]


class Group(NamedTuple):
    """One rule that was broken, and by what."""

    severity: Severity
    message: str
    source_field: str
    remedy: str
    things: tuple[Thing, ...]


def grouped(findings: Iterable[Finding], name: Naming) -> list[Group]:
    """The findings by rule, gravest first; things in the order of the findings, each once."""
    groups = []
    for heading, members in by_heading(merged(findings)).items():
        things: dict[Named, dict[str, None]] = {}
        for finding, own in members:
            faults = things.setdefault(named(finding.focus, name), {})
            if fault := fault_of(finding, name, own):
                faults[fault] = None
        groups.append(Group(*heading, tuple(Thing(thing, tuple(told)) for thing, told in things.items())))
    return groups


def page_of(label: str) -> str:
    """The page of a publication on the web by its label ("PMID 1", "DOI 10.1/x", "PMC1"); "" for another."""
    scheme, _, value = label.partition(" ")
    if scheme == "PMID" and value.isascii() and value.isdigit():
        return f"https://pubmed.ncbi.nlm.nih.gov/{value}/"
    if scheme == "DOI" and value.startswith("10."):
        return f"https://doi.org/{quote(value, safe='/:;()._-')}"
    if re.fullmatch(r"PMC[0-9]+", label):
        return f"https://pmc.ncbi.nlm.nih.gov/articles/{label}/"
    return ""


def allowed(text: str) -> str:
    """The text without characters that XML 1.0 and HTML forbid."""
    return _FORBIDDEN.sub("\ufffd", text)
