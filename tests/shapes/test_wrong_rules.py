"""Wrong quorums and wrong walk-backs die in wave 2; at even n, one less is still enough."""

import pytest

from tee_rider.model_check.exploration.explore import explore
from tee_rider.model_check.exploration.model import Path
from tee_rider.model_check.shapes.alarm import explore_shapes
from tee_rider.model_check.shapes.levels import FineLevel, FrontierLevel
from tee_rider.reference.profiles import HARDENED, TEE_RIDER
from tests.shapes.conftest import with_wrong_rule

TWO_WAVES = {TEE_RIDER: 8, HARDENED: 9}
"""Layers after the first until everybody has evaluated the second wave."""
COUNTEREXAMPLES = {
    "commit with q - 1": [
        "A commits A1 directly",
        "A commits B5 directly",
        "B commits B5 directly",
    ],
    "q - 1 edges": ["B commits A1 directly", "A commits C5 directly"],
    "no quorum": ["A commits A1 directly", "A commits B5 directly", "B commits B5 directly"],
    "no walk-back": ["A commits A1 directly", "A commits A5 directly", "B commits A5 directly"],
    "walk-back without path test": [
        "A commits A1 by walking back",
        "A commits B5 directly",
        "B commits B5 directly",
    ],
}
HARDENED_COUNTEREXAMPLES = {
    "commit with q - 1": COUNTEREXAMPLES["commit with q - 1"],
    "q - 1 edges": ["A commits A1 directly", "B commits B5 directly"],
    "no quorum": COUNTEREXAMPLES["no quorum"],
    "no walk-back": ["A commits A5 directly", "B commits A1 directly", "B commits A5 directly"],
    "walk-back without path test": COUNTEREXAMPLES["walk-back without path test"],
}
ODD = sorted(COUNTEREXAMPLES)


@pytest.mark.parametrize("name", ODD)
def test_at_three_replicas_each_dies_in_the_second_wave(make_scope, profile, name):
    scope = make_scope(3, waves=2, profile=with_wrong_rule(profile, name))
    report = explore(FineLevel(scope))
    assert report.discoveries[0].violation.property == "agreement"
    path = report.discoveries[0].path
    assert len(path.steps) == TWO_WAVES[profile]
    expected = COUNTEREXAMPLES if profile is TEE_RIDER else HARDENED_COUNTEREXAMPLES
    assert [line.strip() for line in path.lines() if " commits " in line] == expected[name]


@pytest.mark.parametrize("name", ODD)
def test_no_wrong_quorum_shows_in_the_first_wave(make_scope, profile, name):
    scope = make_scope(3, waves=1, profile=with_wrong_rule(profile, name))
    report = explore(FineLevel(scope))
    assert not report.discoveries


def test_a_counterexample_is_replayed_by_its_code(make_scope, wrong):
    scope = make_scope(3, waves=2, profile=wrong["commit with q - 1"])
    found = explore(FineLevel(scope)).discoveries[0].path
    again = Path.replay(FineLevel(scope), found.code)
    assert again.lines() == found.lines()


@pytest.mark.parametrize(
    ("profile", "name"),
    [
        (TEE_RIDER, "commit with q - 1"),
        (TEE_RIDER, "q - 1 edges"),
        (HARDENED, "commit with q - 1"),
        pytest.param(HARDENED, "q - 1 edges", marks=pytest.mark.nightly),
    ],
)
def test_at_four_replicas_one_less_is_equivalent(make_scope, profile, name):
    """q + (q - 1) = n + 1 at even n: the two sets still meet."""
    rules = with_wrong_rule(profile, name)
    fine = explore_shapes(FineLevel(make_scope(4, waves=2, profile=rules)), samples=20)
    frontier = explore_shapes(FrontierLevel(make_scope(4, profile=rules)), samples=20)
    assert fine.verdict.startswith("no violation")
    assert frontier.verdict.startswith("no violation")


@pytest.mark.parametrize("name", ["no quorum", "no walk-back", "walk-back without path test"])
def test_the_others_die_at_four_replicas_too(make_scope, profile, name):
    scope = make_scope(4, waves=2, profile=with_wrong_rule(profile, name))
    report = explore(FineLevel(scope))
    assert len(report.discoveries[0].path.steps) == TWO_WAVES[profile]


@pytest.mark.parametrize("name", ODD)
def test_and_at_five(make_scope, wrong, name):
    report = explore(FineLevel(make_scope(5, waves=2, profile=wrong[name])))
    assert len(report.discoveries[0].path.steps) == TWO_WAVES[TEE_RIDER]


@pytest.mark.nightly
@pytest.mark.parametrize("name", ODD)
def test_and_at_five_where_waves_are_evaluated_later(make_scope, name):
    report = explore(FineLevel(make_scope(5, waves=2, profile=with_wrong_rule(HARDENED, name))))
    assert len(report.discoveries[0].path.steps) == TWO_WAVES[HARDENED]


@pytest.mark.nightly
@pytest.mark.parametrize("name", ["commit with q - 1", "q - 1 edges", "no quorum", "no walk-back"])
def test_the_frontier_convicts_them_at_five(make_scope, profile, name):
    report = explore(FrontierLevel(make_scope(5, profile=with_wrong_rule(profile, name))))
    later = 4 if name == "no walk-back" and profile is HARDENED else 0
    assert len(report.discoveries[0].path.steps) == TWO_WAVES[profile] + later


def test_with_quorums_exactly_five_replicas_never_commit_with_one_edge_less(make_scope, wrong):
    """No replica ever holds q supporters: that nothing was committed must not pass."""
    scope = make_scope(5, waves=1, profile=wrong["q - 1 edges"], batch=False)
    report = explore(FineLevel(scope))
    assert "a leader is committed directly" in report.unreached
    assert report.verdict.startswith("INCONCLUSIVE: never reached")


@pytest.mark.parametrize("name", ["commit with q - 1", "q - 1 edges", "no quorum", "no walk-back"])
def test_the_frontier_convicts_wrong_quorums(make_scope, profile, name):
    """Without a walk-back under HARDENED one wave later: only one shape of each kind is kept."""
    report = explore(FrontierLevel(make_scope(3, profile=with_wrong_rule(profile, name))))
    assert report.discoveries[0].violation.property == "agreement"
    later = 4 if name == "no walk-back" and profile is HARDENED else 0
    assert len(report.discoveries[0].path.steps) == TWO_WAVES[profile] + later


def test_what_is_not_sure_to_be_committed_is_violated_or_an_alarm(make_scope):
    """Wrong quorums leave leaders committable that not all later ones reach, from wave 1 on."""
    rules = with_wrong_rule(HARDENED, "q - 1 edges")
    report = explore_shapes(FineLevel(make_scope(3, waves=1, profile=rules)), samples=20)
    assert report.verdict.startswith("INCONCLUSIVE: ALARM")
