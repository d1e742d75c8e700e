"""Harvests of a whole made-up network through the command line: exact, each citation once, polite,
and the same after faults, kills and without a network.
"""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from harvested import KEYS, MAILTO, Harvest
from services.faults import KINDS, FaultPlan
from services.network import SERVICES, Network
from services.servers import Services
from services.truth import Truth, truth

ALL = ("--citing", "--references", "--depth", "2")
SMALL, LARGE = 150, 3200


def assert_true(harvest: Harvest, expected: Truth) -> None:
    """graph/main holds these publications and these citations, each once, and no others."""
    assert harvest.publications() == expected.all_publications
    citations = harvest.citations()
    assert set(citations) == expected.pairs
    assert len(citations) == len(expected.pairs)


def assert_polite(harvest: Harvest) -> None:
    """Nothing was asked that a service would refuse or twice, no key went astray, and all say who asks."""
    log = harvest.services.log
    assert not log.strange()
    assert not [(e.service, e.path, e.params) for e in log.refused()]
    assert not log.asked_again(harvest.kills)
    assert not log.astray(KEYS)
    for entry in (e for e in log.entries if e.host == "main"):
        agent = entry.headers.get("user-agent", "")
        assert agent.startswith("pss-kg/")
        assert MAILTO in agent or MAILTO in dict(entry.params).values()


def without_times(files: dict[str, bytes]) -> dict[str, bytes]:
    """Files of graph/ but the graph of runs and times, and the manifest, which names its files."""
    return {k: v for k, v in files.items() if not k.startswith("provenance/") and k != "manifest.json"}


def harvested(size: int, folder: Path) -> Iterator[Harvest]:
    """The whole network of this size, harvested once; its services run until the end."""
    with Services(Network(1, size)) as services:
        harvest = Harvest(services, folder / "kg")
        harvest(*ALL)
        yield harvest


# A small network, in the default suite ----------------------------------------------------------


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harvest]:
    yield from harvested(SMALL, tmp_path_factory.mktemp("small"))


def test_a_harvest_brings_in_exactly_the_true_network(small: Harvest) -> None:
    assert small.runs[0].code == 0, small.runs[0].err
    assert_true(small, truth(small.services.network, 2))


def test_a_harvest_is_polite(small: Harvest) -> None:
    assert {e.service for e in small.services.log.entries} >= set(SERVICES)
    assert_polite(small)
    with_key = {
        e.service for e in small.services.log.entries if KEYS.get(e.service, "?") in f"{e.params}{e.headers}"
    }
    assert with_key == set(KEYS)


def test_keys_and_e_mail_addresses_stand_nowhere(small: Harvest) -> None:
    for secret in (*KEYS.values(), MAILTO):
        assert not small.holds(secret)


@pytest.mark.slow
def test_the_same_harvest_again_asks_nothing(small: Harvest) -> None:
    before, asked = small.files(), len(small.services.log.entries)
    assert small(*ALL).code == 0
    assert len(small.services.log.entries) == asked
    assert small.files() == before


@pytest.mark.slow
@pytest.mark.parametrize("service", SERVICES)
def test_one_source_alone_brings_in_what_it_knows(service: str, tmp_path: Path) -> None:
    network = Network(2, SMALL)
    seed = next(
        w.n
        for w in network.works
        if w.layer == (2 if service == "datacite" else 0) and network.knows(service, w.n)
    )
    work = network.works[seed]
    given = (
        f"pmid:{work.pmid}" if work.pmid and service not in ("crossref", "datacite") else f"doi:{work.doi}"
    )
    with Services(network) as services:
        harvest = Harvest(services, tmp_path / "kg")
        run = harvest(given, "--citing", "--references", "--depth", "1", "--source", service)
        assert run.code == 0, run.err
        expected = truth(network, 1, seed, services=(service,))
        missing = expected.inner_pairs - set(harvest.citations())
        assert not missing
        assert {e.service for e in services.log.entries} <= {service, "idconv"}


