"""`load`: what arrives, what is sent, what is found out. Against a real SPARQL server in this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
import pytest
from click.testing import CliRunner
from loopback_store import Answer, Asked, LoopbackStore, loopback_store
from published import publish

from pss_kg import plugins
from pss_kg.cli import main
from pss_kg.errors import GraphError, PluginError, UsageError
from pss_kg.triplestores import wire
from pss_kg.triplestores.contract import OBJECTS, ProductContract
from pss_kg.triplestores.fuseki import Fuseki
from pss_kg.triplestores.loading import Outcome, load
from pss_kg.triplestores.oxigraph import Oxigraph
from pss_kg.triplestores.product import Busy, Denied, Difference, Endpoint, Product, StoreError, Unreachable
from pss_kg.triplestores.sparql import Sparql
from pss_kg.triplestores.virtuoso import VirtuosoConnection
from pss_kg.vocabulary import BASE, RDF, XSD
from pss_kg.workspace import Workspace

MAIN, IDENTITY, PROVENANCE, RECORD = (f"{BASE}graph/{n}" for n in ("main", "identity", "provenance", "load"))


def thing(n: int) -> list[str]:
    s = f"<{BASE}publication/pmid-{n}>"
    return [
        f"{s} <{RDF}type> <http://purl.org/spar/fabio/Expression>",
        f'{s} <http://purl.org/dc/terms/title> "Made up {n} \\"quoted\\""@en',
        f'{s} <http://purl.org/dc/terms/issued> "19{n % 90 + 10}"^^<{XSD}gYear>',
    ]


MAIN_LINES = [line for n in range(60) for line in thing(n)]
LINES = {
    "main": MAIN_LINES,
    "identity": [
        f"<{BASE}publication/doi-{n}> <http://purl.org/dc/terms/isReplacedBy> <{BASE}publication/pmid-{n}>"
        for n in range(5)
    ],
    "provenance": [f'<{BASE}run/1> <http://purl.org/dc/terms/title> "a run"'],
}


@pytest.fixture
def kg(tmp_path: Path) -> Workspace:
    return publish(tmp_path / "kg", LINES, shards=4)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "FIRST_WAIT", 0.01)


@pytest.fixture
def there() -> Iterator[LoopbackStore]:
    with loopback_store() as store:
        yield store


class Chunked(Oxigraph):
    """With transactions, and a server that takes no whole graph."""

    replaces = fills = False
    chunk, smallest, largest = 4000, 200, 8000


class Small(Sparql):
    chunk, smallest, largest = 4000, 200, 8000


def endpoint(store: LoopbackStore, product: Product, *, gsp: bool = True) -> Endpoint:
    if isinstance(product, Sparql):
        return Endpoint(
            url=f"{store.url}/query",
            update_url=f"{store.url}/update",
            gsp_url=f"{store.url}/store" if gsp else "",
        )
    return Endpoint(url=store.url)


def run(kg: Workspace, store: LoopbackStore, product: Product | None = None, **options: object) -> Outcome:
    product = product or Oxigraph()
    return load(kg, product, endpoint(store, product), **options)  # type: ignore[arg-type]


def actions(outcome: Outcome) -> dict[str, str]:
    return {done.name: done.action for done in outcome.graphs}


PRODUCTS = [Oxigraph(), Chunked(), Small()]


@pytest.fixture(params=PRODUCTS, ids=["oxigraph", "chunks-and-move", "sparql-small"])
def product(request: pytest.FixtureRequest) -> Product:
    found: Product = request.param
    return found


# What arrives


def test_every_graph_arrives_and_provenance_only_when_asked(
    kg: Workspace, there: LoopbackStore, product: Product
) -> None:
    outcome = run(kg, there, product)
    assert there.lines(MAIN) == set(MAIN_LINES)
    assert (there.count(IDENTITY), there.count(PROVENANCE)) == (5, 0)
    assert outcome.exit_code == 0
    assert actions(outcome) == {"identity": "sent", "main": "sent"}
    assert outcome.sample.subjects > 60
    assert outcome.sample.unknown == []
    run(kg, there, product, graphs=("provenance",))
    assert (there.count(PROVENANCE), there.count(IDENTITY)) == (1, 5)


def test_insert_data_does_where_there_is_no_graph_store(kg: Workspace, there: LoopbackStore) -> None:
    outcome = load(kg, Sparql(), endpoint(there, Sparql(), gsp=False))
    assert outcome.exit_code == 0
    assert there.lines(MAIN) == set(MAIN_LINES)
    assert not [asked for asked in there.asked if asked.path == "/store"]


def test_fuseki_gets_nothing_that_does_harm_when_it_breaks_off(kg: Workspace, tmp_path: Path) -> None:
    with loopback_store("Apache Jena Fuseki (made up)") as there:
        assert run(kg, there, Fuseki()).exit_code == 0
        changed = publish(tmp_path / "changed", {**LINES, "main": MAIN_LINES[3:]}, shards=4)
        outcome = run(changed, there, Fuseki())
        assert actions(outcome) == {"identity": "unchanged", "main": "replaced"}
        assert there.lines(MAIN) == set(MAIN_LINES[3:])
        # Nothing went to the Graph Store, and nothing is left beside.
        assert {asked.path for asked in there.asked} == {"/query", "/update"}
        assert there.count(f"{MAIN}/loading") == 0


def test_a_second_load_sends_nothing_and_changes_nothing(
    kg: Workspace, there: LoopbackStore, product: Product
) -> None:
    run(kg, there, product)
    before = set(there.store)
    there.asked.clear()
    outcome = run(kg, there, product)
    assert actions(outcome) == {"identity": "unchanged", "main": "unchanged"}
    assert there.writes() == []
    assert set(there.store) == before


def test_only_changed_graphs_are_sent(
    kg: Workspace, there: LoopbackStore, product: Product, tmp_path: Path
) -> None:
    run(kg, there, product)
    changed = publish(tmp_path / "kg2", {**LINES, "main": MAIN_LINES[6:]}, shards=4)
    outcome = run(changed, there, product)
    assert actions(outcome) == {"identity": "unchanged", "main": "replaced"}
    assert there.lines(MAIN) == set(MAIN_LINES[6:])
    assert outcome.exit_code == 0


def test_a_graph_that_the_workspace_has_no_more_is_removed(
    kg: Workspace, there: LoopbackStore, tmp_path: Path
) -> None:
    run(kg, there)
    smaller = publish(tmp_path / "kg2", {"main": MAIN_LINES})
    assert actions(run(smaller, there))["identity"] == "removed"
    assert there.count(IDENTITY) == 0


def test_other_graphs_on_the_server_are_left_alone(kg: Workspace, there: LoopbackStore) -> None:
    there.store.update("INSERT DATA { GRAPH <https://example.org/other> { <urn:a> <urn:b> <urn:c> } }")
    run(kg, there)
    run(kg, there, mode="delete")
    assert {str(graph) for graph in there.store.named_graphs()} == {"<https://example.org/other>"}


def test_a_state_that_is_not_ours_is_noticed_and_replaced(
    kg: Workspace, there: LoopbackStore, product: Product
) -> None:
    there.store.update(f'INSERT DATA {{ GRAPH <{MAIN}> {{ <urn:a> <urn:b> "not ours" }} }}')
    assert actions(run(kg, there, product))["main"] == "replaced"
    assert there.lines(MAIN) == set(MAIN_LINES)


def test_again_sends_what_is_there_already(kg: Workspace, there: LoopbackStore) -> None:
    run(kg, there)
    assert actions(run(kg, there, again=True))["main"] == "replaced"


# Proof


def test_a_count_that_changed_on_the_server_is_seen_and_mended(kg: Workspace, there: LoopbackStore) -> None:
    run(kg, there)
    there.store.remove(next(there.store.quads_for_pattern(None, None, None, _node(MAIN))))
    assert actions(run(kg, there))["main"] == "replaced"
    assert there.lines(MAIN) == set(MAIN_LINES)


def test_a_term_changed_on_the_server_is_found_and_the_next_load_mends_it(
    kg: Workspace, there: LoopbackStore
) -> None:
    run(kg, there)
    there.store.update(
        f"DELETE {{ GRAPH ?g {{ ?s ?p ?o }} }} INSERT {{ GRAPH ?g {{ ?s ?p 'changed' }} }} "
        f"WHERE {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(?g = <{MAIN}> && ?s = <{BASE}publication/pmid-7> "
        f"&& isLiteral(?o) && datatype(?o) = <{XSD}gYear>) }}"
    )
    outcome = run(kg, there)
    assert outcome.exit_code == 3
    (found,) = outcome.sample.unknown
    assert found.subject == f"{BASE}publication/pmid-7"
    assert f'"1917"^^<{XSD}gYear>' in found.sent
    assert '"changed"' in found.there
    assert run(kg, there).exit_code == 0


def test_a_wrong_count_after_sending_ends_with_3_and_is_sent_again(
    kg: Workspace, there: LoopbackStore
) -> None:
    def loses(asked: Asked) -> Answer | None:
        return Answer(204) if asked.graph == MAIN else None  # says yes, and does nothing

    there.fault = loses
    outcome = run(kg, there)
    assert outcome.exit_code == 3
    assert [done.name for done in outcome.wrong] == ["main"]
    there.fault = None
    assert run(kg, there).exit_code == 0
    assert there.lines(MAIN) == set(MAIN_LINES)


class Forgetful(Oxigraph):
    """Made up: gives years back as integers, and says so."""

    differences = (
        *Oxigraph.differences,
        Difference("years come back as integers", lambda sent, there: "gYear" in sent and "integer" in there),
    )


def test_a_known_difference_is_counted_and_is_no_failure(kg: Workspace, there: LoopbackStore) -> None:
    real = there.answer

    def as_integers(asked: Asked, query: dict[str, list[str]], body: bytes, kind: str) -> Answer:
        answer = real(asked, query, body, kind)
        return answer._replace(body=answer.body.replace(b"XMLSchema#gYear>", b"XMLSchema#integer>"))

    there.answer = as_integers  # type: ignore[method-assign]
    outcome = run(kg, there, Forgetful())
    assert outcome.exit_code == 0
    assert outcome.sample.known == {"years come back as integers": 60}
    assert run(kg, there, Oxigraph()).exit_code == 3


def test_the_sample_is_the_same_each_time_and_has_every_kind_and_datatype(kg: Workspace) -> None:
    from pss_kg.triplestores.graphs import graphs_of
    from pss_kg.triplestores.sample import choose, lines_about

    main = next(graph for graph in graphs_of(kg) if graph.name == "main")
    chosen = choose(main, 8)
    assert chosen == choose(main, 8)
    assert 8 <= len(chosen) <= 11
    text = b"".join(line for found in lines_about(main, chosen).values() for line in found)
    assert b"gYear" in text
    assert b"@en" in text
    assert b"Expression" in text


# Modes


def test_append_leaves_what_is_there(kg: Workspace, there: LoopbackStore, product: Product) -> None:
    there.store.update(f'INSERT DATA {{ GRAPH <{MAIN}> {{ <urn:a> <urn:b> "not ours" }} }}')
    outcome = run(kg, there, product, mode="append")
    assert outcome.exit_code == 0
    assert there.lines(MAIN) == {*MAIN_LINES, '<urn:a> <urn:b> "not ours"'}
    there.asked.clear()
    assert actions(run(kg, there, product, mode="append"))["main"] == "unchanged"
    assert there.writes() == []
    assert actions(run(kg, there, product))["main"] == "replaced"
    assert there.lines(MAIN) == set(MAIN_LINES)


def test_delete_takes_the_graphs_away_and_nothing_is_left(
    kg: Workspace, there: LoopbackStore, product: Product
) -> None:
    run(kg, there, product)
    outcome = run(kg, there, product, mode="delete", graphs=("main",))
    assert actions(outcome) == {"main": "deleted"}
    assert (there.count(MAIN), there.count(IDENTITY)) == (0, 5)
    run(kg, there, product, mode="delete")
    assert len(there.store) == 0


def test_a_dry_run_changes_nothing(kg: Workspace, there: LoopbackStore) -> None:
    outcome = run(kg, there, dry_run=True)
    assert actions(outcome) == {"identity": "sent", "main": "sent"}
    assert there.writes() == []


# Faults


def test_chunks_adapt_to_a_server_that_takes_little(
    kg: Workspace, there: LoopbackStore, product: Product
) -> None:
    there.fault = lambda a: Answer(413) if a.size > 1500 and a.path != "/query" else None
    outcome = run(kg, there, product)
    assert outcome.exit_code == 0
    assert there.lines(MAIN) == set(MAIN_LINES)
    assert next(done for done in outcome.graphs if done.name == "main").refused_as_too_large > 0


@pytest.mark.parametrize(
    "said", [(500, b"java.lang.OutOfMemoryError: Java heap space"), (503, b"out of memory")]
)
def test_memory_that_ran_out_is_taken_as_too_large(
    kg: Workspace, there: LoopbackStore, said: tuple[int, bytes]
) -> None:
    there.fault = lambda asked: Answer(*said) if asked.size > 2000 and asked.graph else None
    assert run(kg, there).exit_code == 0


def test_a_time_out_is_taken_as_too_large(kg: Workspace, there: LoopbackStore) -> None:
    there.fault = lambda asked: Answer(200, wait=1.0) if asked.size > 4000 and asked.graph else None
    outcome = load(kg, Chunked(), Endpoint(url=there.url, timeout=0.4))
    assert outcome.exit_code == 0


def test_a_failure_that_passes_is_tried_again(kg: Workspace, there: LoopbackStore, product: Product) -> None:
    seen: dict[tuple[str, str], int] = {}

    def busy_at_first(asked: Asked) -> Answer | None:
        key = (asked.method, asked.path)
        seen[key] = seen.get(key, 0) + 1
        return Answer(503, b"busy") if seen[key] == 1 else None

    there.fault = busy_at_first
    assert run(kg, there, product).exit_code == 0
    assert there.lines(MAIN) == set(MAIN_LINES)


def test_a_cut_answer_is_no_answer(kg: Workspace, there: LoopbackStore) -> None:
    run(kg, there)
    calls: list[int] = []

    def cut_once(asked: Asked) -> Answer | None:
        calls.append(1)
        return Answer(body=b"n\n12345678\n", cut=True) if len(calls) == 2 else None

    there.fault = cut_once
    assert run(kg, there).exit_code == 0


def test_a_server_that_stays_busy_is_told_and_the_next_load_goes_on(
    kg: Workspace, there: LoopbackStore
) -> None:
    there.fault = lambda asked: Answer(503, b"busy") if asked.graph == MAIN else None
    with pytest.raises(Busy, match="Run the same command again"):
        run(kg, there)
    there.fault = None
    outcome = run(kg, there)
    assert actions(outcome) == {"identity": "unchanged", "main": "sent"}
    assert next(done for done in outcome.graphs if done.name == "main").interrupted_before


@pytest.mark.parametrize("gone_after", range(1, 9))
def test_an_interruption_anywhere_leaves_what_the_next_load_makes_equal(
    kg: Workspace, there: LoopbackStore, tmp_path: Path, product: Product, gone_after: int
) -> None:
    """The old graph is there; the new one is broken off at the n-th write."""
    run(publish(tmp_path / "old", {**LINES, "main": MAIN_LINES[30:]}), there, product)
    writes: list[int] = []

    def goes(asked: Asked) -> Answer | None:
        if asked.path == "/query":
            return None
        writes.append(1)
        return Answer(500, b"gone") if len(writes) >= gone_after else None

    there.fault = goes
    broken = False
    try:
        run(kg, there, product)
    except StoreError:
        broken = True
    if product.transactions:
        assert there.lines(MAIN) in (set(MAIN_LINES[30:]), set(MAIN_LINES))
    there.fault = None
    outcome = run(kg, there, product)
    assert outcome.exit_code == 0
    assert there.lines(MAIN) == set(MAIN_LINES)
    graphs = {str(graph)[1:-1] for graph in there.store.named_graphs() if there.count(str(graph)[1:-1])}
    assert graphs == {MAIN, IDENTITY, RECORD}
    assert broken or gone_after > 4


# Manners


def test_credentials_are_sent_and_never_shown(kg: Workspace, there: LoopbackStore) -> None:
    password = "open-sesame-42"
    there.fault = lambda asked: Answer(401, f"bad password {password}".encode())
    with pytest.raises(Denied) as error:
        load(kg, Oxigraph(), Endpoint(url=there.url, user="me", password=password))
    assert password not in str(error.value)
    assert password not in repr(Endpoint(url=there.url, password=password))
    assert there.asked[0].authorization.startswith("Basic ")
    there.asked.clear()
    with pytest.raises(Denied):
        load(kg, Oxigraph(), Endpoint(url=there.url, token="abcdefgh-token"))
    assert there.asked[0].authorization == "Bearer abcdefgh-token"


def test_netrc_is_read_only_when_asked_for(
    kg: Workspace, there: LoopbackStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password open-sesame\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    run(kg, there)
    assert not any(asked.authorization for asked in there.asked)
    load(kg, Oxigraph(), Endpoint(url=there.url, netrc=True))
    assert there.asked[-1].authorization.startswith("Basic ")


def test_redirects_are_not_followed(kg: Workspace, there: LoopbackStore) -> None:
    there.fault = lambda asked: Answer(307, headers=(("Location", "https://example.org/elsewhere"),))
    with pytest.raises(StoreError, match="sends us elsewhere"):
        run(kg, there)
    assert len(there.asked) == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(401, b"who?"), "PSS_KG_OXIGRAPH_USER"),
        (Answer(404, b"nothing here"), "Check --to and --url"),
        (Answer(403, b"this server is read-only"), "read-only"),
        (Answer(200, b"<html>hello</html>"), "Is this the address of Oxigraph server?"),
        (Answer(400, b"what?"), "what?"),
    ],
)
def test_a_refusal_is_told_in_plain_words(
    kg: Workspace, there: LoopbackStore, answer: Answer, words: str
) -> None:
    there.fault = lambda _: answer
    with pytest.raises(StoreError) as error:
        load(kg, Oxigraph(), Endpoint(url=there.url))
    assert words in str(error.value)


def test_another_product_is_told(kg: Workspace) -> None:
    with (
        loopback_store("Apache Fuseki (5.0)") as store,
        pytest.raises(StoreError, match="no Oxigraph server"),
    ):
        run(kg, store)


def test_nobody_there_is_told_at_once(kg: Workspace) -> None:
    with pytest.raises(Unreachable, match="connection refused"):
        load(kg, Oxigraph(), Endpoint(url="http://127.0.0.1:9"))


@pytest.mark.parametrize("url", ["127.0.0.1:7878", "ftp://x/", "http://", "http://me:secret@x/"])
def test_an_address_that_can_not_be_right_is_refused(kg: Workspace, url: str) -> None:
    with pytest.raises(UsageError) as error:
        load(kg, Oxigraph(), Endpoint(url=url))
    assert "secret" not in str(error.value)


def test_a_damaged_file_is_told_and_a_blank_node_too(
    kg: Workspace, there: LoopbackStore, tmp_path: Path
) -> None:
    blank = publish(tmp_path / "b", {"main": ["<urn:a> <urn:b> _:c"]})
    with pytest.raises(GraphError, match="blank node"):
        run(blank, there)
    path = kg.shard_paths("main")[0]
    path.write_bytes(path.read_bytes().replace(b"\n", b" ", 1))
    with pytest.raises(GraphError, match="damaged"):
        run(kg, there)


def test_an_unknown_graph_is_told(kg: Workspace, there: LoopbackStore) -> None:
    with pytest.raises(UsageError, match="Did you mean main"):
        run(kg, there, graphs=("mian",))


# The command


def test_the_command_tells_what_it_did_and_ends_with_0(kg: Workspace, there: LoopbackStore) -> None:
    done = CliRunner().invoke(
        main, ["load", "--to", "oxigraph", "--url", there.url, "--kg", str(kg.root), "--json"]
    )
    assert done.exit_code == 0, done.output
    assert '"exit' not in done.stdout
    assert '"action": "sent"' in done.stdout
    assert "Counted: the server holds what it should, in 2 graphs." in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["--to", "oxigraf", "--url", "http://127.0.0.1:9"],
        ["--to", "oxigraph"],
        ["--to", "oxigraph", "--url", "http://127.0.0.1:9", "--user", "me"],
    ],
)
def test_wrong_usage_ends_with_2(kg: Workspace, arguments: list[str]) -> None:
    assert CliRunner().invoke(main, ["load", "--kg", str(kg.root), *arguments]).exit_code == 2


# The contract


class TestOxigraphContract(ProductContract):
    product = Oxigraph()

    @pytest.fixture(autouse=True)
    def _server(self, there: LoopbackStore) -> None:
        self.endpoint = Endpoint(url=there.url)


class TestSparqlContract(ProductContract):
    product = Sparql()

    @pytest.fixture(autouse=True)
    def _server(self, there: LoopbackStore) -> None:
        self.endpoint = endpoint(there, self.product, gsp=False)


def test_the_contract_has_every_datatype_of_the_mapping() -> None:
    text = " ".join(OBJECTS)
    for name in ("gYear", "gYearMonth", "date", "dateTime", "duration", "integer", "nonNegativeInteger"):
        assert f"#{name}>" in text


def _node(iri: str) -> object:
    import pyoxigraph

    return pyoxigraph.NamedNode(iri)


# Plug-ins


class Plugged(Oxigraph):
    """Made up; comes from another package."""

    name = "my-store"


def test_a_plug_in_is_found_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    found = plugins.Installed("made-up", "1", "my-store", f"{__name__}:Plugged")
    monkeypatch.setattr(plugins, "installed", lambda group: [found])
    assert plugins.product("my-store").name == "my-store"


@pytest.mark.parametrize("value", [f"{__name__}:Oxigraph", f"{__name__}:MAIN_LINES", "no.such.module:X"])
def test_a_plug_in_that_is_none_is_told_with_its_package(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    found = plugins.Installed("made-up", "1", "my-store", value)
    monkeypatch.setattr(plugins, "installed", lambda group: [found])
    with pytest.raises(PluginError, match="made-up"):
        plugins.product("my-store")
    assert plugins.product("oxigraph").name == "oxigraph"


def test_virtuoso_is_never_asked_for_a_count_that_it_has_planned_before() -> None:
    asked = [VirtuosoConnection.counting(object.__new__(VirtuosoConnection), MAIN) for _ in range(3)]
    assert len(set(asked)) == 3
    store = pyoxigraph.Store()
    store.load("".join(f"{line} <{MAIN}> .\n" for line in thing(1)), format=pyoxigraph.RdfFormat.N_QUADS)
    for text in asked:
        assert [row["n"].value for row in store.query(text)] == ["3"]
