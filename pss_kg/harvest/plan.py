"""What a harvest is asked to do: plain data with one canonical form, so that two can be compared."""

from __future__ import annotations

import hashlib

import msgspec

from pss_kg.errors import BadParameter
from pss_kg.records import rank
from pss_kg.sources.service import Identifier, Query


class Plan(msgspec.Struct, frozen=True):
    """One harvest.

    seeds:      identifiers where the walk begins; kept sorted, each once, so that their order says
                nothing. Coverage and distances name a seed by its place here
    queries:    searches whose records are where the walk begins too
    citing:     whether citing articles are chased; references: whether cited ones are
    depth:      how many steps from a seed; 0 describes the seeds alone
    limit:      publications described at most, 0 = all
    sources:    names of the services, kept in the source order; () = all there are
    """

    seeds: tuple[Identifier, ...] = ()
    queries: tuple[Query, ...] = ()
    citing: bool = False
    references: bool = False
    depth: int = 0
    limit: int = 0
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.depth < 0:
            raise BadParameter(f"The depth is {self.depth}.", todo="Give 0 or more.")
        if self.limit < 0:
            raise BadParameter(f"The most to describe is {self.limit}.", todo="Give 1 or more, or 0 for all.")
        force = msgspec.structs.force_setattr
        force(self, "seeds", tuple(sorted(set(self.seeds))))
        force(self, "queries", tuple(dict.fromkeys(self.queries)))
        force(self, "sources", tuple(sorted(set(self.sources), key=rank)))

    def json(self) -> bytes:
        """The canonical form: JSON in UTF-8, keys in the order of the fields."""
        return msgspec.json.encode(self)

    @classmethod
    def of(cls, data: bytes) -> Plan:
        """The plan that `json` wrote. Raises msgspec.ValidationError for anything else."""
        return msgspec.json.decode(data, type=cls)

    def digest(self) -> str:
        """SHA-256 of the canonical form, in hex."""
        return hashlib.sha256(self.json()).hexdigest()
