"""Recoveries that are tampered with: each is found, with its rule and its line."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from tee_rider.model_check.conformance.report import text_of
from tee_rider.model_check.conformance.verdict import Verdict
from tee_rider.spec.events import (
    ADeliver,
    AdvanceRound,
    AnyEvent,
    Crash,
    CreateVertex,
    Freeze,
    InsertVertex,
    RDeliver,
    Restart,
    Resume,
)
from tee_rider.spec.unique_identifier import StreamPosition
from tee_rider.spec.vertex import FreezeStatement, make_vertex
from tests.conformance.recovered import RECOVERED, Judging, Run, judging, played, violated

Kind = TypeVar("Kind", bound=AnyEvent)
B = 1


@pytest.fixture
def run() -> Run:
    """B returns twice and C once."""
    return played(RECOVERED, ((1, 6), (2, 14), (1, 20)))


@pytest.fixture
def judge(tmp_path: Path) -> Judging:
    return judging(tmp_path)


def nth(run: Run, kind: type[Kind], suits: Callable[[Kind], bool], number: int = 0) -> int:
    found = [i for i, event in enumerate(run) if isinstance(event, kind) and suits(event)]
    return found[number]


def restart_of(run: Run, replica: int) -> tuple[int, Restart]:
    i = nth(run, Restart, lambda event: event.replica == replica)
    event = run[i]
    assert isinstance(event, Restart)
    return i, event


def after_restart(run: Run, replica: int, kind: type[AnyEvent], number: int = 0) -> int:
    """An event of a replica after its first restart."""
    start, _ = restart_of(run, replica)
    return nth(run[start:], kind, lambda event: event.replica == replica, number) + start


def other_cut(run: Run) -> int:
    i = nth(run, Resume, lambda event: event.replica == 3)
    event = run[i]
    assert isinstance(event, Resume)
    run[i] = replace(event, cut=event.cut + 4)
    return i


def other_freezers(run: Run) -> int:
    i = nth(run, Resume, lambda event: event.replica == 3)
    event = run[i]
    assert isinstance(event, Resume)
    run[i] = replace(event, freezers=event.freezers[:-1])
    return i


def resume_left_out(run: Run) -> int:
    i = nth(run, Resume, lambda event: event.replica == 3)
    del run[i]
    return nth(run[i:], ADeliver, lambda event: event.replica == 3) + i


def freeze_left_out(run: Run) -> int:
    i = nth(run, Freeze, lambda event: event.replica == 0)
    del run[i]
    return nth(run[i:], RDeliver, lambda event: event.replica == 0) + i


def freeze_of_what_is_closed(run: Run) -> int:
    resumed = nth(run, Resume, lambda event: event.replica == 0 and event.target == B)
    i = nth(run[resumed:], CreateVertex, lambda event: event.replica == 0) + resumed
    return with_freezes(run, i, (FreezeStatement(B, 1, 2, ""),))


def with_freezes(run: Run, i: int, freezes: tuple[FreezeStatement, ...]) -> int:
    """The vertex says this wherever it is shown."""
    event = run[i]
    assert isinstance(event, CreateVertex)
    vertex = event.vertex
    for k, shown in enumerate(run):
        if isinstance(shown, CreateVertex | RDeliver | InsertVertex) and shown.vertex == vertex:
            run[k] = replace(shown, vertex=replace(vertex, freezes=freezes))
    return i


def old_epoch_above_the_cut(run: Run) -> int:
    """C goes on in B's old epoch, with a vertex that nobody else sees."""
    resumed = nth(run, Resume, lambda event: event.replica == 2 and event.target == B)
    create = nth(run[resumed:], CreateVertex, lambda event: event.replica == 2) + resumed
    model, event = run[create], run[resumed]
    assert isinstance(model, CreateVertex)
    read = [
        e.ui.counter
        for e in run[:create]
        if isinstance(e, RDeliver) and e.replica == 2 and e.vertex.source == B and e.ui.epoch == 1
    ]
    vertex = make_vertex(model.vertex.round, B, model.vertex.strong_edges)
    ui = StreamPosition(1, max(read, default=0) + 1)
    assert event.replica == 2
    i = nth(run[create:], InsertVertex, lambda event: event.replica == 2) + create + 1
    run[i:i] = [
        RDeliver(replica=2, vertex=vertex, ui=ui),
        InsertVertex(replica=2, vertex=vertex, ui=ui),
    ]
    return i


def delivery_swapped(run: Run) -> int:
    i, j = after_restart(run, B, ADeliver, 3), after_restart(run, B, ADeliver, 4)
    run[i], run[j] = run[j], run[i]
    return i


