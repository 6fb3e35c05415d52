"""Networks lose nothing, add nothing, and keep to their order."""

from collections.abc import Callable
from random import Random

import pytest

from tee_rider.model_check.world.network import AnyOrder, Flight, Network, NewestFirst, OldestFirst
from tee_rider.model_check.world.schedulers import (
    Partitioned,
    Scheduler,
    Starved,
    draw_paces,
    make_network,
)
from tee_rider.reference.usig import IdealUsig
from tee_rider.spec.messages import Junk, SignedMessage


def flight(sender: int, receiver: int, number: int = 0) -> Flight:
    _, ui = IdealUsig(sender, counter=number).create_ui(b"")
    return Flight(sender, receiver, SignedMessage(Junk(b""), ui))


def all_links(n: int) -> list[Flight]:
    return [flight(i, j) for i in range(n) for j in range(n) if i != j]


def take_all(network: Network) -> list[Flight]:
    taken = []
    while network:
        flight = network.take()
        if flight is not None:
            taken.append(flight)
    return taken


MAKERS: list[Callable[[], Network]] = [
    lambda scheduler=scheduler: make_network(scheduler, Random(1), 4, 3)  # type: ignore[misc]
    for scheduler in Scheduler
]


@pytest.mark.parametrize("make", MAKERS, ids=list(Scheduler))
def test_every_flight_arrives_exactly_once(make: Callable[[], Network]) -> None:
    network = make()
    sent = all_links(4)
    for one in sent:
        network.put(one)
    assert len(network) == 12
    assert sorted(take_all(network)) == sorted(sent)
    assert not network


@pytest.mark.parametrize("make", MAKERS, ids=list(Scheduler))
def test_the_same_seed_gives_the_same_order(make: Callable[[], Network]) -> None:
    orders = []
    for network in (make(), make()):
        for one in all_links(4):
            network.put(one)
        orders.append(take_all(network))
    assert orders[0] == orders[1]


def test_oldest_and_newest_first_keep_to_their_order() -> None:
    sent = [flight(0, 1, number) for number in range(5)]
    oldest, newest = OldestFirst(), NewestFirst()
    for one in sent:
        oldest.put(one)
        newest.put(one)
    assert take_all(oldest) == sent
    assert take_all(newest) == sent[::-1]


def test_any_order_takes_the_first_three_in_all_six_orders() -> None:
    sent = [flight(0, 1, number) for number in range(3)]
    orders = set()
    for seed in range(40):
        network = AnyOrder(Random(seed))
        for one in sent:
            network.put(one)
        orders.add(tuple(take_all(network)))
    assert len(orders) == 6


def test_the_starved_replica_waits_while_there_is_anything_else() -> None:
    network = Starved(Random(1), victim=1, patience=100)
    for one in all_links(4):
        network.put(one)
    arrived = take_all(network)
    assert all(1 not in (one.sender, one.receiver) for one in arrived[:6])
    assert all(1 in (one.sender, one.receiver) for one in arrived[6:])


def test_the_starved_replica_waits_no_longer_than_the_patience() -> None:
    network = Starved(Random(1), victim=1, patience=3)
    network.put(flight(1, 0))
    for number in range(10):
        network.put(flight(2, 0, number))
    arrived = take_all(network)
    assert [one.sender for one in arrived[:4]] == [2, 2, 2, 1]


def test_flights_between_groups_wait_until_the_groups_change() -> None:
    network = Partitioned(Random(1), correct=6, period=1000)
    for one in all_links(6):
        network.put(one)
    groups = list(network.group)
    inside = len(network.inside)
    assert 0 < inside < 30
    for _ in range(inside):
        arrived = network.take()
        assert arrived is not None
        assert groups[arrived.sender] == groups[arrived.receiver]
        assert network.group == groups
    take_all(network)
    assert network.group != groups


def test_faulty_hosts_are_on_both_sides() -> None:
    network = Partitioned(Random(1), correct=2, period=1000, group=[])
    network.group = [0, 1]
    for one in all_links(3):
        network.put(one)
    assert [tuple(one[:2]) for one in network.between] == [(0, 1), (1, 0)]


def test_groups_change_after_their_period_with_flights_left() -> None:
    network = Partitioned(Random(1), correct=6, period=1)
    for one in all_links(6):
        network.put(one)
    seen = set()
    while len(network) > 10:
        network.take()
        seen.add(tuple(network.group))
    assert len(seen) > 5


def test_paces_are_equal_or_differ_but_never_stand_still() -> None:
    drawn = [draw_paces(Random(seed), 5) for seed in range(40)]
    assert all(0 < pace <= 1 for paces in drawn for pace in paces)
    equal = sum(len(set(paces)) == 1 for paces in drawn)
    assert 10 < equal < 35
