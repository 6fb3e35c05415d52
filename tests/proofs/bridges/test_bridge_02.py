"""Lemma 02 and the reference: each step is one of the proof's; a mutated reference takes others."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import count
from typing import Any
from unittest import mock

import pytest

from tee_rider.model_check.mutation.mutants import any_later_counter
from tee_rider.proofs_notes.lemma_02_non_equivocation import SYSTEM
from tee_rider.reference import reliable_broadcast
from tee_rider.reference.profiles import TEE_RIDER
from tee_rider.reference.vertex_validity import vertex_rejection
from tee_rider.spec.events import Reject
from tee_rider.spec.rejections import RejectionReason
from tests.proofs.bridges.bridge import Mismatch, TranslatedSystem, cross, cross_all
from tests.proofs.bridges.executions import SCENARIOS, executions, played, simulated, simulations
from tests.proofs.bridges.map_02 import StreamMap
from tests.proofs.bridges.runs import Run

STREAMS = TranslatedSystem(SYSTEM)
HEADER = "replicas 3\nfaulty C\n"
TWO_OF_ROUND_1 = HEADER + "C creates C1 saying x\nC creates C1\ndeliver C#1 to A\ndeliver C#2 to A"
JUNK = HEADER + "C signs junk\ndeliver C#1 to A"


def test_every_step_of_the_reference_is_a_step_of_the_system() -> None:
    total = cross_all(STREAMS, StreamMap, executions(), every=20)
    print(total)
    assert total.steps >= 30_000
    assert total.fired.total() >= 10_000
    assert set(total.fired) == set(SYSTEM.transitions)
    assert min(total.fired.values()) >= 1_000
    assert total.judged >= 700


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_invariants_hold_after_every_step_of_a_scenario(scenario: str) -> None:
    run = played(SCENARIOS[scenario])
    crossing = cross(STREAMS, StreamMap(run), run, every=1)
    assert crossing.judged > crossing.steps - crossing.stutters > 0


def refusal_of(runs: Iterable[Run]) -> str:
    with pytest.raises(Mismatch) as mismatch:
        cross_all(STREAMS, StreamMap, runs, every=20)
    return str(mismatch.value)


def test_a_counter_with_a_gap_before_it_is_refused() -> None:
    gaps = replace(TEE_RIDER, counter_follows=any_later_counter)
    told = refusal_of(map(simulated, simulations(3, 0, 2, range(1, 2), gaps)))
    assert "receives A#8: holds is not what follows from the formulas" in told
    assert "'A', 'A:A7'): by the formulas True, in the reference None" in told


def test_a_broken_enclave_is_refused() -> None:
    twice = (replace(each, equivocation=True) for each in simulations(3, 1, 2, range(1, 5)))
    told = refusal_of(map(simulated, twice))
    assert "allowed: nothing; sign needs: the counter is fresh" in told


def replaced(function: str, by: Callable[..., Any]) -> Any:
    """No profile has a rule for these, so the function itself is replaced."""
    return mock.patch.object(reliable_broadcast, function, by)


def test_a_round_that_does_not_increase_is_refused() -> None:
    def any_round(setting: Any, signer: int, last_round: int, vertex: Any) -> Any:
        return vertex_rejection(setting, signer, 0, vertex)

    with replaced("vertex_rejection", any_round):
        told = refusal_of([played(TWO_OF_ROUND_1)])
    assert "A receives C#2: holds is not what follows from the formulas" in told
    assert """('A', 'C', "C:C1'"): by the formulas None, in the reference True""" in told


def test_a_receiver_that_drops_what_it_likes_is_refused() -> None:
    calls = count(1)

    def moody(*given: Any) -> Any:
        return RejectionReason.NOT_UNDERSTOOD if next(calls) % 7 == 0 else vertex_rejection(*given)

    with replaced("vertex_rejection", moody):
        told = refusal_of(map(simulated, simulations(3, 0, 2, range(1, 2))))
    assert "last is not what follows from the formulas" in told


def test_a_slot_that_an_invalid_message_does_not_use_up_is_refused() -> None:
    accept = reliable_broadcast._accept

    def forget(setting: Any, state: Any, message: Any, reason: Any) -> Any:
        if reason is None:
            return accept(setting, state, message, reason)
        return state, (Reject(reason=reason, origin=message.ui.replica, ui=message.ui.position),)

    with replaced("_accept", forget):
        told = refusal_of([played(JUNK)])
    assert "A receives C#1: expected is not what follows from the formulas" in told
    assert "('A', 'C'): by the formulas 2, in the reference 1" in told


@pytest.mark.parametrize("text", [TWO_OF_ROUND_1, JUNK])
def test_what_the_mutants_are_shown_is_no_trouble_for_the_reference(text: str) -> None:
    run = played(text)
    assert cross(STREAMS, StreamMap(run), run, every=1).fired["pass_over"] == 1
