"""Real records of Crossref, OpenAlex and DataCite in one graph. Skipped where they are not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from pss_kg import pipeline
from pss_kg.stages.summary import BECAME

pytestmark = [pytest.mark.shared, pytest.mark.slow]

FILES = {
    "crossref/derived/crossref_records.dev.jsonl.gz": ("crossref", 3082),
    "openalex/derived/openalex_records.dev.jsonl.gz": ("openalex", 194),
    "datacite/fatcat/datacite_1k_records.jsonl.gz": ("datacite", 1000),
}


def test_every_record_is_accounted_for_and_only_a_missing_title_keeps_one_out(
    shared_data: Path, tmp_path: Path
) -> None:
    summary = pipeline.build([str(shared_data / name) for name in FILES], tmp_path / "kg", store=False)
    for source, count in FILES.values():
        counts = summary.sources[source]
        assert counts["read"] == count == sum(counts[state] for state in BECAME)
    assert [line for line in summary.quarantined if "no title" not in line] == []