def delivery_left_out(run: Run) -> int:
    i = after_restart(run, B, ADeliver, 3)
    del run[i]
    return after_restart(run, B, ADeliver, 3)


def delivery_of_the_backup_repeated(run: Run) -> int:
    """C delivers once more what its backup had delivered already."""
    start, restart = restart_of(run, 2)
    before = [e for e in run[:start] if isinstance(e, ADeliver) and e.replica == 2]
    known = [event for event in before if event.seq <= restart.backup_seq]
    run.insert(start + 1, known[-1])
    return start + 1


def other_vertex_after_the_restart(run: Run) -> int:
    """What B held before it crashed, it takes up with another block."""
    i = after_restart(run, B, RDeliver)
    event = run[i]
    assert isinstance(event, RDeliver)
    vertex = make_vertex(event.vertex.round, event.vertex.source, event.vertex.strong_edges)
    for k in range(i, len(run)):
        shown = run[k]
        if isinstance(shown, RDeliver | InsertVertex) and shown.replica == B:
            if shown.vertex == event.vertex:
                run[k] = replace(shown, vertex=vertex)
    # The others build on the vertex that they know.
    return -1


def epoch_not_increasing(run: Run) -> int:
    i, event = restart_of(run, B)
    run[i] = replace(event, epoch=1)
    return -1


def another_backup(run: Run) -> int:
    """B claims to have returned from a later backup than it did."""
    i, event = restart_of(run, B)
    crash = nth(run, Crash, lambda event: event.replica == B)
    run[i] = replace(event, backup_seq=run[crash].seq - 1)
    return -1


def first_vertex_one_round_later(run: Run) -> int:
    """B goes to the next round without the vertex that its new epoch owes this one."""
    start, _ = restart_of(run, B)
    i = nth(run[start:], CreateVertex, lambda event: event.replica == B) + start
    event = run[i]
    assert isinstance(event, CreateVertex)
    run.insert(i, AdvanceRound(replica=B, round=event.vertex.round + 1))
    return i


def vertex_before_the_epoch_is_open(run: Run) -> int:
    start, _ = restart_of(run, B)
    i = nth(run[start:], AdvanceRound, lambda event: event.replica == B) + start
    event = run[i]
    assert isinstance(event, AdvanceRound)
    vertex = make_vertex(event.round, B)
    run.insert(i + 1, CreateVertex(replica=B, vertex=vertex, ui=StreamPosition(2, 2)))
    return i + 1


CUT = "recovery cut agreement"


@pytest.mark.parametrize(
    ("spoil", "properties"),
    [
        (other_cut, {CUT}),
        (other_freezers, {CUT}),
        (resume_left_out, {CUT}),
        (freeze_left_out, set()),
        (freeze_of_what_is_closed, set()),
        (old_epoch_above_the_cut, {CUT}),
        (delivery_swapped, {"total order"}),
        (delivery_left_out, {"total order"}),
        (delivery_of_the_backup_repeated, {"integrity", "total order"}),
        (other_vertex_after_the_restart, {"non-equivocation"}),
        (epoch_not_increasing, {CUT}),
        (another_backup, {"stream order"}),
        (first_vertex_one_round_later, set()),
        (vertex_before_the_epoch_is_open, set()),
    ],
)
def test_a_spoilt_recovery_violates(
    spoil: Callable[[Run], int],
    properties: set[str],
    run: Run,
    judge: Judging,
) -> None:
    index = spoil(run)
    judgement = judge(run)
    text = text_of(judgement)
    assert judgement.verdict is Verdict.VIOLATES, text
    assert violated(judgement) >= {*properties, "replay"}, text
    if index >= 0:
        # The header is line 1.
        first = judgement.divergences[0].found
        assert judgement.lines[first.replica, first.seq] == index + 2, text


def test_an_epoch_that_is_not_new_is_named_with_its_line(run: Run, judge: Judging) -> None:
    epoch_not_increasing(run)
    i, _ = restart_of(run, B)
    judgement = judge(run)
    violation = next(found for found in judgement.violations if found.property == CUT)
    (event,) = violation.witness
    assert judgement.lines[event.replica, event.seq] == i + 2


@pytest.mark.parametrize("change", ["no crash", "future", "the crash itself"])
def test_a_restart_out_of_place_is_malformed(change: str, run: Run, judge: Judging) -> None:
    i, event = restart_of(run, B)
    crash = nth(run, Crash, lambda event: event.replica == B)
    if change == "no crash":
        del run[crash]
        line = i + 1
    else:
        seq = run[crash].seq
        run[i] = replace(event, backup_seq=seq if change == "the crash itself" else seq + 100)
        line = i + 2
    judgement = judge(run)
    assert judgement.verdict is Verdict.MALFORMED
    assert getattr(judgement.problem, "line", 0) == line
