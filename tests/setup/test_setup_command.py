"""`tee-rider setup` runs setup, counts its messages, and says who stops it."""

import json

import pytest
from typer.testing import CliRunner, Result

from tee_rider.model_check.cli import app


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["setup", *arguments], env={"COLUMNS": "200"})


def test_a_setup_among_correct_hosts_holds() -> None:
    told = run("--n", "5")
    assert told.exit_code == 0, told.output
    assert "reply          20  20 Reply" in told.output
    assert "all            80  4 n (n - 1) = 80 if nobody lies" in told.output
    assert told.output.count("  ready\n") == 5
    assert "HOLDS: no violation within this setup" in told.output


def test_a_stopped_setup_is_inconclusive_and_says_why() -> None:
    results = [run("--n", "4", "--faulty", "1", "--seed", str(seed)) for seed in range(12)]
    assert {told.exit_code for told in results} == {0, 3}
    stopped = next(told for told in results if told.exit_code == 3)
    assert "INCONCLUSIVE: setup was stopped, so there is no seed to judge" in stopped.output
    assert "failed in phase" in stopped.output


def test_the_json_says_the_same() -> None:
    told = json.loads(run("--n", "3", "--json").output)
    assert told["messages"] == {
        "hello": {"Hello": 6},
        "echo": {"HelloEcho": 6},
        "reply": {"Reply": 6},
        "ready": {"Ready": 6},
    }
    assert told["formula"] == 24
    assert [entry["end"] for entry in told["replicas"]] == ["done"] * 3
    assert told["violated"] == []


def test_the_table_counts_beside_the_formula() -> None:
    rows = json.loads(run("--table", "--json").output)["setup"]
    assert [row["messages"] for row in rows] == [24, 48, 80, 120, 168, 224, 288, 360]
    assert all(row["messages"] == row["formula"] for row in rows)
    assert "  3      6      6      6      6     24       24" in run("--table").output


def test_every_lie_is_counted_and_every_mutant_named() -> None:
    told = run("--n", "3", "--every-lie")
    assert told.exit_code == 0, told.output
    assert "HOLDS: no violation within all 1349 choices of one lying host" in told.output
    assert "seed exported in the clear secrecy" in told.output
    assert json.loads(run("--n", "3", "--every-lie", "--json").output)["choices"] == 1349


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("--n 2", "at least 3 replicas are needed"),
        ("--n 4 --faulty 4", "--faulty 4: allowed with --n 4: 0 to 3"),
        ("--seed -1", "--seed -1: allowed: 0 to"),
        ("--n 5 --every-lie", "--every-lie --n 5: allowed: 3 to 4"),
    ],
)
def test_what_cannot_be_set_up_is_refused(arguments: str, said: str) -> None:
    refused = run(*arguments.split())
    assert refused.exit_code == 2
    assert said in " ".join(refused.output.replace("│", " ").split())
