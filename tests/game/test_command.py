"""The verb ``game``."""

import json
from dataclasses import replace

import pytest
import typer
from typer.testing import CliRunner

from tee_rider.model_check.commands import game as command
from tee_rider.model_check.commands.game import game
from tee_rider.model_check.game.attack import attack_of
from tee_rider.model_check.game.table import Variant, cells

app = typer.Typer()
app.command()(game)


def run(*arguments: str):
    return CliRunner().invoke(app, arguments, env={"NO_COLOR": "1", "TERM": "dumb"})


def test_the_published_rules_at_five_are_below_q_of_n():
    result = run("--waves", "20")
    assert result.exit_code == 1
    for part in (
        "TEE_RIDER, n = 5, f = 2, q = 3",
        "2/5, by any, by all and by a given correct replica (q/n = 3/5)",
        "2.50 waves, 10.0 rounds",
        "starved leaders: A, D, E",
        "replayed on the reference, 20 waves, seed 0",
        "VIOLATED: 2/5 is less than q/n = 3/5 (finding F1)",
    ):
        assert part in result.stdout


def test_the_hardened_rules_as_a_document():
    result = run("--profile", "hardened", "--waves", "20", "--json")
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert document["probability"] == {"any": "3/5", "all": "3/5", "given": "3/5"}
    assert document["expected_rounds"] == pytest.approx(23 / 3)
    assert document["starved"] == ["D", "E"]
    assert document["replay"]["otherwise"] == []
    assert document["holds"]


def test_without_a_replay():
    result = run("--n", "3", "--waves", "0", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["replay"] is None


def test_the_table():
    result = run("--table", "--n", "4")
    assert result.exit_code == 0
    assert "n = 3 to 4" in result.stdout
    assert "0 are refuted" in result.stdout
    document = json.loads(run("--table", "--n", "3", "--json").stdout)
    assert document["refuted"] == 0
    assert {cell["n"] for cell in document["cells"]} == {3}


def test_a_refuted_claim_is_shown(monkeypatch: pytest.MonkeyPatch):
    def wrong(sizes: tuple[int, ...]):
        return real(variants=(Variant(name="wrong", claims={3: 1}),), sizes=sizes)

    real = cells
    monkeypatch.setattr(command, "cells", wrong)
    result = run("--table", "--n", "3")
    assert result.exit_code == 1
    assert "2/3 not 1" in result.stdout


def test_a_replay_that_ends_otherwise_is_an_error(monkeypatch: pytest.MonkeyPatch):
    def fewer(starvation):
        return replace(real(starvation), leaders=1)

    real = attack_of
    monkeypatch.setattr(command, "attack_of", fewer)
    result = run("--waves", "20")
    assert result.exit_code == 4
    assert "NOT AS COMPUTED: waves " in result.stdout


def test_a_scenario():
    result = run("--scenario", "D")
    assert result.exit_code == 0
    assert result.stdout.startswith("# The scheduler against the coin, one wave: D1 is starved.\n")
    assert "coin 1 = D\n" in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [("--n", "2"), ("--n", "8"), ("--profile", "x"), ("--scenario", "F"), ("--scenario", "d")],
)
def test_bad_arguments(arguments: tuple[str, ...]):
    assert run(*arguments).exit_code == 2
