"""Reports: a standard one for machines, JSON, and words for a librarian."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable

import made_up_articles as made_up
import msgspec
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from lxml import html as lxml_html
from rdflib import RDF, SH

from pss_kg.errors import BadParameter
from pss_kg.validation import (
    Finding,
    Named,
    Outcome,
    Shapes,
    describe,
    naming_from_triples,
    report_csv,
    report_html,
    report_json,
    report_junit,
    report_turtle,
    validate,
)
from pss_kg.validation.report import path_turtle

BASE = made_up.IRIS.base
MIN = "http://www.w3.org/ns/shacl#MinCountConstraintComponent"


def untitled(pmid: int) -> Finding:
    return Finding(
        severity="violation",
        focus=f"{BASE}publication/pmid-{pmid}",
        path="http://purl.org/dc/terms/title",
        message="The article has no title.",
        shape="https://w3id.org/pss-kg/shape/PublicationTitle",
        component=MIN,
        source_field="ArticleTitle",
        remedy="Add the title.",
    )


def parsed(text: str) -> rdflib.Graph:
    return rdflib.Graph().parse(data=text, format="turtle")


def test_the_report_is_a_standard_one() -> None:
    graph = parsed(report_turtle([untitled(1), untitled(2)]))
    (report,) = graph.subjects(RDF.type, SH.ValidationReport)
    assert graph.value(report, SH.conforms) == rdflib.Literal(False)
    results = list(graph.objects(report, SH.result))
    assert len(results) == 2
    for result in results:
        assert graph.value(result, SH.resultSeverity) == SH.Violation
        assert graph.value(result, SH.sourceConstraintComponent) == SH.MinCountConstraintComponent
        assert str(graph.value(result, SH.resultPath)) == "http://purl.org/dc/terms/title"


def test_it_conforms_only_without_any_result_even_an_info() -> None:
    assert "sh:conforms true" in report_turtle([])
    assert "sh:conforms false" in report_turtle([Finding("info", f"{BASE}x")])
    assert parsed(report_turtle([]))


def test_the_same_findings_give_the_same_bytes_in_any_order() -> None:
    findings = [untitled(n) for n in range(50)]
    shuffled = findings[:]
    random.Random(1).shuffle(shuffled)
    assert report_turtle(findings) == report_turtle(shuffled)
    assert report_json(findings) == report_json(shuffled)


@given(st.text(max_size=30), st.sampled_from(["_:b1", f"{BASE}a", '"a literal"@en']))
def test_any_message_and_focus_can_be_written(message: str, focus: str) -> None:
    graph = parsed(report_turtle([Finding("info", focus, message=message, component=MIN)]))
    assert len(list(graph.subjects(RDF.type, SH.ValidationResult))) == 1


@pytest.mark.parametrize(
    ("path", "turtle"),
    [
        ("http://e/p", "<http://e/p>"),
        ("^<http://e/p>", "[ sh:inversePath <http://e/p> ]"),
        ("(<http://e/p>/^<http://e/q>)", "( <http://e/p> [ sh:inversePath <http://e/q> ] )"),
        ("(<http://e/p>|<http://e/q>)", "[ sh:alternativePath ( <http://e/p> <http://e/q> ) ]"),
        ("(<http://e/p>)*", "[ sh:zeroOrMorePath <http://e/p> ]"),
    ],
)
def test_paths_become_property_paths(path: str, turtle: str) -> None:
    assert path_turtle(path) == turtle


@pytest.mark.parametrize("path", ["(<http://e/p>", "^", "(<http://e/p>)x"])
def test_a_text_that_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        path_turtle(path)


def test_json_tells_the_counts_and_what_was_not_run() -> None:
    document = json.loads(report_json([untitled(1)], Outcome([], "fast", 3, ("3 were not run.",))))
    assert document["conforms"] is False
    assert document["counts"] == {"violation": 1, "warning": 0, "info": 0}
    assert (document["engine"], document["not_run"]) == ("fast", 3)
    assert document["findings"][0]["source_field"] == "ArticleTitle"


def test_words_name_the_article_the_field_and_the_remedy() -> None:
    text = describe([untitled(7)], lambda focus: Named("PMID 7", "Walking"))
    assert text == (
        "1 violation, 0 warnings and 0 infos.\n"
        "\nVIOLATION  The article has no title.\n"
        "  - PMID 7  Walking\n"
        "    Field: ArticleTitle\n"
        "    To mend it: Add the title.\n"
    )


def test_words_group_repeats_and_cap_them() -> None:
    text = describe([untitled(n) for n in range(1, 133)], naming_from_triples(""), cap=5)
    assert text.count("The article has no title.") == 1
    assert text.count("  - PMID ") == 5
    assert "… and 127 more articles" in text


def test_words_never_show_a_shape_and_say_when_all_is_well() -> None:
    data = made_up.graph(1).replace('"10.5555/care.1"', '"doi:1"').replace("title> ", "label> ")
    text = describe(validate(data, Shapes.load(), "fast"), naming_from_triples(data))
    assert "VIOLATION" in text
    assert "/shape/" not in text
    assert "passed" in describe([], naming_from_triples(""))


def test_parts_are_named_by_their_publication() -> None:
    name = naming_from_triples(made_up.article(1, (2,)) + made_up.mention(2))
    title = "Walking and mood, part 1"
    for part in (
        "role/pmid-1/author/2",
        "citation/pmid-1/pmid-2",
        "reference/pmid-1/1",
        "publication/pmid-1/abstract/1",
    ):
        assert name(BASE + part) == Named("PMID 1", title, "", "2020")
    assert name(f"{BASE}role/doi-10.5555%2Fx/author/1") == Named("DOI 10.5555/x", "")
    assert name(f"{BASE}grant/some-fund/pmid-1%2F2") == Named("PMID 1", title, "", "2020")
    assert name("http://other.example/thing") is None


def test_words_say_which_part_and_value_is_at_fault() -> None:
    role = Finding("violation", f"{BASE}role/pmid-1/author/2", message="M.", value='"fi\\u00e9rst"')
    assert "[author 2: “fiérst”]" in describe([role], naming_from_triples(""))
    citation = Finding("violation", f"{BASE}citation/pmid-1/pmid-2", message="M.")
    assert "[citation of PMID 2]" in describe([citation], naming_from_triples(""))


def test_the_remedy_is_never_cut() -> None:
    remedy = "Look at the printed article. " * 8
    assert remedy.strip() in describe([msgspec.structs.replace(untitled(1), remedy=remedy)], lambda _: None)


def test_a_citation_names_what_is_cited_once() -> None:
    finding = Finding(
        severity="violation",
        focus=f"{BASE}citation/pmid-1/pmid-2",
        value=f"<{BASE}publication/pmid-2>",
        message="It has no type.",
    )
    assert "  - PMID 1  [citation of PMID 2]\n" in describe([finding], lambda _: None)


def test_an_article_without_a_title_does_not_go_by_its_authors_name() -> None:
    """The articles of a rule are as many as are counted by year, however many parts are at fault."""
    year = "http://purl.org/spar/fabio/hasPublicationYear"
    lines, findings = [], []
    for pmid in range(1, 31):
        lines.append(f'<{BASE}publication/pmid-{pmid}> <{year}> "2020" .')
        for place in (1, 2):
            role = f"{BASE}role/pmid-{pmid}/author/{place}"
            lines.append(
                f'<{role}> <http://www.w3.org/2000/01/rdf-schema#label> "Ada Example {pmid} {place}" .'
            )
            findings.append(msgspec.structs.replace(untitled(pmid), focus=role))
    words = describe(findings, naming_from_triples(lines))
    assert "Ada" not in words
    assert "  - PMID 1  [author 1; author 2]\n" in words
    assert "… and 25 more articles\n    By year: 2020 (30)\n" in words


def test_foreign_things_go_by_label_or_compact_iri() -> None:
    name = naming_from_triples(['<http://e/a> <http://www.w3.org/2000/01/rdf-schema#label> "A thing" .\n'])
    assert name("http://e/a") == Named("http://e/a", "A thing")
    text = describe([Finding("info", "http://purl.org/spar/cito/cites", message="M.")], name)
    assert "- cito:cites" in text


def test_an_article_is_told_with_its_journal() -> None:
    name = naming_from_triples(made_up.graph(1))
    assert name(f"{BASE}publication/pmid-1")[2:] == ("Annals of Invented Care", "2020")  # type: ignore[index]


def somewhere(focus: str) -> Named:
    number = int(focus.rpartition("-")[2])
    return Named(f"PMID {number}", "", f"Journal {number % 2 + number % 10 // 9}", str(2000 + number % 5))


def test_many_articles_of_a_group_are_told_by_year_and_journal() -> None:
    text = describe([untitled(n) for n in range(1, 101)], somewhere)
    assert "    By year: 2000 (20), 2001 (20), 2002 (20), 2 others (40)\n" in text
    assert "    By journal: Journal 0 (50), Journal 1 (40), Journal 2 (10)\n" in text
    assert text.endswith("\nEvery result, one a line: --format csv\n")
    few = describe([untitled(n) for n in range(1, 5)], somewhere)
    assert "By year" not in few
    assert "--format csv" not in few


@pytest.mark.parametrize("results", [10_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_reports_for_people_stay_short_however_many_results(results: int) -> None:
    found = [msgspec.structs.replace(untitled(n), message=f"Rule {n % 5}.") for n in range(results)]
    assert len(describe(found, somewhere).splitlines()) < 80
    assert len(report_junit(found, somewhere)) < 50_000
    assert len(report_html(found, somewhere)) < 1_000_000
    assert report_html(found, somewhere).count(f"and {results // 5 - 1_000:,} more: see --format csv") == 5
    assert len(report_csv(found, somewhere).splitlines()) == results + 1


def test_csv_has_one_line_a_result() -> None:
    value = Finding("warning", f"{BASE}role/pmid-1/author/2", message='A "gap",\nhere.', value='"=fi\\u00e9"')
    rows = list(csv.DictReader(io.StringIO(report_csv([value, untitled(7), untitled(7)], elsewhere))))
    assert [row["severity"] for row in rows] == ["violation", "warning"]
    assert rows[0] == {
        "severity": "violation",
        "message": "The article has no title.",
        "article": "PMID 7",
        "title": "Walking",
        "journal": "Annals",
        "year": "2020",
        "part": "",
        "value": "",
        "field": "ArticleTitle",
        "remedy": "Add the title.",
        "rule": "PublicationTitle",
        "iri": f"{BASE}publication/pmid-7",
    }
    assert (rows[1]["message"], rows[1]["part"], rows[1]["value"]) == ('A "gap", here.', "author 2", "'=fié")
    assert report_csv([], somewhere) == ",".join(rows[0]) + "\n"


def elsewhere(focus: str) -> Named:
    return Named("PMID 7", "Walking", "Annals", "2020")


def test_a_title_can_not_break_the_report() -> None:
    text = describe([untitled(1)], lambda focus: Named("PMID 1", "a\n\x1b[31mb" + "c" * 500))
    assert "\x1b" not in text
    assert max(map(len, text.splitlines())) < 130


# -- JUnit and HTML -----------------------------------------------------------------------

EVIL = "<script>alert(1)</script> \x00\x1b[31m ]]> & \"quoted\" 'and' \ufffe"


def evil(focus: str) -> Named:
    return Named("PMID 1" if focus.endswith("-1") else 'DOI 10.5555/a<b>&"c', EVIL)


def mixed() -> list[Finding]:
    light = [Finding("info", f"{BASE}publication/pmid-{n}", message="No abstract.") for n in range(1, 31)]
    return [untitled(1), untitled(2), Finding("warning", f"{BASE}publication/pmid-1", message=EVIL), *light]


def test_junit_has_a_case_for_each_rule_and_fails_from_the_severity_asked_for() -> None:
    for fail_on, failures in (("violation", 1), ("warning", 2), ("info", 3)):
        root = etree.fromstring(report_junit(mixed(), naming_from_triples(""), fail_on).encode())
        (suite,) = root.findall("testsuite")
        assert (suite.get("tests"), suite.get("failures")) == ("3", str(failures))
        assert len(root.findall(".//failure")) == failures
        assert len(root.findall(".//testcase")) == 3
    case = root.find(".//testcase")
    assert case is not None
    assert case.get("name") == "The article has no title."
    assert "PMID 2" in (case.findtext("failure") or "")


def test_junit_without_findings_is_one_case_that_passed() -> None:
    root = etree.fromstring(report_junit([], naming_from_triples("")).encode())
    assert len(root.findall(".//testcase")) == 1
    assert not root.findall(".//failure")


def test_junit_caps_the_articles_of_a_case() -> None:
    text = report_junit(mixed(), naming_from_triples(""), "info", cap=5)
    assert "… and 25 more" in text


def test_junit_refuses_a_severity_that_is_none() -> None:
    with pytest.raises(BadParameter):
        report_junit([], naming_from_triples(""), "awful")


def test_any_text_gives_well_formed_reports() -> None:
    etree.fromstring(report_junit(mixed(), evil).encode())
    page = report_html(mixed(), evil)
    tree = lxml_html.document_fromstring(page)
    assert not tree.xpath("//script | //link | //img | //iframe | //@onclick")
    assert "<script" not in page
    assert "\x1b" not in page


def test_the_page_needs_nothing_from_elsewhere_and_links_to_the_articles() -> None:
    tree = lxml_html.document_fromstring(report_html(mixed(), naming_from_triples("")))
    assert {str(link) for link in tree.xpath("//@href")} == {
        f"https://pubmed.ncbi.nlm.nih.gov/{n}/" for n in range(1, 31)
    }
    assert not tree.xpath("//@src")
    assert [str(head) for head in tree.xpath("//h2/text()")] == ["Violations", "Warnings", "Infos"]
    assert len(tree.xpath("//details//li")) == 10
    doi = [Finding("info", f"{BASE}publication/doi-10.5555%2Fa%3Cb", message="M.")]
    assert 'href="https://doi.org/10.5555/a%3Cb"' in report_html(doi, naming_from_triples(""))


def test_the_page_says_when_all_is_well() -> None:
    assert "every check passed" in report_html([], naming_from_triples(""))


@pytest.mark.parametrize("report", [report_csv, report_html, report_junit])
def test_these_reports_hold_the_same_bytes_in_any_order(report: Callable[..., str]) -> None:
    findings = mixed()
    shuffled = findings[:]
    random.Random(1).shuffle(shuffled)
    assert report(findings, naming_from_triples("")) == report(shuffled, naming_from_triples(""))
