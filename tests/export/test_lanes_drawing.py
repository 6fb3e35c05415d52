from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

import pytest

from tee_rider.model_check.export.lanes_drawing import draw_lanes
from tee_rider.model_check.export.moments import take_moments
from tee_rider.spec.events import Crash, CreateVertex, RDeliver, Reject
from tee_rider.spec.unique_identifier import StreamPosition
from tee_rider.spec.vertex import make_vertex

Find = Callable[[Element, str], list[Element]]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def drawn(parse: Callable[[str], Element]) -> Callable[..., Element]:
    """The lanes of a run as a tree."""

    def draw(run: Any, rounds: tuple[int, int] | None = None) -> Element:
        excerpt = run.excerpt(rounds)
        return parse(draw_lanes(excerpt, take_moments(excerpt)))

    return draw


def written(element: Element) -> list[str]:
    return [text.text or "" for text in element.iter(f"{SVG}text")]


def test_there_is_a_lane_for_each_replica_and_an_arrow_for_each_arrival(
    run: Any, drawn: Callable[..., Element], of_class: Find
) -> None:
    picture = drawn(run)
    arrivals = [e for e in run.events if isinstance(e, RDeliver) and e.vertex.source != e.replica]
    assert len(of_class(picture, "lane")) == 4
    assert len(of_class(picture, "message")) == len(arrivals) > 60
    assert len(of_class(picture, "moment")) == len(take_moments(run.excerpt()))


def test_what_is_not_in_the_trace_is_drawn_apart(
    run: Any, drawn: Callable[..., Element], of_class: Find
) -> None:
    assert len(of_class(drawn(run), "unseen")) == 6


def test_what_waits_for_its_predecessors_is_hollow(
    empty: Callable[..., Any], drawn: Callable[..., Element], of_class: Find
) -> None:
    run, position = empty(3), StreamPosition(1, 1)
    vertex = make_vertex(1, 1)
    run.happen(1, CreateVertex(vertex=vertex, ui=position))
    for replica in (0, 2):
        run.happen(replica, RDeliver(vertex=vertex, ui=position))
    run.insert(2, vertex)
    dots = [e for e in of_class(drawn(run), "event") if e.tag == f"{SVG}circle"]
    assert ["full" in dot.attrib["class"] for dot in dots] == [False, True]


def test_commits_coins_crashes_and_refusals_are_told(
    run: Any, drawn: Callable[..., Element], of_class: Find
) -> None:
    run.happen(2, Crash())
    run.happen(1, Reject(reason="x", origin=3, ui=None))
    picture = drawn(run)
    said = written(picture)
    assert said.count("coin 2: B") == said.count("commits C1 B5") == 3
    assert said.count("delivers 16") == 3
    assert "crashes" in said
    assert "rejects 1" in said
    assert len(of_class(picture, "star")) == len(of_class(picture, "coin")) == 3


def test_what_is_left_out_is_said(run: Any, drawn: Callable[..., Element]) -> None:
    assert "rounds 1-4 and 7-9 left out: --rounds 1-4" in " ".join(written(drawn(run, (5, 6))))


def test_what_comes_from_the_trace_is_words(
    run: Any, drawn: Callable[..., Element], of_class: Find
) -> None:
    run.happen(0, Reject(reason="<script>", origin=3, ui=None))
    titles = [title.text or "" for title in drawn(run).iter(f"{SVG}title")]
    assert any("<script>" in title for title in titles)
    assert of_class(drawn(run), "script") == []
