"""Counterexamples as scenarios and as traces: they violate there what they violate here."""

import json
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from typer.testing import CliRunner, Result

from tee_rider.model_check.cli import app
from tee_rider.model_check.console import UsageError
from tee_rider.model_check.exploration.deeds import Deed, Kind, follow, unfolded
from tee_rider.model_check.exploration.shrink import Telling, shrink
from tee_rider.model_check.export.retold import (
    UnsayableError,
    play_retold,
    scenario_text,
    write_path_trace,
)
from tee_rider.model_check.scenarios.setup import true_rules_only
from tee_rider.model_check.telling import counterexample
from tee_rider.model_check.telling.wrong_rules import rules_of
from tests.model_check.counterexamples import found, model_of

JUNK = "explore --rounds 2 --faulty 1 --junk 1 --mutant 'junk not forwarded'"
GAP = "explore --rounds 2 --any-order --mutant 'counter gap'"
FOUND: dict[str, dict[str, Any]] = {
    "counter gap": {"rounds": 2, "any_order": True},
    "junk not forwarded": {"rounds": 2, "faulty": 1, "junk": 1},
    "no weak edges": {"rounds": 3},
    "insertion before predecessors": {"rounds": 2},
    "delivery twice": {"rounds": 4, "leaders": (0,)},
    "commit without quorum": {"rounds": 4, "leaders": (0,)},
}


def run(command: str) -> Result:
    return CliRunner().invoke(app, shlex.split(command), env={"COLUMNS": "200"})


@pytest.mark.parametrize("mutant", FOUND)
@pytest.mark.parametrize("small", [True, False])
def test_the_scenario_plays_and_violates_the_same(mutant: str, small: bool) -> None:
    telling = found(mutant, **FOUND[mutant])
    telling = shrink(telling) if small else telling
    text = scenario_text(telling, mutant=mutant)
    assert play_retold(text, rules_of).failures == []
    assert "expect" in text


@pytest.mark.parametrize("mutant", FOUND)
def test_by_the_true_rules_it_does_not_go_that_way(mutant: str) -> None:
    telling = shrink(found(mutant, **FOUND[mutant]))
    try:
        failures = play_retold(scenario_text(telling), true_rules_only).failures
    except UsageError as error:
        failures = [str(error)]
    assert failures


@pytest.mark.parametrize("mutant", [*sorted(FOUND.keys() - {"junk not forwarded"}), "equivocation"])
def test_the_trace_violates_the_same(mutant: str, tmp_path: Path) -> None:
    telling = shrink(found(mutant, **FOUND.get(mutant, {"rounds": 2, "faulty": 1})))
    file = tmp_path / "t.ndjson"
    write_path_trace(telling, file)
    result = run(f"check {file} --json")
    assert result.exit_code == 1
    (judged,) = json.loads(result.stdout)["files"]
    assert judged["verdict"] == "VIOLATES"
    assert telling.violation is not None
    rows = run(f"check {file}").stdout
    assert f"VIOLATED: {telling.violation.property} " in rows
    assert run(f"show {file} -o {tmp_path / 't.svg'}").exit_code == 0
    assert (tmp_path / "t.svg").read_text().startswith("<svg")


def test_a_faulty_replica_hears_what_it_builds_on() -> None:
    model = unfolded(model_of("counter gap", rounds=2, faulty=1, leaders=(0,)))
    deeds = [
        *(Deed(Kind.ADVANCE, i) for i in (0, 1)),
        Deed(Kind.SIGN, 2, "C1"),
        Deed(Kind.SIGN, 2, "C2", "A1 C1"),
        Deed(Kind.RECEIVE, 0, "C1"),
        Deed(Kind.RECEIVE, 0, "C2"),
    ]
    path = follow(model, deeds)
    assert len(path.steps) == len(deeds)
    text = scenario_text(Telling(model, path, None), ["A remark."])
    assert text.splitlines() == [
        "# A remark.",
        "replicas 3",
        "profile tee-rider",
        "faulty C",
        "",
        "A advances",
        "| A enters round 1 and creates A1",
        "B advances",
        "| B enters round 1 and creates B1",
        "C creates C1",
        "deliver A1 to C",
        "C creates C2 on A1 C1",
        "deliver C1 to A",
        "| A inserts C1",
        "deliver C2 to A",
        "| A inserts C2",
        "",
    ]
    assert play_retold(text, true_rules_only).failures == []


