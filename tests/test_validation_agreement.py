"""pyshacl and the fast engine find the same in graphs of our profile, whole and damaged."""

from __future__ import annotations

import random

import made_up_articles as made_up
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pss_kg import records
from pss_kg.iris import Iris
from pss_kg.mapping.entry import Entry, Resolved
from pss_kg.mapping.publication import map_entry
from pss_kg.validation import Shapes, subclass_axioms, validate

IRIS = Iris()
words = st.sampled_from(["Walking", 'A "quoted" word', "Ärzte und Δ", "x" * 300, "one\nline"])
some = st.booleans()


def _several(strategy: st.SearchStrategy[object], most: int = 3) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(strategy, max_size=most).map(tuple)


people = st.builds(
    records.Contributor,
    name=words,
    family=words,
    role=st.sampled_from(["author", "editor", "investigator"]),
    orcid=st.sampled_from(["", "0000-0002-1825-0097"]),
    affiliations=_several(st.builds(records.Affiliation, text=words), 2),
)
dates = st.sampled_from(["2020", "2020-02", "2020-02-29"]).map(lambda value: records.Date(value=value))
references = st.tuples(words, st.sampled_from(["", "pmid-7", "pmid-8", "doi-10.5555%2Fx"]))


@st.composite
def entries(draw: st.DrawFn, number: int) -> Entry:
    """A publication as a source with good manners describes it."""
    listed = draw(_several(references, 4))
    record = draw(
        st.builds(
            records.Publication,
            source=st.just("pubmed"),
            id=st.just(str(number)),
            identifiers=st.sampled_from(
                [(("pmid", str(number)),), (("pmid", str(number)), ("doi", f"10.5555/{number}"))]
            ),
            title=words,
            languages=st.sampled_from([(), ("eng",)]),
            types=_several(
                st.sampled_from(["Journal Article", "Review", "Editorial", "Letter"]).map(
                    lambda name: records.Type(name=name)
                )
            ),
            issue_date=st.none() | dates,
            journal=st.just(records.Journal(title="Annals of Invented Care", issnl="1234-5679")),
            volume=st.sampled_from(["", "7"]),
            issue=st.sampled_from(["", "6"]),
            start_page=st.sampled_from(["", "11"]),
            contributors=_several(people),
            abstract=st.none()
            | st.just(records.Abstract(sections=(records.AbstractSection("We walked.", "METHODS"),))),
            subjects=_several(st.just(records.Subject("mesh", "D000001", "Invented Heading", True)), 1),
            grants=_several(st.just(records.Grant(number="1", agency="Invented Fund")), 1),
            retracted=some,
            claim=st.none() | st.just(records.CitationClaim(12)),
            references=st.just(tuple(records.Reference(text=text) for text, _ in listed)),
        )
    )
    resolved = Resolved(record, tuple(key for _, key in listed), journal="issnl-1234-5679")
    return Entry(key=f"pmid-{number}", records=(resolved,))


@st.composite
def graphs(draw: st.DrawFn) -> list[str]:
    """The lines of main, of two articles and of what they share and cite."""
    lines: dict[str, None] = {}
    for number in (1, 2):
        mapped = map_entry(draw(entries(number)), IRIS)
        for triple in mapped.graphs["main"]:
            lines[f"{triple} .\n"] = None
        for row in mapped.shared:
            if row.graph == "main":
                lines[f"{row.subject} {row.predicate} {row.object} .\n"] = None
    for cited in (7, 8):
        lines.update(dict.fromkeys(made_up.mention(cited).splitlines(keepends=True)))
    return list(lines)


def damaged(lines: list[str], seed: int, times: int) -> str:
    """The graph with some triples deleted, doubled, of another datatype, or with others' objects."""
    noise = random.Random(seed)
    result = [line.removesuffix(" .\n").split(" ", 2) for line in lines]
    for _ in range(times):
        at = noise.randrange(len(result))
        subject, predicate, value = result[at]
        other = result[noise.randrange(len(result))][2]
        kind = noise.randrange(6)
        if kind == 0:
            del result[at]
        elif kind == 1:
            result.append([subject, predicate, other])
        elif kind == 2:
            result[at] = [subject, predicate, other]
        elif kind == 3:
            lexical = value[: value.rindex('"') + 1] if value.startswith('"') else '"a literal"'
            datatype = noise.choice(["string", "integer", "date", "gYear", "anyURI", "dateTime"])
            result[at] = [subject, predicate, f"{lexical}^^<http://www.w3.org/2001/XMLSchema#{datatype}>"]
        elif kind == 4:
            result[at] = [subject, predicate, '"another"@en']
        else:
            result[at] = [result[noise.randrange(len(result))][0], predicate, value]
    return "".join(dict.fromkeys(f"{' '.join(triple)} .\n" for triple in result))


@pytest.fixture(scope="module")
def shapes() -> Shapes:
    return Shapes.load()


def agree(shapes: Shapes, data: str) -> int:
    """Both engines give the same findings; how many."""
    axioms = subclass_axioms(shapes)
    reference = validate(data, shapes, "pyshacl", axioms).findings
    assert validate(data, shapes, "fast", axioms).findings == reference
    return len(reference)


QUICK = settings(
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    phases=(Phase.explicit, Phase.generate),
)
seeds = st.integers(0, 10**6)


@settings(QUICK, max_examples=25)
@given(lines=graphs(), seed=seeds, times=st.integers(0, 8))
def test_the_engines_agree(shapes: Shapes, lines: list[str], seed: int, times: int) -> None:
    agree(shapes, damaged(lines, seed, times))


@pytest.mark.slow
@settings(QUICK, max_examples=300)
@given(lines=graphs(), seed=seeds, times=st.integers(0, 20))
def test_the_engines_agree_on_many(shapes: Shapes, lines: list[str], seed: int, times: int) -> None:
    agree(shapes, damaged(lines, seed, times))


def test_damage_is_found(shapes: Shapes) -> None:
    """The property would hold of an engine that finds nothing, too."""
    lines = made_up.graph(2).splitlines(keepends=True)
    whole = "".join(lines)
    assert agree(shapes, whole) == 0
    assert sum(agree(shapes, damaged(lines, seed, 8)) for seed in range(3)) > 5