@pytest.mark.slow
def test_one_direction_is_one_direction(tmp_path: Path) -> None:
    network = Network(3, SMALL)
    for option, expected in (
        ("--citing", truth(network, 1, references=False)),
        ("--references", truth(network, 1, citing=False)),
    ):
        with Services(network) as services:
            harvest = Harvest(services, tmp_path / option)
            assert harvest(option, "--depth", "1").code == 0
            assert harvest.publications() >= expected.publications
            inside = {p for p in harvest.citations() if set(p) <= expected.publications}
            assert inside == expected.inner_pairs


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_each_fault_loses_nothing_and_doubles_nothing(kind: str, small: Harvest, tmp_path: Path) -> None:
    plan = FaultPlan(every=3, kinds=(kind,), services=("openalex", "europepmc"), hang=1.0, drip=0.3)
    with Services(small.services.network, plan=plan) as services:
        harvest = Harvest(services, tmp_path / "kg")
        run = harvest(*ALL)
        assert run.code == 0, run.err
        if kind not in ("repeats", "changed"):  # these need lists of several pages: see the large network
            assert plan.met.get(kind)
        assert_polite(harvest)
        assert harvest.manifest().digest() == small.manifest().digest()


# The large one ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harvest]:
    yield from harvested(LARGE, tmp_path_factory.mktemp("large"))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_large_harvest_is_exact_and_polite(large: Harvest) -> None:
    expected = truth(large.services.network, 2)
    assert len(expected.distance) >= 3000
    assert large.runs[0].code == 0, large.runs[0].err
    assert_true(large, expected)
    assert_polite(large)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_every_tenth_reply_faulty_gives_the_same_graph(large: Harvest, tmp_path: Path) -> None:
    plan = FaultPlan(every=10)
    with Services(large.services.network, plan=plan) as services:
        harvest = Harvest(services, tmp_path / "kg")
        run = harvest(*ALL)
        assert run.code == 0, run.err
        assert set(plan.met) == set(KINDS)
        assert_polite(harvest)
        assert_true(harvest, truth(services.network, 2))
        assert harvest.manifest().digest() == large.manifest().digest()
        for secret in KEYS.values():
            assert not harvest.holds(secret)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_killed_ten_times_it_asks_no_finished_request_again_and_ends_the_same(
    large: Harvest, tmp_path: Path
) -> None:
    with Services(large.services.network, latency=0.03) as services:
        harvest = Harvest(services, tmp_path / "kg")
        for turn in range(10):
            asked = len(services.log.entries)
            run = harvest(*ALL, kill_after=2.0 + 0.23 * turn)
            assert run.code == -signal.SIGKILL, "it was done before it could be killed"
            assert len(services.log.entries) > asked or turn > 4
        run = harvest(*ALL)
        assert run.code == 0, run.err
        assert_polite(harvest)
        assert harvest.manifest().digest() == large.manifest().digest()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_offline_gives_identical_bytes(large: Harvest, tmp_path: Path) -> None:
    before = large.files()
    gone = Services(large.services.network)
    gone.stop()  # nobody listens at its ports
    again = Harvest(gone, large.folder)
    run = again(*ALL, "--offline")
    assert run.code == 0, run.err
    assert again.files() == before
    # From the replies alone, in another workspace.
    fresh = Harvest(gone, tmp_path / "kg")
    shutil.copytree(large.folder / "raw" / "replies", fresh.folder / "raw" / "replies")
    shutil.copy(large.folder / "workspace.json", fresh.folder)
    run = fresh(*ALL, "--offline")
    assert run.code == 0, run.err
    assert fresh.manifest().digest() == large.manifest().digest()
    assert without_times(fresh.files()) == without_times(before)
    assert not gone.log.entries


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_interrupted_it_says_how_to_go_on(large: Harvest, tmp_path: Path) -> None:
    with Services(large.services.network, latency=0.1) as services:
        harvest = Harvest(services, tmp_path / "kg")
        run = harvest(*ALL, kill_after=4.0, how=signal.SIGINT)
        assert run.code == 130
        assert "pss-kg harvest" in run.err
        assert "Traceback" not in run.err
        for secret in KEYS.values():
            assert not harvest.holds(secret)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_documented_rates_are_kept(tmp_path: Path) -> None:
    """With strict servers and no settings: no 429 at all."""
    with Services(Network(1, SMALL), strict=True) as services:
        harvest = Harvest(services, tmp_path / "kg", rates=False)
        run = harvest(*ALL)
        assert run.code == 0, run.err
        assert not [(e.service, e.path) for e in services.log.entries if e.status == 429]
        for name, service in services.services.items():
            assert services.log.busiest(name, service.window) <= service.rate_with_key
        assert services.log.at_once("crossref") <= 3
        assert_true(harvest, truth(services.network, 2))
