"""The graph as a folder to publish: compressed N-Quads, a description, checksums."""

from __future__ import annotations

from pss_kg.dump.writing import Dumped, dump

__all__ = ["Dumped", "dump"]
