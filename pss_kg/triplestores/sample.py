"""Which subjects are read back: a choice that is the same each time, and touches everything.

From each file the subjects with the smallest checksums, so that all shards are seen; besides, for
each class, each datatype, and language tags, the first subject that has one.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from zlib import crc32

from pss_kg.triplestores.graphs import GraphFiles
from pss_kg.vocabulary import RDF

_TYPE = f" <{RDF}type> ".encode()


def choose(graph: GraphFiles, number: int) -> list[str]:
    """About `number` subjects (IRIs) of the graph, sorted; more where classes and datatypes want it.

    One pass over the files; memory for a few hundred subjects.
    """
    if number <= 0 or not graph.files:
        return []
    each = -(-number // len(graph.files))
    spread: list[tuple[int, bytes]] = []
    kinds: dict[bytes, bytes] = {}
    for position, _ in enumerate(graph.files):
        spread += _of_file(graph._replace(files=graph.files[position : position + 1]), each, kinds)
    chosen = {subject for _, subject in heapq.nsmallest(number, spread)} | set(kinds.values())
    return sorted(subject[1:-1].decode() for subject in chosen)


def _of_file(graph: GraphFiles, each: int, kinds: dict[bytes, bytes]) -> list[tuple[int, bytes]]:
    best: list[tuple[int, bytes]] = []  # the largest checksum first
    held: set[bytes] = set()
    last = b""
    for line in _lines(graph):
        subject = line[: line.find(b" ")]
        kind = _kind(line, len(subject))
        if kind and kind not in kinds:
            kinds[kind] = subject
        if subject == last:
            continue
        last = subject
        item = (-crc32(subject), subject)
        if len(best) < each:
            if subject not in held:
                heapq.heappush(best, item)
                held.add(subject)
        elif item > best[0] and subject not in held:
            held.discard(heapq.heapreplace(best, item)[1])
            held.add(subject)
    return [(-checksum, subject) for checksum, subject in best]


def _kind(line: bytes, start: int) -> bytes:
    """The class, the datatype or "@" of a line; b"" of others."""
    if line.startswith(_TYPE, start):
        return line[start + len(_TYPE) :]
    if line.endswith(b'" .\n'):
        return b'"'
    if line.endswith(b"> .\n"):
        mark = line.rfind(b'"^^<')
        return line[mark + 3 :] if mark > 0 else b""
    return b"@"


def _lines(graph: GraphFiles) -> Iterator[bytes]:
    for block in graph.blocks():
        for line in block.split(b"\n")[:-1]:
            yield line + b"\n"


def lines_about(graph: GraphFiles, subjects: list[str]) -> dict[str, list[bytes]]:
    """Every line of the graph about these subjects, by subject. One pass over the files."""
    wanted = {f"<{subject}>".encode(): subject for subject in subjects}
    found: dict[str, list[bytes]] = {subject: [] for subject in subjects}
    for line in _lines(graph):
        subject = wanted.get(line[: line.find(b" ")])
        if subject is not None:
            found[subject].append(line)
    return found
