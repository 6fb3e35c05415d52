from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tee_rider.model_check.console import UsageError
from tee_rider.model_check.export import excerpt as module
from tee_rider.model_check.export.excerpt import Span, take_excerpt
from tee_rider.spec.events import ADeliver, CommitLeader, InsertVertex, RDeliver, ReleaseCoin
from tee_rider.spec.unique_identifier import StreamPosition
from tee_rider.spec.vertex import make_vertex


@pytest.mark.parametrize(
    ("newest", "waves", "most", "first"),
    [
        (9, 4, 100, 1),
        (16, 4, 100, 1),
        (17, 4, 100, 5),
        (41, 1, 100, 41),
        (41, 2, 100, 37),
        (41, 4, 9, 33),
        (41, 4, 8, 37),
        (41, 4, 3, 39),
        (41, 4, 1, 41),
    ],
)
def test_a_picture_begins_with_a_wave_if_one_fits(
    newest: int, waves: int, most: int, first: int
) -> None:
    assert Span(waves, most).first(newest) == first


def test_the_newest_waves_are_kept_and_the_rest_is_named(long_run: Any) -> None:
    excerpt = long_run.excerpt(waves=2)
    assert (excerpt.rounds, excerpt.newest) == ((37, 41), 41)
    assert excerpt.left_out == "rounds 1-36 left out: --rounds 1-36"


def test_what_is_shown_is_the_same_whether_asked_for_or_not(long_run: Any) -> None:
    kept, asked = long_run.excerpt(waves=2), long_run.excerpt((37, 41))
    assert kept.events == asked.events
    assert len(kept.events) < len(long_run.events) / 4


def test_only_events_of_the_rounds_asked_for_are_shown(long_run: Any) -> None:
    shown = [s.event for s in long_run.excerpt((6, 7)).events]
    vertices = [e.vertex.round for e in shown if isinstance(e, InsertVertex | RDeliver | ADeliver)]
    waves = [e.wave for e in shown if isinstance(e, ReleaseCoin | CommitLeader)]
    assert set(vertices) == {6, 7}
    assert set(waves) == {2}
    assert long_run.excerpt((6, 7)).left_out == "rounds 1-5 and 8-41 left out: --rounds 1-5"


def test_deliveries_are_counted_from_the_beginning_of_the_trace(long_run: Any) -> None:
    shown = long_run.excerpt((30, 41)).events
    mine = [s for s in shown if isinstance(s.event, ADeliver) and s.event.replica == 0]
    every = [e for e in long_run.events if isinstance(e, ADeliver) and e.replica == 0]
    assert mine
    assert [every[s.position - 1] for s in mine] == [s.event for s in mine]


def test_rounds_beyond_the_end_are_refused(long_run: Any) -> None:
    assert long_run.excerpt((40, 99)).rounds == (40, 41)
    with pytest.raises(UsageError, match="--rounds 42: the newest round of the trace is 41"):
        long_run.excerpt((42, 99))


def test_a_trace_without_a_vertex_is_refused(empty: Callable[..., Any]) -> None:
    run = empty(3)
    run.happen(0, ReleaseCoin(wave=1, leader=0))
    with pytest.raises(UsageError, match="there is nothing to draw"):
        run.excerpt()


def test_a_faulty_replica_alone_moves_nothing(run: Any) -> None:
    far = InsertVertex(seq=1, replica=3, vertex=make_vertex(2**50, 3), ui=StreamPosition(1, 1))
    events = [far, *run.events, far]
    excerpt = take_excerpt(run.configuration, run.faulty, "", events, None, Span(4, 100))
    assert excerpt.events == run.excerpt().events
    assert excerpt.newest == 9


def test_memory_is_bounded(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_EVENTS", 100)
    assert len(run.excerpt((1, 1)).events) <= 100
    with pytest.raises(UsageError, match="more than 100 events in the rounds to draw"):
        run.excerpt((1, 9))


def test_what_is_too_old_does_not_count(long_run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_EVENTS", len(long_run.events) // 2)
    assert long_run.excerpt(waves=2).rounds == (37, 41)


def test_far_rounds_are_forgotten_without_being_searched(empty: Callable[..., Any]) -> None:
    """Each event moves on by a thousand rounds, among many that are ahead of everything."""
    run = empty(3)
    position = StreamPosition(1, 1)
    for i in range(2000):
        ahead = RDeliver(vertex=make_vertex(10**12 + i, 0), ui=position)
        run.events.append(replace(ahead, replica=1, seq=i + 1))
    for i in range(2000):
        event = InsertVertex(vertex=make_vertex(1000 * i + 1, 0), ui=position)
        run.events.append(replace(event, seq=i + 1))
    excerpt = run.excerpt(waves=2)
    assert [s.event.seq for s in excerpt.events] == [2000]
