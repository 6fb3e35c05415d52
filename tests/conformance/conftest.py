"""A good run of the reference as a trace, and ways to spoil it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import TypeAlias

import pytest

from tee_rider.model_check.conformance.judge import judge_trace
from tee_rider.model_check.conformance.verdict import Judgement
from tee_rider.model_check.world.host import local_step
from tee_rider.model_check.world.recorder import Recorder
from tee_rider.reference.profile import Setting
from tee_rider.reference.profiles import TEE_RIDER
from tee_rider.reference.replica import initial_state
from tee_rider.reference.usig import IdealUsig
from tee_rider.reference.vertex_creation import round_complete
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.events import AnyEvent
from tee_rider.spec.identifiers import members
from tee_rider.spec.interface import Advance, Input, Receive
from tee_rider.spec.messages import SignedMessage
from tee_rider.spec.trace import Header, Implementation, write_trace
from tee_rider.spec.vertex import Request

N = 4
SILENT = 3
"""A replica of the run that keeps no log; its header calls it faulty."""
LAST_ROUND = 25

Run: TypeAlias = list[AnyEvent]
Judging: TypeAlias = Callable[[Run], Judgement]


def play(seed: int) -> Run:
    """The events of all replicas but the silent one, under a random scheduler."""
    random = Random(seed)
    setting = Setting(largest_configuration(N), TEE_RIDER)
    states = [initial_state(setting, IdealUsig(i)) for i in range(N)]
    flights: list[tuple[int, SignedMessage]] = []
    run: Run = []
    recorder = Recorder(N, [run.append])
    leaders = [random.randrange(N) for _ in range(LAST_ROUND)]

    def feed(replica: int, input_: Input) -> None:
        states[replica], sends, events = local_step(
            states[replica], input_, lambda _, wave: leaders[wave]
        )
        flights.extend((to, send.message) for send in sends for to in members(send.to))
        if replica != SILENT:
            recorder.record(replica, events)

    while True:
        ready = [
            i
            for i, state in enumerate(states)
            if state.round < LAST_ROUND and round_complete(setting, state.dag, state.round)
        ]
        if ready and (not flights or random.random() < 0.3):
            replica = random.choice(ready)
            feed(replica, Advance((Request(replica, states[replica].round),)))
        elif flights:
            receiver, message = flights.pop(random.randrange(len(flights)))
            feed(receiver, Receive(message))
        else:
            return run


def number(run: Run) -> Run:
    """The same events, each replica's numbered anew."""
    seen = [0] * N
    for i, event in enumerate(run):
        seen[event.replica] += 1
        run[i] = replace(event, seq=seen[event.replica])
    return run


@pytest.fixture
def numbered() -> Callable[[Run], Run]:
    return number


@pytest.fixture(scope="session")
def header() -> Header:
    return Header(
        configuration=largest_configuration(N),
        profile="TEE_RIDER",
        faulty=(SILENT,),
        implementation=Implementation("reference", "1"),
    )


@pytest.fixture(scope="session")
def played() -> tuple[AnyEvent, ...]:
    return tuple(play(seed=29))


@pytest.fixture
def run(played: tuple[AnyEvent, ...]) -> Run:
    """A good run, to be spoilt."""
    return list(played)


@pytest.fixture
def write(header: Header, tmp_path: Path) -> Callable[[Run], Path]:
    """Write events to a trace file, numbered anew."""

    def write_file(events: Run) -> Path:
        path = tmp_path / "t.ndjson"
        with path.open("w") as stream:
            write_trace(stream, header, number(events))
        return path

    return write_file


@pytest.fixture
def judge(write: Callable[[Run], Path]) -> Judging:
    """The judgement of a trace of these events."""
    return lambda events: judge_trace(write(events), lambda text: None)
