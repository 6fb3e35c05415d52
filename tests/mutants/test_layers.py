"""Layered runs make the vertices that they are told, and random ones put the rules to the test."""

from collections import Counter
from random import Random

import pytest

from tee_rider.model_check.mutation.layers import LayeredRun, Moods, random_run
from tee_rider.model_check.world.coin import seeded_coin
from tee_rider.model_check.world.recorder import Recorder
from tee_rider.reference.profile import Setting
from tee_rider.reference.profiles import TEE_RIDER
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.events import AnyEvent, CommitLeader, CreateVertex
from tee_rider.spec.identifiers import members


def setting(n: int) -> Setting:
    return Setting(largest_configuration(n), TEE_RIDER)


def test_every_vertex_has_the_edges_that_it_is_told_to_have() -> None:
    events: list[AnyEvent] = []
    run = LayeredRun(setting(4), seeded_coin(1, 4), Recorder(4, [events.append]))
    layers = [[0b0111, 0b0111, 0b1110, 0b1111], [0b1011, 0b0111, 0b1101, 0b1110]]
    for layer in layers:
        run.layer(layer)
    made = [e.vertex for e in events if isinstance(e, CreateVertex) and e.vertex.round > 1]
    assert len(made) == 8
    for vertex in made:
        expected = members(layers[vertex.round - 2][vertex.source])
        assert tuple(edge.source for edge in vertex.strong_edges) == expected


@pytest.mark.parametrize(("n", "least"), [(3, 2), (3, 1), (4, 3), (5, 3)])
def test_a_drawn_layer_has_enough_edges_and_ones_own(n: int, least: int) -> None:
    moods = Moods(Random(1), n, least)
    sizes = Counter[int]()
    for _ in range(100):
        for replica, sources in enumerate(moods.layer()):
            assert replica in members(sources)
            sizes[sources.bit_count()] += 1
    assert set(sizes) == set(range(least, n + 1))


@pytest.mark.parametrize("n", [3, 4, 5])
def test_random_runs_commit_directly_and_by_walking_back_and_not_at_all(n: int) -> None:
    seen = Counter[str]()
    for seed in range(80):
        events: list[AnyEvent] = []
        random_run(setting(n), seeded_coin(seed, n), Recorder(n, [events.append]), 3, seed)
        commits = [event for event in events if isinstance(event, CommitLeader)]
        seen.update("directly" if event.direct else "walking back" for event in commits)
        seen["not at all"] += len(commits) < 3 * n
    assert min(seen["directly"], seen["walking back"], seen["not at all"]) > 0


def test_a_random_run_repeats() -> None:
    def events(seed: int) -> list[AnyEvent]:
        recorded: list[AnyEvent] = []
        random_run(setting(3), seeded_coin(seed, 3), Recorder(3, [recorded.append]), 2, seed)
        return recorded

    assert events(5) == events(5)
    assert events(5) != events(6)
