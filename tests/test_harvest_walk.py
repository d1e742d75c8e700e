"""Promises about the walk: what is found, what is asked, and what a fault costs."""

from __future__ import annotations

import sys
import threading
import time
import tracemalloc
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_services import MadeUp, Network, nobody

from pss_kg.errors import BadParameter, ServiceError
from pss_kg.harvest.coverage import Harvest
from pss_kg.harvest.plan import Plan
from pss_kg.harvest.progress import Progress
from pss_kg.harvest.walking import walk
from pss_kg.http.asking import Ask, Stopped
from pss_kg.records import Publication, Read, Reference
from pss_kg.sources.service import Identifier, Query, Service

ALL = ("pmid", "doi", "openalex")


def seed(number: int) -> Identifier:
    return "pmid", str(90000000 + number)


def run(plan: Plan, services: Sequence[Service]) -> tuple[Harvest, list[tuple[str, Read]]]:
    kept: list[tuple[str, Read]] = []
    harvest = walk(plan, services, nobody, lambda source, record: kept.append((source, record)))
    return harvest, kept


def numbers(network: Network, harvest: Harvest) -> dict[int, int]:
    """Number -> distance from the nearest seed, of everything found."""
    found = {}
    for publication in harvest.found:
        (number,) = {network.numbers[i] for i in publication.identifiers}
        assert number not in found
        found[number] = min(publication.distances.values())
    return found


def once_each(service: MadeUp) -> None:
    asked = [(what, service.network.numbers[identifier]) for what, identifier in service.asked]
    assert len(asked) == len(set(asked))


def three(network: Network, pause: float = 0.0) -> list[MadeUp]:
    """Services that name the same publications by different identifiers."""
    return [
        MadeUp(network, "pubmed", inside=True, pause=pause),
        MadeUp(network, "europepmc", cites=1, refers=2, mentions=("pmid", "doi"), pause=pause),
        MadeUp(
            network,
            "openalex",
            schemes=("openalex", "doi", "pmid"),
            holds=ALL,
            mentions=("openalex",),
            describes=3,
            cites=2,
            whole=True,
            inside=True,
            concurrency=3,
            pause=pause,
        ),
    ]


LINE = Network({n: [n + 1] for n in range(9)}, 10)
"""0 cites 1 cites 2 …"""

STAR = Network({n: [0] for n in range(1, 40)}, 40)
"""All others cite 0."""


@st.composite
def networks(draw: st.DrawFn) -> Network:
    size = draw(st.integers(1, 14))
    some = st.integers(0, size - 1)
    edges = draw(st.lists(st.tuples(some, some), max_size=30, unique=True))
    cites: dict[int, list[int]] = {}
    for citing, cited in edges:  # cycles and self-citations too
        cites.setdefault(citing, []).append(cited)
    return Network(cites, size)


@given(networks(), st.lists(st.integers(0, 13), min_size=1, max_size=3), st.integers(0, 3), st.data())
@settings(max_examples=120, deadline=None)
def test_exactly_what_lies_within_the_depth_is_found(
    network: Network, starts: list[int], depth: int, data: st.DataObject
) -> None:
    starts = [number % network.size for number in starts]
    citing, references = data.draw(st.booleans()), data.draw(st.booleans())
    plan = Plan(tuple(map(seed, starts)), citing=citing, references=references, depth=depth)
    services = three(network, pause=data.draw(st.sampled_from([0.0, 0.002])))
    harvest, kept = run(plan, services)
    assert numbers(network, harvest) == network.within(starts, depth, citing, references)
    assert all(publication.described for publication in harvest.found)
    assert not harvest.unknown
    assert not harvest.failures
    assert not harvest.notes
    for service in services:
        once_each(service)
    assert len({(source, r.id) for source, r in kept if isinstance(r, Publication)}) == len(kept)
    assert run(plan, three(network)) == (harvest, kept), "whatever the threads do"


