"""What a message-level exploration leaves out makes no difference, where that can be compared."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from tee_rider.model_check.exploration.explore import explore
from tee_rider.model_check.exploration.message_level import Action, MessageLevel
from tee_rider.model_check.exploration.model import Always
from tee_rider.model_check.exploration.report import Report
from tee_rider.model_check.exploration.scope import Scope
from tee_rider.model_check.mutation.grounds import MessageGround
from tee_rider.model_check.mutation.mutants import MUTANTS, Mutant
from tee_rider.model_check.world.host import local_step
from tee_rider.model_check.world.recorder import Recorder
from tee_rider.reference.profile import Setting
from tee_rider.reference.replica import ReplicaState, initial_state
from tee_rider.reference.usig import IdealUsig
from tee_rider.reference.vertex_creation import round_complete
from tee_rider.spec.identifiers import members
from tee_rider.spec.interface import Advance, Input, Receive
from tee_rider.spec.judgement import Premises
from tee_rider.spec.messages import SignedMessage
from tee_rider.spec.properties import Judge

SettingOf = Callable[[int], Setting]
BOUNDS: list[dict[str, Any]] = [
    {"rounds": 2},
    {"rounds": 2, "faulty": 1, "junk": 1},
    {"rounds": 3, "faulty": 1},
    {"rounds": 2, "faulty": 1, "eager": False},
    {"rounds": 2, "faulty": 1, "any_order": True},
]


def explored(setting: Setting, **said: Any) -> Report:
    return explore(MessageLevel(Scope(setting, **said)), until=frozenset({"no such property"}))


@pytest.mark.parametrize("said", BOUNDS, ids=str)
def test_reducing_keeps_the_verdict_and_what_is_reached(
    said: dict[str, Any], setting_of: SettingOf
) -> None:
    reduced = explored(setting_of(3), **said)
    full = explored(setting_of(3), **said, reduce=False)
    assert reduced.states < full.states
    assert reduced.verdict == full.verdict
    assert reduced.reached.keys() == full.reached.keys()
    assert reduced.facts["messages"] == full.facts["messages"]


SHOWN_IN_TWO_ROUNDS = [mutant for mutant in MUTANTS if isinstance(mutant.ground, MessageGround)]


@pytest.mark.parametrize("mutant", SHOWN_IN_TWO_ROUNDS, ids=lambda mutant: mutant.name)
def test_reducing_keeps_what_mutants_violate(mutant: Mutant, setting_of: SettingOf) -> None:
    rules = mutant.rules
    setting = replace(setting_of(3), profile=rules.profile)
    said: dict[str, Any] = {"rounds": 2, "faulty": 1, "junk": 1, "forks": rules.forks}
    reduced = explored(setting, **said, profiles=rules.odd_profiles)
    full = explored(setting, **said, profiles=rules.odd_profiles, reduce=False)
    assert violated(reduced) == violated(full)


def violated(report: Report) -> set[str]:
    return {found.violation.property for found in report.discoveries}


Naive = tuple[tuple[ReplicaState, ...], frozenset[tuple[int, SignedMessage]]]
"""The states of all replicas, and what is on its way to whom."""


def naive_steps(setting: Setting, rounds: int, fifo: bool, world: Naive) -> Iterator[Naive]:
    """Every message that may arrive does; nothing is reduced, nothing kept twice."""
    states, flying = world
    for receiver, message in flying:
        stream = states[receiver].broadcast.stream(message.ui.replica, 1)
        if fifo and message.ui.counter != stream.accepted + 1:
            continue
        landed = flying - {(receiver, message)}
        yield naive_move(rounds, (states, landed), receiver, Receive(message))


def naive_move(rounds: int, world: Naive, replica: int, *inputs: Input) -> Naive:
    """One replica takes inputs, and advances as long as it can."""
    states, flying = world
    state, pending = states[replica], list(inputs)
    while pending or (
        state.round <= rounds and round_complete(state.setting, state.dag, state.round)
    ):
        input_ = pending.pop() if pending else Advance()
        state, sends, _ = local_step(state, input_, lambda replica, wave: 0)
        for send in sends:
            if send.message.content.round <= rounds:  # type: ignore[union-attr]
                flying |= {(to, send.message) for to in members(send.to)}
    states = (*states[:replica], state, *states[replica + 1 :])
    return states, frozenset(flight for flight in flying if is_news(states, *flight))


def is_news(states: tuple[ReplicaState, ...], receiver: int, message: SignedMessage) -> bool:
    """Whether the receiver has not got the message yet, from whomever."""
    stream = states[receiver].broadcast.stream(message.ui.replica, 1)
    return message.ui.counter > stream.accepted and message not in stream.early


@pytest.mark.parametrize(("rounds", "fifo"), [(1, True), (2, True), (1, False)])
def test_a_naive_search_finds_as_many_states(
    rounds: int, fifo: bool, setting_of: SettingOf
) -> None:
    setting = setting_of(3)
    world: Naive = (tuple(initial_state(setting, IdealUsig(i)) for i in range(3)), frozenset())
    for replica in range(3):
        world = naive_move(rounds, world, replica)
    seen, open_ = {world}, [world]
    while open_:
        for following in naive_steps(setting, rounds, fifo, open_.pop()):
            if following not in seen:
                seen.add(following)
                open_.append(following)
    report = explored(setting, rounds=rounds, any_order=not fifo, reduce=False)
    assert report.states == len(seen)


def random_walk(model: MessageLevel, random: Random) -> list[tuple[Any, Action, Any]]:
    (state,) = model.initial_states()
    walk: list[tuple[Any, Action, Any]] = []
    while actions := model.actions(state):
        action, after = random.choice(actions)
        walk.append((state, action, after))
        state = after
    return walk


WALKED: list[dict[str, Any]] = [
    {"rounds": 4, "faulty": 1, "junk": 1, "any_order": True},
    {"rounds": 4, "faulty": 1, "junk": 1, "eager": False, "reduce": False},
    {"rounds": 4, "reduce": False},
]


SHOWN_ON_THE_WALKS = {
    "commit without quorum",
    "edges q-1",
    "edges q-1 of 4",
    "commit and edges q-1 of 4",
    "equivocation",
    "counter gap",
    "no weak edges",
    "insertion before predecessors",
    "delivery twice",
    "own coin",
}
"""The others need a second wave, or violate totality alone."""


@pytest.mark.parametrize("mutant", [None, *MUTANTS], ids=lambda m: m.name if m else "true rules")
def test_verdicts_by_excerpts_are_those_on_whole_runs(
    mutant: Mutant | None, setting_of: SettingOf
) -> None:
    setting = setting_of(3)
    changes: dict[str, Any] = {}
    if mutant:
        rules = mutant.rules
        setting = replace(setting, profile=rules.profile)
        changes = {"profiles": rules.odd_profiles, "common_coin": rules.common_coin}
    found: set[str] = set()
    for seed, said in enumerate(WALKED * 4):
        forks = mutant.rules.forks if mutant and "faulty" in said else 0
        model = MessageLevel(Scope(setting, **said, **changes, forks=forks))
        walk = random_walk(model, Random(seed))
        assert by_excerpts(model, walk) == by_whole_run(model, walk)
        found |= by_whole_run(model, walk)
    assert bool(found) is (mutant is not None and mutant.name in SHOWN_ON_THE_WALKS)


def by_excerpts(model: MessageLevel, walk: list[tuple[Any, Action, Any]]) -> set[str]:
    """What the model says of the states along the walk."""
    specified = next(
        asked
        for asked in model.properties()
        if isinstance(asked, Always) and asked.name != "totality"
    )
    states = (walk[0][0], *(after for _, _, after in walk))
    return {v.property for state in states for v in specified.violations(state)}


def by_whole_run(model: MessageLevel, walk: list[tuple[Any, Action, Any]]) -> set[str]:
    """What the specification says of all events of the walk."""
    configuration = model.scope.setting.configuration
    judge = Judge(Premises(configuration, frozenset(model.scope.faulty_replicas)))
    recorder = Recorder(configuration.n, [judge.observe])
    for replica in model.scope.correct:
        log = model.judge.logs.hear(model.locals.all[walk[0][0][replica]].log)
        recorder.record(replica, log)
    for before, action, after in walk:
        mover = action.replica if action.replica in model.scope.correct else action.to
        if mover is not None:
            events = model.locals.events(before[mover], action.input, after[mover])
            recorder.record(mover, events)
    outcomes = judge.outcomes()
    return {outcome.property for outcome in outcomes if outcome.violation is not None}
