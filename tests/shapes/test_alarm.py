"""The alarm sounds when a key forgets too much, and only then."""

import pytest

from tee_rider.model_check.console import ExitCode
from tee_rider.model_check.exploration.explore import explore
from tee_rider.model_check.shapes.alarm import Alarm, explore_shapes
from tee_rider.model_check.shapes.fine_key import FineKey
from tee_rider.model_check.shapes.frontier_key import FrontierKey
from tee_rider.model_check.shapes.levels import FineLevel, FrontierLevel
from tee_rider.model_check.shapes.shape_level import ShapeLevel
from tee_rider.reference.profiles import HARDENED, TEE_RIDER
from tests.shapes.conftest import with_wrong_rule

NO_PATH_TEST = "walk-back without path test"


def test_the_frontier_alone_misses_the_walk_back_without_path_test(make_scope, wrong):
    report = explore(FrontierLevel(make_scope(profile=wrong[NO_PATH_TEST])))
    assert report.verdict.startswith("no violation")


@pytest.mark.parametrize("seed", range(5))
def test_the_alarm_catches_it(make_scope, wrong, seed):
    report = explore_shapes(FrontierLevel(make_scope(profile=wrong[NO_PATH_TEST])), 200, seed)
    assert report.verdict.startswith("INCONCLUSIVE: ALARM: the class of a shape of")
    assert report.exit_code == ExitCode.INCONCLUSIVE


@pytest.mark.parametrize("level_class", [FrontierLevel, FineLevel])
def test_it_is_silent_for_the_right_rules(make_scope, profile, level_class):
    waves = 2 if level_class is FineLevel else None
    level = level_class(make_scope(waves=waves, profile=profile))
    explore(level)
    alarm = Alarm(level, seed=7)
    assert alarm.listen(samples=300) is None
    assert alarm.compared == 300
    assert len(alarm.classes) >= 50


def test_kinds_of_one_class_with_different_futures_are_an_alarm(make_scope):
    """Without the path test, what is sure to be committed is not."""
    rules = with_wrong_rule(HARDENED, NO_PATH_TEST)
    report = explore_shapes(FrontierLevel(make_scope(profile=rules)), samples=0)
    assert "another future where all that is sure to be committed is committed" in report.verdict
    assert report.exit_code == ExitCode.INCONCLUSIVE


class ForgetsTheWalk(FrontierKey):
    """Does not know which leaders lead back to the monitored one."""

    def _walks(self, leader_reach):
        return [True] * (len(leader_reach) + 2)


class ForgetsPaths(FineKey):
    """Tells strong paths from none only by what is committed in the end."""

    def local(self, past, choice):
        key = super().local(past, choice)
        return (0, *key[1:])


class TakesNothingForCommitted(FineKey):
    """Tells who committed late from who has still to do it, but not who can still wait."""

    def whole(self, past, correct, faulty):
        return super().whole(past._replace(supporters=()), correct, faulty)


@pytest.mark.parametrize(
    ("key", "profile"),
    [
        (ForgetsTheWalk, TEE_RIDER),
        (ForgetsTheWalk, HARDENED),
        (ForgetsPaths, TEE_RIDER),
        (ForgetsPaths, HARDENED),
        (TakesNothingForCommitted, HARDENED),
    ],
)
def test_a_key_that_forgets_too_much_is_found_out(make_scope, key, profile):
    scope = make_scope(waves=2, views=True, profile=profile)
    level = ShapeLevel(scope, key(symmetry=True))
    assert "ALARM" in explore_shapes(level, 500).verdict


def test_a_class_that_was_never_visited_is_an_alarm(make_scope):
    level = FineLevel(make_scope(waves=2))
    explore(level)
    level.successors.clear()
    mismatch = Alarm(level, seed=0).listen(samples=1)
    assert mismatch is not None
    assert mismatch.describe() == "ALARM: the class of a shape of 1 rounds was never visited"
