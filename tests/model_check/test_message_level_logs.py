"""Logs share their beginnings, and verdicts on excerpts are computed once."""

from typing import cast

import pytest

from tee_rider.model_check.exploration.log_judge import COMPARING, OF_ONE_SOURCE, LogJudge
from tee_rider.model_check.exploration.logs import Logs
from tee_rider.model_check.exploration.milestones import WORDS, Milestone, milestones_of
from tee_rider.spec.configuration import Configuration
from tee_rider.spec.events import (
    ADeliver,
    AnyEvent,
    CommitLeader,
    CreateVertex,
    Event,
    InsertVertex,
    RDeliver,
    Reject,
    ReleaseCoin,
)
from tee_rider.spec.judgement import Premises
from tee_rider.spec.properties import ALL
from tee_rider.spec.unique_identifier import StreamPosition
from tee_rider.spec.vertex import Request, StrongEdge, Vertex, WeakEdge, make_vertex

FIRST = StreamPosition(1, 1)
SECOND = StreamPosition(1, 2)
C1 = make_vertex(1, 2)
OTHER_C1 = make_vertex(1, 2, requests=(Request(0, 1),))


def judge() -> LogJudge:
    return LogJudge(Premises(Configuration(3, 1)))


def test_equal_sequences_are_equal_numbers() -> None:
    logs = Logs(2)
    coin, other = logs.number(ReleaseCoin(wave=1, leader=0)), logs.number(Reject("x", 1, None))
    both = logs.extend(logs.extend(logs.empty(0), coin), other)
    assert both == logs.extend(logs.extend(logs.empty(0), coin), other)
    assert both != logs.extend(logs.extend(logs.empty(0), other), coin)
    assert both != logs.extend(logs.extend(logs.empty(1), coin), other)


def test_a_log_is_read_as_a_recorder_numbers_it() -> None:
    logs = Logs(2)
    log = logs.empty(1)
    for leader in (2, 0):
        log = logs.extend(log, logs.number(ReleaseCoin(wave=1, leader=leader)))
    assert logs.read(log) == [
        ReleaseCoin(seq=1, replica=1, wave=1, leader=2),
        ReleaseCoin(seq=2, replica=1, wave=1, leader=0),
    ]
    assert [event.seq for event in logs.hear(log)] == [0, 0]
    assert logs.read(logs.empty(0)) == []


def verdict(*logs: tuple[Event, ...]) -> set[str]:
    """What is violated by single logs and by pairs; the first log is A's, the second one B's."""
    one_judge = judge()
    excerpts = []
    violated: set[str] = set()
    for replica, events in enumerate(logs):
        excerpt = one_judge.empty(replica)
        for event in events:
            number = one_judge.logs.number(event)
            excerpt = one_judge.extend(excerpt, [number])
            violated |= set(one_judge.step(excerpt, [number]))
        excerpts.append(excerpt)
    for place, one in enumerate(excerpts):
        for other in excerpts[:place]:
            violated |= set(one_judge.pair(other, one))
    return violated


def deliver(vertex: Vertex) -> ADeliver:
    return ADeliver(vertex=vertex.id, wave=1)


def test_each_log_alone_can_be_convicted() -> None:
    early = make_vertex(2, 1, (StrongEdge(0, "ab"), StrongEdge(1, "cd")))
    assert verdict((InsertVertex(vertex=early, ui=FIRST),)) == {"well-formedness"}
    assert "integrity" in verdict((deliver(C1), deliver(C1)))


def test_two_logs_can_be_convicted_together() -> None:
    coins = [(ReleaseCoin(wave=1, leader=leader),) for leader in (0, 1)]
    assert verdict(*coins) == {"coin agreement"}
    assert verdict(*[(RDeliver(vertex=v, ui=FIRST),) for v in (C1, OTHER_C1)]) == {
        "non-equivocation"
    }
    skipped = (RDeliver(vertex=make_vertex(2, 2), ui=SECOND),)
    assert verdict((RDeliver(vertex=C1, ui=FIRST),), skipped) == {"stream order"}
    assert verdict((deliver(C1),), (deliver(OTHER_C1),)) >= {"agreement"}
    assert verdict((deliver(C1),), (deliver(make_vertex(1, 0)),)) >= {"total order"}
    created = CreateVertex(vertex=C1, ui=FIRST)
    assert "integrity" in verdict((), (deliver(OTHER_C1),), (created,))


def test_logs_that_agree_are_not_convicted() -> None:
    log = (RDeliver(vertex=C1, ui=FIRST), InsertVertex(vertex=C1, ui=FIRST))
    assert verdict(log, log) == set()


def test_every_property_is_judged_alone_or_compared() -> None:
    names = {kind.name for kind in ALL}
    compared = frozenset().union(*COMPARING)
    assert compared < names
    assert names - compared == {
        "causality",
        "validity",
        "well-formedness",
        "commit justification",
    }
    assert compared > OF_ONE_SOURCE


def test_a_violation_is_told_with_the_whole_logs() -> None:
    one_judge = judge()
    logs = []
    for replica, leader in enumerate((0, 1)):
        log = one_judge.logs.empty(replica)
        for event in (Reject("not_signed", 2, None), ReleaseCoin(wave=1, leader=leader)):
            log = one_judge.logs.extend(log, one_judge.logs.number(event))
        logs.append(log)
    (violation,) = one_judge.violations(logs, ("coin agreement",))
    assert [event.seq for event in violation.witness] == [2, 2]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ((), Milestone.NONE),
        ((deliver(C1),), Milestone.DELIVERED),
        ((ReleaseCoin(wave=1, leader=0),), Milestone.PASSED_BY),
        (
            (
                ReleaseCoin(wave=1, leader=2),
                CommitLeader(wave=1, leader=C1.id, direct=True),
            ),
            Milestone.COMMITTED_DIRECTLY,
        ),
        ((Reject("x", 2, None),), Milestone.NONE),
        (
            (Reject("x", 2, FIRST), InsertVertex(vertex=C1, ui=SECOND)),
            Milestone.REJECTED | Milestone.BEHIND_REJECTED,
        ),
        (
            (InsertVertex(vertex=C1, ui=FIRST), Reject("x", 2, SECOND)),
            Milestone.REJECTED,
        ),
        (
            (
                InsertVertex(
                    vertex=make_vertex(3, 0, (StrongEdge(1, ""),), (WeakEdge(1, 1, ""),)),
                    ui=FIRST,
                ),
            ),
            Milestone.WEAK_EDGE | Milestone.NO_OWN_EDGE,
        ),
    ],
)
def test_milestones(events: tuple[Event, ...], expected: Milestone) -> None:
    assert milestones_of(cast("tuple[AnyEvent, ...]", events)) == expected


def test_every_milestone_has_words() -> None:
    assert WORDS.keys() == set(Milestone) - {Milestone.NONE}
