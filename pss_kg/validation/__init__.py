"""SHACL validation: shapes graph, two engines, findings, and reports for machines and people.

The only room that imports SHACL engines, and only when a validation runs.
"""

from __future__ import annotations

from pss_kg.validation.axioms import subclass_axioms
from pss_kg.validation.engines import ENGINES, validate, validate_file
from pss_kg.validation.files import ntriples
from pss_kg.validation.findings import SEVERITIES, Engine, Finding, Outcome, Severity, counts, exceeds, merged
from pss_kg.validation.html import report_html
from pss_kg.validation.junit import report_junit
from pss_kg.validation.naming import Named, Naming, naming_from_triples
from pss_kg.validation.report import report_json, report_turtle
from pss_kg.validation.shapes import Shapes
from pss_kg.validation.table import report_csv
from pss_kg.validation.words import describe, in_words

__all__ = [
    "ENGINES",
    "SEVERITIES",
    "Engine",
    "Finding",
    "Named",
    "Naming",
    "Outcome",
    "Severity",
    "Shapes",
    "counts",
    "describe",
    "exceeds",
    "in_words",
    "merged",
    "naming_from_triples",
    "ntriples",
    "report_csv",
    "report_html",
    "report_json",
    "report_junit",
    "report_turtle",
    "subclass_axioms",
    "validate",
    "validate_file",
]
