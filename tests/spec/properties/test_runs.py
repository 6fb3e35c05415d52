"""Runs of the reference: all properties hold, whatever the order in which their logs are read."""

import random
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tee_rider.reference.profile import Profile, Setting
from tee_rider.reference.profiles import TEE_RIDER, quorum
from tee_rider.reference.replica import initial_state, step
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.events import (
    ADeliver,
    AdvanceRound,
    AnyEvent,
    CommitLeader,
    CreateVertex,
    Event,
    InsertVertex,
    RDeliver,
    ReleaseCoin,
)
from tee_rider.spec.identifiers import members
from tee_rider.spec.interface import Advance, CoinReleased, CoinRequested, Receive, Send
from tee_rider.spec.judgement import Premises, Status
from tee_rider.spec.messages import SignedMessage
from tee_rider.spec.properties import ALL, judge
from tee_rider.spec.vertex import Request

MOVES = {3: 1000, 4: 3000, 5: 6000}
Logs = list[list[AnyEvent]]


def play(n: int, moves: int, seed: int, profile: Profile = TEE_RIDER, silent: int = 0) -> Logs:
    """A random schedule: any replica advances, any message in flight arrives; A is slow."""
    choose = random.Random(seed)
    setting = Setting(largest_configuration(n), profile)
    states = [initial_state(setting, IdealUsig(i)) for i in range(n)]
    logs: Logs = [[] for _ in range(n)]
    flying: list[tuple[int, SignedMessage]] = []

    def do(replica, input_):
        states[replica], outputs = step(states[replica], input_)
        for output in outputs:
            if isinstance(output, Send):
                flying.extend((to, output.message) for to in members(output.to))
            elif isinstance(output, CoinRequested):
                do(replica, CoinReleased(output.wave, random.Random(output.wave).randrange(n)))
            elif isinstance(output, Event):
                log = logs[replica]
                log.append(replace(output, replica=replica, seq=len(log) + 1))

    for _ in range(moves):
        if choose.random() < 0.2 or not flying:
            replica = choose.randrange(n - silent)
            do(replica, Advance((Request(replica, states[replica].round),)))
            continue
        i = choose.randrange(len(flying))
        if flying[i][0] == 0 and choose.random() < 0.7:
            continue
        to, message = flying.pop(i)
        do(to, Receive(message))
    return logs


def merge(logs: Logs, choose: random.Random) -> list[AnyEvent]:
    """The logs as one, in some order that keeps each log's own."""
    turns = [i for i, log in enumerate(logs) for _ in log]
    choose.shuffle(turns)
    readers = [iter(log) for log in logs]
    return [next(readers[i]) for i in turns]


@pytest.mark.parametrize(("n", "silent"), [(3, 0), (4, 0), (4, 1), (5, 0), (5, 2)])
@pytest.mark.parametrize("holders", ["one", "quorum"])
def test_every_property_holds_and_none_is_vacuous(n, silent, holders) -> None:
    profile = TEE_RIDER
    if holders == "quorum":
        profile = replace(profile, holders_before_delivery=quorum)
    logs = play(n, MOVES[n], seed=n, profile=profile, silent=silent)
    kinds = {event.event for log in logs for event in log}
    assert {"commit_leader", "a_deliver", "release_coin"} <= kinds
    made = [e.vertex for log in logs for e in log if e.event == "create_vertex"]
    assert silent or any(vertex.weak_edges for vertex in made)
    for said in judge(Premises(largest_configuration(n)), merge(logs, random.Random(n))):
        assert (said.status, said.reason) == (Status.HOLDS, ""), said
        assert said.judged > 0


GOOD = play(3, 700, seed=2)
PREMISES = Premises(largest_configuration(3))


@given(st.integers(0, 2**32))
@settings(max_examples=25)
def test_the_order_of_reading_changes_nothing(seed) -> None:
    one_by_one = judge(PREMISES, [event for log in GOOD for event in log])
    assert judge(PREMISES, merge(GOOD, random.Random(seed))) == one_by_one
    assert {said.status for said in one_by_one} == {Status.HOLDS}


def spoil(log: list[AnyEvent], choose: random.Random) -> None:
    """One thing in a log is not as it was."""
    kind = choose.choice(sorted({event.event for event in log[:-1]}))
    i = choose.choice([i for i, event in enumerate(log[:-1]) if event.event == kind])
    event: Any = log[i]
    changes: list[AnyEvent] = []
    if hasattr(event, "vertex"):
        vertex = event.vertex
        changes += [
            replace(event, vertex=replace(vertex, digest="ab")),
            replace(event, vertex=replace(vertex, round=vertex.round + 1)),
            replace(event, vertex=replace(vertex, source=(vertex.source + 1) % 3)),
        ]
    if isinstance(event, CreateVertex | RDeliver | InsertVertex):
        changes += [
            replace(event, vertex=replace(event.vertex, requests=(Request(9, 9),))),
            replace(
                event, vertex=replace(event.vertex, strong_edges=event.vertex.strong_edges[1:])
            ),
            replace(event, ui=replace(event.ui, counter=event.ui.counter + 1)),
        ]
    if isinstance(event, CommitLeader | ReleaseCoin | ADeliver):
        changes += [replace(event, wave=event.wave + 1)]
    if isinstance(event, ReleaseCoin):
        changes += [replace(event, leader=(event.leader + 1) % 3)]
    if isinstance(event, AdvanceRound):
        changes += [replace(event, round=event.round + 1)]
    match choose.choice(["swap", "drop", "again", "change"]):
        case "swap":
            log[i], log[i + 1] = log[i + 1], log[i]
        case "drop":
            del log[i]
        case "again":
            log.insert(choose.randrange(len(log)), event)
        case _ if changes:
            log[i] = choose.choice(changes)


@given(st.integers(0, 2**32), st.integers(1, 3))
@settings(max_examples=60)
def test_nor_does_it_when_something_is_wrong(seed, faults) -> None:
    choose = random.Random(seed)
    logs = [list(log) for log in GOOD]
    for _ in range(faults):
        spoil(choose.choice(logs), choose)
    logs = [[replace(e, seq=i) for i, e in enumerate(log, 1)] for log in logs]
    expected = [said.status for said in judge(PREMISES, [e for log in logs for e in log])]
    for _ in range(2):
        assert [said.status for said in judge(PREMISES, merge(logs, choose))] == expected


def test_spoiled_logs_are_caught() -> None:
    """Most single faults contradict something, and every property objects to some."""
    choose = random.Random(1)
    caught, objections = 0, Counter[str]()
    for _ in range(300):
        logs = [list(log) for log in GOOD]
        spoil(choose.choice(logs), choose)
        said = judge(PREMISES, [event for log in logs for event in log])
        violated = [s.property for s in said if s.status is Status.VIOLATED]
        caught += bool(violated)
        objections.update(violated)
    assert caught >= 200
    assert set(objections) == {property_.name for property_ in ALL}
