"""``tee-rider recovery``."""

import json

from typer.testing import CliRunner

from tee_rider.model_check.cli import app
from tee_rider.model_check.console import ExitCode


def test_a_bound_at_which_the_epoch_does_not_open_concludes_nothing() -> None:
    result = CliRunner().invoke(app, ["recovery", "--rounds", "4", "--json"])
    assert result.exit_code == ExitCode.INCONCLUSIVE
    document = json.loads(result.stdout)
    assert len(document["collected_freezes"]) == 9
    unsafe = [row for row in document["collected_freezes"] if row["violations"]]
    assert sorted((row["d"], row["r"]) for row in unsafe) == [(1, 1), (1, 2), (2, 1)]
    assert "the new epoch is open everywhere" in document["returns"][0]["unreached"]


def test_costs_are_as_computed() -> None:
    result = CliRunner().invoke(app, ["recovery", "--costs", "--json"])
    assert result.exit_code == ExitCode.HOLDS
    costs = json.loads(result.stdout)["costs"]
    assert [cost["requests"] for cost in costs if cost["rounds_before"] == 8] == [
        (n - 1) ** 2 for n in range(3, 10)
    ]


def test_a_leader_that_does_not_exist() -> None:
    result = CliRunner().invoke(app, ["recovery", "--leader", "D"])
    assert result.exit_code == ExitCode.USAGE
    assert "allowed: A, B, C, each" in result.stderr