@given(networks(), st.integers(0, 3), st.data())
@settings(max_examples=80, deadline=None)
def test_services_that_know_a_part_each_make_one_network(
    network: Network, depth: int, data: st.DataObject
) -> None:
    """Lists under different identifiers; one service knows every publication and tells what is the same."""
    some = st.sets(st.integers(0, network.size - 1))
    known = [data.draw(some), data.draw(some), data.draw(some)]
    services = [MadeUp(network, "europepmc", schemes=("doi", "openalex", "pmid"), holds=ALL)]
    for name, scheme, numbers_known in zip(("pubmed", "crossref", "openalex"), ALL, known, strict=True):
        whole = data.draw(st.booleans())
        services.append(
            MadeUp(
                network,
                name,
                schemes=(scheme,),
                holds=data.draw(st.sampled_from([(scheme,), ALL])),
                mentions=(scheme,),
                cites=2,
                whole=whole,
                inside=whole,
                knows=numbers_known.__contains__,
            )
        )
    told = {
        citing: [n for n in cited if any(citing in numbers_ and n in numbers_ for numbers_ in known)]
        for citing, cited in network.cites.items()
    }
    plan = Plan((("doi", "10.5555/made-up.0"),), citing=True, depth=depth)
    harvest, _ = run(plan, services)
    assert numbers(network, harvest) == Network(told, network.size).within([0], depth, True, False)
    for service in services[1:]:
        once_each(service)


@given(networks(), st.integers(0, 13), st.integers(1, 2))
@settings(max_examples=40, deadline=None)
def test_distances_are_those_of_each_seed(network: Network, start: int, depth: int) -> None:
    starts = sorted({0, start % network.size})
    plan = Plan(tuple(map(seed, starts)), citing=True, references=True, depth=depth)
    harvest, _ = run(plan, three(network))
    for place, number in enumerate(starts):
        steps = {
            network.numbers[publication.identifiers[0]]: publication.distances[place]
            for publication in harvest.found
            if place in publication.distances
        }
        assert steps == network.within([number], depth, True, True)


def test_depth_0_describes_the_seeds_alone() -> None:
    services = three(LINE)
    harvest, kept = run(Plan((seed(3),), citing=True, references=True), services)
    assert numbers(LINE, harvest) == {3: 0}
    assert len(kept) == 3
    assert [what for service in services for what, _ in service.calls] == ["record"] * 3


def test_the_last_level_is_described_and_leads_no_further() -> None:
    harvest, _ = run(Plan((seed(0),), references=True, depth=2), [MadeUp(LINE, inside=True)])
    assert numbers(LINE, harvest) == {0: 0, 1: 1, 2: 2}


def test_an_identifier_learnt_from_one_service_is_asked_of_another() -> None:
    crossref = MadeUp(LINE, "crossref", schemes=("doi",), holds=("doi",))
    _, kept = run(Plan((seed(0),)), [MadeUp(LINE), crossref])
    assert [source for source, _ in kept] == ["pubmed", "crossref"]
    assert crossref.asked == [("record", ("doi", "10.5555/made-up.0"))]


def test_an_identifier_that_only_a_list_tells_is_asked_in_the_end() -> None:
    index = MadeUp(LINE, "opencitations", describes=0, cites=1, mentions=("pmid", "doi"))
    crossref = MadeUp(LINE, "crossref", schemes=("doi",), holds=("doi",))
    harvest, _ = run(Plan((seed(1),), citing=True, depth=1), [crossref, index])
    assert crossref.asked == [("record", ("doi", "10.5555/made-up.0"))] or len(crossref.asked) == 2
    assert [p.described for p in harvest.found] == [True, True]


def test_a_nearer_way_that_is_learnt_late_counts_from_the_start() -> None:
    # 4 cites the seed under a DOI alone, and is far from it by PMID: 0 <- 1 <- 2 <- 4.
    network = Network({1: [0], 2: [1], 4: [0, 2], 5: [4]}, 6)
    by_doi = MadeUp(
        network,
        "opencitations",
        schemes=("doi",),
        describes=0,
        cites=1,
        mentions=("doi",),
        knows=lambda number: number in (0, 4),
    )
    by_pmid = MadeUp(network, "pubmed", cites=1)
    plan = Plan((("pmid", "90000000"), ("doi", "10.5555/made-up.0")), citing=True, depth=2)
    harvest, _ = run(plan, [by_pmid, by_doi])
    assert numbers(network, harvest) == network.within([0], 2, True, False)


def test_whole_citing_records_are_not_asked_for_again() -> None:
    service = three(STAR)[2]
    harvest, _ = run(Plan((seed(0),), citing=True, depth=1), [service])
    assert len(harvest.found) == 40
    assert [what for what, _ in service.calls] == ["record", "citing"]


