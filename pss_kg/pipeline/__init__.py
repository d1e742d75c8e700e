"""The stages of a build, in order. The only room that knows it.

read -> settle identities -> shuffle -> map -> reduce -> validate and quarantine -> publish -> store
"""

from pss_kg.pipeline.building import build, remap

__all__ = ["build", "remap"]
