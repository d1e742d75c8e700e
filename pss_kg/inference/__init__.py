"""Inference by an allow-list: axioms, the SPARQL rules compiled from them, and the fixpoint."""

from __future__ import annotations

from pss_kg.inference.axioms import Axioms, allowed, declared
from pss_kg.inference.closure import closure, concerned, direct
from pss_kg.inference.rules import Rules, rules

__all__ = ["Axioms", "Rules", "allowed", "closure", "concerned", "declared", "direct", "rules"]