def test_a_batch_holds_no_more_than_the_service_takes_and_is_in_order() -> None:
    service = MadeUp(STAR, cites=1)
    run(Plan((seed(0),), citing=True, depth=1), [service])
    calls = [wanted for what, wanted in service.calls if what == "record"]
    assert max(map(len, calls)) == 5
    assert sorted(calls) == sorted(tuple(sorted(wanted)) for wanted in calls)
    assert len(calls) == 1 + 8


def test_no_more_is_asked_at_once_than_the_service_allows() -> None:
    service = MadeUp(STAR, cites=1, describes=1, concurrency=3, pause=0.01)
    run(Plan((seed(0),), citing=True, depth=1), [service])
    assert service.most_at_once == 3


def test_two_pmids_or_two_dois_stay_apart_and_are_noted() -> None:
    class Mistaken(MadeUp):
        def record(self, number: int) -> Publication:
            return Publication(
                self.name, str(number), identifiers=(seed(number), ("doi", "10.5555/made-up.0"))
            )

    harvest, kept = run(Plan((seed(0), seed(1))), [Mistaken(LINE)])
    assert len(kept) == 2
    assert [publication.identifiers[0] for publication in harvest.found] == [seed(0), seed(1)]
    (note,) = harvest.notes
    assert "two PMIDs: 90000000, 90000001" in note.what


def test_queries_find_what_the_walk_begins_with() -> None:
    plan = Plan((seed(9),), (Query("0 1 2", limit=2),), references=True, depth=1)
    harvest, _ = run(plan, [MadeUp(LINE, inside=True, searches=True)])
    found = {LINE.numbers[p.identifiers[0]]: p.distances for p in harvest.found}
    assert found == {0: {1: 0}, 1: {1: 0}, 2: {1: 1}, 9: {0: 0}}


def test_a_query_goes_to_those_whose_syntax_it_is_in_unless_others_are_named() -> None:
    def calls(*sources: str) -> list[int]:
        services = [MadeUp(LINE, name, searches=True) for name in ("pubmed", "crossref", "europepmc")]
        run(Plan(queries=(Query("0"),), sources=sources), services)
        return [sum(what == "search" for what, _ in service.calls) for service in services]

    assert calls() == [1, 0, 1]
    assert calls("pubmed", "crossref") == [1, 1, 0]


@pytest.mark.parametrize("limit", [1, 2, 7, 39, 40, 100])
@pytest.mark.parametrize("which", [0, 1, 2])
def test_at_most_so_many_are_described_and_the_rest_is_counted(limit: int, which: int) -> None:
    services = [MadeUp(STAR, cites=1)] if which == 0 else three(STAR)[which:]
    harvest, kept = run(Plan((seed(0),), citing=True, depth=1, limit=limit), services)
    described = {r.id for _, r in kept if isinstance(r, Publication) and not r.listing}
    assert len(described) == min(limit, 40)
    assert sum(publication.described for publication in harvest.found) == min(limit, 40)
    assert len(harvest.found) == 40
    assert harvest.left_out == max(0, 40 - limit)
    assert "0" in described, "seeds come first"
    cited = [r for _, r in kept if isinstance(r, Publication) and (r.references or r.cited_by)]
    assert cited, "the citations of those left out are kept"


def test_one_bad_identifier_loses_no_other() -> None:
    bad = seed(17)
    service = MadeUp(STAR, cites=1, describes=20, fails=frozenset([bad]))
    harvest, kept = run(Plan((seed(0),), citing=True, depth=1), [service])
    assert len({r.id for _, r in kept if isinstance(r, Publication) and not r.listing}) == 39
    (failure,) = harvest.failures
    assert failure.identifiers == (bad,)
    assert (failure.source, failure.wanted) == ("pubmed", "record")
    assert failure.todo
    assert len(harvest.found) == 40


