"""A good trace conforms; spoilt in one place, it violates, and the place is named."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import pytest

from tee_rider.model_check.conformance.report import text_of
from tee_rider.model_check.conformance.verdict import Judgement, Verdict
from tee_rider.spec.events import (
    ADeliver,
    AdvanceRound,
    AnyEvent,
    CommitLeader,
    CreateVertex,
    InsertVertex,
    RDeliver,
    ReleaseCoin,
)
from tee_rider.spec.judgement import Status
from tee_rider.spec.unique_identifier import StreamPosition
from tee_rider.spec.vertex import Request, Vertex, make_vertex

Run = list[AnyEvent]
Judging = Callable[[Run], Judgement]
Kind = TypeVar("Kind", bound=AnyEvent)
WithVertex = RDeliver | InsertVertex | CreateVertex
B = 1


def find(run: Run, kind: type[Kind], number: int) -> tuple[int, Kind]:
    """B's event of this kind with this number, counted from 0, and its index in the run."""
    return [(i, e) for i, e in enumerate(run) if isinstance(e, kind) and e.replica == B][number]


def change_vertex(run: Run, name: str, change: Callable[[Vertex], Vertex], replicas: str) -> int:
    """Change a vertex wherever the replicas show it in full; the index of the first place."""
    places = [
        i
        for i, event in enumerate(run)
        if isinstance(event, WithVertex)
        and event.vertex.name == name
        and "ABCD"[event.replica] in replicas
    ]
    for i in places:
        event = run[i]
        assert isinstance(event, WithVertex)
        run[i] = replace(event, vertex=change(event.vertex))
    return places[0]


def delivery_swapped(run: Run) -> int:
    i, first = find(run, ADeliver, 10)
    j, second = find(run, ADeliver, 11)
    run[i], run[j] = second, first
    return i


def delivery_left_out(run: Run) -> int:
    i, _ = find(run, ADeliver, 10)
    del run[i]
    return i


def delivery_repeated(run: Run) -> int:
    i, delivery = find(run, ADeliver, 10)
    run.insert(i + 1, delivery)
    return i + 1


def other_vertex_on_one_replica(run: Run) -> int:
    def without_requests(vertex: Vertex) -> Vertex:
        return make_vertex(vertex.round, vertex.source, vertex.strong_edges, vertex.weak_edges)

    change_vertex(run, "A5", without_requests, "B")
    # B uses the name that the others know, and holds another.
    return next(
        i for i, e in enumerate(run) if isinstance(e, CreateVertex) and e.vertex.name == "B6"
    )


def strong_edge_dropped(run: Run) -> int:
    # A7 has four strong edges, so that three are left, a quorum.
    return change_vertex(run, "A7", lambda v: replace(v, strong_edges=v.strong_edges[1:]), "ABC")


def too_few_strong_edges(run: Run) -> int:
    return change_vertex(run, "A7", lambda v: replace(v, strong_edges=v.strong_edges[2:]), "BC")


def weak_edge_dropped(run: Run) -> int:
    created = (event for event in run if isinstance(event, CreateVertex))
    name = next(event.vertex.name for event in created if event.vertex.weak_edges)
    return change_vertex(run, name, lambda vertex: replace(vertex, weak_edges=()), "ABC")


def commit_invented(run: Run) -> int:
    i, coin = find(run, ReleaseCoin, 2)
    _, commit = find(run, CommitLeader, 0)
    run.insert(i, replace(commit, wave=coin.wave))
    return i


def commit_left_out(run: Run) -> int:
    i, _ = find(run, CommitLeader, 1)
    del run[i]
    return i


def wrong_leader(run: Run) -> int:
    i, commit = find(run, CommitLeader, 1)
    run[i] = replace(commit, leader=replace(commit.leader, source=(commit.leader.source + 1) % 3))
    return i


def walked_back_leader_left_out(run: Run) -> int:
    i = next(i for i, e in enumerate(run) if isinstance(e, CommitLeader) and not e.direct)
    del run[i]
    return i


def other_coin(run: Run) -> int:
    i, coin = find(run, ReleaseCoin, 1)
    run[i] = replace(coin, leader=(coin.leader + 1) % 3)
    # The leader that the others saw is committed next.
    return i + 1


