"""The graph as one file, in five formats."""

from pss_kg.export.writing import FORMATS, check_format, export, export_file, format_of

__all__ = ["FORMATS", "check_format", "export", "export_file", "format_of"]
