"""A thing that many publications share gets one description."""

from __future__ import annotations

from pss_kg.mapping.entry import Shared
from pss_kg.stages.reduction import describe
from pss_kg.vocabulary import RDF

TYPE = f"<{RDF}type>"


def said(
    predicate: str, value: str, source: str = "pubmed", single: bool = True, graph: str = "main"
) -> Shared:
    return Shared("<j>", predicate, value, single, source, graph)


def test_the_type_comes_first_then_predicates_in_order() -> None:
    rows = [(said("<b>", '"2"'), 1), (said("<a>", '"1"'), 1), (said(TYPE, "<T>", single=False), 1)]
    assert describe(rows)["main"] == [f"<j> {TYPE} <T>", '<j> <a> "1"', '<j> <b> "2"']


def test_the_best_source_wins_and_the_others_keep_their_word() -> None:
    rows = [(said("<title>", '"Page"', "article-page"), 9), (said("<title>", '"PubMed"'), 1)]
    assert describe(rows) == {
        "main": ['<j> <title> "PubMed"'],
        "source/article-page": ['<j> <title> "Page"'],
    }


def test_within_a_source_the_most_frequent_wins_then_the_smallest() -> None:
    rows = [(said("<title>", '"B"'), 2), (said("<title>", '"A"'), 1), (said("<title>", '"C"'), 2)]
    found = describe(rows)
    assert found["main"] == ['<j> <title> "B"']
    assert found["source/pubmed"] == ['<j> <title> "A"', '<j> <title> "C"']


def test_other_statements_are_all_kept_once() -> None:
    rows = [(said("<issn>", '"2"', single=False), 3), (said("<issn>", '"1"', single=False), 1)]
    assert describe(rows)["main"] == ['<j> <issn> "1"', '<j> <issn> "2"']


def test_a_source_graph_does_not_repeat_main() -> None:
    rows = [
        (said("<title>", '"A"'), 1),
        (said("<title>", '"A"', "article-page", graph="source/article-page"), 1),
        (said("<title>", '"B"', "article-page", graph="source/article-page"), 1),
    ]
    assert describe(rows)["source/article-page"] == ['<j> <title> "B"']
