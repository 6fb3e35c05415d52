"""A faulty host can do much, but its enclave signs each counter once."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from tee_rider.model_check.world.adversary import FaultyHost
from tee_rider.model_check.world.coin import seeded_coin
from tee_rider.model_check.world.misdeeds import (
    INVALID,
    INVALID_OF_WHO_RETURNS,
    VALID,
    Misdeed,
    possible_breaches,
)
from tee_rider.model_check.world.network import OldestFirst
from tee_rider.model_check.world.recorder import Recorder
from tee_rider.model_check.world.system import System
from tee_rider.reference.profile import Setting
from tee_rider.reference.profiles import HARDENED, TEE_RIDER
from tee_rider.reference.replica import initial_state, step
from tee_rider.reference.usig import IdealUsig
from tee_rider.reference.vertex_creation import create_new_vertex
from tee_rider.reference.vertex_validity import vertex_rejection
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.events import Reject
from tee_rider.spec.interface import Receive
from tee_rider.spec.messages import Content, Junk, SignedMessage
from tee_rider.spec.rejections import RejectionReason
from tee_rider.spec.vertex import Vertex

WEAKLESS = replace(TEE_RIDER, weak_edges=None)
SELF_EDGE = replace(TEE_RIDER, self_edge_required=True)
POSSIBLE_ELSEWHERE = {
    RejectionReason.FIRST_ROUND_WITH_EDGES: (TEE_RIDER, 0),
    RejectionReason.WEAK_EDGES_NOT_USED: (WEAKLESS, 3),
    RejectionReason.OWN_PREDECESSOR_MISSING: (SELF_EDGE, 3),
}


def host_among(setting: Setting, rounds: int) -> FaultyHost:
    """A host in the last place that has heard of all others' vertices of the first rounds."""
    n = setting.configuration.n
    coin = seeded_coin(1, n)
    host = FaultyHost(setting, IdealUsig(n - 1), coin)

    class Listener:
        def receive(self, message: object) -> list[object]:
            host.follow(message)  # type: ignore[arg-type]
            return []

    network = OldestFirst()
    enclaves = [IdealUsig(i) for i in range(n)]
    system = System(
        setting,
        enclaves,
        coin,
        network,
        Recorder(n),
        rounds,
        {n - 1: Listener()},  # type: ignore[dict-item]
    )
    while system.ready or network:
        while system.ready:
            system.advance(system.ready[0])
        system.deliver_next()
    return host


def right_vertex(host: FaultyHost, round_: int) -> Vertex:
    state = host.state
    return create_new_vertex(
        state.setting, state.dag, state.ordering.undelivered, round_, state.replica, ()
    )


@pytest.mark.parametrize("reason", INVALID)
@pytest.mark.parametrize("seed", range(4))
def test_each_breach_breaks_its_own_rule(reason: RejectionReason, seed: int) -> None:
    profile, rounds = POSSIBLE_ELSEWHERE.get(reason, (TEE_RIDER, 3))
    host = host_among(Setting(largest_configuration(5), profile), rounds)
    for round_ in range(1, rounds + 1):
        host.enter_next_round()
        host.sign(right_vertex(host, round_))
    vertex = right_vertex(host, rounds + 1)
    assert reason in possible_breaches(host.state, vertex)
    content = INVALID[reason](Random(seed), host.state, vertex)
    if isinstance(content, Vertex):
        last_round = host.state.broadcast.stream(host.replica, 1).last_round
        found = vertex_rejection(host.state.setting, host.replica, last_round, content)
        assert found == reason
    else:
        assert reason == RejectionReason.NOT_UNDERSTOOD


