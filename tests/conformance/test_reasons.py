"""At a divergence the oracle says what the reference holds, and what it lacks."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import pytest

from tee_rider.model_check.conformance import rules
from tee_rider.model_check.conformance.report import text_of
from tee_rider.model_check.conformance.rules import Rule, rule_of
from tee_rider.model_check.conformance.situation import reason_against
from tee_rider.model_check.conformance.verdict import Judgement
from tee_rider.reference.ordering import Ordering, order_vertices
from tee_rider.reference.profile import Setting
from tee_rider.reference.profiles import TEE_RIDER
from tee_rider.reference.replica import initial_state
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.configuration import largest_configuration
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
from tee_rider.spec.unique_identifier import StreamPosition
from tee_rider.spec.vertex import VertexId

Run = list[AnyEvent]
Judging = Callable[[Run], Judgement]
Kind = TypeVar("Kind", bound=AnyEvent)
B = 1


def find(
    run: Run, kind: type[Kind], suits: Callable[[Kind], bool] = lambda _: True
) -> tuple[int, Kind]:
    """B's first event of this kind that suits, and its index in the run."""
    return next(
        (i, event)
        for i, event in enumerate(run)
        if isinstance(event, kind) and event.replica == B and suits(event)
    )


def before_next_input(run: Run, event: AnyEvent, after: int) -> None:
    """Put an output of B's where its next input after this index comes: nothing is due there."""
    inputs = RDeliver | ReleaseCoin | AdvanceRound
    i = next(i for i, e in enumerate(run) if i > after and e.replica == B and isinstance(e, inputs))
    run.insert(i, event)


def insertion_of_what_is_not_there(run: Run) -> None:
    _, event = find(run, InsertVertex, lambda e: e.vertex.name == "A3")
    i, _ = find(run, InsertVertex)
    before_next_input(run, event, i)


def insertion_repeated(run: Run) -> None:
    i, event = find(run, InsertVertex)
    before_next_input(run, event, i)


def insertion_of_what_was_not_delivered(run: Run) -> None:
    i, event = find(run, InsertVertex)
    other = replace(event.vertex, source=3)
    before_next_input(run, replace(event, vertex=other), i)


def commit_repeated(run: Run) -> None:
    i, event = find(run, CommitLeader)
    before_next_input(run, event, i)


def commit_without_support(run: Run) -> None:
    _, walked_back = find(run, CommitLeader, lambda e: not e.direct)
    i, _ = find(run, ReleaseCoin, lambda e: e.wave == walked_back.wave)
    before_next_input(run, replace(walked_back, direct=True), i)


def walked_back_commit_left_out(run: Run) -> None:
    i, _ = find(run, CommitLeader, lambda e: not e.direct)
    del run[i]


def delivery_repeated(run: Run) -> None:
    i, event = find(run, ADeliver)
    before_next_input(run, event, i)


def delivery_of_what_no_leader_reaches(run: Run) -> None:
    i, event = find(run, ADeliver)
    _, newest = [
        (k, e) for k, e in enumerate(run[:i]) if e.replica == B and isinstance(e, InsertVertex)
    ][-1]
    before_next_input(run, replace(event, vertex=newest.vertex.id), i)


def vertex_made_twice(run: Run) -> None:
    i, event = find(run, CreateVertex)
    before_next_input(run, event, i)


def coin_repeated(run: Run) -> None:
    i, event = find(run, ReleaseCoin)
    j, _ = find(run, RDeliver, lambda e: run.index(e) > i)
    run.insert(j, event)


def old_epoch(run: Run) -> None:
    i, event = find(run, RDeliver)
    run[i] = replace(event, ui=StreamPosition(2, 1))


def vertex_read_twice(run: Run) -> None:
    i, event = find(run, RDeliver)
    j, _ = find(run, RDeliver, lambda e: run.index(e) > i)
    run.insert(j, event)


def second_vertex_of_a_round(run: Run) -> None:
    i, event = find(run, RDeliver, lambda e: e.vertex.round == 2)
    position = StreamPosition(1, 2)
    first = next(
        e for e in run if isinstance(e, CreateVertex) and e.vertex.source == event.vertex.source
    )
    run[i] = replace(event, vertex=first.vertex, ui=position)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (insertion_of_what_is_not_there, "A3 has edges to what is not in its DAG: A2 ["),
        (insertion_repeated, "is in its DAG already"),
        (insertion_of_what_was_not_delivered, "waits to be inserted"),
        (commit_repeated, "wave 1 is decided already, as are all up to 1"),
        (commit_without_support, "of the wave's last round it is supported by"),
        (walked_back_commit_left_out, "a path of strong edges leads to the leader of wave 3 from"),
        (delivery_repeated, "is delivered already"),
        (delivery_of_what_no_leader_reaches, "is not in the history of a leader"),
        (vertex_made_twice, "it is in round 1 and has made its vertex there"),
        (coin_repeated, "it knows the leaders of 1 waves, and has asked for 1 coins"),
        (old_epoch, "epoch 2 of A's stream is not accepted"),
        (vertex_read_twice, "it has read A's stream up to counter 1 already"),
        (second_vertex_of_a_round, "is not valid: round_not_increasing"),
    ],
)
def test_the_reason_is_given(
    spoil: Callable[[Run], None], says: str, run: Run, judge: Judging
) -> None:
    spoil(run)
    judgement = judge(run)
    divergence = judgement.divergences[0]
    assert divergence.found.replica == B
    assert says in divergence.reason, text_of(judgement)
    assert f"because:       {divergence.reason}" in text_of(judgement)


def test_the_leader_may_not_be_there_yet() -> None:
    setting = Setting(largest_configuration(3), TEE_RIDER)
    state = replace(initial_state(setting, IdealUsig(B)), ordering=Ordering(leaders=(2,)))
    commit = CommitLeader(wave=1, leader=VertexId(1, 2, "00"), direct=True)
    assert reason_against(state, commit) == ("the leader of wave 1 is C1, which is not in its DAG")


@pytest.mark.parametrize("name", [n for n in vars(rules) if isinstance(getattr(rules, n), Rule)])
def test_every_rule_has_a_statement_and_a_source(name: str) -> None:
    rule: Rule = getattr(rules, name)
    assert rule.statement.endswith(".")
    assert rule.source
    assert "\n" not in rule.statement + rule.source


def test_a_rule_is_quoted_from_its_function() -> None:
    assert rule_of(order_vertices).source == "DAG-Rider, order_vertices"
    assert rule_of(lambda: None) == Rule("", "")
