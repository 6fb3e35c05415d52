"""Lemma 06, freezes in the total order: all sources at once, for all n; wrong rules break it."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from z3 import And, BoolRef, BoolVal, Not

from tee_rider.proofs_notes.kit.result import Kind, Result
from tee_rider.proofs_notes.kit.system import Mutant
from tee_rider.proofs_notes.lemma_06_mutants import without
from tee_rider.proofs_notes.lemma_06_ordered_model import INSERT, KEPT, NOT_CUT, ONE_VERTEX, RESUME
from tee_rider.proofs_notes.lemma_06_ordered_mutants import MUTANTS
from tee_rider.proofs_notes.lemma_06_ordered_recovery import SUBJECTS, SYSTEM
from tee_rider.proofs_notes.lemma_06_recovery import COLLECTED, LEMMA
from tee_rider.proofs_notes.worlds.trace import Runs
from tests.proofs.conftest import results_of

NO_OLD_VERTEX = "insert's last guard always holds: no old vertex is beyond the cut"
NO_EARLY_CUT = "resume's last guard always holds: no cut is below an old vertex"
SETS_MEET = [mutant for mutant in MUTANTS if not mutant.changes["axioms"]]
BY_NAME = pytest.mark.parametrize("mutant", SETS_MEET, ids=lambda mutant: mutant.name)


@pytest.fixture(scope="module")
def every() -> list[Result]:
    return [result for subject in SUBJECTS for result in results_of(subject, "06")]


@pytest.fixture(scope="module")
def results(every: list[Result]) -> dict[str, Result]:
    return {r.obligation: r for r in every}


def test_the_lemma_has_both_parts() -> None:
    assert LEMMA.subjects == (*COLLECTED, *SUBJECTS)


def test_everything_holds(every: list[Result]) -> None:
    assert [r.obligation for r in every if not r.holds] == []
    assert Counter(r.kind for r in every if r.kind is not Kind.NEEDED) == {
        Kind.PROVED: 1 + 19 + 5 * 19 + 3,
        Kind.SATISFIABLE: 1 + 5 + 1,
        Kind.REFUTED: 1 + 9,
    }


def test_the_system_is_proved_in_epr_for_all_n(results: dict[str, Result]) -> None:
    proved = [r for r in results.values() if r.kind is Kind.PROVED]
    assert Counter((r.fragment, r.scope) for r in proved) == {
        ("EPR", "all n"): 117,
        ("arithmetic", "all n"): 1,
    }


def test_what_keeps_old_vertices_below_the_cut(results: dict[str, Result]) -> None:
    for claim in (NO_OLD_VERTEX, NO_EARLY_CUT):
        assert "q + r > n" in results[claim].used
        assert "whoever is not below its source's freeze knows it" in results[claim].used
    assert "two epochs share no round" in results[ONE_VERTEX].used


@pytest.mark.parametrize(
    "rule",
    [
        "q + r > n",
        "insert: it has a path to the opening leader",
        "insert: no freeze of its epoch is in its history",
        "insert: a self-edge, unless it is the first of its epoch",
        "count: the freezer's epoch is open",
        "resume: the old epoch is open",
        "resume: r freezes",
        "one vertex per stream and round (lemma 02)",
    ],
)
def test_without_a_rule_the_proof_breaks(rule: str, results: dict[str, Result]) -> None:
    assert results[f"without {rule}"].detail.startswith("breaks: ")


def test_what_safety_does_not_need() -> None:
    assert {name for name in SYSTEM.redundant if name.startswith("count: ")} == {
        "count: not its own",
        "count: the target's epoch is open",
    }


def test_an_address_filled_twice_is_filled_in_two_epochs(results: dict[str, Result]) -> None:
    for wrong in MUTANTS:
        steps = results[f"mutant: {wrong.name}"].detail.splitlines()
        inserted = {s.partition("v=")[2].partition(",")[0] for s in steps if "insert(" in s}
        twice = Counter(vertex.rstrip("'") for vertex in inserted)
        assert max(twice.values()) == 2
        assert any("resume(" in s for s in steps)


def found(mutant: Mutant, goal: BoolRef, steps: int, **changes: Any) -> str:
    """What the solver finds in a mutant's world, from where its run begins."""
    kept = {part: c for part, c in mutant.changes.items() if part == "initial"}
    system = replace(SYSTEM.mutated(replace(mutant, changes=kept)), **changes)
    return Runs(system, steps).find("06", "", Kind.REFUTED, goal, [steps]).detail


@BY_NAME
def test_where_a_run_begins_the_right_rules_may_be(mutant: Mutant) -> None:
    broken = Not(And(*SYSTEM.invariants.values()))
    assert not found(mutant, BoolVal(True), 0, transitions={}).startswith("unsat")
    assert found(mutant, broken, 0, transitions={}).startswith("unsat")


@BY_NAME
def test_in_the_same_worlds_the_right_rules_have_no_such_run(mutant: Mutant) -> None:
    rules = {"insert": without(INSERT, KEPT), "resume": without(RESUME, NOT_CUT)}
    broken, right = Not(SYSTEM.safety[ONE_VERTEX]), {**SYSTEM.transitions, **rules}
    assert found(mutant, broken, mutant.steps, transitions=right).startswith("unsat")