@pytest.mark.parametrize("reason", INVALID_OF_WHO_RETURNS)
@pytest.mark.parametrize("seed", range(4))
def test_a_correct_replica_refuses_each_breach_of_who_returns(
    reason: RejectionReason, seed: int
) -> None:
    """A forged freeze, too, which is none of the vertex's own rules."""
    odd, rounds = POSSIBLE_ELSEWHERE.get(reason, (TEE_RIDER, 3))
    setting = Setting(largest_configuration(5), replace(HARDENED, weak_edges=odd.weak_edges))
    host = host_among(setting, rounds)
    messages: list[SignedMessage] = []
    for round_ in range(1, rounds + 1):
        host.enter_next_round()
        messages += [send.message for send in host.sign(right_vertex(host, round_))]
    vertex = right_vertex(host, rounds + 1)
    assert reason in possible_breaches(host.state, vertex)
    content = INVALID_OF_WHO_RETURNS[reason](Random(seed), host.state, vertex)
    messages += [send.message for send in host.sign(content)]
    state, rejected = initial_state(setting, IdealUsig(0)), list[Reject]()
    for message in messages:
        assert not rejected, "what was right is accepted"
        state, outputs = step(state, Receive(message))
        rejected += [output for output in outputs if isinstance(output, Reject)]
    assert [reject.reason for reject in rejected] == [reason]


@pytest.mark.parametrize("bend", VALID)
@pytest.mark.parametrize("rounds", [0, 1, 4])
def test_odd_vertices_are_valid(bend: Misdeed, rounds: int) -> None:
    host = host_among(Setting(largest_configuration(5), TEE_RIDER), rounds)
    vertex = right_vertex(host, rounds + 1)
    for seed in range(10):
        odd = bend(Random(seed), host.state, vertex)
        assert isinstance(odd, Vertex)
        assert vertex_rejection(host.state.setting, host.replica, 0, odd) is None


def test_odd_vertices_are_odd() -> None:
    host = host_among(Setting(largest_configuration(5), TEE_RIDER), 4)
    vertex = right_vertex(host, 5)
    for bend in VALID:
        made = {bend(Random(seed), host.state, vertex) for seed in range(10)}
        # Only others' vertices are there, and none of them late: nothing to leave out.
        nothing_to_do = {"without_own_predecessor", "without_weak_edges"}
        assert (made != {vertex}) is (bend.__name__ not in nothing_to_do)


def test_counters_go_up_by_one_whatever_is_signed(setting_of: Callable[[int], Setting]) -> None:
    host = FaultyHost(setting_of(3), IdealUsig(2), seeded_coin(1, 3))
    host.enter_next_round()
    contents: list[Content] = [Junk(b"x"), right_vertex(host, 1), Junk(b"x")]
    sends = [host.sign(content)[0] for content in contents]
    assert [send.message.ui.name for send in sends] == ["C#1", "C#2", "C#3"]
    assert all(send.to == 0b011 for send in sends)
    assert [vertex.name for vertex in host.state.dag.round_vertices(1)] == ["C1"]


def test_one_counter_for_two_contents_is_a_defect_of_the_harness(
    setting_of: Callable[[int], Setting],
) -> None:
    host = FaultyHost(setting_of(3), IdealUsig(2), seeded_coin(1, 3))
    fresh = host.state
    host.sign(Junk(b"left"))
    host.state = fresh
    with pytest.raises(AssertionError, match="C#1 is bound to two contents"):
        host.sign(Junk(b"right"))


def test_a_restarted_enclave_signs_in_its_new_epoch(setting_of: Callable[[int], Setting]) -> None:
    host = FaultyHost(setting_of(3), IdealUsig(2), seeded_coin(1, 3))
    host.sign(Junk(b""))
    host.restart_enclave()
    assert host.sign(Junk(b""))[0].message.ui.name == "C#2.1"


def test_entering_a_round_follows_the_order_without_signing(
    setting_of: Callable[[int], Setting],
) -> None:
    host = host_among(setting_of(4), 5)
    for _ in range(5):
        assert host.round_complete
        host.enter_next_round()
    assert host.state.round == 5
    assert len(host.state.ordering.leaders) == 1
    assert host.state.broadcast.usig.create_ui(b"")[1].counter == 1
