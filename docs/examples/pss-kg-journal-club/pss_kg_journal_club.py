"""Reading lists of journal clubs, from a CSV file and from the service where clubs share them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import IO, Any

from pss_kg.errors import DamagedInput
from pss_kg.http.asking import Access, Ask, BadReply, Reply, Request
from pss_kg.identifiers import NORMALISERS, normalise_doi
from pss_kg.records import Contributor, Date, Note, Publication, Read, Reference, Unusable
from pss_kg.sources.base import Input
from pss_kg.sources.service import Identifier, Unasked

COLUMNS = ["read on", "title", "first author", "year", "doi", "pmid"]
HEAD = ",".join(COLUMNS).encode()


class ReadingList:
    """The file: one line a paper."""

    name = "journal-club"
    title = "reading lists of journal clubs (CSV)"

    def detect(self, head: bytes, name: str) -> bool:
        """The first line tells, never the name of the file."""
        return head.split(b"\n", 1)[0].removeprefix(b"\xef\xbb\xbf").rstrip(b"\r") == HEAD

    def read(self, stream: IO[bytes], given: Input) -> Iterator[Read]:
        """A record for each line. A last line without its end may be half a line."""
        lines: Iterator[bytes] = io.BufferedReader(stream)  # type: ignore[type-var]
        for number, line in enumerate(lines, 1):
            where = f"{given.name}:{number}"
            if not line.endswith(b"\n"):
                raise DamagedInput("the last line is cut.", where=where, todo="Save the file again.")
            if number > 1:
                yield self._record(line, where, given.max_field)

    def _record(self, line: bytes, where: str, max_field: int) -> Read:
        """What can't be used is told with its reason, and never dropped."""
        excerpt = line.decode("utf-8", "replace").strip()[:2000]
        try:
            cells = next(csv.reader([line.decode().rstrip("\r\n")], strict=True), [])
        except (csv.Error, UnicodeDecodeError) as error:
            return Unusable(self.name, f"no CSV ({error})", where=where, excerpt=excerpt)
        if len(cells) != len(COLUMNS):
            return Unusable(self.name, f"{len(cells)} cells, not 6", where=where, excerpt=excerpt)
        if max(map(len, cells)) > max_field:
            return Unusable(self.name, "a cell over the limit", where=where, excerpt=excerpt)
        _, title, author, year, doi, pmid = cells
        identifiers, notes = [], []
        for scheme, text in (("doi", doi), ("pmid", pmid)):
            if value := NORMALISERS[scheme](text):
                identifiers.append((scheme, value))
            elif text:
                notes.append(Note(scheme, text, f"no {scheme.upper()}; left out"))
        if not identifiers:
            return Unusable(self.name, "neither DOI nor PMID", title=title, where=where, excerpt=excerpt)
        if year and not re.fullmatch("[0-9]{4}", year):
            notes.append(Note("year", year, "no year; left out"))
            year = ""
        family, _, given = author.partition(", ")
        return Publication(
            self.name,
            identifiers[0][1],
            identifiers=tuple(identifiers),
            title=title,
            issued=Date(year) if year else None,
            contributors=(Contributor(f"{given} {family}".strip(), family, given),) if author else (),
            authors_complete=False,
            notes=tuple(notes),
        )


class Exchange(Unasked):
    """The service: papers by DOI, with what they cite. `Unasked` has the questions that it can't answer."""

    name = "journal-club"
    title = "Journal Club Exchange"
    accesses = (
        Access(
            name="journal-club",
            title="Journal Club Exchange",
            url="https://journal-club.example/api",
            rate=2.0,
            documented="https://journal-club.example/limits",
        ),
    )
    schemes = ("doi",)
    describes = 25
    cites = 0  # it does not know who cites a paper
    refers = 0  # what a paper cites stands in its record
    searches = False

    def describe(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
        """The papers that it knows, 25 a request."""
        dois = [value for scheme, value in wanted if scheme == "doi"]
        for start in range(0, len(dois), self.describes):
            batch = "|".join(dois[start : start + self.describes])
            yield from ask(Request("journal-club", "/papers", params=(("doi", batch),)), _papers)


def _papers(reply: Reply) -> list[Publication]:
    """The records of a reply. BadReply has it asked again, and keeps nothing of it."""
    said: Any = reply.json()
    try:
        return [_paper(paper["doi"], paper["title"], paper["cites"]) for paper in said["papers"]]
    except (TypeError, KeyError, AttributeError) as error:
        raise BadReply(f"the reply has no papers ({error!r})") from error


def _paper(doi: str, title: str, cites: list[str]) -> Publication:
    own = normalise_doi(doi)
    if not own:
        raise BadReply(f"{doi!r} is no DOI")
    references = tuple(
        Reference(text, identifiers=(("doi", cited),) if (cited := normalise_doi(text)) else ())
        for text in cites
    )
    return Publication("journal-club", own, identifiers=(("doi", own),), title=title, references=references)
