"""Texts with markup inside a string become plain text, and no text is lost."""

from __future__ import annotations

import pytest

from pss_kg.records import AbstractSection
from pss_kg.sources.markup import plain, sections


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("A <i>b</i> &amp; c", "A b & c"),
        ("&lt;i&gt;A&lt;/i&gt; b", "A b"),
        ("&amp;lt;i&amp;gt;A&amp;lt;/i&amp;gt;", "A"),
        ("H<sub>2</sub>O in 10<sup>5</sup>", "H2O in 10⁵"),
        ("p < 0.05 and q > 1", "p < 0.05 and q > 1"),
        ("below the <LOD> of a<b", "below the <LOD> of a<b"),
        ("<jats:p>One.</jats:p><jats:p>Two.</jats:p>", "One. Two."),
        ("One.<br>Two.<br/>Three.", "One. Two. Three."),
        ("left <b>open and <i>crossed</b></i> here", "left open and crossed here"),
        (
            '<mml:math xmlns:mml="x"><mml:msup><mml:mi>x</mml:mi><mml:mn>2</mml:mn></mml:msup></mml:math>',
            "x2",
        ),
        (
            "<inline-formula><tex-math>$x$</tex-math><mml:math><mml:mi>x</mml:mi></mml:math></inline-formula>",
            "x",
        ),
        ("a <!-- no --> b &nbsp; c\n d", "a b c d"),
        ("R&D; x&y", "R&D; x&y"),
        ("one&#13;&#xD;\ntwo &#945;", "one two α"),
        ("", ""),
        ("<p></p>", ""),
    ],
)
def test_plain(given: str, expected: str) -> None:
    assert plain(given) == expected


def test_a_section_inside_a_section_keeps_the_outer_label() -> None:
    text = (
        "<jats:sec><jats:title>Methods</jats:title><jats:sec><jats:p>Inner.</jats:p></jats:sec></jats:sec>"
        "<jats:sec><jats:title>Only a title</jats:title></jats:sec>"
    )
    assert sections(text) == (AbstractSection("Inner.", "Methods"), AbstractSection("Only a title"))


def test_an_abstract_without_sections_is_one() -> None:
    assert sections("<jats:title>Abstract</jats:title><jats:p>All.</jats:p>") == (AbstractSection("All."),)
    assert sections("Plain &amp; simple") == (AbstractSection("Plain & simple"),)
    assert sections(" ") == ()
