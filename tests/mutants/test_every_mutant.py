"""Every mutant of the project, and every checker: who kills whom, and who alone."""

import re
from collections import Counter
from dataclasses import fields

import pytest

from tee_rider.model_check.commands.mutants import DOCUMENT
from tee_rider.model_check.console import UsageError
from tee_rider.model_check.mutation.checkers import CHECKERS
from tee_rider.model_check.mutation.edits import Edit, EditError, changed_code, in_force
from tee_rider.model_check.mutation.every_mutant import EVERY_MUTANT, find
from tee_rider.model_check.mutation.full import full_matrix
from tee_rider.model_check.mutation.grounds import Ground
from tee_rider.model_check.mutation.homes import EVERY_GROUND
from tee_rider.model_check.mutation.kill_matrix import kill, spare
from tee_rider.model_check.mutation.matrix_text import document, ground_numbers, own_columns
from tee_rider.model_check.mutation.mutants import MUTANTS, Mutant
from tee_rider.reference.dag import Dag
from tee_rider.reference.profile import Profile
from tee_rider.reference.profiles import TEE_RIDER

OTHERS = EVERY_MUTANT[len(MUTANTS) :]
"""Those of the broadcast's and the order's rules have tests of their own."""
GROUNDS = tuple(dict.fromkeys([*EVERY_GROUND, *(mutant.ground for mutant in OTHERS)]))
NUMBERS = ground_numbers(EVERY_MUTANT)
WRITTEN = DOCUMENT.read_text() if DOCUMENT.is_file() else ""


@pytest.mark.parametrize("mutant", OTHERS, ids=lambda mutant: mutant.name)
def test_it_is_as_it_is_held_to_be(mutant: Mutant) -> None:
    row = kill(mutant)
    assert row.fault is None
    assert bool(row.violated) == bool(mutant.killers) or mutant.equivalent
    assert own_columns(row, NUMBERS) in WRITTEN, "write it anew: tee-rider mutants --full --write"


@pytest.mark.parametrize("ground", GROUNDS, ids=lambda ground: ground.bound)
def test_the_true_rules_survive_every_ground(ground: Ground) -> None:
    row = spare(ground)
    assert (row.fault, dict(row.violated)) == (None, {})


def test_how_many_there_are() -> None:
    assert max(Counter(mutant.name for mutant in EVERY_MUTANT).values()) == 1
    harmless = [mutant for mutant in EVERY_MUTANT if mutant.equivalent]
    assert (len(EVERY_MUTANT), len(harmless)) == TOTAL
    assert all(mutant.killers or mutant.equivalent for mutant in EVERY_MUTANT)
    assert all(mutant.spared for mutant in harmless)


TOTAL = (280, 37)
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


@pytest.mark.nightly
def test_the_document_is_what_every_mutant_at_every_checker_gives() -> None:
    matrix = full_matrix()
    assert matrix.faults == ()
    assert document(EVERY_MUTANT, matrix) == DOCUMENT.read_text()


def test_the_document_names_every_mutant_once() -> None:
    names = Counter(row.split(" | ")[0] for row in WRITTEN.splitlines() if row.startswith("| "))
    assert {names[f"| {mutant.name}"] for mutant in EVERY_MUTANT} == {1}


def test_a_checker_that_kills_nothing_alone_says_why_it_is_there() -> None:
    table = WRITTEN[: WRITTEN.index("\n## client")]
    told = dict(re.findall(r"^\| ([^|]+) \| [^|]+ \| \d+ \| ([^|]+) \|$", table, re.MULTILINE))
    assert list(told) == [checker.name for checker in CHECKERS]
    idle = {name for name, alone in told.items() if alone.startswith("none")}
    assert idle == {checker.name for checker in CHECKERS if checker.anyway}


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
    with pytest.raises(UsageError, match="'x' is not known; the nearest of 280 names are"):
        find("x")
