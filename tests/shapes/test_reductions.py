"""Each reduction is switched off where both searches fit: same verdict, same outcomes."""

from collections.abc import Hashable

import pytest

from tee_rider.model_check.exploration.explore import explore
from tee_rider.model_check.shapes.keys import committed_waves
from tee_rider.model_check.shapes.levels import FineLevel, FrontierLevel, WholeLevel

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
        def following(self, shape, random=None):
            found = super().following(shape, random)
            for state in found.values():
                visit(self, state)
            return found

    outcomes: set[Hashable] = set()
    visited: dict[Hashable, tuple[object, object]] = {}

    def visit(level, state):
        visited[state.key] = (level, state)
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


@pytest.mark.parametrize(("waves", "expected", "classes"), [(1, ONE_WAVE, 38), (2, TWO_WAVES, 327)])
def test_without_symmetry(make_scope, waves, expected, classes):
    symmetric, outcomes, _ = noting(FineLevel, make_scope(waves=waves))
    told_apart, same, _ = noting(FineLevel, make_scope(waves=waves, symmetry=False))
    assert told_apart.states == classes
    assert symmetric.exit_code == told_apart.exit_code
    assert outcomes == same == expected


def test_weak_edges_add_no_outcome(make_scope):
    assert noting(FineLevel, make_scope(waves=2, views=True))[1] == TWO_WAVES


@pytest.mark.parametrize("symmetry", [True, False])
@pytest.mark.parametrize("name", ["commit with q - 1", "walk-back without path test"])
def test_a_violation_is_found_with_symmetry_and_without(make_scope, wrong, name, symmetry):
    scope = make_scope(waves=2, profile=wrong[name], symmetry=symmetry)
    report = explore(FineLevel(scope))
    assert len(report.discoveries[0].path.steps) == 8


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
def test_the_key_is_that_of_the_shape(make_scope, level_class, liberties):
    """Keys are put together from outcomes; the built shape has the same."""
    _, _, visited = noting(level_class, make_scope(**liberties))
    assert len(visited) > 100
    for level, state in visited.values():
        assert level.of(state.shape).key == state.key
