"""The frontier closes: any number of waves, at one number of replicas."""

from dataclasses import replace

import pytest

from tee_rider.model_check.shapes.alarm import explore_shapes
from tee_rider.model_check.shapes.levels import FrontierLevel
from tee_rider.model_check.shapes.shape_class import ShapeClass
from tee_rider.reference.profiles import HARDENED, TEE_RIDER


class Restless(FrontierLevel):
    """Goes on when the monitored wave is over, as the prototypes did."""

    def within_bound(self, state: ShapeClass) -> bool:
        return True


@pytest.mark.parametrize(
    ("profile", "n", "classes", "transitions", "layers"),
    [
        (TEE_RIDER, 3, 144, 502, 12),
        (TEE_RIDER, 4, 282, 1126, 12),
        (HARDENED, 3, 246, 1060, 16),
        (HARDENED, 4, 330, 1584, 16),
    ],
)
def test_any_number_of_waves_is_few_classes(make_scope, profile, n, classes, transitions, layers):
    report = explore_shapes(FrontierLevel(make_scope(n, profile=profile)), samples=50)
    assert report.verdict.startswith(f"no violation within any number of waves, n={n}")
    assert (report.states, report.transitions) == (classes, transitions)
    assert report.facts["layers of the deepest shape"] == layers
    assert report.facts["shapes compared by the alarm"] == 50
    assert "a leader is committed by walking back" in report.reached


@pytest.mark.parametrize(
    ("profile", "classes", "transitions"),
    [
        (TEE_RIDER, 958, 12136),
        (HARDENED, 1030, 13083),
    ],
)
def test_five_replicas(make_scope, profile, classes, transitions):
    report = explore_shapes(FrontierLevel(make_scope(5, profile=profile)), samples=10)
    assert report.verdict.startswith("no violation")
    assert (report.states, report.transitions) == (classes, transitions)


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("profile", "n", "batch", "classes", "transitions"),
    [
        (TEE_RIDER, 6, True, 1638, 24224),
        (TEE_RIDER, 7, True, 7096, 472496),
        (TEE_RIDER, 7, False, 7096, 471928),
        (HARDENED, 6, True, 1542, 24165),
        (HARDENED, 7, True, 6970, 471880),
        (HARDENED, 7, False, 6970, 471880),
    ],
)
def test_more_replicas(make_scope, profile, n, batch, classes, transitions):
    report = explore_shapes(FrontierLevel(make_scope(n, profile=profile, batch=batch)), samples=50)
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


def test_without_faulty_replicas_too(make_scope, profile):
    scope = replace(make_scope(profile=profile), faulty=0)
    assert explore_shapes(FrontierLevel(scope), samples=20).verdict.startswith("no violation")


@pytest.mark.parametrize(("profile", "classes"), [(TEE_RIDER, 240), (HARDENED, 342)])
def test_no_result_depends_on_names(make_scope, profile, classes):
    report = explore_shapes(FrontierLevel(make_scope(profile=profile, symmetry=False)), samples=20)
    assert report.verdict.startswith("no violation")
    assert report.states == classes


@pytest.mark.parametrize(
    ("coin_release", "commit_evaluation"),
    [("round_complete", "on_arrival"), ("next_round_quorum", "once")],
)
def test_each_way_to_evaluate_later(make_scope, coin_release, commit_evaluation):
    rules = replace(HARDENED, coin_release=coin_release, commit_evaluation=commit_evaluation)
    report = explore_shapes(FrontierLevel(make_scope(profile=rules)), samples=100)
    assert report.verdict.startswith("no violation")
    assert report.states == 246
    on_arrival = "a leader is committed directly when a supporter arrives after the coin"
    assert (on_arrival in report.reached) == (commit_evaluation == "on_arrival")
