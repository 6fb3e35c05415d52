"""The simulated world moves one step at a time, and loses nothing but what a crash loses."""

from collections.abc import Callable, Iterable

import pytest

from tee_rider.model_check.world.coin import seeded_coin
from tee_rider.model_check.world.network import Flight, OldestFirst
from tee_rider.model_check.world.recorder import Recorder
from tee_rider.model_check.world.system import System
from tee_rider.reference.profile import Setting
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.events import AnyEvent, CreateVertex, InsertVertex, Reject
from tee_rider.spec.messages import SignedMessage
from tee_rider.spec.vertex import Request


class Deaf:
    """A faulty host that hears and says nothing."""

    def receive(self, message: SignedMessage) -> Iterable[Flight]:
        return ()

    def turn(self) -> Iterable[Flight]:
        return ()


MakeSystem = Callable[..., tuple[System, list[AnyEvent]]]


@pytest.fixture
def system_of(setting_of: Callable[[int], Setting]) -> MakeSystem:
    """A world of n replicas and the list that its events go to."""

    def make(
        n: int, faulty: Iterable[int] = (), last_round: int = 5
    ) -> tuple[System, list[AnyEvent]]:
        events: list[AnyEvent] = []
        enclaves = [IdealUsig(i) for i in range(n)]
        hosts = {i: Deaf() for i in faulty}
        recorder = Recorder(n, [events.append])
        network = OldestFirst()
        system = System(
            setting_of(n), enclaves, seeded_coin(1, n), network, recorder, last_round, hosts
        )
        return system, events

    return make


def drain(system: System) -> None:
    while system.network:
        system.deliver_next()


def held(events: list[AnyEvent], replica: int) -> list[str]:
    return [
        event.vertex.name
        for event in events
        if isinstance(event, InsertVertex) and event.replica == replica
    ]


def test_at_first_everybody_may_advance_and_nothing_is_in_flight(system_of: MakeSystem) -> None:
    system, events = system_of(3)
    assert (system.ready, len(system.network), events) == ([0, 1, 2], 0, [])


def test_a_vertex_goes_to_all_and_is_forwarded_once_by_each(system_of: MakeSystem) -> None:
    system, events = system_of(4)
    system.advance(0, (Request(0, 1),))
    assert len(system.network) == 3
    drain(system)
    assert system.sent == 3 + 3 * 2
    assert all(held(events, replica) == ["A1"] for replica in range(4))
    created = [event for event in events if isinstance(event, CreateVertex)]
    assert created[0].vertex.requests == (Request(0, 1),)


def test_events_are_numbered_per_replica_without_holes(system_of: MakeSystem) -> None:
    system, events = system_of(3)
    for replica in (0, 1, 2):
        system.advance(replica)
    drain(system)
    for replica in range(3):
        own = [event.seq for event in events if event.replica == replica]
        assert own == list(range(1, len(own) + 1))
        assert len(own) > 5


def test_ready_again_when_the_round_is_complete(system_of: MakeSystem) -> None:
    system, _ = system_of(3)
    system.advance(0)
    assert system.ready == [1, 2]
    system.advance(1)
    system.deliver_next()
    assert 1 in system.ready


def test_advancing_too_early_is_refused(system_of: MakeSystem) -> None:
    system, events = system_of(3)
    system.advance(0)
    system.advance(0)
    assert system.states[0].round == 1
    assert isinstance(events[-1], Reject)
    assert events[-1].reason == "round_incomplete"


def test_nobody_is_ready_in_the_last_round(system_of: MakeSystem) -> None:
    system, _ = system_of(3, last_round=1)
    for replica in (0, 1, 2):
        assert not system.finished
        system.advance(replica)
    drain(system)
    assert system.finished
    assert system.ready == []


def test_a_crashed_replica_does_nothing_more_but_its_messages_arrive(
    system_of: MakeSystem,
) -> None:
    system, events = system_of(3)
    for replica in (0, 1, 2):
        system.advance(replica)
    system.crash(0)
    drain(system)
    assert held(events, 0) == ["A1"]
    assert set(held(events, 1)) == {"A1", "B1", "C1"}
    assert system.running == [1, 2]
    assert events[[event.replica for event in events].index(0)].seq == 1
    assert [event.event for event in events if event.replica == 0][-1] == "crash"


def test_a_crash_in_the_midst_of_a_broadcast_reaches_some(system_of: MakeSystem) -> None:
    system, events = system_of(4)
    system.advance_and_crash(0, (), reached=0b0100)
    flight = system.network.take()
    assert flight is not None
    assert flight.receiver == 2
    assert not system.network
    assert [event.event for event in events][-1] == "crash"
    assert system.ready == [1, 2, 3]


def test_a_faulty_replica_is_nobody_that_must_finish(system_of: MakeSystem) -> None:
    system, events = system_of(3, faulty=[2], last_round=2)
    assert system.running == [0, 1]
    for _ in range(2):
        system.advance(0)
        system.advance(1)
        drain(system)
    system.faulty_turn(2)
    assert system.finished
    assert {event.replica for event in events} == {0, 1}
