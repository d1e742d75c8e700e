"""One publication as a person reads it."""

from pss_kg.show.page import Author, Other, Shown, format_text
from pss_kg.show.reading import show

__all__ = ["Author", "Other", "Shown", "format_text", "show"]