def coin_too_early(run: Run) -> int:
    i, coin = find(run, ReleaseCoin, 1)
    run.insert(i, replace(coin, wave=coin.wave + 1))
    return i


def counter_left_out(run: Run) -> int:
    i, delivered = find(run, RDeliver, 20)
    run[i] = replace(delivered, ui=StreamPosition(1, delivered.ui.counter + 1))
    return i


def vertex_r_delivered_twice(run: Run) -> int:
    _, delivered = find(run, RDeliver, 20)
    i, _ = find(run, RDeliver, 21)
    run.insert(i, delivered)
    return i


def insertion_put_off(run: Run) -> int:
    i, inserted = find(run, InsertVertex, 8)
    j, _ = find(run, InsertVertex, 14)
    run.insert(j + 1, inserted)
    del run[i]
    # The next input comes where the insertion is due.
    return i


def round_left_out(run: Run) -> int:
    i, entered = find(run, AdvanceRound, 5)
    run[i] = replace(entered, round=entered.round + 1)
    return i


def round_too_early(run: Run) -> int:
    i, entered = find(run, AdvanceRound, 5)
    j, _ = find(run, AdvanceRound, 4)
    del run[i]
    # Right after what follows from entering the round before: create, r_deliver, insert.
    run.insert(j + 4, entered)
    return j + 4


@pytest.mark.parametrize(
    ("spoil", "properties"),
    [
        (delivery_swapped, {"total order"}),
        (delivery_left_out, {"total order"}),
        (delivery_repeated, {"integrity", "total order"}),
        (other_vertex_on_one_replica, {"non-equivocation", "causality"}),
        (strong_edge_dropped, set()),
        (too_few_strong_edges, {"non-equivocation", "well-formedness"}),
        (weak_edge_dropped, {"validity"}),
        (commit_invented, {"commit justification"}),
        (commit_left_out, {"commit justification"}),
        (wrong_leader, {"commit justification", "agreement"}),
        (walked_back_leader_left_out, {"commit justification"}),
        (other_coin, {"coin agreement", "commit justification"}),
        (coin_too_early, {"coin agreement"}),
        (counter_left_out, {"stream order"}),
        (vertex_r_delivered_twice, {"stream order"}),
        (insertion_put_off, {"well-formedness"}),
        (round_left_out, {"well-formedness"}),
        (round_too_early, {"well-formedness"}),
    ],
)
def test_a_spoilt_trace_violates(
    spoil: Callable[[Run], int], properties: set[str], run: Run, judge: Judging
) -> None:
    index = spoil(run)
    judgement = judge(run)
    text = text_of(judgement)
    assert judgement.verdict is Verdict.VIOLATES, text
    violated = {row.name for row in judgement.rows if row.status is Status.VIOLATED}
    assert violated >= {*properties, "replay"}, text
    # The header is line 1, and the first divergence is where the trace was spoilt.
    event = judgement.divergences[0].found
    assert judgement.lines[event.replica, event.seq] == index + 2, text
    assert event.replica == run[index].replica
    for name in violated - {"replay"}:
        assert f"VIOLATED: {name} (source: " in text
    assert f"REPLAY DIVERGES: {'ABC'[event.replica]}, first at {judgement.file}:{index + 2}" in text
    assert f"to see it again: tee-rider check {judgement.file}" in text


def test_a_block_changed_on_one_replica(run: Run, judge: Judging) -> None:
    # Under the old digest: no order and no edge differs, only the contents do.
    index = change_vertex(run, "A5", lambda v: replace(v, requests=(Request(99, 1),)), "B")
    judgement = judge(run)
    assert [row.name for row in judgement.rows if row.status is Status.VIOLATED] == [
        "non-equivocation"
    ]
    (violation,) = judgement.violations
    shown = violation.witness[-1]
    assert (shown.replica, judgement.lines[shown.replica, shown.seq]) == (B, index + 2)


def test_the_good_run_conforms(run: Run, judge: Judging) -> None:
    judgement = judge(run)
    assert judgement.verdict is Verdict.CONFORMS, text_of(judgement)
    assert {row.status for row in judgement.rows} == {Status.HOLDS}
    assert judgement.tier == 2
    assert any(isinstance(event, CommitLeader) and not event.direct for event in run)
    assert any(isinstance(event, CreateVertex) and event.vertex.weak_edges for event in run)
