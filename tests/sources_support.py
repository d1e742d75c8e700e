"""Reading made-up input through the front door: open, detect, read."""

from __future__ import annotations

from pathlib import Path

from pss_kg.errors import PssKgError
from pss_kg.records import Publication, Read
from pss_kg.sources.base import DEFAULT_MAX_FIELD, Input
from pss_kg.sources.opening import detect, open_input

FOLDER = Path(__file__).resolve().parent / "data" / "sources"
PUBMED = FOLDER / "pubmed_small.xml"
PAGE = FOLDER / "page_small.txt"


def read_all(path: Path, max_field: int = DEFAULT_MAX_FIELD) -> tuple[list[Read], PssKgError | None]:
    """Every record of a file, and the error that reading ended with."""
    records: list[Read] = []
    try:
        source = detect(path)
        stream, _ = open_input(path)
        with stream:
            for record in source.read(stream, Input(path, path.name, max_field)):
                records.append(record)
    except PssKgError as error:
        return records, error
    return records, None


def publications(path: Path) -> list[Publication]:
    """The publications of a file that is read without an error."""
    records, error = read_all(path)
    assert error is None
    return [record for record in records if isinstance(record, Publication)]


def noted(record: Publication) -> dict[str, str]:
    """The values that a record's notes tell of, by their field; of several the last."""
    return {note.field: note.value for note in record.notes}


def read_text(
    folder: Path, text: str | bytes, max_field: int = DEFAULT_MAX_FIELD
) -> tuple[list[Read], PssKgError | None]:
    """The same for a text, written to a file in `folder`."""
    path = folder / "input"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_all(path, max_field)


def only(result: tuple[list[Read], PssKgError | None]) -> Publication:
    """The one publication of an input that holds nothing else."""
    records, error = result
    assert error is None
    assert len(records) == 1
    assert isinstance(records[0], Publication)
    return records[0]
