"""Findings stand under the sentence they share, also where a message names its focus or a value."""

from __future__ import annotations

from pss_kg.validation.findings import Finding
from pss_kg.validation.grouping import grouped
from pss_kg.validation.headings import by_heading
from pss_kg.validation.words import describe

PUBLICATION = "https://example.org/publication/"


def finding(number: int, message: str, value: str = "", shape: str = "urn:s", path: str = "") -> Finding:
    return Finding("warning", f"{PUBLICATION}pmid-{number}", path, value, message, shape, "urn:c")


def headings(*findings: Finding) -> list[tuple[str, list[str]]]:
    return [(key.message, [own for _, own in members]) for key, members in by_heading(findings).items()]


def test_the_same_message_is_one_heading() -> None:
    assert headings(finding(1, "No title."), finding(2, "No title.")) == [("No title.", ["", ""])]


def test_the_same_message_of_two_shapes_is_one_heading() -> None:
    found = headings(finding(1, "No title."), finding(2, "No title.", shape="urn:other"))
    assert found == [("No title.", ["", ""])]


def test_a_message_that_names_its_focus_is_one_heading() -> None:
    found = [finding(n, f"no title on {PUBLICATION}pmid-{n}") for n in (1, 2, 3)]
    assert headings(*found) == [("no title on …", ["", "", ""])]


def test_a_message_that_names_its_value_is_one_heading() -> None:
    found = [finding(n, f"“x{n}” is no year", f'"x{n}"') for n in (1, 2)]
    assert headings(*found) == [("“…” is no year", ["", ""])]


def test_another_number_stays_with_its_article() -> None:
    found = [finding(n, f"{n} things cited") for n in range(11, 31)]
    assert headings(*found) == [("… things cited", [f"{n} things cited" for n in range(11, 31)])]


def test_a_few_sentences_stay_beside_each_other() -> None:
    assert headings(finding(1, "1 value"), finding(2, "2 values")) == [("1 value", [""]), ("2 values", [""])]


def test_a_lone_message_stays_as_it_is() -> None:
    message = f"no title on {PUBLICATION}pmid-1"
    assert headings(finding(1, message)) == [(message, [""])]


def test_two_constraints_stay_apart() -> None:
    found = headings(
        finding(1, "Less than 1 values", path="urn:a"), finding(1, "Less than 2 values", path="urn:b")
    )
    assert found == [("Less than 1 values", [""]), ("Less than 2 values", [""])]


def test_other_words_stay_apart() -> None:
    assert len(headings(finding(1, "No title."), finding(2, "No date."))) == 2


def test_the_text_has_one_heading_and_what_differs_behind_each_article() -> None:
    text = describe(
        [finding(n, f"{n}00 things cited by {PUBLICATION}pmid-{n}") for n in range(10, 40)], lambda _: None
    )
    assert text.count("WARNING") == 1
    assert "WARNING  … things cited by …\n" in text
    assert "[1000 things cited by …]" in text
    assert "… and 25 more" in text


def test_junit_and_html_group_alike() -> None:
    groups = grouped([finding(n, f"no title on {PUBLICATION}pmid-{n}") for n in (1, 2)], lambda _: None)
    assert [(group.message, len(group.things)) for group in groups] == [("no title on …", 2)]
