"""Lemma 07: the coin is common, hidden until its proof exists, and fair."""

from collections import Counter

import pytest

from tee_rider.proofs_notes import lemma_07_coin
from tee_rider.proofs_notes.kit.result import Kind, Result
from tee_rider.proofs_notes.lemma_07_coin import COIN, SMALL_WIDTHS, preimages

COMMON, HIDDEN, LATE = COIN.safety


def test_everything_holds(every: tuple[Result, ...]) -> None:
    assert [r.obligation for r in every if not r.holds] == []
    assert Counter(r.kind for r in every) == {
        Kind.PROVED: 27,
        Kind.SATISFIABLE: 7,
        Kind.REFUTED: 8,
        Kind.NEEDED: 22,
    }


def test_agreement_rests_on_the_value_alone(results: dict[str, Result]) -> None:
    assert results[COMMON].used == ("released as drawn",)


def test_hiding_rests_on_the_proof_and_lateness_on_a_correct_signer(
    results: dict[str, Result],
) -> None:
    assert "released with a proof" in results[HIDDEN].used
    assert {"a quorum holds a correct replica", "correct signers have completed"} <= set(
        results[LATE].used
    )


def test_a_proof_of_the_wrong_round_shows_the_coin_too_early(results: dict[str, Result]) -> None:
    name = "mutant: the proof is of vertices of round 4w, signed before it is complete"
    assert "complete(" not in results[name].detail
    assert "release(" in results[name].detail


@pytest.mark.parametrize("n", [1, 2, 3, 5, 7, 10, 100, 256])
def test_one_byte_with_rejection_is_fair(n: int) -> None:
    limit = (256 // n) * n
    assert preimages(n, limit) == [256 // n] * n
    assert Counter(x % n for x in range(limit)) == dict.fromkeys(range(n), 256 // n)


def test_one_byte_without_rejection_is_biased() -> None:
    assert preimages(3, 256) == [86, 85, 85]
    assert preimages(5, 256) == [52, 51, 51, 51, 51]


def test_the_enumeration_notices_a_wrong_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lemma_07_coin, "preimages", lambda n, limit: preimages(n, limit + 1))
    (result,) = SMALL_WIDTHS.check("07")
    assert not result.holds