def test_a_service_that_breaks_in_the_middle_of_a_batch_gives_nothing_twice() -> None:
    class Breaking(MadeUp):
        def describe(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
            for count, record in enumerate(super().describe(wanted, ask)):
                if count == 3:
                    raise ServiceError("The reply is cut.", where=self.title, todo="Try again.")
                yield record

    harvest, kept = run(Plan((seed(0),), citing=True, depth=1), [Breaking(STAR, cites=1)])
    described = [r.id for _, r in kept if isinstance(r, Publication) and not r.listing]
    assert sorted(described, key=int) == [str(n) for n in range(40)]
    assert not harvest.failures


def test_a_service_that_is_down_is_given_up_and_the_others_go_on() -> None:
    down = MadeUp(STAR, "europepmc", describes=1, cites=1, down=True, concurrency=1)
    told: list[Progress] = []
    plan = Plan((seed(0),), citing=True, depth=1)
    harvest = walk(plan, [MadeUp(STAR, cites=1), down], nobody, lambda *_: None, progress=told.append)
    assert len(harvest.found) == 40
    assert len(down.calls) < 10
    failed = [i for f in harvest.failures if f.wanted == "record" for i in f.identifiers]
    assert sorted(failed) == [seed(n) for n in range(40)]
    assert any("500" in progress.given_up for progress in told)


def test_an_error_that_is_no_service_s_ends_the_walk() -> None:
    class Broken(MadeUp):
        def describe(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
            raise Stopped

    with pytest.raises(Stopped):
        run(Plan((seed(0),)), [Broken(LINE)])


def test_a_stop_ends_the_walk_at_once() -> None:
    class Hanging(MadeUp):
        def describe(self, wanted: Sequence[Identifier], ask: Ask) -> Iterator[Read]:
            threading.Event().wait(5)
            yield from ()

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        walk(
            Plan((seed(0),)),
            [Hanging(LINE)],
            nobody,
            lambda *_: None,
            stop=lambda: time.monotonic() - began > 0.3,
        )
    assert time.monotonic() - began < 2


def test_threads_end_with_the_walk() -> None:
    before = threading.active_count()
    run(Plan((seed(0),), citing=True, depth=1), three(STAR))
    deadline = time.monotonic() + 3
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.02)
    assert threading.active_count() <= before


def test_progress_tells_what_is_asked_done_and_to_go() -> None:
    told: list[Progress] = []
    service = MadeUp(STAR, cites=1)
    plan = Plan((seed(0),), citing=True, depth=1)
    walk(plan, [service], nobody, lambda *_: None, progress=told.append)
    assert all(p.asked == p.done + p.to_go and p.title == "Pubmed" for p in told)
    last = told[-1]
    assert (last.done, last.to_go, last.failed) == (41, 0, 0)
    assert last.rate > 0
    assert last.left == 0


def test_a_source_that_the_plan_does_not_name_is_not_asked() -> None:
    services = three(LINE)
    run(Plan((seed(0),), sources=("openalex",)), services)
    assert [bool(service.calls) for service in services] == [False, False, True]


def test_a_plan_has_one_canonical_form() -> None:
    one = Plan((seed(1), seed(0), seed(1)), sources=("openalex", "pubmed"), depth=2)
    other = Plan((seed(0), seed(1)), sources=("pubmed", "openalex", "pubmed"), depth=2)
    assert one == other
    assert one.json() == other.json()
    assert one.digest() == other.digest() != Plan((seed(0),)).digest()
    assert Plan.of(one.json()) == one
    with pytest.raises(BadParameter):
        Plan(depth=-1)


def test_the_same_harvest_under_another_hash_seed() -> None:
    code = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from test_harvest_walk import *\n"
        "import hashlib, msgspec\n"
        "network = Network({n: [(n * 7 + k) % 60 for k in range(3)] for n in range(60)}, 60)\n"
        "plan = Plan((seed(0), seed(5)), citing=True, references=True, depth=2)\n"
        "h = hashlib.sha256(msgspec.json.encode(run(plan, three(network, 0.002))))\n"
        "print(h.hexdigest())\n"
    )
    import subprocess
    from pathlib import Path

    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=Path(__file__).parent.parent,
            env={"PYTHONHASHSEED": hash_seed, "PATH": ""},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("0", "1")
    }
    assert len(outputs) == 1


@pytest.mark.slow
def test_memory_does_not_grow_with_the_records() -> None:
    """20,000 publications with lists; records of 2 kB are passed on and not held."""
    size = 20_000
    network = Network({n: [(n - 1) // 40] for n in range(1, size)}, size)

    class Wordy(MadeUp):
        def record(self, number: int) -> Publication:
            reference = Reference(text="A reference to nothing. " * 100)
            return Publication(self.name, str(number), identifiers=(seed(number),), references=(reference,))

    tracemalloc.start()
    service = Wordy(network, describes=200, cites=1, concurrency=3)
    before = tracemalloc.get_traced_memory()[0]
    harvest = walk(Plan((seed(0),), citing=True, depth=4), [service], nobody, lambda *_: None)
    peak = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    assert len(harvest.found) == size
    assert peak < 40e6
