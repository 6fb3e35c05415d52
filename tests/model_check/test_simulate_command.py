"""`tee-rider simulate` tells and judges runs, and refuses what cannot be, with a reason."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tee_rider.model_check.cli import app
from tee_rider.spec.events import ADeliver
from tee_rider.spec.properties import ALL
from tee_rider.spec.trace import read_trace

SCENARIOS = Path(__file__).parents[1] / "scenarios"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "200"})


def test_a_starved_run_with_three_faulty_hosts_conforms(tmp_path: Path) -> None:
    trace = str(tmp_path / "t.ndjson")
    arguments = "--n 7 --faulty 3 --waves 20 --seed 1 --scheduler starve --trace"
    simulated = run("simulate", *arguments.split(), trace)
    assert simulated.exit_code == 0, simulated.output
    assert "HOLDS: no violation within this run of 20 waves" in simulated.output
    checked = run("check", "--json", trace)
    assert checked.exit_code == 0, checked.output
    (judgement,) = json.loads(checked.output)["files"]
    assert judgement["verdict"] == "CONFORMS"
    assert {row["name"] for row in judgement["properties"]} >= {rule.name for rule in ALL}
    assert all(row["status"] == "holds" for row in judgement["properties"])


def test_the_trace_carries_what_was_told(tmp_path: Path) -> None:
    trace = tmp_path / "t.ndjson"
    told = json.loads(
        run("simulate", "--n", "4", "--faulty", "1", "--json", "--trace", str(trace)).output
    )
    header, events = read_trace(trace)
    assert (header.configuration.n, header.profile, header.faulty) == (4, "TEE_RIDER", (3,))
    seen = [located.event for located in events]
    assert {event.replica for event in seen} == {0, 1, 2}
    for story in told["replicas"]:
        deliveries = [
            event
            for event in seen
            if isinstance(event, ADeliver) and event.replica == story["replica"]
        ]
        assert len(deliveries) == story["delivered"] > 0


def test_the_same_run_has_the_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    outputs = []
    for hash_seed in ("1", "2"):
        trace = tmp_path / f"{hash_seed}.ndjson"
        command = (
            f"-m tee_rider.model_check simulate --n 5 --faulty 2 --waves 3 --seed 6 --json"
            f" --scheduler partition --trace {trace}"
        )
        told = subprocess.run(
            [sys.executable, *command.split()],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            check=True,
        )
        outputs.append((told.stdout, trace.read_bytes()))
    assert outputs[0] == outputs[1]
    assert len(outputs[0][1]) > 50_000


@pytest.mark.parametrize("usig", ["hmac", "ed25519"])
@pytest.mark.parametrize("holders", ["one", "quorum"])
def test_every_usig_and_number_of_holders_can_be_played(usig: str, holders: str) -> None:
    arguments = f"--n 5 --faulty 1 --crash B@7 --waves 4 --usig {usig} --holders {holders}"
    told = run("simulate", *arguments.split())
    assert told.exit_code == 0, told.output
    assert "B            7" in told.output
    assert "crashed" in told.output


def test_the_trace_of_a_run_with_a_crash_conforms(tmp_path: Path) -> None:
    trace = str(tmp_path / "t.ndjson")
    arguments = "--n 5 --faulty 1 --crash B@7 --waves 4 --trace"
    assert run("simulate", *arguments.split(), trace).exit_code == 0
    assert run("check", trace).exit_code == 0


def test_a_run_too_short_to_judge_is_inconclusive() -> None:
    told = run("simulate", "--n", "3", "--faulty", "1", "--waves", "1", "--seed", "13")
    assert told.exit_code == 3, told.output
    assert "wave   1  leader C1   not committed" in told.output
    assert "INCONCLUSIVE: this run of 1 waves gave some property nothing to judge" in told.output


def test_a_scenario_is_told_and_judged(tmp_path: Path) -> None:
    trace = str(tmp_path / "t.ndjson")
    told = run("simulate", "--scenario", str(SCENARIOS / "walk_back.txt"), "--trace", trace)
    assert told.exit_code == 0, told.output
    assert "| A commits B1 by walking back\n" in told.output
    assert "HOLDS: every expectation is met, and no violation within this scenario" in told.output
    assert run("check", trace).exit_code == 0


def test_a_failing_expectation_fails_the_command(tmp_path: Path) -> None:
    file = tmp_path / "s.txt"
    file.write_text("replicas 3\nA advances\nexpect A is in round 2\n")
    told = run("simulate", "--scenario", str(file))
    assert told.exit_code == 1
    assert f"FAILS: {file}:3: 'expect A is in round 2' fails: A is in round 1" in told.output
    assert f"to see it again: tee-rider simulate --scenario {file}" in told.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("--n 2", "n = 2: at least 3 replicas are needed"),
        ("--n 101", "n = 101: at most 100 replicas are simulated"),
        ("--n 4 --faulty 2", "--faulty 2: allowed with --n 4: 0 to 1"),
        ("--faulty -1", "--faulty -1: allowed with --n 4: 0 to 1"),
        ("--waves 0", "--waves 0: allowed: 1 to 100000"),
        ("--seed -1", "--seed -1: allowed: 0 to 9007199254740991"),
        ("--profile pbft", "profile 'pbft' is not known; allowed: tee-rider"),
        ("--scheduler slow", "'slow' is not one of 'random', 'fifo', 'newest', 'starve'"),
        ("--usig rsa", "'rsa' is not one of 'ideal', 'hmac', 'ed25519'"),
        ("--crash B6", "'B6' is not like B@6 or B@6,C@14"),
        ("--crash B@0", "'B@0' is not like B@6 or B@6,C@14"),
        ("--crash B@99 --waves 4", "round 99 is not reached; allowed: 1 to 17"),
        ("--crash E@3", "E is not a correct replica; allowed: A to D"),
        ("--n 7 --faulty 3 --crash E@3", "E is not a correct replica; allowed: A to D"),
        ("--n 5 --crash C@14,C@20", "C crashes twice, but under TEE_RIDER no replica"),
        ("--n 3 --profile hardened --faulty 1 --crash A@2", "1 crashed and 1 faulty replicas are"),
        ("--profile hardened --crash B@6,E@9", "E is not a correct replica; allowed: A to D"),
        ("--backup-age old", "'old' is not one of 'fresh', 'random'"),
        ("--clients -1", "--clients -1: allowed: 0 to 1000"),
        ("--seeds 0", "--seeds 0: allowed: 1 to 1000000"),
        ("--seeds 2 --trace t.ndjson", "--seeds and --trace do not go together"),
        ("--n 5 --faulty 1 --crash A@2,B@3", "2 crashed and 1 faulty replicas are more than f = 2"),
        ("--trace /nowhere/t.ndjson", "--trace /nowhere/t.ndjson: cannot be written: No such file"),
        ("--holders quorum --trace t.ndjson", "TEE_RIDER with holders = quorum has no name of its"),
        ("--scenario x.txt --n 4", "--n and --scenario do not go together"),
        ("--scenario /nowhere/x.txt", "/nowhere/x.txt: cannot be read: No such file"),
    ],
)
def test_what_cannot_be_played_is_refused(arguments: str, said: str) -> None:
    refused = run("simulate", *arguments.split())
    assert refused.exit_code == 2
    assert said in " ".join(refused.output.replace("│", " ").split())
