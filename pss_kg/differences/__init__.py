"""What differs between two graphs: found publication by publication, and said in words."""

from __future__ import annotations

from pss_kg.differences.comparing import Change, differences
from pss_kg.differences.words import describe

__all__ = ["Change", "describe", "differences"]
