"""Runs `pss-kg harvest` against the services on this machine, and reads what it made."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from services.servers import Services

from pss_kg.manifest import Manifest
from pss_kg.vocabulary import BASE
from pss_kg.workspace import Workspace

CITO = "http://purl.org/spar/cito/"
KEYS = {
    "pubmed": "key-of-pubmed-7f3a",
    "openalex": "key-of-openalex-91bc",
    "opencitations": "key-of-opencitations-44de",
    "semanticscholar": "key-of-semanticscholar-0a8e",
}
MAILTO = "reader@example.org"


@dataclass
class Run:
    """One run of the command line."""

    code: int
    out: str
    err: str
    seconds: float


@dataclass
class Harvest:
    """A workspace and the services that it is filled from. rates: False leaves the documented ones."""

    services: Services
    folder: Path
    rates: bool = True
    runs: list[Run] = field(default_factory=list)
    kills: list[float] = field(default_factory=list)

    def env(self, more: Mapping[str, str] = {}) -> dict[str, str]:
        """The environment of the command: nothing of the caller's settings."""
        env = {k: v for k, v in os.environ.items() if not k.startswith("PSS_KG_")}
        env |= self.services.env() | {f"PSS_KG_{name.upper()}_KEY": key for name, key in KEYS.items()}
        if self.rates:
            env |= {f"PSS_KG_{name.upper()}_RATE": "0" for name in self.services.services}
        return env | {"PYTHONHASHSEED": str(len(self.runs)), "PYTHONWARNINGS": "ignore"} | dict(more)

    def command(self, *options: str) -> list[str]:
        """The command line: the seed of the network, unless `options` begin with another."""
        seed = [] if options[:1] and not options[0].startswith("-") else [f"pmid:{self.seed}"]
        return [
            *(sys.executable, "-m", "pss_kg", "harvest", *seed, *options),
            *("--mailto", MAILTO, "--kg", str(self.folder), "--no-store"),
        ]

    @property
    def seed(self) -> str:
        return self.services.network.works[0].pmid

    def __call__(self, *options: str, kill_after: float = 0.0, how: int = signal.SIGKILL) -> Run:
        """Run it to its end, or send it a signal after some seconds."""
        began = time.time()
        running = subprocess.Popen(
            self.command(*options),
            env=self.env(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            out, err = running.communicate(timeout=kill_after or 3000)
        except subprocess.TimeoutExpired:
            running.send_signal(how)
            self.kills.append(time.time())
            out, err = running.communicate(timeout=60)
        run = Run(running.returncode, out, err, time.time() - began)
        self.runs.append(run)
        return run

    # What it made ---------------------------------------------------------------------------------

    def manifest(self) -> Manifest:
        return Workspace.open(self.folder).manifest()

    def files(self) -> dict[str, bytes]:
        """Every file of graph/ by its path."""
        graph = self.folder / "graph"
        return {
            p.relative_to(graph).as_posix(): p.read_bytes() for p in sorted(graph.rglob("*")) if p.is_file()
        }

    def triples(self) -> Iterable[tuple[str, str, str]]:
        """The statements of graph/main."""
        from pyoxigraph import RdfFormat, parse

        workspace = Workspace.open(self.folder)
        for file in workspace.manifest().files:
            if file.graph == "main":
                for quad in parse(path=str(workspace.graph / file.file), format=RdfFormat.N_QUADS):
                    yield str(quad.subject.value), str(quad.predicate.value), _value(quad.object)

    def publications(self) -> set[str]:
        """The keys of all publications in main, decoded."""
        kinds = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
        return {key for s, p, _ in self.triples() if p == kinds and (key := _key(s))}

    def citations(self) -> list[tuple[str, str]]:
        """(citing, cited) of every cito:Citation that says cito:cites, once for each such thing."""
        ends: dict[str, dict[str, str]] = {}
        for s, p, o in self.triples():
            if p.startswith(f"{CITO}has"):
                ends.setdefault(s, {})[p.removeprefix(CITO)] = o
        plain = [e for e in ends.values() if e.get("hasCitationCharacterization") == f"{CITO}cites"]
        return [(_key(e["hasCitingEntity"]), _key(e["hasCitedEntity"])) for e in plain]

    def holds(self, text: str) -> list[str]:
        """Where a text stands: files of the workspace (unpacked where packed), stdout, stderr."""
        found = []
        for path in sorted(p for p in self.folder.rglob("*") if p.is_file()):
            if text.encode() in unpacked(path):
                found.append(path.relative_to(self.folder).as_posix())
        found += [f"stdout of run {n}" for n, run in enumerate(self.runs) if text in run.out]
        return found + [f"stderr of run {n}" for n, run in enumerate(self.runs) if text in run.err]


def unpacked(path: Path) -> bytes:
    """A file's bytes; also those inside gzip members and zstd frames."""
    import zlib

    import zstandard

    content = path.read_bytes()
    if content[:4] == b"\x28\xb5\x2f\xfd":
        with zstandard.ZstdDecompressor().stream_reader(content, read_across_frames=True) as reader:
            return content + reader.read()
    whole, rest = content, content
    while rest[:2] == b"\x1f\x8b":
        member = zlib.decompressobj(31)
        whole += member.decompress(rest)
        rest = member.unused_data
    return whole


def _key(iri: str) -> str:
    """`pmid-91000000` of a publication's IRI; "" for anything else."""
    head = f"{BASE}publication/"
    rest = iri.removeprefix(head)
    return unquote(rest) if iri.startswith(head) and "/" not in rest else ""


def _value(term: object) -> str:
    return str(getattr(term, "value", term))
