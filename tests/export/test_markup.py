from xml.etree import ElementTree

import pytest

from tee_rider.model_check.export.markup import element, number, words

HOSTILE = "<script>alert('1' & \"2\")</script>"


def test_words_lose_their_power_but_not_their_meaning() -> None:
    assert words(HOSTILE) == "&lt;script&gt;alert('1' &amp; \"2\")&lt;/script&gt;"
    assert ElementTree.fromstring(element("p", words(HOSTILE))).text == HOSTILE


def test_an_attribute_cannot_be_left() -> None:
    tree = ElementTree.fromstring(element("p", class_=f'"{HOSTILE}" onclick="x'))
    assert tree.attrib == {"class": f'"{HOSTILE}" onclick="x'}


@pytest.mark.parametrize("letter", ["\0", "\x1b", "\n", "\u202e", "\u2028", "\ud800", "\ufffe"])
def test_invisible_letters_become_visible(letter: str) -> None:
    markup = element("p", words(f"a{letter}b"), id=f"c{letter}")
    assert markup == '<p id="c\ufffd">a\ufffdb</p>'
    markup.encode()


def test_long_words_are_cut() -> None:
    assert words("x" * 200, 10) == "xxxxxxxxx…"
    assert words("x" * 10, 10) == "x" * 10


def test_cutting_does_not_split_what_was_escaped() -> None:
    assert words("&" * 200, 3) == "&amp;&amp;…"


def test_an_attribute_without_a_value_is_left_out() -> None:
    assert element("g", class_="", id=None, font_size=12.0, x=0) == '<g font-size="12" x="0"/>'


@pytest.mark.parametrize(("value", "text"), [(1, "1"), (1.25, "1.2"), (-0.01, "-0"), (10.0, "10")])
def test_numbers_are_short(value: float, text: str) -> None:
    assert number(value) == text
