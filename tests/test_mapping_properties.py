"""Any record maps to parseable triples, each once; and the figures hold on real records."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse

from pss_kg import records
from pss_kg.iris import Iris, encode, publication_key
from pss_kg.mapping.entry import Entry, Mapped, Mention, Resolved
from pss_kg.mapping.frame import Frame
from pss_kg.mapping.mention import describe as describe_mention
from pss_kg.mapping.mention import simple
from pss_kg.mapping.publication import map_entry
from pss_kg.records import Reference

IRIS = Iris()
# Shrinking so wide a record takes minutes; the failing example itself says enough.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)

texts = st.one_of(
    st.sampled_from(["", " ", "plain", 'a "quote" \\ and\nline', "\x00\x85\u2028", "ü<&>{}|^`"]),
    st.text(max_size=8),
)
scheme = st.sampled_from(["pmid", "doi", "pmcid", "pii", "isbn", "mid", "odd scheme", "ror", "orcid"])
pairs = st.lists(st.tuples(scheme, texts), max_size=4, unique=True).map(tuple)
dates = st.builds(
    records.Date,
    value=st.sampled_from(["", "2020", "2020-02", "2020-02-30", "2020-05-02", "0000", "x"]),
    text=texts,
)
keys = texts.map(lambda text: f"doi-{encode(text)}" if text else "")


def _tuple(strategy: st.SearchStrategy[object], size: int = 2) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(strategy, max_size=size).map(tuple)


affiliations = st.builds(records.Affiliation, text=texts, identifiers=pairs)
people = st.builds(
    records.Contributor,
    name=texts,
    family=texts,
    given=texts,
    kind=st.sampled_from(["person", "organization"]),
    role=st.sampled_from(["author", "editor", "investigator", "odd role", ""]),
    orcid=st.sampled_from(["", "0000-0002-1825-0097"]),
    identifiers=pairs,
    affiliations=_tuple(affiliations, 2),
)
sections = st.builds(records.AbstractSection, text=texts, label=texts, category=texts)
abstracts = st.builds(
    records.Abstract, sections=_tuple(sections), language=texts, kind=texts, copyright=texts
)
publications = st.builds(
    records.Publication,
    source=st.sampled_from(["pubmed", "crossref", "article-page", "my own"]),
    id=st.sampled_from(["1", "2", "a/b"]),
    identifiers=pairs,
    title=texts,
    title_language=texts,
    vernacular_title=texts,
    alternative_titles=_tuple(texts),
    languages=_tuple(st.one_of(texts, st.sampled_from(["eng", "ger", "mul"]))),
    types=_tuple(
        st.builds(records.Type, name=st.one_of(texts, st.sampled_from(["Review", "Comment"])), id=texts)
    ),
    issued=st.none() | dates,
    issue_date=st.none() | dates,
    electronic_date=st.none() | dates,
    received=st.sampled_from(["", "2020", "2020-05-02", "2020-13-01", "soon"]),
    accepted=texts,
    journal=st.none()
    | st.builds(records.Journal, title=texts, issn=texts, nlm_id=texts, publisher=texts, identifiers=pairs),
    volume=texts,
    issue=texts,
    pages=texts,
    publisher=texts,
    contributors=_tuple(people),
    abstract=st.none() | abstracts,
    other_abstracts=_tuple(abstracts, 2),
    subjects=_tuple(st.builds(records.Subject, scheme=st.sampled_from(["mesh", "x"]), id=texts, label=texts)),
    keywords=_tuple(texts),
    chemicals=_tuple(st.builds(records.Chemical, id=texts, name=texts, registry_number=texts)),
    grants=_tuple(st.builds(records.Grant, number=texts, agency=texts, identifiers=pairs)),
    databanks=_tuple(st.builds(records.Databank, name=texts, accession=texts)),
    conflict_of_interest=texts,
    licence=st.one_of(texts, st.sampled_from(["https://x.example/by", "http://[", "https://x.example/%zz"])),
    retracted=st.booleans(),
    references=_tuple(st.builds(records.Reference, text=texts, label=texts, title=texts)),
    relations=_tuple(
        st.builds(
            records.Relation, type=st.sampled_from(["CommentOn", "RetractionIn", "odd", ""]), text=texts
        )
    ),
    claim=st.none() | st.builds(records.CitationClaim, value=st.integers(0, 99), date=texts),
)
resolved = st.builds(
    Resolved, record=publications, references=_tuple(keys), relations=_tuple(keys), journal=keys
)
entries = st.builds(
    Entry,
    key=st.just("pmid-1"),
    records=_tuple(resolved, 2),
    ambiguous=pairs,
    aliases=_tuple(keys.filter(bool)),
)


def _check(result: Mapped) -> None:
    for graph, triples in result.graphs.items():
        assert len(triples) == len(set(triples))
        text = "".join(f"{triple} <{IRIS.graph(graph)}> .\n" for triple in triples)
        assert len(list(parse(text.encode(), format=RdfFormat.N_QUADS))) == len(triples)
        assert not any(triple.split(" ", 2)[2].startswith('""') for triple in triples), "an empty literal"
    text = "".join(f"{row.subject} {row.predicate} {row.object} .\n" for row in result.shared)
    assert len(list(parse(text.encode(), format=RdfFormat.N_TRIPLES))) == len(result.shared)


@settings(max_examples=150, phases=PHASES, deadline=None, suppress_health_check=list(HealthCheck))
@given(entries)
def test_any_records_map_to_valid_triples_each_once_per_graph(entry: Entry) -> None:
    result = map_entry(entry, IRIS)
    _check(result)
    assert map_entry(entry, IRIS) == result
    main = set(result.graphs["main"])
    for graph, triples in result.graphs.items():
        assert not graph.startswith("source/") or not main & set(triples)
    said = [
        t
        for t in main
        if t.startswith("<https://w3id.org/pss-kg/publication/pmid-1> <http://purl.org/dc/terms/")
    ]
    for single in ("title", "issued", "abstract"):
        assert sum(f"dc/terms/{single}>" in triple for triple in said) <= 1, single


@pytest.mark.shared
def test_real_records_stay_within_280_quads_and_no_quad_stands_twice(shared_data: Path) -> None:
    pubmed = pytest.importorskip("pss_kg.sources.pubmed")
    from pss_kg.sources.base import Input

    path = shared_data / "pubmed" / "derived" / "random5pct_21n1298.dev.xml.gz"
    seen: set[str] = set()
    count = quads = 0
    known: set[str] = set()
    with gzip.open(path) as stream:
        for record in pubmed.PubmedXml().read(stream, Input(path, path.name)):
            key = publication_key(record.identifiers) if isinstance(record, records.Publication) else ""
            if not key or key in known:
                continue
            known.add(key)
            keys_of = tuple(publication_key(reference.identifiers) for reference in record.references)
            others = tuple(publication_key(relation.identifiers) for relation in record.relations)
            result = map_entry(Entry(key, (Resolved(record, keys_of, others, "issn-x"),)), IRIS)
            _check(result)
            count += 1
            for graph, triples in result.graphs.items():
                quads += len(triples)
                for triple in triples:
                    quad = f"{graph} {triple}"
                    assert quad not in seen
                    seen.add(quad)
    assert count > 100
    assert quads / count < 280


@given(st.lists(st.sampled_from(["pmid", "doi", "pmcid", "pii"]), unique=True), st.text(max_size=8))
def test_the_short_way_for_a_single_mention_gives_what_the_long_way_gives(
    schemes: list[str], title: str
) -> None:
    identifiers = tuple((scheme, f"10.5555/{scheme}") for scheme in schemes)
    mention = Mention("pubmed", "1", "pmid-1", 1, Reference(identifiers=identifiers, title=title))
    entry = Entry("pmid-9", mentions=(mention,))
    frame, attribution = Frame(IRIS, "pmid-9", [], ""), []
    describe_mention(frame, entry, attribution)
    assert simple(entry, IRIS) == {"main": frame.out, "attribution": attribution}
