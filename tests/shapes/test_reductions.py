"""Each reduction is switched off where both searches fit: same verdict, same outcomes."""

from collections.abc import Hashable
from dataclasses import replace

import pytest

from tee_rider.model_check.exploration.explore import explore
from tee_rider.model_check.shapes.alarm import explore_shapes
from tee_rider.model_check.shapes.fine_key import FineKey
from tee_rider.model_check.shapes.keys import committed_waves
from tee_rider.model_check.shapes.levels import FineLevel, FrontierLevel, WholeLevel
from tee_rider.model_check.shapes.local_steps import unheld
from tee_rider.model_check.shapes.shape_level import ShapeLevel
from tee_rider.reference.dag import predecessor_addresses
from tee_rider.reference.profiles import HARDENED, TEE_RIDER
from tests.shapes.conftest import with_wrong_rule

ONE_WAVE = {((), ()), ((), (1,)), ((1,), (1,))}
"""What two correct replicas may have committed after one wave."""
TWO_WAVES = ONE_WAVE | {
    ((), (1, 2)),
    ((), (2,)),
    ((1,), (1, 2)),
    ((1, 2), (1, 2)),
    ((2,), (2,)),
}


def noting(level_class, scope):
    """A level that notes what is committed in the end, and every class with its shape."""

    class Noting(level_class):  # type: ignore[misc, valid-type]
        def following(self, shape, random=None, told_apart=False):
            found = super().following(shape, random, told_apart)
            for state in found:
                visit(self, state)
            return found

    outcomes: set[Hashable] = set()
    visited: dict[Hashable, tuple[object, object]] = {}

    def visit(level, state):
        visited[state.kind] = (level, state)
        if state.round == scope.last_round:
            outcomes.add(tuple(sorted(committed_waves(local) for local in state.locals)))

    report = explore(Noting(scope))
    return report, outcomes, visited


def test_classes_of_shapes_and_all_shapes_have_the_same_outcomes(make_scope):
    scope = make_scope(waves=1, batch=False)
    whole, all_outcomes, _ = noting(WholeLevel, scope)
    fine, outcomes, _ = noting(FineLevel, scope)
    assert whole.states == 3 * (1 + 16 + 16**2 + 16**3 + 16**4), "16 shapes a layer, 3 leaders"
    assert fine.states == 28
    assert whole.verdict == fine.verdict
    assert all_outcomes == outcomes == ONE_WAVE


def reached_by(addresses, past):
    """Which supporters these vertices reach."""
    reached = {
        (vertex.round, vertex.source)
        for round_, source in addresses
        for vertex in unheld(None, past.rows[round_ - 1][source], past.rows)
    }
    return tuple(address in reached for found in past.supporters for address in found)


class WhoHearsOfWhom(FineKey):
    """Nothing but what is committed counts as committed; each supporter is known by its name.

    So nothing is forgotten that decides who commits late, and who can still wait.
    """

    told_apart = True

    def local(self, past, choice):
        heard_of = reached_by(predecessor_addresses(choice.vertex), past)
        if choice.local is None:
            return choice.reach, heard_of
        held = tuple(choice.local.holds(*at) for found in past.supporters for at in found)
        return choice.reach, heard_of, held, committed_waves(choice.local)

    def whole(self, past, correct, faulty):
        arriving = [reached_by([at], past) for found in past.supporters for at in found]
        reach = past.leader_reach, past.supporters, tuple(arriving)
        return past.round, reach, tuple(correct), tuple(faulty)

    def to_walk(self, past, correct):
        return False


class TellingLevel(ShapeLevel):
    def __init__(self, scope):
        super().__init__(scope, WhoHearsOfWhom(symmetry=False))


def longest(outcomes):
    """What was committed by who committed most: the others may be late."""
    return {max(logs, key=len) for logs in outcomes}


@pytest.mark.parametrize(
    ("waves", "classes"), [(1, 221), pytest.param(2, 7907, marks=pytest.mark.nightly)]
)
def test_what_is_sure_to_be_committed_may_count_as_committed(make_scope, waves, classes):
    scope = make_scope(waves=waves, profile=HARDENED, symmetry=False)
    told = explore_shapes(TellingLevel(scope), samples=30)
    assert told.states == classes
    fine, outcomes, _ = noting(FineLevel, scope)
    assert told.verdict == fine.verdict
    assert longest(noting(TellingLevel, scope)[1]) == longest(outcomes)


@pytest.mark.parametrize(
    ("profile", "waves", "classes"),
    [(TEE_RIDER, 1, 38), (TEE_RIDER, 2, 327), (HARDENED, 1, 43), (HARDENED, 2, 307)],
)
def test_without_symmetry(make_scope, profile, waves, classes):
    scope = make_scope(waves=waves, profile=profile)
    symmetric, outcomes, _ = noting(FineLevel, scope)
    told_apart, same, _ = noting(FineLevel, replace(scope, symmetry=False))
    assert told_apart.states == classes
    assert symmetric.exit_code == told_apart.exit_code
    assert longest(outcomes) == longest(same) == longest(ONE_WAVE if waves == 1 else TWO_WAVES)
    if profile is TEE_RIDER:
        assert outcomes == same == (ONE_WAVE if waves == 1 else TWO_WAVES)


def test_weak_edges_add_no_outcome(make_scope):
    assert noting(FineLevel, make_scope(waves=2, views=True))[1] == TWO_WAVES


@pytest.mark.parametrize("symmetry", [True, False])
@pytest.mark.parametrize("name", ["commit with q - 1", "walk-back without path test"])
def test_a_violation_is_found_with_symmetry_and_without(make_scope, profile, name, symmetry):
    rules = with_wrong_rule(profile, name)
    report = explore(FineLevel(make_scope(waves=2, profile=rules, symmetry=symmetry)))
    assert len(report.discoveries[0].path.steps) == (8 if profile is TEE_RIDER else 9)


@pytest.mark.parametrize(
    ("level_class", "liberties"),
    [
        (FrontierLevel, {}),
        (FrontierLevel, {"symmetry": False}),
        (FineLevel, {"waves": 2}),
        (FineLevel, {"waves": 2, "symmetry": False}),
        (FineLevel, {"waves": 2, "views": True}),
    ],
)
def test_the_key_is_that_of_the_shape(make_scope, profile, level_class, liberties):
    """Keys are put together from outcomes; the built shape has the same."""
    _, _, visited = noting(level_class, make_scope(profile=profile, **liberties))
    assert len(visited) > 100
    for level, state in visited.values():
        assert level.of(state.shape).kind == state.kind
