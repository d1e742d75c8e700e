"""Which records are the same publication, and why."""
