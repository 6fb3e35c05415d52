"""The rule-based machines kill what the kill matrix says they kill, and nothing else they play."""

from dataclasses import replace

import pytest

from tee_rider.model_check.mutation.every_mutant import EVERY_MUTANT, find
from tee_rider.model_check.mutation.machine_kills import KILLED, SURVIVE
from tee_rider.model_check.mutation.mutants import Mutant
from tee_rider.model_check.mutation.rules import Rules
from tests.mutants.machines import MACHINES, killed_by

QUICK = [
    "commit without quorum",
    "delivery twice",
    "junk understood",
    "edges q-1",
]
RECORDED = {name: machine for machine, names in KILLED.items() for name in names}
PLAYED = [m for m in EVERY_MUTANT if m.name in {*SURVIVE, *RECORDED}]
TRUE = replace(find("counter 0"), name="the true rules", rules=Rules())


@pytest.mark.parametrize("name", QUICK)
def test_the_machine_kills(name: str) -> None:
    assert killed_by(find(name), RECORDED[name])


@pytest.mark.parametrize("machine", MACHINES)
def test_the_true_rules_survive(machine: str) -> None:
    assert not killed_by(TRUE, machine)


def test_whatever_is_recorded_is_recorded_once() -> None:
    assert KILLED.keys() == MACHINES.keys()
    assert sum(map(len, KILLED.values())) == len(RECORDED)
    assert not SURVIVE & RECORDED.keys()
    assert {mutant.name for mutant in EVERY_MUTANT} >= {*SURVIVE, *RECORDED}


@pytest.mark.nightly
@pytest.mark.parametrize("mutant", PLAYED, ids=lambda mutant: mutant.name)
def test_the_column_is_what_the_machines_give(mutant: Mutant) -> None:
    by = next((machine for machine in MACHINES if killed_by(mutant, machine)), None)
    assert by == RECORDED.get(mutant.name)
