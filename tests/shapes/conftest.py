"""Shape levels by name, and wrong rules for them to find."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import pytest

from tee_rider.model_check.shapes.scope import ShapeScope
from tee_rider.model_check.shapes.shape_level import ShapeLevel
from tee_rider.reference.dag import Dag
from tee_rider.reference.ordering import get_wave_vertex_leader
from tee_rider.reference.profile import Profile, Setting
from tee_rider.reference.profiles import PROFILES, TEE_RIDER, one
from tee_rider.spec.configuration import Configuration, largest_configuration
from tee_rider.spec.vertex import Vertex

Level = TypeVar("Level", bound=ShapeLevel)
Chain = tuple[tuple[int, Vertex], ...]


def one_less(configuration: Configuration) -> int:
    return configuration.quorum_size - 1


def no_walk_back(dag: Dag, leaders: tuple[int, ...], decided: int, wave: int) -> Chain:
    leader = get_wave_vertex_leader(dag, leaders, wave)
    assert leader is not None
    return ((wave, leader),)


def no_path_test(dag: Dag, leaders: tuple[int, ...], decided: int, wave: int) -> Chain:
    waves = range(decided + 1, wave + 1)
    held = [(w, get_wave_vertex_leader(dag, leaders, w)) for w in waves]
    return tuple((w, leader) for w, leader in held if leader is not None)


WRONG_RULES: dict[str, dict[str, Any]] = {
    "commit with q - 1": {"commit_quorum": one_less},
    "q - 1 edges": {"edge_quorum": one_less},
    "no quorum": {"commit_quorum": one},
    "no walk-back": {"walk_back": no_walk_back},
    "walk-back without path test": {"walk_back": no_path_test},
}


def with_wrong_rule(profile: Profile, name: str) -> Profile:
    return replace(profile, name=name, **WRONG_RULES[name])


@pytest.fixture
def wrong() -> dict[str, Profile]:
    return {name: with_wrong_rule(TEE_RIDER, name) for name in WRONG_RULES}


@pytest.fixture(params=sorted(PROFILES))
def profile(request: pytest.FixtureRequest) -> Profile:
    """Each named profile."""
    return PROFILES[request.param]


@pytest.fixture
def make_scope() -> Callable[..., ShapeScope]:
    def make(
        n: int = 3, waves: int | None = None, profile: Profile = TEE_RIDER, **liberties: bool
    ) -> ShapeScope:
        configuration = largest_configuration(n)
        return ShapeScope(Setting(configuration, profile), configuration.f, waves, **liberties)

    return make
