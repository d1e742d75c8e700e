"""Publications for people and their programs: chosen, compared with a library, written."""
