"""Every mutant of the project, and every checker: who kills whom, and who alone."""

from collections import Counter
from dataclasses import fields

import pytest

from tee_rider.model_check.console import UsageError
from tee_rider.model_check.mutation.edits import Edit, EditError, changed_code, in_force
from tee_rider.model_check.mutation.every_mutant import EVERY_MUTANT, find
from tee_rider.model_check.mutation.grounds import Ground
from tee_rider.model_check.mutation.homes import EVERY_GROUND
from tee_rider.model_check.mutation.kill_matrix import cross, exit_code, kill, spare
from tee_rider.model_check.mutation.mutants import MUTANTS, Mutant
from tee_rider.reference.dag import Dag
from tee_rider.reference.profile import Profile
from tee_rider.reference.profiles import TEE_RIDER

OTHERS = EVERY_MUTANT[len(MUTANTS) :]
"""Those of the broadcast's and the order's rules have tests of their own."""

ALONE = {
    "closed freezers count": "schedules",
    "collected freezes: one holder too few": "collected freezes",
    "join: own left out": "enclave",
    "leader out of range": "refusals",
    "no reply cache": "lost requests",
    "not sent back to who returned": "simulation",
    "NXBFT: cut from the local view": "findings",
    "own order": "layers",
    "proof not signed": "coin proofs",
    "reply of one replica": "service",
    "setup: seed exported in the clear": "setup",
    "walk-back from the last leader": "fine shapes",
}
"""Mutants that one checker alone kills; what early coin and game kill, coin proofs kill too."""


@pytest.mark.parametrize("mutant", OTHERS, ids=lambda mutant: mutant.name)
def test_it_is_as_it_is_held_to_be(mutant: Mutant) -> None:
    row = kill(mutant)
    assert row.fault is None
    assert bool(row.violated) == bool(mutant.killers) or mutant.equivalent


@pytest.mark.parametrize("ground", EVERY_GROUND, ids=lambda ground: ground.bound)
def test_the_true_rules_survive_every_ground(ground: Ground) -> None:
    row = spare(ground)
    assert (row.fault, dict(row.violated)) == (None, {})


def test_how_many_there_are() -> None:
    assert max(Counter(mutant.name for mutant in EVERY_MUTANT).values()) == 1
    harmless = [mutant for mutant in EVERY_MUTANT if mutant.equivalent]
    assert (len(EVERY_MUTANT), len(harmless)) == TOTAL
    assert all(mutant.killers or mutant.equivalent for mutant in EVERY_MUTANT)
    assert all(mutant.spared for mutant in harmless)


TOTAL = (204, 26)
"""All, and those that do no harm."""


def test_every_rule_of_a_profile_has_a_mutant() -> None:
    wrong = {name for m in EVERY_MUTANT for name in m.rules.wrong}
    wrong |= {name for m in EVERY_MUTANT for odd in m.rules.odd.values() for name in odd}
    assert wrong == {part.name for part in fields(Profile)} - {"name"}


def test_every_file_of_the_reference_has_a_mutant() -> None:
    edited = {edit.module for mutant in EVERY_MUTANT for edit in mutant.rules.edits}
    assert edited == {
        *("client", "coin", "dag", "enclave", "epochs", "ordering", "recovery"),
        *("reliable_broadcast", "replica", "service", "setup", "usig"),
        *("vertex_creation", "vertex_validity"),
    }


@pytest.mark.parametrize(("name", "checker"), ALONE.items())
def test_a_checker_that_is_alone_kills(name: str, checker: str) -> None:
    assert find(name).ground.checker == checker
    assert kill(find(name)).violated


@pytest.mark.nightly
def test_and_no_other_checker_does() -> None:
    rows, baseline = cross([find(name) for name in ALONE], EVERY_GROUND)
    assert {row.name: list(row.by_checker) for row in rows} == {
        name: [checker] for name, checker in ALONE.items()
    }
    assert not exit_code(baseline)


@pytest.mark.nightly
def test_every_mutant_on_every_ground() -> None:
    rows, baseline = cross(EVERY_MUTANT, EVERY_GROUND)
    assert [row.fault for row in (*rows, *baseline) if row.fault] == []
    assert {name for row in rows for name in row.by_checker} == {
        ground.checker for ground in EVERY_GROUND
    }


def test_an_edit_ends_with_its_block() -> None:
    edit = Edit("dag.Dag.holds", "held is not None and", "held is None and")
    true = Dag.holds.__code__
    with pytest.raises(ZeroDivisionError), in_force([edit]):
        assert Dag.holds.__code__ is not true
        raise ZeroDivisionError
    assert Dag.holds.__code__ is true


@pytest.mark.parametrize(
    ("function", "old", "message"),
    [
        ("dag.Dag.holds", "no such words", "'no such words' occurs 0 times"),
        ("dag.Dag.holds", "held", "'held' occurs"),
        ("dag.Dag", "held", "dag.Dag is no function of the reference"),
    ],
)
def test_words_that_are_not_there_are_an_error(function: str, old: str, message: str) -> None:
    with pytest.raises(EditError, match=message):
        changed_code(Edit(function, old, ""))


def test_only_the_rules_replaced_differ() -> None:
    profile = find("commit with q-1").rules.over(TEE_RIDER)
    assert profile != TEE_RIDER
    assert profile.commit_quorum is not TEE_RIDER.commit_quorum
    assert profile.walk_back is TEE_RIDER.walk_back


def test_an_unknown_mutant_is_refused() -> None:
    with pytest.raises(UsageError, match="'x' is not known; known are 'commit with q-1'"):
        find("x")
