"""The query library: find, describe, bind and run .rq files.

Not called `queries`, because an installed package has the data folder queries/ there.
"""

from pss_kg.querying.binding import bind
from pss_kg.querying.library import EXAMPLES, Parameter, Query, describe, library, load, parse
from pss_kg.querying.results import Result, to_csv, to_json, to_table
from pss_kg.querying.running import run

__all__ = [
    "EXAMPLES",
    "Parameter",
    "Query",
    "Result",
    "bind",
    "describe",
    "library",
    "load",
    "parse",
    "run",
    "to_csv",
    "to_json",
    "to_table",
]