def test_totality_is_told_by_what_one_has_and_another_never_gets() -> None:
    text = scenario_text(shrink(found("junk not forwarded", rounds=2, faulty=1, junk=1)))
    assert text.splitlines()[4:] == [
        "C signs junk",
        "deliver C#1 to A",
        "| A rejects C#1: not_understood",
        "",
        "everything is delivered among A B",
        "expect A rejects C#1: not_understood",
        "expect not B rejects C#1: not_understood",
        "expect totality is violated",
    ]


def test_one_counter_for_two_messages_is_said_with_a_prime() -> None:
    text = scenario_text(shrink(found("equivocation", rounds=2, faulty=1)), mutant="equivocation")
    assert text.splitlines() == [
        "replicas 3",
        "profile tee-rider",
        "mutant equivocation",
        "faulty C",
        "",
        "C creates C1",
        "deliver C1 to A",
        "| A inserts C1",
        "C creates C1' saying another",
        "deliver C1' to B",
        "| B inserts C1",
        "",
        "expect non-equivocation is violated",
    ]
    assert play_retold(text, rules_of).failures == []


def test_a_coin_that_is_none_in_common_is_said_for_each() -> None:
    text = scenario_text(shrink(found("own coin", rounds=4)), mutant="own coin")
    assert text.splitlines()[2:6] == [
        "mutant own coin",
        "",
        "coin 1 = A for A",
        "coin 1 = B for B",
    ]
    assert play_retold(text, rules_of).failures == []


def test_rules_that_nobody_checks_by_are_refused(tmp_path: Path) -> None:
    telling = found("counter gap", **FOUND["counter gap"])
    profile = replace(telling.model.scope.setting.profile, name="OTHER")
    setting = replace(telling.model.scope.setting, profile=profile)
    model = type(telling.model)(replace(telling.model.scope, setting=setting))
    other = Telling(model, follow(model, telling.deeds), telling.violation)
    with pytest.raises(UnsayableError, match=r"OTHER .* allowed: HARDENED, TEE_RIDER"):
        scenario_text(other)
    with pytest.raises(UnsayableError, match="OTHER"):
        write_path_trace(other, tmp_path / "t")


def test_explore_writes_everything(tmp_path: Path) -> None:
    itf, scenario, trace = (tmp_path / name for name in ("a.itf.json", "a.txt", "a.ndjson"))
    files = f"--itf {itf} --scenario {scenario} --trace {trace}"
    result = run(f"{GAP} --shrink {files}")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert "shrunk: 6 steps, 4 messages, 3 replicas -> 5 steps, 3 messages, 2 replicas" in lines
    replay = next(line for line in reversed(lines) if line.startswith("replay: "))
    told = run(replay.removeprefix("replay: tee-rider "))
    assert told.exit_code == 1
    assert told.stdout.splitlines()[0] == "0. A in round 0; B in round 0; C in round 0"
    assert "stream order is violated" in told.stdout
    assert f"--trace {trace}: tee-rider show {trace} -o {trace.with_suffix('.svg')}" in lines
    assert json.loads(itf.read_text())["#meta"]["source"] == replay.removeprefix("replay: ")
    assert "mutant counter gap" in scenario.read_text().splitlines()
    again = run(f"{replay.removeprefix('replay: tee-rider ')} {files.replace('a.', 'b.')}")
    assert again.exit_code == 1
    for file in (itf, trace):
        other = file.with_name(file.name.replace("a.", "b."))
        assert other.read_text() == file.read_text()


def test_it_says_so_as_json(tmp_path: Path) -> None:
    file = tmp_path / "t"
    document = json.loads(run(f"{JUNK} --shrink --trace {file} --json").stdout)
    told = document["told"]
    assert (told["violated"], told["cost"]) == ("totality", "2 steps, 1 message, 2 replicas")
    assert told["cost_before"] == "12 steps, 7 messages, 3 replicas"
    assert [one["use"].split(" (")[0] for one in told["files"]] == [
        f"tee-rider check {file}",
    ], "where nothing is inserted, nothing is drawn"
    replayed = json.loads(run(told["replay"].removeprefix("tee-rider ") + " --json").stdout)
    assert replayed["steps"] == told["steps"]
    assert "told" not in replayed


def test_what_cannot_be_said_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse, file = Mock(side_effect=UnsayableError("no words for it")), tmp_path / "s.txt"
    monkeypatch.setattr(counterexample, "scenario_text", refuse)
    assert "s.txt: not written: no words for it" in run(f"{GAP} --scenario {file}").stdout
    assert not file.exists()


