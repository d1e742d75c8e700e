"""Both sources keep the contract of pss-kg. pytest finds the promises in the base classes."""

from pathlib import Path

from pss_kg_journal_club import HEAD, Exchange, ReadingList

from pss_kg.sources.contract import ServiceContract, SourceContract
from pss_kg.sources.replaying import below

EXAMPLE = Path(__file__).resolve().parent.parent / "reading-list.csv"


class TestReadingList(SourceContract):
    source = ReadingList()
    examples = ((EXAMPLE.read_bytes(), ("10.5555/club.1", "10.5555/club.2", "900003")),)
    broken = ((HEAD + b'\n2024-01-01,"cut,,,,\na,b,c\n2024-01-01,Made up,,2020,,\n', 3),)
    cut = "between"  # lines have no closing mark behind the last one

    def many(self, count: int) -> bytes:
        lines = (b"2024-01-01,Made up %d,,2020,10.5555/many.%d,\n" % (n, n) for n in range(count))
        return HEAD + b"\n" + b"".join(lines)


class TestExchange(ServiceContract):
    service = Exchange()
    wanted = (("doi", "10.5555/club.1"), ("doi", "10.5555/club.2"))
    described_ids = ("10.5555/club.2", "10.5555/club.1")  # in the order of the reply
    unknown = (("doi", "10.5555/unknown"),)
    replies = (
        (lambda request: "unknown" in request.params[0][1], {"papers": []}),
        (
            below("/papers"),
            {
                "papers": [
                    {"doi": "10.5555/CLUB.2", "title": "Peers, and who they are", "cites": []},
                    {"doi": "10.5555/club.1", "title": "Walking in company", "cites": ["10.5555/club.2"]},
                ]
            },
        ),
    )
    errors = (b'{"papers": null, "message": "the exchange is closed"}',)
