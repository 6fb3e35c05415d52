"""Lemma 01: all claims hold, none vacuously, and the enumerations can fail."""

from collections import Counter

import pytest

from tee_rider.proofs_notes import lemma_01_arithmetic
from tee_rider.proofs_notes.kit.result import Kind, Result
from tee_rider.proofs_notes.lemma_01_arithmetic import axiom_is_true_of, disjoint, sets_of


def test_everything_holds(every: tuple[Result, ...]) -> None:
    assert [r.obligation for r in every if not r.holds] == []
    assert Counter(r.kind for r in every) == {
        Kind.PROVED: 11,
        Kind.SATISFIABLE: 7,
        Kind.REFUTED: 8,
        Kind.NEEDED: 21,
    }


def test_the_claims_are_about_all_n(every: tuple[Result, ...]) -> None:
    proved = [r for r in every if r.kind is Kind.PROVED]
    assert Counter(r.fragment for r in proved) == {"arithmetic": 7, "enumeration": 4}
    assert all(r.scope == "all n" for r in proved if r.fragment == "arithmetic")


def test_the_enumeration_covers_all_pairs(every: tuple[Result, ...]) -> None:
    found = {r.obligation: r.detail for r in every}
    assert found["all quorums of the spec meet"] == "905395 pairs of quorums"


def test_the_enumeration_notices_sets_that_do_not_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    def one_short(size: int, replicas: int) -> list[int]:
        return sets_of(size - 1, replicas)

    monkeypatch.setattr(lemma_01_arithmetic, "sets_of", one_short)
    assert lemma_01_arithmetic.every_quorum_meets() == (False, "fails at n = 3")
    assert lemma_01_arithmetic.every_quorum_has_correct() == (False, "fails at n = 3")


def test_masks() -> None:
    assert sets_of(2, 3) == [0b011, 0b101, 0b110]
    assert list(disjoint([0b01, 0b11], [0b10])) == [(0b01, 0b10)]


@pytest.mark.parametrize(("n", "size", "holds"), [(3, 2, True), (4, 2, False), (4, 3, True)])
def test_the_axiom_tells_quorums_from_others(n: int, size: int, holds: bool) -> None:
    assert axiom_is_true_of(n, size) is holds
