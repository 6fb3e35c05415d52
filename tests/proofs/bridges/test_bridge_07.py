"""Lemma 07 and the reference: no enclave shows a leader but for the proof that the lemma asks."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from tee_rider.proofs_notes.lemma_07_coin import COIN
from tee_rider.reference.coin import proof_holds
from tee_rider.reference.enclave import Enclave
from tee_rider.reference.profile import Setting
from tee_rider.reference.profiles import HARDENED
from tee_rider.spec.coin import CoinProof
from tests.proofs.bridges.bridge import Crossing, Mismatch, TranslatedSystem, cross
from tests.proofs.bridges.map_07 import CoinMap
from tests.proofs.bridges.tosses import Equip, Tossed, same, tossed

COINS = TranslatedSystem(COIN)


def runs() -> Iterator[Tossed]:
    for n, faulty, waves, seeds in ((3, 0, 8, 8), (3, 1, 8, 12), (4, 1, 6, 8), (5, 2, 4, 6)):
        yield from (tossed(n, faulty, waves, seed) for seed in range(seeds))


def seed_of(run: Tossed) -> bytes:
    enclave = run.run.steps[0].before.broadcast.usig
    assert isinstance(enclave, Enclave)
    return enclave.seed


def follow(runs: Iterable[Tossed], every: int) -> Crossing:
    total = Crossing()
    for run in runs:
        total += cross(COINS, CoinMap(run, seed_of(run)), run.run, every)
    return total


def test_every_step_of_the_reference_is_a_step_of_the_system() -> None:
    total = follow(runs(), every=20)
    print(total)
    assert total.steps >= 10_000
    assert total.steps - total.stutters >= 1_000
    assert set(total.fired) == set(COIN.transitions)
    assert min(total.fired.values()) >= 500
    assert total.judged >= 100


def test_invariants_hold_after_every_step() -> None:
    crossing = follow([tossed(3, 1, 3, seed=1)], every=1)
    assert crossing.judged > crossing.steps - crossing.stutters > 0


def test_faulty_hosts_ask_too_early_and_are_told_nothing() -> None:
    (refused, shown) = [0, 0]
    for toss in (toss for tosses in tossed(5, 2, 3, 0).tosses.values() for toss in tosses):
        refused, shown = refused + (toss.leader is None), shown + (toss.leader is not None)
        assert (toss.leader is None) is (toss.other_leader is None)
    assert min(refused, shown) >= 10


def anything_goes(*_: Any) -> bool:
    return True


def one_source_is_enough(setting: Setting, usig: Any, proof: CoinProof, wave: int) -> bool:
    profile = replace(setting.profile, edge_quorum=lambda configuration: 1)
    return proof_holds(replace(setting, profile=profile), usig, proof, wave)


def another_seed(enclaves: list[Enclave]) -> list[Enclave]:
    return [*enclaves[:-1], replace(enclaves[-1], seed=bytes(32))]


MUTANTS: Mapping[str, tuple[Mapping[str, Any], Equip, str]] = {
    "no proof": ({"coin_proof": anything_goes}, same, "release needs: a quorum has signed"),
    "one signature": (
        {"coin_proof": one_source_is_enough},
        same,
        "release needs: a quorum has signed",
    ),
    "the coin of round 4w": (
        {"coin_release": "round_complete"},
        same,
        "release needs: a quorum has signed",
    ),
    "an enclave with another seed": ({}, another_seed, "released_1 is not what follows"),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_is_refused(mutant: str) -> None:
    changes, equip, told = MUTANTS[mutant]
    profile = replace(HARDENED, **changes)
    wrong = (tossed(5, 2, 2, seed, profile, equip) for seed in range(5))
    with pytest.raises(Mismatch, match=told):
        follow(wrong, every=20)
