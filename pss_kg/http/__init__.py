"""Manners with services: limits, retries, keys, and replies kept as received."""
