"""Walks citations from seeds over the services it is given, and keeps account of what is missing."""
