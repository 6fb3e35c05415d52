"""A run that goes wrong is told with its witness, and with the command that shows it again."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from tee_rider.model_check.console import ExitCode
from tee_rider.model_check.telling.chronicle import Chronicle
from tee_rider.model_check.telling.run_report import RunReport
from tee_rider.model_check.telling.tell import tell_simulation
from tee_rider.model_check.world.simulate import Simulation, simulate
from tee_rider.spec.judgement import Status
from tee_rider.spec.properties import Outcome

SimulationOf = Callable[..., Simulation]


def holding(status: Status = Status.HOLDS) -> Outcome:
    return Outcome("agreement", "somewhere", status, 3)


@pytest.mark.parametrize(
    ("statuses", "failures", "partial", "code"),
    [
        ([Status.HOLDS], (), False, ExitCode.HOLDS),
        ([Status.HOLDS, Status.VACUOUS], (), False, ExitCode.INCONCLUSIVE),
        ([Status.HOLDS, Status.NOT_JUDGED], (), False, ExitCode.INCONCLUSIVE),
        ([Status.HOLDS, Status.VACUOUS], (), True, ExitCode.HOLDS),
        ([Status.VACUOUS, Status.VIOLATED], (), False, ExitCode.VIOLATED),
        ([Status.HOLDS], ("A is stuck",), True, ExitCode.VIOLATED),
    ],
)
def test_the_worst_decides(
    statuses: list[Status], failures: tuple[str, ...], partial: bool, code: ExitCode
) -> None:
    outcomes = tuple(map(holding, statuses))
    assert RunReport(outcomes, failures, "this run", "command", partial).exit_code is code


def test_a_violation_comes_with_witness_and_command(
    simulation_of: SimulationOf, capsys: pytest.CaptureFixture[str]
) -> None:
    simulation = simulation_of(3, waves=3, coin=lambda replica, wave: replica)
    assert tell_simulation(simulation, None, False, "the command") is ExitCode.VIOLATED
    told = capsys.readouterr().out
    assert "\nwave   1  leader A1 or B1 or C1 committed directly" in told
    assert "\nVIOLATED: coin agreement (source: " in told
    assert "\n  A, its event " in told
    assert ": is shown A by the coin of wave 1" in told
    assert told.endswith("VIOLATED\nto see it again: the command\n")


def test_a_violation_as_json(
    simulation_of: SimulationOf, capsys: pytest.CaptureFixture[str]
) -> None:
    simulation = simulation_of(3, waves=3, coin=lambda replica, wave: replica)
    tell_simulation(simulation, None, True, "the command")
    told = json.loads(capsys.readouterr().out)
    assert (told["verdict"], told["exit_code"], told["command"]) == ("VIOLATED", 1, "the command")
    (violation,) = [v for v in told["violations"] if v["property"] == "coin agreement"]
    assert [event["event"] for event in violation["witness"]] == ["release_coin"] * 2
    assert told["waves"][0]["leaders"] == [0, 1, 2]


def test_a_stuck_replica_is_a_failure(
    simulation_of: SimulationOf, capsys: pytest.CaptureFixture[str]
) -> None:
    simulation = simulation_of(3, faulty=1, waves=6)
    hole = replace(simulation.setting.profile, forwards=lambda valid: valid)
    setting = replace(simulation.setting, profile=hole)
    simulation = replace(simulation, setting=setting, seed=2)
    assert tell_simulation(simulation, None, False, "the command") is ExitCode.VIOLATED
    told = capsys.readouterr().out
    assert "is stuck in round" in told
    assert "nothing is in flight any more, and its round is not complete" in told


def test_the_story_counts_what_happened(simulation_of: SimulationOf) -> None:
    story = Chronicle()
    system = simulate(simulation_of(4, faulty=1, waves=3), [story.observe])
    assert story.created == 3 * 13
    told = story.as_json()
    assert [wave["wave"] for wave in told["waves"]] == [1, 2, 3]
    for replica in told["replicas"]:
        state = system.states[replica["replica"]]
        assert replica["round"] == state.round == 13
        assert replica["decided"] == state.ordering.decided
        undelivered = len(state.ordering.undelivered)
        assert replica["inserted"] == replica["delivered"] + undelivered
