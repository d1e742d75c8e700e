"""Records of one publication -> triples. Pure generators of N-Triples strings."""
