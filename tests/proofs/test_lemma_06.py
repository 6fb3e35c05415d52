"""Lemma 06, collected freezes: for all n; d + r > n is needed; wrong recoveries run into faults."""

from collections import Counter

import pytest
from z3 import Not

from tee_rider.proofs_notes.kit.result import Kind, Result
from tee_rider.proofs_notes.lemma_06_model import ACCEPT, ONE_VERTEX, TRANSITIONS
from tee_rider.proofs_notes.lemma_06_mutants import MUTANTS, mutant, without
from tee_rider.proofs_notes.lemma_06_recovery import COLLECTED, SYSTEM
from tee_rider.proofs_notes.worlds.trace import Runs
from tests.proofs.conftest import results_of

CUT_OFF, ONE_KEY = "nothing accepted is cut off", "one key per epoch"


@pytest.fixture(scope="module")
def every() -> list[Result]:
    return [result for subject in COLLECTED for result in results_of(subject, "06")]


@pytest.fixture(scope="module")
def results(every: list[Result]) -> dict[str, Result]:
    return {r.obligation: r for r in every}


def test_everything_holds(every: list[Result]) -> None:
    assert [r.obligation for r in every if not r.holds] == []
    assert Counter(r.kind for r in every if r.kind is not Kind.NEEDED) == {
        Kind.PROVED: 3 + 15 + 9 * 15 + 3,
        Kind.SATISFIABLE: 3 + 9 + 1,
        Kind.REFUTED: 4 + 14,
    }


def test_the_system_is_proved_in_epr_for_all_n(results: dict[str, Result]) -> None:
    proved = [r for r in results.values() if r.kind is Kind.PROVED]
    assert Counter((r.fragment, r.scope) for r in proved) == {
        ("EPR", "all n"): 153,
        ("arithmetic", "all n"): 3,
    }


def test_safety_uses_that_holders_meet_answerers(results: dict[str, Result]) -> None:
    assert "d + r > n: answerers" in results[CUT_OFF].used
    assert results["without d + r > n: answerers"].detail.startswith("breaks: ")
    assert results["without d + r > n: helpers"].detail.startswith("breaks: recover keeps ")
    assert "2 r > n - 1" in results[ONE_KEY].used


def test_who_is_down_must_not_answer(results: dict[str, Result]) -> None:
    assert results["without freeze: up"].detail.startswith("breaks: freeze keeps ")
    assert results["without answer: the answerer is up"].detail.startswith("breaks: answer keeps ")


def test_what_each_wrong_recovery_breaks() -> None:
    assert Counter(m.violates for m in MUTANTS) == {ONE_VERTEX: 7, CUT_OFF: 5, ONE_KEY: 2}


def test_a_round_filled_twice_is_accepted_in_two_epochs(results: dict[str, Result]) -> None:
    for wrong in MUTANTS:
        if wrong.violates == ONE_VERTEX:
            steps = results[f"mutant: {wrong.name}"].detail.splitlines()
            taken = [s for s in steps if "accept(" in s or "take(" in s]
            assert any("v=V" in s and "e=0" in s for s in taken)
            assert any("v=W" in s and "e=1" in s for s in taken)


def test_in_the_same_worlds_the_right_protocol_has_no_such_run() -> None:
    runs = Runs(SYSTEM.mutated(mutant("nothing is wrong", 9)), 9)
    for name, formula in SYSTEM.safety.items():
        assert runs.find("06", name, Kind.REFUTED, Not(formula), [9]).detail.startswith("unsat")


def test_a_mutant_cannot_drop_a_guard_that_does_not_exist() -> None:
    assert len(without(ACCEPT, "d holders").guard) == len(ACCEPT.guard) - 1
    with pytest.raises(ValueError, match="no such guard"):
        without(TRANSITIONS["echo"], "not frozn")
