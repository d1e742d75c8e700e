"""Options of the commands that ask services, and what they mean."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from pss_kg.errors import UsageError

if TYPE_CHECKING:
    from pss_kg.pipeline.harvesting import Asked

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

_HARVEST = (
    click.option("--citing", is_flag=True, help="Go on to the articles that cite."),
    click.option("--references", is_flag=True, help="Go on to the articles that are cited."),
    click.option(
        "--depth",
        type=click.IntRange(min=0),
        metavar="N",
        help="How many citations far. Default: 1 if a direction is given, else 0.",
    ),
    click.option(
        "--max", "limit", type=click.IntRange(min=1), metavar="N", help="Describe N publications at most."
    ),
    click.option(
        "--source",
        "sources",
        multiple=True,
        metavar="NAME",
        envvar="PSS_KG_SOURCES",
        show_envvar=True,
        help="Ask this service only; may be repeated. Default: all.",
    ),
    click.option("--offline", is_flag=True, help="Use the replies in raw/ only, and no network."),
    click.option("--refresh", is_flag=True, help="Ask again, also where raw/ has a reply."),
    click.option(
        "--mailto",
        metavar="ADDRESS",
        envvar="PSS_KG_MAILTO",
        show_envvar=True,
        help="Your e-mail address; services ask for it.",
    ),
)
_SEARCH = (
    click.option(
        "--file", "files", multiple=True, metavar="FILE", help="Identifiers in a text, RIS, NBIB … file."
    ),
    click.option("--query", "queries", multiple=True, metavar="TEXT", help="Begin at what a search finds."),
    click.option("--since", metavar="DATE", default="", help="With --query: published then or later."),
    click.option("--until", metavar="DATE", default="", help="With --query: published then or earlier."),
)
_DATE = r"[12][0-9]{3}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?"


class Chosen(NamedTuple):
    """The options of `asking`, as given."""

    citing: bool
    references: bool
    depth: int | None
    limit: int | None
    sources: tuple[str, ...]
    offline: bool
    refresh: bool
    mailto: str | None


def asking(function: Callable[..., None]) -> Callable[..., None]:
    """The options of a harvest; the command gets them as one, `chosen: Chosen`."""

    @functools.wraps(function)
    def gathering(*args: Any, **given: Any) -> None:
        chosen = Chosen(**{name: given.pop(name) for name in Chosen._fields})
        function(*args, chosen=chosen, **given)

    for option in reversed(_HARVEST):
        gathering = option(gathering)
    return gathering


def searching(function: Decorated) -> Decorated:
    """`--file`, `--query`, `--since` and `--until`."""
    for option in reversed(_SEARCH):
        function = option(function)
    return function


def asked(
    root: Path,
    seeds: Sequence[tuple[str, str]],
    chosen: Chosen,
    *,
    queries: Sequence[str] = (),
    since: str = "",
    until: str = "",
    chase: bool = False,
) -> Asked:
    """What a command line asks for. With `chase`, both directions are followed unless one is chosen.

    Raises UsageError for options that contradict each other, and for a date that is none.
    """
    import re

    from pss_kg.harvest.plan import Plan
    from pss_kg.http.client import Mode
    from pss_kg.pipeline.harvesting import Asked
    from pss_kg.sources.service import Query

    if chosen.offline and chosen.refresh:
        raise UsageError("--offline and --refresh contradict each other.", todo="Leave one of them out.")
    citing, references = chosen.citing, chosen.references
    if chase and not (citing or references):
        citing = references = True
    depth = chosen.depth
    if depth is None:
        depth = 1 if citing or references else 0
    elif depth and not (citing or references):
        raise UsageError(f"--depth {depth} needs a direction.", todo="Add --citing, --references or both.")
    for name, date in (("--since", since), ("--until", until)):
        if date and not re.fullmatch(_DATE, date):
            raise UsageError(f"{date!r} is no date.", where=name, todo="Write 2020, 2020-05 or 2020-05-01.")
        if date and not queries:
            raise UsageError("there is nothing to search for.", where=name, todo="Add --query.")
    plan = Plan(
        seeds=tuple(seeds),
        queries=tuple(Query(text, since, until, chosen.limit or 0) for text in queries),
        citing=citing,
        references=references,
        depth=depth,
        limit=chosen.limit or 0,
        sources=chosen.sources,
    )
    environ = dict(os.environ)
    if chosen.mailto:
        environ["PSS_KG_MAILTO"] = chosen.mailto
    mode: Mode = "offline" if chosen.offline else "refresh" if chosen.refresh else "normal"
    return Asked(plan, mode, environ, _services(root))


def _services(root: Path) -> dict[str, Any]:
    path = root / "config.toml"
    if not path.is_file():
        return {}
    from pss_kg.cli.config import services

    return services(path)


def seeds_of(identifiers: Sequence[str], files: Sequence[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """Every identifier that was typed, piped in (`-`) or stands in a file; and what to tell of it.

    Raises UsageError that names each word that is none, UnreadableInput for a file.
    """
    from pss_kg.harvest import seeds

    found: dict[tuple[str, str], None] = {}
    notes: list[str] = []
    typed = [text for text in identifiers if text != "-"]
    if typed:
        found |= dict.fromkeys(seeds.parse_all(typed, ""))
    if "-" in identifiers:
        found |= dict.fromkeys(seeds.parse_all(seeds.lines_of(sys.stdin.buffer.read()), "stdin"))
    for name in files:
        found |= dict.fromkeys(_of_file(Path(name), notes))
    return list(found), notes


def _of_file(path: Path, notes: list[str]) -> list[tuple[str, str]]:
    """The identifiers of a text file, or of a library: each entry's PMID, else its DOI or PMC id."""
    from pss_kg.errors import UnknownFormat
    from pss_kg.harvest import seeds
    from pss_kg.listing.library import opening

    try:
        library = opening.read(path)
    except UnknownFormat:
        return seeds.read(path)
    if library.format == "list":
        return seeds.read(path)
    found: list[tuple[str, str]] = []
    for entry in library.entries:
        by_scheme = {scheme: value for scheme, value in reversed(entry.identifiers)}
        for scheme in ("pmid", "doi", "pmcid"):
            if scheme in by_scheme:
                found.append((scheme, by_scheme[scheme]))
                break
        else:
            notes.append(
                f"{path}, entry {entry.number}: no PMID, DOI or PMC id, so not asked for: {entry.title}"
            )
    if not found:
        raise UsageError(
            "no entry has a PMID, DOI or PMC id.", where=str(path), todo="Add them, or use --query."
        )
    return found
