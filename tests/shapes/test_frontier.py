"""The frontier closes: any number of waves, at one number of replicas."""

from dataclasses import replace

import pytest

from tee_rider.model_check.console import UsageError
from tee_rider.model_check.shapes.alarm import explore_shapes
from tee_rider.model_check.shapes.levels import FrontierLevel
from tee_rider.model_check.shapes.shape_level import ShapeClass
from tee_rider.reference.profiles import TEE_RIDER


class Restless(FrontierLevel):
    """Goes on when the monitored wave is over, as the prototypes did."""

    def within_bound(self, state: ShapeClass) -> bool:
        return True


@pytest.mark.parametrize(
    ("n", "classes", "transitions", "layers"), [(3, 144, 502, 12), (4, 282, 1126, 12)]
)
def test_any_number_of_waves_is_few_classes(make_scope, n, classes, transitions, layers):
    report = explore_shapes(FrontierLevel(make_scope(n)), samples=50)
    assert report.verdict.startswith(f"no violation within any number of waves, n={n}")
    assert (report.states, report.transitions) == (classes, transitions)
    assert report.facts["layers until nothing new follows"] == layers
    assert report.facts["shapes compared by the alarm"] == 50
    assert "a leader is committed by walking back" in report.reached


def test_five_replicas(make_scope):
    report = explore_shapes(FrontierLevel(make_scope(5)), samples=10)
    assert report.verdict.startswith("no violation")
    assert (report.states, report.transitions) == (958, 12136)


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("n", "batch", "classes", "transitions"),
    [(6, True, 1638, 24224), (7, False, 7096, 471928)],
)
def test_more_replicas(make_scope, n, batch, classes, transitions):
    report = explore_shapes(FrontierLevel(make_scope(n, batch=batch)), samples=50)
    assert report.verdict.startswith("no violation")
    assert (report.states, report.transitions) == (classes, transitions)


@pytest.mark.parametrize(("n", "classes"), [(3, 180), (4, 330)])
def test_without_stopping_at_decided_classes_there_are_as_many_as_in_the_prototypes(
    make_scope, n, classes
):
    assert explore_shapes(Restless(make_scope(n)), samples=0).states == classes


def test_quorums_and_more_than_quorums_meet_the_same_classes(make_scope):
    levels = [FrontierLevel(make_scope(batch=batch)) for batch in (True, False)]
    for level in levels:
        assert explore_shapes(level, samples=0).verdict.startswith("no violation")
    assert levels[0].successors.keys() == levels[1].successors.keys()


def test_without_faulty_replicas_too(make_scope):
    scope = replace(make_scope(), faulty=0)
    assert explore_shapes(FrontierLevel(scope), samples=20).verdict.startswith("no violation")


def test_no_result_depends_on_names(make_scope):
    report = explore_shapes(FrontierLevel(make_scope(symmetry=False)), samples=20)
    assert report.verdict.startswith("no violation")
    assert report.states == 240


@pytest.mark.parametrize(
    "later", [{"coin_release": "next_round_quorum"}, {"commit_evaluation": "on_arrival"}]
)
def test_a_profile_that_the_key_has_no_place_for_is_refused(make_scope, later):
    with pytest.raises(UsageError, match="allowed: 'round_complete' and 'once'"):
        FrontierLevel(make_scope(profile=replace(TEE_RIDER, **later)))
