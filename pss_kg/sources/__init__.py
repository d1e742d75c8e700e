"""One file a source or format: bytes in, records out."""
