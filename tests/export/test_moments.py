from collections.abc import Callable
from itertools import pairwise
from random import Random
from typing import Any

from tee_rider.model_check.export.moments import Moment, take_moments
from tee_rider.spec.events import (
    ADeliver,
    AdvanceRound,
    AnyEvent,
    CommitLeader,
    CreateVertex,
    RDeliver,
    Reject,
    ReleaseCoin,
)
from tee_rider.spec.unique_identifier import StreamPosition
from tee_rider.spec.vertex import make_vertex


def kinds(moment: Moment) -> list[type]:
    return [type(event) for event in moment.events]


def test_every_event_is_in_one_moment_of_its_replica(run: Any) -> None:
    moments = take_moments(run.excerpt())
    for replica in range(4):
        mine = [m for m in moments if m.replica == replica and m.in_trace]
        told = [event for moment in mine for event in moment.events]
        assert told == [event for event in run.events if event.replica == replica]


def test_causes_stand_left_of_their_effects(run: Any) -> None:
    moments = take_moments(run.excerpt())
    made = {moment.created: moment.column for moment in moments if moment.created}
    arrivals = [m for m in moments if m.received]
    received = [e for e in run.events if isinstance(e, RDeliver) and e.vertex.source != e.replica]
    assert len(arrivals) == len(received) > 60
    for moment in arrivals:
        assert moment.received
        assert made[moment.received] < moment.column
    for replica in range(4):
        columns = [moment.column for moment in moments if moment.replica == replica]
        assert all(one < next_ for one, next_ in pairwise(columns))


def test_what_arrives_late_stands_right_of_where_it_was_made(empty: Callable[..., Any]) -> None:
    run, position = empty(3), StreamPosition(1, 1)
    vertices = [make_vertex(round_, 0) for round_ in (1, 2, 3)]
    run.happen(1, RDeliver(vertex=vertices[2], ui=position))
    run.happen(0, *(CreateVertex(vertex=vertex, ui=position) for vertex in vertices))
    run.insert(2, *vertices)
    moments = take_moments(run.excerpt())
    assert [m.column for m in moments if m.replica == 0] == [1, 2, 3]
    assert [m.column for m in moments if m.replica == 1] == [4]


def test_the_order_of_the_lines_of_different_replicas_makes_no_difference(run: Any) -> None:
    before = take_moments(run.excerpt())
    lanes: dict[int, list[AnyEvent]] = {i: [] for i in range(4)}
    for event in run.events:
        lanes[event.replica].append(event)
    order = [event.replica for event in run.events]
    Random(1).shuffle(order)
    run.events = [lanes[replica].pop(0) for replica in order]
    assert take_moments(run.excerpt()) == before


def test_one_input_is_one_moment(run: Any) -> None:
    moments = take_moments(run.excerpt())
    first = next(moment for moment in moments if moment.replica == 0)
    assert kinds(first)[:3] == [AdvanceRound, CreateVertex, RDeliver]
    assert first.created and first.created.name == "A1"
    assert first.received is None
    last_coin = [m for m in moments if m.replica == 0 and ReleaseCoin in kinds(m)][-1]
    assert kinds(last_coin).count(CommitLeader) == 2
    assert kinds(last_coin).count(ADeliver) == 16


def test_refusals_in_a_row_are_one_moment(empty: Callable[..., Any]) -> None:
    run = empty(3)
    run.insert(0, make_vertex(1, 0))
    run.happen(0, *[Reject(reason="x", origin=1, ui=None)] * 3, AdvanceRound(round=1))
    assert [kinds(m) for m in take_moments(run.excerpt())][1:] == [[Reject] * 3, [AdvanceRound]]


def test_a_replica_without_events_made_what_arrived_from_it(run: Any) -> None:
    unseen = [moment for moment in take_moments(run.excerpt()) if not moment.in_trace]
    assert [moment.created.name for moment in unseen if moment.created] == [
        *("D1", "D2", "D3", "D5", "D6", "D8")
    ]
    assert {moment.replica for moment in unseen} == {3}


def test_events_on_both_sides_of_a_gap_are_two_moments(run: Any) -> None:
    """Of wave 2, round 4 shows only what was delivered; wave 1's coin has nothing to do with it."""
    moments = [m for m in take_moments(run.excerpt((1, 4))) if m.replica == 0]
    assert [kinds(m)[0] for m in moments[-3:]] == [ReleaseCoin, CommitLeader, ADeliver]


def test_a_trace_that_contradicts_itself_is_drawn_all_the_same(empty: Callable[..., Any]) -> None:
    """Each of two replicas receives the other's vertex before the other has made it."""
    run, position = empty(3), StreamPosition(1, 1)
    one, other = make_vertex(1, 0), make_vertex(1, 1)
    run.happen(0, RDeliver(vertex=other, ui=position), CreateVertex(vertex=one, ui=position))
    run.happen(1, RDeliver(vertex=one, ui=position), CreateVertex(vertex=other, ui=position))
    run.insert(2, one)
    moments = take_moments(run.excerpt())
    assert sum(len(moment.events) for moment in moments) == 5
    assert [m.column for m in moments if m.replica == 0] == [1, 2]
