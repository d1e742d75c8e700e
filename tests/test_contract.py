"""Every source and service that is built in keeps the contract, and the contract notices who does not."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import IO, Any

import contract_replies as said
import pubmed_files
import pytest
from sources_support import PAGE, PUBMED

from pss_kg.errors import DamagedInput
from pss_kg.http.asking import Access, Ask, BadReply, Reply, Request
from pss_kg.records import Publication, Read, Unusable
from pss_kg.sources import opening
from pss_kg.sources.article_page import ArticlePage
from pss_kg.sources.base import Input
from pss_kg.sources.contract import SAMPLES, ServiceContract, SourceContract
from pss_kg.sources.crossref import CrossrefJson
from pss_kg.sources.datacite import DataCiteJson
from pss_kg.sources.europepmc import EuropePmcJson
from pss_kg.sources.openalex import OpenAlexJson
from pss_kg.sources.opencitations import OpenCitations
from pss_kg.sources.pubmed import PubmedXml
from pss_kg.sources.replaying import below
from pss_kg.sources.semanticscholar import SemanticScholar
from pss_kg.sources.service import Identifier, Query, listed

# Sources of files --------------------------------------------------------------------------------


class TestPubmedXml(SourceContract):
    source = PubmedXml()
    examples = (
        (
            pubmed_files.article_set(
                pubmed_files.article(900001, doi="10.5555/a", references=[("Cited.", pubmed_files.pmid(7))]),
                pubmed_files.article(900002, relations=[("CommentOn", 900001)]),
                deleted=[900003],
            ).encode(),
            ("900001", "900002"),
        ),
    )
    broken = ((PUBMED.read_bytes(), 1),)

    def many(self, count: int) -> bytes:
        return pubmed_files.article_set(*(pubmed_files.article(n + 1) for n in range(count))).encode()


class TestArticlePage(SourceContract):
    source = ArticlePage()
    examples = ((PAGE.read_bytes(), ("90000001",)), (pubmed_files.page(900002).encode(), ("900002",)))
    cut = "noted"


class TestCrossrefJson(SourceContract):
    source = CrossrefJson()
    examples = ((said.saved(said.crossref(said.CROSSREF_WORKS)), (said.A, said.B)),)

    def many(self, count: int) -> bytes:
        return said.saved(
            said.crossref([said.CROSSREF_WORKS[0] | {"DOI": f"10.5555/{n}"} for n in range(count)])
        )


class TestOpenAlexJson(SourceContract):
    source = OpenAlexJson()
    examples = ((said.saved(said.openalex(said.OPENALEX_WORKS)), ("W900000001", "W900000002")),)

    def many(self, count: int) -> bytes:
        works = ({"id": f"https://openalex.org/W{n + 1000}", "ids": {}, "doi": None} for n in range(count))
        return said.saved(said.openalex([said.OPENALEX_WORKS[0] | work for work in works]))


class TestDataCiteJson(SourceContract):
    source = DataCiteJson()
    examples = ((said.saved(said.datacite(said.DATACITE_ITEMS)), (said.A, said.B)),)


class TestEuropePmcJson(SourceContract):
    source = EuropePmcJson()
    examples = (
        (said.saved(said.europepmc(said.EUROPEPMC_RESULTS)), ("MED/900001", "MED/900002")),
        (said.saved(said.europepmc_list("citation", "900001", ["900002"])), ("MED/900001/citations",)),
    )


class TestSemanticScholarJson(SourceContract):
    source = SemanticScholar()
    examples = ((said.saved(said.S2_PAPERS), ("1" * 40, "2" * 40)),)


class TestOpenCitationsMeta(SourceContract):
    source = OpenCitations()
    examples = ((said.saved(said.META_ROWS), ("omid:br/061", "omid:br/062")),)


class TestOpenCitationsTable(SourceContract):
    source = OpenCitations()
    cut = "between"
    examples = (
        (
            b"oci,citing,cited,creation,timespan,journal_sc,author_sc\n"
            b"1-2,10.5555/a,10.5555/b,2020-01,P1Y,no,no\n"
            b"3-2,10.5555/c,10.5555/b,2021-01,P1Y,no,no\n",
            ("1-2/references", "3-2/references"),
        ),
    )


# Who does not keep it ----------------------------------------------------------------------------


class Lines:
    """An honest source: a line `id title`, whole if it ends with a line break."""

    name = "lines"
    title = "made-up lines"

    def detect(self, head: bytes, name: str) -> bool:
        return head.startswith(b"#lines\n")

    def read(self, stream: IO[bytes], given: Input) -> Iterator[Read]:
        for number, line in enumerate(io.BufferedReader(stream), 1):  # type: ignore[type-var]
            if not line.endswith(b"\n"):
                raise DamagedInput("the file is cut.", where=f"{given.name}:{number}", todo="Save it again.")
            if number > 1:
                cells = line.decode("utf-8", "replace").split()
                if len(cells) == 2:
                    yield self.record(*cells, max_field=given.max_field)
                else:
                    yield Unusable(self.name, "not two cells", where=f"{given.name}:{number}")

    def record(self, pmid: str, title: str, *, max_field: int) -> Read:
        if len(title) > max_field:
            return Unusable(self.name, "a title over the limit", id=pmid)
        return Publication(self.name, pmid, identifiers=(("pmid", pmid),), title=title)


class Honest(SourceContract):
    source = Lines()
    examples = ((b"#lines\n1 Made\n2 Up\n33 Thrice\n", ("1", "2", "33")),)
    cut = "between"


class TestLines(Honest):
    pass


def promises(contract: type) -> list[str]:
    return [name for name in dir(contract) if name.startswith("test_")]


def broken(contract: Any) -> set[str]:
    """The promises that are not kept."""
    found = set()
    for name in promises(type(contract)):
        try:
            getattr(contract, name)()
        except Exception:
            found.add(name)
    return found


class NoName(Lines):
    name = "No Name"


class TooBroad(Lines):
    def detect(self, head: bytes, name: str) -> bool:
        return bool(head)


class ByName(Lines):
    def detect(self, head: bytes, name: str) -> bool:
        return name == "example"


class Fickle(Lines):
    asked = 0

    def detect(self, head: bytes, name: str) -> bool:
        self.asked += 1
        return head.startswith(b"#lines\n") or (self.asked % 3 == 0 and not head.startswith((b"<", b"\xc2")))


class HalfLines(Lines):
    def read(self, stream: IO[bytes], given: Input) -> Iterator[Read]:
        for line in stream.read().decode().splitlines()[1:]:
            if len(parts := line.split()) == 2:
                yield self.record(*parts, max_field=given.max_field)


class OneRead(Lines):
    def read(self, stream: IO[bytes], given: Input) -> Iterator[Read]:
        yield from super().read(io.BytesIO(stream.read(1000)), given)


class Unbounded(Lines):
    def record(self, pmid: str, title: str, *, max_field: int) -> Read:
        return super().record(pmid, title, max_field=10**9)


class Raising(Lines):
    def read(self, stream: IO[bytes], given: Input) -> Iterator[Read]:
        for record in super().read(stream, given):
            yield Publication(self.name, record.id, identifiers=(("pmid", str(int(record.id))),))


class Dropping(Lines):
    def read(self, stream: IO[bytes], given: Input) -> Iterator[Read]:
        return (record for record in super().read(stream, given) if isinstance(record, Publication))


class Unnormalised(Lines):
    def record(self, pmid: str, title: str, *, max_field: int) -> Read:
        return Publication(self.name, pmid, identifiers=(("doi", f"https://doi.org/10.5555/{pmid}"),))


class Foreign(Lines):
    def record(self, pmid: str, title: str, *, max_field: int) -> Read:
        return Publication("pubmed", pmid)


class Hungry(Lines):
    def read(self, stream: IO[bytes], given: Input) -> Iterator[Read]:
        return super().read(io.BytesIO(stream.read()), given)


@pytest.mark.parametrize(
    ("source", "promise"),
    [
        (NoName(), "test_it_has_a_name_for_iris_and_a_title_for_people"),
        (TooBroad(), "test_it_takes_no_file_of_another_source_and_no_other_takes_its_files"),
        (ByName(), "test_the_content_decides_and_not_the_name"),
        (Fickle(), "test_its_detector_never_raises_and_always_says_the_same"),
        (HalfLines(), "test_a_cut_file_gives_its_whole_records_and_no_wrong_one"),
        (OneRead(), "test_short_reads_make_no_difference"),
        (Unbounded(), "test_a_field_over_the_limit_makes_its_record_unusable_and_none_is_lost"),
        (Raising(), "test_a_file_with_wrong_bytes_raises_nothing_but_damage"),
        (Dropping(), "test_a_field_over_the_limit_makes_its_record_unusable_and_none_is_lost"),
        (Unnormalised(), "test_every_record_keeps_the_promises_of_records"),
        (Foreign(), "test_every_record_keeps_the_promises_of_records"),
        (Hungry(), "test_a_large_file_is_read_as_it_is_needed"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Lines) else "",
)
def test_the_contract_notices_a_source_that_breaks_a_promise(source: Lines, promise: str) -> None:
    class Given(Honest):
        def many(self, count: int) -> bytes:
            return b"#lines\n" + b"".join(
                b"%d Made-up-title-of-some-length\n" % n for n in range(1, count + 1)
            )

    honest, given = Given(), Given()
    given.source = source
    assert not broken(honest)
    assert promise in broken(given)


class Shelf:
    """An honest service."""

    name = "shelf"
    title = "Made-up Shelf"
    accesses: tuple[Access, ...] = (
        Access(
            "shelf",
            "Made-up Shelf",
            "https://shelf.example/api",
            rate=1.0,
            key=("param", "token"),
            documented="https://shelf.example/limits",
        ),
    )
    schemes = ("pmid",)
    describes = 3
    cites = 1
    refers = 1
    searches = True
    extra: tuple[tuple[str, str], ...] = ()

    def describe(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
        values = [value for _, value in wanted]
        for start in range(0, len(values), self.describes):
            yield from self.get(ask, "/books", ",".join(values[start : start + self.describes]))

    def citing(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
        yield from self.lists(wanted, ask, "citations")

    def references(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
        yield from self.lists(wanted, ask, "references")

    def search(self, query: Query, ask: Ask) -> Iterator[Read]:
        yield from self.get(ask, "/search", query.text)

    def lists(self, wanted: Sequence[Identifier], ask: Ask, kind: str) -> Iterator[Read]:
        for one in wanted:
            list(self.get(ask, f"/{kind}", one[1]))
            yield listed(self.name, f"{one[1]}/{kind}", (one,))

    def get(self, ask: Ask, path: str, value: str) -> Iterator[Read]:
        yield from ask(Request("shelf", path, (("of", value), *self.extra)), self.books)

    def books(self, reply: Reply) -> list[Publication]:
        said = reply.json()
        if not isinstance(said, dict) or not isinstance(said.get("books"), list):
            raise BadReply("the reply has no books")
        return [Publication(self.name, pmid, identifiers=(("pmid", pmid),)) for pmid in said["books"]]


class HonestService(ServiceContract):
    service = Shelf()
    wanted = (("pmid", "1"), ("pmid", "2"))
    described_ids = ("1", "2")
    citing_ids = ("1/citations",)
    reference_ids = ("1/references",)
    query = Query("made up")
    found_ids = ("2",)
    unknown = (("pmid", "9"),)
    replies = (
        (lambda request: request.params[0][1] == "9", {"books": []}),
        (below("/books"), {"books": ["1", "2"]}),
        (below("/search"), {"books": ["2"]}),
        (below("/"), {"books": []}),
    )
    errors = (b'{"books": "sorry"}',)


class TestShelf(HonestService):
    pass


class NoLimits(Shelf):
    accesses = (Access("shelf", "Shelf", "http://shelf.example/", rate=0.0),)


class KeyInRequest(Shelf):
    extra = (("token", "secret"),)


class AddressInRequest(Shelf):
    extra = (("who", "someone@shelf.example"),)


class Everything(Shelf):
    def describe(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
        yield from self.get(ask, "/books", ",".join(value for _, value in wanted))


class Credulous(Shelf):
    def books(self, reply: Reply) -> list[Publication]:
        said = reply.json() if reply.body.startswith(b"{") else {}
        return [Publication(self.name, pmid, identifiers=(("pmid", pmid),)) for pmid in said.get("books", ())]


class Surprised(Shelf):
    def books(self, reply: Reply) -> list[Publication]:
        return [Publication(self.name, pmid, identifiers=(("pmid", pmid),)) for pmid in reply.json()["books"]]


class Silent(Shelf):
    def lists(self, wanted: Sequence[Identifier], ask: Ask, kind: str) -> Iterator[Read]:
        yield listed(self.name, f"0/{kind}", (("pmid", "0"),))


class Describing(Shelf):
    def lists(self, wanted: Sequence[Identifier], ask: Ask, kind: str) -> Iterator[Read]:
        for one in wanted:
            yield Publication(self.name, f"{one[1]}/{kind}", identifiers=(one,), title="Made up")


class Random(Shelf):
    asked = 0

    def get(self, ask: Ask, path: str, value: str) -> Iterator[Read]:
        self.asked += 1
        self.extra = (("n", str(self.asked)),)
        return super().get(ask, path, value)


class Inventing(Shelf):
    def describe(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
        yield from super().describe(wanted, ask)
        yield Publication(self.name, "0")


class OwnConnection(Shelf):
    def describe(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
        import socket

        with socket.socket() as own:
            own.connect(("127.0.0.1", 9))
        return super().describe(wanted, ask)


@pytest.mark.parametrize(
    ("service", "promise"),
    [
        (NoLimits(), "test_it_says_how_it_is_reached_and_which_limits_are_documented"),
        (KeyInRequest(), "test_its_requests_are_well_formed_and_hold_no_key_and_no_address"),
        (AddressInRequest(), "test_its_requests_are_well_formed_and_hold_no_key_and_no_address"),
        (Everything(), "test_a_batch_above_its_limit_is_never_made"),
        (Credulous(), "test_a_reply_that_is_not_what_was_asked_for_is_refused"),
        (Surprised(), "test_a_reply_that_is_not_what_was_asked_for_is_refused"),
        (Silent(), "test_a_list_is_yielded_for_each_that_was_asked_for"),
        (Describing(), "test_every_record_keeps_the_promises_of_records"),
        (Random(), "test_the_same_is_asked_for_the_same_and_gives_the_same"),
        (Inventing(), "test_what_it_does_not_know_is_missing_without_a_word"),
        (OwnConnection(), "test_it_yields_the_records_of_the_replies"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Shelf) else "",
)
def test_the_contract_notices_a_service_that_breaks_a_promise(service: Shelf, promise: str) -> None:
    given = HonestService()
    given.service = service
    assert promise in broken(given)


# Nobody is left out ------------------------------------------------------------------------------


def test_every_built_in_source_of_files_is_held_to_the_contract() -> None:
    classes = [found for name, found in globals().items() if name.startswith("Test")]
    held = {found.source.name for found in classes if issubclass(found, SourceContract)}
    assert set(opening.BUILT_IN) <= held


def test_there_is_a_sample_of_each_built_in_source_and_it_alone_takes_it() -> None:
    assert set(SAMPLES) == set(opening.BUILT_IN)
    for name, head in SAMPLES.items():
        assert [source.name for source in opening.built_in() if source.detect(head, "")] == [name]
