"""Loading into triplestores that others run, and proof that the graph arrived. One file a product."""

from __future__ import annotations
