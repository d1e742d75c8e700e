"""A reviewer's library, read from what reference managers and databases export.

Only what tells whether two entries are the same publication is taken: identifiers, title, year.
"""
