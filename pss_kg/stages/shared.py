"""Statements on shared things as mapping notes them, by the shard of their subject.

One file a mapped shard under work/shared/: a part for each shard of subjects, and beside it
where each part stands.
"""

from __future__ import annotations

from collections import Counter

import msgspec

from pss_kg.mapping.entry import Shared
from pss_kg.stages.shuffle import shard_of
from pss_kg.workspace import Workspace

Statement = tuple[str, str, str, bool, str, str]
"""A `Shared` as it is read back: a plain tuple is cheaper, and there are many."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[tuple[Statement, int]]).decode


def write(workspace: Workspace, name: str, shards: int, shared: Counter[Shared]) -> None:
    """Put the statements of one mapped shard down."""
    parts: list[list[tuple[Shared, int]]] = [[] for _ in range(shards)]
    part_of: dict[str, list[tuple[Shared, int]]] = {}
    for statement, count in shared.items():
        subject = statement[0]
        part = part_of.get(subject)
        if part is None:
            part = part_of[subject] = parts[shard_of(subject, shards)]
        part.append((statement, count))
    folder = workspace.work / "shared"
    folder.mkdir(parents=True, exist_ok=True)
    spans = []
    with open(folder / f"{name}.rows", "wb") as out:
        for part in parts:
            data = _encode(part)
            spans.append((out.tell(), len(data)))
            out.write(data)
    (folder / f"{name}.json").write_bytes(msgspec.json.encode(spans))


def read(workspace: Workspace, shard: int, upcoming: Workspace | None = None) -> list[tuple[Statement, int]]:
    """All statements on the subjects of one shard, sorted and each once, with how often it was made.

    Of a mapped shard that `upcoming` has anew, its statements count.
    """
    # Most statements on a heading or a journal are made in every mapped shard: added up at once,
    # they take as much memory as the things do, and not as the shards do.
    counts: dict[Statement, int] = {}
    for path in sorted((workspace.work / "shared").glob("*.rows")):
        anew = upcoming.work / "shared" / path.name if upcoming is not None else path
        path = anew if anew.is_file() else path
        offset, size = msgspec.json.decode(path.with_suffix(".json").read_bytes())[shard]
        with open(path, "rb") as content:
            content.seek(offset)
            for statement, count in _decode(content.read(size)):
                counts[statement] = counts.get(statement, 0) + count
    return sorted(counts.items())


def adjust(
    workspace: Workspace,
    upcoming: Workspace,
    name: str,
    shards: int,
    gone: Counter[Shared],
    come: Counter[Shared],
) -> set[int]:
    """Write one mapped shard's statements anew; gives the shards of the subjects concerned."""
    folder = workspace.work / "shared"
    spans = msgspec.json.decode((folder / f"{name}.json").read_bytes())
    content = (folder / f"{name}.rows").read_bytes()
    counts: Counter[Shared] = Counter()
    for offset, size in spans:
        counts.update({Shared(*statement): n for statement, n in _decode(content[offset : offset + size])})
    counts.subtract(gone)
    counts.update(come)
    write(upcoming, name, shards, +counts)
    return {shard_of(statement.subject, shards) for statement in (come - gone) + (gone - come)}
