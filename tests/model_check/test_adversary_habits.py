"""Each habit of a faulty host shows, and is absent when it is not drawn."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from tee_rider.model_check.world.coin import seeded_coin
from tee_rider.model_check.world.habits import (
    DEEDS_IN_A_ROUND,
    NEVER,
    Habits,
    MisbehavingHost,
    TwoFacedHost,
    draw_habits,
)
from tee_rider.model_check.world.network import Flight
from tee_rider.reference.profile import Setting
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.messages import Junk
from tee_rider.spec.vertex import Vertex

GOOD = Habits(skip=0, bend=0, breach=0, withhold=0, deed=0, restart=0, lag=0, silent_from=NEVER)

MakeHost = Callable[..., MisbehavingHost]


@pytest.fixture
def host_with(setting_of: Callable[[int], Setting]) -> MakeHost:
    """C of three, on a host with some habits."""

    def make(**habits: float) -> MisbehavingHost:
        changed = replace(GOOD, **habits)  # type: ignore[arg-type]
        return MisbehavingHost(setting_of(3), IdealUsig(2), seeded_coin(1, 3), Random(1), changed)

    return make


def contents(flights: list[Flight]) -> list[object]:
    return [flight.message.content for flight in flights]


def test_without_bad_habits_it_sends_its_vertex_to_all(host_with: MakeHost) -> None:
    flights = list(host_with().turn())
    assert [flight.receiver for flight in flights] == [0, 1]
    assert all(isinstance(content, Vertex) for content in contents(flights))


def test_withheld_copies_leave_when_let_go(host_with: MakeHost) -> None:
    host = host_with(withhold=1)
    assert list(host.turn()) == []
    assert len(host.kept) == 2
    leaving = [flight for _ in range(20) for flight in host._let_go()]
    assert sorted(flight.receiver for flight in leaving) == [0, 1]
    assert host.kept == []


def test_a_silent_host_follows_but_sends_nothing(host_with: MakeHost) -> None:
    host, other = host_with(silent_from=0, deed=1), host_with()
    for flight in other.turn():
        assert list(host.receive(flight.message)) == []
    for _ in range(10):
        assert list(host.turn()) == []
    assert host.state.round == 1
    assert host.kept == []


def test_skipping_a_round_signs_nothing(host_with: MakeHost) -> None:
    host = host_with(skip=1)
    assert list(host.turn()) == []
    assert host.state.round == 1
    assert host.signed == {}


def test_a_breach_comes_before_the_vertex(host_with: MakeHost) -> None:
    host = host_with(breach=1)
    flights = [flight for flight in host.turn() if flight.receiver == 0]
    assert [flight.message.ui.counter for flight in flights] == [1, 2]
    assert contents(flights)[1] == host.state.dag.get(1, 2)
    assert contents(flights)[0] != contents(flights)[1]


def test_a_lagging_host_waits_for_the_others(host_with: MakeHost) -> None:
    host = host_with(lag=1)
    assert list(host.turn()) == []
    other = MisbehavingHost(host.state.setting, IdealUsig(0), seeded_coin(1, 3), Random(1), GOOD)
    for flight in other.turn():
        if flight.receiver == 2:
            host.receive(flight.message)
    assert len(list(host.turn())) == 2


def test_deeds_are_few_between_two_vertices(host_with: MakeHost) -> None:
    host = host_with(deed=1)
    host.turn()
    sent = [bool(host.turn()) for _ in range(50)]
    assert 0 < sum(sent) <= DEEDS_IN_A_ROUND
    assert not any(sent[DEEDS_IN_A_ROUND:])


def test_forged_messages_do_not_verify(host_with: MakeHost) -> None:
    host = host_with()
    host.turn()
    for _ in range(10):
        (forged,) = host._forge()
        message = forged.message
        assert message.content == Junk(b"forged")
        assert not host.state.broadcast.usig.verify_ui(b"forged", message.ui)


def test_a_restart_changes_the_epoch_once(host_with: MakeHost) -> None:
    host = host_with(restart=1)
    flights = list(host.turn())
    assert {flight.message.ui.epoch for flight in flights} == {2}
    assert host.state.broadcast.usig.epoch == 2


def test_a_broken_enclave_tells_two_stories_under_one_counter(
    setting_of: Callable[[int], Setting],
) -> None:
    host = TwoFacedHost(setting_of(3), IdealUsig(2), seeded_coin(1, 3), Random(1), GOOD)
    first, second = host.turn()
    assert (first.receiver, second.receiver) == (0, 1)
    assert first.message.ui.position == second.message.ui.position
    assert first.message.content != second.message.content


def test_mixtures_differ_and_repeat_with_their_seed() -> None:
    drawn = [draw_habits(Random(seed)) for seed in range(100)]
    assert drawn == [draw_habits(Random(seed)) for seed in range(100)]
    assert len(set(drawn)) > 60
    for name in Habits.__slots__:
        assert len({getattr(habits, name) for habits in drawn}) > 1, name
