"""The verbs ``frontier`` and ``fine``."""

import json
import os
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from tee_rider.model_check.commands.fine import fine
from tee_rider.model_check.commands.frontier import frontier

app = typer.Typer()
app.command()(fine)
app.command()(frontier)
PROGRAM = """
import typer
from tee_rider.model_check.commands.fine import fine
typer.run(fine)
"""


def run(*arguments: str):
    return CliRunner().invoke(app, arguments, env={"NO_COLOR": "1", "TERM": "dumb"})


def test_the_frontier_says_what_it_covered_and_what_not():
    result = run("frontier", "--n", "3", "--samples", "20")
    assert result.exit_code == 0
    assert "144 states, 502 transitions" in result.stdout
    assert "20 shapes compared by the alarm" in result.stdout
    assert "no violation within any number of waves, n=3, C faulty" in result.stdout
    for part in ("Claim:", "It rests on:", "Not covered:"):
        assert part in result.stdout


@pytest.mark.parametrize(
    ("arguments", "states"), [(("frontier",), 246), (("fine", "--waves", "1"), 34)]
)
def test_the_hardened_profile_is_explored_too(arguments, states):
    result = run(*arguments, "--profile", "hardened", "--samples", "20", "--json")
    document = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (document["profile"], document["states"]) == ("HARDENED", states)
    assert "a leader is committed directly when a supporter arrives after the coin" in str(document)


def test_fine_as_a_document():
    result = run("fine", "--waves", "1", "--late", "--samples", "10", "--json")
    document = json.loads(result.stdout)
    assert document["verdict"].startswith("no violation within 1 wave, n=3")
    assert document["facts"]["shapes compared by the alarm"] == 10
    assert document["profile"] == "TEE_RIDER"
    assert len(document["claim"]) == 3


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("frontier", "--n", "2"), "--n"),
        (("frontier", "--n", "10"), "--n"),
        (("frontier", "--profile", "x"), "tee-rider"),
        (("frontier", "--faulty", "2"), "0 to 1"),
        (("fine", "--waves", "0"), "--waves"),
        (("fine", "--waves", "13"), "12"),
        (("fine", "--max-states", "0"), "--max-states"),
        (("frontier", "--samples", "-1"), "--samples"),
    ],
)
def test_bad_arguments_end_with_2_and_name_what_is_allowed(arguments, named):
    result = run(*arguments)
    assert result.exit_code == 2
    assert named in result.output


def test_the_same_seed_gives_the_same_bytes():
    def output(hash_seed: str):
        command = [sys.executable, "-c", PROGRAM, "--waves", "1", "--samples", "30", "--json"]
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return {**json.loads(done.stdout), "seconds": None}

    assert output("1") == output("2")


def test_reductions_can_be_switched_off():
    result = run("frontier", "--full", "--samples", "20", "--json")
    document = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (document["states"], document["verdict"][:12]) == (240, "no violation")
    assert "replicas told apart, vertices that lead to the same told apart" in document["bound"]
    assert document["alarm"] == {"compared": 20, "seed": 0, "sounded": False}


@pytest.mark.parametrize("limit", [("--max-states", "100"), ("--max-memory", "1")])
def test_a_limit_is_a_clear_stop(limit):
    result = run("frontier", "--n", "5", *limit, "--json")
    document = json.loads(result.stdout)
    assert result.exit_code == 3
    assert document["verdict"].startswith("INCONCLUSIVE: stopped after")
    assert "no violation within the first" in document["verdict"]
