"""Figures of speed and memory. `python -m benchmarks` makes them all; nothing here is a test."""
