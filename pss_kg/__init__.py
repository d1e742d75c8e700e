"""pss-kg: harvested article and citation records as a linked-data knowledge graph."""

__version__ = "0.1.0"
