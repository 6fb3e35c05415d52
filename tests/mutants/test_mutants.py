"""Every mutant dies by the properties that should kill it, where the true rules survive."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from typer.testing import CliRunner

from tee_rider.model_check.cli import app
from tee_rider.model_check.console import ExitCode
from tee_rider.model_check.mutation.every_mutant import find
from tee_rider.model_check.mutation.grounds import Ground, Trial
from tee_rider.model_check.mutation.kill_matrix import Row, exit_code, kill, kill_matrix, spare
from tee_rider.model_check.mutation.mutants import MUTANTS, ORDER, Mutant
from tee_rider.model_check.mutation.rules import Rules
from tee_rider.spec.properties import ALL

KILLED_BY = {
    "commit with q-1": {*ORDER, "commit justification"},
    "commit without quorum": {*ORDER, "commit justification"},
    "commit with q-1 of 4": {"commit justification"},
    "edges q-1": {*ORDER, "well-formedness"},
    "edges q-1 of 4": {"well-formedness"},
    "commit and edges q-1 of 4": {*ORDER, "commit justification", "well-formedness"},
    "equivocation": {"non-equivocation", "totality"},
    "counter gap": {"stream order", "totality"},
    "junk not forwarded": {"totality"},
    "no weak edges": {"validity"},
    "insertion before predecessors": {"well-formedness"},
    "no walk-back": {*ORDER, "commit justification"},
    "walk-back without path": {*ORDER, "commit justification"},
    "own order": {"total order"},
    "delivery before ancestors": {"causality"},
    "delivery twice": {"causality", "commit justification", "integrity"},
    "own coin": {*ORDER, "coin agreement"},
}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_it_dies_by_what_should_kill_it(mutant: Mutant) -> None:
    row = kill(mutant)
    assert row.fault is None
    assert set(row.violated) == KILLED_BY[mutant.name]


@pytest.mark.parametrize(
    "ground", dict.fromkeys(mutant.ground for mutant in MUTANTS), ids=lambda ground: ground.bound
)
def test_the_true_rules_survive_its_ground(ground: Ground) -> None:
    row = spare(ground)
    assert (row.fault, dict(row.violated)) == (None, {})


def test_the_table_names_every_mutant_once() -> None:
    assert Counter(mutant.name for mutant in MUTANTS) == dict.fromkeys(KILLED_BY, 1)


def test_every_property_kills_some_mutant() -> None:
    assert {kind.name for kind in ALL} | {"totality"} == set().union(*KILLED_BY.values())


def test_these_die_by_one_property_alone() -> None:
    alone = {next(iter(killers)) for killers in KILLED_BY.values() if len(killers) == 1}
    assert alone == {
        "causality",
        "commit justification",
        "total order",
        "totality",
        "validity",
        "well-formedness",
    }


def test_an_equivalent_mutant_has_a_reason_and_says_what_it_spares() -> None:
    equivalent = [mutant for mutant in MUTANTS if mutant.equivalent]
    assert [mutant.name for mutant in equivalent] == ["commit with q-1 of 4", "edges q-1 of 4"]
    assert all(mutant.spared == ORDER for mutant in equivalent)


class Dull(Ground):
    """A ground on which always the same is found."""

    def __init__(self, *names: str) -> None:
        self.names = names

    @property
    def bound(self) -> str:
        return "nothing at all"

    def trial(self, rules: Rules, until: frozenset[str]) -> Trial:
        return Trial(dict.fromkeys(self.names, ("somehow",)))


def test_a_mutant_that_survives_is_a_fault() -> None:
    row = kill(replace(MUTANTS[0], ground=Dull("agreement")))
    assert row.fault == "it survives commit justification, total order"
    assert exit_code([row]) == ExitCode.VIOLATED


def test_a_harmless_mutant_that_does_harm_is_a_fault() -> None:
    mutant = find("edges q-1 of 4")
    row = kill(replace(mutant, ground=Dull("well-formedness", "total order")))
    assert row.fault == "it was held to be harmless, but violates total order"


def test_true_rules_that_are_killed_are_a_fault() -> None:
    assert spare(Dull("agreement")).fault == "they violate agreement"
    rows, baseline = kill_matrix([replace(MUTANTS[7], ground=Dull(*MUTANTS[7].killers))])
    assert [row.fault for row in rows] == [None]
    assert exit_code([*rows, *baseline]) == ExitCode.VIOLATED


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["mutants", *arguments], env={"COLUMNS": "200"})


def test_the_command_prints_the_matrix(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = (
        find("junk not forwarded"),
        replace(find("counter gap"), equivalent="nobody counts"),
    )
    monkeypatch.setattr("tee_rider.model_check.commands.mutants.EVERY_MUTANT", chosen)
    result = run()
    assert result.exit_code == 0
    assert "junk not forwarded       1  5 steps     totality\n" in result.stdout
    assert "counter gap              2  2 steps     stream order, totality\n" in result.stdout
    assert "counter gap does no harm: nobody counts" in result.stdout
    assert "1 of 2 mutants killed, 1 held to be harmless." in result.stdout
    document = json.loads(run("--json").stdout)
    assert document["faults"] == []
    assert document["mutants"][0] == {
        "name": "junk not forwarded",
        "rule": chosen[0].rule,
        "killed_by": ["totality"],
        "bound": chosen[0].ground.bound,
        "equivalent": None,
        "checker": "message level",
        "dies_at": "5 steps",
        "replay": "tee-rider mutants --only 'junk not forwarded'",
    }
    assert [row["killed_by"] for row in document["true_rules"]] == [[], []]


def test_the_command_tells_how_one_mutant_dies() -> None:
    result = run("--only", "junk not forwarded")
    assert result.exit_code == 0
    assert "killed by totality" in result.stdout
    assert "5. C signs C#1 (junk) and sends it to A" in result.stdout
    assert run("--only", "nobody").exit_code == 2


def test_the_command_fails_when_a_mutant_survives(monkeypatch: pytest.MonkeyPatch) -> None:
    survivor = replace(find("counter gap"), rules=Rules())
    monkeypatch.setattr("tee_rider.model_check.commands.mutants.EVERY_MUTANT", (survivor,))
    result = run()
    assert result.exit_code == 1
    assert "NOT AS IT SHOULD BE: counter gap: it survives stream order, totality" in result.stdout


def test_a_row_as_json_has_the_fields_of_the_contract() -> None:
    violated: Mapping[str, tuple[str, ...]] = {"b": ("12 steps:",), "a": ("3 steps:",)}
    row = Row("a name", "rule", "bound", violated, "reason", None, "layers")
    assert row.as_json() == {
        "name": "a name",
        "rule": "rule",
        "killed_by": ["a", "b"],
        "bound": "bound",
        "equivalent": "reason",
        "checker": "layers",
        "dies_at": "3 steps",
        "replay": "tee-rider mutants --only 'a name'",
    }
