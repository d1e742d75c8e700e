"""Memory that a task no longer needs goes back to the system."""

from __future__ import annotations

import ctypes
from functools import cache


@cache
def _trim() -> ctypes._FuncPointer | None:
    """glibc's `malloc_trim` (malloc_trim(3)); None where the C library has none (musl, macOS, Windows)."""
    try:
        return ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError, TypeError):
        return None


def give_back() -> None:
    """Return what was freed. A worker lives through several stages, and glibc would keep what
    the largest of them took: after the shuffle some 35 MB, which the map stage has no use for."""
    trim = _trim()
    if trim is not None:
        trim(ctypes.c_size_t(0))
