from dataclasses import replace

import pytest

from tee_rider.reference.profiles import TEE_RIDER
from tee_rider.spec.events import ADeliver, AdvanceRound, CommitLeader, InsertVertex, Reject
from tee_rider.spec.interface import Advance, CoinReleased, Receive
from tee_rider.spec.rejections import RejectionReason
from tee_rider.spec.vertex import Request

ON_ARRIVAL = replace(TEE_RIDER, commit_evaluation="on_arrival")
LATE_COIN = replace(TEE_RIDER, coin_release="next_round_quorum")


def test_a_round_takes_a_quorum(make_world) -> None:
    world = make_world()
    world.advance(0)
    (refused,) = world.do(0, Advance())
    assert isinstance(refused, Reject)
    assert refused.reason == RejectionReason.ROUND_INCOMPLETE
    world.advance(1)
    world.give(1, 1, 0)
    world.advance(0)
    assert world.states[0].round == 2


def test_a_vertex_carries_its_block(make_world, vertex_in) -> None:
    world = make_world()
    world.do(0, Advance((Request(7, 1, "put x 1"),)))
    assert vertex_in(world, 0, 1).requests == (Request(7, 1, "put x 1"),)


def test_advancing_later_makes_more_edges(make_world, vertex_in) -> None:
    world = make_world()
    world.advance(0, 1, 2)
    world.give(1, 1, 0)
    world.give(2, 1, 0)
    world.advance(0)
    assert [edge.source for edge in vertex_in(world, 0, 2).strong_edges] == [0, 1, 2]


def test_a_vertex_waits_for_its_predecessors(make_world) -> None:
    world = make_world()
    world.advance(0, 1)
    world.give(1, 1, 0)
    world.advance(0)
    world.give(0, 1, 2)
    world.give(0, 2, 2)
    assert world.names(2, InsertVertex) == ["A1"]
    assert [vertex.name for vertex, _ in world.states[2].waiting] == ["A2"]
    world.give(1, 1, 2)
    assert world.names(2, InsertVertex) == ["A1", "B1", "A2"]


def run_rounds(world, rounds: int) -> None:
    everybody = range(len(world.states))
    for _ in range(rounds):
        world.advance(*everybody)
        world.give_all(everybody)


def test_a_wave_commits_its_leader_and_delivers_its_history(make_world) -> None:
    world = make_world(leaders=(1, 2))
    run_rounds(world, 5)
    for replica in range(3):
        assert [e.leader.name for e in world.events[replica] if isinstance(e, CommitLeader)] == [
            "B1"
        ]
        assert world.names(replica, ADeliver) == ["B1"]
    run_rounds(world, 4)
    assert world.names(0, ADeliver) == world.names(2, ADeliver)
    assert len(world.names(0, ADeliver)) == 13


def test_rounds_go_up_one_by_one(make_world) -> None:
    world = make_world()
    run_rounds(world, 4)
    entered = [e.round for e in world.events[0] if isinstance(e, AdvanceRound)]
    assert entered == [1, 2, 3, 4]


def test_the_late_coin_comes_one_round_later(make_world) -> None:
    world = make_world(profile=LATE_COIN)
    run_rounds(world, 5)
    assert world.states[0].ordering.leaders == ()
    run_rounds(world, 1)
    assert world.states[0].ordering.leaders == (0,)


@pytest.mark.parametrize(
    ("wave", "leader"), [(1, 0), (2, 0), (0, 0)], ids=["not asked", "out of order", "no wave"]
)
def test_a_coin_that_was_not_asked_for_is_refused(make_world, wave: int, leader: int) -> None:
    world = make_world()
    before = world.states[0]
    (refused,) = world.do(0, CoinReleased(wave, leader))
    assert isinstance(refused, Reject)
    assert refused.reason == RejectionReason.COIN_NOT_REQUESTED
    assert world.states[0] is before


def late_supporter(make_world, profile):
    """A completes wave 1 without B4, and receives it afterwards; only A4 and B4 support A1."""
    world = make_world(profile=profile, leaders=(0,))
    world.advance(0, 1, 2)
    world.give(2, 1, 1)
    world.give(1, 1, 2)
    world.give(1, 1, 0)
    world.advance(0, 1, 2)
    world.give(0, 1, 1, 2)
    for round_ in (2, 3):
        world.give(1, round_, 2)
        world.give(2, round_, 1)
        world.give(2, 1, 0)
        world.give(2, round_, 0)
        if round_ == 3:
            world.give(0, 2, 1)
            world.give(0, 3, 1)
            world.give(1, 2, 0)
        world.advance(0, 1, 2)
    world.give(1, 3, 0)
    world.give(2, 4, 0)
    world.advance(0)
    assert world.states[0].ordering.leaders == (0,)
    assert world.names(0, ADeliver) == []
    world.give(1, 4, 0)
    return world.names(0, ADeliver)


def test_once_means_that_a_late_supporter_does_not_count(make_world) -> None:
    assert late_supporter(make_world, TEE_RIDER) == []


def test_on_arrival_means_that_a_late_supporter_counts(make_world) -> None:
    assert late_supporter(make_world, ON_ARRIVAL) == ["A1"]


def test_states_are_equal_exactly_when_replicas_know_the_same(make_world) -> None:
    first, second = make_world(), make_world()
    for world, order in ((first, (1, 2)), (second, (2, 1))):
        world.advance(0, 1, 2)
        for origin in order:
            world.do(0, Receive(world.sent[origin, 1]))
    assert first.states[0] == second.states[0]
    assert hash(first.states[0]) == hash(second.states[0])
    assert first.states[0] != first.states[1]
