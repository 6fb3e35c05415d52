"""Lemma 06 and the reference: crashes, returns, faulty hosts with old and new enclaves at once."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tee_rider.reference.profiles import HARDENED
from tee_rider.spec.opening import Opening
from tee_rider.spec.vertex import FreezeStatement, VertexId
from tests.proofs.bridges.bridge import Crossing, Mismatch, TranslatedSystem, cross, cross_all
from tests.proofs.bridges.map_06 import JUDGED, RecoveryMap
from tests.proofs.bridges.recoveries import random_run, scripted_run

RECOVERIES = TranslatedSystem(JUDGED)


def test_every_step_of_the_reference_is_a_step_of_the_system() -> None:
    total = Crossing()
    for n, faulty, turns, seeds in (
        (3, 0, 1500, range(10)),
        (3, 1, 1500, range(10)),
        (4, 1, 2000, range(3)),
        (5, 1, 2500, range(4)),
        (5, 2, 3000, range(3)),
    ):
        runs = (random_run(n, faulty, seed, turns) for seed in seeds)
        total += cross_all(RECOVERIES, RecoveryMap, runs, every=100)
    print(total)
    assert total.steps >= 30_000
    assert set(total.fired) == set(JUDGED.transitions)
    assert total.fired["insert"] >= 8_000
    assert min(total.fired.values()) >= 30
    assert total.judged >= 100


@pytest.mark.parametrize("n", [3, 4, 5])
def test_invariants_hold_after_every_step_of_a_script(n: int) -> None:
    run = scripted_run(n)
    crossing = cross(RECOVERIES, RecoveryMap(run), run, every=1)
    assert crossing.judged > crossing.steps - crossing.stutters > 0


def counts_for_any_epoch(
    freeze: FreezeStatement, target: Opening, said_in: VertexId, freezer: Opening
) -> bool:
    return said_in.source != freeze.target


MUTANTS: Mapping[str, tuple[Mapping[str, Any], int, int, str]] = {
    "an old vertex is accepted after the cut": (
        {"has_seen_freeze": lambda *_: False},
        5,
        2,
        "insert needs: no freeze of its epoch is in its history",
    ),
    "a new epoch starts anywhere": (
        {"knows_opening": lambda *_: True},
        3,
        1,
        "insert needs: its epoch is opened below its round",
    ),
    "one freeze is enough": ({"freezes_needed": lambda _: 1}, 3, 0, "resume needs: r freezes"),
    "an epoch is opened twice": (
        {"freeze_counts": counts_for_any_epoch},
        5,
        2,
        "count needs: the target's epoch is open",
    ),
    "no self-edges": ({"self_edge_required": False}, 3, 1, "insert needs: a self-edge"),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_is_refused(mutant: str) -> None:
    changes, n, faulty, told = MUTANTS[mutant]
    profile = replace(HARDENED, **changes)
    runs = (random_run(n, faulty, seed, 1000 * n, profile) for seed in range(20))
    with pytest.raises(Mismatch, match=told):
        cross_all(RECOVERIES, RecoveryMap, runs, every=1000)


@pytest.mark.parametrize("n", [3, 4, 5, 7])
def test_one_freeze_too_few_is_refused(n: int) -> None:
    too_few = replace(HARDENED, freezes_needed=lambda _: n - (n // 2 + 1))
    run = scripted_run(n, too_few)
    with pytest.raises(Mismatch, match="resume needs: r freezes"):
        cross(RECOVERIES, RecoveryMap(run), run, every=100)
