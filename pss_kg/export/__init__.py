"""The graph, or a part of it, as one file in one of seven formats."""

from pss_kg.export.formats import FORMATS, check_format, format_of
from pss_kg.export.output import to_file
from pss_kg.export.selection import Selection
from pss_kg.export.triples import export_triples
from pss_kg.export.writing import Written, check_together, export, export_file

__all__ = [
    "FORMATS",
    "Selection",
    "Written",
    "check_format",
    "check_together",
    "export",
    "export_file",
    "export_triples",
    "format_of",
    "to_file",
]
