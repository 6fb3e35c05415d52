"""Lemma 03 and the reference: each step is one of the proof's; a mutated reference takes others."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tee_rider.model_check.mutation.mutants import always_present, quorum_less_one
from tee_rider.proofs_notes.lemma_03_key_lemma import SYSTEM
from tee_rider.reference.profiles import TEE_RIDER, one
from tests.proofs.bridges.bridge import Mismatch, TranslatedSystem, cross, cross_all
from tests.proofs.bridges.executions import SCENARIOS, executions, played, simulated, simulations
from tests.proofs.bridges.map_03 import DagMap

DAGS = TranslatedSystem(SYSTEM)


def test_every_step_of_the_reference_is_a_step_of_the_system() -> None:
    total = cross_all(DAGS, DagMap, executions(), every=20)
    print(total)
    assert total.steps >= 30_000
    assert total.fired.total() >= 10_000
    assert set(total.fired) == set(SYSTEM.transitions)
    assert total.fired["insert"] >= 8_000
    assert min(total.fired.values()) >= 300
    assert total.judged >= 500


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_invariants_hold_after_every_step_of_a_scenario(scenario: str) -> None:
    run = played(SCENARIOS[scenario])
    crossing = cross(DAGS, DagMap(run), run, every=1)
    assert crossing.judged > crossing.steps - crossing.stutters > 0


MUTANTS: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "q - 1 edges": ({"edge_quorum": quorum_less_one}, "insert needs: edges to a quorum"),
    "q - 1 supporters": (
        {"commit_quorum": quorum_less_one},
        "commit needs: a quorum supports the leader",
    ),
    "1 supporter": ({"commit_quorum": one}, "commit needs: a quorum supports the leader"),
    "predecessors are not waited for": (
        {"predecessors_present": always_present},
        "insert needs: predecessors are present",
    ),
}


@pytest.mark.parametrize("mutant", MUTANTS)
@pytest.mark.parametrize("n", [3, 5])
def test_a_mutant_is_refused(mutant: str, n: int) -> None:
    changes, told = MUTANTS[mutant]
    runs = map(simulated, simulations(n, 0, 6, range(1, 4), replace(TEE_RIDER, **changes)))
    with pytest.raises(Mismatch, match=told):
        cross_all(DAGS, DagMap, runs, every=20)
