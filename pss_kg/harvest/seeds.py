"""Identifiers in: what a person types or pastes, and files of identifiers."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from pathlib import Path

from pss_kg.errors import BadParameter, UnreadableInput, printable
from pss_kg.identifiers import parse_identifier
from pss_kg.sources.service import Identifier

FORMS = (
    "Give PMIDs (32357127, pmid:32357127), DOIs (10.2196/15572, doi:10.2196/15572), PMC7312261, "
    "openalex:W2741809807, arxiv:2101.01234, or the address of such a page."
)
"""What to do about an identifier that is none."""

_LABEL = re.compile(
    r"(pmids?|pubmed(?:-?ids?)?|dois?|pmcids?|pmcs?|openalex|arxiv)(?:-?ids?)?\s*[:=]?\Z", re.IGNORECASE
)
_SCHEME_OF_LABEL = {"pm": "pmid", "pu": "pmid", "do": "doi", "op": "openalex", "ar": "arxiv"}
_AFTER_LABEL = re.compile(r"(?:id|ids|no|no\.|nr|nr\.)?\s*[:=]?\Z", re.IGNORECASE)
_COMMENT = re.compile(r"(?:^|(?<=\s))#.*", re.DOTALL)
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff]")
_ROUND_A_WORD = "\"'`“”„‘’«»<>[](){}*•"
_NAMED = 20


def parse(text: str) -> Identifier:
    """The identifier that a person typed. Raises BadParameter for anything else."""
    found = parse_all([text], "")
    if len(found) > 1:
        raise BadParameter(f"“{printable(text)}” is {len(found)} identifiers.", todo="Give one.")
    return found[0]


def parse_all(lines: Iterable[str], where: str) -> list[Identifier]:
    """The identifiers of a text in their order, each once.

    lines: one or several identifiers each, between blanks, commas or semicolons, with or without
           quotes and labels (`PMID: 123`); `#` at the beginning of a line or after a blank starts
           a comment; a line that is only a label (a column's heading) gives the digits below it
           their kind
    where: what is read, for errors; "" where lines mean nothing (arguments)

    Raises BadParameter that names every word that is no identifier, with its line, or if there is
    no identifier at all.
    """
    found: dict[Identifier, None] = {}
    unknown: list[str] = []
    heading = ""
    for number, line in enumerate(lines, 1):
        words = _words(_COMMENT.sub("", _INVISIBLE.sub("", line)))
        labels = [_label(word) for word in words]
        if words and all(labels):
            heading = labels[-1]
            if where:
                continue
        bad: list[str] = []
        for identifier in _of_line(words, heading, bad):
            found[identifier] = None
        unknown += [f"line {number}: {word}" if where else word for word in bad]
    if unknown:
        named = "; ".join(printable(word[:200]) for word in unknown[:_NAMED])
        more = f"; and {len(unknown) - _NAMED} more" if len(unknown) > _NAMED else ""
        what = "This is no identifier" if len(unknown) == 1 else f"These {len(unknown)} are no identifiers"
        raise BadParameter(f"{what}: {named}{more}.", where=where, todo=FORMS)
    if not found:
        raise BadParameter("There is no identifier.", where=where, todo=FORMS)
    return list(found)


def read(path: Path) -> list[Identifier]:
    """The identifiers of a text file, in UTF-8, in UTF-16 with a BOM, or else in Windows-1252.

    Raises UnreadableInput for a file that can't be read, BadParameter as `parse_all`.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableInput(
            f"can't be read ({error.strerror}).", where=str(path), todo="Check the name and the permissions."
        ) from error
    return parse_all(lines_of(data), printable(str(path)))


def lines_of(data: bytes) -> list[str]:
    """The lines of a text as it comes from an editor or a spreadsheet, whatever its line ends and BOM."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace").splitlines()
    try:
        return data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace").splitlines()


def _label(word: str) -> str:
    """The scheme that a label names: `PMID:` -> pmid; "" for any other word."""
    match = _LABEL.match(word)
    if not match:
        return ""
    name = match[1].lower()
    return "pmcid" if name.startswith("pmc") else _SCHEME_OF_LABEL[name[:2]]


def _of_line(words: list[str], heading: str, bad: list[str]) -> Iterable[Identifier]:
    """The identifiers of one line. A label holds for the words behind it that have none of their own."""
    label, waiting = heading, ""
    for word in words:
        if named := _label(word):
            if waiting:
                bad.append(waiting)
            label, waiting = named, word
            continue
        if waiting and _AFTER_LABEL.match(word):
            continue  # PubMed ID: 123
        for piece in _pieces(word, label):
            parsed = _parse(piece, label)
            if parsed is None:
                bad.append(piece)
            else:
                yield parsed
        waiting = ""
    if waiting:
        bad.append(waiting)


def _parse(word: str, label: str) -> Identifier | None:
    bare = word.strip(_ROUND_A_WORD + ".")
    for text in (word, bare):
        if label and (label != "pmid" or not text.isdecimal()) and _needs_label(text, label):
            parsed = parse_identifier(f"{label}:{text}")
        else:
            parsed = parse_identifier(text)
        if parsed:
            return parsed
    return None


def _needs_label(text: str, label: str) -> bool:
    """Whether the word says less than its label: bare digits, or an arXiv id."""
    return text.isdecimal() if label != "arxiv" else parse_identifier(text) is None


def _words(line: str) -> list[str]:
    """The line at its blanks, without the commas and semicolons around each word."""
    return [word for part in line.split() if (word := part.strip(",;|").strip(_ROUND_A_WORD[:11]))]


def _pieces(word: str, label: str) -> list[str]:
    """The word at its commas, semicolons and bars, but not where a DOI has one inside
    (`10.1175/1520-0493(1999)127<2911:X>2.0.CO;2`)."""
    parts = re.split(r"([,;|])", word)
    pieces = [parts[0]]
    for separator, part in zip(parts[1::2], parts[2::2], strict=True):
        before = _parse(pieces[-1], label) if pieces[-1] else None
        inside = (
            before is not None
            and before[0] == "doi"
            and part != ""
            and (_parse(part, label) is None or (part.isdecimal() and len(part) < 4))
        )
        if inside:
            pieces[-1] += separator + part
        else:
            pieces.append(part)
    return [piece for piece in pieces if piece.strip(_ROUND_A_WORD)]
