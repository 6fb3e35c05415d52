"""`tee-rider explore` prints what it covered, replays paths, and refuses nonsense."""

import json
import shlex
import subprocess
import sys

import pytest
from typer.testing import CliRunner, Result

from tee_rider.model_check.cli import app
from tee_rider.model_check.commands import explore as explore_command
from tee_rider.model_check.exploration.every_end import EndProperties
from tee_rider.model_check.exploration.message_level import MessageLevel, State
from tee_rider.model_check.mutation.every_mutant import find
from tee_rider.model_check.telling import wrong_rules
from tee_rider.reference.profile import Setting
from tee_rider.spec.configuration import largest_configuration
from tee_rider.spec.judgement import Violation


def run(command: str) -> Result:
    return CliRunner().invoke(app, shlex.split(command), env={"COLUMNS": "200"})


def test_it_says_what_it_covered() -> None:
    result = run("explore --rounds 2 --faulty 1 --junk 1 --every-state")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[-1] == (
        "no violation within 2 rounds of n=3, C faulty, leader A or C, each stream in order,"
        " advancing at once, junk up to 1"
    )
    assert "2,116 states, 4,481 transitions, 10 depth, 300 local states" in lines[1]
    assert "    a message is rejected: 1" in lines


@pytest.mark.nightly
def test_five_rounds_take_less_than_two_gigabytes() -> None:
    """A process of its own: what others left in memory would count."""
    command = [sys.executable, "-m", "tee_rider.model_check", "explore", "--rounds", "5"]
    limits = ["--every-state", "--max-states", "11000000", "--max-memory", "2040", "--json"]
    done = subprocess.run([*command, *limits], capture_output=True, check=False)
    assert done.returncode == 0
    document = json.loads(done.stdout)
    assert (document["states"], document["depth"]) == (10_484_777, 30)


def test_it_says_so_as_json() -> None:
    document = json.loads(run("explore --rounds 2 --every-state --json").stdout)
    assert document["verdict"].startswith("no violation within 2 rounds of n=3, all correct")
    assert (document["states"], document["transitions"]) == (1_257, 2_622)
    assert document["violations"] == document["replay"] == document["unreached"] == []


def test_a_mutant_dies_and_its_path_is_replayed_by_the_line_that_is_printed() -> None:
    explore = "explore --rounds 2 --faulty 1 --junk 1 --mutant 'junk not forwarded'"
    result = run(explore)
    assert result.exit_code == 1
    *_, verdict, replay = result.stdout.splitlines()
    assert verdict.startswith("VIOLATED: totality, within 2 rounds of n=3")
    assert replay.startswith("replay: tee-rider ")
    told = run(replay.removeprefix("replay: tee-rider "))
    assert told.exit_code == 1
    assert "5. C signs C#1 (junk) and sends it to A" in told.stdout
    assert "totality is violated" in told.stdout
    (violation,) = json.loads(run(f"{explore} --json").stdout)["violations"]
    assert violation["path"] in replay
    document = json.loads(run(f"{explore} --replay {violation['path']} --json").stdout)
    assert document["violations"].keys() == {"totality"}
    assert document["steps"] == violation["steps"]


@pytest.mark.parametrize(
    "said",
    [
        "--rounds 2 --free --mutant 'no weak edges'",
        "--rounds 2 --any-order --mutant 'counter gap'",
        "--rounds 2 --faulty 1 --full --leader any --mutant equivocation",
        "--rounds 2 --leader B --mutant 'insertion before predecessors'",
    ],
)
def test_every_option_comes_back_in_the_line_that_replays(said: str) -> None:
    result = run(f"explore {said}")
    if result.exit_code == 1:
        replay = result.stdout.splitlines()[-1].removeprefix("replay: tee-rider ")
        assert run(replay).exit_code == 1
    else:
        assert result.exit_code == 0
        assert "no weak edges" in said


def test_a_step_that_never_ends_by_wrong_rules_is_a_violation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wrong_rules, "MOST_SECONDS", 0.2)
    result = run("explore --rounds 2 --mutant 'round of the last vertex forgotten'")
    assert result.exit_code == 1
    assert "no error: by these rules a step fails (NoEndError: given up" in result.stdout


