"""The command line: `pss-kg COMMAND`. One file a command, imported when it is called."""

from __future__ import annotations

import click

from pss_kg import __version__
from pss_kg.cli import options
from pss_kg.cli.group import LazyGroup

COMMANDS = {
    "harvest": "Ask services for articles, for what cites them and for what they cite.",
    "build": "Build the graph from files, folders and globs, or add to it.",
    "map": "Make the graph anew from what was read before.",
    "infer": "Draw the conclusions that the vocabularies allow.",
    "store": "Load the graph into the store that queries use.",
    "validate": "Check the graph, or RDF files, against SHACL shapes.",
    "quarantine": "List, explain or retry records that are not published.",
    "lint": "Find classes and properties that no ontology declares.",
    "queries": "List the query library, or describe one query.",
    "query": "Run a query and print its rows.",
    "export": "Write the graph in an RDF format.",
    "load": "Put the graph into a triplestore, and prove that it arrived.",
    "dump": "Write the graph as compressed files to publish, with a description.",
    "show": "Show one publication as a person reads it.",
    "list": "List publications, as a table or for a reference manager.",
    "network": "Write the citation network as nodes and edges.",
    "diff": "Compare two graphs, publication by publication.",
    "info": "Print counts, coverage and versions.",
    "completion": "Print the script that completes commands in a shell.",
}
"""Name -> summary, in the order of the help page. It spares `--help` the import of every
command; a test holds it against the commands' own help."""


@click.group(
    cls=LazyGroup,
    commands_module=__name__,
    summaries=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", prog_name="pss-kg", message="%(prog)s %(version)s")
@options.debug
def main() -> None:
    """Article and citation records as a linked-data knowledge graph.

    Data goes to stdout, everything else to stderr. docs/exit-codes.md lists the exit codes.

    \b
    Example:
      pss-kg build article.txt pubmed/ && pss-kg query most-cited -p limit=5
    """
