"""Counterexamples of recovery: told step by step, replayed, checked, drawn, exported."""

import json
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tee_rider.model_check.cli import app
from tee_rider.model_check.exploration.explore import Limits, explore
from tee_rider.model_check.exploration.model import Path as Way
from tee_rider.model_check.export.return_events import afresh, events_of
from tee_rider.model_check.returning.moments import Returning
from tee_rider.model_check.returning.one_return import OneReturn
from tee_rider.model_check.world.setting import make_setting
from tee_rider.spec.events import Crash, Restart

AGAIN = "recovery --early 2 --rounds 6 --mutant 'counter restarts in the same epoch'"
ADDRESS = "one vertex per address"


def run(command: str) -> Result:
    return CliRunner().invoke(app, shlex.split(command), env={"COLUMNS": "200"})


def replays(result: Result) -> list[str]:
    lines = result.stdout.splitlines()
    return [x.removeprefix("replay: tee-rider ") for x in lines if x.startswith("replay: ")]


def test_an_enclave_that_counts_again_is_told_checked_and_drawn(tmp_path: Path) -> None:
    trace, itf = tmp_path / "t.ndjson", tmp_path / "t.itf.json"
    result = run(f"{AGAIN} --trace {trace} --itf {itf}")
    assert result.exit_code == 1
    assert f"VIOLATED: progress, {ADDRESS}, within" in result.stdout
    first, last = replays(result)
    told = run(f"{last} --trace {tmp_path / 'u'}")
    assert told.exit_code == 1
    assert f"{ADDRESS} is violated: C2 is held with two contents." in told.stdout.splitlines()
    assert (tmp_path / "u").read_text() == trace.read_text()
    assert "progress is violated: Nothing more can happen" in run(first).stdout
    checked = run(f"check {trace}")
    assert checked.exit_code == 1
    assert "VIOLATED: recovery cut agreement" in checked.stdout
    assert "VIOLATED: non-equivocation" in checked.stdout
    assert run(f"show --lanes {trace} -o {tmp_path / 't.svg'}").exit_code == 0
    document = json.loads(itf.read_text())
    assert document["#meta"]["source"] == f"tee-rider {last}"
    assert document["#meta"]["description"] == f"violated in the last state: {ADDRESS}"
    assert document["vars"] == ["action", "effects", "state"]
    assert len(document["states"]) == 7
    assert document["states"][4]["action"].startswith("C crashes and returns from a backup of")
    assert document["states"][4]["state"] == ["A in round 2", "B in round 2", "C in round 1"]


def test_the_same_steps_by_the_true_rules_violate_nothing(tmp_path: Path) -> None:
    """They need not be the same steps: a path's code counts what can happen."""
    file = tmp_path / "t"
    result = run(f"recovery --early 2 --rounds 6 --replay 0.1.0.0.0.0.0 --trace {file}")
    assert result.exit_code == 0
    assert "is violated" not in result.stdout
    assert run(f"check {file}").exit_code != 1


@pytest.mark.parametrize(
    ("design", "steps"), [("1,1", 9), ("1,2", 11), ("2,1", None), ("2,2", None)]
)
def test_the_first_design_is_told_for_a_chosen_d_and_r(
    design: str, steps: int | None, tmp_path: Path
) -> None:
    itf = tmp_path / "t"
    result = run(f"recovery --collected {design} --itf {itf} --json")
    document = json.loads(result.stdout)
    unsafe = design != "2,2"
    assert result.exit_code == (1 if unsafe else 0)
    assert itf.exists() is unsafe
    if steps:
        assert len(json.loads(itf.read_text())["states"]) == steps + 1
    for line in document["replay"]:
        again = json.loads(run(line.removeprefix("tee-rider ") + " --json").stdout)
        assert again["steps"] == document["violations"][0]["steps"]
        assert list(again["violations"]) == ["one vertex per round"]


def test_a_mutant_of_the_first_design_is_its_d_and_r() -> None:
    result = run("recovery --mutant 'collected freezes: one freeze too few'")
    assert result.exit_code == 1
    assert replays(result)[0].startswith("recovery --collected 2,1 --replay 0.")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--mutant x", "mutant 'x' is not known; the nearest of"),
        ("--mutant equivocation", "'equivocation' replaces forks, which nothing here comes to"),
        ("--mutant 'setup: no echo'", "replaces setup"),
        ("--collected 0,1", "--collected '0,1': allowed: d and r of 1 to 3 each, as in 1,2"),
        ("--collected 1,2 --mutant x", "--mutant and --collected: give one of them"),
        ("--collected 1,2 --trace t", "the first design is a model of its own"),
        ("--trace t", "--trace: of which path? Give --mutant, --collected or --replay too"),
        ("--replay 0.99", "index 99 in step 1"),
        ("--collected 1,2 --itf no/such/file", "cannot be written: No such file"),
    ],
)
def test_what_cannot_be_told_is_refused(options: str, said: str) -> None:
    result = run(f"recovery {options}")
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.replace("│", " ").split())


def test_a_path_is_found_again_in_a_model_that_numbers_otherwise() -> None:
    scope = Returning(make_setting(3, "hardened", "one"), 2, 6, (0, 0))
    explored = OneReturn(scope)
    explore(explored, Limits(states=1_000))
    (state,) = explored.initial_states()
    indices = [0]
    for _ in range(8):
        possible = explored.actions(state)
        indices.append(len(possible) - 1)
        state = possible[-1][1]
    found = Way.replay(explored, ".".join(map(str, indices)))
    path = afresh(found, OneReturn(scope))
    assert path.lines() == found.lines()
    assert Way.replay(OneReturn(scope), path.code).lines() == path.lines()
    model = path.model
    assert isinstance(model, OneReturn)
    events = events_of(model, path)
    (crash,) = (event for event in events if isinstance(event, Crash))
    (restart,) = (event for event in events if isinstance(event, Restart))
    assert (crash.replica, restart.replica, restart.epoch) == (2, 2, 2)
    assert restart.backup_seq < crash.seq == restart.seq - 1