def test_what_a_step_raises_by_wrong_rules_is_a_violation(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(model: object, state: object) -> None:
        raise KeyError("A4")

    monkeypatch.setattr(MessageLevel, "actions", fail)
    result = run("explore --rounds 2 --mutant 'counter gap' --json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)["explanation"]
    assert told.startswith("a step fails (KeyError: 'A4') after\n  A ")
    assert isinstance(run("explore --rounds 2 --every-state").exception, KeyError)


@pytest.mark.parametrize("verb", ["explore", "fine", "frontier", "game"])
def test_what_the_reference_does_not_play_is_not_explored(verb: str) -> None:
    result = run(f"{verb} --profile nxbft")
    assert result.exit_code == 2
    assert "its code is not the reference's" in result.stderr
    assert "allowed: tee-rider, hardened" in result.stderr


def test_one_way_to_each_end_has_the_verdict_of_every_state() -> None:
    said = "explore --rounds 3 --faulty 1 --leader A --json"
    by_ends, by_states = (json.loads(run(said + more).stdout) for more in ("", " --every-state"))
    assert by_ends["verdict"] == f"{by_states['verdict']}, one way to each end"
    assert (by_ends["states"], by_states["states"]) == (712, 12_937)
    assert by_ends["reached"].keys() == by_states["reached"].keys()


@pytest.fixture
def wrong_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the name of a right one; nobody says that it is a mutant."""
    profile = find("no weak edges").rules.profile
    wrong = Setting(largest_configuration(3), profile)
    monkeypatch.setattr(explore_command, "reference_setting", lambda n, profile: wrong)


@pytest.mark.usefixtures("wrong_profile")
def test_what_some_end_violates_is_told_by_the_shortest_path_of_all() -> None:
    result = run("explore --rounds 3")
    assert result.exit_code == 1
    every_state = run("explore --rounds 3 --every-state").stdout.splitlines()
    assert result.stdout.splitlines()[2:] == every_state[2:]
    replay = result.stdout.splitlines()[-1].removeprefix("replay: tee-rider ")
    assert "validity is violated" in run(replay).stdout


@pytest.mark.usefixtures("wrong_profile")
def test_a_path_that_is_not_found_within_the_limits_stops_short() -> None:
    result = run("explore --rounds 2 --faulty 1 --leader A --max-states 20")
    assert result.exit_code == 1
    assert "the path above ends before the last round" in result.stdout
    assert "replay" not in result.stdout


def test_ends_that_violate_what_no_state_does_are_an_error_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def accuse(self: EndProperties, state: State) -> tuple[Violation, ...]:
        return (Violation("totality", "the test", (), "bad"),)

    monkeypatch.setattr(EndProperties, "totality", accuse)
    result = run("explore --rounds 2")
    assert result.exit_code == 4
    assert "none of all 1,257 states violates it" in result.stderr


def test_a_path_without_violation_ends_well() -> None:
    result = run("explore --rounds 2 --replay 0.0.1")
    assert result.exit_code == 0
    assert "violated" not in result.stdout


def test_a_stopped_search_is_inconclusive() -> None:
    result = run("explore --rounds 2 --every-state --max-states 100")
    assert result.exit_code == 3
    assert "INCONCLUSIVE: stopped after" in result.stdout
    assert "(limit 100)" in result.stdout
    assert "no violation within the first 4 steps of 2 rounds" in result.stdout
    by_ends = run("explore --rounds 3 --max-states 100")
    assert by_ends.exit_code == 3
    assert "no violation within the ends that were reached of 3 rounds" in by_ends.stdout
    assert "out of memory (limit 1 MB)" in run("explore --rounds 2 --max-memory 1").stdout


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("--n 2", "at least 3 replicas"),
        ("--n 9", "--n 9: allowed: 3 to 8"),
        ("--n -1", "at least 3 replicas"),
        ("--rounds 0", "at least 1 round is needed"),
        ("--rounds 101", "--rounds 101: allowed: 1 to 100"),
        ("--faulty 2", "at most 1 may be faulty"),
        ("--faulty -1", "at most 1 may be faulty"),
        ("--junk -1 --faulty 1", "junk = -1: allowed: 0 to 100"),
        ("--junk 1", "junk = 1: allowed: 0 to 0, as no replica is faulty"),
        ("--leader D", "there are only the replicas A to C"),
        ("--leader 7", "names no replica"),
        ("--profile x", "profile 'x' is not known"),
        ("--mutant x", "mutant 'x' is not known; the nearest of"),
        ("--mutant equivocation", "a faulty replica signs twice: give --faulty 1"),
        ("--rounds 2 --replay 0.99", "index 99 in step 1"),
        ("--rounds 2 --replay nonsense", "'nonsense' at place 0 is no index"),
        ("--max-states 0", "max-states"),
    ],
)
def test_what_cannot_be_is_refused(said: str, reason: str) -> None:
    result = run(f"explore {said}")
    assert result.exit_code == 2, result.output
    assert reason in " ".join(result.output.replace("│", " ").split())
    assert "Traceback" not in result.output
