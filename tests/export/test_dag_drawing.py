from collections.abc import Callable
from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element

import pytest

from tee_rider.model_check.export.dag_drawing import draw_dag
from tee_rider.model_check.export.dag_view import dag_view
from tee_rider.model_check.export.style import style_sheet
from tee_rider.spec.vertex import Request, Vertex, make_vertex

Find = Callable[[Element, str], list[Element]]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def drawn(parse: Callable[[str], Element]) -> Callable[..., Element]:
    """The picture of a run as a tree."""
    return lambda run, rounds=None, replica=None: parse(
        draw_dag(dag_view(run.excerpt(rounds), replica))
    )


def lines(elements: list[Element]) -> int:
    return sum(element.get("d", "").count("M") for element in elements)


def written(element: Element) -> list[str]:
    return [text.text or "" for text in element.iter(f"{SVG}text")]


def vertex_names(elements: list[Element]) -> list[str]:
    return [written(element)[0] for element in elements]


def test_every_vertex_and_every_edge_is_drawn_once(
    run: Any, drawn: Callable[..., Element], of_class: Find
) -> None:
    view = dag_view(run.excerpt())
    picture = drawn(run)
    assert len(of_class(picture, "vertex")) == 33
    assert lines(of_class(picture, "strong")) == sum(len(n.strong) for n in view.nodes) == 99
    assert lines(of_class(picture, "weak")) == 1
    assert len(of_class(picture, "band bar")) == 3


def test_vertices_carry_their_marks(
    run: Any, drawn: Callable[..., Element], of_class: Find
) -> None:
    picture = drawn(run)
    marks = ("delivered", "leader direct", "leader walked", "supporter", "faulty")
    marked = {mark: vertex_names(of_class(picture, f"vertex {mark}")) for mark in marks}
    assert len(marked["delivered"]) == 16
    assert marked["leader direct"] == ["B5"]
    assert marked["leader walked"] == ["C1"]
    assert marked["supporter"] == ["B4", "C4", "A8", "B8", "C8", "D8"]
    assert marked["faulty"] == ["D1", "D2", "D3", "D5", "D6", "D8"]
    assert len(of_class(picture, "ring")) == len(of_class(picture, "star")) == 2
    assert len(of_class(picture, "dot")) == 6


def test_faulty_replicas_differ_in_shape_too(
    run: Any, drawn: Callable[..., Element], of_class: Find
) -> None:
    boxes = of_class(drawn(run), "node")
    assert [box.tag for box in boxes].count(f"{SVG}path") == 6
    assert [box.tag for box in boxes].count(f"{SVG}rect") == 27


def test_delivered_vertices_carry_their_place_and_others_none(
    run: Any, drawn: Callable[..., Element], of_class: Find
) -> None:
    texts = [written(vertex) for vertex in of_class(drawn(run), "vertex")]
    assert ["C1", "#1"] in texts
    assert ["B5", "#16"] in texts
    assert ["A5"] in texts


def test_waves_say_how_they_ended(run: Any, drawn: Callable[..., Element], of_class: Find) -> None:
    said = [written(wave) for wave in of_class(drawn(run), "wave")]
    assert said == [
        ["wave 1", "leader C1, committed by walking back"],
        ["wave 2", "leader B5, committed directly"],
        ["wave 3", "open"],
    ]


def test_weak_edges_are_dashed_and_coloured_in_both_kinds_of_page() -> None:
    sheet = style_sheet()
    assert "stroke-dasharray" in sheet.split(".weak{stroke-width")[1].split("}")[0]
    assert "stroke-dasharray" not in sheet.split(".strong{stroke-width")[1].split("}")[0]
    light, dark = sheet.split("@media(prefers-color-scheme:dark)")
    colours = [part.split(".weak{stroke:")[1].split("}")[0] for part in (light, dark)]
    assert len(set(colours)) == 2


def test_the_legend_has_what_occurs_and_nothing_else(
    run: Any, drawn: Callable[..., Element], empty: Callable[..., Any]
) -> None:
    everything = written(drawn(run))
    assert "leader, committed by walking back" in everything
    assert "leader, not committed" not in everything
    bare = empty(3)
    bare.insert(0, make_vertex(1, 0))
    assert written(drawn(bare))[-1] == "not delivered"
    assert "strong edge" not in written(drawn(bare))


def test_what_is_left_out_is_said_and_edges_to_it_begin(
    run: Any, drawn: Callable[..., Element], of_class: Find
) -> None:
    picture = drawn(run, (4, 4))
    assert "rounds 1-3 and 5-9 left out: --rounds 1-3" in " ".join(written(picture))
    assert vertex_names(of_class(picture, "vertex")) == ["A4", "B4", "C4"]
    assert lines(of_class(picture, "strong")) == 10
    assert lines(of_class(picture, "weak")) == 1


def test_places_of_vertices_differ_even_at_one_address(
    empty: Callable[..., Any], drawn: Callable[..., Element], of_class: Find
) -> None:
    run = empty(3)
    run.insert(0, make_vertex(1, 2), make_vertex(1, 1))
    run.insert(1, replace(make_vertex(1, 2), digest="ab"))
    boxes = of_class(drawn(run), "node")
    assert len({(box.get("x"), box.get("y")) for box in boxes}) == 3


def test_everything_stays_on_the_paper(run: Any, drawn: Callable[..., Element]) -> None:
    picture = drawn(run)
    width, height = float(picture.attrib["width"]), float(picture.attrib["height"])
    texts = list(picture.iter(f"{SVG}text"))
    for text in texts:
        assert 0 <= float(text.attrib["x"]) <= width
        assert 0 <= float(text.attrib["y"]) <= height


def test_what_comes_from_the_trace_is_words(
    empty: Callable[..., Any], drawn: Callable[..., Element]
) -> None:
    hostile = '</title><script>alert("1")</script>'
    run = empty(3)
    run.name = hostile
    run.insert(0, Vertex(1, 0, "ab", requests=(Request(1, 2, hostile),)))
    picture = drawn(run)
    assert not list(picture.iter(f"{SVG}script"))
    assert any(hostile in text for text in written(picture))
    titles = [title.text or "" for title in picture.iter(f"{SVG}title")]
    assert any(f"request 2 of client 1: {hostile}" in title for title in titles)


def test_huge_rounds_are_drawn_like_others(
    empty: Callable[..., Any], drawn: Callable[..., Element], of_class: Find
) -> None:
    run = empty(3)
    run.insert(0, make_vertex(2**53 - 1, 0))
    assert vertex_names(of_class(drawn(run), "vertex")) == [f"A{2**53 - 1}"]
