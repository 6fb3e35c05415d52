"""A bridge refuses whatever does not fit: steps, states, axioms, invariants, and its own map."""

from dataclasses import replace
from typing import Any

import pytest
from z3 import And, BoolVal, ForAll, Not

from tee_rider.proofs_notes.kit.system import System
from tee_rider.proofs_notes.lemma_02_non_equivocation import (
    NEXT_IN_STREAM,
    PASS_OVER,
    SYSTEM,
    TAKE,
    a,
    holds,
    s,
    v,
)
from tests.proofs.bridges.bridge import Crossing, Mismatch, TranslatedSystem, cross
from tests.proofs.bridges.executions import SCENARIOS, played
from tests.proofs.bridges.map_02 import StreamMap
from tests.proofs.bridges.runs import Run

RUN = played(SCENARIOS["junk_in_a_slot"])
A_RECEIVES_B1 = next(i for i, step in enumerate(RUN.steps) if step.told == "A receives B#1")


def crossing(system: System = SYSTEM, run: Run = RUN, **rigid: Any) -> Crossing:
    map_ = StreamMap(run)
    map_.rigid = {**map_.rigid, **rigid}
    return cross(TranslatedSystem(system), map_, run, every=1)


def without(number: int) -> Run:
    return replace(RUN, steps=RUN.steps[:number] + RUN.steps[number + 1 :])


def with_step(name: str, **changes: Any) -> System:
    step = replace(SYSTEM.transitions[name], **changes)
    return replace(SYSTEM, transitions={**SYSTEM.transitions, name: step})


def test_a_run_that_fits_is_counted() -> None:
    found = crossing()
    assert found.fired == {"sign": 6, "take": 9, "pass_over": 2}
    assert (found.steps, found.stutters) == (11, 1)


def test_a_step_left_out_is_missed_in_the_next_state_of_its_replica() -> None:
    with pytest.raises(Mismatch, match="expected is not what follows from the formulas"):
        crossing(run=without(A_RECEIVES_B1))


def test_a_step_that_no_transition_allows_is_refused() -> None:
    impossible = {**NEXT_IN_STREAM, "never": BoolVal(False)}
    with pytest.raises(Mismatch, match=r"allowed: nothing; .*take needs: never"):
        crossing(with_step("take", guard=impossible))


def test_a_step_that_two_transitions_allow_is_refused() -> None:
    with pytest.raises(Mismatch, match="allowed: take, pass_over"):
        crossing(with_step("pass_over", guard=NEXT_IN_STREAM))


def test_an_update_that_says_too_little_or_too_much_is_refused() -> None:
    with pytest.raises(Mismatch, match="last is not what follows from the formulas"):
        crossing(with_step("take", updates=PASS_OVER.updates))
    with pytest.raises(Mismatch, match="holds is not what follows from the formulas"):
        crossing(with_step("pass_over", updates=TAKE.updates))


def test_a_broken_axiom_is_refused() -> None:
    with pytest.raises(Mismatch, match="breaks axioms: no counter is between"):
        crossing(follows={(1, 3)})


def test_a_first_state_that_is_none_is_refused() -> None:
    with pytest.raises(Mismatch, match="first state is none of the system's: counters start"):
        crossing(FIRST=2)


def test_a_broken_invariant_is_refused() -> None:
    nobody = ForAll([a, s, v], Not(And(holds(a, s, v))))
    with pytest.raises(Mismatch, match="A advances: invariants are broken: nobody holds anything"):
        crossing(replace(SYSTEM, invariants={"nobody holds anything": nobody}))
