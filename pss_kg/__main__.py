"""`python -m pss_kg` does what `pss-kg` does."""

from __future__ import annotations

from pss_kg.cli import main

if __name__ == "__main__":
    main()
