"""The first design of recovery, where the target collects freezes: safe exactly when d + r > n."""

import pytest

from tee_rider.model_check.console import ExitCode
from tee_rider.model_check.exploration.model import Path
from tee_rider.model_check.returning.collected_freezes import (
    CollectedFreezes,
    Rules,
    explore_setting,
    settings,
)

STATES_AT_3 = {(1, 3): 1956, (2, 2): 41966, (2, 3): 41022, (3, 1): 28800, (3, 2): 12536}
STEPS_AT_3 = {(1, 1): 9, (1, 2): 11, (2, 1): 12}


@pytest.mark.parametrize("rules", settings(3), ids=lambda rules: f"d={rules.d},r={rules.r}")
def test_a_round_is_filled_twice_exactly_when_d_and_r_are_at_most_n(rules: Rules) -> None:
    report = explore_setting(rules)
    found = [discovery.violation.property for discovery in report.discoveries]
    if rules.d + rules.r > rules.n:
        assert report.exit_code is ExitCode.HOLDS
        assert report.states == STATES_AT_3.get((rules.d, rules.r), 12139)
    else:
        assert found == ["one vertex per round"]
        assert len(report.discoveries[0].path.steps) == STEPS_AT_3[rules.d, rules.r]


@pytest.mark.parametrize("rules", [r for r in settings(4) if r.d <= 2 and r.r >= 3])
def test_four_replicas_and_one_round(rules: Rules) -> None:
    report = explore_setting(Rules(4, rules.d, rules.r, vertices=1))
    safe = rules.d + rules.r > 4
    assert report.exit_code is (ExitCode.HOLDS if safe else ExitCode.VIOLATED)


def test_a_counterexample_can_be_taken_again() -> None:
    discovery = explore_setting(Rules(3, 2, 1)).discoveries[0]
    again = Path.replay(CollectedFreezes(Rules(3, 2, 1)), discovery.path.code)
    assert again.lines() == discovery.path.lines()