EXPLORED = {
    "counter gap": ("--rounds 2 --any-order", "stream order"),
    "junk not forwarded": ("--rounds 2 --faulty 1 --junk 1", "totality"),
    "equivocation": ("--rounds 2 --faulty 1", "non-equivocation"),
    "own coin": ("--rounds 4 --max-states 10000", "agreement"),
    "no weak edges": ("--rounds 3 --profile hardened", "validity"),
    "delivered again and again": ("--rounds 2", "stream order"),
    "counter does not count": ("--rounds 2 --workers 2", "non-equivocation"),
    "round complete with one less": ("--rounds 2", "well-formedness"),
    "weak edge: not the oldest": ("--rounds 3", "validity"),
}
"""Mutants of the profile, of the coin, of the USIG and of single guards."""


@pytest.mark.parametrize("mutant", EXPLORED)
def test_what_explore_finds_simulate_shows(mutant: str, tmp_path: Path) -> None:
    file, (bound, name) = tmp_path / "s.txt", EXPLORED[mutant]
    explored = run(f"explore {bound} --mutant '{mutant}' --shrink --scenario {file}")
    assert explored.exit_code == 1
    assert explored.stdout.splitlines()[-1].endswith(f"tee-rider simulate --scenario {file}")
    told = run(f"simulate --scenario {file}")
    assert told.exit_code == 1
    assert "FAILS" not in told.stdout
    assert f"expect {name} is violated  # so it is" in told.stdout
    assert f"\nVIOLATED: {name} (" in told.stdout
    replay = next(line for line in explored.stdout.splitlines() if line.startswith("replay: "))
    assert run(replay.removeprefix("replay: tee-rider ")).exit_code == 1


def test_the_guards_are_right_again_afterwards(tmp_path: Path) -> None:
    assert run("explore --rounds 2 --mutant 'round complete with one less'").exit_code == 1
    assert run("explore --rounds 2").exit_code == 0


@pytest.mark.parametrize("command", ["explore --rounds 1 --mutant", "simulate --scenario"])
@pytest.mark.parametrize(
    ("mutant", "said"),
    [
        ("conter gap", "'conter gap' is not known; the nearest of"),
        ("Counter Gap", "names are 'counter gap', "),
        ("setup: no echo", "'setup: no echo' replaces setup, which nothing here comes to"),
        ("executed twice", "how it dies: tee-rider mutants --only 'executed twice'"),
    ],
)
def test_a_mutant_that_has_no_place_here(
    command: str, mutant: str, said: str, tmp_path: Path
) -> None:
    file = tmp_path / "s.txt"
    file.write_text(f"replicas 3\nmutant {mutant}\nA advances\n")
    scenario = "scenario" in command
    result = run(f"{command} {file if scenario else shlex.quote(mutant)}")
    assert result.exit_code == 2
    text = " ".join(result.stderr.replace("│", " ").split())
    assert said in text
    assert (f"{file}:2: 'mutant {mutant}':" in text) is scenario


def test_where_nothing_is_violated_nothing_is_told(tmp_path: Path) -> None:
    file = tmp_path / "s.txt"
    result = run(f"explore --rounds 1 --shrink --scenario {file}")
    assert (result.exit_code, file.exists()) == (0, False)
    assert f"--scenario {file}" not in result.stdout


def test_a_path_that_violates_nothing_is_a_scenario_too(tmp_path: Path) -> None:
    file, trace = tmp_path / "s.txt", tmp_path / "t.ndjson"
    result = run(f"explore --rounds 2 --replay 0.0.0 --scenario {file} --trace {trace}")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].endswith(f"tee-rider simulate --scenario {file}")
    played = run(f"simulate --scenario {file}")
    assert "FAILS" not in played.stdout
    assert "| A enters round 2 and creates A2 on A1 B1" in played.stdout
    assert run(f"check {trace}").exit_code != 1


@pytest.mark.parametrize("option", ["--itf", "--trace", "--scenario"])
def test_a_file_that_cannot_be_written_is_told(option: str, tmp_path: Path) -> None:
    result = run(f"{GAP} {option} {tmp_path / 'no' / 'such'}")
    assert result.exit_code == 2
    assert "cannot be written: No such file" in result.stderr


def test_a_search_in_several_processes_is_told_the_same() -> None:
    alone, shared = (run(f"{GAP} --shrink{how}").stdout for how in ("", " --workers 2"))
    assert "shrunk: " in alone
    told = [text[text.index("step by step:") :] for text in (alone, shared)]
    assert told[0] == told[1]
